//! Any text as a date: no panic, and never a date in the future.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sanctionwatch::domain::SourceForm;
use sanctionwatch::parse::entries;

fuzz_target!(|date: &str| {
    let (Ok(base), Ok(now)) =
        ("https://news.example/feed".parse(), "2026-11-23T12:00:00Z".parse::<jiff::Timestamp>())
    else {
        return;
    };
    let date = date.replace(['<', '>', '&'], "");
    let feed = format!(
        "<rss version='2.0'><channel><item><title>x</title><pubDate>{date}</pubDate></item></channel></rss>"
    );
    let Ok(parsed) = entries(&SourceForm::Feed, feed.as_bytes(), None, &base, now) else { return };
    for entry in parsed.entries {
        assert!(entry.published.is_none_or(|time| time.as_second() <= now.as_second() + 3600));
    }
});
