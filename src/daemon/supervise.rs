//! Supervision: a part of the daemon that panics is counted, logged and started again, after a pause that
//! grows. One that the others need, and that panics again and again, ends the process: whoever started it
//! starts it afresh.

use super::Clock;
use crate::store::StoreError;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// First pause before a part is started again; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(15);
/// A part that has gone on for so long is well again.
const WELL_AFTER: Duration = Duration::from_hours(1);
/// So often in a row a part is started again that the others need.
const MOST_RESTARTS: u32 = 5;

/// Whether the others can do without a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// They can: one source of many.
    Single,
    /// They cannot: nothing would be sent, or nobody would see that nothing is.
    Vital,
}

/// Why a part ended before it was to.
#[derive(Debug, thiserror::Error)]
pub(super) enum PartError {
    /// The database failed for good.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It panicked again and again.
    #[error("a part of the daemon failed again and again: {part}")]
    Failing {
        /// Which.
        part: String,
    },
    /// It ended by itself.
    #[error("a part of the daemon ended by itself: {part}")]
    Ended {
        /// Which.
        part: String,
    },
}

/// Runs a part until `stop`, and again where it panics.
pub(super) async fn supervised<Part>(
    name: String,
    need: Need,
    (clock, panics): (&Clock, &AtomicU64),
    stop: &CancellationToken,
    part: impl Fn() -> Part,
) -> Result<(), PartError>
where
    Part: Future<Output = Result<(), StoreError>> + Send + 'static,
{
    let mut in_a_row = 0;
    loop {
        let begun = Instant::now();
        // Dropped with the supervision, so that nothing goes on unseen.
        let ended = AbortOnDropHandle::new(tokio::spawn(part())).await;
        let panicked = match ended {
            Ok(Ok(())) if stop.is_cancelled() => return Ok(()),
            Ok(Ok(())) => return Err(PartError::Ended { part: name }),
            Ok(Err(error)) => return Err(error.into()),
            Err(panicked) => panicked,
        };
        panics.fetch_add(1, Ordering::Relaxed);
        in_a_row = if begun.elapsed() >= WELL_AFTER { 1 } else { in_a_row + 1 };
        tracing::error!(part = name, %panicked, in_a_row, "a part of the daemon failed in a way that was not foreseen; it is started again");
        if need == Need::Vital && in_a_row > MOST_RESTARTS {
            return Err(PartError::Failing { part: name });
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = clock.pass(pause(in_a_row)) => {}
        }
    }
}

/// How long a part that has panicked so often in a row rests.
fn pause(in_a_row: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(in_a_row.saturating_sub(1));
    FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::sync::Arc;

    #[rstest]
    #[case(1, Duration::from_secs(1))]
    #[case(4, Duration::from_secs(8))]
    #[case(40, Duration::from_mins(15))]
    fn pauses_grow_and_have_an_end(#[case] in_a_row: u32, #[case] expected: Duration) {
        assert_eq!(pause(in_a_row), expected);
    }

    /// Runs a part that panics so often and then waits for the stop, which comes once it waits.
    async fn after_panics(need: Need, times: u64) -> (Result<(), PartError>, u64) {
        let (panics, stop) = (AtomicU64::new(0), CancellationToken::new());
        let clock = Clock::fixed(jiff::Timestamp::UNIX_EPOCH);
        let begun = Arc::new(AtomicU64::new(0));
        let ended = supervised("part".to_owned(), need, (&clock, &panics), &stop, || {
            let (begun, stop) = (Arc::clone(&begun), stop.clone());
            async move {
                assert!(begun.fetch_add(1, Ordering::Relaxed) >= times, "not yet");
                stop.cancel();
                Ok(())
            }
        })
        .await;
        (ended, panics.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn a_part_that_panics_is_counted_and_started_again() {
        let (ended, panics) = after_panics(Need::Vital, 3).await;
        assert!(ended.is_ok() && panics == 3, "{ended:?} after {panics}");
        let (ended, panics) = after_panics(Need::Single, 20).await;
        assert!(ended.is_ok() && panics == 20, "{ended:?} after {panics}");
    }

    #[tokio::test]
    async fn a_part_that_the_others_need_is_not_started_for_ever() {
        let (ended, panics) = after_panics(Need::Vital, 20).await;
        assert!(matches!(ended, Err(PartError::Failing { .. })) && panics == 6, "{ended:?} after {panics}");
    }

    #[tokio::test]
    async fn a_part_that_ends_by_itself_is_an_error_and_so_is_its_own() {
        let (panics, stop) = (AtomicU64::new(0), CancellationToken::new());
        let counted = (&Clock::System, &panics);
        let part = || async { Ok(()) };
        let ended = supervised("part".to_owned(), Need::Single, counted, &stop, part).await;
        assert!(matches!(ended, Err(PartError::Ended { .. })));
        let part = || async { Err(StoreError::BadValue { what: "time", detail: "none".to_owned() }) };
        let ended = supervised("part".to_owned(), Need::Single, counted, &stop, part).await;
        assert!(matches!(ended, Err(PartError::Store(_))));
    }
}
