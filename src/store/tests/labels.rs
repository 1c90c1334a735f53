//! Labels: kept with their texts, replaced, taken back, and there when the item has gone.

use super::*;
use crate::domain::{Label, Labelled, Truth, Verdict};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

fn said(verdict: Verdict) -> Label {
    Label { sanctions: Truth::Yes, verdict: Some(verdict), ..Label::default() }
}

#[tokio::test]
async fn a_label_is_kept_replaced_and_taken_back() {
    let Fixture { store, folder: _folder, .. } = Fixture::new().await;
    let mut transaction = store.begin().await.expect("a transaction");
    let item = insert(&mut transaction, "News", "1").await;
    transaction.commit().await.expect("committed");
    let mut transaction = store.begin().await.expect("a transaction");
    let text = transaction.to_label(item).await.expect("read").expect("an item");
    assert_eq!((text.title.as_str(), text.summary.as_str()), ("Iran and Belarus sign", "A summary"));
    assert_eq!(text.name, format!("text-{item}"));
    let label = Labelled { label: said(Verdict::Right), ..text };
    assert!(transaction.keep_label(&label, now()).await.expect("kept"), "it is new");
    let other = Labelled { label: said(Verdict::Wrong), ..label.clone() };
    assert!(!transaction.keep_label(&other, now()).await.expect("kept"), "it takes the place of the first");
    transaction.commit().await.expect("committed");
    assert_eq!(store.labels().await.expect("read"), std::slice::from_ref(&other));

    let mut transaction = store.begin().await.expect("a transaction");
    assert_eq!(transaction.label_of(item).await.expect("read").as_ref(), Some(&other));
    let renamed = Labelled { name: "elsewhere".to_owned(), ..other };
    assert!(!transaction.keep_label(&renamed, now()).await.expect("kept"), "an item has one label");
    transaction.commit().await.expect("committed");
    assert_eq!(store.labels().await.expect("read"), [renamed]);
    let mut transaction = store.begin().await.expect("a transaction");
    assert!(transaction.remove_label("elsewhere").await.expect("removed"));
    assert!(!transaction.remove_label("elsewhere").await.expect("nothing to remove"));
    assert_eq!(transaction.to_label(ItemId(99)).await.expect("read"), None);
    transaction.commit().await.expect("committed");
    assert_eq!(store.labels().await.expect("read"), []);
}

#[tokio::test]
async fn a_label_outlives_its_item() {
    let Fixture { store, folder: _folder, .. } = Fixture::new().await;
    let mut transaction = store.begin().await.expect("a transaction");
    let item = insert(&mut transaction, "News", "1").await;
    transaction.commit().await.expect("committed");
    let mut transaction = store.begin().await.expect("a transaction");
    let text = transaction.to_label(item).await.expect("read").expect("an item");
    let label = Labelled { label: said(Verdict::Missed), ..text };
    transaction.keep_label(&label, now()).await.expect("kept");
    let pruned = transaction.prune(later(60), later(60), 100).await.expect("cleared");
    assert_eq!(pruned.items, 1);
    transaction.commit().await.expect("committed");
    let expected = Labelled { item: None, ..label };
    assert_eq!(store.labels().await.expect("read"), [expected]);
}

#[tokio::test]
async fn told_stories_without_a_label_are_asked_about_once() {
    let Fixture { store, folder: _folder, .. } = Fixture::new().await;
    let story = told_story(&store).await;
    let asked = store.unlabelled_stories(now()).await.expect("read");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].story, Some(story));
    let mut transaction = store.begin().await.expect("a transaction");
    assert_eq!(transaction.lead_of(story).await.expect("read"), Some(asked[0].id));
    let text = transaction.to_label(asked[0].id).await.expect("read").expect("an item");
    transaction.keep_label(&Labelled { label: said(Verdict::Right), ..text }, now()).await.expect("kept");
    transaction.commit().await.expect("committed");
    assert_eq!(store.unlabelled_stories(now()).await.expect("read"), []);
    assert_eq!(store.unlabelled_dropped(now()).await.expect("read"), []);
}

#[tokio::test]
async fn what_was_not_told_is_asked_about_by_its_score_then_what_only_names_someone_by_its_age() {
    let Fixture { store, folder: _folder, .. } = Fixture::new().await;
    let named = |title: &[&str], summary: &[&str]| {
        let actors = |codes: &[&str]| codes.iter().map(|code| code.parse().expect("a code")).collect();
        Named { title: actors(title), summary: actors(summary) }
    };
    let mut transaction = store.begin().await.expect("a transaction");
    let mut expected = BTreeMap::new();
    let rows = [
        ("old and silent", 0.0, named(&["BY"], &[]), DropReason::NoCue, 1, Some(3)),
        ("weak", 1.0, Named::default(), DropReason::BelowThreshold, 2, Some(1)),
        ("of nobody", 0.0, Named::default(), DropReason::NoCue, 3, None),
        ("strong", 2.0, named(&["IR"], &[]), DropReason::NoWatch, 4, Some(0)),
        ("new and silent", 0.0, named(&[], &["IR"]), DropReason::NoCue, 5, Some(2)),
        ("told before", 4.0, named(&["IR"], &[]), DropReason::Duplicate, 6, None),
    ];
    for (guid, score, named, reason, minute, place) in rows {
        let relations = if score > 0.0 { vec![relation(score)] } else { Vec::new() };
        let item = NewItem {
            source: &source("News"),
            entry: &entry(guid),
            keys: &keys(guid),
            content: "text",
            assessment: &Assessment { named, relations, ..assessment() },
            reason: Some(reason),
            now: later(minute),
        };
        let id = transaction.insert_item(item).await.expect("an item");
        expected.extend(place.map(|place: usize| (place, id)));
    }
    transaction.commit().await.expect("committed");
    let asked = store.unlabelled_dropped(now()).await.expect("read");
    let asked: Vec<ItemId> = asked.iter().map(|item| item.id).collect();
    assert_eq!(asked, expected.into_values().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_told_item_and_its_copies_know_their_story() {
    let Fixture { store, folder: _folder, .. } = Fixture::new().await;
    let story = told_story(&store).await;
    let mut transaction = store.begin().await.expect("a transaction");
    let lead = transaction.lead_of(story).await.expect("read").expect("a lead");
    let copy = insert(&mut transaction, "Wire", "2").await;
    transaction.place_item(copy, Some(story), Some(DropReason::Duplicate)).await.expect("placed");
    let other = insert(&mut transaction, "Wire", "3").await;
    transaction.place_item(other, None, Some(DropReason::NoCue)).await.expect("placed");
    transaction.commit().await.expect("committed");
    let mut transaction = store.begin().await.expect("a transaction");
    for (item, told) in [(lead, Some(story)), (copy, Some(story)), (other, None), (ItemId(99), None)] {
        assert_eq!(transaction.told_in(item).await.expect("read"), told, "{item}");
    }
}

#[tokio::test]
async fn who_only_looks_cannot_write() {
    let Fixture { store, folder, .. } = Fixture::new().await;
    told_story(&store).await;
    let path = folder.path().join("state/news.db");
    let past = Store::look(&path, async |reader| {
        let written = async {
            let mut transaction = reader.begin().await?;
            transaction.remove_label("any").await
        };
        written.await.expect_err("refused");
        reader.past_items(Timestamp::MIN).await
    });
    let past = past.await.expect("read");
    assert_eq!(past.len(), 1);
    assert_eq!(past[0].entry.title, "Iran and Belarus sign");
}

/// As where a daemon starts while somebody looks: what was read without its log is read again.
#[tokio::test]
async fn what_is_written_while_somebody_looks_is_seen() {
    let Fixture { store, folder, lock } = Fixture::new().await;
    store.close().await;
    drop(lock);
    let path = folder.path().join("state/news.db");
    let looks = AtomicU32::new(0);
    let past = Store::look(&path, async |reader| {
        let before = reader.past_items(Timestamp::MIN).await?;
        if looks.fetch_add(1, Ordering::Relaxed) == 0 {
            assert!(before.is_empty());
            let (store, _lock) = Store::open(&path).await?;
            told_story(&store).await;
            store.close().await;
        }
        Ok::<_, StoreError>(before)
    });
    assert_eq!(past.await.expect("read").len(), 1);
    assert_eq!(looks.into_inner(), 2);
}
