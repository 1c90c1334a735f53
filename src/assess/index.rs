//! Index: a language's patterns in order, found by walking along a text.
//!
//! Owns: which patterns begin at a place of a text. Pure. Sorted texts with binary search instead of
//! an automaton: words are looked for only where a word begins, so an automaton's steps between them
//! would be wasted, and this is built in a tenth of the time and a hundredth of the memory.

/// Patterns by their texts, in order.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The texts one behind another, in order.
    texts: Vec<u8>,
    /// The first eight bytes of each text as a number, with zeros behind a shorter one: most
    /// comparisons end here.
    keys: Vec<u64>,
    /// Where each text ends.
    ends: Vec<u32>,
    /// For each text the longest other one that it begins with.
    parents: Vec<u32>,
    /// For each first byte its row among the firsts; 0 where no text begins with it.
    rows: Vec<u16>,
    /// Rows of first bytes that texts begin with: for each second byte the first text with both or
    /// with greater ones. All first bytes would be ten times as many.
    firsts: Vec<u32>,
}

/// A text that begins with no other.
const NONE: u32 = u32::MAX;

/// How many values a byte has.
const BYTES: usize = 1 << 8;
/// As many firsts are in a row: one for each byte, and the end.
const ROW: usize = BYTES + 1;

impl Index {
    /// An index of texts that stand in order, none of them empty or twice; their places are its own.
    pub(super) fn new(texts: &[String]) -> Self {
        let mut index = Self { rows: vec![0; BYTES], firsts: vec![0; ROW], ..Self::default() };
        // The texts that the last one begins with, itself among them.
        let mut chain: Vec<(u32, &str)> = Vec::new();
        for (place, text) in (0..).zip(texts) {
            while chain.last().is_some_and(|(_, shorter)| !text.starts_with(shorter)) {
                chain.pop();
            }
            index.parents.push(chain.last().map_or(NONE, |(parent, _)| *parent));
            chain.push((place, text));
            index.texts.extend_from_slice(text.as_bytes());
            index.keys.push(key(text.as_bytes()));
            index.ends.push(u32::try_from(index.texts.len()).unwrap_or(u32::MAX));
            let (first, second) = pair(text.as_bytes());
            if let Some(row) = index.rows.get_mut(first) {
                if *row == 0 {
                    *row = u16::try_from(index.firsts.len() / ROW).unwrap_or(0);
                    index.firsts.resize(index.firsts.len() + ROW, 0);
                }
                if let Some(count) = index.firsts.get_mut(usize::from(*row) * ROW + second + 1) {
                    *count += 1;
                }
            }
        }
        let mut before = 0;
        for first in &mut index.firsts {
            before += *first;
            *first = before;
        }
        index.texts.shrink_to_fit();
        index.keys.shrink_to_fit();
        index.ends.shrink_to_fit();
        index.parents.shrink_to_fit();
        index.firsts.shrink_to_fit();
        index
    }

    fn text(&self, place: usize) -> &[u8] {
        let end = self.ends.get(place).map_or(0, |end| *end as usize);
        let start =
            place.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        self.texts.get(start..end).unwrap_or_default()
    }

    /// Calls `found` with the place and the length of every pattern with which a text begins, the
    /// longest first.
    ///
    /// What a text begins with is not greater than it, and the greatest pattern that is not greater
    /// begins with all of them: one search, then from each to the next shorter one.
    pub(super) fn starts(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let (first, second) = pair(text);
        let row = self.rows.get(first).map_or(0, |row| usize::from(*row) * ROW);
        let bound = |at: usize| self.firsts.get(row + at).map_or(0, |place| *place as usize);
        let (low, high) = (bound(second), bound(second + 1));
        let wanted = key(text);
        let key_of = |place: usize| self.keys.get(place).copied().unwrap_or_default();
        let same = partition(low, high, |place| key_of(place) < wanted);
        let after = partition(same, high, |place| key_of(place) == wanted && self.text(place) <= text);
        let mut next = if after > low {
            after.checked_sub(1)
        } else {
            // Only a pattern of one byte is left; it stands where that byte and zero would.
            let alone = bound(0);
            (self.text(alone).len() == 1).then_some(alone)
        };
        while let Some(place) = next {
            let pattern = self.text(place);
            if text.starts_with(pattern) && !pattern.is_empty() {
                found(place, pattern.len());
            }
            next = self.parents.get(place).filter(|parent| **parent != NONE).map(|parent| *parent as usize);
        }
    }
}

/// The first eight bytes as one number that orders as they do.
fn key(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (byte, from) in bytes.iter_mut().zip(text) {
        *byte = *from;
    }
    u64::from_be_bytes(bytes)
}

/// The first two bytes; a text of one byte counts as followed by zero.
fn pair(text: &[u8]) -> (usize, usize) {
    let byte = |at: usize| text.get(at).map_or(0, |byte| usize::from(*byte));
    (byte(0), byte(1))
}

/// The first place from which on `before` does not hold.
fn partition(mut low: usize, mut high: usize, before: impl Fn(usize) -> bool) -> usize {
    while low < high {
        let middle = low.midpoint(high);
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(patterns: &[&str], text: &str) -> Vec<String> {
        let mut patterns: Vec<String> = patterns.iter().map(|text| (*text).to_owned()).collect();
        patterns.sort_unstable();
        let index = Index::new(&patterns);
        let mut found = Vec::new();
        index.starts(text.as_bytes(), |place, length| {
            assert_eq!(patterns[place].len(), length);
            found.push(patterns[place].clone());
        });
        found.reverse();
        found
    }

    #[test]
    fn every_pattern_at_the_beginning_is_found() {
        let patterns =
            ["iran", "iran deal", "ira", "iraq", "us", "俄罗斯", "白俄罗斯", "ir", "санкци", "a", "&"];
        assert_eq!(found(&patterns, "iran deal is off"), ["ir", "ira", "iran", "iran deal"]);
        assert_eq!(found(&patterns, "iraqi"), ["ir", "ira", "iraq"]);
        assert_eq!(found(&patterns, "白俄罗斯总统"), ["白俄罗斯"]);
        assert_eq!(found(&patterns, "санкциями"), ["санкци"]);
        assert_eq!(found(&patterns, "a rusia"), ["a"]);
        assert_eq!(found(&patterns, "&"), ["&"]);
        assert_eq!(found(&patterns, "u"), [] as [&str; 0]);
        assert_eq!(found(&patterns, ""), [] as [&str; 0]);
        assert_eq!(found(&[], "iran"), [] as [&str; 0]);
    }

    #[test]
    fn it_finds_what_a_plain_search_finds() {
        let patterns: Vec<String> = (0_u32..400).map(|n| format!("{:b}", n * 37 % 1013)).collect();
        let patterns: std::collections::BTreeSet<&str> = patterns.iter().map(String::as_str).collect();
        let patterns: Vec<&str> = patterns.into_iter().collect();
        for text in (0_u32..200).map(|n| format!("{:b}", n * 7919)) {
            let plain: Vec<&str> = patterns.iter().copied().filter(|one| text.starts_with(one)).collect();
            assert_eq!(found(&patterns, &text), plain, "{text}");
        }
    }
}
