//! Times of day, weekdays and zones, as an operator writes them.

use crate::config::reader::Value;
use crate::config::wording::{nearest, quoted};
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// A time of day; reports what is none.
pub(super) fn time(value: &Value<'_>) -> Option<Time> {
    let written = value.string()?;
    time_of_day(written).or_else(|| {
        value.wrong(format!("{} is no time of day", quoted(written)), "hours and minutes, such as \"07:30\"")
    })
}

/// A weekday with a time of day; reports what is none.
pub(super) fn weekly(value: &Value<'_>) -> Option<(Weekday, Time)> {
    let written = value.string()?;
    day_and_time(written).or_else(|| {
        value.wrong(
            format!("{} is no day and time", quoted(written)),
            "a day and a time, such as \"Mon 07:30\"",
        )
    })
}

/// "07:30", "7:30" or "23:59".
fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |part: &str, least: usize| {
        let plain = (least..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse::<i8>().ok())?
    };
    Time::new(digits(hour, 1)?, digits(minute, 2)?, 0, 0).ok()
}

/// "Mon 07:30" or "monday 7:30".
fn day_and_time(text: &str) -> Option<(Weekday, Time)> {
    let (day, hour) = text.trim().split_once(char::is_whitespace)?;
    let day = day.to_lowercase();
    let (_, weekday) =
        WEEKDAYS.iter().find(|(name, _)| *name == day || name.get(..3) == Some(day.as_str()))?;
    Some((*weekday, time_of_day(hour)?))
}

pub(super) fn time_zone(value: &Value<'_>) -> Option<TimeZone> {
    let written = value.string()?.trim();
    // It needs no data, which may be missing.
    if written.eq_ignore_ascii_case("UTC") {
        return Some(TimeZone::UTC);
    }
    if let Ok(zone) = TimeZone::get(written) {
        return Some(zone);
    }
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    // An operator may know the city and not the continent ("Berlin").
    let city = names.iter().find(|name| {
        name.rsplit_once('/').is_some_and(|(_, city)| city.eq_ignore_ascii_case(&written.replace(' ', "_")))
    });
    let near = city.map(String::as_str).or_else(|| nearest(written, names.iter().map(String::as_str)));
    let help = match near {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if names.len() <= 1 => {
            "this machine knows no time zones: install its `tzdata` package".to_owned()
        }
        None => "an IANA name, such as \"Europe/Berlin\" or \"UTC\"".to_owned(),
    };
    value.wrong(format!("there is no time zone {}", quoted(written)), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("07:30", Some((7, 30)))]
    #[case("7:05", Some((7, 5)))]
    #[case("23:59", Some((23, 59)))]
    #[case("24:00", None)]
    #[case("7:5", None)]
    #[case("7", None)]
    #[case("+7:30", None)]
    #[case("07:30:00", None)]
    fn a_time_of_day_has_hours_and_minutes(#[case] text: &str, #[case] expected: Option<(i8, i8)>) {
        assert_eq!(time_of_day(text), expected.and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok()));
    }

    #[test]
    fn a_weekday_may_be_short_or_long() {
        let expected = time_of_day("07:30").map(|time| (Weekday::Monday, time));
        assert_eq!(day_and_time("Mon 07:30"), expected);
        assert_eq!(day_and_time("monday 7:30"), expected);
        assert_eq!(day_and_time("m 07:30"), None);
        assert_eq!(day_and_time("07:30"), None);
    }
}
