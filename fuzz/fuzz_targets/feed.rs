//! Any bytes as a feed: no panic, and what comes out keeps its bounds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sanctionwatch::domain::SourceForm;
use sanctionwatch::parse::{MAX_ENTRIES, MAX_SUMMARY_CHARS, MAX_TITLE_CHARS, entries};

fuzz_target!(|bytes: &[u8]| {
    let (Ok(base), Ok(now)) = ("https://news.example/feed".parse(), "2026-11-23T12:00:00Z".parse()) else {
        return;
    };
    let Ok(parsed) = entries(&SourceForm::Feed, bytes, None, &base, now) else { return };
    assert!(parsed.entries.len() <= MAX_ENTRIES);
    for entry in parsed.entries {
        assert!(entry.title.chars().count() <= MAX_TITLE_CHARS);
        assert!(entry.summary.chars().count() <= MAX_SUMMARY_CHARS);
        assert!(!entry.title.is_empty() || !entry.summary.is_empty());
        assert!(!entry.title.contains(char::is_control) && !entry.summary.contains(char::is_control));
        assert!(entry.url.is_none_or(|url| matches!(url.scheme(), "http" | "https")));
    }
});
