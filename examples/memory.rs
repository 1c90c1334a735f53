//! How many bytes the tables hold: the assessor of all languages, and the vocabulary beside it.
//!
//! `cargo run --release --example memory`
//!
//! The parts are measured by leaving each out of the vocabulary and building the rest: what two parts
//! share (a pattern that is a name and a small word) is counted in none of them. Goal: 12 MB.

#![allow(clippy::print_stdout, reason = "a developer's program talks on the terminal")]

use peak_alloc::PeakAlloc;
use sanctionwatch::assess::Assessor;
use sanctionwatch::config::embedded_vocabulary;
use sanctionwatch::domain::{LanguageWords, Thresholds, Vocabulary};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// The most that the assessor's tables may hold.
const GOAL: usize = 12_000_000;

/// A part of a language's vocabulary, and how to leave it out.
type Part = (&'static str, fn(&mut LanguageWords));

const PARTS: &[Part] = &[
    ("actors and their patterns", |words| words.actors.clear()),
    ("cues and their patterns", |words| words.cues.clear()),
    ("small words", |words| words.words.clear()),
    ("masks", |words| words.masks.clear()),
    ("the second opinion", |words| words.opinion.clear()),
    ("grammar", |words| words.grammar = LanguageWords::default().grammar),
];

fn main() {
    let (vocabulary, held_by_vocabulary) = held(embedded_vocabulary);
    let all = assessor(&vocabulary);
    let verdict = if all <= GOAL { "within" } else { "OVER" };
    row("assessor, all languages", all, &format!("{verdict} the goal of {}", megabytes(GOAL)));
    for (name, leave_out) in PARTS {
        let mut rest = vocabulary.clone();
        rest.languages.values_mut().for_each(leave_out);
        row(&format!("  {name}"), all.saturating_sub(assessor(&rest)), "");
    }
    let mut empty = vocabulary.clone();
    empty.languages.values_mut().for_each(|words| *words = LanguageWords::default());
    row("  what an empty language holds too", assessor(&empty), "");
    for language in vocabulary.languages.keys() {
        let mut alone = vocabulary.clone();
        alone.languages.retain(|one, _| one == language);
        row(&format!("  {language} alone"), assessor(&alone), "");
    }
    row("vocabulary beside it", held_by_vocabulary, "");
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let started = Assessor::new(&embedded_vocabulary(), Thresholds::default());
    row(
        "most while starting",
        ALLOCATOR.peak_usage().saturating_sub(before),
        "both, and what building needs",
    );
    drop(started);
}

/// What `make` makes, and the bytes it holds.
fn held<T>(make: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATOR.current_usage();
    let made = make();
    (made, ALLOCATOR.current_usage().saturating_sub(before))
}

/// The bytes of an assessor.
fn assessor(vocabulary: &Vocabulary) -> usize {
    held(|| Assessor::new(vocabulary, Thresholds::default())).1
}

fn row(name: &str, bytes: usize, remark: &str) {
    println!("{name:36} {:>10}  {remark}", megabytes(bytes));
}

fn megabytes(bytes: usize) -> String {
    format!("{}.{:02} MB", bytes / 1_000_000, bytes % 1_000_000 / 10_000)
}
