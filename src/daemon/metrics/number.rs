//! Numbers that many tasks count at the same time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What a counter is told by: one of a few words, known beforehand, so that nothing from the web can make more.
pub(super) trait Label: Copy + PartialEq + 'static {
    /// Every one there is.
    const ALL: &'static [Self];

    /// As a monitor reads it.
    fn word(self) -> &'static str;
}

/// Declares an enum of labels.
macro_rules! labels {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::daemon) enum $name { $($(#[$doc])* $variant,)+ }

        impl $crate::daemon::metrics::number::Label for $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}
pub(super) use labels;

impl Label for crate::domain::DropReason {
    const ALL: &'static [Self] = Self::ALL;

    fn word(self) -> &'static str {
        self.as_str()
    }
}

/// One counter for each word.
#[derive(Debug)]
pub(super) struct Counters<L>(Vec<(L, AtomicU64)>);

impl<L: Label> Default for Counters<L> {
    fn default() -> Self {
        Self(L::ALL.iter().map(|label| (*label, AtomicU64::new(0))).collect())
    }
}

impl<L: Label> Counters<L> {
    pub(super) fn add(&self, label: L, number: usize) {
        if let Some((_, counter)) = self.0.iter().find(|(known, _)| *known == label) {
            counter.fetch_add(number as u64, Ordering::Relaxed);
        }
    }

    /// Each word with its count.
    pub(super) fn read(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.0.iter().map(|(label, counter)| (label.word(), counter.load(Ordering::Relaxed)))
    }
}

/// Durations, counted by how long they were.
#[derive(Debug)]
pub(super) struct Durations {
    bounds: &'static [f64],
    /// How many were no longer than each bound and longer than the one before; behind them those beyond all.
    counts: Vec<AtomicU64>,
    /// In microseconds.
    sum: AtomicU64,
}

impl Durations {
    /// To be counted by these bounds, in seconds, from the shortest to the longest.
    pub(super) fn new(bounds: &'static [f64]) -> Self {
        Self {
            bounds,
            counts: std::iter::repeat_with(AtomicU64::default).take(bounds.len() + 1).collect(),
            sum: AtomicU64::new(0),
        }
    }

    pub(super) fn observe(&self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let place = self.bounds.iter().position(|bound| seconds <= *bound).unwrap_or(self.bounds.len());
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.sum.fetch_add(micros, Ordering::Relaxed);
    }

    /// How many were no longer than each bound, in seconds; how many there were, and their sum in seconds.
    pub(super) fn read(&self) -> (Vec<(f64, u64)>, (u64, f64)) {
        let mut counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed));
        let mut below = 0;
        let mut buckets = Vec::with_capacity(self.bounds.len());
        for bound in self.bounds {
            below += counts.next().unwrap_or_default();
            buckets.push((*bound, below));
        }
        let all = below + counts.next().unwrap_or_default();
        let sum = Duration::from_micros(self.sum.load(Ordering::Relaxed)).as_secs_f64();
        (buckets, (all, sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DropReason;

    #[test]
    fn durations_are_counted_up_to_each_bound_and_beyond() {
        let durations = Durations::new(&[0.1, 1.0]);
        for millis in [100, 101, 1_000, 5_000] {
            durations.observe(Duration::from_millis(millis));
        }
        assert_eq!(durations.read(), (vec![(0.1, 1), (1.0, 3)], (4, 6.201)));
    }

    #[test]
    fn every_word_has_a_counter_from_the_beginning() {
        let counters = Counters::<DropReason>::default();
        counters.add(DropReason::Muted, 2);
        counters.add(DropReason::Muted, 1);
        let read: Vec<_> = counters.read().collect();
        assert_eq!(read.len(), DropReason::ALL.len());
        assert!(read.contains(&("muted", 3)) && read.contains(&("no-cue", 0)), "{read:?}");
    }
}
