//! Pitfalls: what is easily taken for a sanctions or alliance story, for another country or for the
//! other side; one named row for each example, by the number under which the pitfall is kept.
//!
//! A row says what must hold, apart by commas: "no sanctions", "no alliance", "sanctions US>IR" and
//! "alliance BY~IR" (each word of it must stand in a reported relation as `table` writes it), "not GE"
//! (takes no part). A summary stands behind "||".
//!
//! Pitfalls that other languages have stand with their vocabularies: 13 in its own language, 28–31,
//! 66–69, 98 and 102.

mod names;
mod open;
mod roles;
mod words;

use super::table::{assess, reported};
use crate::domain::{Assessment, Kind};

/// A name, a headline and what must hold.
type Row = (&'static str, &'static str, &'static str);

fn judged(text: &str) -> Assessment {
    let (title, summary) = text.split_once(" || ").unwrap_or((text, ""));
    assess(title, summary, "")
}

/// What of a row's expectations does not hold.
fn broken(expected: &str, assessment: &Assessment) -> Vec<String> {
    let holds = |demand: &str| {
        let (first, rest) = demand.split_once(' ').expect("two words");
        let of = |kind: &str| match kind {
            "sanctions" => reported(assessment, Kind::Sanctions),
            "alliance" => reported(assessment, Kind::Alliance),
            other => panic!("unknown kind {other}"),
        };
        match first {
            "no" => of(rest).is_empty(),
            "not" => assessment.countries.iter().all(|actor| actor.code() != rest),
            kind => of(kind).iter().any(|relation| {
                let told: Vec<&str> = relation.split(' ').collect();
                rest.split(' ').all(|word| told.contains(&word))
            }),
        }
    };
    expected.split(", ").filter(|demand| !holds(demand)).map(str::to_owned).collect()
}

fn told(assessment: &Assessment) -> Vec<String> {
    let mut all = reported(assessment, Kind::Sanctions);
    all.extend(reported(assessment, Kind::Alliance));
    all
}

/// Fails with every row that is wrong, not with the first.
fn check(rows: &[Row]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(name, text, expected)| {
            let assessment = judged(text);
            let broken = broken(expected, &assessment);
            (!broken.is_empty())
                .then(|| format!("{name}: {text}\n    not so: {broken:?}, told: {:?}", told(&assessment)))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

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

/// A known miss that is none any more belongs into the tables.
#[test]
fn known_misses_are_still_missed() {
    let mended: Vec<&str> = open::OPEN
        .iter()
        .filter(|(_, text, expected)| broken(expected, &judged(text)).is_empty())
        .map(|(name, ..)| *name)
        .collect();
    assert!(mended.is_empty(), "these hold now, move them to their table: {mended:?}");
}

#[test]
fn every_row_has_its_own_name() {
    let all = [words::SANCTIONS, words::ALLIANCE, names::ROWS, roles::ROWS, roles::MISSED, open::OPEN];
    let mut seen = std::collections::BTreeSet::new();
    for (name, ..) in all.into_iter().flatten() {
        assert!(seen.insert(*name), "{name} twice");
    }
}
