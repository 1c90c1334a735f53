//! What a text from the web may still do in a header, a mail body or a log line: nothing but be read.
//!
//! Owns: the last cleaning before the bytes. Calls: nothing. Pure, and cannot fail.

use url::Url;

/// A link longer than this is left out.
const MAX_LINK: usize = 1_500;

/// One line without control characters, bidirectional overrides and invisible characters, white
/// space collapsed, at most `max_chars` characters (the last one "…" where it was cut).
pub(super) fn one_line(text: &str, max_chars: usize) -> String {
    let mut line = String::with_capacity(text.len().min(max_chars.saturating_mul(4)));
    let mut length = 0;
    for word in text.split(|letter: char| letter.is_whitespace() || letter.is_control()) {
        let mut first = true;
        for letter in word.chars().filter(|letter| !is_invisible(*letter)) {
            if first && length > 0 {
                line.push(' ');
                length += 1;
            }
            first = false;
            line.push(letter);
            length += 1;
            if length > max_chars {
                return shorten(&line, max_chars);
            }
        }
    }
    line
}

/// One line as `one_line` makes it, in which no encoded word (RFC 2047) is left: a reader's program
/// would decode `=?utf-8?q?…?=` from a feed into what nobody checked.
pub(super) fn header(text: &str, max_chars: usize) -> String {
    let line = one_line(text, max_chars);
    shorten(&line.replace("=?", "= ?").replace("?=", "? ="), max_chars)
}

/// A link that a reader may safely follow: http or https, without a user name that could pass for a
/// host, and not so long that programs break it.
pub(super) fn link(url: Option<&Url>) -> Option<&Url> {
    url.filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.as_str().len() <= MAX_LINK
    })
}

/// `text` cut to `max_chars` characters, at the end of a word where one ends in the last third.
pub(super) fn shorten(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max_chars.saturating_sub(1)).collect();
    let word_end = kept.rfind(' ').filter(|end| *end * 3 >= kept.len() * 2);
    let kept = word_end.map_or(kept.as_str(), |end| &kept[..end]);
    format!("{}…", kept.trim_end_matches([' ', ',', ';', ':', '–', '—']))
}

/// Characters that show nothing but change how others read: the overrides, isolates and marks of the
/// bidirectional algorithm, zero-width spaces, soft hyphens, line separators, tags, noncharacters.
/// The zero-width joiners stay: Persian and emoji are written with them.
const fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{AD}'
            | '\u{61C}'
            | '\u{180E}'
            | '\u{200B}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}'
    ) || (letter as u32) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::line_breaks("a\r\nBcc: x\n\n b", "a Bcc: x b")]
    #[case::controls("a\u{0}b\u{1b}[31mc\u{7f}\u{85}d", "a b [31mc d")]
    #[case::overrides("pay\u{202E}gnp.exe\u{2066}\u{200F}", "paygnp.exe")]
    #[case::invisible("\u{FEFF}s\u{200B}a\u{AD}n\u{2060}ction", "sanction")]
    #[case::joiners_stay("می\u{200C}خواهد", "می\u{200C}خواهد")]
    #[case::only_noise(" \r\n\u{200B}\u{0} ", "")]
    fn a_line_keeps_only_what_can_be_read(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(one_line(text, 100), expected);
    }

    #[rstest]
    #[case::fits("twelve chars", 12, "twelve chars")]
    #[case::at_a_word("sanctions on Belarus extended", 23, "sanctions on Belarus…")]
    #[case::one_long_word("aaaaaaaaaaaaaaaa", 6, "aaaaa…")]
    #[case::counts_characters("ÄÖÜÄÖÜ", 4, "ÄÖÜ…")]
    fn a_long_line_is_cut(#[case] text: &str, #[case] max: usize, #[case] expected: &str) {
        assert_eq!(one_line(text, max), expected);
    }

    #[rstest]
    #[case("=?utf-8?q?pwn?=", "= ?utf-8?q?pwn? =")]
    #[case("==??x", "== ??x")]
    #[case("=?=?", "= ? = ?")]
    fn no_encoded_word_survives_in_a_header(#[case] text: &str, #[case] expected: &str) {
        let header = header(text, 100);
        assert_eq!(header, expected);
        assert!(!header.contains("=?") && !header.contains("?="), "{header}");
    }

    #[rstest]
    #[case("https://example.org/a?b", true)]
    #[case("http://example.org/", true)]
    #[case("javascript:alert(1)", false)]
    #[case("https://bank.example@evil.example/", false)]
    #[case(&format!("https://example.org/{}", "a".repeat(MAX_LINK)), false)]
    fn only_a_link_that_is_safe_to_follow_passes(#[case] url: &str, #[case] safe: bool) {
        assert_eq!(link(url.parse().ok().as_ref()).is_some(), safe);
    }

    #[test]
    fn an_encoded_word_hidden_behind_invisible_characters_is_broken_too() {
        assert!(!header("=\u{200B}?utf-8?q?pwn?\u{200B}=", 100).contains("=?"));
    }
}
