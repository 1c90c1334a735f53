//! When to try a delivery, or a channel, again.

use super::{after, doubled};
use crate::domain::FEWEST_ATTEMPTS;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// First wait after a temporary failure; greylisting servers open after about five minutes.
const FIRST_WAIT: Duration = Duration::from_mins(5);
/// Longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_hours(4);
/// How long a delivery is tried, as mail servers do (five days).
const LIFETIME: SignedDuration = SignedDuration::from_hours(5 * 24);
/// First pause of a channel that cannot be used at all.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// Longest pause of a channel.
const LONGEST_PAUSE: Duration = Duration::from_mins(15);
/// Share of a wait that jitter may add.
const JITTER: f64 = 0.2;

/// What becomes of a delivery after a temporary failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It is tried again then.
    At(Timestamp),
    /// It was tried for five days.
    GiveUp,
}

/// What becomes of a delivery rendered at `created` after its `attempts`-th attempt failed for a
/// passing reason. `jitter` is a random number from 0 up to 1.
#[must_use]
pub fn retry(attempts: u32, created: Timestamp, now: Timestamp, jitter: f64) -> Retry {
    if attempts >= FEWEST_ATTEMPTS && now.duration_since(created) > LIFETIME {
        return Retry::GiveUp;
    }
    Retry::At(after(now, doubled(FIRST_WAIT, attempts.saturating_sub(1), LONGEST_WAIT), JITTER, jitter))
}

/// When a channel that failed `failures` times in a row is tried again.
#[must_use]
pub fn channel_pause(failures: u32, now: Timestamp, jitter: f64) -> Timestamp {
    after(now, doubled(FIRST_PAUSE, failures.saturating_sub(1), LONGEST_PAUSE), JITTER, jitter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn hours(count: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(count)
    }

    #[rstest]
    #[case::first(1, 0, Some(5))]
    #[case::third(3, 0, Some(20))]
    #[case::capped(30, 100, Some(240))]
    #[case::last_try_at_five_days(30, 120, Some(240))]
    #[case::given_up_after_five_days(30, 121, None)]
    #[case::held_for_days_and_never_tried(1, 200, Some(5))]
    fn tries_again(#[case] attempts: u32, #[case] age_hours: i64, #[case] minutes: Option<i64>) {
        let now = hours(age_hours);
        let expected =
            minutes.map_or(Retry::GiveUp, |minutes| Retry::At(now + SignedDuration::from_mins(minutes)));
        assert_eq!(retry(attempts, hours(0), now, 0.0), expected);
    }

    #[rstest]
    #[case::first(1, 30)]
    #[case::third(3, 120)]
    #[case::capped(99, 900)]
    fn pauses_a_channel(#[case] failures: u32, #[case] seconds: i64) {
        let expected = hours(0) + SignedDuration::from_secs(seconds);
        assert_eq!(channel_pause(failures, hours(0), 0.0), expected);
    }
}
