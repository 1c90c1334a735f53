//! The battery for articles: what waits for one, over restarts, and what came of it.

use super::*;

async fn waiting(fixture: &Fixture, from: &str, guid: &str) -> ItemId {
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let id = insert(&mut transaction, from, guid).await;
    transaction.await_article(id, later(2)).await.expect("it waits");
    transaction.commit().await.expect("committed");
    id
}

async fn article(fixture: &Fixture, id: ItemId) -> Option<ArticleState> {
    fixture.store.item(id).await.expect("asked").expect("an item").article
}

#[tokio::test]
async fn what_waits_for_an_article_waits_over_a_restart() {
    let fixture = Fixture::new().await;
    let id = waiting(&fixture, "Meridian", "one").await;
    waiting(&fixture, "Courier", "two").await;
    let fixture = fixture.reopen().await;

    assert_eq!(
        fixture.store.sources_awaiting().await.expect("asked"),
        [source("Courier"), source("Meridian")]
    );
    let items = fixture.store.awaited_items(&source("Meridian")).await.expect("asked");
    let expected = AwaitedItem {
        id,
        source: source("Meridian"),
        entry: Entry { guid: None, ..entry("Iran and Belarus sign") },
        assessment: assessment(),
        first_seen: now(),
        until: later(2),
    };
    assert_eq!(items, [expected]);
    assert_eq!(article(&fixture, id).await, Some(ArticleState::Awaited));
    let mut remembered = 0;
    let range = ToldRange { since: Timestamp::MIN, untold_since: Timestamp::MIN, most: 10 };
    let take = |page: Vec<ToldItem>| {
        remembered += page.len();
        Ok(())
    };
    fixture.store.told_items(range, take).await.expect("asked");
    assert_eq!(remembered, 0, "nothing is compared with it before it is decided");
}

#[tokio::test]
async fn waiting_ends_once() {
    let fixture = Fixture::new().await;
    let (read, failed) = (waiting(&fixture, "A", "one").await, waiting(&fixture, "A", "two").await);
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let text = ReadArticle { text: "They signed. They left.", passage: Some("They signed.") };
    assert!(transaction.end_waiting(read, Ok(text)).await.expect("ended"));
    assert!(!transaction.end_waiting(read, Err("too late")).await.expect("asked"));
    assert!(transaction.end_waiting(failed, Err("a wall")).await.expect("ended"));
    assert!(!transaction.end_waiting(ItemId(99), Err("nobody")).await.expect("asked"));
    assert_eq!(transaction.item_keys(read).await.expect("asked"), keys("one"), "the strongest first");
    let story = transaction.open_story(read, &[relation(4.0)], None, now()).await.expect("opened");
    transaction.place_item(read, Some(story), None).await.expect("placed");
    transaction.commit().await.expect("committed");

    assert_eq!(fixture.store.sources_awaiting().await.expect("asked"), []);
    assert_eq!(article(&fixture, read).await, Some(ArticleState::Read));
    assert_eq!(article(&fixture, failed).await, Some(ArticleState::Failed("a wall".to_owned())));
    let passage = fixture.store.story(story).await.expect("asked").expect("a story").passage;
    assert_eq!(passage.as_deref(), Some("They signed."));
}

#[tokio::test]
async fn what_an_article_changes_is_written_and_goes_with_the_texts() {
    let fixture = Fixture::new().await;
    let id = waiting(&fixture, "A", "one").await;
    let judged = Assessment { lang: None, relations: vec![relation(6.5)], ..assessment() };
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let text = ReadArticle { text: "They signed.", passage: Some("They signed.") };
    transaction.end_waiting(id, Ok(text)).await.expect("ended");
    transaction.reassess(id, &judged).await.expect("written");
    let story = transaction.open_story(id, &judged.relations, None, now()).await.expect("opened");
    transaction.place_item(id, Some(story), None).await.expect("placed");
    transaction.commit().await.expect("committed");
    let item = fixture.store.item(id).await.expect("asked").expect("an item");
    assert_eq!((item.score, item.assessment), (Score::from_points(6.5), judged));

    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.prune(later(60), Timestamp::MIN, 1000).await.expect("pruned");
    transaction.commit().await.expect("committed");
    assert_eq!(fixture.store.story(story).await.expect("asked").expect("a story").passage, None);
    assert_eq!(article(&fixture, id).await, Some(ArticleState::Read), "that it was read is still known");
}
