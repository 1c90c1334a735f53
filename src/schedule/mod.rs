//! Schedule: outcome, history and now decide when to poll, or to try a delivery, again.
//!
//! Owns: every waiting time. Calls: `domain`. Pure: no I/O, no clock, no randomness of its own.
//!
//! Back-off is capped and never ends in giving up a source; only a delivery is given up, after days.

mod delivery;
mod poll;

pub use delivery::{Retry, channel_pause, retry};
pub use poll::{PollOutcome, next_poll};

use std::time::Duration;

/// `base` doubled `times` times, at most `cap`.
fn doubled(base: Duration, times: u32, cap: Duration) -> Duration {
    base.checked_mul(1_u32.checked_shl(times.min(30)).unwrap_or(u32::MAX)).unwrap_or(cap).min(cap)
}
