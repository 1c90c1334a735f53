//! Due times: at once, gathered, after the quiet hours, or at the digest's hour in the subscriber's zone.

use crate::domain::{Backlog, DeliverWhen, QuietHours, Score, Subscriber};
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// When an alert of this score, known at `now`, falls due for a subscriber.
///
/// At once means: now, where nothing was sent of late; else as soon as the time is over in which alerts
/// are gathered, and with those that wait already; where the hour has brought the most that it may, when
/// it is over. Quiet hours move it to their end, unless it is strong enough to be told in them.
#[must_use]
pub fn due(subscriber: &Subscriber, score: Score, backlog: &Backlog, now: Timestamp) -> Timestamp {
    match subscriber.deliver {
        DeliverWhen::AtOnce => {
            let due = gathered(subscriber, backlog, now);
            postponed(subscriber, score, due).unwrap_or(due)
        }
        DeliverWhen::Daily(time) => next(now, &subscriber.time_zone, time, |_| true),
        DeliverWhen::Weekly(day, time) => next_weekly(now, &subscriber.time_zone, day, time),
    }
}

/// The end of the quiet hours where `moment` lies in them and a score is not strong enough to be told all
/// the same. A digest's hour is asked for: it is never moved.
#[must_use]
pub fn postponed(subscriber: &Subscriber, score: Score, moment: Timestamp) -> Option<Timestamp> {
    let quiet: QuietHours = subscriber.quiet.filter(|_| subscriber.deliver == DeliverWhen::AtOnce)?;
    let local = subscriber.time_zone.to_datetime(moment).time();
    let loud = quiet.unless.is_some_and(|least| score >= least);
    (quiet.contain(local) && !loud).then(|| next_either(moment, &subscriber.time_zone, quiet.to))
}

/// The first moment after `now` at which the clocks of `zone` show `time`, be it the second time that day.
fn next_either(now: Timestamp, zone: &TimeZone, time: Time) -> Timestamp {
    let today = zone.to_datetime(now).date().to_datetime(time);
    let second = zone.to_ambiguous_timestamp(today).later().ok();
    let first = next(now, zone, time, |_| true);
    second.filter(|second| *second > now).map_or(first, |second| second.min(first))
}

/// Since when messages count for what falls due now: as long as alerts are gathered, an hour at least.
#[must_use]
pub fn backlog_since(subscriber: &Subscriber, now: Timestamp) -> Timestamp {
    let gather = SignedDuration::try_from(subscriber.gather).unwrap_or(SignedDuration::MAX);
    now.checked_sub(gather.max(AN_HOUR)).unwrap_or(Timestamp::MIN)
}

const AN_HOUR: SignedDuration = SignedDuration::from_hours(1);

fn gathered(subscriber: &Subscriber, backlog: &Backlog, now: Timestamp) -> Timestamp {
    let later = |moment: Timestamp, wait: SignedDuration| moment.checked_add(wait).unwrap_or(moment);
    let gather = SignedDuration::try_from(subscriber.gather).unwrap_or(SignedDuration::MAX);
    if let Some(waiting) = backlog.waiting.filter(|waiting| *waiting <= later(now, gather)) {
        return waiting.max(now);
    }
    // A clock that was put back leaves messages in the future: they hold up nothing.
    let recent: Vec<Timestamp> = backlog.recent.iter().copied().filter(|sent| *sent <= now).collect();
    let free = recent.last().map_or(now, |last| later(*last, gather).max(now));
    let most = usize::try_from(subscriber.most_per_hour.get()).unwrap_or(usize::MAX);
    // The oldest of so many holds until it is an hour old: one that is older holds nothing.
    match recent.len().checked_sub(most).and_then(|first| recent.get(first)) {
        Some(first) => later(*first, AN_HOUR).max(free),
        None => free,
    }
}

/// The first moment after `now` that is this time on this weekday in a zone.
#[must_use]
pub fn next_weekly(now: Timestamp, zone: &TimeZone, day: Weekday, time: Time) -> Timestamp {
    next(now, zone, time, |weekday| weekday == day)
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
    use std::num::NonZeroU32;
    use std::time::Duration;

    const HALF_PAST_SEVEN: Time = Time::constant(7, 30, 0, 0);
    const HALF_PAST_TWO: Time = Time::constant(2, 30, 0, 0);

    fn subscriber(deliver: DeliverWhen) -> Subscriber {
        Subscriber {
            deliver,
            time_zone: TimeZone::get("Europe/Berlin").expect("a zone"),
            most_per_hour: NonZeroU32::MIN.saturating_add(2),
            ..Subscriber::usual(SubscriberKey::Journal, BTreeSet::new())
        }
    }

    fn moment(text: &str) -> Timestamp {
        format!("2026-08-12T{text}Z").parse().or_else(|_| text.parse()).expect("a time")
    }

    #[rstest]
    #[case::at_once(DeliverWhen::AtOnce, "2026-08-12T09:00:00Z", "2026-08-12T09:00:00Z")]
    #[case::today(DeliverWhen::Daily(HALF_PAST_SEVEN), "2026-08-12T05:29:59Z", "2026-08-12T05:30:00Z")]
    #[case::exactly_then_is_tomorrow(
        DeliverWhen::Daily(HALF_PAST_SEVEN),
        "2026-08-12T05:30:00Z",
        "2026-08-13T05:30:00Z"
    )]
    #[case::winter(DeliverWhen::Daily(HALF_PAST_SEVEN), "2026-12-01T09:00:00Z", "2026-12-02T06:30:00Z")]
    #[case::last_of_thirty(
        DeliverWhen::Daily(HALF_PAST_SEVEN),
        "2026-04-30T09:00:00Z",
        "2026-05-01T05:30:00Z"
    )]
    #[case::last_of_february(
        DeliverWhen::Daily(HALF_PAST_SEVEN),
        "2026-02-28T09:00:00Z",
        "2026-03-01T06:30:00Z"
    )]
    #[case::leap_day(DeliverWhen::Daily(HALF_PAST_SEVEN), "2028-02-28T09:00:00Z", "2028-02-29T06:30:00Z")]
    #[case::new_year(DeliverWhen::Daily(HALF_PAST_SEVEN), "2026-12-31T09:00:00Z", "2027-01-01T06:30:00Z")]
    #[case::skipped_hour(DeliverWhen::Daily(HALF_PAST_TWO), "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z")]
    #[case::repeated_hour(DeliverWhen::Daily(HALF_PAST_TWO), "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    #[case::once_in_the_repeated_hour(
        DeliverWhen::Daily(HALF_PAST_TWO),
        "2026-10-25T00:30:00Z",
        "2026-10-26T01:30:00Z"
    )]
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
    #[case::weekly_over_the_end_of_a_month(
        DeliverWhen::Weekly(Weekday::Monday, HALF_PAST_SEVEN),
        "2026-04-28T09:00:00Z",
        "2026-05-04T05:30:00Z"
    )]
    fn falls_due(#[case] deliver: DeliverWhen, #[case] now: &str, #[case] expected: &str) {
        let due = due(&subscriber(deliver), Score::ZERO, &Backlog::default(), moment(now));
        assert_eq!(due, moment(expected));
    }

    #[rstest]
    #[case::nothing_of_late(None, &[], "09:00:00", "09:00:00")]
    #[case::sent_a_minute_ago(None, &["08:59:00"], "09:00:00", "09:01:00")]
    #[case::sent_long_ago(None, &["08:40:00"], "09:00:00", "09:00:00")]
    #[case::goes_with_what_waits(Some("09:00:50"), &["08:58:50"], "09:00:00", "09:00:50")]
    #[case::goes_with_what_is_due(Some("08:59:59"), &["08:59:50"], "09:00:00", "09:00:00")]
    #[case::what_waits_for_the_morning_holds_up_nothing(Some("20:00:00"), &[], "09:00:00", "09:00:00")]
    #[case::one_less_than_the_most(None, &["08:20:00", "08:30:00"], "09:00:00", "09:00:00")]
    #[case::the_hour_is_full(None, &["08:10:00", "08:20:00", "08:30:00"], "09:00:00", "09:10:00")]
    #[case::more_than_full(None, &["08:05:00", "08:10:00", "08:20:00", "08:30:00"], "09:00:00", "09:10:00")]
    #[case::clock_put_back(None, &["11:00:00"], "09:00:00", "09:00:00")]
    fn a_burst_is_gathered(
        #[case] waiting: Option<&str>,
        #[case] recent: &[&str],
        #[case] now: &str,
        #[case] expected: &str,
    ) {
        let backlog = Backlog {
            waiting: waiting.map(moment),
            recent: recent.iter().map(|text| moment(text)).collect(),
        };
        let due = due(&subscriber(DeliverWhen::AtOnce), Score::ZERO, &backlog, moment(now));
        assert_eq!(due, moment(expected));
    }

    /// Berlin is two hours ahead of UTC in August.
    #[rstest]
    #[case::in_the_evening(4.0, "19:59:59", "19:59:59")]
    #[case::at_night(4.0, "20:00:00", "2026-08-13T05:00:00Z")]
    #[case::after_midnight(4.0, "2026-08-13T01:00:00Z", "2026-08-13T05:00:00Z")]
    #[case::when_they_end(4.0, "2026-08-13T05:00:00Z", "2026-08-13T05:00:00Z")]
    #[case::strong(6.0, "20:00:00", "20:00:00")]
    #[case::a_night_of_summer_time_that_begins(4.0, "2026-03-28T23:00:00Z", "2026-03-29T05:00:00Z")]
    fn quiet_hours_end_first(#[case] score: f64, #[case] now: &str, #[case] expected: &str) {
        let quiet = QuietHours {
            from: Time::constant(22, 0, 0, 0),
            to: Time::constant(7, 0, 0, 0),
            unless: Some(Score::from_points(6.0)),
        };
        let reader = Subscriber { quiet: Some(quiet), ..subscriber(DeliverWhen::AtOnce) };
        let score = Score::from_points(score);
        assert_eq!(due(&reader, score, &Backlog::default(), moment(now)), moment(expected));
    }

    #[rstest]
    #[case::the_first_time("2026-10-25T00:10:00Z", "2026-10-25T00:30:00Z")]
    #[case::the_second_time("2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z")]
    #[case::the_night_before("2026-10-24T00:10:00Z", "2026-10-24T00:30:00Z")]
    #[case::a_time_that_is_skipped("2026-03-29T00:50:00Z", "2026-03-29T01:30:00Z")]
    fn quiet_hours_end_in_the_hour_that_is_put_back(#[case] now: &str, #[case] expected: &str) {
        let quiet = QuietHours { from: Time::constant(22, 0, 0, 0), to: HALF_PAST_TWO, unless: None };
        let reader = Subscriber { quiet: Some(quiet), ..subscriber(DeliverWhen::AtOnce) };
        assert_eq!(due(&reader, Score::ZERO, &Backlog::default(), moment(now)), moment(expected));
    }

    #[test]
    fn alerts_are_gathered_for_longer_than_an_hour() {
        let reader = Subscriber { gather: Duration::from_hours(4), ..subscriber(DeliverWhen::AtOnce) };
        let now = moment("09:00:00");
        assert_eq!(backlog_since(&reader, now), moment("05:00:00"));
        let sent = |times: &[&str]| Backlog {
            waiting: None,
            recent: times.iter().map(|text| moment(text)).collect(),
        };
        let due = |times| due(&reader, Score::ZERO, &sent(times), now);
        assert_eq!(due(&["06:30:00"]), moment("10:30:00"));
        assert_eq!(due(&["05:10:00", "05:20:00", "05:30:00"]), moment("09:30:00"), "no hour is full");
        let usual = Subscriber::usual(SubscriberKey::Journal, BTreeSet::new());
        assert_eq!(backlog_since(&usual, now), moment("08:00:00"));
    }

    #[test]
    fn quiet_hours_by_day_and_a_digest_that_was_asked_for() {
        let quiet =
            QuietHours { from: Time::constant(9, 0, 0, 0), to: Time::constant(17, 0, 0, 0), unless: None };
        let reader = Subscriber { quiet: Some(quiet), ..subscriber(DeliverWhen::AtOnce) };
        let at = |reader: &Subscriber, now| {
            due(reader, Score::from_points(99.0), &Backlog::default(), moment(now))
        };
        assert_eq!(at(&reader, "08:00:00"), moment("15:00:00"));
        assert_eq!(at(&reader, "15:00:00"), moment("15:00:00"));
        let noon = Subscriber { deliver: DeliverWhen::Daily(Time::constant(12, 0, 0, 0)), ..reader };
        assert_eq!(at(&noon, "08:00:00"), moment("10:00:00"));
    }
}
