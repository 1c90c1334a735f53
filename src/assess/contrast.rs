//! Contrast: what two assessors read differently, so that what both read alike is read once.
//!
//! Owns: when a judgement holds under other words and thresholds, too. Calls: `domain`, `lexicon`. Pure. A word that
//! stands nowhere in a text changes nothing of what is read in it, and a threshold on whose other side nothing comes
//! to lie nothing of what is reported. Where that is not certain, the text is read by both.

use super::lexicon::Lexicon;
use crate::domain::{
    Assessment, CleanText, Cue, Kind, Language, LanguageWords, Relation, Score, Thresholds, Vocabulary,
    WordClass,
};
use std::collections::{BTreeMap, BTreeSet};

/// What two assessors read differently.
#[derive(Debug)]
pub struct Contrast {
    /// Whether points, usual sides, blocs or languages differ: then nothing is sure to be read alike.
    everywhere: bool,
    /// Whether texts are cleaned alike.
    cleans_alike: bool,
    /// Whether the same words say what an item is about.
    compares_alike: bool,
    /// What differs, in the languages that are not the same.
    languages: BTreeMap<Language, Differs>,
    thresholds: [Thresholds; 2],
    /// From this score on no relation is left out as noise.
    kept_from: Score,
}

/// What differs in a language.
#[derive(Debug)]
enum Differs {
    /// More than which words are searched for.
    Much,
    /// These words, compiled.
    Words(Box<Lexicon>),
}

impl Contrast {
    /// Between two vocabularies, each with its thresholds.
    pub(super) fn of((one, other): (&Vocabulary, &Vocabulary), thresholds: [Thresholds; 2]) -> Self {
        let same_languages = one.languages.keys().eq(other.languages.keys());
        let same_blocs = one.members == other.members;
        let everywhere = !same_languages
            || !same_blocs
            || one.points != other.points
            || one.usual_senders != other.usual_senders
            || one.usual_targets != other.usual_targets;
        let pairs = one.languages.iter().zip(other.languages.values()).filter(|_| same_languages);
        let both = pairs.filter(|((_, words), others)| words != others);
        let languages: BTreeMap<Language, Differs> =
            both.map(|((language, words), others)| (*language, differs(one, (words, others)))).collect();
        let publishers = |vocabulary: &Vocabulary| -> BTreeSet<String> {
            let lists =
                vocabulary.languages.values().filter_map(|words| words.words.get(&WordClass::Publisher));
            lists.flatten().cloned().collect()
        };
        let same_names = languages.values().all(|differs| matches!(differs, Differs::Words(_)));
        Self {
            everywhere,
            cleans_alike: publishers(one) == publishers(other),
            compares_alike: same_languages && same_blocs && same_names,
            languages,
            thresholds,
            kept_from: one.points.kept_from.max(one.points.kept_beside),
        }
    }

    /// Whether both clean texts alike.
    #[must_use]
    pub fn cleans_alike(&self) -> bool {
        self.cleans_alike
    }

    /// Whether both vocabularies say the same of what an item is about: they differ in points, cues, and phrases that
    /// hide a name, at the most.
    #[must_use]
    pub fn compares_alike(&self) -> bool {
        self.compares_alike
    }

    /// Whether a language is read by the same words and points.
    pub(super) fn is_same(&self, language: Language) -> bool {
        !self.everywhere && !self.languages.contains_key(&language)
    }

    /// Whether both read a text alike that one has judged so; `language` where that is told and can be read.
    pub(super) fn reads_alike(
        &self,
        language: Option<Language>,
        text: &CleanText,
        assessment: &Assessment,
    ) -> bool {
        let differs = |differs: &Differs| match differs {
            Differs::Much => true,
            Differs::Words(lexicon) => {
                [&text.title, &text.summary, &text.body].iter().any(|field| lexicon.finds_any(field))
            }
        };
        let words_differ = match language {
            Some(language) => self.languages.get(&language).is_some_and(differs),
            // Every language's words have a say in what it is.
            None => self.languages.values().any(differs),
        };
        !self.everywhere && self.cleans_alike && !words_differ && self.reports_alike(assessment)
    }

    /// Whether no relation lies between the two thresholds of its kind.
    fn reports_alike(&self, assessment: &Assessment) -> bool {
        let [one, other] = self.thresholds;
        if one == other {
            return true;
        }
        let mut evidence = assessment.relations.iter().flat_map(|relation| &relation.evidence);
        // What tells of nothing but the past, or tells it behind its lead, has lost points for that.
        if evidence.any(|evidence| evidence.rule == super::BACKGROUND) {
            return false;
        }
        // Beside what is reported weak relations are left out, of which nobody knows the points any more.
        let is_whole = !assessment.relations.iter().any(|relation| one.reports(relation));
        Kind::ALL.iter().all(|kind| {
            let (Some(one), Some(other)) = (one.of(*kind), other.of(*kind)) else { return true };
            let (low, high) = (one.min(other), one.max(other));
            let of_kind = |relation: &&Relation| relation.kind == *kind;
            let mut scores = assessment.relations.iter().filter(of_kind).map(|relation| relation.score);
            low == high
                || (is_whole || low >= self.kept_from) && !scores.any(|score| (low..high).contains(&score))
        })
    }
}

/// What differs between the words of a language.
fn differs(vocabulary: &Vocabulary, (one, other): (&LanguageWords, &LanguageWords)) -> Differs {
    let is_alike = one.grammar == other.grammar
        && one.actors == other.actors
        && one.words == other.words
        && one.opinion == other.opinion;
    if !is_alike {
        return Differs::Much;
    }
    let (cues, is_cut) = (changed(&one.cues, &other.cues), [one, other].map(Lexicon::has_compounds));
    // A beginning that may be anything makes every word be looked into.
    if is_cut[0] != is_cut[1] {
        return Differs::Much;
    }
    let masks = one.masks.symmetric_difference(&other.masks).cloned().collect();
    let words = LanguageWords { grammar: one.grammar.clone(), masks, cues, ..LanguageWords::default() };
    Differs::Words(Box::new(Lexicon::new(vocabulary, &words)))
}

/// The cues by which two lists differ, place by place: of one that means the same in both, those of its words that
/// only one of them has.
fn changed(one: &[Cue], other: &[Cue]) -> Vec<Cue> {
    let mut changed = Vec::new();
    for place in 0..one.len().max(other.len()) {
        match (one.get(place), other.get(place)) {
            (one, other) if one == other => {}
            (Some(one), Some(other)) if Cue { patterns: one.patterns.clone(), ..other.clone() } == *one => {
                let patterns: BTreeSet<String> =
                    one.patterns.symmetric_difference(&other.patterns).cloned().collect();
                changed.push(Cue { patterns, ..one.clone() });
            }
            (one, other) => changed.extend(one.into_iter().chain(other).cloned()),
        }
    }
    changed
}
