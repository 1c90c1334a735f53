//! Spelled: what words mean that a vocabulary lists: numbers, places in an order, contraries.
//!
//! Owns: how listed words are found among those of a headline. Calls: `words`. Pure. The lists of all
//! languages are one: the language of a headline is not known surely enough, and what is no word of it
//! is seldom found in it.

use super::words::Word;
use std::collections::HashMap;

/// Stands inside a word that is written apart without a blank, such as "سه‌شنبه".
const JOINER: char = '\u{200c}';

/// Listed words and what each means, by their first two letters.
#[derive(Debug)]
pub(super) struct Spelled<T>(HashMap<[char; 2], Vec<Listed<T>>>);

/// Stands where a first word has no second letter.
const NO_LETTER: char = ' ';

/// The first two letters of a word.
fn key(text: &str) -> Option<[char; 2]> {
    let mut letters = text.chars();
    let first = letters.next()?;
    Some([first, letters.next().filter(|letter| letter.is_alphanumeric()).unwrap_or(NO_LETTER)])
}

/// A listed word, or several as they are written.
#[derive(Debug)]
struct Listed<T> {
    text: String,
    /// Whether it is a beginning, and any ending may follow.
    open: bool,
    meaning: T,
}

impl<T> Default for Spelled<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Copy> Spelled<T> {
    /// Adds the forms of a word, divided by `|`; a final `*` stands for any ending.
    pub(super) fn add(&mut self, forms: &str, meaning: T) {
        for form in forms.split('|') {
            let form = form.trim().to_lowercase();
            let text = form.trim_end_matches('*');
            let Some(key) = key(text) else { continue };
            let listed = Listed { text: text.to_owned(), open: text.len() < form.len(), meaning };
            self.0.entry(key).or_default().push(listed);
        }
    }

    /// What a whole word means.
    pub(super) fn exactly(&self, word: &str) -> Option<T> {
        let listed = self.0.get(&key(word)?)?;
        listed.iter().find(|one| one.text == word).map(|one| one.meaning)
    }

    /// What is listed longest of what begins at a word, and of how many words it is: "двадцать" begins as
    /// "два" does.
    pub(super) fn longest(&self, words: &[Word<'_>], index: usize) -> Option<(T, usize)> {
        let found = self.found(words, index).into_iter();
        let longest = found.max_by_key(|(taken, listed)| (*taken, listed.text.len()))?;
        Some((longest.1.meaning, longest.0))
    }

    /// All that the most words mean together that begin at a word, and how many these are.
    pub(super) fn all(&self, words: &[Word<'_>], index: usize) -> Option<(Vec<T>, usize)> {
        let found = self.found(words, index);
        let most = found.iter().map(|(taken, _)| *taken).max()?;
        let meanings = found.iter().filter(|(taken, _)| *taken == most).map(|(_, listed)| listed.meaning);
        Some((meanings.collect(), most))
    }

    /// What is listed of what begins at a word, each with the number of its words.
    fn found(&self, words: &[Word<'_>], index: usize) -> Vec<(usize, &Listed<T>)> {
        let Some((word, next)) = words.get(index..).and_then(<[_]>::split_first) else { return Vec::new() };
        let lower = word.lower();
        let whole_key = key(&lower);
        let short_key = whole_key.map(|[first, _]| [first, NO_LETTER]).filter(|key| Some(*key) != whole_key);
        let whole = |taken: &usize| {
            let last = taken.checked_sub(2).and_then(|last| next.get(last)).unwrap_or(word);
            !last.after.starts_with(JOINER)
        };
        let listed = whole_key.into_iter().chain(short_key).filter_map(|key| self.0.get(&key)).flatten();
        listed.filter_map(|one| Some((one.words(&lower, next).filter(whole)?, one))).collect()
    }
}

impl<T> Listed<T> {
    /// How many words it takes, if they are the first one, in lower case, and those next to it.
    fn words(&self, first: &str, next: &[Word<'_>]) -> Option<usize> {
        let Some(mut rest) = self.text.strip_prefix(first) else {
            return (self.open && first.starts_with(self.text.as_str())).then_some(1);
        };
        let mut taken = 1;
        for word in next {
            if rest.is_empty() {
                break;
            }
            rest = rest.strip_prefix(word.before)?;
            let lower = word.lower();
            rest = match rest.strip_prefix(lower.as_str()) {
                Some(rest) => rest,
                None if self.open && lower.starts_with(rest) => "",
                None => return None,
            };
            taken += 1;
        }
        rest.is_empty().then_some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::words_of;
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::one_word("six", Some((6, 1)))]
    #[case::any_case("SIX killed", Some((6, 1)))]
    #[case::inflected("пятью судами", Some((5, 1)))]
    #[case::longest("двадцать судов", Some((20, 1)))]
    #[case::two_words("on iki kişi", Some((12, 2)))]
    #[case::an_apostrophe("п'ять суден", Some((5, 2)))]
    #[case::an_open_word_of_two("п'ятнадцятий пакет", Some((15, 2)))]
    #[case::part_of_a_word("sixty killed", None)]
    #[case::half_of_two_words("on Monday", None)]
    #[case::of_one_letter("x-ray", Some((10, 1)))]
    #[case::open_after_one_letter("ywards", Some((11, 1)))]
    #[case::joined_without_a_blank("سه\u{200c}شنبه", None)]
    #[case::by_itself("سه کشته", Some((3, 1)))]
    fn finds_the_longest(#[case] text: &str, #[case] expected: Option<(u32, usize)>) {
        let mut spelled = Spelled::default();
        for (forms, number) in [
            ("six", 6),
            ("дв*", 2),
            ("пят*", 5),
            ("двадцать|двадцати", 20),
            ("on iki", 12),
            ("п'ять", 5),
            ("п'ятнадцят*", 15),
            ("سه", 3),
            ("x", 10),
            ("y*", 11),
        ] {
            spelled.add(forms, number);
        }
        assert_eq!(spelled.longest(&words_of(text), 0), expected, "{text}");
    }

    #[test]
    fn several_meanings_are_all_told() {
        let mut spelled = Spelled::default();
        spelled.add("close|closes", 1);
        spelled.add("clos*", 2);
        spelled.add("close to", 3);
        assert_eq!(spelled.all(&words_of("closes border"), 0), Some((vec![1, 2], 1)));
        assert_eq!(spelled.all(&words_of("close to deal"), 0), Some((vec![3], 2)));
        assert_eq!(spelled.all(&words_of("opens border"), 0), None);
        assert_eq!(spelled.exactly("close"), Some(1));
    }
}
