//! Paint: colour on a terminal, signs elsewhere.
//!
//! Owns: when colour is wanted, and the only escape sequences that the program writes to standard
//! output.

use std::ffi::OsStr;
use std::io::IsTerminal;

/// How something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// A heading.
    Heading,
    /// A country or bloc.
    Actor,
    /// A word of a frame.
    Word,
    /// Something that counts for nothing.
    Faint,
    /// What was reached.
    Good,
    /// What was missed.
    Bad,
}

/// Shows texts in tones, or as they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    /// Whether tones are shown by colours.
    pub(super) colour: bool,
}

impl Paint {
    /// For standard output.
    pub(super) fn of_stdout() -> Self {
        Self { colour: is_wanted(&std::io::stdout()) }
    }

    /// A text in a tone. The text must be clean already.
    pub(super) fn tone(self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Heading => "1",
            Tone::Actor => "1;36",
            Tone::Word => "4;33",
            Tone::Faint => "2",
            Tone::Good => "32",
            Tone::Bad => "31",
        };
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Whether a stream is a terminal whose user has not declined colours.
pub(super) fn is_wanted(stream: &impl IsTerminal) -> bool {
    let variable = |name| std::env::var_os(name);
    shows_colour(stream.is_terminal(), variable("NO_COLOR").as_deref(), variable("TERM").as_deref())
}

/// `NO_COLOR` declines when it is set and not empty (no-color.org).
fn shows_colour(terminal: bool, no_color: Option<&OsStr>, term: Option<&OsStr>) -> bool {
    terminal && no_color.is_none_or(OsStr::is_empty) && term.is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::terminal(true, None, Some("xterm"), true)]
    #[case::pipe(false, None, Some("xterm"), false)]
    #[case::declined(true, Some("1"), None, false)]
    #[case::declined_by_nothing(true, Some(""), None, true)]
    #[case::dumb(true, None, Some("dumb"), false)]
    fn colour_is_for_terminals_that_want_it(
        #[case] terminal: bool,
        #[case] no_color: Option<&str>,
        #[case] term: Option<&str>,
        #[case] expected: bool,
    ) {
        assert_eq!(shows_colour(terminal, no_color.map(OsStr::new), term.map(OsStr::new)), expected);
    }

    #[test]
    fn tones_are_colours_or_nothing() {
        assert_eq!(Paint { colour: true }.tone(Tone::Good, "a"), "\u{1b}[32ma\u{1b}[0m");
        assert_eq!(Paint { colour: false }.tone(Tone::Good, "a"), "a");
    }
}
