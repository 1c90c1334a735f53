//! Due times: at once, or at the digest's hour in the subscriber's zone.

use crate::domain::{DeliverWhen, Subscriber};
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// When an alert known at `now` falls due for a subscriber.
#[must_use]
pub fn due(subscriber: &Subscriber, now: Timestamp) -> Timestamp {
    match subscriber.deliver {
        DeliverWhen::AtOnce => now,
        DeliverWhen::Daily(time) => next(now, &subscriber.time_zone, time, |_| true),
        DeliverWhen::Weekly(day, time) => {
            next(now, &subscriber.time_zone, time, |weekday: Weekday| weekday == day)
        }
    }
}

/// The first moment after `now` at which the clocks of `zone` show `time` on a day that fits. A time
/// that a change to summer time skips falls due as much later as the clocks jump; one that occurs
/// twice falls due the first time.
fn next(now: Timestamp, zone: &TimeZone, time: Time, fits: impl Fn(Weekday) -> bool) -> Timestamp {
    let today = zone.to_datetime(now).date();
    (0..=8)
        .filter_map(|days| today.checked_add(days.days()).ok())
        .filter(|date| fits(date.weekday()))
        .filter_map(|date| zone.to_timestamp(date.to_datetime(time)).ok())
        .find(|moment| *moment > now)
        // Only at the end of representable time; a day later is as good as any.
        .unwrap_or_else(|| now.checked_add(SignedDuration::from_hours(24)).unwrap_or(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SubscriberKey;
    use rstest::rstest;
    use std::collections::BTreeSet;

    const HALF_PAST_SEVEN: Time = Time::constant(7, 30, 0, 0);
    const HALF_PAST_TWO: Time = Time::constant(2, 30, 0, 0);

    #[rstest]
    #[case::at_once(DeliverWhen::AtOnce, "2026-08-12T09:00:00Z", "2026-08-12T09:00:00Z")]
    #[case::today(DeliverWhen::Daily(HALF_PAST_SEVEN), "2026-08-12T05:29:59Z", "2026-08-12T05:30:00Z")]
    #[case::exactly_then_is_tomorrow(
        DeliverWhen::Daily(HALF_PAST_SEVEN),
        "2026-08-12T05:30:00Z",
        "2026-08-13T05:30:00Z"
    )]
    #[case::winter(DeliverWhen::Daily(HALF_PAST_SEVEN), "2026-12-01T09:00:00Z", "2026-12-02T06:30:00Z")]
    #[case::skipped_hour(DeliverWhen::Daily(HALF_PAST_TWO), "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z")]
    #[case::repeated_hour(DeliverWhen::Daily(HALF_PAST_TWO), "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    #[case::weekly(
        DeliverWhen::Weekly(Weekday::Monday, HALF_PAST_SEVEN),
        "2026-08-12T09:00:00Z",
        "2026-08-17T05:30:00Z"
    )]
    #[case::weekly_same_day_later(
        DeliverWhen::Weekly(Weekday::Wednesday, HALF_PAST_SEVEN),
        "2026-08-12T09:00:00Z",
        "2026-08-19T05:30:00Z"
    )]
    fn falls_due(#[case] deliver: DeliverWhen, #[case] now: &str, #[case] expected: &str) {
        let subscriber = Subscriber {
            key: SubscriberKey::Journal,
            watches: BTreeSet::new(),
            deliver,
            time_zone: TimeZone::get("Europe/Berlin").expect("a zone"),
        };
        let moment = |text: &str| text.parse::<Timestamp>().expect("a time");
        assert_eq!(due(&subscriber, moment(now)), moment(expected));
    }
}
