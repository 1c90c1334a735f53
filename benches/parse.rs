//! How long a feed of ordinary size and one of the largest take to become entries.
#![allow(missing_docs, reason = "criterion's macros make public functions without them")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use sanctionwatch::domain::SourceForm;
use sanctionwatch::parse::entries;
use std::hint::black_box;
use url::Url;

/// A feed like an agency's: HTML summaries, tracking parameters, a date each.
fn feed(items: usize) -> String {
    let mut feed = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Wire</title>",
    );
    for number in 0..items {
        let item = format!(
            "<item><title>Minsk &amp; Tehran sign agreement {number} on trade</title>\
             <link>https://news.example/world/{number}?utm_source=rss</link><guid>wire-{number}</guid>\
             <description><![CDATA[<p>Eight agreements on trade, mining and <a href=\"/t\">transport</a> were signed, \
             officials said.</p><p>Sanctions&nbsp;stay.</p><img src=\"/p.gif\">]]></description>\
             <pubDate>Mon, 23 Nov 2026 10:{:02}:00 +0100</pubDate></item>",
            number % 60
        );
        feed.push_str(&item);
    }
    feed.push_str("</channel></rss>");
    feed
}

fn parsing(criterion: &mut Criterion) {
    let Ok(base) = Url::parse("https://news.example/feed") else { return };
    let Ok(now) = "2026-11-23T12:00:00Z".parse::<Timestamp>() else { return };
    let mut group = criterion.benchmark_group("parse");
    for items in [50, 2_000] {
        let sound = feed(items);
        let broken = sound.replace("&amp;", "&").replace("</channel></rss>", "");
        for (name, text) in [("sound", sound), ("broken", broken)] {
            group.throughput(Throughput::Bytes(u64::try_from(text.len()).unwrap_or(0)));
            group.bench_function(format!("{name} {items}"), |bencher| {
                bencher.iter(|| entries(&SourceForm::Feed, black_box(text.as_bytes()), None, &base, now));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, parsing);
criterion_main!(benches);
