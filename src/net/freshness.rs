//! `Cache-Control` and `Expires`: how long what a server gave is to be taken for current.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName};
use std::time::Duration;

/// How long an answer is current (RFC 9111 §4.2.1): `max-age` less its age, else `Expires` less `Date`.
/// `None` where the server does not say, or says that it is not to be kept. `now` stands for a `Date` that is
/// missing.
#[must_use]
pub fn fresh_for(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: HeaderName| std::str::from_utf8(headers.get(name)?.as_bytes()).ok();
    let mut age = None;
    for line in headers.get_all(CACHE_CONTROL) {
        for directive in line.to_str().unwrap_or_default().split(',') {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "no-store" | "no-cache" => return None,
                "max-age" => age = value.trim().trim_matches('"').parse::<u64>().ok().or(age),
                _ => {}
            }
        }
    }
    if let Some(age) = age {
        let spent = text(AGE).and_then(|age| age.trim().parse::<u64>().ok()).unwrap_or(0);
        return Some(Duration::from_secs(age.saturating_sub(spent))).filter(|left| !left.is_zero());
    }
    let moment = |text: &str| {
        let short = text.len() <= 64;
        short.then(|| DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text.trim()).ok())?
    };
    let expires = moment(text(EXPIRES)?)?;
    let date = text(DATE).and_then(moment).unwrap_or(now);
    Duration::try_from(expires.duration_since(date)).ok().filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;
    use rstest::rstest;

    #[rstest]
    #[case::nothing(&[], None)]
    #[case::max_age(&[("cache-control", "public, max-age=900")], Some(900))]
    #[case::in_quotes(&[("cache-control", "max-age=\"60\"")], Some(60))]
    #[case::of_some_age(&[("cache-control", "max-age=900"), ("age", "300")], Some(600))]
    #[case::too_old(&[("cache-control", "max-age=900"), ("age", "901")], None)]
    #[case::not_to_be_kept(&[("cache-control", "no-cache, max-age=900")], None)]
    #[case::not_even_with_expires(
        &[("cache-control", "no-store"), ("expires", "Mon, 23 Nov 2026 13:00:00 GMT")],
        None
    )]
    #[case::no_number(&[("cache-control", "max-age=soon")], None)]
    #[case::expires(&[("expires", "Mon, 23 Nov 2026 13:00:00 GMT")], Some(3600))]
    #[case::expires_by_the_servers_clock(
        &[("expires", "Mon, 23 Nov 2026 13:00:00 GMT"), ("date", "Mon, 23 Nov 2026 12:30:00 GMT")],
        Some(1800)
    )]
    #[case::max_age_goes_first(
        &[("cache-control", "max-age=60"), ("expires", "Mon, 23 Nov 2026 13:00:00 GMT")],
        Some(60)
    )]
    #[case::expired(&[("expires", "Mon, 23 Nov 2026 11:00:00 GMT")], None)]
    #[case::expires_zero(&[("expires", "0")], None)]
    fn an_answer_is_fresh_as_long_as_its_headers_say(
        #[case] headers: &[(&'static str, &'static str)],
        #[case] seconds: Option<u64>,
    ) {
        let pairs = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        assert_eq!(fresh_for(&pairs.collect(), now), seconds.map(Duration::from_secs));
    }
}
