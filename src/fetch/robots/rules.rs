//! What a robots.txt allows (RFC 9309). Pure; nothing in it costs more than its length times a path's.

use std::cmp::Reverse;
use std::time::Duration;

/// Our name in such files.
const PRODUCT: &[u8] = b"sanctionwatch";
/// Longest pattern that is kept; addresses are shorter.
const LONGEST_PATTERN: usize = 4_096;
/// Longest pause between two requests that is granted.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// What stands in one file for us.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    /// The most specific first; of two alike, the one that allows.
    patterns: Vec<(Pattern, bool)>,
    /// The least time between two requests that it asks for, at most a minute.
    pub pause: Duration,
}

/// A rule's path, with `*` for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    text: String,
    /// Whether the path ends with it; else it begins the path.
    to_the_end: bool,
}

/// For whom a group is.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    us: bool,
    everybody: bool,
    /// Its rules have begun: the next name begins another group.
    begun: bool,
}

impl Rules {
    /// Reads a file. Groups with our name count together; where there is none, those for everybody.
    #[must_use]
    pub fn read(file: &[u8]) -> Self {
        let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        let (mut us, mut everybody, mut named) = (Self::default(), Self::default(), false);
        let mut group = Group::default();
        for line in file.split(|byte| matches!(byte, b'\n' | b'\r')) {
            let Some((key, value)) = key_and_value(line) else { continue };
            if key.eq_ignore_ascii_case(b"user-agent") {
                group = if group.begun { Group::default() } else { group };
                group.us |= is_us(value);
                group.everybody |= value.starts_with(b"*");
                named |= group.us;
                continue;
            }
            let allows = key.eq_ignore_ascii_case(b"allow");
            let is_rule = allows || key.eq_ignore_ascii_case(b"disallow");
            // Other records end no group.
            group.begun |= is_rule;
            let targets = [(group.us, &mut us), (group.everybody, &mut everybody)];
            for (_, rules) in targets.into_iter().filter(|(is_meant, _)| *is_meant) {
                if is_rule && !value.is_empty() && value.len() <= LONGEST_PATTERN {
                    rules.patterns.push((Pattern::read(value), allows));
                } else if let Some(pause) = key.eq_ignore_ascii_case(b"crawl-delay").then(|| pause(value)) {
                    rules.pause = rules.pause.max(pause);
                }
            }
        }
        let mut rules = if named { us } else { everybody };
        rules.patterns.sort_by_key(|(pattern, allows)| (Reverse(pattern.length()), !allows));
        rules.patterns.dedup();
        rules
    }

    /// Whether a path with its query may be asked for.
    #[must_use]
    pub fn allows(&self, path: &str) -> bool {
        if path == "/robots.txt" {
            return true;
        }
        let path = normal(path.as_bytes(), false);
        self.patterns.iter().find(|(pattern, _)| pattern.matches(&path)).is_none_or(|(_, allows)| *allows)
    }
}

impl Pattern {
    fn read(written: &[u8]) -> Self {
        let (written, to_the_end) = match written.strip_suffix(b"$") {
            Some(rest) => (rest, true),
            None => (written, false),
        };
        Self { text: normal(written, true), to_the_end }
    }

    /// How specific it is: its bytes.
    fn length(&self) -> usize {
        self.text.len() + usize::from(self.to_the_end)
    }

    /// Each text between stars is taken where it comes first: a later place would leave less for those
    /// behind it, so there is nothing to come back to.
    fn matches(&self, path: &str) -> bool {
        let Some((first, others)) = self.text.split_once('*') else {
            return path.strip_prefix(&self.text).is_some_and(|rest| !self.to_the_end || rest.is_empty());
        };
        let Some(mut rest) = path.strip_prefix(first) else { return false };
        let (between, last) = others.rsplit_once('*').unwrap_or(("", others));
        for part in between.split('*') {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        if self.to_the_end { rest.ends_with(last) } else { rest.contains(last) }
    }
}

/// A record's key and value; `None` for comments, blank lines and what is no record.
fn key_and_value(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let line = line.split(|byte| *byte == b'#').next()?;
    let colon = line.iter().position(|byte| *byte == b':')?;
    Some((line[..colon].trim_ascii(), line[colon + 1..].trim_ascii()))
}

/// Whether a group's name is ours: letters, `-` and `_`, up to the first other sign.
fn is_us(value: &[u8]) -> bool {
    let ends = |byte: &u8| !(byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'));
    let end = value.iter().position(ends).unwrap_or(value.len());
    value[..end].eq_ignore_ascii_case(PRODUCT)
}

/// Seconds, whole or with a fraction; no number is no pause.
fn pause(value: &[u8]) -> Duration {
    let seconds = std::str::from_utf8(value).ok().and_then(|text| text.parse::<f64>().ok());
    let seconds = seconds.filter(|seconds| seconds.is_finite() && *seconds > 0.0).unwrap_or_default();
    Duration::try_from_secs_f64(seconds.min(LONGEST_PAUSE.as_secs_f64())).unwrap_or_default()
}

/// A path as it is compared: what need not be escaped is not, and all else is, in capitals. In a query `:`
/// and `/` are the same as their escapes. The signs that mean something in a pattern are escaped elsewhere.
fn normal(path: &[u8], is_pattern: bool) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut normal = String::with_capacity(path.len());
    let (mut rest, mut in_query) = (path, false);
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| after.split_first_chunk::<2>()).flatten();
        let escaped = escaped.and_then(|(digits, after)| Some((octet(*digits)?, after)));
        let (octet, after) = escaped.unwrap_or((byte, after));
        rest = after;
        let stands = match (octet, escaped.is_some()) {
            (b'-' | b'.' | b'_' | b'~', _) => true,
            (b':' | b'/', true) => in_query,
            (_, true) => octet.is_ascii_alphanumeric(),
            (b'*', false) => is_pattern,
            (b'$', false) => false,
            _ => octet.is_ascii_graphic(),
        };
        in_query |= octet == b'?' && escaped.is_none();
        if stands {
            normal.push(char::from(octet));
        } else {
            let digit = |number: u8| char::from(HEX[usize::from(number & 15)]);
            normal.extend(['%', digit(octet >> 4), digit(octet)]);
        }
    }
    normal
}

fn octet(digits: [u8; 2]) -> Option<u8> {
    let [high, low] =
        digits.map(|digit| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
    Some((high? << 4) | low?)
}

#[cfg(test)]
mod tests;
