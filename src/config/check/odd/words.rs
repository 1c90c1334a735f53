//! Words that a watch asks for and leaves out.

use crate::domain::WatchWord;

/// Whether a text that holds `wanted` always holds `unwanted`, too.
pub(super) fn excludes(unwanted: &WatchWord, wanted: &WatchWord) -> bool {
    let (unwanted_words, wanted_words) = (split(unwanted), split(wanted));
    let count = unwanted_words.len();
    let Some(last_start) = wanted_words.len().checked_sub(count) else { return false };
    (0..=last_start).any(|start| {
        let found = wanted_words.iter().skip(start).zip(&unwanted_words).enumerate();
        let mut fits = found.map(|(index, (wanted_word, unwanted_word))| {
            let ends_unwanted = index + 1 == count;
            let open = wanted.is_stem() && start + index + 1 == wanted_words.len();
            match (ends_unwanted && unwanted.is_stem(), open) {
                (true, _) => wanted_word.starts_with(unwanted_word),
                (false, true) => false,
                (false, false) => wanted_word == unwanted_word,
            }
        });
        fits.all(|fits| fits)
    })
}

fn split(word: &WatchWord) -> Vec<&str> {
    word.phrase().split(' ').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::the_same("drone", "drone", true)]
    #[case::a_stem_covers("drone*", "drones", true)]
    #[case::a_stem_covers_a_longer_one("dron*", "drone*", true)]
    #[case::a_longer_stem_does_not("drones*", "drone*", false)]
    #[case::a_word_does_not_cover_a_stem("drone", "drone*", false)]
    #[case::in_a_phrase("football", "the football match", true)]
    #[case::at_the_open_end("match", "football match*", false)]
    #[case::before_the_open_end("football", "football match*", true)]
    #[case::a_phrase_needs_all("football match", "football", false)]
    #[case::inside_a_word("oil", "turmoil", false)]
    #[case::another("rugby", "football", false)]
    fn one_word_implies_another(#[case] unwanted: &str, #[case] wanted: &str, #[case] expected: bool) {
        let word = |text: &str| text.parse::<WatchWord>().expect("a word");
        assert_eq!(excludes(&word(unwanted), &word(wanted)), expected);
    }
}
