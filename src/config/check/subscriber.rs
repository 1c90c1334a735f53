//! `[[subscriber]]`: who gets mail, for which watches, when.

use super::Seen;
use crate::config::keys;
use crate::config::reader::{Table, Value};
use crate::config::wording::{nearest, one_of, quoted};
use crate::domain::{DeliverWhen, MailAddress, Subscriber, SubscriberKey, Watch, WatchName};
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

const WHEN: &str = "\"at once\", { daily = \"07:30\" } or { weekly = \"Mon 07:30\" }";

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

pub(super) fn all(
    tables: &[Table<'_>],
    watches: &[(WatchName, Option<Watch>)],
    mail_given: bool,
) -> Vec<Subscriber> {
    let mut seen = Seen::new("this subscriber");
    if let (Some(first), false) = (tables.first(), mail_given) {
        first.mark.missing(
            "a subscriber gets mail, and no way to send mail is given",
            "add `[smtp]` (a mail server), or `[mail]` with `folder` (mail as .eml files)",
        );
    }
    tables
        .iter()
        .filter_map(|table| {
            let address = table.required("email", "\"desk@example.org\"").and_then(|value| {
                let address = mail_address(&value)?;
                seen.is_new(&address.as_str().to_lowercase(), &value.mark).then_some(address)
            });
            let names = table.required("watches", "[\"…\"]").and_then(|value| value.filled_list());
            let names = names.into_iter().flatten().filter_map(|value| watch_name(&value, watches)).collect();
            let deliver = table.or("deliver", DeliverWhen::AtOnce, |value| deliver(&value));
            let time_zone = table.or("time-zone", TimeZone::UTC, |value| time_zone(&value));
            Some(Subscriber { key: SubscriberKey::Mail(address?), watches: names, deliver, time_zone })
        })
        .collect()
}

/// A mail address. Its text is never quoted: messages end in logs.
fn mail_address(value: &Value<'_>) -> Option<MailAddress> {
    value
        .string()?
        .parse()
        .map_err(|error| {
            value.wrong::<()>(
                format!("`{}` is no mail address: {error}", value.key),
                "such as \"desk@example.org\"",
            )
        })
        .ok()
}

pub(super) fn watch_name(value: &Value<'_>, watches: &[(WatchName, Option<Watch>)]) -> Option<WatchName> {
    let written = value.string()?.trim();
    let known = watches.iter().map(|(name, _)| name);
    if let Some(name) = known.clone().find(|name| name.as_str() == written) {
        return Some(name.clone());
    }
    let names: Vec<&str> = known.map(WatchName::as_str).collect();
    let help = match nearest(written, names.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if names.is_empty() => "no `[[watch]]` is given".to_owned(),
        None => format!("there are {}", one_of(&names)),
    };
    value.mark.missing(format!("no watch is named {}", quoted(written)), help);
    None
}

fn deliver(value: &Value<'_>) -> Option<DeliverWhen> {
    if value.is_string() {
        let written = value.string()?.trim();
        if written == "at once" {
            return Some(DeliverWhen::AtOnce);
        }
        return value.wrong(format!("{} is not when to deliver", quoted(written)), WHEN);
    }
    let table = value.table(&keys::DELIVER)?;
    let (daily, weekly) = (table.value("daily"), table.value("weekly"));
    match (daily, weekly) {
        (Some(daily), None) => {
            let written = daily.string()?;
            time(written).map(DeliverWhen::Daily).or_else(|| {
                daily.wrong(
                    format!("{} is no time of day", quoted(written)),
                    "hours and minutes, such as \"07:30\"",
                )
            })
        }
        (None, Some(weekly)) => {
            let written = weekly.string()?;
            day_and_time(written).or_else(|| {
                weekly.wrong(
                    format!("{} is no day and time", quoted(written)),
                    "a day and a time, such as \"Mon 07:30\"",
                )
            })
        }
        _ => value.wrong("`deliver` is either daily or weekly", WHEN),
    }
}

/// "07:30", "7:30" or "23:59".
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |part: &str, least: usize| {
        let plain = (least..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse::<i8>().ok())?
    };
    Time::new(digits(hour, 1)?, digits(minute, 2)?, 0, 0).ok()
}

/// "Mon 07:30" or "monday 7:30".
fn day_and_time(text: &str) -> Option<DeliverWhen> {
    let (day, hour) = text.trim().split_once(char::is_whitespace)?;
    let day = day.to_lowercase();
    let (_, weekday) =
        WEEKDAYS.iter().find(|(name, _)| *name == day || name.get(..3) == Some(day.as_str()))?;
    Some(DeliverWhen::Weekly(*weekday, time(hour)?))
}

fn time_zone(value: &Value<'_>) -> Option<TimeZone> {
    let written = value.string()?.trim();
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
        assert_eq!(time(text), expected.and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok()));
    }

    #[test]
    fn a_weekday_may_be_short_or_long() {
        let expected = time("07:30").map(|time| DeliverWhen::Weekly(Weekday::Monday, time));
        assert_eq!(day_and_time("Mon 07:30"), expected);
        assert_eq!(day_and_time("monday 7:30"), expected);
        assert_eq!(day_and_time("m 07:30"), None);
        assert_eq!(day_and_time("07:30"), None);
    }
}
