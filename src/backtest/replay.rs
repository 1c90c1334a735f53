//! Replay: items in the order of their time, one after the other, through the daemon's decisions.

use super::book::Book;
use super::{Item, Judged, Setup};
use crate::domain::{Change, DropReason, Relation, Score, SubscriberKey, WatchName, strongest};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What became of an item. Items and stories are known by their places in their lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was told: it opened this story, or somebody heard of the story only by it.
    Told(usize),
    /// It was not, for this reason; with its story, where it has one.
    Untold(DropReason, Option<usize>),
    /// It is this earlier item once more, as it was or edited.
    Again(usize),
}

impl Fate {
    /// The story it belongs to.
    #[must_use]
    pub const fn story(self) -> Option<usize> {
        match self {
            Fate::Told(story) => Some(story),
            Fate::Untold(_, story) => story,
            Fate::Again(_) => None,
        }
    }
}

/// A story of the replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Its items, in the order they came.
    pub items: Vec<usize>,
    /// The item that tells it best.
    pub lead: usize,
    /// What it says in the end.
    pub says: Vec<Relation>,
    /// Counts the corrections, from 1.
    pub revision: u32,
    /// The story that it follows, and what became of that.
    pub follows: Option<(usize, Change)>,
    /// Who heard of it, and for which watches.
    pub told_to: BTreeMap<SubscriberKey, BTreeSet<WatchName>>,
}

impl Story {
    /// Whether anybody heard of it; the journal is somebody.
    #[must_use]
    pub fn is_told(&self) -> bool {
        !self.told_to.is_empty()
    }

    /// The score of the strongest of what it says.
    #[must_use]
    pub fn score(&self) -> Score {
        strongest(&self.says)
    }

    /// The watches by which it was told.
    #[must_use]
    pub fn watches(&self) -> BTreeSet<&WatchName> {
        self.told_to.values().flatten().collect()
    }
}

/// A story told to some, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Which story.
    pub story: usize,
    /// The item by which it was told.
    pub item: usize,
    /// When that was seen.
    pub at: Timestamp,
    /// To whom that had not heard it, and for which watches.
    pub to: BTreeMap<SubscriberKey, BTreeSet<WatchName>>,
}

/// What came of the items.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    /// What became of each item, in their order.
    pub fates: Vec<Fate>,
    /// The stories, in the order they were opened.
    pub stories: Vec<Story>,
    /// The alerts, in the order they were owed.
    pub alerts: Vec<Alert>,
    /// From the first to the last item that was no old one when it was seen.
    pub span: Option<(Timestamp, Timestamp)>,
}

impl Replay {
    /// How long the items run, in days; a day at least, so that an hour's news is not taken for every hour's.
    #[must_use]
    pub fn days(&self) -> f64 {
        let span = self.span.map_or(SignedDuration::ZERO, |(first, last)| last.duration_since(first));
        (span.as_secs_f64() / 86_400.0).max(1.0)
    }

    /// The stories that were told, the strongest first.
    #[must_use]
    pub fn ranked(&self) -> Vec<&Story> {
        let mut ranked: Vec<&Story> = self.stories.iter().filter(|story| story.is_told()).collect();
        ranked.sort_by_key(|story| (std::cmp::Reverse(story.score()), story.lead));
        ranked
    }

    /// How many items were not told, by reason.
    #[must_use]
    pub fn dropped(&self) -> BTreeMap<DropReason, usize> {
        let mut dropped = BTreeMap::new();
        for fate in &self.fates {
            if let Fate::Untold(reason, _) = fate {
                *dropped.entry(*reason).or_default() += 1;
            }
        }
        dropped
    }
}

/// Replays items, which must stand in the order of their time, as they were judged with the same setup.
#[must_use]
pub fn replay(setup: &Setup<'_>, items: &[Item], judged: &[Judged]) -> Replay {
    let mut book = Book::new(setup, items, judged);
    for item in 0..items.len().min(judged.len()) {
        book.enter(item);
    }
    let news = || items.iter().filter(|item| item.old.is_none() && !item.is_undated).map(|item| item.seen);
    Replay { span: news().min().zip(news().max()), ..book.close() }
}
