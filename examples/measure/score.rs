//! Counts how far assessments agree with labels.
//!
//! The rules: an item that is borderline for a kind counts neither way. Countries count where the item
//! is about either kind and the label names some; those that may be named count neither way. A pair is
//! right when kind and both parties agree, for sanctions in their direction; one with an untold side
//! ("?") is not asked for. Pairs count against precision only where the label states some.

use sanctionwatch::domain::{Actor, Assessment, Kind, Relation};
use serde::Deserialize;
use std::collections::BTreeSet;

/// A kind and two parties: who sends and who is hit, or two allies in the order of their codes.
pub(crate) type Pair = (String, String, String);

/// What a reader says about an item: for each kind 0 (no), 1 (borderline) or 2 (yes).
#[derive(Debug, Deserialize)]
pub(crate) struct Label {
    pub(crate) sanctions: u8,
    pub(crate) alliance: u8,
    #[serde(default)]
    pub(crate) countries: BTreeSet<String>,
    #[serde(default)]
    pub(crate) countries_maybe: BTreeSet<String>,
    #[serde(default)]
    pairs: BTreeSet<Pair>,
    #[serde(default)]
    pairs_maybe: BTreeSet<Pair>,
}

impl Label {
    /// What the label says about a kind.
    pub(crate) fn of(&self, kind: Kind) -> u8 {
        if kind == Kind::Alliance { self.alliance } else { self.sanctions }
    }

    /// The pairs that are asked for.
    pub(crate) fn asked(&self) -> BTreeSet<Pair> {
        let told = |pair: &&Pair| pair.1 != "?" && pair.2 != "?";
        self.pairs.iter().filter(told).cloned().collect()
    }

    fn is_relevant(&self) -> bool {
        self.sanctions == YES || self.alliance == YES
    }
}

/// The label of an item that is about a kind.
pub(crate) const YES: u8 = 2;
/// The label of an item that is not.
pub(crate) const NO: u8 = 0;

/// Whether an assessment reports a kind.
pub(crate) fn reported(assessment: &Assessment, kind: Kind) -> bool {
    if kind == Kind::Alliance { assessment.alliance.reported } else { assessment.sanctions.reported }
}

/// The pairs that an assessment states.
pub(crate) fn stated(assessment: &Assessment) -> BTreeSet<Pair> {
    assessment.relations.iter().flat_map(pairs_of).collect()
}

fn pairs_of(relation: &Relation) -> Vec<Pair> {
    let pair = |left: &Actor, right: &Actor| {
        (relation.kind.as_str().to_owned(), left.code().to_owned(), right.code().to_owned())
    };
    match relation.kind {
        Kind::Sanctions => {
            let sides = relation.from.iter().flat_map(|from| relation.to.iter().map(move |to| (from, to)));
            sides.filter(|(from, to)| from != to).map(|(from, to)| pair(from, to)).collect()
        }
        Kind::Alliance => {
            let sides = || relation.from.union(&relation.to).copied().collect();
            let parties: BTreeSet<Actor> =
                if relation.between.is_empty() { sides() } else { relation.between.clone() };
            let pairs = parties.iter().flat_map(|left| parties.iter().map(move |right| (left, right)));
            pairs.filter(|(left, right)| left.code() < right.code()).map(|(l, r)| pair(l, r)).collect()
        }
        Kind::Tariff | Kind::Blockade => Vec::new(),
    }
}

/// A part of a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) part: u32,
    pub(crate) whole: u32,
}

impl Share {
    fn new(part: u32, rest: u32) -> Self {
        Self { part, whole: part + rest }
    }

    /// As a number; `None` where the whole is nothing.
    pub(crate) fn value(self) -> Option<f64> {
        (self.whole > 0).then(|| f64::from(self.part) / f64::from(self.whole))
    }

    /// The interval that holds the true share in 95 of 100 samples like this one (Wilson's).
    pub(crate) fn interval(self) -> Option<(f64, f64)> {
        const Z: f64 = 1.959_964;
        let value = self.value()?;
        let whole = f64::from(self.whole);
        let square = Z * Z / whole;
        let middle = value + square / 2.0;
        let spread = Z * (value * (1.0 - value) / whole + square / (4.0 * whole)).sqrt();
        let bound = |end: f64| (end / (1.0 + square)).clamp(0.0, 1.0);
        Some((bound(middle - spread), bound(middle + spread)))
    }
}

/// What was said against what is true.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) hit: u32,
    pub(crate) missed: u32,
    pub(crate) wrong: u32,
}

impl Tally {
    /// How much of what was said is true.
    pub(crate) fn precision(self) -> Share {
        Share::new(self.hit, self.wrong)
    }

    /// How much of what is true was said.
    pub(crate) fn recall(self) -> Share {
        Share::new(self.hit, self.missed)
    }
}

/// The counts over some items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) items: u32,
    pub(crate) sanctions: Tally,
    pub(crate) alliance: Tally,
    pub(crate) countries: Tally,
    /// Of the stated pairs of items whose label states some: those that are right.
    pub(crate) pair_precision: Share,
    /// Of the pairs asked for: those stated.
    pub(crate) pair_recall: Share,
    /// Of the pairs asked for: sanctions stated only the other way round.
    pub(crate) reversed: Share,
}

impl Counts {
    /// Counts one item.
    pub(crate) fn add(&mut self, label: &Label, assessment: &Assessment) {
        self.items += 1;
        for (kind, tally) in [(Kind::Sanctions, &mut self.sanctions), (Kind::Alliance, &mut self.alliance)] {
            match (label.of(kind), reported(assessment, kind)) {
                (YES, true) => tally.hit += 1,
                (YES, false) => tally.missed += 1,
                (NO, true) => tally.wrong += 1,
                _ => {}
            }
        }
        let named = !(label.countries.is_empty() && label.countries_maybe.is_empty());
        if label.is_relevant() && named {
            let got: BTreeSet<String> =
                assessment.countries.iter().map(|actor| actor.code().to_owned()).collect();
            self.countries.hit += count(got.intersection(&label.countries));
            self.countries.missed += count(label.countries.difference(&got));
            let wrong =
                got.difference(&label.countries).filter(|code| !label.countries_maybe.contains(*code));
            self.countries.wrong += count(wrong);
        }
        let (asked, got) = (label.asked(), stated(assessment));
        let right = count(asked.intersection(&got));
        self.pair_recall.part += right;
        self.pair_recall.whole += count(asked.iter());
        self.reversed.part += count(asked.difference(&got).filter(|pair| is_reversed(pair, &got)));
        self.reversed.whole += count(asked.iter());
        if label.is_relevant() && !asked.is_empty() {
            let loose = |pair: &&Pair| label.pairs_maybe.contains(*pair) && !asked.contains(*pair);
            self.pair_precision.part += right;
            self.pair_precision.whole += count(got.iter().filter(|pair| !loose(pair)));
        }
    }
}

/// Whether sanctions are stated the other way round.
fn is_reversed((kind, from, to): &Pair, got: &BTreeSet<Pair>) -> bool {
    kind == Kind::Sanctions.as_str() && got.contains(&(kind.clone(), to.clone(), from.clone()))
}

fn count<T>(of: impl Iterator<Item = T>) -> u32 {
    u32::try_from(of.count()).unwrap_or(u32::MAX)
}
