//! What the tables of headlines share: the shipped judgement and how a relation is written in a row.

use crate::assess::{Assessor, Input};
use crate::config::embedded_vocabulary;
use crate::domain::{Actor, Assessment, Kind, Language, Modality, Relation, Thresholds};
use std::collections::BTreeSet;
use std::sync::LazyLock;

pub(super) static ASSESSOR: LazyLock<Assessor> =
    LazyLock::new(|| Assessor::new(&embedded_vocabulary(), Thresholds::default()));

pub(super) fn assess(title: &str, summary: &str, body: &str) -> Assessment {
    let input = Input { title, summary, body, language: Some(Language::ENGLISH), ..Input::default() };
    ASSESSOR.assess(&input).0
}

pub(super) fn codes(actors: &BTreeSet<Actor>) -> String {
    actors.iter().map(|actor| actor.code()).collect::<Vec<_>>().join("+")
}

/// A relation as the tables write it: "impose US>IR", "counter US>IR by CN", "sign BY~IR", with the
/// modality where it is not a fact.
pub(super) fn written(relation: &Relation) -> String {
    let parties = if relation.kind == Kind::Alliance {
        relation.between.iter().map(|actor| actor.code()).collect::<Vec<_>>().join("~")
    } else {
        format!("{}>{}", codes(&relation.from), codes(&relation.to))
    };
    let by = if relation.by.is_empty() { String::new() } else { format!(" by {}", codes(&relation.by)) };
    let modality =
        if relation.modality == Modality::Fact { String::new() } else { format!(" {}", relation.modality) };
    format!("{} {parties}{by}{modality}", relation.action)
}

pub(super) fn reported(assessment: &Assessment, kind: Kind) -> Vec<String> {
    let threshold = Thresholds::default().of(kind).expect("a kind that is on");
    assessment.relations.iter().filter(|r| r.kind == kind && r.score >= threshold).map(written).collect()
}

/// A name, a headline and what must hold, apart by commas: "no sanctions", "no alliance", "sanctions
/// US>IR" and "alliance BY~IR" (each word of it must stand in a reported relation as it is written
/// here), "also IN" (takes part without a side), "not GE" (takes no part). A summary stands behind "||".
pub(super) type Row = (&'static str, &'static str, &'static str);

pub(super) fn judged(text: &str) -> Assessment {
    let (title, summary) = text.split_once(" || ").unwrap_or((text, ""));
    assess(title, summary, "")
}

/// What of a row's expectations does not hold.
pub(super) fn broken(expected: &str, assessment: &Assessment) -> Vec<String> {
    let holds = |demand: &str| {
        let (first, rest) = demand.split_once(' ').expect("two words");
        let of = |kind: &str| match kind {
            "sanctions" => reported(assessment, Kind::Sanctions),
            "alliance" => reported(assessment, Kind::Alliance),
            other => panic!("unknown kind {other}"),
        };
        match first {
            "no" => of(rest).is_empty(),
            "also" => assessment.relations.iter().any(|relation| codes(&relation.also) == rest),
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
pub(super) fn check(rows: &[Row]) {
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
