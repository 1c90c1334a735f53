//! `Retry-After`: how long a server wants to be left alone.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use std::time::Duration;

/// Longest wait that is honoured: "10 years" is a mistake, and nobody gets lost.
const LONGEST: Duration = Duration::from_hours(24);

/// How long an answer asks to be left alone, at most a day: seconds, or an HTTP date counted from
/// `now`. `None` where it does not say, says neither, or names the past.
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    read(std::str::from_utf8(headers.get(RETRY_AFTER)?.as_bytes()).ok()?, now)
}

fn read(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are more than a day.
        return Some(header.parse().map_or(LONGEST, Duration::from_secs).min(LONGEST));
    }
    if header.len() > 64 {
        return None;
    }
    let until = DateTimeParser::new().relaxed_weekday(true).parse_timestamp(header).ok()?;
    let wait = Duration::try_from(until.duration_since(now)).ok()?;
    Some(wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::seconds("120", Some(120))]
    #[case::zero("0", Some(0))]
    #[case::blanks(" 7 ", Some(7))]
    #[case::ten_years("315360000", Some(86_400))]
    #[case::no_number("99999999999999999999999999", Some(86_400))]
    #[case::negative("-5", None)]
    #[case::date("Mon, 23 Nov 2026 12:10:00 GMT", Some(600))]
    #[case::date_of_another_weekday("Tue, 23 Nov 2026 12:10:00 GMT", Some(600))]
    #[case::far_date("Mon, 23 Nov 2036 12:10:00 GMT", Some(86_400))]
    #[case::past_date("Mon, 23 Nov 2026 11:00:00 GMT", None)]
    #[case::words("soon", None)]
    #[case::empty("", None)]
    fn a_wish_to_wait_is_read_in_every_form_and_bounded(#[case] header: &str, #[case] seconds: Option<u64>) {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        assert_eq!(read(header, now), seconds.map(Duration::from_secs));
    }
}
