//! Text helpers shared by the pure stages: markup to plain text, control characters, cutting, folding.
//!
//! Owns: what a text from the web may still contain. Calls: nothing of ours. Nothing here can fail,
//! and everything takes linear time: the web decides what stands in these texts.

mod address;
mod character;
mod entity;
pub(crate) mod markup;
mod plain;
mod sentence;
mod title;

pub use address::without_addresses;
pub use plain::{MAX_INPUT_BYTES, plain};
pub use sentence::sentence_at;
pub use title::normal_title;

use character::{Fate, fate, meant};

/// A text as one line for a log, a terminal or a header: control characters (ESC, CR and LF among
/// them), invisible and direction-changing ones removed, white space collapsed, cut to at most
/// `max_chars` characters, the last of which is `…` where something was cut.
#[must_use]
pub fn one_line(text: &str, max_chars: usize) -> String {
    let mut line = Line::new(max_chars.saturating_add(1));
    for character in text.chars() {
        if line.is_full() {
            break;
        }
        line.push(character);
    }
    let mut line = line.finish();
    if line.chars().count() > max_chars {
        let kept = max_chars.saturating_sub(1);
        let end = line.char_indices().nth(kept).map_or(line.len(), |(at, _)| at);
        line.truncate(end);
        line.truncate(line.trim_end().len());
        if max_chars > 0 {
            line.push('…');
        }
    }
    line
}

/// A part of a line, cleaned like the whole, but keeping the spaces at its ends: parts put together
/// are still one line.
#[must_use]
pub fn part_of_line(text: &str) -> String {
    let shown = |character| match fate(character) {
        Fate::Drop => None,
        Fate::Space => Some(' '),
        Fate::Keep => Some(character),
    };
    text.chars().map(meant).filter_map(shown).collect()
}

/// Collects characters into one clean line of bounded length.
struct Line {
    text: String,
    chars: usize,
    max_chars: usize,
    space_owed: bool,
}

impl Line {
    fn new(max_chars: usize) -> Self {
        Self { text: String::new(), chars: 0, max_chars, space_owed: false }
    }

    fn is_full(&self) -> bool {
        self.chars >= self.max_chars
    }

    /// Adds a character, or what its kind leaves of it.
    fn push(&mut self, character: char) {
        let character = meant(character);
        match fate(character) {
            Fate::Drop => {}
            Fate::Space => self.space(),
            Fate::Keep => {
                if self.space_owed && self.chars + 1 < self.max_chars {
                    self.text.push(' ');
                    self.chars += 1;
                } else if self.space_owed {
                    self.chars = self.max_chars;
                }
                self.space_owed = false;
                if self.chars < self.max_chars {
                    self.text.push(character);
                    self.chars += 1;
                }
            }
        }
    }

    /// Notes a gap; it becomes one space where more text follows.
    fn space(&mut self) {
        self.space_owed = !self.text.is_empty();
    }

    fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::short("a b", 5, "a b")]
    #[case::exact("abcde", 5, "abcde")]
    #[case::cut("abcdef", 5, "abcd…")]
    #[case::cut_at_a_space("abc defg", 5, "abc…")]
    #[case::wide_characters("日本語日本語", 4, "日本語…")]
    #[case::terminal_escape("\u{1b}[31mred\u{1b}[0m\r\nBcc: x", 40, "[31mred[0m Bcc: x")]
    #[case::direction("abc\u{202e}fed", 10, "abcfed")]
    #[case::nothing("", 5, "")]
    #[case::no_room("abc", 0, "")]
    #[case::room_for_the_mark("abc", 1, "…")]
    fn lines(#[case] text: &str, #[case] max_chars: usize, #[case] expected: &str) {
        assert_eq!(one_line(text, max_chars), expected);
    }

    #[test]
    fn a_part_keeps_its_ends_and_nothing_hostile() {
        assert_eq!(part_of_line(" a\n\u{1b}[31m\u{202e}b\u{9b}2J "), " a [31mb\u{203a}2J ");
    }
}
