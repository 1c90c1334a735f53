//! Words: a text as the terms by which it is compared, and the numbers and contraries that tell it from
//! others.
//!
//! Owns: what a term is. Calls: `rules`. Pure, linear in the text. A term is the beginning of a word,
//! which stands for its inflected forms in any script that has blanks ("sanctions", "sanctioned";
//! "санкциями"); where words are not divided, two letters side by side are one.

use super::rules::{Contrary, Rules};
use std::hash::{BuildHasherDefault, Hasher};

/// So many letters of a word are its term. Measured on 653 items put into stories by hand: 6 and 7 are
/// as good as an English stemmer, 5 joins more than belongs together.
const TERM_LETTERS: usize = 7;

/// Most terms of a summary that are compared: news tells what happened first.
const SUMMARY_TERMS: usize = 40;

/// Most terms of a headline.
const TITLE_TERMS: usize = 40;

/// Words that may stand between an ordinal and the thing that is counted: "12th EU sanctions package".
const COUNTED_WITHIN: usize = 3;

/// A term, known by its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Term(pub(super) u64);

impl Term {
    /// The term that stands for an actor, whatever it is called.
    pub(super) fn of_actor(code: &str) -> Self {
        Self(code.bytes().fold(hash_of("actor:"), step))
    }

    /// The term that an exact word is, for lists of words.
    pub(super) fn of_word(word: &str) -> Self {
        Self(hash_of(word))
    }
}

/// "12th package": a number in an order, and the terms of what it may count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ordinal {
    pub(super) value: u32,
    pub(super) counted: Vec<Term>,
}

/// "passes": a word that has a contrary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) contrary: Contrary,
    /// The terms that hold letters of it.
    pub(super) terms: Vec<Term>,
}

/// A headline, read.
#[derive(Debug, Default)]
pub(super) struct Headline {
    pub(super) terms: Vec<Term>,
    /// Numbers that count something, in digits or words: no ordinals, no years.
    pub(super) counts: Vec<u32>,
    pub(super) ordinals: Vec<Ordinal>,
    pub(super) turns: Vec<Turn>,
    /// It asks, explains or follows live instead of telling.
    pub(super) asks: bool,
}

/// Reads a headline.
pub(super) fn headline(rules: &Rules, title: &str) -> Headline {
    let title = without_mark(title);
    let mut read =
        Headline { asks: title.trim_end().ends_with(['?', '\u{ff1f}', '\u{61f}']), ..Headline::default() };
    let words = words_of(title);
    read.asks |= words.first().is_some_and(|word| rules.explains(Term::of_word(&word.lower())));
    read.turns = turns(rules, &words);
    let mut open: Vec<(usize, usize)> = Vec::new();
    let (mut past_ordinal, mut past_count) = (0, 0);
    for (index, word) in words.iter().enumerate() {
        if index < past_ordinal {
            continue;
        }
        if let Some(found) = rules.ordinal(&words, index) {
            past_ordinal = index + found.taken;
            if found.after {
                open.push((read.ordinals.len(), past_ordinal - 1));
            }
            let before = found.before.and_then(|before| words.get(before)?.any_term());
            read.ordinals.push(Ordinal { value: found.value, counted: before.into_iter().collect() });
            continue;
        }
        if let Some(number) = word.number() {
            if !is_year(word.text) {
                read.counts.push(number);
            }
            continue;
        }
        // It stays a word as well: in another language it may be one.
        if index >= past_count
            && let Some((number, taken)) = rules.count(&words, index)
        {
            read.counts.push(number);
            past_count = index + taken;
        }
        let Some(term) = word.term(rules) else { continue };
        open.retain(|(_, from)| index <= from + COUNTED_WITHIN);
        for (ordinal, _) in &open {
            if let Some(ordinal) = read.ordinals.get_mut(*ordinal) {
                ordinal.counted.push(term);
            }
        }
        if read.terms.len() < TITLE_TERMS {
            read.terms.push(term);
        }
    }
    read
}

/// The words of a headline that have a contrary.
fn turns(rules: &Rules, words: &[Word<'_>]) -> Vec<Turn> {
    let mut turns = Vec::new();
    let mut past = 0;
    for (index, word) in words.iter().enumerate() {
        if index < past {
            continue;
        }
        let Some((contraries, taken)) = rules.contraries(words, index) else { continue };
        past = index + taken;
        // Where words are not divided, the pairs of letters beside it hold a letter of it.
        let beside = usize::from(word.text.starts_with(is_undivided));
        let from = index.saturating_sub(beside);
        let written = words.iter().take(past + beside).skip(from);
        let terms: Vec<Term> = written.filter_map(Word::any_term).collect();
        turns.extend(contraries.into_iter().map(|contrary| Turn { contrary, terms: terms.clone() }));
    }
    turns
}

/// The terms of a summary's beginning.
pub(super) fn summary(rules: &Rules, text: &str) -> Vec<Term> {
    Words { text, at: 0 }.filter_map(|word| word.term(rules)).take(SUMMARY_TERMS).collect()
}

/// The terms of a text, whatever its words mean.
pub(super) fn terms(text: &str) -> Vec<Term> {
    Words { text, at: 0 }.filter_map(|word| word.term(&Rules::default())).collect()
}

/// The terms of a text without blanks: one, or pairs of letters where words are not divided.
pub(super) fn undivided_terms(text: &str) -> Vec<Term> {
    if text.contains(char::is_whitespace) { Vec::new() } else { terms(text) }
}

/// The names in a headline: capitalised words, where it is not written in capitals throughout.
pub(super) fn names(title: &str) -> Vec<String> {
    let words = words_of(without_mark(title));
    let long = |word: &&Word<'_>| word.text.chars().nth(3).is_some();
    let small = words.iter().filter(long).filter(|word| !word.is_capitalised()).count();
    if small * 2 < words.iter().filter(long).count() {
        return Vec::new();
    }
    words.iter().skip(1).filter(|word| word.is_capitalised()).map(Word::lower).collect()
}

/// "UPDATE 2-Iran says …", "Exclusive: …", "BREAKING | …": what only says how it is told.
fn without_mark(title: &str) -> &str {
    const MARKS: [&str; 14] = [
        "update",
        "wrapup",
        "rpt",
        "refile",
        "corrected",
        "exclusive",
        "breaking",
        "analysis",
        "factbox",
        "explainer",
        "opinion",
        "watch",
        "scoop",
        "just in",
    ];
    let head_end = title.find(['-', ':', '|', '\u{2013}']).filter(|end| *end <= 16);
    let Some((head, rest)) = head_end.map(|end| title.split_at(end)) else { return title };
    let name = head.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ').to_lowercase();
    let rest = rest.trim_start_matches(['-', ':', '|', '\u{2013}', ' ']);
    if MARKS.contains(&name.as_str()) && !rest.is_empty() { rest } else { title }
}

/// The words of a text.
pub(super) fn words_of(text: &str) -> Vec<Word<'_>> {
    Words { text, at: 0 }.collect()
}

/// A word where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    /// What stands before and after it, up to the next word.
    pub(super) before: &'t str,
    pub(super) after: &'t str,
}

impl Word<'_> {
    pub(super) fn lower(&self) -> String {
        self.text.to_lowercase()
    }

    pub(super) fn is_capitalised(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }

    /// The number that it is, in any digits.
    pub(super) fn number(&self) -> Option<u32> {
        number_in(self.text)
    }

    /// The letters before a number that is written together with them, and the number: "No5".
    pub(super) fn lettered_number(&self) -> Option<(&str, u32)> {
        let (letters, number) = self.text.split_at(self.text.find(|c: char| digit(c).is_some())?);
        Some((letters, number_in(number)?))
    }

    /// Whether it is a word that is not written in capitals throughout.
    pub(super) fn is_plain(&self) -> bool {
        let has = |is: fn(char) -> bool| self.text.chars().any(is);
        !has(char::is_numeric) && (has(char::is_lowercase) || !has(char::is_uppercase))
    }

    /// Its term, however common it is.
    fn any_term(&self) -> Option<Term> {
        self.term(&Rules::default())
    }

    /// Its term, where it means something by itself.
    fn term(&self, rules: &Rules) -> Option<Term> {
        let mut letters = 0;
        let mut whole = hash_of("");
        let mut cut = whole;
        if self.text.is_ascii() {
            for byte in self.text.bytes() {
                letters += 1;
                whole = step(whole, byte.to_ascii_lowercase());
                if letters <= TERM_LETTERS {
                    cut = whole;
                }
            }
            return (letters > 1 && !rules.is_common(Term(whole))).then_some(Term(cut));
        }
        for character in self.text.chars().flat_map(char::to_lowercase) {
            letters += 1;
            whole = push(whole, character);
            if letters <= TERM_LETTERS {
                cut = whole;
            }
        }
        let wide = self.text.chars().next().is_some_and(is_undivided);
        ((letters > 1 || wide) && !rules.is_common(Term(whole))).then_some(Term(cut))
    }
}

/// The number that a text is, in any digits.
fn number_in(text: &str) -> Option<u32> {
    let mut number: u32 = 0;
    for character in text.chars().filter(|c| !matches!(c, '.' | ',')) {
        number = number.checked_mul(10)?.checked_add(digit(character)?)?;
    }
    Some(number)
}

/// The digit that a character is, in the digits of news: European, Arabic, Persian, full width.
fn digit(character: char) -> Option<u32> {
    let zero = match character {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    Some(u32::from(character) - u32::from(zero))
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && (text.starts_with("19") || text.starts_with("20"))
}

/// Scripts that put no blanks between words: Chinese, Japanese, Thai.
pub(super) fn is_undivided(character: char) -> bool {
    matches!(character, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// The words of a text: runs of letters, numbers with what divides their digits, and pairs of letters
/// where words are not divided.
struct Words<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Words<'t> {
    type Item = Word<'t>;

    fn next(&mut self) -> Option<Word<'t>> {
        let text = self.text;
        let start = self.at + letter_in(text.get(self.at..)?)?;
        let before = text.get(self.at..start).unwrap_or_default();
        let (end, next) = word_end(text, start);
        self.at = next;
        let tail = text.get(end..).unwrap_or_default();
        let gap = letter_in(tail).unwrap_or(tail.len());
        Some(Word {
            text: text.get(start..end).unwrap_or_default(),
            before,
            after: tail.get(..gap).unwrap_or_default(),
        })
    }
}

/// Where the first letter or digit of a text stands.
fn letter_in(text: &str) -> Option<usize> {
    // Between words stands mostly one blank.
    let plain = text.bytes().position(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())?;
    let rest = text.get(plain..)?;
    if rest.as_bytes().first().is_some_and(u8::is_ascii) {
        return Some(plain);
    }
    Some(plain + rest.find(char::is_alphanumeric)?)
}

/// Where a word ends, and where the next one may begin.
fn word_end(text: &str, start: usize) -> (usize, usize) {
    let mut letters = text.get(start..).unwrap_or_default().char_indices().peekable();
    let Some((_, first)) = letters.next() else { return (text.len(), text.len()) };
    let first_end = start + first.len_utf8();
    if first.is_ascii_alphabetic() {
        let rest = text.as_bytes().get(first_end..).unwrap_or_default();
        let plain = rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
        if rest.get(plain).is_none_or(u8::is_ascii) {
            return (first_end + plain, first_end + plain);
        }
    }
    if is_undivided(first) {
        let second = letters.next().filter(|(_, next)| is_undivided(*next));
        return (second.map_or(first_end, |(_, next)| first_end + next.len_utf8()), first_end);
    }
    let number = digit(first).is_some();
    let mut end = first_end;
    while let Some((at, character)) = letters.next() {
        let inside = if number {
            digit(character).is_some()
                || matches!(character, '.' | ',')
                    && letters.peek().is_some_and(|(_, after)| digit(*after).is_some())
        } else {
            // "제13차" is three words, "G7" is one.
            let divides = digit(character).is_some() && !first.is_ascii();
            character.is_alphanumeric() && !is_undivided(character) && !divides
        };
        if !inside {
            break;
        }
        end = start + at + character.len_utf8();
    }
    (end, end)
}

/// A hasher of what is a hash already, or a number that counts up: terms, bands, stories.
#[derive(Debug, Default)]
pub(super) struct Known(u64);

/// Builds hashers of what is a hash already.
pub(super) type KnownHash = BuildHasherDefault<Known>;

impl Hasher for Known {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| step(hash, *byte));
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }

    fn write_u64(&mut self, number: u64) {
        // The table takes the upper bits as well, which short words and small numbers leave alike.
        self.0 = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.rotate_left(32);
    }
}

/// FNV-1a: short words, no adversary that gains by a collision.
fn hash_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

fn push(hash: u64, character: char) -> u64 {
    let mut bytes = [0; 4];
    character.encode_utf8(&mut bytes).bytes().fold(hash, step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn terms(text: &str) -> Vec<Term> {
        headline(&Rules::default(), text).terms
    }

    #[rstest]
    #[case::inflected("Sanctions imposed", "sanctioned imposed", true)]
    #[case::inflected_cyrillic("санкциями", "санкциях", true)]
    #[case::mark("UPDATE 2-Iran signs pact", "Iran signs pact", true)]
    #[case::exclusive("Exclusive: Iran signs pact", "Iran signs pact", true)]
    #[case::no_mark("Iran: talks fail", "talks fail", false)]
    #[case::possessive("Iran's pact", "Iran pact", true)]
    fn same_terms(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
        assert_eq!(terms(one) == terms(other), same);
    }

    #[test]
    fn undivided_words_are_pairs_of_letters() {
        assert_eq!(terms("制裁伊朗").len(), 4);
        assert_eq!(terms("EU制裁").len(), 3);
    }

    #[rstest]
    #[case::counts("Strike kills 14 in 2026, 2,000 flee", &[14, 2000])]
    #[case::persian("۱۴ کشته", &[14])]
    #[case::none("Iran signs pact", &[])]
    fn counts(#[case] title: &str, #[case] expected: &[u32]) {
        assert_eq!(headline(&Rules::default(), title).counts, expected);
    }

    #[test]
    fn names_are_told_only_where_not_all_words_are_written_so() {
        assert_eq!(names("Court fines trader Murad Lakhani over deals"), ["murad", "lakhani"]);
        assert_eq!(names("Court Fines Trader Murad Lakhani Over Deals"), [] as [&str; 0]);
    }
}
