//! Items: entries with an identity.

use super::relation::{UnknownTerm, terms};
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
        /// The normalised title, within the source.
        Title = "title",
        /// The normalised title and summary, over all sources.
        Content = "content",
    }
}

/// One of an item's keys: two items that share a key may be the same item (identity decides).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey {
    /// What it was made from.
    pub kind: KeyKind,
    /// 32 hexadecimal digits: half a SHA-256 of what it was made from.
    pub hash: String,
}
