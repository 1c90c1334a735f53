//! Freshness: whether an item is news, or was there before we looked.

use crate::domain::DropReason;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Whether an item that is new to us is news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It is told.
    News,
    /// It is recorded and not told, for this reason.
    Old(DropReason),
}

/// Decides whether an item published at `published` is news at `now`.
///
/// On a source's first poll (`last_success` is none) only what is younger than `first_poll_window`
/// is; what is undated may be years old. Later, whatever appears is news, an undated item too,
/// unless it is dated more than `late_window` before the last success: an archive that surfaced.
/// After an outage the last success lies back, so the window reaches back with it.
#[must_use]
pub fn freshness(
    published: Option<Timestamp>,
    last_success: Option<Timestamp>,
    now: Timestamp,
    first_poll_window: Duration,
    late_window: Duration,
) -> Freshness {
    let before = |moment: Timestamp, window: Duration| {
        let window = SignedDuration::try_from(window).unwrap_or(SignedDuration::MAX);
        moment.checked_sub(window).unwrap_or(Timestamp::MIN)
    };
    match (last_success, published) {
        (None, Some(date)) if date >= before(now, first_poll_window) => Freshness::News,
        (None, _) => Freshness::Old(DropReason::Baseline),
        (Some(success), Some(date)) if date < before(success, late_window) => {
            Freshness::Old(DropReason::TooOld)
        }
        (Some(_), _) => Freshness::News,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const DAY: Duration = Duration::from_hours(24);

    #[rstest]
    #[case::first_poll_fresh(Some(23), None, Freshness::News)]
    #[case::first_poll_old(Some(25), None, Freshness::Old(DropReason::Baseline))]
    #[case::first_poll_undated(None, None, Freshness::Old(DropReason::Baseline))]
    #[case::later_undated(None, Some(1), Freshness::News)]
    #[case::published_late(Some(100), Some(1), Freshness::News)]
    #[case::archive_surfaced(Some(24 * 30), Some(1), Freshness::Old(DropReason::TooOld))]
    #[case::after_a_long_outage(Some(24 * 12), Some(24 * 10), Freshness::News)]
    fn decides(
        #[case] published_hours_ago: Option<i64>,
        #[case] success_hours_ago: Option<i64>,
        #[case] expected: Freshness,
    ) {
        let now: Timestamp = "2026-08-12T09:00:00Z".parse().expect("a time");
        let ago = |hours: i64| now - SignedDuration::from_hours(hours);
        let decided = freshness(published_hours_ago.map(ago), success_hours_ago.map(ago), now, DAY, DAY * 7);
        assert_eq!(decided, expected);
    }
}
