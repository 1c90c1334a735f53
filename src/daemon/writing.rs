//! Writing: whether the database takes what is to be written, since when it does not, and what it says.
//!
//! Every part of the daemon that is refused says so here; from then on it is tried again and again whether there is room
//! for more than most polls write, and it is over when there is. That it cannot be written is logged when it begins or
//! comes back, once an hour while it lasts, and when it is over; monitors, the service manager and `/readyz` are told as
//! long as it lasts. By mail it can only be told when it is over: what is not written down first is not sent.

use super::House;
use super::clock::LONGEST_SLEEP;
use super::patience::{STEP, STORE_PAUSE};
use crate::store::StoreError;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// Longest pause between two trials.
const LONGEST_PAUSE: Duration = Duration::from_mins(4);

/// What is refused so soon after the end of a trouble is the same trouble: what was tried found room, and something
/// larger did not. The pauses before trials double then.
const SAME_WITHIN: SignedDuration = SignedDuration::from_mins(20);

/// From how long on the operator is told, once it has not come back: that somebody locks it for a moment is no news.
const WORTH_TELLING: SignedDuration = SignedDuration::from_mins(10);

/// How often it is logged while it lasts.
const REMIND_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// The database refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusing {
    /// Since when.
    pub(super) since: Timestamp,
    /// What it said last.
    pub(super) reason: String,
}

impl fmt::Display for Refusing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the database cannot be written since {:.0}: {}", self.since, self.reason)
    }
}

#[derive(Debug)]
struct Trouble {
    refusing: Refusing,
    logged: Timestamp,
    /// How often it came back.
    relapses: u32,
}

#[derive(Debug, Default)]
struct Known {
    now: Option<Trouble>,
    /// The last that is over.
    past: Option<Past>,
}

#[derive(Debug)]
struct Past {
    trouble: Trouble,
    end: Timestamp,
    /// Whether the operator knows, or need not.
    is_told: bool,
}

/// Whether the database can be written.
#[derive(Debug, Default)]
pub(super) struct Writing {
    known: Mutex<Known>,
    refusals: AtomicU64,
    begun: Notify,
    over: watch::Sender<()>,
}

impl Writing {
    /// It refused, in a way that time may mend.
    pub(super) fn refused(&self, error: &StoreError, now: Timestamp) {
        self.refusals.fetch_add(1, Ordering::Relaxed);
        let reason = error.to_string();
        let (is_logged, since) = {
            let mut known = self.known();
            let past = known.past.take();
            let is_new = known.now.is_none();
            let trouble = known.now.get_or_insert_with(|| match past {
                Some(Past { trouble, end, .. }) if now.duration_since(end) < SAME_WITHIN => {
                    Trouble { relapses: trouble.relapses + 1, ..trouble }
                }
                _ => {
                    let refusing = Refusing { since: now, reason: String::new() };
                    Trouble { refusing, logged: now, relapses: 0 }
                }
            });
            trouble.refusing.reason.clone_from(&reason);
            let is_logged = is_new || now.duration_since(trouble.logged) >= REMIND_EVERY;
            if is_logged {
                trouble.logged = now;
            }
            (is_logged, trouble.refusing.since)
        };
        if is_logged {
            tracing::error!(error = reason, %since, "the database cannot be written; trying again");
        }
        self.begun.notify_one();
    }

    /// A trial has shown that it can be written.
    pub(super) fn can_be_written(&self, now: Timestamp) {
        let mut known = self.known();
        let Some(trouble) = known.now.take() else { return };
        let since = trouble.refusing.since;
        let is_told = now.duration_since(since) < WORTH_TELLING;
        known.past = Some(Past { trouble, end: now, is_told });
        drop(known);
        tracing::info!(%since, "the database can be written again; sources whose news could not be kept are asked at once");
        self.over.send_replace(());
    }

    /// How it refuses now; `None` where all is well.
    pub(super) fn refusing(&self) -> Option<Refusing> {
        self.known().now.as_ref().map(|trouble| trouble.refusing.clone())
    }

    /// How long to wait before the next trial; `None` where all is well.
    fn pause(&self) -> Option<Duration> {
        let relapses = self.known().now.as_ref()?.relapses;
        Some(STORE_PAUSE.saturating_mul(2_u32.saturating_pow(relapses)).min(LONGEST_PAUSE))
    }

    /// A long trouble that is over, has not come back and was not told.
    pub(super) fn untold(&self, now: Timestamp) -> Option<Refusing> {
        let known = self.known();
        let past = known.past.as_ref().filter(|past| !past.is_told)?;
        (now.duration_since(past.end) >= SAME_WITHIN).then(|| past.trouble.refusing.clone())
    }

    /// It is told.
    pub(super) fn told(&self) {
        if let Some(past) = &mut self.known().past {
            past.is_told = true;
        }
    }

    /// How often it refused since the start.
    pub(super) fn refusals(&self) -> u64 {
        self.refusals.load(Ordering::Relaxed)
    }

    /// Hears of the next time that it is over.
    pub(super) fn hear(&self) -> watch::Receiver<()> {
        self.over.subscribe()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tries, as long as the database refuses, whether it can be written; until `stop`.
pub(super) async fn writing_loop(house: Arc<House>, stop: CancellationToken) -> Result<(), StoreError> {
    let pulse = house.pulses.begin("trials of the database".to_owned(), STEP);
    while !stop.is_cancelled() {
        let Some(pause) = house.writing.pause() else {
            pulse.beat(LONGEST_SLEEP + STEP);
            tokio::select! {
                () = stop.cancelled() => {}
                () = house.writing.begun.notified() => {}
                () = tokio::time::sleep(LONGEST_SLEEP) => {}
            }
            continue;
        };
        // A trial waits for its turn twice.
        pulse.beat(pause + 2 * STEP);
        tokio::select! {
            () = stop.cancelled() => continue,
            () = tokio::time::sleep(pause) => {}
        }
        match house.store.try_writing().await {
            Ok(()) => house.writing.can_be_written(house.clock.now()),
            Err(error) => house.note_refusal(error)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: StoreError = StoreError::Sql(sqlx::Error::PoolTimedOut);

    /// What happens so many seconds after a beginning.
    struct Course(Writing);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    impl Course {
        fn refused(&self, seconds: i64) {
            self.0.refused(&FULL, at(seconds));
        }

        fn can_be_written(&self, seconds: i64) {
            self.0.can_be_written(at(seconds));
        }

        /// The second since when it refuses.
        fn since(&self) -> Option<i64> {
            self.0.refusing().map(|refusing| refusing.since.as_second())
        }

        /// The second since when it had refused, of which the operator is to be told.
        fn untold(&self, seconds: i64) -> Option<i64> {
            self.0.untold(at(seconds)).map(|past| past.since.as_second())
        }
    }

    #[tokio::test]
    async fn a_trouble_lasts_from_the_first_refusal_until_a_trial_finds_room() {
        let course = Course(Writing::default());
        let mut over = course.0.hear();
        course.can_be_written(0);
        assert_eq!((course.since(), over.has_changed().unwrap()), (None, false));
        course.refused(3);
        course.refused(700);
        assert_eq!((course.since(), course.0.refusals()), (Some(3), 2));
        course.can_be_written(701);
        assert_eq!(course.since(), None);
        assert!(over.has_changed().unwrap(), "who waits is told");
        over.borrow_and_update();
        assert_eq!(course.untold(800), None, "it may come back");
        assert_eq!(course.untold(2000), Some(3), "the operator is to be told");
        course.0.told();
        assert_eq!(course.untold(2001), None, "once");
        course.refused(4000);
        assert_eq!(course.since(), Some(4000), "another trouble");
        course.can_be_written(4100);
        assert_eq!((course.since(), course.untold(9000)), (None, None), "a short one");
    }

    #[tokio::test]
    async fn what_comes_back_soon_is_the_same_trouble_and_trials_grow_rare() {
        let course = Course(Writing::default());
        let mut end = 0;
        for expected in [15, 30, 60, 120, 240, 240, 240] {
            course.refused(end + 5);
            assert_eq!(course.since(), Some(5));
            assert_eq!(course.0.pause(), Some(Duration::from_secs(expected)));
            end += 5 + i64::try_from(expected).unwrap();
            course.can_be_written(end);
            assert_eq!(course.untold(end + 60), None);
        }
        assert_eq!(course.untold(end + 3599), Some(5), "of all of it one mail");
        course.refused(end + 3600);
        assert_eq!(course.0.pause(), Some(STORE_PAUSE));
    }
}
