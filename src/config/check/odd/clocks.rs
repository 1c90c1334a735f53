//! Times of day that the clocks of a zone skip, on the day on which they go forward.

use crate::config::reader::Value;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// How far is looked ahead: the clocks of most zones change twice a year.
const AHEAD: SignedDuration = SignedDuration::from_hours(366 * 24);

/// The clocks of a zone, from now on.
#[derive(Clone, Copy)]
pub(in crate::config::check) struct Clock<'z> {
    pub(in crate::config::check) zone: &'z TimeZone,
    pub(in crate::config::check) now: Timestamp,
}

impl Clock<'_> {
    /// The next day on which the clocks never show this time, and what they show instead.
    fn gap(self, time: Time, day: Option<Weekday>) -> Option<(Date, Time)> {
        let end = self.now.checked_add(AHEAD).ok()?;
        let changes = self.zone.following(self.now).map(|change| change.timestamp());
        changes.take_while(|change| *change < end).find_map(|change| {
            let date = self.zone.to_datetime(change).date();
            // Where the clocks jump over midnight, the day before is cut short.
            let dates = [date.yesterday().ok(), Some(date)];
            dates.into_iter().flatten().filter(|date| day.is_none_or(|day| date.weekday() == day)).find_map(
                |date| {
                    let wanted = date.to_datetime(time);
                    let skips = matches!(
                        self.zone.to_ambiguous_timestamp(wanted).offset(),
                        AmbiguousOffset::Gap { .. }
                    );
                    let moment = self.zone.to_timestamp(wanted).ok().filter(|_| skips)?;
                    Some((date, self.zone.to_datetime(moment).time()))
                },
            )
        })
    }
}

/// Tells of a time that is skipped; `then` is what happens instead ("the digest comes").
pub(in crate::config::check) fn skipped(
    value: &Value<'_>,
    clock: Clock<'_>,
    time: Time,
    day: Option<Weekday>,
    then: &str,
) {
    let Some((date, instead)) = clock.gap(time, day) else { return };
    let zone = clock.zone.iana_name().unwrap_or("this zone");
    value.mark.odd(
        format!("there is no {} on {date} in {zone}: the clocks go forward", time.strftime("%H:%M")),
        format!("{then} at {} that day; choose another time if it matters", instead.strftime("%H:%M")),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::in_the_gap("Europe/Berlin", "02:30", None, Some("2027-03-28 03:30"))]
    #[case::its_beginning("Europe/Berlin", "02:00", None, Some("2027-03-28 03:00"))]
    #[case::its_end("Europe/Berlin", "03:00", None, None)]
    #[case::twice_is_no_gap("Europe/Berlin", "01:30", None, None)]
    #[case::that_day("Europe/Berlin", "02:30", Some(Weekday::Sunday), Some("2027-03-28 03:30"))]
    #[case::another_day("Europe/Berlin", "02:30", Some(Weekday::Monday), None)]
    #[case::elsewhere("America/New_York", "02:30", None, Some("2027-03-14 03:30"))]
    #[case::at_midnight("Africa/Cairo", "00:15", None, Some("2027-04-30 01:15"))]
    #[case::never("UTC", "02:30", None, None)]
    fn the_next_day_without_this_time_is_found(
        #[case] zone: &str,
        #[case] time: &str,
        #[case] day: Option<Weekday>,
        #[case] expected: Option<&str>,
    ) {
        let zone = TimeZone::get(zone).expect("a zone");
        let now = "2026-11-29T12:00:00Z".parse().expect("a time");
        let time = time.parse().expect("a time of day");
        let found = Clock { zone: &zone, now }.gap(time, day);
        let found = found.map(|(date, instead)| format!("{date} {}", instead.strftime("%H:%M")));
        assert_eq!(found.as_deref(), expected);
    }
}
