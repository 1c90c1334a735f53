//! Language: what a text is written in, where its source does not say.

use super::lexicon::Lexicon;
use crate::domain::{Language, WordClass};
use std::collections::BTreeMap;

/// One in so many words must be a common word of the language.
const COMMON_ONE_IN: usize = 12;

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
    let enough = common * COMMON_ONE_IN >= words.len() && common > 0;
    // A headline of a few words may hold no common word at all; Latin letters without accents
    // and English as the only Latin vocabulary would then be a guess, which is not made.
    (enough && latin * 2 > letters).then_some(language)
}
