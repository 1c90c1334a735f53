//! Any bytes as a news page: no panic, and what comes out holds no control character.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sanctionwatch::parse::article;

fuzz_target!(|bytes: &[u8]| {
    let (Ok::<url::Url, _>(address), Ok(now)) =
        ("https://news.example/page".parse(), "2026-11-23T12:00:00Z".parse())
    else {
        return;
    };
    let Ok(article) = article(bytes, Some("text/html"), Some(&address), now) else { return };
    assert!(!article.title.is_empty());
    assert!(!article.title.contains(char::is_control));
});
