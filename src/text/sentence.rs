//! Sentences: the one around a place in a text.

/// Marks that end a sentence where white space follows.
const ENDS: [char; 5] = ['.', '!', '?', '؟', '…'];
/// Marks that end a sentence whatever follows.
const SURE_ENDS: [char; 4] = ['\n', '。', '！', '？'];

/// The sentence of `text` in which the byte `at` stands, without its line breaks; a title such as "Mr." cuts it
/// short. Empty where there is none.
#[must_use]
pub fn sentence_at(text: &str, at: usize) -> &str {
    let mut begin = 0;
    let mut signs = text.char_indices().peekable();
    while let Some((place, sign)) = signs.next() {
        let ends = match signs.peek() {
            None => true,
            Some((_, next)) => SURE_ENDS.contains(&sign) || ENDS.contains(&sign) && next.is_whitespace(),
        };
        if !ends {
            continue;
        }
        let end = place + sign.len_utf8();
        if at < end {
            return text[begin..end].trim();
        }
        begin = end;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const TEXT: &str = "It rained. Iran and Belarus signed at 7.30 in Minsk!\nWho came?";

    #[rstest]
    #[case::first("It", "It rained.")]
    #[case::end_of_first(".", "It rained.")]
    #[case::a_dot_in_a_number("7.30", "Iran and Belarus signed at 7.30 in Minsk!")]
    #[case::last("came", "Who came?")]
    fn the_sentence_around_a_word(#[case] word: &str, #[case] expected: &str) {
        assert_eq!(sentence_at(TEXT, TEXT.find(word).expect("a word")), expected);
    }

    #[test]
    fn every_place_has_a_sentence_and_none_fails() {
        let chinese = "伊朗签署协议。白俄罗斯也签署。";
        assert_eq!(sentence_at(chinese, "伊朗签署协议。".len()), "白俄罗斯也签署。");
        assert_eq!(sentence_at(chinese, 1), "伊朗签署协议。");
        assert_eq!(
            (sentence_at("", 0), sentence_at("No end", 2), sentence_at("No end", 99)),
            ("", "No end", "")
        );
    }
}
