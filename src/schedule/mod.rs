//! Schedule: outcome, history and now decide when to poll, or to try a delivery, again.
//!
//! Owns: every waiting time. Calls: `domain`. Pure: no I/O, no clock, no randomness of its own.
//!
//! Back-off is capped and never ends in giving up a source; only a delivery is given up, after days.

mod delivery;
mod poll;
mod rate;
mod rest;

pub use delivery::{Retry, channel_pause, retry};
pub use poll::{GONE, MOST_ASKED, PollOutcome, next_poll, paced};
pub use rate::Rate;
pub use rest::{Occasion, left_alone, rest};

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// No wait is longer, whoever asked for it.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// `until` where something still waits for it at `now`. What is further off than the longest wait was
/// set by a clock that was put back since, and holds up nothing.
#[must_use]
pub fn still_waits(until: Timestamp, now: Timestamp) -> Option<Timestamp> {
    (until > now && until.duration_since(now) <= LONGEST_WAIT).then_some(until)
}

/// `now` and a wait that jitter (from 0 up to 1) lengthens by at most `share` of it.
fn after(now: Timestamp, wait: Duration, share: f64, jitter: f64) -> Timestamp {
    let wait = wait + wait.mul_f64(share * jitter.clamp(0.0, 1.0));
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// `base` doubled `times` times, at most `cap`.
fn doubled(base: Duration, times: u32, cap: Duration) -> Duration {
    base.checked_mul(1_u32.checked_shl(times.min(30)).unwrap_or(u32::MAX)).unwrap_or(cap).min(cap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_with_its_moment_and_where_the_clock_was_put_back() {
        let moment = |hours| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        assert_eq!(still_waits(moment(50), moment(49)), Some(moment(50)));
        assert_eq!(still_waits(moment(50), moment(26)), Some(moment(50)), "as long as a wait may be");
        assert_eq!(still_waits(moment(50), moment(50)), None);
        assert_eq!(still_waits(moment(50), moment(25)), None, "no wait is that long");
    }
}
