//! How the sources stand, as the database has it: for monitors and for `status`. Pure.

use crate::domain::{Ailment, Source, SourceName};
use crate::store::SourceState;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How the configured sources stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// How many are configured.
    pub configured: usize,
    /// Those whose last poll failed, the longest first.
    pub failing: Vec<FailingSource>,
    /// Those that can be read and have had nothing new for long.
    pub stale: Vec<SourceName>,
    /// Those whose servers say that they are gone for good; they fail, too.
    pub gone: Vec<SourceName>,
    /// When any of them was last asked.
    pub last_poll: Option<Timestamp>,
    /// When any of them was last reached.
    pub last_success: Option<Timestamp>,
    /// When the newest item was published, or seen where it has no date.
    pub newest: Option<Timestamp>,
}

/// A source that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingSource {
    /// Which.
    pub source: SourceName,
    /// Why, for a person.
    pub reason: String,
    /// Since when.
    pub since: Option<Timestamp>,
}

impl Standing {
    /// How these sources stand by what the database knows of them. What it knows of others does not count.
    #[must_use]
    pub fn of(sources: &[Source], states: &BTreeMap<SourceName, SourceState>) -> Self {
        let mut standing = Self { configured: sources.len(), ..Self::default() };
        for source in sources {
            let Some(state) = states.get(&source.name) else { continue };
            if state.failures > 0 {
                standing.failing.push(FailingSource {
                    source: source.name.clone(),
                    reason: state.last_error.clone().unwrap_or_else(|| "no reason is known".to_owned()),
                    since: state.failing_since,
                });
                if state.gone {
                    standing.gone.push(source.name.clone());
                }
            } else if state.ailing == Some(Ailment::Stale) {
                standing.stale.push(source.name.clone());
            }
            standing.last_poll = standing.last_poll.max(state.last_attempt);
            standing.last_success = standing.last_success.max(state.last_success);
            standing.newest = standing.newest.max(state.newest);
        }
        standing.failing.sort_by_key(|failing| failing.since);
        standing
    }

    /// How many of them can be read.
    #[must_use]
    pub fn healthy(&self) -> usize {
        self.configured.saturating_sub(self.failing.len())
    }
}
