//! Features: what an item is compared by.
//!
//! Owns: which parts of an item count. Calls: `domain`, `words`. Pure.

use super::rules::Rules;
use super::words::{self, Ordinal, Term, Turn};
use crate::domain::{
    Action, Actor, Assessment, CleanText, Evidence, Field, Kind, Modality, Named, Relation, Score,
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// An item as grouping sees it.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// Which source tells it; empty where that is not known.
    pub source: &'a str,
    /// The headline, cleaned.
    pub title: &'a str,
    /// The summary, cleaned; may be empty.
    pub summary: &'a str,
    /// When it was published, else when it was seen.
    pub when: Timestamp,
    /// The actors that are named.
    pub named: &'a Named,
    /// What it says, reported or not.
    pub relations: &'a [Relation],
}

impl<'a> Report<'a> {
    /// An item as it was judged.
    #[must_use]
    pub fn new(source: &'a str, when: Timestamp, text: &'a CleanText, assessment: &'a Assessment) -> Self {
        Self {
            source,
            title: &text.title,
            summary: &text.summary,
            when,
            named: &assessment.named,
            relations: &assessment.relations,
        }
    }
}

/// What an item says between actors, without its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) kind: Kind,
    pub(super) action: Action,
    pub(super) modality: Modality,
    /// Senders, or all parties of an alliance.
    pub(super) from: Box<[Actor]>,
    /// Targets; none for an alliance.
    pub(super) to: Box<[Actor]>,
    /// The headline tells it.
    pub(super) in_title: bool,
}

impl Claim {
    fn of(relation: &Relation) -> Self {
        let told = |one: &Evidence| one.field == Field::Title && one.weight > Score::ZERO;
        let boxed = |set: &BTreeSet<Actor>| set.iter().copied().collect::<Box<[Actor]>>();
        let alliance = relation.kind == Kind::Alliance;
        Self {
            kind: relation.kind,
            action: relation.action,
            modality: relation.modality,
            from: boxed(if alliance { &relation.between } else { &relation.from }),
            to: if alliance { Box::default() } else { boxed(&relation.to) },
            in_title: relation.evidence.iter().any(told),
        }
    }

    /// Every actor with a side.
    pub(super) fn actors(&self) -> impl Iterator<Item = Actor> {
        self.from.iter().chain(&self.to).copied()
    }
}

/// Most claims of each kind that are compared, the strongest first.
const MOST_CLAIMS: usize = 2;

/// What an item is compared by.
#[derive(Debug, Clone)]
pub struct Features {
    pub(super) when: Timestamp,
    /// The source; `None` where it is not known.
    pub(super) source: Option<Term>,
    pub(super) title: Box<str>,
    /// Words of the headline, each once.
    pub(super) title_words: Vec<Term>,
    /// Words of headline and lead, each once.
    pub(super) words: Vec<Term>,
    /// What is weighed: words and actors of the headline, then those of the lead that it does not have.
    pub(super) terms: Vec<Term>,
    /// How many of the terms are the headline's.
    pub(super) title_terms: usize,
    /// Those of the terms that say who, or of what kind it is, and not what: "US", "Iranian", "sanctions".
    pub(super) at_large: Vec<Term>,
    pub(super) counts: Box<[u32]>,
    pub(super) ordinals: Box<[Ordinal]>,
    pub(super) turns: Box<[Turn]>,
    pub(super) asks: bool,
    /// Whom the headline names first.
    pub(super) opener: Option<Actor>,
    pub(super) named: Box<[Actor]>,
    pub(super) claims: Box<[Claim]>,
}

impl Features {
    /// Reads an item.
    #[must_use]
    pub fn of(rules: &Rules, report: Report<'_>) -> Self {
        let headline = words::headline(rules, report.title);
        let title_words = each_once(headline.terms);
        let mut words = words::summary(rules, report.summary);
        words.extend(&title_words);
        let text = Self {
            when: report.when,
            source: (!report.source.is_empty()).then(|| Term::of_word(report.source)),
            title: report.title.into(),
            title_words,
            words: each_once(words),
            terms: Vec::new(),
            title_terms: 0,
            at_large: Vec::new(),
            counts: headline.counts.into(),
            ordinals: headline.ordinals.into(),
            turns: headline.turns.into(),
            asks: headline.asks,
            opener: None,
            named: Box::default(),
            claims: Box::default(),
        };
        text.saying(rules, report)
    }

    /// Of the same text by the same rules, where it is judged to say something else.
    #[must_use]
    pub fn of_same_text(&self, rules: &Rules, report: Report<'_>) -> Self {
        self.clone().saying(rules, report)
    }

    fn saying(self, rules: &Rules, report: Report<'_>) -> Self {
        let actors =
            |named: &[Actor]| named.iter().map(|actor| Term::of_actor(actor.code())).collect::<Vec<_>>();
        let Self { title_words, words, .. } = &self;
        let mut terms = title_words.clone();
        terms.extend(actors(&report.named.title));
        let title_terms = terms.len();
        let named = report.named.title.iter().chain(&report.named.summary);
        let of_names: Vec<&BTreeSet<Term>> = named.filter_map(|actor| rules.long_names(*actor)).collect();
        let of_name = |word: &Term| rules.is_name(*word) || of_names.iter().any(|name| name.contains(word));
        let mut at_large: Vec<Term> = words.iter().copied().filter(of_name).collect();
        let beyond = |term: &Term| title_words.binary_search(term).is_err();
        terms.extend(words.iter().copied().filter(beyond));
        terms.extend(actors(&report.named.summary));
        at_large.extend(actors(&report.named.title));
        at_large.extend(actors(&report.named.summary));
        at_large.extend(report.relations.iter().flat_map(|relation| &relation.evidence).flat_map(kind_words));
        let named: BTreeSet<Actor> =
            report.named.title.iter().chain(&report.named.summary).copied().collect();
        let of_kind = |kind| report.relations.iter().filter(move |one| one.kind == kind).take(MOST_CLAIMS);
        Self {
            terms,
            title_terms,
            at_large,
            opener: report.named.title.first().copied(),
            named: named.into_iter().collect(),
            claims: Kind::ALL.iter().copied().flat_map(of_kind).map(Claim::of).collect(),
            ..self
        }
    }

    /// The words of the headline that say what is told, and not who or of what kind it is.
    pub(super) fn told_in_title(&self) -> impl Iterator<Item = Term> {
        self.title_words.iter().copied().filter(|word| !self.at_large.contains(word))
    }

    /// The words of the headline without those of a pair of contraries.
    pub(super) fn title_without(&self, pair: u32) -> Vec<Term> {
        let of_pair = |word: &Term| {
            self.turns.iter().any(|turn| turn.contrary.pair == pair && turn.terms.contains(word))
        };
        self.title_words.iter().copied().filter(|word| !of_pair(word)).collect()
    }

    /// Whether an actor, or a bloc that it belongs to, is named.
    pub(super) fn names(&self, rules: &Rules, actor: Actor) -> bool {
        self.named.iter().any(|named| rules.stands_for(*named, actor))
    }
}

/// The terms of a word of evidence that says of what kind a relation is. Words that say more than that, and
/// those of the second opinion, are what an item tells.
fn kind_words(evidence: &Evidence) -> Vec<Term> {
    if evidence.weight <= Score::ZERO || evidence.rule == OPINION {
        return Vec::new();
    }
    words::undivided_terms(&evidence.text)
}

/// The rule under which the second opinion gives its reasons.
const OPINION: &str = "opinion";

/// Terms in order, each once.
fn each_once(mut terms: Vec<Term>) -> Vec<Term> {
    terms.sort_unstable();
    terms.dedup();
    terms
}
