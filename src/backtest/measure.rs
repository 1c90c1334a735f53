//! Measure: labelled items against what a configuration makes of them: by kind, by language, by watch; and each
//! mistake.
//!
//! A watch is measured by what a label can tell: kinds and countries. An item that a watch leaves out for its words
//! or its source counts neither way for it. Of one that asks for an action, a modality or a side no label tells what
//! it should have told: it has a precision and no recall.

use super::score::{Counts, Tally, reported};
use super::{Item, Judged, Setup};
use crate::alerting::{Asked, Text, text_mismatches};
use crate::domain::{Actor, Kind, Label, Language, Truth, Verdict, Watch, WatchName};
use std::collections::{BTreeMap, BTreeSet};

/// What was judged wrongly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Whether the item is about a kind.
    Kind(Kind),
    /// Whether it is to be told at all, of whatever kind.
    Told,
    /// Whether a watch is to be told of it.
    Watch(WatchName),
}

/// An item that was judged wrongly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// In what.
    pub subject: Subject,
    /// Which item.
    pub item: usize,
    /// Whether it should have been told and was not; else it was and should not have been.
    pub missed: bool,
}

/// How right a watch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfWatch {
    /// The watch.
    pub name: WatchName,
    /// What it tells; where `is_narrow`, without what it does not tell.
    pub tally: Tally,
    /// Whether it asks for what no label says, so that nobody knows what it misses.
    pub is_narrow: bool,
}

/// What came of the labels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measured {
    /// Over all items.
    pub all: Counts,
    /// Whether anything was to be told, over all items.
    pub told: Tally,
    /// By language, those of most items first; an item whose language nobody knows is in none.
    pub languages: Vec<(Language, Counts)>,
    /// By watch, in the order of the configuration.
    pub watches: Vec<OfWatch>,
    /// What went wrong, in the order of the items.
    pub mistakes: Vec<Mistake>,
}

/// Measures items, each with its label, as they were judged.
#[must_use]
pub fn measure(setup: &Setup<'_>, items: &[Item], judged: &[Judged], labels: &[Label]) -> Measured {
    let mut measured = Measured::default();
    let mut languages: BTreeMap<Language, Counts> = BTreeMap::new();
    let mut watches = vec![Tally::default(); setup.watches.len()];
    for (at, ((item, judged), label)) in items.iter().zip(judged).zip(labels).enumerate() {
        let assessment = &judged.assessment;
        measured.all.add(label, assessment);
        if let Some(language) = item.language.or(item.entry.language).or(assessment.lang) {
            languages.entry(language).or_default().add(label, assessment);
        }
        let mut mistaken = |subject: Subject, truth: Truth, said: bool| match (truth, said) {
            (Truth::Yes, false) => measured.mistakes.push(Mistake { subject, item: at, missed: true }),
            (Truth::No, true) => measured.mistakes.push(Mistake { subject, item: at, missed: false }),
            _ => {}
        };
        for kind in [Kind::Sanctions, Kind::Alliance] {
            mistaken(Subject::Kind(kind), label.of(kind), reported(assessment, kind));
        }
        let (truth, said) = (wanted(label), !judged.told.is_empty());
        measured.told.count(truth, said);
        // Where the kind is known, that is the mistake.
        if label.verdict == Some(Verdict::Missed) && !label.is_relevant() {
            mistaken(Subject::Told, truth, said);
        }
        let (title, summary) = (&item.entry.title, &item.entry.summary);
        let text = Text { title, summary, source: Some(&item.source) };
        let asked = Asked::all(setup.watches, setup.thresholds, &judged.told, text);
        for (tally, asked) in watches.iter_mut().zip(&asked) {
            let (truth, said) = (truth_for(asked.watch, label), asked.matches());
            if !said && is_beyond_labels(asked.watch, text) {
                continue;
            }
            tally.count(truth, said);
            mistaken(Subject::Watch(asked.watch.name.clone()), truth, said);
        }
    }
    measured.languages = languages.into_iter().collect();
    measured.languages.sort_by_key(|(language, counts)| (std::cmp::Reverse(counts.items), *language));
    let of_watch = |(watch, tally): (&Watch, Tally)| OfWatch {
        name: watch.name.clone(),
        tally,
        is_narrow: watch.is_narrow(),
    };
    measured.watches = setup.watches.iter().zip(watches).map(of_watch).collect();
    measured
}

/// Whether an item is to be told, of whatever kind.
fn wanted(label: &Label) -> Truth {
    match label.verdict {
        Some(Verdict::Missed) => Truth::Yes,
        Some(Verdict::Right | Verdict::Wrong) | None => label.sanctions.max(label.alliance),
    }
}

/// Whether a watch is to be told of an item, by the kinds that it names and the countries that take part.
fn truth_for(watch: &Watch, label: &Label) -> Truth {
    let kind = watch.kinds.iter().filter(|kind| kind.is_on()).map(|kind| label.of(*kind)).max();
    let codes = |actors: &BTreeSet<Actor>| actors.iter().map(|actor| actor.code().to_owned()).collect();
    let (ours, partners): (BTreeSet<String>, BTreeSet<String>) =
        (codes(&watch.countries), codes(&watch.with));
    let concerns = |named: &BTreeSet<String>| {
        named
            .intersection(&ours)
            .any(|first| partners.is_empty() || named.intersection(&partners).any(|second| second != first))
    };
    let maybe: BTreeSet<String> = label.countries.union(&label.countries_maybe).cloned().collect();
    let country = if concerns(&label.countries) {
        Truth::Yes
    } else if maybe.is_empty() || concerns(&maybe) {
        Truth::Borderline
    } else {
        Truth::No
    };
    kind.unwrap_or(Truth::Borderline).min(country)
}

/// Whether no label can tell that a watch was wrong to leave an item out.
fn is_beyond_labels(watch: &Watch, text: Text<'_>) -> bool {
    watch.is_narrow() || text_mismatches(watch, text).next().is_some()
}
