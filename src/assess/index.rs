//! Index: a language's patterns in order, found by walking along a text.
//!
//! Owns: which patterns begin at a place of a text. Pure. Sorted texts behind a small hash table
//! instead of an automaton: words are looked for only where a word begins, so an automaton's steps
//! between them would be wasted, and this is built in a tenth of the time and a hundredth of the
//! memory. Most words begin as no pattern does, and for those the table answers alone.

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
    /// For each slot of the table eight bits of the hash, and 0 where it is empty.
    tags: Vec<u8>,
    /// For each slot the first text that has its beginning.
    firsts: Vec<u32>,
}

/// A text that begins with no other.
const NONE: u32 = u32::MAX;

/// So many bytes of a text are its beginning; a shorter text is followed by zeros.
const BEGINNING: usize = 4;

/// As many slots as beginnings, and so many times more: a word that no pattern begins like should
/// mostly fall on an empty one.
const ROOM: usize = 2;

impl Index {
    /// An index of texts that stand in order, none of them empty or twice; their places are its own.
    pub(super) fn new<T: AsRef<str>>(texts: &[T]) -> Self {
        let mut index = Self::default();
        // The texts that the last one begins with, itself among them.
        let mut chain: Vec<(u32, &str)> = Vec::new();
        let mut firsts: Vec<(u32, u32)> = Vec::new();
        for (place, text) in (0..).zip(texts) {
            let text = text.as_ref();
            while chain.last().is_some_and(|(_, shorter)| !text.starts_with(shorter)) {
                chain.pop();
            }
            index.parents.push(chain.last().map_or(NONE, |(parent, _)| *parent));
            chain.push((place, text));
            index.texts.extend_from_slice(text.as_bytes());
            index.keys.push(key(text.as_bytes()));
            index.ends.push(u32::try_from(index.texts.len()).unwrap_or(u32::MAX));
            let beginning = beginning(text.as_bytes());
            if firsts.last().is_none_or(|(last, _)| *last != beginning) {
                firsts.push((beginning, place));
            }
        }
        index.texts.shrink_to_fit();
        index.keys.shrink_to_fit();
        index.ends.shrink_to_fit();
        index.parents.shrink_to_fit();
        index.fill(&firsts);
        index
    }

    /// Fills the table with the beginnings and the first text of each.
    fn fill(&mut self, firsts: &[(u32, u32)]) {
        let slots = (firsts.len() * ROOM).next_power_of_two();
        self.tags = vec![0; slots];
        self.firsts = vec![0; slots];
        for (beginning, place) in firsts {
            let (mut slot, tag) = self.slot(*beginning);
            while self.tags.get(slot).is_some_and(|taken| *taken != 0) {
                slot = (slot + 1) & (slots - 1);
            }
            if let (Some(empty), Some(first)) = (self.tags.get_mut(slot), self.firsts.get_mut(slot)) {
                (*empty, *first) = (tag, *place);
            }
        }
    }

    /// The slot where a beginning stands, if its place is free, and its tag, which is never 0.
    fn slot(&self, beginning: u32) -> (usize, u8) {
        // Fibonacci hashing: the upper half of the product depends on all bytes.
        let hash = u64::from(beginning).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let [tag, second, third, fourth, ..] = hash.to_be_bytes();
        let upper = u32::from_be_bytes([tag, second, third, fourth]) as usize;
        (upper & (self.tags.len().max(1) - 1), tag | 1)
    }

    /// The first text that has a beginning, if any has it.
    fn first(&self, beginning: u32) -> Option<usize> {
        let (mut slot, wanted) = self.slot(beginning);
        loop {
            let tag = self.tags.get(slot).copied().unwrap_or(0);
            if tag == 0 {
                return None;
            }
            if tag == wanted {
                let place = self.firsts.get(slot).map_or(0, |place| *place as usize);
                if self.key(place) >> 32 == u64::from(beginning) {
                    return Some(place);
                }
            }
            slot = (slot + 1) & (self.tags.len() - 1);
        }
    }

    fn key(&self, place: usize) -> u64 {
        self.keys.get(place).copied().unwrap_or_default()
    }

    fn text(&self, place: usize) -> &[u8] {
        let end = self.ends.get(place).map_or(0, |end| *end as usize);
        let start =
            place.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        self.texts.get(start..end).unwrap_or_default()
    }

    /// The greatest text that is not greater than another one, from a place on.
    fn greatest(&self, first: usize, text: &[u8]) -> Option<usize> {
        let wanted = key(text);
        let not_greater = |place: usize| {
            let key = self.key(place);
            place < self.keys.len() && (key < wanted || key == wanted && self.text(place) <= text)
        };
        let (mut low, mut step) = (first, 1);
        while not_greater(low + step - 1) {
            low += step;
            step *= 2;
        }
        let mut high = low + step - 1;
        while low < high {
            let middle = low.midpoint(high);
            if not_greater(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.checked_sub(1).filter(|last| *last >= first)
    }

    /// Calls `found` with the place and the length of every pattern with which a text begins, the
    /// longest first.
    ///
    /// What a text begins with is not greater than it, and the greatest pattern that is not greater
    /// begins with all of them: one search, then from each to the next shorter one. Where none has
    /// the text's whole beginning, only shorter patterns are left.
    pub(super) fn starts(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let whole = beginning(text);
        let long = self.first(whole).and_then(|first| self.greatest(first, text));
        let shorter = || (1..BEGINNING).find_map(|cut| self.first(whole & (u32::MAX << (8 * cut))));
        let mut next = long.or_else(shorter);
        let mut begins = false;
        while let Some(place) = next {
            // What the text begins with begins with its parents.
            let pattern = self.text(place);
            begins = begins || text.starts_with(pattern);
            if begins && !pattern.is_empty() {
                found(place, pattern.len());
            }
            next = self.parents.get(place).filter(|parent| **parent != NONE).map(|parent| *parent as usize);
        }
    }
}

/// The first eight bytes as one number that orders as they do.
pub(super) fn key(text: &[u8]) -> u64 {
    if let Some(bytes) = text.first_chunk() {
        return u64::from_be_bytes(*bytes);
    }
    let mut bytes = [0; 8];
    for (byte, from) in bytes.iter_mut().zip(text) {
        *byte = *from;
    }
    u64::from_be_bytes(bytes)
}

/// The first four bytes as one number.
fn beginning(text: &[u8]) -> u32 {
    let bytes = key(text) >> 32;
    u32::try_from(bytes).unwrap_or_default()
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
