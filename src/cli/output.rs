//! Output: standard output that may end early, complaints, JSON Lines.

use super::exit::Failure;
use serde::Serialize;
use std::io::{self, BufWriter, StdoutLock, Write};

/// Standard output, buffered; whoever takes it must flush it.
pub(super) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::new(io::stdout().lock())
}

/// Says something on standard error. That this may fail is nothing to act on.
pub(super) fn complain(text: &str) {
    let written = writeln!(io::stderr(), "{text}");
    drop(written);
}

/// Writes a value as one line of JSON.
pub(super) fn json_line(out: &mut impl Write, value: &impl Serialize) -> Result<(), Failure> {
    let line = serde_json::to_string(value).map_err(|error| Failure::internal(error.into()))?;
    writeln!(out, "{line}")?;
    Ok(())
}

/// A text from the web on one line of a terminal: no control characters, no escape sequences.
pub(super) fn plain(text: &str) -> String {
    crate::text::one_line(text, 240)
}

/// A reason as a person reads it.
pub(super) fn in_words(reason: crate::domain::DropReason) -> &'static str {
    use crate::domain::DropReason;
    match reason {
        DropReason::NoVocabulary => {
            "in a language without vocabulary, or in none that was recognised (set `lang`)"
        }
        DropReason::NoCue => "without a word of sanctions or alliances",
        DropReason::NoActor => "with such words, but without a country they concern",
        DropReason::BelowThreshold => "below the threshold",
        DropReason::Baseline => "old or undated on the source's first poll",
        DropReason::TooOld => "dated long before the last poll",
        DropReason::NoWatch => "reported, but no watch asks for it",
        DropReason::Duplicate => "of a story that is known already",
        DropReason::Muted => "of a story that was muted",
    }
}

/// How long ago something was, in its largest unit: "3 min ago".
pub(super) fn ago(now: jiff::Timestamp, then: Option<jiff::Timestamp>) -> String {
    let Some(then) = then else { return "never".to_owned() };
    let seconds = now.duration_since(then).as_secs();
    match seconds {
        ..0 => format!("in {}", span(-seconds)),
        0..10 => "just now".to_owned(),
        _ => format!("{} ago", span(seconds)),
    }
}

/// A size in its largest unit, of a thousand each.
pub(super) fn size(bytes: u64) -> String {
    let rounded = |unit: u64, name: &str| {
        let tenths = bytes / (unit / 10);
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    };
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => rounded(1_000, "kB"),
        1_000_000..1_000_000_000 => rounded(1_000_000, "MB"),
        _ => rounded(1_000_000_000, "GB"),
    }
}

/// A span of time in its largest unit.
pub(super) fn span(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// "1 story", "3 stories".
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{SignedDuration, Timestamp};
    use rstest::rstest;

    #[rstest]
    #[case(999, "999 bytes")]
    #[case(1_050, "1.0 kB")]
    #[case(12_345_678, "12.3 MB")]
    #[case(1_200_000_000, "1.2 GB")]
    fn tells_how_large(#[case] bytes: u64, #[case] expected: &str) {
        assert_eq!(size(bytes), expected);
    }

    #[rstest]
    #[case(0, "just now")]
    #[case(90, "90 s ago")]
    #[case(3_600, "60 min ago")]
    #[case(7_200, "2 h ago")]
    #[case(864_000, "10 days ago")]
    #[case(-300, "in 5 min")]
    fn tells_how_long_ago(#[case] seconds: i64, #[case] expected: &str) {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(ago(now, Some(now - SignedDuration::from_secs(seconds))), expected);
    }
}
