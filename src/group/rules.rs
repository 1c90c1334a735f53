//! Rules: what grouping must know of languages and blocs.
//!
//! Owns: nothing but what the vocabulary says; built once, at start. Calls: `domain`.

use super::words::{self, KnownHash, Term, Word};
use crate::domain::{Actor, SurfaceKind, Vocabulary, WordClass};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Classes of words that say what an item is about, however small: they are no common words.
const MEANING: [WordClass; 5] =
    [WordClass::Publisher, WordClass::Ally, WordClass::Title, WordClass::ShortSupport, WordClass::AfterNoun];

/// Most letters of a word that tells a language and says nothing else: among those lists are longer ones
/// that news of this kind is full of.
const COMMON_LETTERS: usize = 4;

/// What grouping must know of languages and blocs.
#[derive(Debug, Default)]
pub struct Rules {
    /// Explainers among them.
    common: HashSet<Term, KnownHash>,
    explainers: HashSet<Term, KnownHash>,
    /// Ordinals by their first letter: the word or its beginning, whether it may go on, and the number.
    ordinals: HashMap<char, Vec<(String, bool, u32)>>,
    ordinal_endings: HashSet<String>,
    ordinal_marks: HashSet<String>,
    members: BTreeMap<Actor, BTreeSet<Actor>>,
    /// Terms of names of states and blocs that are one word.
    names: HashSet<Term, KnownHash>,
}

impl Rules {
    /// The rules of all languages of a vocabulary.
    #[must_use]
    pub fn new(vocabulary: &Vocabulary) -> Self {
        let mut rules = Self { members: vocabulary.members.clone(), ..Self::default() };
        for words in vocabulary.languages.values() {
            let surfaces = words.actors.values().flat_map(|actor| &actor.surfaces);
            let plain = surfaces.filter(|surface| surface.kind <= SurfaceKind::Capital);
            rules.names.extend(plain.filter_map(|surface| words::only_term(&surface.text)));
            for (class, listed) in &words.words {
                let terms = listed.iter().filter(|word| !word.contains(' ')).map(|word| Term::of_word(word));
                match class {
                    WordClass::Explainer => {
                        let terms: Vec<Term> = terms.collect();
                        rules.explainers.extend(&terms);
                        rules.common.extend(terms);
                    }
                    class if MEANING.contains(class) => {}
                    WordClass::Common => {
                        let short = listed.iter().filter(|word| word.chars().count() <= COMMON_LETTERS);
                        rules.common.extend(short.map(|word| Term::of_word(word)));
                    }
                    _ => rules.common.extend(terms),
                }
            }
            for (number, written) in (1..).zip(&words.grammar.ordinals) {
                for word in written.split('|') {
                    let stem = word.trim_end_matches('*');
                    let Some(first) = stem.chars().next() else { continue };
                    let known = rules.ordinals.entry(first).or_default();
                    known.push((stem.to_owned(), stem.len() < word.len(), number));
                }
            }
            rules.ordinal_endings.extend(words.grammar.ordinal_endings.iter().cloned());
            rules.ordinal_marks.extend(words.grammar.ordinal_marks.iter().cloned());
        }
        rules
    }

    /// Whether a word says nothing about what a text is about.
    pub(super) fn is_common(&self, word: Term) -> bool {
        self.common.contains(&word)
    }

    /// Whether a term is a state's or bloc's name.
    pub(super) fn is_name(&self, term: Term) -> bool {
        self.names.contains(&term)
    }

    /// Whether a word at the beginning of a headline announces an explanation.
    pub(super) fn explains(&self, word: Term) -> bool {
        self.explainers.contains(&word)
    }

    /// The place in an order that a word names: "twelfth", "12th", "12-й", "第12".
    pub(super) fn ordinal(&self, words: &[Word<'_>], index: usize) -> Option<u32> {
        let word = words.get(index)?;
        if let Some(number) = word.number() {
            let marked = index.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|before| {
                word.before.is_empty()
                    && before
                        .text
                        .chars()
                        .next_back()
                        .is_some_and(|c| self.ordinal_marks.contains(c.encode_utf8(&mut [0; 4]) as &str))
            });
            let next = words.get(index + 1);
            let ended = next.is_some_and(|next| {
                let joined = word.after.is_empty() || ["-", ":", ".", "'", "\u{2019}"].contains(&word.after);
                joined && self.ordinal_endings.contains(&next.lower())
            });
            let dotted = next.is_some() && word.after.starts_with(". ") && self.ordinal_endings.contains(".");
            let signed = word.after.chars().next().is_some_and(|sign| matches!(sign, '\u{ba}' | '\u{aa}'));
            return (marked || ended || dotted || signed).then_some(number);
        }
        let lower = word.lower();
        let known = self.ordinals.get(&lower.chars().next()?)?;
        let fits = |(stem, open, _): &&(String, bool, u32)| {
            if *open { lower.starts_with(stem.as_str()) } else { lower == *stem }
        };
        // "двадцать" begins as "два" does: the longest counts.
        known.iter().filter(fits).max_by_key(|(stem, ..)| stem.len()).map(|(.., number)| *number)
    }

    /// Whether two actors can stand for each other: the same, or a bloc and its member.
    pub(super) fn stands_for(&self, one: Actor, other: Actor) -> bool {
        let member =
            |bloc: Actor, state: Actor| self.members.get(&bloc).is_some_and(|all| all.contains(&state));
        one == other || member(one, other) || member(other, one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::embedded_vocabulary;
    use crate::group::words::headline;

    #[test]
    fn ordinals_are_read_in_words_and_in_digits() {
        let rules = Rules::new(&embedded_vocabulary());
        for (title, value) in [
            ("the thirteenth package", 13),
            ("the 13th package", 13),
            ("13-й пакет санкций", 13),
            ("тринадцатый пакет", 13),
            ("das 13. Sanktionspaket", 13),
            ("le 13e paquet", 13),
            ("el 13.º paquete", 13),
            ("第13轮制裁", 13),
            ("第十三轮制裁", 13),
            ("제13차 제재", 13),
        ] {
            let read: Vec<u32> = headline(&rules, title).ordinals.iter().map(|one| one.value).collect();
            assert_eq!(read, [value], "{title}");
        }
        for title in ["13 packages", "50bn for 3 states", "F-16 jets", "in 2026"] {
            assert_eq!(headline(&rules, title).ordinals, [], "{title}");
        }
    }
}
