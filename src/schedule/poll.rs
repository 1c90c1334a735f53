//! When to poll a source again.

use super::{after, doubled};
use jiff::Timestamp;
use std::time::Duration;

/// Longest wait after failures: a source that comes back is noticed within half a day.
const LONGEST_BACK_OFF: Duration = Duration::from_hours(12);

/// Share of the wait that jitter may add, so that sources with one interval do not march in step.
const JITTER: f64 = 0.1;

/// How a poll ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollOutcome {
    /// Entries were read, or nothing had changed.
    Reached,
    /// It failed for the `failures`-th time in a row (1 is the first); the server may have said how
    /// long to wait.
    Failed {
        /// Failures in a row, this one included.
        failures: u32,
        /// What the server asked for.
        retry_after: Option<Duration>,
    },
}

/// When to poll again. `jitter` is a random number from 0 up to 1.
///
/// After failures the interval doubles up to twelve hours (or stays, where it is longer);
/// what the server asked for is the least.
#[must_use]
pub fn next_poll(outcome: PollOutcome, interval: Duration, now: Timestamp, jitter: f64) -> Timestamp {
    let wait = match outcome {
        PollOutcome::Reached => interval,
        PollOutcome::Failed { failures, retry_after } => {
            let back_off = doubled(interval, failures.saturating_sub(1), LONGEST_BACK_OFF.max(interval));
            back_off.max(retry_after.unwrap_or_default())
        }
    };
    after(now, wait, JITTER, jitter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use rstest::rstest;

    const QUARTER: Duration = Duration::from_mins(15);

    #[rstest]
    #[case::reached(PollOutcome::Reached, QUARTER, 0.0, 15)]
    #[case::jitter_adds(PollOutcome::Reached, Duration::from_mins(100), 1.0, 110)]
    #[case::first_failure(PollOutcome::Failed { failures: 1, retry_after: None }, QUARTER, 0.0, 15)]
    #[case::third_failure(PollOutcome::Failed { failures: 3, retry_after: None }, QUARTER, 0.0, 60)]
    #[case::capped(PollOutcome::Failed { failures: 4_000_000_000, retry_after: None }, QUARTER, 0.0, 720)]
    #[case::a_longer_interval_is_kept(PollOutcome::Failed { failures: 9, retry_after: None }, Duration::from_hours(24), 0.0, 1440)]
    #[case::the_server_asks_for_more(PollOutcome::Failed { failures: 1, retry_after: Some(Duration::from_hours(2)) }, QUARTER, 0.0, 120)]
    #[case::the_server_asks_for_less(PollOutcome::Failed { failures: 1, retry_after: Some(Duration::from_secs(1)) }, QUARTER, 0.0, 15)]
    fn waits(
        #[case] outcome: PollOutcome,
        #[case] interval: Duration,
        #[case] jitter: f64,
        #[case] minutes: i64,
    ) {
        let now = Timestamp::UNIX_EPOCH;
        let expected = now + SignedDuration::from_mins(minutes);
        assert_eq!(next_poll(outcome, interval, now, jitter), expected);
    }
}
