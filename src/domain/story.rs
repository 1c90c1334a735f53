//! Stories: the items about one event; and the alerts that come of them.

use super::{Actor, Change, Language, MessageId, Relation, SourceName, SubscriberKey, WatchName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;
use url::Url;

/// Most items of a story whose votes are counted on what it says, the first that told it.
pub const MOST_VOTES: u8 = 200;

/// The number under which the store knows a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoryId(pub i64);

impl fmt::Display for StoryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The number under which the store knows an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertId(pub i64);

/// How long stories are told on, and how many items of them are held to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoryWindow {
    /// How long after its newest item a story is told on: later, the same words tell another event.
    pub told_within: Duration,
    /// How long after its newest item a story can be followed by a development. Never less than
    /// `told_within`.
    pub follows_within: Duration,
    /// Most items that are held in memory, about 1.5 kB each.
    pub items: usize,
}

impl Default for StoryWindow {
    /// Three days, which news of one event mostly runs for, and thirty; 50,000 items.
    fn default() -> Self {
        const DAY: u64 = 24 * 60 * 60;
        Self {
            told_within: Duration::from_secs(3 * DAY),
            follows_within: Duration::from_secs(30 * DAY),
            items: 50_000,
        }
    }
}

/// What is told: one event, with the item that tells it best.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    /// Its number.
    pub id: StoryId,
    /// Counts what changed in what the story tells, from 1.
    pub revision: u32,
    /// The headline.
    pub title: String,
    /// The summary; may be empty.
    pub summary: String,
    /// The sentence of the article that tells what neither of them does, where the article was read for that.
    pub passage: Option<String>,
    /// The language of these, where it is known.
    pub language: Option<Language>,
    /// Where it can be read.
    pub url: Option<Url>,
    /// The source of the headline.
    pub source: SourceName,
    /// Other sources that told it, in the order they did.
    pub also: Vec<ToldBy>,
    /// When the source says it was published.
    pub published: Option<Timestamp>,
    /// When the daemon first saw it.
    pub first_seen: Timestamp,
    /// When it was last seen told.
    pub last_seen: Timestamp,
    /// The story that it follows, where it tells what became of one.
    pub follows: Option<Followed>,
    /// What it says, strongest first.
    pub relations: Vec<Relation>,
}

/// A source that told a story, and when it first did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldBy {
    /// Which source.
    pub source: SourceName,
    /// When it published it; where that is not known, when it was seen.
    pub at: Timestamp,
}

/// An earlier story, as the one that follows it tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// Its number.
    pub id: StoryId,
    /// Its headline.
    pub title: String,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// What became of it.
    pub change: Change,
}

impl Story {
    /// Every actor that takes part.
    #[must_use]
    pub fn actors(&self) -> BTreeSet<Actor> {
        self.relations.iter().flat_map(Relation::actors).collect()
    }
}

/// An alert that is due, with what it tells and which watches asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueAlert {
    /// Its number.
    pub id: AlertId,
    /// To whom it is owed.
    pub subscriber: SubscriberKey,
    /// What it tells.
    pub story: Story,
    /// The watches that matched, at least one.
    pub watches: BTreeSet<WatchName>,
    /// The messages that told the subscriber of this story and of those that it follows, oldest first:
    /// the last is the one that this alert answers to.
    pub thread: Vec<MessageId>,
}
