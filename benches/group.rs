//! Cost of grouping an item, reading it included, with ten thousand and a hundred thousand items to
//! compare with.
//!
//! The items are made: words out of 30,000 by Zipf's law, without the commonest, which are small words and
//! are not compared; every item tells one of the events of the last days, in words of its own and some of
//! the event's.

#![allow(missing_docs, reason = "criterion's macros write undocumented items")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp};
use sanctionwatch::config::embedded_vocabulary;
use sanctionwatch::domain::{Actor, ItemId, Named, StoryId, StoryWindow};
use sanctionwatch::group::{Features, Report, Rules, Window};
use std::hint::black_box;

const WORDS: f64 = 30_000.0;
/// So many words are commoner than those that are compared.
const SMALL_WORDS: f64 = 50.0;
/// Items that tell one event, on average.
const ITEMS_OF_EVENT: usize = 4;

/// Makes items, one after the other.
struct Maker {
    random: fastrand::Rng,
    actors: Vec<Actor>,
    made: i64,
}

struct Made {
    title: String,
    summary: String,
    when: Timestamp,
    named: Named,
}

impl Maker {
    fn new() -> Self {
        Self { random: fastrand::Rng::with_seed(7), actors: Actor::all().collect(), made: 0 }
    }

    /// A word: few are common, most are rare.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of a word")]
    fn word(random: &mut fastrand::Rng) -> String {
        format!("w{}x", (SMALL_WORDS * (WORDS / SMALL_WORDS).powf(random.f64())) as u32)
    }

    fn item(&mut self) -> Made {
        self.made += 1;
        let latest = usize::try_from(self.made).unwrap_or_default() / ITEMS_OF_EVENT;
        let event = latest.saturating_sub(self.random.usize(0..2000));
        let mut event = fastrand::Rng::with_seed(event as u64);
        let told: Vec<String> = (0..16).map(|_| Self::word(&mut event)).collect();
        let named = Named {
            title: vec![self.actors[event.usize(0..self.actors.len())], self.actors[event.usize(0..20)]],
            summary: Vec::new(),
        };
        let mut text = |words: usize, own: usize| {
            let word = |_| {
                if self.random.usize(0..words) < own {
                    Self::word(&mut self.random)
                } else {
                    told[self.random.usize(0..told.len())].clone()
                }
            };
            (0..words).map(word).collect::<Vec<_>>().join(" ")
        };
        let (title, summary) = (text(10, 4), text(35, 20));
        let when = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(self.made * 3);
        Made { title, summary, when, named }
    }
}

fn group(criterion: &mut Criterion) {
    let rules = Rules::new(&embedded_vocabulary());
    let mut benchmarks = criterion.benchmark_group("group");
    benchmarks.throughput(Throughput::Elements(1));
    benchmarks.sample_size(20);
    for items in [10_000, 100_000] {
        let mut window = Window::new(StoryWindow { items, ..StoryWindow::default() });
        let mut maker = Maker::new();
        let mut number = 0;
        let mut place = |window: &mut Window, made: &Made| {
            number += 1;
            let Made { title, summary, when, named } = made;
            let report = Report { source: "", title, summary, when: *when, named, relations: &[] };
            let placed = window.place(&rules, ItemId(number), Features::of(&rules, report), StoryId(number));
            window.evict();
            placed
        };
        while window.len() < items {
            let made = maker.item();
            place(&mut window, &made);
        }
        benchmarks.bench_function(format!("beside {items} items"), |bencher| {
            bencher.iter_batched(
                || maker.item(),
                |made| black_box(place(&mut window, &made)),
                BatchSize::SmallInput,
            );
        });
    }
    benchmarks.finish();
}

criterion_group!(benches, group);
criterion_main!(benches);
