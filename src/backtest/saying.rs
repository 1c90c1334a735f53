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

/// The label that a word makes of an item which says `relations`, of which `told` are told (none where the item was
/// not).
///
/// Rightly told is of the kinds that were told; of the others nobody has said anything. Wrongly told, and rightly not
/// told, is of no kind. What was missed is of the kind that is added, else of that of the nearest relation, else of
/// one that nobody has said.
#[must_use]
pub fn label(verdict: Verdict, relations: &[Relation], told: &[Relation], added: &Added) -> Label {
    let of = |kinds: &BTreeSet<Kind>, otherwise: Truth| {
        let truth = |kind| if kinds.contains(&kind) { Truth::Yes } else { otherwise };
        (truth(Kind::Sanctions), truth(Kind::Alliance))
    };
    let codes = |actors: BTreeSet<Actor>| actors.iter().map(|actor| actor.code().to_owned()).collect();
    let is_right = verdict == Verdict::Right && !told.is_empty();
    let (kinds, says): (BTreeSet<Kind>, Vec<&Relation>) = match verdict {
        Verdict::Right => (told.iter().map(|relation| relation.kind).collect(), told.iter().collect()),
        Verdict::Wrong => (BTreeSet::new(), Vec::new()),
        Verdict::Missed => {
            let best = nearest_relation(relations);
            let kind = added.kind.or(best.map(|relation| relation.kind));
            (kind.into_iter().collect(), best.into_iter().collect())
        }
    };
    let otherwise = if is_right || verdict == Verdict::Missed { Truth::Borderline } else { Truth::No };
    let (sanctions, alliance) = of(&kinds, otherwise);
    let parties: BTreeSet<Actor> = says.iter().flat_map(|relation| relation.parties()).collect();
    let also: BTreeSet<Actor> = says.iter().flat_map(|relation| relation.also.iter().copied()).collect();
    let (countries, maybe) = match verdict {
        Verdict::Missed if !added.countries.is_empty() => (added.countries.clone(), BTreeSet::new()),
        // Nobody has said that the program found the right ones.
        Verdict::Missed => (BTreeSet::new(), parties.union(&also).copied().collect()),
        Verdict::Right | Verdict::Wrong => (parties, also),
    };
    Label {
        sanctions,
        alliance,
        countries: codes(countries),
        countries_maybe: codes(maybe),
        verdict: Some(verdict),
        ..Label::default()
    }
}
