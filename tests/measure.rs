//! The counting behind `examples/measure`: each rule of it on items of our own, with known totals.

#![allow(clippy::expect_used, reason = "a test stops at the first surprise, in its helpers as well")]

#[path = "../examples/measure/score.rs"]
mod score;

use sanctionwatch::domain::{Action, Actor, Assessment, Kind, KindResult, Modality, Named, Relation, Score};
use score::{Counts, Label, Share, Tally};
use serde_json::{Value, json};
use std::collections::BTreeSet;

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
            assessment(&[Kind::Sanctions], "BY CN KP", vec![relation(Kind::Alliance, "", "", "BY CN IR")]),
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
    assert_eq!(score::stated(&said), BTreeSet::from([pair]));
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
