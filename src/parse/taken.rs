//! What is taken of a document's items, and how much is not. For a person who tries a source: a poll goes by
//! what is there.

use super::{Place, RawEntry, believable};
use crate::domain::Entry;

/// What stood in a document and was not taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PassedOver {
    /// Items without a title; in a feed, with neither title nor summary.
    pub items: usize,
    /// Dates of entries that cannot be meant: from the future, or before there were feeds.
    pub dates: usize,
}

/// Entries as they are taken, one by one.
pub(super) struct Taken<'a> {
    place: &'a Place<'a>,
    pub(super) entries: Vec<Entry>,
    pub(super) passed_over: PassedOver,
}

impl<'a> Taken<'a> {
    pub(super) fn new(place: &'a Place<'a>) -> Self {
        Self { place, entries: Vec::new(), passed_over: PassedOver::default() }
    }

    /// Takes one item; `None` is one without a title.
    pub(super) fn take(&mut self, raw: Option<RawEntry>) {
        let unbelievable =
            |raw: &RawEntry| raw.published.is_some_and(|time| !believable(time, self.place.now));
        let dated_oddly = raw.as_ref().is_some_and(unbelievable);
        match raw.and_then(|raw| raw.clean(self.place)) {
            Some(entry) => {
                self.entries.push(entry);
                self.passed_over.dates += usize::from(dated_oddly);
            }
            None => self.passed_over.items += 1,
        }
    }
}
