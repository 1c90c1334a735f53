//! What a transaction keeps until somebody could miss it is missed by nobody.

use super::*;

#[tokio::test]
async fn what_a_poll_looks_for_at_once_it_finds_one_after_the_other() {
    let fixture = Fixture::new().await;
    let (old, new) = (keys("1"), keys("2"));
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let first = insert(&mut transaction, "News", "1").await;
    transaction.commit().await.expect("committed");

    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let guid = &new[..1];
    transaction.look_for(&[&old[0], &old[1], &new[0]]).await.expect("looked for");
    let known = async |transaction: &mut Transaction, keys: &[ItemKey]| -> Vec<(ItemId, KeyKind)> {
        let known = transaction.known_items(&source("News"), keys).await.expect("known");
        known.iter().map(|item| (item.id, item.shared)).collect()
    };
    assert_eq!(known(&mut transaction, guid).await, [], "nothing has it");
    assert_eq!(known(&mut transaction, &new).await, [(first, KeyKind::Content)]);
    let second = insert(&mut transaction, "Wire", "2").await;
    assert_eq!(known(&mut transaction, guid).await, [], "of another source, and makes no story");
    let story = transaction.open_story(second, &[relation(4.0)], None, now()).await.expect("a story");
    transaction.place_item(second, Some(story), None).await.expect("placed");
    assert_eq!(known(&mut transaction, guid).await, [(second, KeyKind::Guid)], "it has been got since");
    transaction.touch_item(first, guid, later(5));
    assert_eq!(known(&mut transaction, guid).await, [(first, KeyKind::Guid), (second, KeyKind::Guid)]);
    transaction.commit().await.expect("committed");

    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert_eq!(known(&mut transaction, guid).await.len(), 2, "and is lasting");
    assert_eq!(known(&mut transaction, &new).await.len(), 2, "each stands there once");
}

#[tokio::test]
async fn an_item_that_one_poll_brings_and_edits_is_found_by_what_it_says_now() {
    let fixture = Fixture::new().await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let item = insert(&mut transaction, "News", "1").await;
    let story = transaction.open_story(item, &[relation(4.0)], None, now()).await.expect("a story");
    transaction.place_item(item, Some(story), None).await.expect("placed");
    transaction.note_placing(item, Placed::New, None).await.expect("noted");
    let other = insert(&mut transaction, "News", "2").await;
    transaction.place_item(other, Some(story), Some(DropReason::Duplicate)).await.expect("placed");
    transaction.note_placing(other, Placed::Duplicate, Some(item)).await.expect("noted");
    let said = transaction.tellings(story, [item, other]).await.expect("told");
    assert_eq!(said.iter().map(|one| one.id).collect::<Vec<_>>(), [item, other], "what waits is told, too");
    let new = NewItem {
        source: &source("News"),
        entry: &entry("Iran and Belarus quarrel"),
        keys: &keys("1"),
        content: "other text",
        assessment: &assessment(),
        reason: None,
        now: later(5),
    };
    transaction.edit_item(ItemEdit { id: item, new }).await.expect("edited");
    let last = insert(&mut transaction, "News", "3").await;
    assert_eq!(last.0, other.0 + 1, "numbered in the order they came");
    transaction.commit().await.expect("committed");
    let filter = StoryFilter { since: now(), most: 10 };
    let found = async |words| fixture.store.search_stories(words, filter).await.expect("searched").len();
    assert_eq!((found("quarrel").await, found("sign").await, found("nobody").await), (1, 1, 0));
    let listed = fixture.store.story_items(story).await.expect("listed");
    let listed: Vec<_> = listed.iter().map(|one| (one.id, one.placed, one.like, one.reason)).collect();
    let placed = [
        (item, Some(Placed::New), None, None),
        (other, Some(Placed::Duplicate), Some(item), Some(DropReason::Duplicate)),
    ];
    assert_eq!(listed, placed);
    let mut connection = fixture.store.readers.acquire().await.expect("a connection");
    let sound = sqlx::query("INSERT INTO item_words (item_words, rank) VALUES ('integrity-check', 1)");
    sound.execute(&mut *connection).await.expect("the index says what the items say");
}
