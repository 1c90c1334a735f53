//! Asking: which relations are told at all, which watches ask for them, and what keeps the others from it.

use super::matching::{Mismatch, Text, matches, mismatches, text_mismatches};
use crate::domain::{Relation, Thresholds, Watch, WatchName};
use std::collections::BTreeSet;

/// The relations that a story is made of: of a kind that is told, and strong enough for the kind's
/// threshold or for a watch's own.
#[must_use]
pub fn told(watches: &[Watch], thresholds: Thresholds, relations: &[Relation]) -> Vec<Relation> {
    let strong = |relation: &&Relation| {
        thresholds.reaches(relation)
            || watches.iter().any(|watch| {
                watch.kinds.contains(&relation.kind)
                    && watch.threshold.is_some_and(|least| relation.score >= least)
            })
    };
    let asked = |relation: &&Relation| {
        relation.kind.is_on() || watches.iter().any(|watch| watch.kinds.contains(&relation.kind))
    };
    // Sanctions at large, of nobody, are counted and make no story.
    let concerns = |relation: &&Relation| !relation.actors().is_empty();
    relations.iter().filter(asked).filter(strong).filter(concerns).cloned().collect()
}

/// The watches that ask for what is told.
#[must_use]
pub fn asking(
    watches: &[Watch],
    thresholds: Thresholds,
    told: &[Relation],
    text: Text<'_>,
) -> BTreeSet<WatchName> {
    let reported = |relation: &Relation| thresholds.reaches(relation);
    let asks = |watch: &&Watch| matches(watch, told, text, reported);
    watches.iter().filter(asks).map(|watch| watch.name.clone()).collect()
}

/// A watch, asked about each relation of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked<'w> {
    /// The watch.
    pub watch: &'w Watch,
    /// For each relation, in their order, everything for which the watch does not ask for it.
    pub mismatches: Vec<Vec<Mismatch>>,
}

impl<'w> Asked<'w> {
    /// Every watch.
    #[must_use]
    pub fn all(
        watches: &'w [Watch],
        thresholds: Thresholds,
        relations: &[Relation],
        text: Text<'_>,
    ) -> Vec<Self> {
        let reported = |relation: &Relation| thresholds.reaches(relation);
        let ask = |watch, relation| {
            mismatches(watch, relation, reported).chain(text_mismatches(watch, text)).collect()
        };
        let asked = |watch| {
            let mismatches = relations.iter().map(|relation| ask(watch, relation)).collect();
            Self { watch, mismatches }
        };
        watches.iter().map(asked).collect()
    }

    /// The relation that is asked for, or comes nearest, with what keeps it: one with the watch's
    /// countries before one without. `None` where there is no relation.
    #[must_use]
    pub fn nearest(&self) -> Option<(usize, &[Mismatch])> {
        let numbered = self.mismatches.iter().enumerate().map(|(index, list)| (index, list.as_slice()));
        numbered.min_by_key(|(_, list)| (list.contains(&Mismatch::Countries), list.len()))
    }

    /// Whether it asks for one of them.
    #[must_use]
    pub fn matches(&self) -> bool {
        self.mismatches.iter().any(Vec::is_empty)
    }
}
