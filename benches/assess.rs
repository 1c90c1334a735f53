//! Throughput of the assess stage on self-written items of the shapes that feeds carry.

#![allow(missing_docs, reason = "criterion's macros write undocumented items")]
#![allow(clippy::print_stderr, reason = "says what it skipped")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sanctionwatch::assess::{Assessor, Input};
use sanctionwatch::config::embedded_vocabulary;
use sanctionwatch::domain::{Language, Thresholds};
use std::hint::black_box;

/// Headline and summary: a third about sanctions or alliances, the rest ordinary news.
const ITEMS: &[(&str, &str)] = &[
    (
        "US imposes sanctions on Iranian oil traders",
        "The Treasury said on Tuesday that five firms in three countries had helped to hide the origin of cargoes.",
    ),
    (
        "Belarus and Iran sign cooperation roadmap",
        "The presidents signed agreements on trade and transport during a state visit to Tehran.",
    ),
    (
        "Rain ends drought in the south",
        "Farmers say that the harvest can still be saved, although many have already sold their cattle.",
    ),
    (
        "Local team wins final after extra time",
        "Two late goals turned the match, and the coach praised the patience of his players.",
    ),
    (
        "EU extends sanctions against Russia for six months",
        "Ambassadors agreed in Brussels; Hungary had held up the decision for weeks.",
    ),
    ("Museum reopens with a show of early maps", ""),
    (
        "Parliament debates budget",
        "The opposition says that the figures do not add up; a vote is expected next week.",
    ),
    (
        "Finland joins NATO exercise in the Baltic",
        "More than a dozen ships take part in the drills, which had been planned for a year.",
    ),
    (
        "How to grow tomatoes on a balcony",
        "Sun, water and a pot that is large enough: what gardeners recommend for the first summer.",
    ),
];

fn assess(criterion: &mut Criterion) {
    let assessor = Assessor::new(&embedded_vocabulary(), Thresholds::default());
    let mut group = criterion.benchmark_group("assess");
    group.throughput(Throughput::Elements(ITEMS.len() as u64));
    group.bench_function("headline and summary", |bencher| {
        bencher.iter(|| {
            for (title, summary) in ITEMS {
                let input = Input { title, summary, language: Some(Language::ENGLISH), ..Input::default() };
                black_box(assessor.assess(black_box(&input)));
            }
        });
    });
    group.finish();
    stream(criterion, &assessor);
}

/// The real items of a fortnight, where the folder with them is there.
fn stream(criterion: &mut Criterion, assessor: &Assessor) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/news/stream-2026-08.jsonl");
    let Ok(lines) = std::fs::read_to_string(path) else {
        eprintln!("skipped: {path} is not here");
        return;
    };
    let items: Vec<(String, String)> = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .map(|item| {
            let text =
                |key: &str| item.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
            (text("title"), text("summary"))
        })
        .collect();
    let mut group = criterion.benchmark_group("assess");
    group.throughput(Throughput::Elements(items.len() as u64));
    group.sample_size(20);
    group.bench_function("a fortnight of news", |bencher| {
        bencher.iter(|| {
            for (title, summary) in &items {
                let input = Input { title, summary, language: Some(Language::ENGLISH), ..Input::default() };
                black_box(assessor.assess(black_box(&input)));
            }
        });
    });
    group.finish();
    let mut group = criterion.benchmark_group("start");
    group.sample_size(10);
    group.bench_function("all vocabulary", |bencher| {
        bencher.iter(|| Assessor::new(&embedded_vocabulary(), Thresholds::default()));
    });
    group.finish();
}

criterion_group!(benches, assess);
criterion_main!(benches);
