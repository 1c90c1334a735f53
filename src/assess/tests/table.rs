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
