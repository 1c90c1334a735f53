//! Saying: what the analyst's word on an item is, as a label.

use crate::domain::{Actor, Kind, Label, Relation, Truth, Verdict};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// What the analyst adds to a word, where they wish.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Added {
    /// Of which kind it is.
    pub kind: Option<Kind>,
    /// Who takes part.
    pub countries: BTreeSet<Actor>,
}

/// What an item came nearest to of all that labels know of; `None` where it says nothing of that.
#[must_use]
pub fn nearest_relation(relations: &[Relation]) -> Option<&Relation> {
    let known = relations.iter().filter(|relation| Label::KINDS.contains(&relation.kind));
    // Of equal ones the first.
    known.min_by_key(|relation| Reverse(relation.score))
}

/// What the program did with an item.
#[derive(Debug, Clone, Copy)]
pub enum Did<'r> {
    /// It told the item, for this.
    Told(&'r [Relation]),
    /// It did not. The item says this all the same, and was left out because nobody asks for it, or it was old, or
    /// muted: nothing where it was left out for what it says.
    NotTold(&'r [Relation]),
}

/// The label that a word makes of an item which says `relations`.
///
/// Rightly told is of the kinds that were told; of the others nobody has said anything. Wrongly told is of no kind, and
/// neither is what was rightly not told; but what it says without being asked for is left open. Wrongly not told is
/// missed. What was missed is of the kind that is added, else of that of the nearest relation, else of one that nobody
/// has said.
#[must_use]
pub fn label(verdict: Verdict, relations: &[Relation], did: Did<'_>, added: &Added) -> Label {
    let verdict = match (verdict, did) {
        (Verdict::Wrong, Did::NotTold(_)) => Verdict::Missed,
        (verdict, _) => verdict,
    };
    let codes = |actors: BTreeSet<Actor>| actors.iter().map(|actor| actor.code().to_owned()).collect();
    let best = nearest_relation(relations).filter(|_| verdict == Verdict::Missed);
    let says: Vec<&Relation> = match (verdict, did) {
        (Verdict::Right, Did::Told(says) | Did::NotTold(says)) => says.iter().collect(),
        (Verdict::Wrong, _) => Vec::new(),
        (Verdict::Missed, _) => best.into_iter().collect(),
    };
    let kinds: BTreeSet<Kind> = match added.kind.filter(|_| verdict == Verdict::Missed) {
        Some(kind) => BTreeSet::from([kind]),
        None => says.iter().map(|relation| relation.kind).collect(),
    };
    let (meant, others) = match (verdict, did) {
        (Verdict::Right, Did::Told(_)) | (Verdict::Missed, _) => (Truth::Yes, Truth::Borderline),
        (Verdict::Right, Did::NotTold(_)) => (Truth::Borderline, Truth::No),
        (Verdict::Wrong, _) => (Truth::No, Truth::No),
    };
    let of = |kind| if kinds.contains(&kind) { meant } else { others };
    let parties: BTreeSet<Actor> = says.iter().flat_map(|relation| relation.parties()).collect();
    let also: BTreeSet<Actor> = says.iter().flat_map(|relation| relation.also.iter().copied()).collect();
    let (countries, maybe) = match (verdict, did) {
        (Verdict::Missed, _) if !added.countries.is_empty() => (added.countries.clone(), BTreeSet::new()),
        (Verdict::Right, Did::Told(_)) | (Verdict::Wrong, _) => (parties, also),
        // Nobody has said that the program found the right ones.
        (Verdict::Missed, _) | (Verdict::Right, Did::NotTold(_)) => {
            (BTreeSet::new(), parties.union(&also).copied().collect())
        }
    };
    Label {
        sanctions: of(Kind::Sanctions),
        alliance: of(Kind::Alliance),
        countries: codes(countries),
        countries_maybe: codes(maybe),
        verdict: Some(verdict),
        ..Label::default()
    }
}
