//! When a source is polled first by a daemon that starts, or that reads its configuration again. Pure but for the
//! jitter that is handed in.

use crate::domain::Source;
use crate::schedule::{self, still_waits};
use crate::store::SourceState;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Sources that are not due when the daemon starts are spread over this share of their interval,
/// so that a start does not ask every server in the same second.
const START_SPREAD: f64 = 0.02;

/// When a source is polled first, as the state has it. `all_gone`: the servers of all its addresses, as they are
/// configured now, have said that they are gone for good. `jitter` is a random number from 0 up to 1.
///
/// A source that failed may have been mended together with the restart, and is asked soon; but not sooner than in
/// its interval after it was asked last: a daemon that is started again and again asks nobody each time.
pub(super) fn first_poll(
    source: &Source,
    state: Option<&SourceState>,
    all_gone: bool,
    now: Timestamp,
    jitter: f64,
) -> Timestamp {
    let soon = soon(source, now, jitter);
    let Some(state) = state else { return soon };
    let in_force = |until: Timestamp| still_waits(until, now).is_some();
    if state.wait_until.is_some_and(in_force) {
        return state.next_poll;
    }
    // A wait that a wrong clock or an older interval has left is no longer one.
    let after = |moment: Timestamp, wait: Duration| {
        SignedDuration::try_from(wait).ok().and_then(|wait| moment.checked_add(wait).ok())
    };
    if state.failures == 0 {
        let longest = after(now, source.interval.most.max(schedule::MOST_ASKED));
        let kept = state.next_poll.min(longest.unwrap_or(state.next_poll));
        return if state.next_poll > now { kept } else { soon };
    }
    if state.gone && all_gone && state.next_poll > now {
        return state.next_poll.min(after(now, schedule::GONE).unwrap_or(state.next_poll));
    }
    let again = state.last_attempt.filter(|last| *last <= now);
    let again = again.and_then(|last| after(last, source.interval.least));
    again.map_or(soon, |again| again.max(soon))
}

/// Soon, and not all sources in the same moment.
pub(super) fn soon(source: &Source, now: Timestamp, jitter: f64) -> Timestamp {
    let wait = source.interval.least.mul_f64(START_SPREAD * jitter);
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check_text;
    use rstest::rstest;

    /// Failures in a row, whether it is gone, in how many minutes the next poll is, how many minutes ago the last
    /// one was, and in how many minutes its server lets it come again.
    type Standing = (u32, bool, i64, i64, Option<i64>);

    #[rstest]
    #[case::well((0, false, 9, 6, None), false, 9)]
    #[case::due((0, false, -5, 20, None), false, 0)]
    #[case::from_a_longer_interval((0, false, 20_000, 6, None), false, 180)]
    #[case::failing_and_long_ago((8, false, 600, 120, None), false, 0)]
    #[case::failing_and_just_asked((8, false, 600, 1, None), false, 14)]
    #[case::a_clock_that_was_ahead((8, false, 600, -600, None), false, 0)]
    #[case::sent_away((1, false, 90, 1, Some(90)), false, 90)]
    #[case::gone((1, true, 1_400, 40, None), true, 1_400)]
    #[case::gone_and_given_another_address((1, true, 1_400, 40, None), false, 0)]
    fn a_start_begins_with_what_is_known(
        #[case] (failures, gone, next, last, wait): Standing,
        #[case] all_gone: bool,
        #[case] minutes: i64,
    ) {
        let text = "[[source]]\nname = \"S\"\nurl = \"https://example.org/\"\n";
        let config = check_text(text).unwrap_or_else(|errors| panic!("{errors}")).config;
        let now: Timestamp = "2026-08-12T09:00:00Z".parse().unwrap();
        let at = |minutes| now + SignedDuration::from_mins(minutes);
        let state = SourceState {
            failures,
            gone,
            last_attempt: Some(at(-last)),
            wait_until: wait.map(at),
            ..SourceState::at(at(next))
        };
        assert_eq!(first_poll(&config.sources[0], Some(&state), all_gone, now, 0.0), at(minutes));
        assert_eq!(
            first_poll(&config.sources[0], None, all_gone, now, 1.0),
            now + SignedDuration::from_secs(18)
        );
    }
}
