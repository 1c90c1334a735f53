//! An item of the past, as it is replayed.

use crate::domain::{DropReason, Entry, Language, SourceName};
use crate::identify::{EntryKeys, batch_keys};
use jiff::Timestamp;

/// An item of the past.
#[derive(Debug, Clone)]
pub struct Item {
    /// By what a person finds it: the number in the store, or the id on its line.
    pub id: String,
    /// Who published it. Items of which nobody is known share one name.
    pub source: SourceName,
    /// As it was published. Its language counts where neither `language` nor the source's says another.
    pub entry: Entry,
    /// The language, where whoever hands it over says so.
    pub language: Option<Language>,
    /// The article's text that came with it; may be empty.
    pub body: String,
    /// The article's text as the daemon read it; empty where it did not.
    pub article: String,
    /// When it takes its place in time: when it was published, or first seen.
    pub seen: Timestamp,
    /// Whether nothing says when that is: it stands where it was put.
    pub is_undated: bool,
    /// Why it was no news when it was seen, where the data say so.
    pub old: Option<DropReason>,
    /// Whether it is known to be an item of its own: the store has told it from all others.
    pub is_distinct: bool,
    /// What it can be known again by.
    pub keys: EntryKeys,
}

impl Item {
    /// An item with its own keys, as if it were alone in its poll.
    #[must_use]
    pub fn new(id: String, source: SourceName, entry: Entry, seen: Timestamp) -> Self {
        let keys = batch_keys(&source, [&entry]).pop();
        let none = || EntryKeys { keys: Vec::new(), content: String::new(), guid_in_link: false };
        Self {
            id,
            source,
            entry,
            language: None,
            body: String::new(),
            article: String::new(),
            seen,
            is_undated: false,
            old: None,
            is_distinct: false,
            keys: keys.unwrap_or_else(none),
        }
    }
}
