//! Matching: which watches ask for a relation, and to whom that owes an alert.

use crate::domain::{Relation, Score, Subscriber, SubscriberKey, Watch, WatchName};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::once_with;

/// Whether a watch asks for one of these relations.
///
/// `reported` says whether a relation reached its kind's own threshold; a watch with a threshold of
/// its own is asked instead.
#[must_use]
pub fn matches(watch: &Watch, relations: &[Relation], reported: impl Fn(&Relation) -> bool) -> bool {
    relations.iter().any(|relation| mismatches(watch, relation, &reported).next().is_none())
}

/// Why a watch does not ask for a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mismatch {
    /// The relation is of a kind that the watch does not name.
    Kind,
    /// Its action is none of those that the watch names.
    Action,
    /// Its score is below the watch's threshold, or the kind's where the watch has none.
    Score,
    /// None of the watch's countries takes part.
    Countries,
    /// One of the watch's countries takes part, but none of its partners does as another party.
    Partners,
}

/// Everything for which a watch does not ask for a relation; nothing where it asks.
pub fn mismatches(
    watch: &Watch,
    relation: &Relation,
    reported: impl Fn(&Relation) -> bool,
) -> impl Iterator<Item = Mismatch> {
    let kind = watch.kinds.contains(&relation.kind);
    let action = watch.actions.is_empty() || watch.actions.contains(&relation.action);
    let score = watch.threshold.map_or_else(|| reported(relation), |least: Score| relation.score >= least);
    [(kind, Mismatch::Kind), (action, Mismatch::Action), (score, Mismatch::Score)]
        .into_iter()
        .filter_map(|(fits, mismatch)| (!fits).then_some(mismatch))
        .chain(once_with(|| stranger(watch, relation)).flatten())
}

/// Who is missing: the watch's countries, or, where the watch names partners too, one of those as
/// another party.
fn stranger(watch: &Watch, relation: &Relation) -> Option<Mismatch> {
    let actors = relation.actors();
    let mut ours = actors.iter().filter(|actor| watch.countries.contains(actor)).peekable();
    if ours.peek().is_none() {
        return Some(Mismatch::Countries);
    }
    let partnered = watch.with.is_empty()
        || ours.any(|first| actors.iter().any(|second| second != first && watch.with.contains(second)));
    (!partnered).then_some(Mismatch::Partners)
}

/// To whom these matching watches owe an alert, and for which of them. The journal is owed every
/// match.
#[must_use]
pub fn owed(
    matching: &BTreeSet<WatchName>,
    subscribers: &[Subscriber],
) -> BTreeMap<SubscriberKey, BTreeSet<WatchName>> {
    let mut owed = BTreeMap::new();
    if matching.is_empty() {
        return owed;
    }
    owed.insert(SubscriberKey::Journal, matching.clone());
    for subscriber in subscribers {
        let watches: BTreeSet<WatchName> = subscriber.watches.intersection(matching).cloned().collect();
        if !watches.is_empty() {
            owed.insert(subscriber.key.clone(), watches);
        }
    }
    owed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Action, Actor, Kind, Modality};
    use rstest::rstest;

    fn set(codes: &[&str]) -> BTreeSet<Actor> {
        codes.iter().map(|code| code.parse().expect("a code")).collect()
    }

    fn relation(from: &[&str], to: &[&str], by: &[&str], score: f64) -> Relation {
        Relation {
            kind: Kind::Sanctions,
            action: Action::Counter,
            from: set(from),
            to: set(to),
            by: set(by),
            between: BTreeSet::new(),
            also: BTreeSet::new(),
            modality: Modality::Fact,
            score: Score::from_points(score),
            evidence: Vec::new(),
        }
    }

    fn watch(countries: &[&str], with: &[&str]) -> Watch {
        Watch {
            name: WatchName::new("Watch").expect("a name"),
            countries: set(countries),
            with: set(with),
            kinds: BTreeSet::from([Kind::Sanctions]),
            actions: BTreeSet::new(),
            threshold: None,
        }
    }

    #[rstest]
    #[case::target(watch(&["IR"], &[]), true)]
    #[case::opponent_takes_part_too(watch(&["BY"], &[]), true)]
    #[case::not_concerned(watch(&["CU"], &[]), false)]
    #[case::pair(watch(&["IR"], &["US"]), true)]
    #[case::pair_needs_two_parties(watch(&["IR"], &["IR"]), false)]
    #[case::pair_of_the_same_group(watch(&["IR", "BY"], &["IR", "BY"]), true)]
    #[case::another_kind(Watch { kinds: BTreeSet::from([Kind::Alliance]), ..watch(&["IR"], &[]) }, false)]
    #[case::action(Watch { actions: BTreeSet::from([Action::Counter]), ..watch(&["IR"], &[]) }, true)]
    #[case::another_action(Watch { actions: BTreeSet::from([Action::Ease]), ..watch(&["IR"], &[]) }, false)]
    #[case::lower_threshold_of_its_own(Watch { threshold: Some(Score::from_points(2.0)), ..watch(&["IR"], &[]) }, true)]
    #[case::higher_threshold_of_its_own(Watch { threshold: Some(Score::from_points(4.5)), ..watch(&["IR"], &[]) }, false)]
    fn asks(#[case] watch: Watch, #[case] expected: bool) {
        let relations = [relation(&["US"], &["IR"], &["BY", "IR"], 4.0)];
        let standard = |relation: &Relation| relation.score >= Score::from_points(3.0);
        assert_eq!(matches(&watch, &relations, standard), expected);
    }

    #[rstest]
    #[case::asks(watch(&["IR"], &[]), &[])]
    #[case::countries(watch(&["CU"], &["US"]), &[Mismatch::Countries])]
    #[case::partners(watch(&["IR"], &["CU"]), &[Mismatch::Partners])]
    #[case::all_that_differs(
        Watch {
            kinds: BTreeSet::from([Kind::Alliance]),
            actions: BTreeSet::from([Action::Sign]),
            threshold: Some(Score::from_points(4.5)),
            ..watch(&["CU"], &[])
        },
        &[Mismatch::Kind, Mismatch::Action, Mismatch::Score, Mismatch::Countries]
    )]
    fn says_why_not(#[case] watch: Watch, #[case] expected: &[Mismatch]) {
        let relation = relation(&["US"], &["IR"], &["BY", "IR"], 4.0);
        assert_eq!(mismatches(&watch, &relation, |_| true).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_journal_is_owed_every_match_and_a_subscriber_only_their_own() {
        let name = |text: &str| WatchName::new(text).expect("a name");
        let reader = |address: &str, watches: &[&str]| Subscriber {
            key: SubscriberKey::Mail(address.parse().expect("an address")),
            watches: watches.iter().map(|text| name(text)).collect(),
            deliver: crate::domain::DeliverWhen::AtOnce,
            time_zone: jiff::tz::TimeZone::UTC,
        };
        let subscribers = [reader("a@example.org", &["Iran", "Cuba"]), reader("b@example.org", &["Cuba"])];
        let owed = owed(&BTreeSet::from([name("Iran"), name("Belarus")]), &subscribers);
        assert_eq!(owed.len(), 2);
        assert_eq!(owed[&SubscriberKey::Journal].len(), 2);
        assert_eq!(owed[&subscribers[0].key], BTreeSet::from([name("Iran")]));
        assert!(super::owed(&BTreeSet::new(), &subscribers).is_empty());
    }
}
