//! Claims: what a vocabulary file takes for granted about the words that are known before it.
//!
//! Owns: what it says where a file takes away a word that is not there, or needs a rule that nobody
//! has: silently it would do nothing, and look as if it did. Calls: `domain`. Pure.

use super::super::{Problem, Severity};
use super::file::File;
use crate::domain::{Actor, Cue, CueRole, LanguageWords, Pattern, Vocabulary, WordClass};
use std::ops::Range;

/// Something that must be known, and where the file says so.
pub(super) struct Claim {
    pub(super) span: Range<usize>,
    pub(super) what: Claimed,
}

pub(super) enum Claimed {
    /// A context rule that a cue needs.
    Context(String),
    /// A pattern that is taken from a rule.
    Pattern(String, String),
    /// A name that is taken from an actor.
    Name(Actor, String),
    /// A mask that is taken away.
    Mask(String),
    /// A word that is taken from a class.
    Word(WordClass, String),
}

/// A problem for each claim of a file that does not hold for what it is put over.
pub(super) fn unmet(file: &File, vocabulary: &Vocabulary) -> Vec<Problem> {
    let nothing = LanguageWords::default();
    let words = file.language.and_then(|language| vocabulary.languages.get(&language)).unwrap_or(&nothing);
    let unmet = file.claims.iter().filter_map(|claim| {
        let message = broken(&claim.what, file, words)?;
        let (span, help) = (Some(claim.span.clone()), help(&claim.what, file, words));
        Some(Problem { severity: Severity::Error, span, message, help })
    });
    unmet.collect()
}

fn context<'a>(file: &'a File, words: &'a LanguageWords) -> impl Iterator<Item = &'a Cue> {
    let own = file.cues.iter().map(|(cue, _)| cue);
    words.cues.iter().chain(own).filter(|cue| cue.role == CueRole::Context)
}

fn broken(what: &Claimed, file: &File, words: &LanguageWords) -> Option<String> {
    match what {
        Claimed::Context(rule) => {
            let known = context(file, words).any(|cue| cue.rule == *rule);
            (!known).then(|| format!("`{rule}` is no context rule of this language"))
        }
        Claimed::Pattern(rule, text) => {
            let mut missing = Pattern::parse(text).ok()?.texts();
            for pattern in words.cues.iter().filter(|cue| cue.rule == *rule).flat_map(|cue| &cue.patterns) {
                if missing.is_empty() {
                    break;
                }
                let texts = Pattern::parse(pattern).ok()?.texts();
                missing.retain(|text| !texts.contains(text));
            }
            let missing = missing.into_iter().next()?;
            Some(format!("`{missing}` is no word of the rule `{rule}`, so it cannot be taken away"))
        }
        Claimed::Name(actor, name) => {
            let known = words.actors.get(actor).is_some_and(|known| {
                known.short.contains(name) || known.surfaces.iter().any(|surface| surface.text == *name)
            });
            (!known).then(|| format!("`{name}` is no name of {}, so it cannot be taken away", actor.code()))
        }
        Claimed::Mask(mask) => {
            (!words.masks.contains(mask)).then(|| format!("`{mask}` is no mask, so it cannot be taken away"))
        }
        Claimed::Word(class, word) => {
            let known = words.words.get(class).is_some_and(|listed| listed.contains(word));
            (!known).then(|| format!("`{word}` is not among these words, so it cannot be taken away"))
        }
    }
}

/// What there is instead, where that is short enough to say.
fn help(what: &Claimed, file: &File, words: &LanguageWords) -> Option<String> {
    let Claimed::Context(rule) = what else { return None };
    let nearest =
        context(file, words).map(|cue| (strsim::damerau_levenshtein(rule, &cue.rule), &cue.rule)).min()?;
    Some(format!("the nearest is `{}`", nearest.1))
}
