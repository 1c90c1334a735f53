//! Outages: times in which nothing at all could be read. That is the network's fault and no source's: when one is
//! over, the sources that failed in it are asked soon, and the operator is not told of each of them.
//!
//! Owns: when an outage is over, and who waits for that. Pure but for the two cells that hold it.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// A shorter one is over before it costs anybody a poll.
const SHORTEST: SignedDuration = SignedDuration::from_mins(5);

/// A time in which nothing could be read, and that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outage {
    /// When something was read last before.
    since: Timestamp,
    /// When something was read again.
    pub(super) until: Timestamp,
}

impl Outage {
    /// Whether it is why a source fails that has failed since then.
    pub(super) fn explains(&self, failing_since: Timestamp) -> bool {
        (self.since..=self.until).contains(&failing_since)
    }

    /// The outage that ends where a source is read again that has failed, where nothing was read since.
    fn ended(
        last_reached: Option<Timestamp>,
        failing_since: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Self> {
        let (since, failing_since) = (last_reached?, failing_since?);
        let long = now.duration_since(since) >= SHORTEST;
        (long && since <= failing_since).then_some(Self { since, until: now })
    }
}

/// Whether anything can be read.
#[derive(Debug, Default)]
pub(super) struct Network {
    last_reached: Mutex<Option<Timestamp>>,
    over: watch::Sender<Option<Outage>>,
}

impl Network {
    /// Takes in when a source was last read, as the state has it.
    pub(super) fn recall(&self, last_reached: Option<Timestamp>) {
        let mut last = self.last_reached.lock().unwrap_or_else(PoisonError::into_inner);
        *last = (*last).max(last_reached);
    }

    /// A source was read that had failed since then, or had not. Whoever waits hears of an outage that is over by
    /// that.
    pub(super) fn reached(&self, failing_since: Option<Timestamp>, now: Timestamp) {
        let mut last = self.last_reached.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(outage) = Outage::ended(*last, failing_since, now) {
            tracing::info!(since = %outage.since, "something can be read again; the sources that failed meanwhile are asked soon");
            self.over.send_replace(Some(outage));
        }
        *last = Some(now);
    }

    /// The last outage that is over.
    pub(super) fn last_outage(&self) -> Option<Outage> {
        *self.over.borrow()
    }

    /// Hears of the next outage that is over.
    pub(super) fn hear(&self) -> watch::Receiver<Option<Outage>> {
        self.over.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::the_first_that_is_read(None, Some(10), 60, None)]
    #[case::nobody_failed(Some(0), None, 60, None)]
    #[case::all_failed(Some(0), Some(10), 60, Some((0, 60)))]
    #[case::others_were_read_meanwhile(Some(30), Some(10), 60, None)]
    #[case::for_a_moment(Some(0), Some(1), 4, None)]
    fn an_outage_is_over(
        #[case] last_reached: Option<i64>,
        #[case] failing_since: Option<i64>,
        #[case] now: i64,
        #[case] expected: Option<(i64, i64)>,
    ) {
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let ended = Outage::ended(last_reached.map(at), failing_since.map(at), at(now));
        assert_eq!(ended, expected.map(|(since, until)| Outage { since: at(since), until: at(until) }));
    }

    #[test]
    fn who_waits_hears_of_an_outage_that_is_over_and_of_no_earlier_one() {
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let network = Network::default();
        network.recall(Some(at(0)));
        let mut early = network.hear();
        network.reached(Some(at(10)), at(60));
        assert!(early.has_changed().unwrap());
        let outage = early.borrow_and_update().unwrap();
        assert!(outage.explains(at(30)) && !outage.explains(at(-5)) && !outage.explains(at(70)));
        assert!(!network.hear().has_changed().unwrap());
        network.reached(None, at(61));
        assert_eq!(network.last_outage(), Some(outage));
    }
}
