//! Corrections: whether an edit says the contrary of what was told.

use crate::domain::{Action, Actor, Kind, Relation};
use std::collections::BTreeSet;

/// Whether what a story says now clashes with what it said: another pair, the other direction, the
/// contrary act (imposed, eased), another stage (planned, done, denied). Only the strongest relation
/// of each kind is compared; details that are added or reworded are no correction.
#[must_use]
pub fn corrects(before: &[Relation], now: &[Relation]) -> bool {
    // What told of a pact and tells of nothing but sanctions is another thing.
    let strongest = before.iter().max_by_key(|relation| relation.score);
    let gone = |best: &Relation| !now.iter().any(|relation| relation.kind == best.kind);
    let other_kind = !now.is_empty() && strongest.is_some_and(gone);
    let of_kind = |relations: &'_ [Relation], kind| {
        let of_kind = relations.iter().filter(|relation| relation.kind == kind);
        of_kind.max_by_key(|relation| relation.score).cloned()
    };
    let clashes =
        |kind| of_kind(before, kind).zip(of_kind(now, kind)).is_some_and(|(old, new)| clash(&old, &new));
    other_kind || [Kind::Sanctions, Kind::Alliance].into_iter().any(clashes)
}

fn clash(before: &Relation, now: &Relation) -> bool {
    let apart = |one: &BTreeSet<Actor>, other: &BTreeSet<Actor>| {
        !one.is_empty() && !other.is_empty() && one.is_disjoint(other)
    };
    let eased = |relation: &Relation| relation.action == Action::Ease;
    apart(&before.from, &now.from)
        || apart(&before.to, &now.to)
        || !before.between.is_empty() && before.between.intersection(&now.between).count() < 2
        || eased(before) != eased(now)
        || before.action.is_weakening() != now.action.is_weakening()
        || before.modality.stage() != now.modality.stage()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Modality, Score};
    use rstest::rstest;

    fn set(codes: &str) -> BTreeSet<Actor> {
        codes.split_whitespace().map(|code| code.parse().expect("a code")).collect()
    }

    fn sanctions(action: Action, modality: Modality, from: &str, to: &str) -> Vec<Relation> {
        vec![Relation {
            kind: Kind::Sanctions,
            action,
            from: set(from),
            to: set(to),
            by: BTreeSet::new(),
            between: BTreeSet::new(),
            also: BTreeSet::new(),
            modality,
            score: Score::from_points(4.0),
            evidence: Vec::new(),
        }]
    }

    fn alliance(action: Action, between: &str) -> Vec<Relation> {
        let [mut relation] =
            <[Relation; 1]>::try_from(sanctions(action, Modality::Fact, "", "")).expect("one");
        relation.kind = Kind::Alliance;
        relation.between = set(between);
        vec![relation]
    }

    #[rstest]
    #[case::same(
        sanctions(Action::Impose, Modality::Fact, "US", "IR"),
        sanctions(Action::Tighten, Modality::Fact, "US", "IR"),
        false
    )]
    #[case::more_targets(
        sanctions(Action::Impose, Modality::Fact, "US", "IR"),
        sanctions(Action::Impose, Modality::Fact, "US", "IR RU"),
        false
    )]
    #[case::side_told_later(
        sanctions(Action::Impose, Modality::Fact, "", "IR"),
        sanctions(Action::Impose, Modality::Fact, "US", "IR"),
        false
    )]
    #[case::contrary(
        sanctions(Action::Impose, Modality::Fact, "US", "IR"),
        sanctions(Action::Ease, Modality::Fact, "US", "IR"),
        true
    )]
    #[case::direction(
        sanctions(Action::Impose, Modality::Fact, "GB", "RU"),
        sanctions(Action::Impose, Modality::Fact, "RU", "GB"),
        true
    )]
    #[case::stage(
        sanctions(Action::Impose, Modality::Planned, "US", "IR"),
        sanctions(Action::Impose, Modality::Fact, "US", "IR"),
        true
    )]
    #[case::denied(
        sanctions(Action::Impose, Modality::Fact, "US", "IR"),
        sanctions(Action::Impose, Modality::Denied, "US", "IR"),
        true
    )]
    #[case::pair(alliance(Action::Sign, "BY IR"), alliance(Action::Sign, "IR RU"), true)]
    #[case::third_party_joins(alliance(Action::Sign, "BY IR"), alliance(Action::Sign, "BY IR RU"), false)]
    #[case::broken(alliance(Action::Sign, "BY IR"), alliance(Action::Withdraw, "BY IR"), true)]
    #[case::nothing_left_to_compare(alliance(Action::Sign, "BY IR"), Vec::new(), false)]
    fn compares(#[case] before: Vec<Relation>, #[case] now: Vec<Relation>, #[case] expected: bool) {
        assert_eq!(corrects(&before, &now), expected);
    }
}
