//! Watches: what someone cares about.

use super::{Action, Actor, Kind, Score};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// A watch's configured name; the same name over reloads is the same watch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WatchName(String);

impl WatchName {
    /// The name without surrounding white space; `None` where nothing is left.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let name = name.trim();
        (!name.is_empty()).then(|| Self(name.to_owned()))
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WatchName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// Which relations someone wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// How the operator calls it.
    pub name: WatchName,
    /// Any of these takes part; never empty. With `through-blocs` the configuration has already
    /// added the blocs that these states are members of.
    pub countries: BTreeSet<Actor>,
    /// Where not empty: one of these takes part too, as another party than the first.
    pub with: BTreeSet<Actor>,
    /// Of one of these kinds; never empty.
    pub kinds: BTreeSet<Kind>,
    /// Where not empty: one of these actions.
    pub actions: BTreeSet<Action>,
    /// At least this score; `None` leaves it at the kind's own threshold.
    pub threshold: Option<Score>,
}
