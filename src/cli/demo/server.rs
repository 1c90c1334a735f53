//! The demo's web server: sample feeds on a loopback port that the system chooses.

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;

/// Path, content type, text. `{{-90}}` stands for the time ninety minutes ago, as RSS writes it;
/// `{{=90}}` for the same as Atom does.
const SAMPLES: &[(&str, &str, &str)] = &[
    ("/wire.xml", "application/rss+xml", include_str!("feeds/wire.xml")),
    ("/courier.xml", "application/atom+xml", include_str!("feeds/courier.xml")),
    ("/morgen.xml", "application/rss+xml", include_str!("feeds/morgen.xml")),
    ("/gazette.html", "text/html", include_str!("feeds/gazette.html")),
    ("/closed.xml", "text/html", include_str!("feeds/closed.html")),
];

/// Serves the samples for as long as the process lives, and gives the address they are at.
pub(super) async fn serve(now: Timestamp) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let mut router = Router::new();
    for (path, content_type, sample) in SAMPLES {
        let text = dated(sample, now);
        router = router.route(path, get(async move |asked: HeaderMap| answer(&asked, content_type, &text)));
    }
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// The text, or "not modified" to whoever has it.
fn answer(asked: &HeaderMap, content_type: &'static str, text: &str) -> Response {
    let etag = format!("\"{}\"", text.len());
    if asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    ([(header::CONTENT_TYPE, content_type.to_owned()), (header::ETAG, etag)], text.to_owned()).into_response()
}

/// The text with its placeholders filled in.
fn dated(sample: &str, now: Timestamp) -> String {
    let mut text = String::with_capacity(sample.len());
    let mut rest = sample;
    while let Some((before, after)) = rest.split_once("{{") {
        text.push_str(before);
        let Some((mark, after)) = after.split_once("}}") else { break };
        let minutes: i64 = mark.get(1..).and_then(|minutes| minutes.parse().ok()).unwrap_or_default();
        let then = now.checked_sub(SignedDuration::from_mins(minutes)).unwrap_or(now);
        let date = if mark.starts_with('=') {
            format!("{then:.0}")
        } else {
            rfc2822::to_string(&then.to_zoned_datetime(TimeZone::UTC)).unwrap_or_default()
        };
        text.push_str(&date);
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_become_dates() {
        let now = "2026-08-12T09:00:00Z".parse().expect("a time");
        assert_eq!(
            dated("a {{=60}} b {{-90}} c", now),
            "a 2026-08-12T08:00:00Z b Wed, 12 Aug 2026 07:30:00 +0000 c"
        );
        for (path, _, sample) in SAMPLES {
            assert!(!dated(sample, now).contains("{{"), "{path}");
        }
    }
}
