//! Asking: which relations are told at all, and which watches ask for them, as this house is configured.

use super::House;
use crate::alerting::{self, Text};
use crate::domain::{Relation, WatchName};
use std::collections::BTreeSet;

impl House {
    /// The relations that a story is made of.
    pub(super) fn told(&self, relations: &[Relation]) -> Vec<Relation> {
        alerting::told(&self.config.watches, self.config.thresholds, relations)
    }

    /// The watches that ask for what is told.
    pub(super) fn asking(&self, told: &[Relation], text: Text<'_>) -> BTreeSet<WatchName> {
        alerting::asking(&self.config.watches, self.config.thresholds, told, text)
    }
}
