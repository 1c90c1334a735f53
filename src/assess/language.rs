//! Language: what a text is written in, where its source does not say.

use super::lexicon::Lexicon;
use crate::domain::{Language, WordClass};
use std::collections::BTreeMap;

/// One in so many words must be a common word of the language.
const COMMON_ONE_IN: usize = 12;

/// Where there is no common word: one in so many must be a word that the vocabulary knows, be it a
/// name or a cue.
const KNOWN_ONE_IN: usize = 2;

/// The language with the most common words in the text, if it has enough of them and the text is
/// mostly written in an alphabet that has letters of that language.
pub(super) fn detect(lexicons: &BTreeMap<Language, Lexicon>, text: &str) -> Option<Language> {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let latin = text.chars().filter(|c| c.is_alphabetic() && u32::from(*c) < 0x250).count();
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(200)
        .map(str::to_lowercase)
        .collect();
    let counted = lexicons.iter().map(|(language, lexicon)| {
        let common = words.iter().filter(|word| lexicon.lists(WordClass::Common, word)).count();
        (common, *language)
    });
    let (common, language) = counted.max_by_key(|(common, _)| *common)?;
    let enough = if common > 0 {
        common * COMMON_ONE_IN >= words.len()
    } else {
        // A headline of a few words may hold no common word at all ("US sanctions Iran").
        let known = lexicons.get(&language).map_or(0, |lexicon| lexicon.count_known(&words));
        text.is_ascii() && known > 0 && known * KNOWN_ONE_IN >= words.len()
    };
    (enough && latin * 2 > letters).then_some(language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::embedded_vocabulary;
    use rstest::rstest;

    #[rstest]
    #[case::a_sentence("Iran and Belarus have signed a roadmap", true)]
    #[case::a_headline_without_small_words("US sanctions Iran", true)]
    #[case::capitals("IRAN THREATENS ISRAEL", true)]
    #[case::names_alone("Iran Israel", false)]
    #[case::french("Iran : nouvelles sanctions contre les banques de Téhéran", false)]
    #[case::french_headline("Nouvelles sanctions visant plusieurs banques", false)]
    #[case::german("Iran droht Israel mit Vergeltung", false)]
    #[case::russian("США ввели новые санкции против Ирана", false)]
    #[case::nothing("", false)]
    fn english_is_told(#[case] text: &str, #[case] english: bool) {
        let vocabulary = embedded_vocabulary();
        let lexicons = vocabulary
            .languages
            .iter()
            .map(|(language, words)| (*language, Lexicon::new(&vocabulary, words)))
            .collect();
        assert_eq!(detect(&lexicons, text) == Some(Language::ENGLISH), english);
    }
}
