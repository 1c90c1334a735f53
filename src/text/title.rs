//! Titles as identity compares them.

use super::character::{Fate, fate};
use std::borrow::Cow;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A title without what publishers change between two polls: compatibility forms (NFKC), case,
/// quotation marks, dashes, punctuation and white space. Words stand one space apart; points and
/// apostrophes within a word vanish ("U.S." is "us", "don’t" is "dont"), points and commas between
/// digits, signs of currency, `%` and `+` stay, because they are the news.
///
/// A publisher's name at the end ("… - Reuters") is kept: where the title ends and the name begins
/// is a guess, and a wrong one would take two items for the same. The result is empty where the
/// title has neither letter nor digit; no key can be made of that.
#[must_use]
pub fn normal_title(title: &str) -> String {
    let folded: Vec<char> =
        composed(title).chars().flat_map(char::to_lowercase).filter(|c| fate(*c) != Fate::Drop).collect();
    let mut normal = String::with_capacity(title.len());
    let mut gap = false;
    for (at, &character) in folded.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| folded.get(at));
        let after = folded.get(at + 1);
        let between =
            |test: fn(char) -> bool| before.is_some_and(|c| test(*c)) && after.is_some_and(|c| test(*c));
        let kept = match character {
            '.' | ',' if between(char::is_numeric) => true,
            '.' | '\'' | '’' | '‘' | 'ʼ' | '`' | '´' if before.is_some_and(|c| c.is_alphanumeric()) => {
                continue;
            }
            // A letter to Unicode, but an apostrophe wherever it stands.
            'ʼ' => false,
            '$' | '€' | '£' | '¥' | '₽' | '₴' | '%' | '+' => true,
            _ => character.is_alphanumeric() || is_combining_mark(character),
        };
        if kept {
            if gap && !normal.is_empty() {
                normal.push(' ');
            }
            normal.push(character);
        }
        gap = !kept;
    }
    // What was dropped may have stood between two marks whose order matters.
    if normal.chars().any(char::is_alphanumeric) { composed(&normal).into_owned() } else { String::new() }
}

/// A text in NFKC, in which nearly every text is written.
fn composed(text: &str) -> Cow<'_, str> {
    match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        IsNormalized::No | IsNormalized::Maybe => text.nfkc().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::case_and_space("Iran  Signs\tRoadmap ", "iran signs roadmap")]
    #[case::quotes("“Weapon of sanctions”", "weapon of sanctions")]
    #[case::apostrophes("Lukashenko’s visit isn't over", "lukashenkos visit isnt over")]
    #[case::dashes("Iran–Belarus — roadmap", "iran belarus roadmap")]
    #[case::abbreviation("U.S. sanctions", "us sanctions")]
    #[case::end_of_sentence("It is over. Minsk signs", "it is over minsk signs")]
    #[case::figures("Rate up 3.5% to $1,200", "rate up 3.5% to $1,200")]
    #[case::compatibility("ＥＵ ﬁnes １２", "eu fines 12")]
    #[case::decomposed("Orba\u{301}n", "orbán")]
    #[case::publisher("Minsk signs - Reuters", "minsk signs reuters")]
    #[case::cyrillic("«Санкции» против Ирана", "санкции против ирана")]
    #[case::devanagari("प्रतिबंध लगाए", "प्रतिबंध लगाए")]
    #[case::invisible("Mi\u{200b}nsk", "minsk")]
    #[case::nothing(" … — !? $", "")]
    fn titles(#[case] title: &str, #[case] expected: &str) {
        assert_eq!(normal_title(title), expected);
    }

    #[test]
    fn a_normal_title_is_its_own_normal_title() {
        for title in ["rppo*\u{749}\u{349}\u{0}\u{349}", "-\u{149} \u{149}0", "0 ʼ 0ʼ"] {
            let normal = normal_title(title);
            assert_eq!(normal_title(&normal), normal);
        }
    }

    #[test]
    fn what_differs_in_substance_stays_different() {
        assert_ne!(normal_title("Oil at 3.5"), normal_title("Oil at 35"));
        assert_ne!(normal_title("12th package"), normal_title("13th package"));
        assert_ne!(normal_title("$5bn"), normal_title("€5bn"));
    }
}
