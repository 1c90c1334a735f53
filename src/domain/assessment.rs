//! Assessments: an item's relations, scores and evidence.

use super::{Actor, DropReason, Language, Relation, Score};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One kind's verdict: whether its strongest relation reached the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KindResult {
    /// The score reached the kind's threshold.
    pub reported: bool,
    /// The score of the kind's strongest relation; zero where there is none.
    pub score: Score,
}

/// The cleaned fields that byte offsets in evidence refer to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CleanText {
    /// The headline.
    pub title: String,
    /// The summary; empty where there is none.
    pub summary: String,
    /// The body, as much of it as was read; empty where there is none.
    pub body: String,
}

/// Whom an item names, whether or not they take part in anything: each field's actors in the order in
/// which they are named first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Named {
    /// In the headline.
    pub title: Vec<Actor>,
    /// In the summary and not in the headline.
    pub summary: Vec<Actor>,
}

/// What an item says about its actors, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// The language it was read in; `None` where none could be told.
    pub lang: Option<Language>,
    /// The verdict on sanctions.
    pub sanctions: KindResult,
    /// The verdict on alliances.
    pub alliance: KindResult,
    /// The actors that take part in a relation.
    pub countries: BTreeSet<Actor>,
    /// Whom it names.
    #[serde(default)]
    pub named: Named,
    /// Strongest first within their kind; sanctions before alliances.
    pub relations: Vec<Relation>,
    /// Why nobody is told: no kind was reported, or none that concerns anybody; `None` where one was.
    pub unreported: Option<DropReason>,
}
