//! Any bytes as a page.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sanctionwatch::domain::{PageRules, SourceForm};
use sanctionwatch::parse::entries;
use scraper::Selector;

fuzz_target!(|bytes: &[u8]| {
    let (Ok(base), Ok(now)) = ("https://news.example/page".parse(), "2026-11-23T12:00:00Z".parse()) else {
        return;
    };
    let select = |text: &str| Selector::parse(text).ok();
    let (Some(item), Some(title)) = (select("li, div, a"), select("a, b")) else { return };
    let rules = PageRules { item, title, link: select("a"), date: select("time, i"), summary: select("p") };
    let _any = entries(&SourceForm::Page(Box::new(rules)), bytes, None, &base, now);
});
