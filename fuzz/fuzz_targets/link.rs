//! Any address as a link: no panic, and the same link is always the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sanctionwatch::identify::canonical_url;
use url::Url;

fuzz_target!(|text: &str| {
    let Ok(mut url) = Url::parse(text) else { return };
    if !matches!(url.scheme(), "http" | "https") {
        return;
    }
    let canonical = canonical_url(&url);
    assert!(!canonical.is_empty());
    url.set_fragment(Some("part"));
    assert_eq!(canonical_url(&url), canonical);
});
