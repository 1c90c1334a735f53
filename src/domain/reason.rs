//! Reasons: why an item did not become an alert. Every such item has exactly one.

use super::relation::{UnknownTerm, terms};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

terms! {
    /// Why an item did not become an alert.
    DropReason ("reason") {
        /// Its language has no vocabulary, or could not be told.
        NoVocabulary = "no-vocabulary",
        /// No sanctions or alliance word was found.
        NoCue = "no-cue",
        /// Words were found, but no actor whom they concern.
        NoActor = "no-actor",
        /// Relations were found, but none reached its kind's threshold.
        BelowThreshold = "below-threshold",
        /// On a source's first poll: older than the first-poll window, or undated.
        Baseline = "baseline",
        /// New in the feed, but dated long before the source's last success.
        TooOld = "too-old",
        /// Reported, but no watch asks for it.
        NoWatch = "no-watch",
        /// Tells a story that is known already.
        Duplicate = "duplicate",
        /// Its story, or one that it follows, was muted.
        Muted = "muted",
    }
}

impl DropReason {
    /// Whether it is what the item says that keeps it from being told: it tells of nothing, or of too little.
    #[must_use]
    pub const fn is_of_the_text(self) -> bool {
        matches!(
            self,
            DropReason::NoVocabulary | DropReason::NoCue | DropReason::NoActor | DropReason::BelowThreshold
        )
    }
}
