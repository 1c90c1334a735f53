//! The words that a watch asks for, or wants to hear nothing of, looked up in what is told.

use crate::domain::WatchWord;
use std::collections::BTreeSet;

/// Headline and summary in the form in which words are looked up: lower case, one blank between words.
pub(super) fn told(title: &str, summary: &str) -> String {
    let mut told = String::with_capacity(title.len() + summary.len() + 3);
    // No phrase holds a line break, so that none begins in one and ends in the other.
    for (field, mark) in [(title, "\n"), (summary, "")] {
        for word in field.split_whitespace() {
            if !told.is_empty() && !told.ends_with('\n') {
                told.push(' ');
            }
            told.push_str(&word.to_lowercase());
        }
        told.push_str(mark);
    }
    told
}

/// Whether one of the words is there.
pub(super) fn any(words: &BTreeSet<WatchWord>, told: &str) -> bool {
    words.iter().any(|word| holds(told, word))
}

fn holds(told: &str, word: &WatchWord) -> bool {
    told.match_indices(word.phrase()).any(|(at, found)| {
        let (before, after) = (&told[..at], &told[at + found.len()..]);
        apart(before.chars().next_back(), found.chars().next())
            && (word.is_stem() || apart(found.chars().next_back(), after.chars().next()))
    })
}

/// Whether a word may end between two letters: where one of them is none, or is written without blanks.
fn apart(left: Option<char>, right: Option<char>) -> bool {
    let joins = |letter: Option<char>| letter.is_some_and(|c| c.is_alphanumeric() && !without_blanks(c));
    !joins(left) || !joins(right)
}

/// Scripts that put no blank between words, or write particles to them: kana, Han, Hangul, Thai.
const fn without_blanks(letter: char) -> bool {
    matches!(
        letter,
        '\u{0E00}'..='\u{0E7F}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::word("oil", "New OIL ban", true)]
    #[case::inside_a_word("oil", "Turmoil in Kabul", false)]
    #[case::stem("sanction*", "Sanctioned tanker", true)]
    #[case::stem_needs_a_beginning("sanction*", "counter-sanctions and unsanctioned", true)]
    #[case::stem_inside("sanction*", "unsanctioned use", false)]
    #[case::phrase_over_white_space("oil sales", "Oil\n sales fall", true)]
    #[case::summary("tankers", "Iran || Tankers seized", true)]
    #[case::not_over_the_fields("iran tankers", "Iran || Tankers seized", false)]
    #[case::han("制裁", "美国制裁伊朗", true)]
    #[case::hangul_with_particle("제재", "미국의 제재를", true)]
    #[case::second_hit_counts("iran", "Tehranian Iran", true)]
    #[case::punctuation("u.s.", "The U.S. acts", true)]
    fn is_found(#[case] word: &str, #[case] text: &str, #[case] expected: bool) {
        let (title, summary) = text.split_once(" || ").unwrap_or((text, ""));
        let words = BTreeSet::from([word.parse().expect("a word")]);
        assert_eq!(any(&words, &told(title, summary)), expected);
    }
}
