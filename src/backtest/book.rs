//! The book: what the replay knows of the items and stories before, where the daemon has its database.
//!
//! Owns: the order of decisions on one item. It follows `daemon::writer` step by step; what they decide stands
//! in `telling`.

use super::{Alert, Fate, Item, Judged, Replay, Setup, Story};
use crate::alerting::{self, Freshness, Text};
use crate::domain::{
    DropReason, ItemId, KeyHash, KeyKind, KnownItem, MOST_KNOWN, MOST_VOTES, Relation, StoryId,
    SubscriberKey, WatchName, Wording,
};
use crate::group::{self, Grouping, Window};
use crate::identify::{self, Identity, ReadAt};
use crate::telling::{self, Owed, Voice};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What is known of an item that was entered.
#[derive(Debug)]
struct Kept {
    /// The item that it reads as now: itself, or its last edit.
    reads_as: usize,
    /// Its story.
    story: Option<usize>,
}

/// The items and stories so far.
#[derive(Debug)]
pub(super) struct Book<'a> {
    setup: &'a Setup<'a>,
    items: &'a [Item],
    judged: &'a [Judged],
    window: Window,
    kept: HashMap<usize, Kept>,
    with_key: HashMap<KeyHash, Vec<usize>>,
    fates: Vec<Fate>,
    stories: Vec<Story>,
    /// For each story the revision that somebody heard last.
    heard: Vec<BTreeMap<SubscriberKey, u32>>,
    alerts: Vec<Alert>,
}

impl<'a> Book<'a> {
    pub(super) fn new(setup: &'a Setup<'a>, items: &'a [Item], judged: &'a [Judged]) -> Self {
        Self {
            setup,
            items,
            judged,
            window: Window::new(setup.stories),
            kept: HashMap::new(),
            with_key: HashMap::new(),
            fates: Vec::with_capacity(items.len()),
            stories: Vec::new(),
            heard: Vec::new(),
            alerts: Vec::new(),
        }
    }

    pub(super) fn close(self) -> Replay {
        Replay { fates: self.fates, stories: self.stories, alerts: self.alerts, span: None }
    }

    /// Decides the next item.
    pub(super) fn enter(&mut self, at: usize) {
        let item = &self.items[at];
        let known = self.known(item);
        let identity = if item.is_distinct {
            Identity::New
        } else {
            identify::decide(
                &item.source,
                self.setup.identity(item),
                &item.keys,
                item.entry.published,
                ReadAt::Only,
                &known,
            )
        };
        let fate = match identity {
            Identity::New => {
                self.kept.insert(at, Kept { reads_as: at, story: None });
                let fate = self.put(at, at, &known);
                if let Some(kept) = self.kept.get_mut(&at) {
                    kept.story = fate.story();
                }
                fate
            }
            Identity::Known(earlier) => Fate::Again(place(earlier.0)),
            Identity::Edited(earlier) => {
                let earlier = place(earlier.0);
                self.edit(earlier, at, &known);
                Fate::Again(earlier)
            }
        };
        let own = match fate {
            Fate::Again(earlier) => earlier,
            Fate::Told(_) | Fate::Untold(..) => at,
        };
        for key in &item.keys.keys {
            let with = self.with_key.entry(key.hash).or_default();
            if !with.contains(&own) {
                with.push(own);
            }
        }
        self.fates.push(fate);
        self.window.evict();
    }

    /// The items that share a key with one, each with the strongest that it shares; those of other sources only
    /// where they make a story.
    fn known(&self, item: &Item) -> Vec<KnownItem> {
        let link = item.keys.keys.iter().find(|key| key.kind == KeyKind::Url);
        let mut met = HashSet::new();
        let mut found = Vec::new();
        for key in &item.keys.keys {
            let with = self.with_key.get(&key.hash).into_iter().flatten();
            for at in with.rev().take(usize::from(MOST_KNOWN)) {
                let (Some(kept), Some(first)) = (self.kept.get(at), self.items.get(*at)) else { continue };
                let Some(now) = self.items.get(kept.reads_as) else { continue };
                if kept.story.is_none() && first.source != item.source || !met.insert(*at) {
                    continue;
                }
                let has = |kind: KeyKind| first.keys.keys.iter().any(|key| key.kind == kind);
                let other_link =
                    link.is_some_and(|link| has(KeyKind::Url) && !first.keys.keys.contains(link));
                found.push(KnownItem {
                    id: ItemId(number(*at)),
                    source: first.source.clone(),
                    shared: key.kind,
                    content: now.keys.content.clone(),
                    story: kept.story.map(|story| StoryId(number(story))),
                    has_guid: has(KeyKind::Guid),
                    other_link,
                    had: Wording::Other,
                    published: first.entry.published,
                    first_seen: first.seen,
                });
            }
        }
        found.sort_by_key(|item| (item.shared, item.id));
        found
    }

    /// Puts an item that belongs to no story where it belongs, reading as the item at `reads_as`.
    fn put(&mut self, at: usize, reads_as: usize, known: &[KnownItem]) -> Fate {
        let (item, judged) = (&self.items[reads_as], &self.judged[reads_as]);
        if let Some(reason) = telling::untold(&judged.assessment, &judged.told) {
            self.window.count(&judged.features);
            return Fate::Untold(reason, None);
        }
        let freshness = item.old.map_or(Freshness::News, Freshness::Old);
        let exact = group::same_story(&item.source, item.entry.published, known, item.seen)
            .filter(|story| self.window.forbids(&self.setup.rules, &judged.features, *story).is_none());
        let (story, joins) = self.decide(at, judged, exact);
        let reason = match (joins, freshness) {
            (true, Freshness::News) => self.join(at, reads_as, story),
            (true, Freshness::Old(_)) => Some(DropReason::Duplicate),
            (false, Freshness::Old(reason)) => Some(reason),
            (false, Freshness::News) => {
                let says = judged.told.clone();
                self.alert(story, &says, reads_as).reason()
            }
        };
        reason.map_or(Fate::Told(story), |reason| Fate::Untold(reason, Some(story)))
    }

    /// The story of an item, opened where it has none, and whether it was there already.
    fn decide(&mut self, at: usize, judged: &Judged, exact: Option<StoryId>) -> (usize, bool) {
        let id = ItemId(number(at));
        if let Some(story) = exact {
            self.window.restore(id, story, judged.features.clone());
            self.stories[place(story.0)].items.push(at);
            return (place(story.0), true);
        }
        let opens = StoryId(number(self.stories.len()));
        let (story, placing) = self.window.place(&self.setup.rules, id, judged.features.clone(), opens);
        if placing.joins().is_some() {
            self.stories[place(story.0)].items.push(at);
            return (place(story.0), true);
        }
        let follows = match placing.grouping {
            Grouping::Development(story, change) => Some((place(story.0), change)),
            Grouping::New | Grouping::Duplicate(_) | Grouping::SameEvent(_) => None,
        };
        let told_to = BTreeMap::new();
        let says = judged.told.clone();
        self.stories.push(Story { items: vec![at], lead: at, says, revision: 1, follows, told_to });
        self.heard.push(BTreeMap::new());
        (place(story.0), false)
    }

    /// A fresh item tells a known story again: why it is no alert.
    fn join(&mut self, at: usize, reads_as: usize, story: usize) -> Option<DropReason> {
        let lead = ItemId(number(self.stories[story].lead));
        let voices = self.voices(story, [at, place(lead.0)], Some((at, reads_as)));
        let says = telling::agreed(&voices);
        self.stories[story].lead = place(telling::best(&voices, lead).0);
        self.stories[story].says.clone_from(&says);
        self.alert(story, &says, reads_as).reason_again()
    }

    /// An item that is known reads differently now.
    fn edit(&mut self, at: usize, reads_as: usize, known: &[KnownItem]) {
        let Some(kept) = self.kept.get_mut(&at) else { return };
        kept.reads_as = reads_as;
        let Some(story) = kept.story else {
            let fate = self.put(at, reads_as, known);
            if let Some(kept) = self.kept.get_mut(&at) {
                kept.story = fate.story();
            }
            self.fates[at] = fate;
            return;
        };
        let reason = match self.fates[at] {
            Fate::Untold(reason, _) => Some(reason),
            Fate::Told(_) | Fate::Again(_) => None,
        };
        let judged = &self.judged[reads_as];
        let (id, lead) = (ItemId(number(at)), ItemId(number(self.stories[story].lead)));
        self.window.replace(id, StoryId(number(story)), judged.features.clone());
        let voices = self.voices(story, [at, place(lead.0)], None);
        let before = self.stories[story].says.clone();
        let (lead, says) = telling::revised(&voices, (lead, &before), (id, judged.told.clone()));
        if says.is_empty() {
            return;
        }
        let news = telling::was_news(reason);
        let told = &mut self.stories[story];
        told.revision += u32::from(news && alerting::corrects(&before, &says));
        told.lead = place(lead.0);
        told.says.clone_from(&says);
        if !news {
            return;
        }
        let reason = match self.alert(story, &says, reads_as) {
            Owed::Before => reason,
            owed => owed.reason(),
        };
        self.fates[at] = reason.map_or(Fate::Told(story), |reason| Fate::Untold(reason, Some(story)));
    }

    /// What the first items of a story tell, and these others; `newest` is one that is not kept as it reads.
    fn voices(&self, story: usize, others: [usize; 2], newest: Option<(usize, usize)>) -> Vec<Voice> {
        let items = &self.stories[story].items;
        let first = items.iter().take(usize::from(MOST_VOTES));
        let rest = items.iter().skip(usize::from(MOST_VOTES)).filter(|item| others.contains(item));
        let voice = |at: &usize| {
            let kept = self.kept.get(at).map_or(*at, |kept| kept.reads_as);
            let reads_as = newest.filter(|(item, _)| item == at).map_or(kept, |(_, reads_as)| reads_as);
            let item = &self.items[reads_as];
            Voice {
                item: ItemId(number(*at)),
                official: self.setup.speaks_for(item).is_some(),
                has_summary: !item.entry.summary.is_empty(),
                told: self.judged[reads_as].told.clone(),
            }
        };
        first.chain(rest).map(voice).collect()
    }

    /// Owes a story to everyone whose watches ask for it.
    fn alert(&mut self, story: usize, told: &[Relation], by: usize) -> Owed {
        let item = &self.items[by];
        let Setup { watches, subscribers, thresholds, .. } = self.setup;
        let text =
            Text { title: &item.entry.title, summary: &item.entry.summary, source: Some(&item.source) };
        let matching = alerting::asking(watches, *thresholds, told, text);
        if matching.is_empty() {
            return Owed::ByNobody;
        }
        let revision = self.stories[story].revision;
        let mut to: BTreeMap<SubscriberKey, BTreeSet<WatchName>> = BTreeMap::new();
        for (key, watches) in alerting::owed(&matching, subscribers) {
            if self.heard[story].insert(key.clone(), revision) != Some(revision) {
                to.insert(key, watches);
            }
        }
        if to.is_empty() {
            return Owed::Before;
        }
        for (key, watches) in &to {
            self.stories[story].told_to.entry(key.clone()).or_default().extend(watches.iter().cloned());
        }
        self.alerts.push(Alert { story, item: by, at: item.seen, to });
        Owed::Now
    }
}

/// A place as the pure stages number items and stories.
fn number(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

/// The place of such a number.
fn place(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
