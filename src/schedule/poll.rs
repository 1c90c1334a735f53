//! When to poll a source again.

use super::{after, doubled};
use crate::domain::{Asked, Interval, Pace};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Longest wait after failures: a source that comes back is noticed within half a day.
const LONGEST_BACK_OFF: Duration = Duration::from_hours(12);

/// How long a source is left alone that is gone for good: an operator may yet mend its address.
pub const GONE: Duration = Duration::from_hours(24);

/// Most that a feed's or a server's wish to be polled less often counts for: "once a year" is a mistake, and
/// news would come too late.
pub const MOST_ASKED: Duration = Duration::from_hours(3);

/// Share of the wait that jitter may add, so that sources with one interval do not march in step.
const JITTER: f64 = 0.1;

/// How a poll ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollOutcome {
    /// Entries were read, or nothing had changed.
    Reached {
        /// How long the server says that this is current.
        fresh_for: Option<Duration>,
    },
    /// It failed for the `failures`-th time in a row (1 is the first); the server may have said how
    /// long to wait.
    Failed {
        /// Failures in a row, this one included.
        failures: u32,
        /// What the server asked for.
        retry_after: Option<Duration>,
    },
    /// The server says that it is gone for good.
    Gone,
}

/// When to poll again. `jitter` is a random number from 0 up to 1.
///
/// A source that was reached is polled in its own rhythm, and not before it or its server wishes. After
/// failures the interval doubles up to twelve hours (or stays, where it is longer); what the server asked
/// for is the least.
#[must_use]
pub fn next_poll(
    outcome: PollOutcome,
    pace: &Pace,
    interval: Interval,
    now: Timestamp,
    jitter: f64,
) -> Timestamp {
    let own = pace.interval.unwrap_or(interval.least).clamp(interval.least, interval.most);
    match outcome {
        PollOutcome::Reached { fresh_for } => {
            let asked = pace.asked.every.max(fresh_for).unwrap_or_default().min(MOST_ASKED);
            outside(&pace.asked, after(now, own.max(asked), JITTER, jitter))
        }
        PollOutcome::Failed { failures, retry_after } => {
            let least = interval.least;
            let back_off = doubled(least, failures.saturating_sub(1), LONGEST_BACK_OFF.max(least));
            after(now, back_off.max(retry_after.unwrap_or_default()), JITTER, jitter)
        }
        PollOutcome::Gone => after(now, GONE.max(interval.least), JITTER, jitter),
    }
}

/// The time between polls that suits a source after one that brought something new, or nothing: half as long,
/// or a quarter longer.
#[must_use]
pub fn paced(before: Option<Duration>, interval: Interval, news: bool) -> Duration {
    let before = before.unwrap_or(interval.least);
    let now = if news { before / 2 } else { before + before / 4 };
    now.clamp(interval.least, interval.most)
}

/// The first moment from `moment` on in no hour and on no day that a feed asks to leave out.
fn outside(asked: &Asked, moment: Timestamp) -> Timestamp {
    const HOURS_OF_A_WEEK: usize = 7 * 24;
    let mut local = TimeZone::UTC.to_datetime(moment);
    for _hour in 0..HOURS_OF_A_WEEK {
        if !asked.skip_hours.contains(&local.hour()) && !asked.skips(local.weekday()) {
            return TimeZone::UTC.to_timestamp(local).unwrap_or(moment);
        }
        let hour = local.date().at(local.hour(), 0, 0, 0);
        let Ok(next) = hour.checked_add(SignedDuration::from_hours(1)) else { return moment };
        local = next;
    }
    moment
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const QUARTER: Interval = Interval::fixed(Duration::from_mins(15));
    const DAILY: Interval = Interval::fixed(Duration::from_hours(24));
    const OFTEN: Interval = Interval { least: Duration::from_mins(15), most: Duration::from_hours(1) };

    fn failed(failures: u32, retry_after: Option<Duration>) -> PollOutcome {
        PollOutcome::Failed { failures, retry_after }
    }

    fn reached(fresh_for: Option<u64>) -> PollOutcome {
        PollOutcome::Reached { fresh_for: fresh_for.map(Duration::from_mins) }
    }

    #[rstest]
    #[case::reached(reached(None), QUARTER, 0.0, 15)]
    #[case::jitter_adds(reached(None), Interval::fixed(Duration::from_mins(100)), 1.0, 110)]
    #[case::what_is_current_is_not_asked_for(reached(Some(40)), QUARTER, 0.0, 40)]
    #[case::what_is_current_for_less_changes_nothing(reached(Some(5)), QUARTER, 0.0, 15)]
    #[case::what_is_current_for_a_year(reached(Some(525_600)), QUARTER, 0.0, 180)]
    #[case::first_failure(failed(1, None), QUARTER, 0.0, 15)]
    #[case::third_failure(failed(3, None), QUARTER, 0.0, 60)]
    #[case::capped(failed(4_000_000_000, None), QUARTER, 0.0, 720)]
    #[case::a_longer_interval_is_kept(failed(9, None), DAILY, 0.0, 1440)]
    #[case::the_server_asks_for_more(failed(1, Some(Duration::from_hours(2))), QUARTER, 0.0, 120)]
    #[case::the_server_asks_for_less(failed(1, Some(Duration::from_secs(1))), QUARTER, 0.0, 15)]
    #[case::gone(PollOutcome::Gone, QUARTER, 0.0, 1440)]
    fn waits(
        #[case] outcome: PollOutcome,
        #[case] interval: Interval,
        #[case] jitter: f64,
        #[case] minutes: i64,
    ) {
        let now = Timestamp::UNIX_EPOCH;
        let expected = now + SignedDuration::from_mins(minutes);
        assert_eq!(next_poll(outcome, &Pace::default(), interval, now, jitter), expected);
    }

    #[rstest]
    #[case::at_first(None, false, 18 * 60 + 45)]
    #[case::quiet(Some(40), false, 50 * 60)]
    #[case::quiet_for_long(Some(60), false, 60 * 60)]
    #[case::news(Some(60), true, 30 * 60)]
    #[case::news_all_the_time(Some(15), true, 15 * 60)]
    #[case::a_configuration_that_was_changed(Some(600), false, 60 * 60)]
    fn follows_the_rhythm_of_a_source(#[case] before: Option<u64>, #[case] news: bool, #[case] seconds: u64) {
        assert_eq!(paced(before.map(Duration::from_mins), OFTEN, news), Duration::from_secs(seconds));
    }

    #[rstest]
    #[case::every(Some(90), &[], &[], "2026-08-12T10:30:00Z")]
    #[case::in_its_own_rhythm(None, &[], &[], "2026-08-12T09:30:00Z")]
    #[case::not_in_this_hour(None, &[9], &[], "2026-08-12T10:00:00Z")]
    #[case::not_in_these_hours(None, &[9, 10, 12], &[], "2026-08-12T11:00:00Z")]
    #[case::another_hour(None, &[8], &[], "2026-08-12T09:30:00Z")]
    #[case::not_today(None, &[0], &[2], "2026-08-13T01:00:00Z")]
    fn waits_as_a_feed_asks(
        #[case] every: Option<u64>,
        #[case] hours: &[i8],
        #[case] days: &[i8],
        #[case] expected: &str,
    ) {
        let asked = Asked {
            every: every.map(Duration::from_mins),
            skip_hours: hours.iter().copied().collect(),
            skip_days: days.iter().copied().collect(),
        };
        let pace = Pace { interval: Some(Duration::from_mins(30)), asked, read_at: None };
        let now = "2026-08-12T09:00:00Z".parse().unwrap();
        let due = next_poll(reached(None), &pace, OFTEN, now, 0.0);
        assert_eq!(due, expected.parse::<Timestamp>().unwrap());
    }
}
