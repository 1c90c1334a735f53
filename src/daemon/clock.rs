//! The clock and the dice: the only place that reads the time or rolls a number.

use crate::domain::Token;
use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use rustix::time::{ClockId, clock_gettime};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Longest sleep before the clock is read again, so that a wall clock that was set is noticed.
pub(super) const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// How long the machine has slept since it was started.
pub fn asleep() -> SignedDuration {
    let [all, awake] = [ClockId::Boottime, ClockId::Monotonic].map(clock_gettime);
    SignedDuration::from_secs(all.tv_sec.saturating_sub(awake.tv_sec))
}

/// Where time comes from.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// A clock that stands still until it is set; for tests and samples.
    Fixed(Arc<Mutex<Timestamp>>),
    /// A clock that goes faster than time does; to see in minutes what becomes of a daemon in a month.
    Hurried {
        /// What it showed when it began.
        from: Timestamp,
        /// When that was.
        begun: Instant,
        /// How many times as fast it goes.
        times: u32,
    },
}

impl Clock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn fixed(now: Timestamp) -> Self {
        Self::Fixed(Arc::new(Mutex::new(now)))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
            Clock::System => Timestamp::now(),
            Clock::Fixed(moment) => *moment.lock().unwrap_or_else(PoisonError::into_inner),
            Clock::Hurried { from, begun, times } => {
                let passed = SignedDuration::try_from(begun.elapsed().saturating_mul(*times)).ok();
                passed.and_then(|passed| from.checked_add(passed).ok()).unwrap_or(Timestamp::MAX)
            }
        }
    }

    /// How long a span of this clock takes.
    fn really(&self, span: Duration) -> Duration {
        match self {
            Clock::System | Clock::Fixed(_) => span,
            Clock::Hurried { times, .. } => span / (*times).max(1),
        }
    }

    /// Sleeps until `moment`, or for half a minute where that is sooner; the caller looks at the
    /// clock again.
    pub async fn sleep_towards(&self, moment: Timestamp) {
        let wait = moment.duration_since(self.now());
        let wait = self.really(Duration::try_from(wait).unwrap_or_default()).min(LONGEST_SLEEP);
        tokio::time::sleep(wait).await;
    }

    /// Lets so much time pass, whatever becomes of the wall clock in it. A clock that stands still is moved
    /// on by that and keeps nobody waiting.
    pub async fn pass(&self, span: Duration) {
        match self {
            Clock::System | Clock::Hurried { .. } => tokio::time::sleep(self.really(span)).await,
            Clock::Fixed(moment) => {
                let span = SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
                let mut moment = moment.lock().unwrap_or_else(PoisonError::into_inner);
                *moment = moment.checked_add(span).unwrap_or(Timestamp::MAX);
            }
        }
    }
}

/// A random number from 0 up to 1, for jitter.
#[must_use]
pub(super) fn jitter() -> f64 {
    fastrand::f64()
}

/// A token that nobody can guess.
pub fn random_token() -> anyhow::Result<Token> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("the system gives no random numbers")?;
    Ok(Token::from_random(bytes))
}
