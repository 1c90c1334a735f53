//! What a server answered, as one line that may stand in a log: no control characters, bounded, and
//! without mail addresses.

use crate::deliver::clean::one_line;
use std::error::Error;
use std::fmt;

/// Most characters kept of an answer.
const MAX_ANSWER: usize = 300;

/// Shorter local parts are words of their own ("it", "me") too often to be hidden wherever they stand.
const MIN_HIDDEN: usize = 3;

/// A channel's answer: one line, cleaned and without addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer(String);

impl Answer {
    /// A text of our own, which holds no address.
    pub(super) fn ours(text: &str) -> Self {
        Self(one_line(text, MAX_ANSWER))
    }

    /// What a server said. `private` are addresses whose local parts are hidden too where they stand
    /// alone.
    pub(super) fn of_server(text: &str, private: &[&str]) -> Self {
        let line = one_line(text, MAX_ANSWER);
        let locals: Vec<_> = private
            .iter()
            .filter_map(|address| address.rsplit_once('@'))
            .map(|(local, _)| local)
            .filter(|local| local.chars().count() >= MIN_HIDDEN)
            .collect();
        let mut shown = String::with_capacity(line.len());
        let mut rest = line.as_str();
        while !rest.is_empty() {
            let length = rest.find(is_separator).unwrap_or(rest.len());
            let (word, others) = rest.split_at(length);
            let bare = word.trim_end_matches(['.', '!', '?']);
            if word.contains('@') || locals.iter().any(|local| local.eq_ignore_ascii_case(bare)) {
                shown.push('…');
            } else {
                shown.push_str(word);
            }
            let between = others.find(|letter| !is_separator(letter)).unwrap_or(others.len());
            shown.push_str(&others[..between]);
            rest = &others[between..];
        }
        Self(shown)
    }

    /// What went wrong below an error: the last of its causes, which says it without the wrappers.
    pub(super) fn of_error(error: &(dyn Error + 'static)) -> Self {
        let mut cause = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Self::of_server(&cause.to_string(), &[])
    }

    /// The line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

const fn is_separator(letter: char) -> bool {
    matches!(letter, ' ' | '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"' | '\'')
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("550 5.1.1 <desk@example.net>: no such user", "550 5.1.1 <…>: no such user")]
    #[case("550 5.1.1 Desk: unknown user desk.", "550 5.1.1 …: unknown user …")]
    #[case("desk@example.net", "…")]
    #[case("a\u{1b}[31m\r\nb\u{0}", "a [31m b")]
    #[case("450 4.2.0 greylisted, see desktop", "450 4.2.0 greylisted, see desktop")]
    #[case("", "")]
    fn no_address_is_left_in_an_answer(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(Answer::of_server(text, &["desk@example.net"]).as_str(), expected);
    }

    #[test]
    fn a_long_answer_is_cut() {
        assert_eq!(Answer::of_server(&"x".repeat(5_000), &[]).as_str().chars().count(), MAX_ANSWER);
    }
}
