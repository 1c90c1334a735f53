//! Asking: which relations are told at all, and which watches ask for them.

use super::House;
use crate::alerting::{self, Text};
use crate::domain::{Relation, WatchName};
use std::collections::BTreeSet;

impl House {
    /// The relations that a story is made of: of a kind that is told, and strong enough for the
    /// kind's threshold or for a watch's own.
    pub(super) fn told(&self, relations: &[Relation]) -> Vec<Relation> {
        let config = &self.config;
        let strong = |relation: &&Relation| {
            config.thresholds.reaches(relation)
                || config.watches.iter().any(|watch| {
                    watch.kinds.contains(&relation.kind)
                        && watch.threshold.is_some_and(|least| relation.score >= least)
                })
        };
        let asked = |relation: &&Relation| {
            relation.kind.is_on() || config.watches.iter().any(|watch| watch.kinds.contains(&relation.kind))
        };
        // Sanctions at large, of nobody, are counted and make no story.
        let concerns = |relation: &&Relation| !relation.actors().is_empty();
        relations.iter().filter(asked).filter(strong).filter(concerns).cloned().collect()
    }

    /// The watches that ask for what is told.
    pub(super) fn asking(&self, told: &[Relation], text: Text<'_>) -> BTreeSet<WatchName> {
        let reported = |relation: &Relation| self.config.thresholds.reaches(relation);
        let asks = |watch: &&crate::domain::Watch| alerting::matches(watch, told, text, reported);
        self.config.watches.iter().filter(asks).map(|watch| watch.name.clone()).collect()
    }
}
