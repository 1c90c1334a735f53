//! The battery: what every store must do, written against its interface alone, so that another
//! backend runs the same.

mod articles;
mod damage;
mod decisions;
mod deliveries;
mod labels;
mod leaving;
mod ledger;
mod readers;
mod sources;
mod thread;
mod webhooks;

use super::*;
use crate::domain::*;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::time::Duration;
use tempfile::TempDir;

/// A store in a folder of its own, which lives as long as this does.
pub(super) struct Fixture {
    pub(super) store: Store,
    pub(super) folder: TempDir,
    lock: StateLock,
}

impl Fixture {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, lock) = Store::open(&folder.path().join("state/news.db")).await.expect("a store");
        Self { store, folder, lock }
    }

    /// Ends the process, as far as the database can tell, and starts it again.
    async fn reopen(self) -> Self {
        let Self { store, folder, lock } = self;
        store.close().await;
        drop(lock);
        let (store, lock) = Store::open(&folder.path().join("state/news.db")).await.expect("a store");
        Self { store, folder, lock }
    }
}

pub(super) fn now() -> Timestamp {
    "2026-08-12T09:00:00Z".parse().expect("a time")
}

fn later(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

fn source(name: &str) -> SourceName {
    SourceName::new(name).expect("a name")
}

fn entry(title: &str) -> Entry {
    Entry {
        guid: Some(title.to_owned()),
        url: Some("https://example.org/a".parse().expect("a link")),
        title: title.to_owned(),
        summary: "A summary".to_owned(),
        published: Some(now()),
        language: Some(Language::ENGLISH),
    }
}

fn relation(score: f64) -> Relation {
    let actors = |codes: &[&str]| codes.iter().map(|code| code.parse().expect("a code")).collect();
    Relation {
        kind: Kind::Alliance,
        action: Action::Sign,
        from: BTreeSet::new(),
        to: BTreeSet::new(),
        by: BTreeSet::new(),
        between: actors(&["BY", "IR"]),
        also: BTreeSet::new(),
        modality: Modality::Fact,
        score: Score::from_points(score),
        evidence: vec![Evidence {
            rule: "sign".into(),
            text: "sign".to_owned(),
            field: Field::Title,
            start: 0,
            end: 4,
            weight: Score::from_points(score),
        }],
    }
}

fn assessment() -> Assessment {
    Assessment {
        lang: Some(Language::ENGLISH),
        sanctions: KindResult::default(),
        alliance: KindResult { reported: true, score: Score::from_points(4.0) },
        named: Named::default(),
        countries: relation(4.0).actors(),
        relations: vec![relation(4.0)],
        unreported: None,
    }
}

fn keys(guid: &str) -> Vec<ItemKey> {
    vec![
        ItemKey { kind: KeyKind::Guid, hash: hash(&format!("guid {guid}")) },
        ItemKey { kind: KeyKind::Content, hash: hash("text") },
    ]
}

/// A hash that is easily told from others: the text itself.
fn hash(text: &str) -> KeyHash {
    let mut hash = KeyHash::default();
    hash.0.iter_mut().zip(text.bytes()).for_each(|(to, byte)| *to = byte);
    hash
}

async fn insert(transaction: &mut Transaction, from: &str, guid: &str) -> ItemId {
    transaction
        .insert_item(NewItem {
            source: &source(from),
            entry: &entry("Iran and Belarus sign"),
            keys: &keys(guid),
            content: "text",
            assessment: &assessment(),
            reason: None,
            now: now(),
        })
        .await
        .expect("an item")
}

/// A story of one item, owed to the journal and a reader.
pub(super) async fn told_story(store: &Store) -> StoryId {
    let mut transaction = store.begin().await.expect("a transaction");
    let item = insert(&mut transaction, "News", "1").await;
    let story = transaction.open_story(item, &[relation(4.0)], None, now()).await.expect("a story");
    transaction.place_item(item, Some(story), None).await.expect("placed");
    for key in [SubscriberKey::Journal, reader()] {
        assert!(transaction.owe(story, &key, &watches(), now(), now()).await.expect("owed"));
    }
    transaction.commit().await.expect("committed");
    story
}

fn reader() -> SubscriberKey {
    SubscriberKey::Mail("desk@example.org".parse().expect("an address"))
}

fn watches() -> BTreeSet<WatchName> {
    BTreeSet::from([WatchName::new("Iran").expect("a name")])
}

/// Renders what a reader is owed, as the dispatcher does.
async fn put_out(store: &Store, message_id: &str) -> DeliveryId {
    put_out_at(store, message_id, now()).await
}

async fn put_out_at(store: &Store, message_id: &str, moment: Timestamp) -> DeliveryId {
    let mut transaction = store.begin().await.expect("a transaction");
    let alerts = transaction.due_alerts(&reader(), moment).await.expect("alerts");
    let ids: Vec<AlertId> = alerts.iter().map(|alert| alert.id).collect();
    let id = transaction
        .insert_delivery(NewDelivery {
            purpose: Purpose::Alerts,
            recipient: &Recipient::Smtp("desk@example.org".parse().expect("an address")),
            message_id: &MessageId::new(message_id, "example.org").expect("an id"),
            subject: "Iran – Belarus",
            bytes: b"bytes",
            alerts: &ids,
            about: None,
            now: moment,
        })
        .await
        .expect("a delivery");
    transaction.commit().await.expect("committed");
    id
}

#[tokio::test]
async fn items_are_found_by_any_key_the_strongest_first() {
    let fixture = Fixture::new().await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let item = insert(&mut transaction, "News", "1").await;
    let known = transaction.known_items(&source("News"), &keys("1")).await.expect("known");
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].id, known[0].shared, known[0].story), (item, KeyKind::Guid, None));
    let known = transaction.known_items(&source("News"), &keys("2")).await.expect("known");
    assert_eq!(known[0].shared, KeyKind::Content);
    assert!(transaction.known_items(&source("News"), &keys("2")[..1]).await.expect("known").is_empty());
}

#[tokio::test]
async fn the_window_is_rebuilt_from_the_newest_items_the_oldest_first() {
    const MANY: usize = 1_100;
    let fixture = Fixture::new().await;
    let story = told_story(&fixture.store).await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    for number in 0..MANY {
        let item = NewItem {
            source: &source("Wire"),
            entry: &entry("Football"),
            keys: &keys(&format!("wire {number}"))[..1],
            content: "text",
            assessment: &assessment(),
            reason: Some(DropReason::NoCue),
            now: later(1),
        };
        transaction.insert_item(item).await.expect("noted");
    }
    let told = insert(&mut transaction, "Courier", "2").await;
    transaction.place_item(told, Some(story), None).await.expect("placed");
    transaction.commit().await.expect("committed");
    let read = async |since, untold_since, most| {
        let mut read: Vec<(ItemId, Option<StoryId>)> = Vec::new();
        let range = ToldRange { since, untold_since, most };
        let take = |page: Vec<ToldItem>| {
            read.extend(page.iter().map(|item| (item.id, item.story)));
            Ok(())
        };
        fixture.store.told_items(range, take).await.expect("read");
        assert!(read.is_sorted(), "{read:?}");
        let told = read.iter().filter(|(_, story)| story.is_some()).count();
        (told, read.len() - told)
    };
    assert_eq!(read(now(), now(), MANY * 2).await, (2, MANY), "over several pages");
    assert_eq!(read(now(), later(2), MANY).await, (2, 0), "what makes no story is held for less long");
    assert_eq!(read(now(), now(), 1).await, (1, 1), "at most so many of each sort");
    assert_eq!(read(later(5), later(5), 9).await, (0, 0));
}

#[tokio::test]
async fn what_was_not_committed_is_not_there() {
    let fixture = Fixture::new().await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    insert(&mut transaction, "News", "1").await;
    drop(transaction);
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert!(transaction.known_items(&source("News"), &keys("1")).await.expect("known").is_empty());
}

#[tokio::test]
async fn an_edit_changes_the_item_and_keeps_its_story() {
    let fixture = Fixture::new().await;
    let story = told_story(&fixture.store).await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let known = transaction.known_items(&source("News"), &keys("1")).await.expect("known");
    let new = NewItem {
        source: &source("News"),
        entry: &Entry { url: None, ..entry("Iran and Belarus sign roadmap") },
        keys: &keys("1"),
        content: "other text",
        assessment: &assessment(),
        reason: None,
        now: later(5),
    };
    transaction.edit_item(ItemEdit { id: known[0].id, new }).await.expect("edited");
    assert_eq!(transaction.placement(known[0].id).await.expect("placed"), (Some(story), None));
    assert_eq!(transaction.said(story).await.expect("said"), (known[0].id, vec![relation(4.0)]));
    transaction.revise_story(story, known[0].id, &[relation(5.0)], true, later(5)).await.expect("revised");
    assert!(transaction.owe(story, &reader(), &watches(), later(5), later(5)).await.expect("owed anew"));
    transaction.commit().await.expect("committed");
    let story = fixture.store.story(story).await.expect("read").expect("a story");
    assert_eq!(story.title, "Iran and Belarus sign roadmap");
    assert_eq!(story.language, Some(Language::ENGLISH));
    assert_eq!((story.revision, story.relations[0].score), (2, Score::from_points(5.0)));
    assert_eq!(story.url.expect("the first link stays").as_str(), "https://example.org/a");
}

#[tokio::test]
async fn a_story_lists_its_other_sources_in_the_order_they_told_it() {
    let fixture = Fixture::new().await;
    let story = told_story(&fixture.store).await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    for (from, guid) in [("Wire", "2"), ("Courier", "3"), ("Wire", "4")] {
        let item = insert(&mut transaction, from, guid).await;
        transaction.place_item(item, Some(story), Some(DropReason::Duplicate)).await.expect("placed");
    }
    transaction.commit().await.expect("committed");
    let story = fixture.store.story(story).await.expect("read").expect("a story");
    assert_eq!(story.source, source("News"));
    let others: Vec<SourceName> = story.also.into_iter().map(|told| told.source).collect();
    assert_eq!(others, [source("Courier"), source("Wire")]);
}

#[tokio::test]
async fn a_subscriber_is_owed_a_story_once() {
    let fixture = Fixture::new().await;
    let story = told_story(&fixture.store).await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert!(!transaction.owe(story, &reader(), &watches(), later(9), later(9)).await.expect("asked"));
    transaction.commit().await.expect("committed");
    let due = fixture.store.next_due().await.expect("due");
    assert_eq!(due, [(SubscriberKey::Journal, now()), (reader(), now())]);
    assert_eq!(fixture.store.due_subscribers(now()).await.expect("due"), [SubscriberKey::Journal, reader()]);
    assert!(fixture.store.due_subscribers(later(-1)).await.expect("due").is_empty());
    let waiting = fixture.store.waiting_alerts().await.expect("waiting");
    assert_eq!(waiting, [WaitingAlerts { address: "desk@example.org".to_owned(), alerts: 1, due: now() }]);
}

#[tokio::test]
async fn alerts_of_someone_who_was_removed_are_cancelled() {
    let fixture = Fixture::new().await;
    told_story(&fixture.store).await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let cancelled = transaction.cancel_alerts_of_others(&[SubscriberKey::Journal]).await.expect("cancelled");
    transaction.commit().await.expect("committed");
    assert_eq!(cancelled, 1);
    assert_eq!(fixture.store.due_subscribers(now()).await.expect("due"), [SubscriberKey::Journal]);
}

#[tokio::test]
async fn the_ledger_lists_what_was_not_told_by_reason_source_and_score() {
    let fixture = Fixture::new().await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    for (guid, reason) in [("1", DropReason::NoWatch), ("2", DropReason::NoCue)] {
        let item = insert(&mut transaction, "News", guid).await;
        transaction.place_item(item, None, Some(reason)).await.expect("placed");
    }
    transaction.commit().await.expect("committed");
    let filter = StoryFilter { since: now(), most: 10 };
    assert_eq!(fixture.store.list_dropped((None, None), filter).await.expect("listed").len(), 2);
    let listed = fixture.store.list_dropped((Some(DropReason::NoCue), None), filter).await.expect("listed");
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].reason, listed[0].score), (Some(DropReason::NoCue), Score::from_points(4.0)));
    let news = SourceName::new("News").expect("a name");
    let other = SourceName::new("Other").expect("a name");
    for (source, expected) in [(&news, 2), (&other, 0)] {
        let listed = fixture.store.list_dropped((None, Some(source)), filter).await.expect("listed");
        assert_eq!(listed.len(), expected, "{source}");
    }
    let by_source = fixture.store.dropped_by_source(Some(DropReason::NoCue), now()).await.expect("counted");
    assert_eq!(by_source, [(news, 1)]);
    let counts = fixture.store.dropped_counts(now()).await.expect("counted");
    assert_eq!(counts.len(), 2);
    let tomorrow = StoryFilter { since: later(60), most: 10 };
    assert!(fixture.store.list_dropped((None, None), tomorrow).await.expect("listed").is_empty());
}

#[tokio::test]
async fn texts_go_before_keys_and_open_alerts_keep_theirs() {
    let fixture = Fixture::new().await;
    let story = told_story(&fixture.store).await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let other = insert(&mut transaction, "News", "2").await;
    transaction.place_item(other, None, Some(DropReason::NoCue)).await.expect("placed");
    let pruned = transaction.prune(later(1), later(-1), 1000).await.expect("pruned");
    assert_eq!((pruned.texts, pruned.items), (1, 0), "the item that an alert waits for keeps its text");
    assert_eq!(transaction.known_items(&source("News"), &keys("2")[..1]).await.expect("known").len(), 1);
    let pruned = transaction.prune(later(1), later(1), 1000).await.expect("pruned");
    assert_eq!(pruned.items, 1);
    assert!(transaction.known_items(&source("News"), &keys("2")[..1]).await.expect("known").is_empty());
    transaction.commit().await.expect("committed");
    assert_eq!(fixture.store.story(story).await.expect("read").expect("a story").summary, "A summary");
}

#[tokio::test]
async fn eight_writers_take_turns() {
    let fixture = Fixture::new().await;
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let store = fixture.store.clone();
        tasks.spawn(async move {
            for number in 0..6 {
                let mut transaction = store.begin().await.expect("a transaction");
                let guid = format!("{writer} {number}");
                assert!(
                    transaction
                        .known_items(&source("News"), &keys(&guid)[..1])
                        .await
                        .expect("known")
                        .is_empty()
                );
                insert(&mut transaction, "News", &guid).await;
                transaction.commit().await.expect("committed");
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no writer was refused");
    }
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert_eq!(transaction.known_items(&source("News"), &keys("x")[1..]).await.expect("known").len(), 48);
}
