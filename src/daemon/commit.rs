//! The one transaction of a poll: what is known is looked up, decided on, and written with the
//! feed's validators, all of it or none of it.

use super::House;
use super::clock::jitter;
use super::poll::{Outcome, Polled};
use crate::alerting::{self, Freshness};
use crate::domain::{Assessment, DropReason, Entry, ItemId, Relation, Source, StoryId, WatchName};
use crate::group;
use crate::identify::{self, EntryKeys, Identity};
use crate::schedule::{self, PollOutcome};
use crate::store::{ItemEdit, NewItem, PollRecord, StoreError, Transaction};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What a poll changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Committed {
    /// Entries in the body; zero where nothing had changed.
    pub(super) entries: usize,
    /// Items never seen before.
    pub(super) new: usize,
    /// Items that read differently now.
    pub(super) updated: usize,
    /// Items that read as before.
    pub(super) known: usize,
    /// Stories opened.
    pub(super) stories_new: usize,
    /// Stories told again or told differently.
    pub(super) stories_updated: usize,
    /// Stories that owe at least one alert because of this poll.
    pub(super) alerts: usize,
    /// New items that did not become alerts.
    pub(super) dropped: BTreeMap<DropReason, usize>,
    /// When the source is polled next.
    pub(super) next_poll: Option<Timestamp>,
}

impl Committed {
    /// Adds what another poll changed.
    pub(super) fn add(&mut self, other: &Committed) {
        self.entries += other.entries;
        self.new += other.new;
        self.updated += other.updated;
        self.known += other.known;
        self.stories_new += other.stories_new;
        self.stories_updated += other.stories_updated;
        self.alerts += other.alerts;
        for (reason, number) in &other.dropped {
            *self.dropped.entry(*reason).or_default() += number;
        }
    }
}

/// Writes what a poll came to, and decides what becomes of it.
pub(super) async fn commit(house: &House, polled: &Polled, failures: u32) -> Result<Committed, StoreError> {
    let Polled { source, now, outcome } = polled;
    // Before the turn of the one writer: everybody waits for what is done within it.
    let keys = match outcome {
        Outcome::Changed { entries, .. } => {
            identify::batch_keys(&source.name, entries.iter().map(|(entry, _)| entry))
        }
        Outcome::Unchanged | Outcome::Failed { .. } => Vec::new(),
    };
    let mut transaction = house.store.begin().await?;
    let last_success = transaction.last_success(&source.name).await?;
    let mut committed = Committed::default();
    let mut record = PollRecord {
        source: &source.name,
        now: *now,
        next_poll: schedule::next_poll(PollOutcome::Reached, source.interval, *now, jitter()),
        wait_until: None,
        error: None,
        entries: None,
    };
    match outcome {
        // Validators are kept only of a body that was read, so that "not modified" never covers one
        // that could not be.
        Outcome::Unchanged => transaction.record_poll(record).await?,
        Outcome::Failed { reason, retry_after } => {
            let failed = PollOutcome::Failed { failures: failures + 1, retry_after: *retry_after };
            record.next_poll = schedule::next_poll(failed, source.interval, *now, jitter());
            record.wait_until =
                retry_after.and_then(|wait| now.checked_add(SignedDuration::try_from(wait).ok()?).ok());
            record.error = Some(reason);
            transaction.record_poll(record).await?;
        }
        Outcome::Changed { address, validators, entries } => {
            committed.entries = entries.len();
            record.entries = Some(entries.len());
            transaction.record_poll(record).await?;
            transaction.keep_validators(&source.name, address, validators).await?;
            let mut writer = Writer { house, source, now: *now, last_success, transaction, committed };
            // Feeds stand newest first; stories are told in the order they happened.
            for ((entry, assessment), keys) in entries.iter().zip(&keys).rev() {
                writer.write(entry, assessment, keys).await?;
            }
            Writer { transaction, committed, .. } = writer;
        }
    }
    committed.next_poll = Some(record.next_poll);
    transaction.commit().await?;
    Ok(committed)
}

/// Writes the entries of one poll, one after the other, so that the later see the earlier.
struct Writer<'a> {
    house: &'a House,
    source: &'a Source,
    now: Timestamp,
    last_success: Option<Timestamp>,
    transaction: Transaction,
    committed: Committed,
}

impl Writer<'_> {
    async fn write(
        &mut self,
        entry: &Entry,
        assessment: &Assessment,
        keys: &EntryKeys,
    ) -> Result<(), StoreError> {
        let known = self.transaction.known_items(&keys.keys).await?;
        let new = NewItem {
            source: &self.source.name,
            entry,
            keys: &keys.keys,
            content: &keys.content,
            assessment,
            now: self.now,
        };
        match identify::decide(&self.source.name, keys, entry.published, &known) {
            Identity::Known(id) => {
                self.committed.known += 1;
                self.transaction.touch_item(id, &keys.keys, self.now).await
            }
            Identity::New => {
                self.committed.new += 1;
                let id = self.transaction.insert_item(new).await?;
                let grouping = group::same_story(&self.source.name, entry.published, &known, self.now);
                if let Some(reason) = self.place(id, entry, assessment, grouping).await? {
                    *self.committed.dropped.entry(reason).or_default() += 1;
                }
                Ok(())
            }
            Identity::Edited(id) => {
                self.committed.updated += 1;
                self.transaction.edit_item(ItemEdit { id, new }).await?;
                match self.transaction.placement(id).await? {
                    (None, _) => {
                        let grouping =
                            group::same_story(&self.source.name, entry.published, &known, self.now);
                        self.place(id, entry, assessment, grouping).await.map(|_| ())
                    }
                    (Some(story), reason) => self.revise(id, story, reason, assessment).await,
                }
            }
        }
    }

    /// Puts an item that belongs to no story where it belongs, and says why it is no alert.
    async fn place(
        &mut self,
        id: ItemId,
        entry: &Entry,
        assessment: &Assessment,
        grouping: Option<StoryId>,
    ) -> Result<Option<DropReason>, StoreError> {
        let told = self.told(assessment);
        if told.is_empty() {
            let reason = assessment.unreported.unwrap_or(DropReason::BelowThreshold);
            self.transaction.place_item(id, None, Some(reason)).await?;
            return Ok(Some(reason));
        }
        let settings = &self.house.config.fetch;
        let freshness = alerting::freshness(
            entry.published,
            self.last_success,
            self.now,
            settings.first_poll_window,
            settings.late_window,
        );
        let (story, reason) = match (grouping, freshness) {
            (Some(story), Freshness::News) => (story, self.join(id, story, &told).await?),
            (Some(story), Freshness::Old(_)) => {
                self.transaction.touch_story(story, self.now).await?;
                (story, Some(DropReason::Duplicate))
            }
            (None, freshness) => {
                self.committed.stories_new += 1;
                let story = self.transaction.open_story(id, &told, self.now).await?;
                let reason = match freshness {
                    Freshness::Old(reason) => Some(reason),
                    Freshness::News => match self.alert(story, &told).await? {
                        Owed::ByNobody => Some(DropReason::NoWatch),
                        Owed::Now | Owed::Before => None,
                    },
                };
                (story, reason)
            }
        };
        self.transaction.place_item(id, Some(story), reason).await?;
        Ok(reason)
    }

    /// A fresh item tells a known story again. Who was told is not told again; whoever is owed it
    /// only now is, be it that the first copy was old, or named nobody that a watch asks for.
    async fn join(
        &mut self,
        id: ItemId,
        story: StoryId,
        told: &[Relation],
    ) -> Result<Option<DropReason>, StoreError> {
        self.committed.stories_updated += 1;
        if self.transaction.was_owed(story).await? {
            self.transaction.touch_story(story, self.now).await?;
        } else {
            // Nobody has heard of it, so it may as well be told by the one that is news.
            self.transaction.revise_story(story, id, told, false, self.now).await?;
        }
        Ok(match self.alert(story, told).await? {
            Owed::Now => None,
            Owed::Before | Owed::ByNobody => Some(DropReason::Duplicate),
        })
    }

    /// Writes what an edited item's story says now. Who was told is told again only where the edit
    /// says the contrary; a watch that asks for it only now is served, too.
    async fn revise(
        &mut self,
        id: ItemId,
        story: StoryId,
        reason: Option<DropReason>,
        assessment: &Assessment,
    ) -> Result<(), StoreError> {
        let told = self.told(assessment);
        let (lead, before) = self.transaction.said(story).await?;
        if told.is_empty() || lead != id {
            return Ok(());
        }
        let corrected = alerting::corrects(&before, &told);
        self.committed.stories_updated += 1;
        self.transaction.revise_story(story, id, &told, corrected, self.now).await?;
        if matches!(reason, None | Some(DropReason::NoWatch)) {
            let reason = match self.alert(story, &told).await? {
                Owed::ByNobody => Some(DropReason::NoWatch),
                Owed::Now | Owed::Before => None,
            };
            self.transaction.place_item(id, Some(story), reason).await?;
        }
        Ok(())
    }

    /// The relations that a story is made of: of a kind that is told, and strong enough for the
    /// kind's threshold or for a watch's own.
    fn told(&self, assessment: &Assessment) -> Vec<Relation> {
        let config = &self.house.config;
        let strong = |relation: &&Relation| {
            config.thresholds.reaches(relation)
                || config.watches.iter().any(|watch| {
                    watch.kinds.contains(&relation.kind)
                        && watch.threshold.is_some_and(|least| relation.score >= least)
                })
        };
        let asked = |relation: &&Relation| {
            relation.kind.is_on() || config.watches.iter().any(|watch| watch.kinds.contains(&relation.kind))
        };
        // Sanctions at large, of nobody, are counted and make no story.
        let concerns = |relation: &&Relation| !relation.actors().is_empty();
        assessment.relations.iter().filter(asked).filter(strong).filter(concerns).cloned().collect()
    }

    /// Owes a story to everyone whose watches ask for it.
    async fn alert(&mut self, story: StoryId, told: &[Relation]) -> Result<Owed, StoreError> {
        let config = &self.house.config;
        let reported = |relation: &Relation| config.thresholds.reaches(relation);
        let matching: BTreeSet<WatchName> = config
            .watches
            .iter()
            .filter(|watch| alerting::matches(watch, told, reported))
            .map(|watch| watch.name.clone())
            .collect();
        if matching.is_empty() {
            return Ok(Owed::ByNobody);
        }
        // The poll may have waited for its turn, and a digest's hour may have passed meanwhile.
        let now = self.house.clock.now().max(self.now);
        let mut new = false;
        for (key, watches) in alerting::owed(&matching, &config.subscribers) {
            let due = self.house.subscriber(&key).map_or(now, |subscriber| alerting::due(subscriber, now));
            new |= self.transaction.owe(story, &key, &watches, due, now).await?;
        }
        self.committed.alerts += usize::from(new);
        Ok(if new { Owed::Now } else { Owed::Before })
    }
}

/// Whether a story is owed to anyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owed {
    /// To somebody, since now.
    Now,
    /// To the same people as before.
    Before,
    /// No watch asks for it.
    ByNobody,
}
