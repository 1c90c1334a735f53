//! Pitfalls: what is easily taken for a sanctions or alliance story, for another country or for the
//! other side; one named row for each example, by the number under which the pitfall is kept.
//!
//! Those that other languages have, each in its own: 13, which English has too, 28–31, 66–69, 98 and
//! 102.

mod languages;
mod names;
mod open;
mod roles;
mod words;

use super::table::{broken, check, judged};

#[test]
fn words_that_mean_something_else() {
    check(words::SANCTIONS);
    check(words::ALLIANCE);
}

#[test]
fn names_that_mean_somebody_else() {
    check(names::ROWS);
}

#[test]
fn sides_that_are_easily_exchanged() {
    check(roles::ROWS);
}

#[test]
fn stories_that_are_easily_missed() {
    check(roles::MISSED);
}

#[test]
fn what_other_languages_have() {
    let rows = languages::ROWS;
    let wrong: Vec<String> = rows.iter().filter_map(languages::wrong).collect();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// A known miss that is none any more belongs into the tables.
#[test]
fn known_misses_are_still_missed() {
    let english = open::OPEN.iter().filter(|(_, text, expected)| broken(expected, &judged(text)).is_empty());
    let others = languages::OPEN.iter().filter(|row| languages::wrong(row).is_none());
    let mended: Vec<&str> = english.map(|(name, ..)| *name).chain(others.map(|(name, ..)| *name)).collect();
    assert!(mended.is_empty(), "these hold now, move them to their table: {mended:?}");
}

#[test]
fn every_row_has_its_own_name() {
    let all = [words::SANCTIONS, words::ALLIANCE, names::ROWS, roles::ROWS, roles::MISSED, open::OPEN];
    let english = all.into_iter().flatten().map(|(name, ..)| *name);
    let others = languages::ROWS.iter().chain(languages::OPEN).map(|(name, ..)| *name);
    let mut seen = std::collections::BTreeSet::new();
    for name in english.chain(others) {
        assert!(seen.insert(name), "{name} twice");
    }
}
