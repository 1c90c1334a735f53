//! Roles: what a story says, by the vote of its items.
//!
//! Owns: which relations are agreed on. Calls: `domain`. Pure. A headline is read wrongly now and then;
//! what one of six says and the others do not is not what the story says.

use crate::domain::{Action, Actor, Kind, Modality, Relation};
use std::collections::{BTreeMap, BTreeSet};

/// One of so many items must tell a relation.
const ONE_OF: usize = 3;

/// Kind, and who with whom.
type Roles = (Kind, BTreeSet<Actor>, BTreeSet<Actor>);

/// The relations that enough of a story's items tell, the strongest first within their kind. Of each the
/// action and modality that most tell, as the item says them that is surest of it.
#[must_use]
pub fn agreed(items: &[Vec<Relation>]) -> Vec<Relation> {
    let mut told: BTreeMap<Roles, Vec<&Relation>> = BTreeMap::new();
    for relations in items {
        let mut roles_here = BTreeSet::new();
        for relation in relations {
            let roles = roles(relation);
            if roles_here.insert(roles.clone()) {
                told.entry(roles).or_default().push(relation);
            }
        }
    }
    let enough = items.len().div_ceil(ONE_OF);
    let enough_tell = |told: &Vec<&Relation>| told.len() >= enough;
    let mut voted: Vec<(usize, Relation)> = told
        .into_values()
        .filter(enough_tell)
        .filter_map(|told| Some((told.len(), said_by_most(&told)?)))
        .collect();
    // One item names one of the two who answer, another both: that is said once.
    voted.sort_by_key(|(votes, relation)| std::cmp::Reverse((*votes, relation.actors().len())));
    let mut agreed: Vec<Relation> = Vec::new();
    for (_, relation) in voted {
        if !agreed.iter().any(|known| is_within(&relation, known) || is_within(known, &relation)) {
            agreed.push(relation);
        }
    }
    // Where no two agree, the first item tells the story.
    if agreed.is_empty() {
        agreed = items.first().cloned().unwrap_or_default();
    }
    agreed.sort_by(|left, right| left.kind.cmp(&right.kind).then(right.score.cmp(&left.score)));
    agreed
}

/// Whether a relation says nothing that another one does not.
fn is_within(one: &Relation, other: &Relation) -> bool {
    (one.kind, one.action) == (other.kind, other.action)
        && one.from.is_subset(&other.from)
        && one.to.is_subset(&other.to)
        && one.between.is_subset(&other.between)
}

fn roles(relation: &Relation) -> Roles {
    match relation.kind {
        Kind::Alliance => (relation.kind, relation.between.clone(), BTreeSet::new()),
        _ => (relation.kind, relation.from.clone(), relation.to.clone()),
    }
}

/// The relation with the action and modality that most have, by the item that is surest.
fn said_by_most(told: &[&Relation]) -> Option<Relation> {
    let mut votes: BTreeMap<(Action, Modality), usize> = BTreeMap::new();
    for relation in told {
        *votes.entry((relation.action, relation.modality)).or_default() += 1;
    }
    let most = votes.values().copied().max()?;
    let winners = told.iter().filter(|one| votes.get(&(one.action, one.modality)) == Some(&most));
    winners.max_by_key(|one| one.score).map(|one| (*one).clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Score;

    fn relation(action: Action, from: &str, to: &str, points: f64) -> Relation {
        let set = |codes: &str| codes.split_whitespace().map(|code| code.parse().unwrap()).collect();
        Relation {
            kind: action.usual_kind(),
            action,
            from: set(from),
            to: set(to),
            by: BTreeSet::new(),
            between: BTreeSet::new(),
            also: BTreeSet::new(),
            modality: Modality::Fact,
            score: Score::from_points(points),
            evidence: Vec::new(),
        }
    }

    fn written(items: &[Vec<Relation>]) -> Vec<String> {
        let one = |relation: &Relation| format!("{} {:?}>{:?}", relation.action, relation.from, relation.to);
        agreed(items).iter().map(one).collect()
    }

    #[test]
    fn what_one_of_many_says_is_outvoted() {
        let right = || vec![relation(Action::Impose, "US", "IR", 5.0)];
        let wrong = || vec![relation(Action::Impose, "IR", "US", 9.0)];
        assert_eq!(written(&[right()]), ["impose {US}>{IR}"]);
        assert_eq!(written(&[right(), right(), right(), wrong()]), ["impose {US}>{IR}"]);
        assert_eq!(written(&[right(), wrong()]), ["impose {IR}>{US}", "impose {US}>{IR}"]);
    }

    #[test]
    fn of_actions_the_commonest_is_told_as_who_is_surest_says_it() {
        let items = [
            vec![relation(Action::Ease, "US", "IR", 9.0)],
            vec![relation(Action::Impose, "US", "IR", 4.0)],
            vec![relation(Action::Impose, "US", "IR", 5.0)],
        ];
        assert_eq!(written(&items), ["impose {US}>{IR}"]);
        assert_eq!(agreed(&items)[0].score, Score::from_points(5.0));
    }

    #[test]
    fn what_is_within_another_is_said_once() {
        let both = vec![relation(Action::Counter, "US", "BY IR", 5.0)];
        let one = vec![relation(Action::Counter, "US", "IR", 6.0)];
        assert_eq!(written(&[one.clone(), both.clone()]), ["counter {US}>{BY, IR}"]);
        assert_eq!(written(&[one.clone(), both, one]), ["counter {US}>{IR}"]);
    }

    #[test]
    fn where_no_two_agree_the_first_tells_the_story() {
        let items: Vec<Vec<Relation>> =
            ["IR", "RU", "CU", "SY"].map(|to| vec![relation(Action::Impose, "US", to, 4.0)]).into();
        assert_eq!(written(&items), ["impose {US}>{IR}"]);
        assert_eq!(agreed(&[]), []);
    }
}
