//! Several stories in one mail: by pairs, in turns where room is short, with a table at the head.

use super::subject::lead;
use crate::deliver::words::{kind_title, parties_line, sides_long};
use crate::domain::{Actor, DueAlert, Kind, Relation, Score};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Most countries in the table; the others are counted.
const MAX_ROWS: usize = 12;

/// The heading over stories in which nobody has a side.
const NO_PARTIES: &str = "Other stories";

/// Stories between the same parties, in whatever direction.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// "Belarus – Iran", "EU → Russia".
    pub(super) heading: String,
    /// Which of the alerts, strongest first.
    pub(super) members: Vec<usize>,
    parties: BTreeSet<Actor>,
}

/// `alerts`, strongest first, by the parties of what they chiefly say; the pair with the strongest
/// story first.
pub(super) fn pairs(alerts: &[&DueAlert]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut places = BTreeMap::new();
    for (index, alert) in alerts.iter().enumerate() {
        let said = lead(&alert.story);
        let parties = said.map(Relation::parties).unwrap_or_default();
        let heading = match said.map(sides_long) {
            Some(sides) if !sides.is_empty() => sides,
            _ => NO_PARTIES.to_owned(),
        };
        let place = *places.entry(parties.clone()).or_insert(pairs.len());
        match pairs.get_mut(place) {
            None => pairs.push(Pair { heading, members: vec![index], parties }),
            Some(pair) => {
                // Stories in both directions, or of sanctions and of an alliance.
                if pair.heading != heading {
                    pair.heading = parties_line(&parties);
                }
                pair.members.push(index);
            }
        }
    }
    pairs
}

/// The order in which stories are given room, the first `most`: the pairs take turns, each with its
/// strongest story, so that no pair crowds out the others. Within a round those pairs come first whose
/// parties were told of least so far, so that no country does either, however many partners it has;
/// among equals the strongest.
pub(super) fn turns(pairs: &[Pair], most: usize) -> Vec<usize> {
    let rounds = pairs.iter().map(|pair| pair.members.len()).max().unwrap_or(0);
    let mut told: BTreeMap<Actor, usize> = BTreeMap::new();
    let mut turns = Vec::new();
    for round in 0..rounds {
        let mut waiting: Vec<&Pair> = pairs.iter().filter(|pair| pair.members.len() > round).collect();
        while turns.len() < most && !waiting.is_empty() {
            let share = |pair: &&Pair| {
                let counts = || pair.parties.iter().map(|party| told.get(party).copied().unwrap_or(0));
                (counts().min().unwrap_or(usize::MAX), counts().sum::<usize>())
            };
            let next = (0..waiting.len()).min_by_key(|at| waiting.get(*at).map(share)).unwrap_or(0);
            let pair = waiting.remove(next);
            turns.extend(pair.members.get(round));
            for party in &pair.parties {
                *told.entry(*party).or_default() += 1;
            }
        }
    }
    turns
}

/// How many stories of each kind a country takes part in.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Matrix {
    /// The kinds that occur, as headings.
    kinds: Vec<&'static str>,
    /// The countries, most weight first.
    rows: Vec<MatrixRow>,
    /// How many countries more there are.
    more: usize,
    /// The same as lines of plain text.
    lines: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct MatrixRow {
    name: &'static str,
    /// One for each kind.
    cells: Vec<usize>,
}

/// The table of `alerts`; `None` where it would show nothing.
pub(super) fn matrix(alerts: &[&DueAlert]) -> Option<Matrix> {
    let mut counts: BTreeMap<Actor, (Score, BTreeMap<Kind, usize>)> = BTreeMap::new();
    for alert in alerts {
        let weight = lead(&alert.story).map_or(Score::ZERO, |said| said.score);
        let mut kinds: BTreeMap<Actor, BTreeSet<Kind>> = BTreeMap::new();
        for relation in &alert.story.relations {
            for actor in relation.actors().into_iter().filter(|actor| actor.is_party()) {
                kinds.entry(actor).or_default().insert(relation.kind);
            }
        }
        for (actor, kinds) in kinds {
            let (sum, counts) = counts.entry(actor).or_default();
            *sum += weight;
            for kind in kinds {
                *counts.entry(kind).or_default() += 1;
            }
        }
    }
    if counts.is_empty() {
        return None;
    }
    let kinds: Vec<Kind> = Kind::ALL
        .iter()
        .copied()
        .filter(|kind| counts.values().any(|(_, counts)| counts.contains_key(kind)))
        .collect();
    let mut countries: Vec<_> = counts.into_iter().collect();
    countries.sort_by_key(|(_, (weight, _))| Reverse(*weight));
    let more = countries.len().saturating_sub(MAX_ROWS);
    let rows: Vec<MatrixRow> = countries
        .into_iter()
        .take(MAX_ROWS)
        .map(|(actor, (_, counts))| MatrixRow {
            name: actor.name(),
            cells: kinds.iter().map(|kind| counts.get(kind).copied().unwrap_or(0)).collect(),
        })
        .collect();
    let kinds: Vec<_> = kinds.into_iter().map(kind_title).collect();
    Some(Matrix { lines: lines(&kinds, &rows), kinds, rows, more })
}

/// The table as aligned text; a dot where a country takes part in nothing of the kind.
fn lines(kinds: &[&str], rows: &[MatrixRow]) -> Vec<String> {
    let widest = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    let line = |name: &str, cells: &[String]| {
        let mut line = format!("{name:widest$}");
        for (cell, kind) in cells.iter().zip(kinds) {
            // No count of stories is wider than the shortest kind.
            let width = kind.len() + 2;
            // Writing into a String cannot fail.
            let _ = write!(line, "{cell:>width$}");
        }
        line
    };
    let head: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let count = |count: &usize| if *count == 0 { "·".to_owned() } else { count.to_string() };
    std::iter::once(line("", &head))
        .chain(rows.iter().map(|row| line(row.name, &row.cells.iter().map(count).collect::<Vec<_>>())))
        .collect()
}
