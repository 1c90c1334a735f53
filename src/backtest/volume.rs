//! Volume: how much a watch or a subscriber would have got, a day.

use super::{Replay, Setup};
use crate::domain::{SubscriberKey, WatchName};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// How many alerts came in how long.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Volume {
    /// All of them.
    pub alerts: usize,
    /// The mean of a day.
    pub a_day: f64,
    /// The day of UTC with the most, and how many; the first of several.
    pub busiest: Option<(Date, usize)>,
}

impl Volume {
    #[expect(clippy::cast_precision_loss, reason = "a count of alerts is far below 2^52")]
    fn of(moments: impl Iterator<Item = Timestamp>, days: f64) -> Self {
        let mut by_day: BTreeMap<Date, usize> = BTreeMap::new();
        for moment in moments {
            *by_day.entry(TimeZone::UTC.to_datetime(moment).date()).or_default() += 1;
        }
        let alerts = by_day.values().sum();
        let busiest = by_day.into_iter().rev().max_by_key(|(_, count)| *count);
        Self { alerts, a_day: alerts as f64 / days, busiest }
    }
}

/// The volume of every watch of a setup, in their order. A story that a watch hears again because it says the
/// contrary now is another alert.
#[must_use]
pub fn watches(setup: &Setup<'_>, replay: &Replay) -> Vec<(WatchName, Volume)> {
    let days = replay.days();
    let volume = |name: &WatchName| {
        let alerts =
            replay.alerts.iter().filter(|alert| alert.to.values().any(|watches| watches.contains(name)));
        (name.clone(), Volume::of(alerts.map(|alert| alert.at), days))
    };
    setup.watches.iter().map(|watch| volume(&watch.name)).collect()
}

/// The volume of the journal, which is told everything, and of every subscriber of a setup, in their order.
#[must_use]
pub fn subscribers(setup: &Setup<'_>, replay: &Replay) -> Vec<(SubscriberKey, Volume)> {
    let days = replay.days();
    let volume = |key: SubscriberKey| {
        let alerts = replay.alerts.iter().filter(|alert| alert.to.contains_key(&key));
        let volume = Volume::of(alerts.map(|alert| alert.at), days);
        (key, volume)
    };
    let keys = setup.subscribers.iter().map(|subscriber| subscriber.key.clone());
    std::iter::once(SubscriberKey::Journal).chain(keys).map(volume).collect()
}
