//! Pace: how often a source may be asked, and how often it is worth it.

use super::{Rest, Validators};
use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;
use url::Url;

/// Between which two times a source's polls lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Where something new comes with every poll.
    pub least: Duration,
    /// Where nothing new has come for long; never less than `least`.
    pub most: Duration,
}

impl Interval {
    /// The same time always.
    #[must_use]
    pub const fn fixed(interval: Duration) -> Self {
        Self { least: interval, most: interval }
    }
}

/// What a feed asks of those who poll it (`ttl`, `sy:updatePeriod`, `skipHours`, `skipDays`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Asked {
    /// Not to come more often.
    pub every: Option<Duration>,
    /// Not to come in these hours, from 0 to 23, UTC.
    pub skip_hours: BTreeSet<i8>,
    /// Not to come on these days, UTC; Monday is 0.
    pub skip_days: BTreeSet<i8>,
}

impl Asked {
    /// Whether it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it asks not to come on a day.
    #[must_use]
    pub fn skips(&self, day: Weekday) -> bool {
        self.skip_days.contains(&day.to_monday_zero_offset())
    }
}

/// The rhythm in which a source is polled.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pace {
    /// The time between polls that its news of late suggest; `None`: it was not read yet.
    pub interval: Option<Duration>,
    /// What the feed asked for when it was last read.
    pub asked: Asked,
    /// At which of several addresses it was last read.
    #[serde(default)]
    pub read_at: Option<Url>,
}

/// A permanent move that an address tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where it says that it is now.
    pub to: Url,
    /// How many polls in a row it said so.
    pub times: u32,
}

impl Moved {
    /// So many polls in a row must tell of a move before it is believed: a captive portal tells of one, too.
    pub const BELIEVED: u32 = 3;

    /// Whether the new address is asked in the place of the old one.
    #[must_use]
    pub fn is_believed(&self) -> bool {
        self.times >= Self::BELIEVED
    }
}

/// What is known of one of a source's addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownAddress {
    /// What lets the next poll ask "anything new?".
    pub validators: Validators,
    /// A digest of the last body that was read, for servers that do not answer that.
    pub digest: Option<String>,
    /// Where it says that it is now.
    pub moved: Option<Moved>,
    /// How it is left alone, where there was nothing to read when it was last asked.
    pub rest: Option<Rest>,
}

impl KnownAddress {
    /// Whether anything was ever read there.
    #[must_use]
    pub fn was_read(&self) -> bool {
        self.digest.is_some() || self.validators != Validators::default()
    }
}
