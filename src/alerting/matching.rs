//! Matching: which watches ask for a relation, and to whom that owes an alert.

use super::words;
use crate::domain::{
    Actor, Direction, Relation, Score, SourceName, Subscriber, SubscriberKey, Watch, WatchName,
};
use serde::Serialize;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::once_with;

/// What is told beside the relations, as far as watches ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Text<'a> {
    /// The headline.
    pub title: &'a str,
    /// The summary.
    pub summary: &'a str,
    /// Who tells it; `None` where nobody is known.
    pub source: Option<&'a SourceName>,
}

/// Whether a watch asks for one of these relations.
///
/// `reported` says whether a relation reached its kind's own threshold; a watch with a threshold of
/// its own is asked instead.
#[must_use]
pub fn matches(
    watch: &Watch,
    relations: &[Relation],
    text: Text<'_>,
    reported: impl Fn(&Relation) -> bool,
) -> bool {
    let asks = |relation| mismatches(watch, relation, &reported).next().is_none();
    relations.iter().any(asks) && text_mismatches(watch, text).next().is_none()
}

/// Why a watch does not ask for a relation, or for what is told with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mismatch {
    /// The relation is of a kind that the watch does not name.
    Kind,
    /// Its action is none of those that the watch names.
    Action,
    /// Its modality is none of those that the watch names.
    Modality,
    /// Its score is below the watch's threshold, or the kind's where the watch has none.
    Score,
    /// None of the watch's countries takes part.
    Countries,
    /// One of the watch's countries takes part, but on the other side.
    Direction,
    /// One of the watch's countries takes part, but none of its partners does as another party.
    Partners,
    /// None of the watch's words is there.
    Words,
    /// One of the words is there that must not be.
    Without,
    /// It is told by none of the watch's sources.
    Source,
}

/// Everything for which a watch does not ask for a relation; nothing where it asks.
pub fn mismatches(
    watch: &Watch,
    relation: &Relation,
    reported: impl Fn(&Relation) -> bool,
) -> impl Iterator<Item = Mismatch> {
    let kind = watch.kinds.contains(&relation.kind);
    let action = watch.actions.is_empty() || watch.actions.contains(&relation.action);
    let modality = watch.modalities.contains(&relation.modality);
    let score = watch.threshold.map_or_else(|| reported(relation), |least: Score| relation.score >= least);
    [
        (kind, Mismatch::Kind),
        (action, Mismatch::Action),
        (modality, Mismatch::Modality),
        (score, Mismatch::Score),
    ]
    .into_iter()
    .filter_map(|(fits, mismatch)| (!fits).then_some(mismatch))
    .chain(once_with(|| stranger(watch, relation)).flatten())
}

/// Everything for which a watch does not ask for what is told with a relation.
pub fn text_mismatches(watch: &Watch, text: Text<'_>) -> impl Iterator<Item = Mismatch> {
    // Read only where a watch names words, and then once.
    let told = LazyCell::new(|| words::told(text.title, text.summary));
    let words = watch.words.is_empty() || words::any(&watch.words, &told);
    let without = watch.without.is_empty() || !words::any(&watch.without, &told);
    let source = watch.sources.is_empty() || text.source.is_some_and(|source| watch.sources.contains(source));
    [(words, Mismatch::Words), (without, Mismatch::Without), (source, Mismatch::Source)]
        .into_iter()
        .filter_map(|(fits, mismatch)| (!fits).then_some(mismatch))
}

/// Who is missing: the watch's countries, on the side where it wants them, or, where the watch names
/// partners too, one of those as another party.
fn stranger(watch: &Watch, relation: &Relation) -> Option<Mismatch> {
    let actors = relation.actors();
    if actors.is_disjoint(&watch.countries) {
        return Some(Mismatch::Countries);
    }
    let side = match watch.direction {
        Direction::Any => None,
        Direction::Acting => Some(acting(relation)),
        Direction::Targeted => Some(targeted(relation)),
    };
    let ours: Vec<&Actor> = side.as_ref().unwrap_or(&actors).intersection(&watch.countries).collect();
    if ours.is_empty() {
        return Some(Mismatch::Direction);
    }
    let partner = |first: &Actor| actors.iter().any(|second| second != first && watch.with.contains(second));
    let partnered = watch.with.is_empty() || ours.into_iter().any(partner);
    (!partnered).then_some(Mismatch::Partners)
}

/// Who acts in a relation.
fn acting(relation: &Relation) -> BTreeSet<Actor> {
    if !relation.by.is_empty() {
        return relation.by.clone();
    }
    if relation.from.is_empty() { relation.between.clone() } else { relation.from.clone() }
}

/// Who is acted on.
fn targeted(relation: &Relation) -> BTreeSet<Actor> {
    if relation.to.is_empty() { relation.between.clone() } else { relation.to.clone() }
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
    use crate::domain::{Action, Kind, Modality};
    use rstest::rstest;

    fn set(codes: &[&str]) -> BTreeSet<Actor> {
        codes.iter().map(|code| code.parse().expect("a code")).collect()
    }

    fn words(written: &[&str]) -> BTreeSet<crate::domain::WatchWord> {
        written.iter().map(|word| word.parse().expect("a word")).collect()
    }

    fn sources(names: &[&str]) -> BTreeSet<SourceName> {
        names.iter().map(|name| SourceName::new(name).expect("a name")).collect()
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
            modalities: Modality::ALL.iter().copied().collect(),
            direction: Direction::Any,
            words: BTreeSet::new(),
            without: BTreeSet::new(),
            sources: BTreeSet::new(),
            full_text: false,
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
    #[case::modality(Watch { modalities: BTreeSet::from([Modality::Planned]), ..watch(&["IR"], &[]) }, false)]
    #[case::who_opposes_acts(Watch { direction: Direction::Acting, ..watch(&["BY"], &[]) }, true)]
    #[case::whose_are_opposed_does_not(Watch { direction: Direction::Acting, ..watch(&["US"], &[]) }, false)]
    #[case::targeted(Watch { direction: Direction::Targeted, ..watch(&["IR"], &["US"]) }, true)]
    #[case::not_targeted(Watch { direction: Direction::Targeted, ..watch(&["US", "BY"], &[]) }, false)]
    #[case::a_word(Watch { words: words(&["cuba", "oil sale*"]), ..watch(&["IR"], &[]) }, true)]
    #[case::no_word(Watch { words: words(&["uranium"]), ..watch(&["IR"], &[]) }, false)]
    #[case::a_word_too_many(Watch { without: words(&["football", "tankers"]), ..watch(&["IR"], &[]) }, false)]
    #[case::source(Watch { sources: sources(&["Meridian"]), ..watch(&["IR"], &[]) }, true)]
    #[case::another_source(Watch { sources: sources(&["Courier"]), ..watch(&["IR"], &[]) }, false)]
    #[case::lower_threshold_of_its_own(Watch { threshold: Some(Score::from_points(2.0)), ..watch(&["IR"], &[]) }, true)]
    #[case::higher_threshold_of_its_own(Watch { threshold: Some(Score::from_points(4.5)), ..watch(&["IR"], &[]) }, false)]
    fn asks(#[case] watch: Watch, #[case] expected: bool) {
        let relations = [relation(&["US"], &["IR"], &["BY", "IR"], 4.0)];
        let standard = |relation: &Relation| relation.score >= Score::from_points(3.0);
        let meridian = SourceName::new("Meridian").expect("a name");
        let text = Text {
            title: "Iran and Belarus denounce US sanctions",
            summary: "They hit oil sales and tankers.",
            source: Some(&meridian),
        };
        assert_eq!(matches(&watch, &relations, text, standard), expected);
    }

    #[rstest]
    #[case::asks(watch(&["IR"], &[]), &[])]
    #[case::countries(watch(&["CU"], &["US"]), &[Mismatch::Countries])]
    #[case::partners(watch(&["IR"], &["CU"]), &[Mismatch::Partners])]
    #[case::all_that_differs(
        Watch {
            kinds: BTreeSet::from([Kind::Alliance]),
            actions: BTreeSet::from([Action::Sign]),
            modalities: BTreeSet::from([Modality::Denied]),
            threshold: Some(Score::from_points(4.5)),
            ..watch(&["CU"], &[])
        },
        &[Mismatch::Kind, Mismatch::Action, Mismatch::Modality, Mismatch::Score, Mismatch::Countries]
    )]
    fn says_why_not(#[case] watch: Watch, #[case] expected: &[Mismatch]) {
        let relation = relation(&["US"], &["IR"], &["BY", "IR"], 4.0);
        assert_eq!(mismatches(&watch, &relation, |_| true).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_journal_is_owed_every_match_and_a_subscriber_only_their_own() {
        let name = |text: &str| WatchName::new(text).expect("a name");
        let reader = |address: &str, watches: &[&str]| {
            let key = SubscriberKey::Mail(address.parse().expect("an address"));
            Subscriber::usual(key, watches.iter().map(|text| name(text)).collect())
        };
        let subscribers = [reader("a@example.org", &["Iran", "Cuba"]), reader("b@example.org", &["Cuba"])];
        let owed = owed(&BTreeSet::from([name("Iran"), name("Belarus")]), &subscribers);
        assert_eq!(owed.len(), 2);
        assert_eq!(owed[&SubscriberKey::Journal].len(), 2);
        assert_eq!(owed[&subscribers[0].key], BTreeSet::from([name("Iran")]));
        assert!(super::owed(&BTreeSet::new(), &subscribers).is_empty());
    }
}
