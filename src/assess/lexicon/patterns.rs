//! Patterns: the texts of a vocabulary as texts are compared with them.
//!
//! Owns: how a language's letters are folded, and which beginnings a pattern with choices has. Calls:
//! `domain`, `index`, `tails`. Pure; used while a lexicon is built.

use super::Meaning;
use crate::assess::index::{self, Index};
use crate::assess::tails::Tails;
use crate::domain::{Grammar, Pattern};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Stands inside Persian words; texts come without it.
const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';

/// Patterns for the index, each text once.
pub(super) struct Patterns<'a> {
    grammar: &'a Grammar,
    /// Each with the number that orders as the beginning of its text does.
    known: Vec<(u64, Cow<'a, str>, Meaning)>,
    tails: Tails,
}

impl<'a> Patterns<'a> {
    pub(super) fn new(grammar: &'a Grammar) -> Self {
        Self { grammar, known: Vec::new(), tails: Tails::default() }
    }

    pub(super) fn add(&mut self, text: &'a str, meaning: Meaning) {
        // Between the parts of a Persian word stands a joiner of no width, a blank or nothing.
        if text.contains(ZERO_WIDTH_NON_JOINER) {
            for between in ["", " "] {
                let text = text.replace(ZERO_WIDTH_NON_JOINER, between);
                self.push(Cow::Owned(fold(self.grammar, &text)), meaning);
            }
            return;
        }
        let lower = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        self.push(if lower { Cow::Borrowed(text) } else { Cow::Owned(fold(self.grammar, text)) }, meaning);
    }

    /// Adds a cue's pattern: with one choice written out, with more as beginnings and a tail.
    pub(super) fn add_cue(&mut self, written: &'a str, cue: u32) {
        if written.contains(ZERO_WIDTH_NON_JOINER) {
            for between in ["", " "] {
                let text = written.replace(ZERO_WIDTH_NON_JOINER, between);
                let folded = fold(self.grammar, &text);
                self.add_folded(&folded, cue);
            }
        } else if written.contains('{') {
            let folded = fold(self.grammar, written);
            self.add_folded(&folded, cue);
        } else {
            let (open, compound) = (written.ends_with('*'), written.starts_with('*'));
            self.add(written.trim_matches('*'), Meaning::Cue { index: cue, open, compound });
        }
    }

    fn add_folded(&mut self, folded: &str, cue: u32) {
        let Ok(pattern) = Pattern::parse(folded) else { return };
        let mut heads = vec![String::new()];
        let mut parts = pattern.parts();
        let mut choices = false;
        while let Some((part, rest)) = parts.split_first() {
            // An empty beginning would stand everywhere.
            if choices && part.len() > 1 && heads.iter().all(|head| !head.trim_matches('*').is_empty()) {
                break;
            }
            choices |= part.len() > 1;
            heads =
                heads.iter().flat_map(|head| part.iter().map(move |text| [head, *text].concat())).collect();
            parts = rest;
        }
        let mut tails = [None, None];
        for head in heads {
            let (open, compound) = (head.ends_with('*'), head.starts_with('*'));
            let meaning = match tails.get_mut(usize::from(compound)) {
                Some(tail) if !parts.is_empty() => {
                    Meaning::Head(*tail.get_or_insert_with(|| self.tails.add(parts, cue, compound)))
                }
                _ => Meaning::Cue { index: cue, open, compound },
            };
            let text = head.trim_matches('*');
            self.push(Cow::Owned(text.to_owned()), meaning);
        }
    }

    fn push(&mut self, folded: Cow<'a, str>, meaning: Meaning) {
        if !folded.is_empty() {
            self.known.push((index::key(folded.as_bytes()), folded, meaning));
        }
    }

    /// The index, the meanings in its order, and where those of each pattern end.
    pub(super) fn indexed(mut self) -> (Index, Vec<Meaning>, Vec<u32>, Tails) {
        // Stable, so that the meanings of one text stay in the order of the files.
        self.known.sort_by(|(key, text, _), (other, right, _)| key.cmp(other).then_with(|| text.cmp(right)));
        let mut texts: Vec<Cow<'_, str>> = Vec::with_capacity(self.known.len());
        let mut meanings: Vec<Meaning> = Vec::with_capacity(self.known.len());
        let mut ends: Vec<u32> = Vec::with_capacity(self.known.len());
        for (_, text, meaning) in self.known {
            let end = u32::try_from(meanings.len() + 1).unwrap_or(u32::MAX);
            if texts.last() == Some(&text) {
                let before =
                    ends.len().checked_sub(2).and_then(|one| ends.get(one)).map_or(0, |end| *end as usize);
                let twice = meanings.get(before..).is_some_and(|known| known.contains(&meaning));
                if !twice && let Some(last) = ends.last_mut() {
                    meanings.push(meaning);
                    *last = end;
                }
                continue;
            }
            texts.push(text);
            meanings.push(meaning);
            ends.push(end);
        }
        meanings.shrink_to_fit();
        ends.shrink_to_fit();
        self.tails.shrink_to_fit();
        (Index::new(&texts), meanings, ends, self.tails)
    }
}

/// A grammar whose endings, prefixes and suffixes are written as texts are compared.
pub(super) fn folded(grammar: &Grammar) -> Grammar {
    let all = |set: &BTreeSet<String>| set.iter().map(|text| fold(grammar, text)).collect();
    Grammar {
        endings: all(&grammar.endings),
        genitive_endings: all(&grammar.genitive_endings),
        prefixes: all(&grammar.prefixes),
        suffixes: all(&grammar.suffixes),
        ..grammar.clone()
    }
}

/// Lower case, and one letter for those that are taken for the same, without moving a byte: a
/// character whose lower case has another length stays.
pub(in crate::assess) fn fold(grammar: &Grammar, text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            folded.push(character.to_ascii_lowercase());
            continue;
        }
        let single = if has_no_case(character) { character } else { single_lower(character) };
        folded.push(grammar.same_letters.get(&single).copied().unwrap_or(single));
    }
    folded
}

/// The lower case of a character where it is one of as many bytes, else the character.
fn single_lower(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(single), None) if single.len_utf8() == character.len_utf8() => single,
        _ => character,
    }
}

/// Scripts without case, and small letters of those that most texts are written in.
const fn has_no_case(character: char) -> bool {
    matches!(character, '\u{df}'..='\u{ff}' | '\u{430}'..='\u{45f}' | '\u{590}'..='\u{109f}' | '\u{2e80}'..='\u{a63f}' | '\u{ac00}'..='\u{d7ff}')
}

/// An index as meanings hold it, of which there are very many.
pub(in crate::assess) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
