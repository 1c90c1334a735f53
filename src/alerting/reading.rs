//! Reading: of which items the article is worth reading before it is decided whom they are told.

use super::matching::{Text, matches, text_mismatches};
use crate::domain::{Actor, Assessment, DropReason, Relation, Watch};
use std::collections::BTreeSet;

/// So many states in a headline are news of them, whatever they do.
const MET: usize = 2;

/// Who asks for an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// Its source: for every watch.
    Source,
    /// Nobody but the watches that do so themselves.
    Watches,
}

/// Whether the article of an item is worth reading for one of the watches that it is asked for: the item will
/// be told to whom that watch serves, or the headline leaves it undecided and names whom the watch is about.
///
/// `told` are the item's relations that are told, and `reported` says which of them reached their kind's own
/// threshold.
#[must_use]
pub fn is_worth_reading(
    asking: Asking,
    watches: &[Watch],
    assessment: &Assessment,
    told: &[Relation],
    text: Text<'_>,
    reported: impl Fn(&Relation) -> bool,
) -> bool {
    watches
        .iter()
        .filter(|watch| asking == Asking::Source || watch.full_text)
        // An article does not change what the watch looks for in headline and summary.
        .filter(|watch| text_mismatches(watch, text).next().is_none())
        .any(|watch| {
            matches(watch, told, text, &reported) || told.is_empty() && may_concern(watch, assessment)
        })
}

/// Whether an item that reports nothing leaves open that it concerns a watch's countries.
fn may_concern(watch: &Watch, assessment: &Assessment) -> bool {
    let named = &assessment.named;
    let about = |actors: &mut dyn Iterator<Item = &Actor>| {
        let actors: BTreeSet<Actor> = actors.copied().collect();
        !actors.is_disjoint(&watch.countries)
    };
    match assessment.unreported {
        // A word of sanctions or alliances stands there, and nothing that is sure.
        Some(DropReason::BelowThreshold | DropReason::NoActor) => {
            about(&mut named.title.iter().chain(&named.summary))
        }
        // Nothing is said of what they do with each other; the article may.
        Some(DropReason::NoCue) => named.title.len() >= MET && about(&mut named.title.iter()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Action, Direction, Kind, KindResult, Modality, Named, Score, SourceName, WatchName};
    use rstest::rstest;

    fn actors(codes: &[&str]) -> Vec<Actor> {
        codes.iter().map(|code| code.parse().expect("a code")).collect()
    }

    fn watch(full_text: bool) -> Watch {
        Watch {
            name: WatchName::new("Watch").expect("a name"),
            countries: actors(&["IR"]).into_iter().collect(),
            with: BTreeSet::new(),
            kinds: BTreeSet::from([Kind::Sanctions]),
            actions: BTreeSet::new(),
            modalities: Modality::ALL.iter().copied().collect(),
            direction: Direction::Any,
            words: BTreeSet::new(),
            without: BTreeSet::new(),
            sources: BTreeSet::new(),
            full_text,
            threshold: None,
        }
    }

    fn relation(to: &[&str]) -> Relation {
        Relation {
            kind: Kind::Sanctions,
            action: Action::Impose,
            from: actors(&["US"]).into_iter().collect(),
            to: actors(to).into_iter().collect(),
            by: BTreeSet::new(),
            between: BTreeSet::new(),
            also: BTreeSet::new(),
            modality: Modality::Fact,
            score: Score::from_points(4.0),
            evidence: Vec::new(),
        }
    }

    fn assessment(unreported: Option<DropReason>, title: &[&str], summary: &[&str]) -> Assessment {
        Assessment {
            lang: None,
            sanctions: KindResult::default(),
            alliance: KindResult::default(),
            countries: BTreeSet::new(),
            named: Named { title: actors(title), summary: actors(summary) },
            relations: Vec::new(),
            unreported,
        }
    }

    #[rstest]
    #[case::will_be_told(Asking::Source, None, &["US", "IR"], &[], &["IR"], true)]
    #[case::is_told_to_nobody(Asking::Source, None, &["US", "RU"], &[], &["RU"], false)]
    #[case::is_told_of_others(Asking::Source, None, &["US", "IR"], &[], &["RU"], false)]
    #[case::undecided(Asking::Source, Some(DropReason::BelowThreshold), &["IR"], &[], &[], true)]
    #[case::undecided_in_the_summary(Asking::Source, Some(DropReason::NoActor), &[], &["IR"], &[], true)]
    #[case::undecided_of_others(Asking::Source, Some(DropReason::BelowThreshold), &["CU"], &[], &[], false)]
    #[case::two_meet(Asking::Source, Some(DropReason::NoCue), &["BY", "IR"], &[], &[], true)]
    #[case::one_alone(Asking::Source, Some(DropReason::NoCue), &["IR"], &["BY"], &[], false)]
    #[case::not_readable(Asking::Source, Some(DropReason::NoVocabulary), &["BY", "IR"], &[], &[], false)]
    #[case::nobody_asks(Asking::Watches, None, &["US", "IR"], &[], &["IR"], false)]
    fn decides(
        #[case] asking: Asking,
        #[case] unreported: Option<DropReason>,
        #[case] title: &[&str],
        #[case] summary: &[&str],
        #[case] told: &[&str],
        #[case] expected: bool,
    ) {
        let told: Vec<Relation> = if told.is_empty() { Vec::new() } else { vec![relation(told)] };
        let assessment = assessment(unreported, title, summary);
        let worth = is_worth_reading(asking, &[watch(false)], &assessment, &told, Text::default(), |_| true);
        assert_eq!(worth, expected);
        let asked = is_worth_reading(
            Asking::Watches,
            &[watch(true), watch(false)],
            &assessment,
            &told,
            Text::default(),
            |_| true,
        );
        assert_eq!(asked, expected || asking == Asking::Watches, "a watch asks as a source does");
    }

    #[test]
    fn what_a_watch_leaves_out_for_its_words_or_its_source_is_not_read_for_it() {
        let relations = [relation(&["IR"])];
        let assessment = assessment(None, &["US", "IR"], &[]);
        let told = |watch: Watch| {
            let text = Text { title: "US sanctions Iran over football", summary: "", source: None };
            is_worth_reading(Asking::Watches, &[watch], &assessment, &relations, text, |_| true)
        };
        assert!(told(watch(true)));
        let football = BTreeSet::from(["football".parse().expect("a word")]);
        assert!(!told(Watch { without: football, ..watch(true) }));
        let courier = BTreeSet::from([SourceName::new("Courier").expect("a name")]);
        assert!(!told(Watch { sources: courier, ..watch(true) }));
    }
}
