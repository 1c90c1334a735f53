//! Any bytes under any content type: no panic, whatever the two say of the encoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sanctionwatch::domain::SourceForm;
use sanctionwatch::parse::entries;

fuzz_target!(|answer: (&str, &[u8], &[u8])| {
    let (content_type, prolog, title) = answer;
    let (Ok(base), Ok(now)) = ("https://news.example/feed".parse(), "2026-11-23T12:00:00Z".parse()) else {
        return;
    };
    let body =
        [prolog, b"<rss version='2.0'><channel><item><title>", title, b"</title></item></channel></rss>"];
    let _any = entries(&SourceForm::Feed, &body.concat(), Some(content_type), &base, now);
});
