//! Items: entries with an identity.

use super::relation::{UnknownTerm, terms};
use super::{SourceName, StoryId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The number under which the store knows an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemId(pub i64);

impl fmt::Display for ItemId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

terms! {
    /// What an identity key was made from, strongest first.
    KeyKind ("key") {
        /// The source's own id, within the source.
        Guid = "guid",
        /// The canonical link, over all sources.
        Url = "url",
        /// The normalised title and summary, over all sources.
        Content = "content",
        /// The normalised title, over all sources; only where it is long enough to mean something.
        Title = "title",
    }
}

terms! {
    /// How an item came to its story.
    Placed ("placing") {
        /// It opened it.
        New = "new",
        /// It copies an item of it.
        Duplicate = "duplicate",
        /// It tells the same event in other words.
        SameEvent = "same event",
        /// It opened it, and it follows another one.
        Development = "development",
    }
}

/// One of an item's keys: two items that share a key may be the same item (identity decides).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey {
    /// What it was made from.
    pub kind: KeyKind,
    /// The hash of that.
    pub hash: KeyHash,
}

/// Half a SHA-256 of what a key was made from, and of its kind: keys of two kinds never have one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct KeyHash(pub [u8; 16]);

impl fmt::Display for KeyHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// What of an entry's wording an item had at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// Its headline and its summary.
    Text,
    /// Its headline.
    Title,
    /// Neither.
    Other,
}

/// Most items with one key that are looked at, the newest: the headline of a daily column is shared by very many.
pub const MOST_KNOWN: u8 = 50;

/// An item the store knows that shares a key with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownItem {
    /// Its number.
    pub id: ItemId,
    /// Which source published it.
    pub source: SourceName,
    /// The key that is shared.
    pub shared: KeyKind,
    /// Hash of its title and summary as they were last seen; another hash means an edit.
    pub content: String,
    /// The story it belongs to, where it was reported.
    pub story: Option<StoryId>,
    /// Whether it has a guid of its own.
    pub has_guid: bool,
    /// Whether it has links, and none of them is the entry's.
    pub other_link: bool,
    /// What of the entry's wording it had at some time.
    pub had: Wording,
    /// When it was published; `None` where the source does not say.
    pub published: Option<Timestamp>,
    /// When it was first seen.
    pub first_seen: Timestamp,
}
