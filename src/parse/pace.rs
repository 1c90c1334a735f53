//! Pace: what a feed asks of those who poll it: `ttl`, `skipHours`, `skipDays`, `sy:updatePeriod`.

use super::xml::{Kind, Tags};
use crate::domain::Asked;
use std::time::Duration;

/// Most tags that are looked at before the first item.
const MOST_TAGS: usize = 200;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// What the head of a feed's text asks for. Whoever skips every hour or every day asks for nothing.
pub(super) fn asked(text: &str) -> Asked {
    let mut asked = Asked::default();
    let (mut ttl, mut period, mut frequency) = (None, None, 1);
    for tag in Tags::new(text).take(MOST_TAGS) {
        if tag.is_item() {
            break;
        }
        if tag.kind != Kind::Open {
            continue;
        }
        let value = || text.get(tag.end..).and_then(|rest| rest.split('<').next()).unwrap_or_default().trim();
        match tag.local().to_ascii_lowercase().as_str() {
            "ttl" => ttl = value().parse::<u64>().ok().map(|minutes| minutes.saturating_mul(MINUTE)),
            "updateperiod" => period = seconds_of(value()),
            "updatefrequency" => frequency = value().parse::<u64>().unwrap_or(1).max(1),
            // The last hour of the day is written as 24 by some.
            "hour" => asked.skip_hours.extend(
                value().parse::<i8>().ok().filter(|hour| (0..=24).contains(hour)).map(|hour| hour % 24),
            ),
            "day" => asked.skip_days.extend(weekday(value())),
            _ => {}
        }
    }
    let period = period.map(|seconds| seconds / frequency);
    asked.every = ttl.max(period).filter(|seconds| *seconds > 0).map(Duration::from_secs);
    if asked.skip_hours.len() == 24 {
        asked.skip_hours.clear();
    }
    if asked.skip_days.len() == 7 {
        asked.skip_days.clear();
    }
    asked
}

fn seconds_of(period: &str) -> Option<u64> {
    Some(match period.to_ascii_lowercase().as_str() {
        "hourly" => HOUR,
        "daily" => DAY,
        "weekly" => 7 * DAY,
        "monthly" => 30 * DAY,
        "yearly" => 365 * DAY,
        _ => return None,
    })
}

/// A weekday's number from Monday on.
fn weekday(name: &str) -> Option<i8> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    (0..).zip(DAYS).find(|(_, day)| name.eq_ignore_ascii_case(day)).map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn minutes(head: &str) -> Option<u64> {
        let feed = format!("<rss><channel>{head}<item><ttl>1</ttl></item></channel></rss>");
        asked(&feed).every.map(|every| every.as_secs() / MINUTE)
    }

    #[rstest]
    #[case::nothing("", None)]
    #[case::ttl("<ttl>30</ttl>", Some(30))]
    #[case::ttl_of_nothing("<ttl>0</ttl>", None)]
    #[case::ttl_in_words("<ttl>half an hour</ttl>", None)]
    #[case::hourly("<sy:updatePeriod> hourly </sy:updatePeriod>", Some(60))]
    #[case::twice_an_hour(
        "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
        Some(30)
    )]
    #[case::never_by_division(
        "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
        Some(1440)
    )]
    #[case::an_unknown_period("<sy:updatePeriod>sometimes</sy:updatePeriod>", None)]
    #[case::the_longer_of_both("<ttl>90</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", Some(90))]
    #[case::no_overflow("<ttl>18446744073709551615</ttl>", Some(u64::MAX / MINUTE))]
    fn how_often(#[case] head: &str, #[case] expected: Option<u64>) {
        assert_eq!(minutes(head), expected);
    }

    #[test]
    fn hours_and_days_that_are_skipped() {
        let feed = "<rss><channel><skipHours><hour>0</hour><hour>24</hour><hour>5</hour><hour>99</hour></skipHours>\
                    <skipDays><day>Sunday</day><day>someday</day></skipDays></channel></rss>";
        let asked = asked(feed);
        assert_eq!(asked.skip_hours.into_iter().collect::<Vec<_>>(), [0, 5]);
        assert_eq!(asked.skip_days.into_iter().collect::<Vec<_>>(), [6]);
    }

    #[test]
    fn who_skips_all_hours_asks_for_nothing() {
        let hours = (0..24).map(|hour| format!("<hour>{hour}</hour>")).collect::<Vec<_>>().concat();
        assert!(asked(&format!("<rss><skipHours>{hours}</skipHours></rss>")).is_empty());
    }
}
