//! The writer: the entries of one poll, one after the other, so that the later see the earlier.
//!
//! Owns: what becomes of an entry: item, story, alerts, reason; whether its article is waited for first.
//! Calls the pure stages and the transaction; what it takes into the window is taken back by `commit` if the
//! transaction fails.

use super::House;
use super::articles::{ARTICLE_WAIT, with_article};
use super::commit::Committed;
use super::poll::Judged;
use crate::alerting::{self, Asking, Freshness, Text};
use crate::domain::{
    DropReason, Entry, IdentityRule, ItemId, KnownItem, Relation, SourceName, Standing, StoryId,
    SubscriberKey, WatchName, strongest,
};
use crate::group::{self, Features, Grouping, Placing, Window};
use crate::identify::{self, EntryKeys, GuidRecord, Identity, ReadAt};
use crate::store::{ItemEdit, NewItem, StoreError, Telling, Transaction};
use crate::telling::{self, Owed, Voice};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// Writes the entries of one source.
pub(super) struct Writer<'a> {
    pub(super) house: &'a House,
    pub(super) source: &'a SourceName,
    pub(super) now: Timestamp,
    pub(super) transaction: Transaction,
    pub(super) window: &'a mut Window,
    pub(super) committed: Committed,
}

/// What is known of a source when the entries of a poll are written.
#[derive(Debug)]
pub(super) struct Standpoint {
    /// When it was last read.
    pub(super) last_success: Option<Timestamp>,
    /// Whether the address that it was read at was never read before.
    pub(super) is_new: bool,
    /// At which of its addresses it was read.
    pub(super) read_at: ReadAt,
    /// By what its items are known again in this poll.
    pub(super) rule: IdentityRule,
    /// What its guids did, this poll included.
    pub(super) guids: GuidRecord,
    /// Who asks for the articles of its items.
    pub(super) asking: Asking,
}

impl Writer<'_> {
    pub(super) async fn write(
        &mut self,
        judged: &Judged,
        keys: &EntryKeys,
        standpoint: &mut Standpoint,
    ) -> Result<(), StoreError> {
        let Judged { entry, assessment, features } = judged;
        let known = self.transaction.known_items(self.source, &keys.keys).await?;
        let new = NewItem {
            source: self.source,
            entry,
            keys: &keys.keys,
            content: &keys.content,
            assessment,
            reason: None,
            now: self.now,
        };
        standpoint.guids.count(self.source, keys, &known);
        let settings = &self.house.config.fetch;
        // What has no date and stands at an address that is read for the first time may be years old, however
        // long the source's other addresses have been read.
        let dated = entry.published.is_some();
        let freshness = alerting::freshness(
            entry.published,
            standpoint.last_success.filter(|_| dated || !standpoint.is_new),
            self.now,
            settings.first_poll_window,
            settings.late_window,
        );
        let Standpoint { rule, read_at, .. } = *standpoint;
        match identify::decide(self.source, rule, keys, entry.published, read_at, &known) {
            Identity::Known(id) => {
                self.committed.known += 1;
                self.transaction.touch_item(id, &keys.keys, self.now);
                Ok(())
            }
            Identity::New => {
                self.committed.new += 1;
                if freshness == Freshness::News && self.reads_first(judged, standpoint.asking) {
                    self.committed.awaited += 1;
                    let id = self.transaction.insert_item(new).await?;
                    // From now on: the poll may have waited for its turn.
                    let now = self.house.clock.now();
                    let wait = SignedDuration::try_from(ARTICLE_WAIT).unwrap_or(SignedDuration::ZERO);
                    let until = now.checked_add(wait).unwrap_or(now);
                    return self.transaction.await_article(id, until).await;
                }
                let untold = telling::untold(assessment, &self.house.told(&assessment.relations));
                let id = self.transaction.insert_item(NewItem { reason: untold, ..new }).await?;
                if let Some(reason) = untold {
                    self.window.count(features);
                    *self.committed.dropped.entry(reason).or_default() += 1;
                    return Ok(());
                }
                self.place(id, judged, &known, freshness).await
            }
            Identity::Edited(id) => {
                self.committed.updated += 1;
                let with_article = self.with_article(id, judged).await?;
                let judged = with_article.as_ref().unwrap_or(judged);
                let new = NewItem { assessment: &judged.assessment, ..new };
                self.transaction.edit_item(ItemEdit { id, new }).await?;
                match self.transaction.placement(id).await? {
                    (None, None) => {
                        // Its article is waited for no longer: that is the one of what it said before.
                        self.transaction.end_waiting(id, Err("the item was edited meanwhile")).await?;
                        self.place(id, judged, &known, freshness).await
                    }
                    // It was counted among the dropped when it was new.
                    (None, Some(_)) => self.put(id, judged, &known, freshness).await.map(|_| ()),
                    (Some(story), reason) => self.revise(id, story, reason, judged).await,
                }
            }
        }
    }

    /// An edited item as it says with its article, where that was read: what was told by it must not be taken
    /// back because a word of the headline was changed.
    async fn with_article(&mut self, id: ItemId, judged: &Judged) -> Result<Option<Judged>, StoreError> {
        let Judged { entry, assessment, .. } = judged;
        let house = self.house;
        let source = house.config.sources.iter().find(|source| source.name == *self.source);
        let (Some(source), Some(text)) = (source, self.transaction.article_text(id).await?) else {
            return Ok(None);
        };
        let (assessment, _) = with_article(house, source, entry, assessment, &text);
        let when = entry.published.unwrap_or(self.now);
        let features = house.features(self.source.as_str(), &entry.title, &entry.summary, when, &assessment);
        Ok(Some(Judged { entry: entry.clone(), assessment, features }))
    }

    /// Whether an item waits for its article before it is decided.
    fn reads_first(&self, judged: &Judged, asking: Asking) -> bool {
        let Judged { entry, assessment, .. } = judged;
        let config = &self.house.config;
        if entry.url.is_none() || self.committed.awaited >= config.fetch.most_articles {
            return false;
        }
        let told = self.house.told(&assessment.relations);
        let reported = |relation: &Relation| config.thresholds.reaches(relation);
        let text = Text { title: &entry.title, summary: &entry.summary, source: Some(self.source) };
        alerting::is_worth_reading(asking, &config.watches, assessment, &told, text, reported)
    }

    /// Puts a new item where it belongs, and counts it where it is no alert.
    pub(super) async fn place(
        &mut self,
        id: ItemId,
        judged: &Judged,
        known: &[KnownItem],
        freshness: Freshness,
    ) -> Result<(), StoreError> {
        if let Some(reason) = self.put(id, judged, known, freshness).await? {
            *self.committed.dropped.entry(reason).or_default() += 1;
        }
        Ok(())
    }

    /// Puts an item that belongs to no story where it belongs, and says why it is no alert.
    async fn put(
        &mut self,
        id: ItemId,
        judged: &Judged,
        known: &[KnownItem],
        freshness: Freshness,
    ) -> Result<Option<DropReason>, StoreError> {
        let Judged { entry, assessment, features } = judged;
        let told = self.house.told(&assessment.relations);
        if let Some(reason) = telling::untold(assessment, &told) {
            self.window.count(features);
            self.transaction.place_item(id, None, Some(reason)).await?;
            return Ok(Some(reason));
        }
        // A link that is used for one thing after another shows no story that says the contrary.
        let exact = group::same_story(self.source, entry.published, known, self.now)
            .filter(|story| self.window.forbids(&self.house.rules, features, *story).is_none());
        let (story, placing) = self.decide(id, entry, features, &told, exact).await?;
        let reason = match (placing.joins(), freshness) {
            (Some(story), Freshness::News) => {
                self.transaction.place_item(id, Some(story), None).await?;
                self.join(id, story, entry).await?
            }
            (Some(story), Freshness::Old(_)) => {
                self.transaction.touch_story(story, self.now).await?;
                Some(DropReason::Duplicate)
            }
            (None, Freshness::Old(reason)) => Some(reason),
            (None, Freshness::News) => self.alert(story, &told, entry).await?.reason(),
        };
        self.transaction.place_item(id, Some(story), reason).await?;
        self.transaction.note_placing(id, placing.placed(), placing.like).await?;
        Ok(reason)
    }

    /// The story of an item, opened where it has none, and how the item came to it.
    async fn decide(
        &mut self,
        id: ItemId,
        entry: &Entry,
        features: &Features,
        told: &[Relation],
        exact: Option<StoryId>,
    ) -> Result<(StoryId, Placing), StoreError> {
        if let Some(story) = exact {
            self.window.restore(id, story, features.clone());
            return Ok((story, Placing::known(story)));
        }
        let considered = self.window.consider(&self.house.rules, features.clone());
        let placing = considered.placing;
        let follows = match placing.grouping {
            Grouping::Development(story, change) => Some((story, change)),
            Grouping::New | Grouping::Duplicate(_) | Grouping::SameEvent(_) => None,
        };
        let story = match placing.joins() {
            Some(story) => story,
            None => match self.transaction.open_story(id, told, follows, self.now).await {
                Ok(story) => story,
                Err(error) => {
                    self.window.dismiss(&considered);
                    return Err(error);
                }
            },
        };
        self.committed.stories_new += usize::from(placing.joins().is_none());
        tracing::debug!(%story, placed = %placing.placed(), title = entry.title, "an item has its story");
        self.window.settle(considered, id, story);
        Ok((story, placing))
    }

    /// A fresh item tells a known story again. Who was told is not told again; whoever is owed it
    /// only now is, be it that the first copy was old, or named nobody that a watch asks for. The story
    /// says what its items agree on, and is told by the best of them.
    async fn join(
        &mut self,
        id: ItemId,
        story: StoryId,
        entry: &Entry,
    ) -> Result<Option<DropReason>, StoreError> {
        self.committed.stories_updated += 1;
        let (lead, _) = self.transaction.said(story).await?;
        let voices = self.voices(story, [id, lead]).await?;
        let (lead, agreed) = (telling::best(&voices, lead), telling::agreed(&voices));
        self.transaction.revise_story(story, lead, &agreed, false, self.now).await?;
        Ok(self.alert(story, &agreed, entry).await?.reason_again())
    }

    /// What the first items of a story tell, and these others.
    async fn voices(&mut self, story: StoryId, others: [ItemId; 2]) -> Result<Vec<Voice>, StoreError> {
        let house = self.house;
        let sources = &house.config.sources;
        let is_official =
            |source: &str| sources.iter().any(|one| one.name.as_str() == source && one.speaks_for.is_some());
        let voice = |telling: Telling| Voice {
            item: telling.id,
            official: is_official(&telling.source),
            has_summary: telling.has_summary,
            told: house.told(&telling.relations),
        };
        Ok(self.transaction.tellings(story, others).await?.into_iter().map(voice).collect())
    }

    /// Writes what the story of an edited item says now. Who was told is told again only where it says the
    /// contrary of what it said: as its items agree, or as the edited one says and not so many others
    /// deny. A watch that asks for it only now is served, too.
    async fn revise(
        &mut self,
        id: ItemId,
        story: StoryId,
        reason: Option<DropReason>,
        judged: &Judged,
    ) -> Result<(), StoreError> {
        self.window.replace(id, story, judged.features.clone());
        let (lead, before) = self.transaction.said(story).await?;
        let voices = self.voices(story, [id, lead]).await?;
        let own = self.house.told(&judged.assessment.relations);
        let (lead, says) = telling::revised(&voices, (lead, &before), (id, own));
        if says.is_empty() {
            return Ok(());
        }
        let news = telling::was_news(reason);
        let corrected = news && alerting::corrects(&before, &says);
        self.committed.stories_updated += 1;
        self.transaction.revise_story(story, lead, &says, corrected, self.now).await?;
        if !news {
            return Ok(());
        }
        let reason = match self.alert(story, &says, &judged.entry).await? {
            Owed::Before => reason,
            owed => owed.reason(),
        };
        self.transaction.place_item(id, Some(story), reason).await
    }

    /// Owes a story to everyone whose watches ask for it and who has not muted it.
    async fn alert(&mut self, story: StoryId, told: &[Relation], entry: &Entry) -> Result<Owed, StoreError> {
        let text = Text { title: &entry.title, summary: &entry.summary, source: Some(self.source) };
        let matching = self.house.asking(told, text);
        if matching.is_empty() {
            return Ok(Owed::ByNobody);
        }
        // The poll may have waited for its turn, and a digest's hour may have passed meanwhile.
        let now = self.house.clock.now().max(self.now);
        let (mut new, mut heard) = (false, false);
        for (key, watches) in alerting::owed(&matching, &self.house.config.subscribers) {
            let watches = self.wanted(&key, watches).await?;
            if watches.is_empty() || self.transaction.is_muted(story, &key).await? {
                continue;
            }
            heard = true;
            let due = self.due(&key, told, now).await?;
            new |= self.transaction.owe(story, &key, &watches, due, now).await?;
        }
        self.committed.alerts += usize::from(new);
        Ok(match (heard, new) {
            (false, _) => Owed::Muted,
            (true, true) => Owed::Now,
            (true, false) => Owed::Before,
        })
    }
}

impl Writer<'_> {
    /// The watches of which somebody wants to hear at present. Everybody in the configuration is known to
    /// the state since the start: whom it does not know any more was forgotten and is told nothing.
    async fn wanted(
        &mut self,
        key: &SubscriberKey,
        watches: BTreeSet<WatchName>,
    ) -> Result<BTreeSet<WatchName>, StoreError> {
        let SubscriberKey::Mail(address) = key else { return Ok(watches) };
        let Some(subscription) = self.transaction.subscription(address).await? else {
            return Ok(BTreeSet::new());
        };
        let confirm = self.house.subscriber(key).is_some_and(|subscriber| subscriber.confirm);
        Ok(match subscription.standing(confirm) {
            Standing::Active => watches.difference(&subscription.left).cloned().collect(),
            Standing::Unconfirmed | Standing::Suspended | Standing::Unsubscribed => BTreeSet::new(),
        })
    }

    /// When somebody is told.
    async fn due(
        &mut self,
        key: &SubscriberKey,
        told: &[Relation],
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        let (Some(subscriber), SubscriberKey::Mail(address)) = (self.house.subscriber(key), key) else {
            return Ok(now);
        };
        let since = alerting::backlog_since(subscriber, now);
        let backlog = self.transaction.backlog(address, since).await?;
        Ok(alerting::due(subscriber, strongest(told), &backlog, now))
    }
}
