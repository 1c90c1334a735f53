//! Which earlier messages an alert follows.

use super::*;

/// Opens a story that follows another one and owes it to the reader.
async fn tell(store: &Store, guid: &str, follows: Option<StoryId>) -> StoryId {
    let mut transaction = store.begin().await.expect("a transaction");
    let item = insert(&mut transaction, "News", guid).await;
    let follows = follows.map(|earlier| (earlier, Change::CarriedOut));
    let story = transaction.open_story(item, &[relation(4.0)], follows, now()).await.expect("a story");
    assert!(transaction.owe(story, &reader(), &watches(), now(), now()).await.expect("owed"));
    transaction.commit().await.expect("committed");
    story
}

/// What the reader's only open alert follows.
async fn thread(store: &Store) -> Vec<String> {
    let mut transaction = store.begin().await.expect("a transaction");
    let alerts = transaction.due_alerts(&reader(), now()).await.expect("alerts");
    assert_eq!(alerts.len(), 1);
    alerts[0]
        .thread
        .iter()
        .map(|message| message.as_str().trim_end_matches("@example.org").to_owned())
        .collect()
}

#[tokio::test]
async fn a_thread_lists_the_messages_of_a_line_oldest_first() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let first = tell(store, "1", None).await;
    assert!(thread(store).await.is_empty());
    put_out(store, "first").await;
    let second = tell(store, "2", Some(first)).await;
    put_out(store, "second").await;
    // A correction of the first story: it is told after the second one and stands before it.
    let mut transaction = store.begin().await.expect("a transaction");
    let (item, _) = transaction.said(first).await.expect("said");
    transaction.revise_story(first, item, &[relation(5.0)], true, now()).await.expect("revised");
    assert!(transaction.owe(first, &reader(), &watches(), now(), now()).await.expect("owed"));
    transaction.commit().await.expect("committed");
    assert_eq!(thread(store).await, ["first"]);
    put_out(store, "corrected").await;

    tell(store, "3", Some(second)).await;

    assert_eq!(thread(store).await, ["first", "corrected", "second"]);
}

#[tokio::test]
async fn a_digest_that_told_of_two_stories_of_a_line_is_named_once() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let first = tell(store, "1", None).await;
    let second = tell(store, "2", Some(first)).await;
    put_out(store, "digest").await;
    let third = tell(store, "3", Some(second)).await;
    put_out(store, "third").await;

    tell(store, "4", Some(third)).await;

    assert_eq!(thread(store).await, ["digest", "third"]);
}

#[tokio::test]
async fn a_long_thread_keeps_its_first_message_and_its_latest() {
    let fixture = Fixture::new().await;
    let mut story = None;
    for number in 1..=25 {
        story = Some(tell(&fixture.store, &number.to_string(), story).await);
        put_out(&fixture.store, &number.to_string()).await;
    }
    tell(&fixture.store, "26", story).await;

    let expected: Vec<String> = std::iter::once(1).chain(7..=25).map(|number| number.to_string()).collect();
    assert_eq!(thread(&fixture.store).await, expected);
}
