//! Schedule: outcome, history and now decide when to poll, or to try a delivery, again.
//!
//! Owns: every waiting time. Calls: `domain`. Pure: no I/O, no clock, no randomness of its own.
//!
//! Back-off is capped and never ends in giving up a source; only a delivery is given up, after days.

mod delivery;
mod poll;
mod rate;

pub use delivery::{Retry, channel_pause, retry};
pub use poll::{MOST_ASKED, PollOutcome, next_poll, paced};
pub use rate::Rate;

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

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
