//! Writing: whether the database takes what is to be written, since when it does not, and what it says.
//!
//! Every part that is refused says so here, and every transaction that became lasting. That the database cannot be
//! written is logged when it begins, once an hour while it lasts, and when it is over; monitors, the service
//! manager and `/readyz` are told as long as it lasts. It cannot be told by mail: what is not written down first is
//! not sent. It is over when something was written and nothing was refused for a while: on a disk that is nearly
//! full small things still find room.

use super::patience::STORE_PAUSE;
use crate::store::StoreError;
use jiff::Timestamp;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Who was refused comes again after a pause: where nobody was refused for longer, nobody is.
const WELL_AFTER: Duration = STORE_PAUSE.saturating_add(Duration::from_secs(5));

/// How often it is logged while it lasts.
const REMIND_EVERY: Duration = Duration::from_hours(1);

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
    last_refused: Instant,
    last_logged: Instant,
    /// Whether something was written after the last refusal.
    came_through: bool,
}

/// Whether the database can be written.
#[derive(Debug, Default)]
pub(super) struct Writing {
    trouble: Mutex<Option<Trouble>>,
    refusals: AtomicU64,
    over: watch::Sender<()>,
}

impl Writing {
    /// It refused, in a way that time may mend.
    pub(super) fn refused(&self, error: &StoreError, since: Timestamp, now: Instant) {
        self.refusals.fetch_add(1, Ordering::Relaxed);
        let reason = error.to_string();
        let mut held = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let lasts = held.as_ref().map(|trouble| (trouble.refusing.since, trouble.last_logged));
        let is_logged = lasts.is_none_or(|(_, logged)| now.saturating_duration_since(logged) >= REMIND_EVERY);
        let since = lasts.map_or(since, |(since, _)| since);
        if is_logged {
            tracing::error!(error = reason, %since, "the database cannot be written; trying again");
        }
        *held = Some(Trouble {
            refusing: Refusing { since, reason },
            last_refused: now,
            last_logged: lasts.filter(|_| !is_logged).map_or(now, |(_, logged)| logged),
            came_through: false,
        });
    }

    /// Something was written.
    pub(super) fn came_through(&self, now: Instant) {
        if let Some(trouble) = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            trouble.came_through = true;
        }
        self.settle(now);
    }

    /// How it refuses now; `None` where all is well. To be asked now and then, because only time shows that it is
    /// over.
    pub(super) fn settle(&self, now: Instant) -> Option<Refusing> {
        let mut held = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let over = |trouble: &mut Trouble| {
            trouble.came_through && now.saturating_duration_since(trouble.last_refused) >= WELL_AFTER
        };
        if let Some(Trouble { refusing, .. }) = held.take_if(over) {
            tracing::info!(since = %refusing.since, "the database can be written again; nothing that was found is lost");
            self.over.send_replace(());
        }
        held.as_ref().map(|trouble| trouble.refusing.clone())
    }

    /// How often it refused since the start.
    pub(super) fn refusals(&self) -> u64 {
        self.refusals.load(Ordering::Relaxed)
    }

    /// Hears of the next time that it is over.
    pub(super) fn hear(&self) -> watch::Receiver<()> {
        let mut heard = self.over.subscribe();
        heard.mark_unchanged();
        heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: StoreError = StoreError::Sql(sqlx::Error::PoolTimedOut);

    /// So many seconds after a beginning.
    struct Course(Writing, Instant);

    impl Course {
        fn new() -> Self {
            Self(Writing::default(), Instant::now())
        }

        fn at(&self, seconds: u64) -> Instant {
            self.1 + Duration::from_secs(seconds)
        }

        fn refused(&self, seconds: u64) {
            let since = Timestamp::from_second(i64::try_from(seconds).unwrap()).unwrap();
            self.0.refused(&FULL, since, self.at(seconds));
        }

        fn came_through(&self, seconds: u64) {
            self.0.came_through(self.at(seconds));
        }

        /// The second since when it refuses.
        fn since(&self, seconds: u64) -> Option<i64> {
            self.0.settle(self.at(seconds)).map(|refusing| refusing.since.as_second())
        }
    }

    #[tokio::test]
    async fn it_is_over_when_something_was_written_and_nothing_refused_for_a_while() {
        let course = Course::new();
        let mut over = course.0.hear();
        assert_eq!(course.since(0), None);
        course.refused(3);
        course.refused(18);
        assert_eq!((course.since(3600), course.0.refusals()), (Some(3), 2));
        course.came_through(3601);
        assert_eq!(course.since(3602), None);
        assert!(over.has_changed().unwrap(), "who waits is told");
        over.borrow_and_update();
        course.refused(4000);
        assert_eq!(course.since(4000), Some(4000), "another trouble");
    }

    #[tokio::test]
    async fn where_small_things_find_room_and_others_do_not_it_is_not_over() {
        let course = Course::new();
        for round in 0..4 {
            course.refused(1 + 15 * round);
            course.came_through(2 + 15 * round);
            assert_eq!(course.since(14 + 15 * round), Some(1));
        }
        assert_eq!((course.since(65), course.since(66)), (Some(1), None));
    }
}
