//! Clean: what a feed carried becomes the text that is read and that byte offsets refer to.

use crate::text;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Most characters of a headline that are read.
const TITLE_CHARS: usize = 500;
/// Most characters of a summary that are read.
const SUMMARY_CHARS: usize = 3_000;
/// Most characters of a body that are read: news tells what happened first.
const BODY_CHARS: usize = 4_000;
/// Most bytes before the dash of a dateline ("WASHINGTON, Sept. 19 (Reuters) - ").
const DATELINE_BYTES: usize = 60;
/// Most words of a publisher's name at the end of a headline.
const PUBLISHER_WORDS: usize = 6;

/// A cleaned headline; `is_publisher` says whether a lower-case word belongs to publishers' names.
pub(super) fn title(raw: &str, is_publisher: impl Fn(&str) -> bool) -> String {
    let mut text = normal(raw, TITLE_CHARS);
    if let Some(end) = publisher_suffix(&text, is_publisher) {
        text.truncate(end);
    }
    text
}

/// A cleaned summary.
pub(super) fn summary(raw: &str) -> String {
    without_dateline(normal(raw, SUMMARY_CHARS))
}

/// A cleaned body, as much of it as is read.
pub(super) fn body(raw: &str) -> String {
    without_dateline(normal(raw, BODY_CHARS))
}

/// Markup undone (twice, where it was escaped twice), NFKC, quotes and dashes unified.
fn normal(raw: &str, max_chars: usize) -> String {
    if raw.is_empty() {
        return String::new();
    }
    let mut plain = text::plain(raw, max_chars);
    if (plain.contains('&') || plain.contains('<'))
        && (plain.contains("&lt;") || plain.contains("&amp;") || plain.contains("&#") || plain.contains("</"))
    {
        plain = text::plain(&plain, max_chars);
    }
    if plain.contains('#') && plain.contains("#39;") {
        // Some feeds lose the ampersand: "Bird #39;s custard".
        plain = plain.replace(" #39;", "'").replace("#39;", "'");
    }
    if plain.contains('`') {
        plain = plain.replace('`', "'");
    }
    if plain.is_ascii() {
        return plain;
    }
    // ASCII is normal by itself, and what would join it is not: the others tell.
    let others = Pieces(&plain).filter_map(|(_, other)| other);
    if is_nfkc_quick(others) != IsNormalized::Yes {
        plain = plain.nfkc().collect();
    }
    let mut text = String::with_capacity(plain.len());
    for (ascii, other) in Pieces(&plain) {
        text.push_str(ascii);
        text.extend(other.and_then(unified));
    }
    text
}

/// A text as runs of ASCII, each with the other character that ends it: most of a text is ASCII, and
/// needs no look at its characters.
struct Pieces<'t>(&'t str);

impl<'t> Iterator for Pieces<'t> {
    type Item = (&'t str, Option<char>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let end = self.0.bytes().position(|byte| !byte.is_ascii()).unwrap_or(self.0.len());
        let (ascii, rest) = self.0.split_at(end);
        let mut rest = rest.chars();
        let other = rest.next();
        self.0 = rest.as_str();
        Some((ascii, other))
    }
}

/// One form for quotes and dashes; `None` for characters of no width.
fn unified(character: char) -> Option<char> {
    Some(match character {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{02bc}' | '\u{00b4}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{00ab}' | '\u{00bb}' | '\u{2033}' => '"',
        '\u{2010}' | '\u{2011}' | '\u{2043}' => '-',
        '\u{2012}' | '\u{2014}' | '\u{2015}' | '\u{2212}' => '\u{2013}',
        // What shows nothing, and the short vowels and stretched words that Arabic writes as it likes.
        '\u{200b}'
        | '\u{200d}'
        | '\u{2060}'
        | '\u{feff}'
        | '\u{00ad}'
        | '\u{640}'
        | '\u{64b}'..='\u{652}'
        | '\u{670}' => return None,
        // What joins names like "and" in Korean and Chinese: "북·중".
        '\u{119e}' | '\u{318d}' | '\u{2219}' | '\u{2027}' | '\u{30fb}' => '\u{b7}',
        '\u{00a0}' => ' ',
        other => other,
    })
}

/// Where " - The Times of Israel" begins, if a headline ends so.
fn publisher_suffix(title: &str, is_publisher: impl Fn(&str) -> bool) -> Option<usize> {
    let (at, separator) = [" - ", " | ", " \u{2013} "]
        .into_iter()
        .filter_map(|separator| title.rfind(separator).map(|at| (at, separator)))
        .max()?;
    let tail = &title[at + separator.len()..];
    let words: Vec<&str> = tail.split_whitespace().collect();
    let capitalised = tail.chars().next().is_some_and(|first| first.is_uppercase() || first.is_numeric());
    let named = words.iter().any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        is_publisher(&word) || [".com", ".org", ".net", ".co.uk"].iter().any(|end| word.ends_with(end))
    });
    let long_head = title[..at].split_whitespace().nth(3).is_some();
    (capitalised && named && long_head && words.len() <= PUBLISHER_WORDS).then_some(at)
}

/// The text without "WASHINGTON (Reuters) - " or "Tehran, Iran - " at its beginning.
fn without_dateline(text: String) -> String {
    let head_end =
        text.char_indices().map(|(at, _)| at).take_while(|at| *at <= DATELINE_BYTES).last().unwrap_or(0);
    let head = &text[..head_end];
    let Some((at, separator)) = [" - ", " \u{2013} ", " -- ", " \u{2013}\u{2013} "]
        .into_iter()
        .filter_map(|separator| head.find(separator).map(|at| (at, separator)))
        .min()
    else {
        return text;
    };
    let line = &head[..at];
    let mut words = line.split_whitespace();
    let shouted = words.next().is_some_and(|word| {
        let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
        letters.len() >= 3 && letters.iter().all(|c| c.is_uppercase())
    });
    let placed = line.ends_with(')') || line.contains(", ") || line.split_whitespace().count() == 1;
    let named = line.contains(", ")
        && line.split_whitespace().count() <= 4
        && line.split_whitespace().all(|word| word.chars().next().is_some_and(char::is_uppercase));
    if (shouted && placed) || named { text[at + separator.len()..].to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publisher(word: &str) -> bool {
        ["times", "news", "reuters"].contains(&word)
    }

    #[test]
    fn publishers_go_and_speakers_stay() {
        for (raw, clean) in [
            (
                "Syria and Iraq reopen a border crossing - The Times of Israel",
                "Syria and Iraq reopen a border crossing",
            ),
            (
                "Sanctions hurt the whole world \u{2014} Putin",
                "Sanctions hurt the whole world \u{2013} Putin",
            ),
            ("Iran \u{2018}ready\u{2019} | Example.com", "Iran 'ready' | Example.com"),
            ("Iran is \u{2018}ready\u{2019} for talks | Example.com", "Iran is 'ready' for talks"),
            ("Bird #39;s custard", "Bird's custard"),
        ] {
            assert_eq!(title(raw, publisher), clean);
        }
    }

    #[test]
    fn datelines_go() {
        for (raw, clean) in [
            ("VIENNA (Reuters) - Iran agreed.", "Iran agreed."),
            ("KHARTOUM, Sudan Sept. 19, 2004 - A resolution.", "A resolution."),
            ("Tehran, Iran \u{2013} Iran and Belarus signed.", "Iran and Belarus signed."),
            ("US officials - and others - met.", "US officials - and others - met."),
            ("Talks ended - at last.", "Talks ended - at last."),
        ] {
            assert_eq!(summary(raw), clean);
        }
    }
}
