//! Score: how far judgements agree with labels.
//!
//! Owns: what counts as right, and how sure a share is. Calls: `domain`. Pure.
//!
//! The rules: an item that is borderline for a kind counts neither way. Countries count where the item
//! is about either kind and the label names some; those that may be named count neither way. A pair is
//! right when kind and both parties agree, for sanctions in their direction; one with an untold side
//! ("?") is not asked for. Pairs count against precision only where the label states some.

use crate::domain::{Actor, Assessment, Kind, Label, Pair, Relation, Truth};
use std::collections::BTreeSet;

/// Whether an assessment reports a kind.
#[must_use]
pub fn reported(assessment: &Assessment, kind: Kind) -> bool {
    if kind == Kind::Alliance { assessment.alliance.reported } else { assessment.sanctions.reported }
}

/// The pairs that an assessment states.
#[must_use]
pub fn stated(assessment: &Assessment) -> BTreeSet<Pair> {
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
pub struct Share {
    /// How many of them.
    pub part: u32,
    /// Of how many.
    pub whole: u32,
}

impl Share {
    fn new(part: u32, rest: u32) -> Self {
        Self { part, whole: part + rest }
    }

    /// As a number; `None` where the whole is nothing.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.whole > 0).then(|| f64::from(self.part) / f64::from(self.whole))
    }

    /// The interval that holds the true share in 95 of 100 samples like this one (Wilson's).
    #[must_use]
    pub fn interval(self) -> Option<(f64, f64)> {
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
pub struct Tally {
    /// True, and said.
    pub hit: u32,
    /// True, and not said.
    pub missed: u32,
    /// Said, and not true.
    pub wrong: u32,
}

impl Tally {
    /// Counts an item; one that is borderline counts neither way.
    pub fn count(&mut self, truth: Truth, said: bool) {
        match (truth, said) {
            (Truth::Yes, true) => self.hit += 1,
            (Truth::Yes, false) => self.missed += 1,
            (Truth::No, true) => self.wrong += 1,
            (Truth::No, false) | (Truth::Borderline, _) => {}
        }
    }

    /// The harmonic mean of precision and recall; `None` where nothing was counted.
    #[must_use]
    pub fn f1(self) -> Option<f64> {
        let whole = 2 * self.hit + self.wrong + self.missed;
        (whole > 0).then(|| f64::from(2 * self.hit) / f64::from(whole))
    }

    /// How much of what was said is true.
    #[must_use]
    pub fn precision(self) -> Share {
        Share::new(self.hit, self.wrong)
    }

    /// How much of what is true was said.
    #[must_use]
    pub fn recall(self) -> Share {
        Share::new(self.hit, self.missed)
    }
}

/// The counts over some items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many items.
    pub items: u32,
    /// Which are about sanctions.
    pub sanctions: Tally,
    /// Which are about an alliance.
    pub alliance: Tally,
    /// Who takes part in them.
    pub countries: Tally,
    /// Of the stated pairs of items whose label states some: those that are right.
    pub pair_precision: Share,
    /// Of the pairs asked for: those stated.
    pub pair_recall: Share,
    /// Of the pairs asked for: sanctions stated only the other way round.
    pub reversed: Share,
}

impl Counts {
    /// Counts one item.
    pub fn add(&mut self, label: &Label, assessment: &Assessment) {
        self.items += 1;
        for (kind, tally) in [(Kind::Sanctions, &mut self.sanctions), (Kind::Alliance, &mut self.alliance)] {
            tally.count(label.of(kind), reported(assessment, kind));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Action, KindResult, Modality, Named, Score};
    use serde_json::{Value, json};

    fn actors(codes: &str) -> BTreeSet<Actor> {
        codes.split_whitespace().map(|code| code.parse().expect("a code")).collect()
    }

    fn relation(kind: Kind, from: &str, to: &str, between: &str) -> Relation {
        Relation {
            kind,
            action: Action::Impose,
            from: actors(from),
            to: actors(to),
            by: BTreeSet::new(),
            between: actors(between),
            also: BTreeSet::new(),
            modality: Modality::Fact,
            score: Score::ZERO,
            evidence: Vec::new(),
        }
    }

    fn assessment(reported: &[Kind], countries: &str, relations: Vec<Relation>) -> Assessment {
        let result = |kind| KindResult { reported: reported.contains(&kind), score: Score::ZERO };
        Assessment {
            lang: None,
            sanctions: result(Kind::Sanctions),
            alliance: result(Kind::Alliance),
            countries: actors(countries),
            named: Named::default(),
            relations,
            unreported: None,
        }
    }

    fn counted(items: Vec<(Value, Assessment)>) -> Counts {
        let mut counts = Counts::default();
        for (label, assessment) in items {
            counts.add(&serde_json::from_value::<Label>(label).expect("a label"), &assessment);
        }
        counts
    }

    #[test]
    fn every_rule_of_counting_gives_its_known_share() {
        let counts = counted(vec![
            // "United States sanctions Iran": all right.
            (
                json!({"sanctions": 2, "alliance": 0, "countries": ["US", "IR"],
                    "pairs": [["sanctions", "US", "IR"]]}),
                assessment(&[Kind::Sanctions], "US IR", vec![relation(Kind::Sanctions, "US", "IR", "")]),
            ),
            // The right countries, the wrong way round.
            (
                json!({"sanctions": 2, "alliance": 0, "countries": ["EU", "RU"],
                    "pairs": [["sanctions", "EU", "RU"]]}),
                assessment(&[Kind::Sanctions], "EU RU", vec![relation(Kind::Sanctions, "RU", "EU", "")]),
            ),
            // Borderline for sanctions; what may be named counts neither way.
            (
                json!({"sanctions": 1, "alliance": 2, "countries": ["BY"], "countries_maybe": ["CN"],
                    "pairs": [["alliance", "BY", "IR"]], "pairs_maybe": [["alliance", "BY", "CN"]]}),
                assessment(
                    &[Kind::Sanctions],
                    "BY CN KP",
                    vec![relation(Kind::Alliance, "", "", "BY CN IR")],
                ),
            ),
            // About neither kind: its countries and pairs are not asked for.
            (
                json!({"sanctions": 0, "alliance": 0}),
                assessment(&[Kind::Alliance], "DE", vec![relation(Kind::Alliance, "DE", "FR", "")]),
            ),
            // Nothing seen; the untold sender makes no pair to ask for.
            (
                json!({"sanctions": 2, "alliance": 0, "countries": ["SY"], "pairs": [["sanctions", "?", "SY"]]}),
                assessment(&[], "", Vec::new()),
            ),
            // No pairs in the label: those stated are not counted as wrong.
            (
                json!({"sanctions": 0, "alliance": 2, "countries": ["FI"]}),
                assessment(&[Kind::Alliance], "FI SE", vec![relation(Kind::Alliance, "", "", "FI SE")]),
            ),
        ]);
        let expected = Counts {
            items: 6,
            sanctions: Tally { hit: 2, missed: 1, wrong: 0 },
            alliance: Tally { hit: 1, missed: 1, wrong: 1 },
            countries: Tally { hit: 6, missed: 1, wrong: 2 },
            pair_precision: Share { part: 2, whole: 4 },
            pair_recall: Share { part: 2, whole: 3 },
            reversed: Share { part: 1, whole: 3 },
        };
        assert_eq!(counts, expected);
        assert_eq!(counts.sanctions.recall(), Share { part: 2, whole: 3 });
        assert_eq!(counts.countries.precision(), Share { part: 6, whole: 8 });
    }

    #[test]
    fn allies_are_paired_when_only_giver_and_taker_are_told() {
        let said = assessment(&[], "", vec![relation(Kind::Alliance, "RU", "IR", "")]);
        let pair = ("alliance".to_owned(), "IR".to_owned(), "RU".to_owned());
        assert_eq!(stated(&said), BTreeSet::from([pair]));
    }

    #[test]
    fn shares_know_how_sure_they_are() {
        let within = |share: Share, low: f64, high: f64| {
            let (got_low, got_high) = share.interval().expect("an interval");
            assert!((got_low - low).abs() < 5e-4 && (got_high - high).abs() < 5e-4, "{got_low} {got_high}");
        };
        within(Share { part: 8, whole: 10 }, 0.490, 0.943);
        within(Share { part: 0, whole: 20 }, 0.0, 0.161);
        within(Share { part: 20, whole: 20 }, 0.839, 1.0);
        assert_eq!(Share::default().interval(), None);
        assert_eq!(Share::default().value(), None);
    }
}
