//! Which of a source's addresses are asked at a poll, and how long one that failed is left alone.
//!
//! A source of one address is left alone as a whole ([`super::next_poll`]); one of several is polled in its
//! rhythm, and each of them rests by itself.

use super::{PollOutcome, next_poll, still_waits};
use crate::domain::{Interval, Pace, Rest, RestReason};
use jiff::Timestamp;
use std::time::Duration;

/// How an address rests that failed after `before`. `retry_after` is what its server asked for.
#[must_use]
pub fn rest(
    before: Option<Rest>,
    retry_after: Option<Duration>,
    gone: bool,
    interval: Interval,
    now: Timestamp,
) -> Rest {
    let failures = before.map_or(0, |rest| rest.failures).saturating_add(1);
    let (outcome, reason) = match (gone, retry_after) {
        (true, _) => (PollOutcome::Gone, RestReason::Gone),
        (false, Some(_)) => (PollOutcome::Failed { failures, retry_after }, RestReason::Asked),
        (false, None) => (PollOutcome::Failed { failures, retry_after }, RestReason::Failing),
    };
    // No jitter: it is asked at a poll of its source, and those have theirs.
    Rest { failures, until: next_poll(outcome, &Pace::default(), interval, now, 0.0), reason }
}

/// Why a source is polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Its time has come.
    Due,
    /// Somebody asks for it now.
    Wished,
}

/// Which of a source's addresses are left alone at a poll, given their rests: those whose time is not over.
/// Where none is left to ask, those are asked all the same that did not ask to be left alone; where somebody
/// wishes for the poll, all but those whose servers asked for it.
#[must_use]
pub fn left_alone(rests: &[Option<Rest>], occasion: Occasion, now: Timestamp) -> Vec<Option<Rest>> {
    let current: Vec<_> =
        rests.iter().map(|rest| rest.filter(|rest| still_waits(rest.until, now).is_some())).collect();
    let lets = |reason| match occasion {
        Occasion::Due => current.iter().all(Option::is_some) && reason == RestReason::Failing,
        Occasion::Wished => reason != RestReason::Asked,
    };
    current.iter().map(|rest| rest.filter(|rest| !lets(rest.reason))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use rstest::rstest;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn resting(minutes: i64, reason: RestReason) -> Rest {
        Rest { failures: 1, until: NOW + SignedDuration::from_mins(minutes), reason }
    }

    #[rstest]
    #[case::first(0, None, false, 15, RestReason::Failing)]
    #[case::third(2, None, false, 60, RestReason::Failing)]
    #[case::capped(40, None, false, 720, RestReason::Failing)]
    #[case::asked(0, Some(90), false, 90, RestReason::Asked)]
    #[case::gone(0, Some(90), true, 24 * 60, RestReason::Gone)]
    fn an_address_that_failed_rests(
        #[case] before: u32,
        #[case] retry_after: Option<u64>,
        #[case] gone: bool,
        #[case] minutes: i64,
        #[case] reason: RestReason,
    ) {
        let interval = Interval::fixed(Duration::from_mins(15));
        let before = Some(Rest { failures: before, ..resting(0, RestReason::Failing) });
        let rest = rest(before, retry_after.map(Duration::from_mins), gone, interval, NOW);
        assert_eq!((rest.until, rest.reason), (NOW + SignedDuration::from_mins(minutes), reason));
    }

    #[rstest]
    #[case::nobody_rests(&[None, None], &[false, false])]
    #[case::one_rests(&[Some(resting(5, RestReason::Failing)), None], &[true, false])]
    #[case::time_is_over(&[Some(resting(0, RestReason::Gone)), None], &[false, false])]
    #[case::all_fail(&[Some(resting(5, RestReason::Failing)), Some(resting(9, RestReason::Failing))], &[false, false])]
    #[case::all_rest_and_one_asked_for_it(&[Some(resting(5, RestReason::Asked)), Some(resting(9, RestReason::Failing))], &[true, false])]
    #[case::all_asked_for_it(&[Some(resting(5, RestReason::Asked)), Some(resting(9, RestReason::Gone))], &[true, true])]
    #[case::a_clock_was_put_back(&[Some(resting(60 * 24 * 9, RestReason::Gone)), None], &[false, false])]
    fn who_is_left_alone(#[case] rests: &[Option<Rest>], #[case] expected: &[bool]) {
        let alone: Vec<_> = left_alone(rests, Occasion::Due, NOW).iter().map(Option::is_some).collect();
        assert_eq!(alone, expected);
    }

    #[test]
    fn somebody_who_wishes_for_a_poll_is_refused_by_servers_only() {
        let rests =
            [RestReason::Failing, RestReason::Asked, RestReason::Gone].map(|why| Some(resting(5, why)));
        let alone: Vec<_> = left_alone(&rests, Occasion::Wished, NOW).iter().map(Option::is_some).collect();
        assert_eq!(alone, [false, true, false]);
    }
}
