//! Rules that find nothing in any entry of a document.
//!
//! Without a headline there is no entry, so `title` is a failure then. Links, dates and summaries can be
//! done without: the entries are read all the same, and it is told which rule is to be mended.

use crate::domain::Repair;

/// Whether something was found by the rules that an entry can do without.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Found {
    pub(super) link: bool,
    pub(super) date: bool,
    pub(super) summary: bool,
}

/// The rules that are given and have found nothing so far.
#[derive(Debug)]
pub(super) struct Idle {
    link: bool,
    date: bool,
    summary: bool,
}

impl Idle {
    /// Begins with the rules that are given.
    pub(super) fn new(given: Found) -> Self {
        Self { link: given.link, date: given.date, summary: given.summary }
    }

    /// Takes note of one entry.
    pub(super) fn see(&mut self, found: Found) {
        self.link &= !found.link;
        self.date &= !found.date;
        self.summary &= !found.summary;
    }

    /// What is left to tell once all entries were seen.
    pub(super) fn repairs(&self) -> impl Iterator<Item = Repair> {
        [(self.link, Repair::NoLinks), (self.date, Repair::NoDates), (self.summary, Repair::NoSummaries)]
            .into_iter()
            .filter_map(|(idle, repair)| idle.then_some(repair))
    }
}
