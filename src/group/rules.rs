//! Rules: what grouping must know of languages and blocs.
//!
//! Owns: nothing but what the vocabulary says; built once, at start. Calls: `domain`.

use super::spelled::Spelled;
use super::words::{self, KnownHash, Term, Word, is_undivided};
use crate::domain::{Actor, SurfaceKind, Vocabulary, WordClass};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::iter;

/// Classes of words that say what an item is about, however small: they are no common words.
const MEANING: [WordClass; 5] =
    [WordClass::Publisher, WordClass::Ally, WordClass::Title, WordClass::ShortSupport, WordClass::AfterNoun];

/// Most letters of a word that tells a language and says nothing else: among those lists are longer ones
/// that news of this kind is full of.
const COMMON_LETTERS: usize = 4;

/// Which pair of contraries a word is of, and on which side it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contrary {
    pub(super) pair: u32,
    pub(super) first: bool,
}

/// A place in an order, and which of the words beside it may tell what is in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) value: u32,
    /// Of how many words it is: two for "12th".
    pub(super) taken: usize,
    /// The word before it: "package XIX".
    pub(super) before: Option<usize>,
    /// Whether those after it may: "12th package".
    pub(super) after: bool,
}

/// What grouping must know of languages and blocs.
#[derive(Debug, Default)]
pub struct Rules {
    /// Explainers among them.
    common: HashSet<Term, KnownHash>,
    explainers: HashSet<Term, KnownHash>,
    numbers: Spelled<u32>,
    ordinals: Spelled<u32>,
    contraries: Spelled<Contrary>,
    ordinal_endings: HashSet<String>,
    ordinal_marks: HashSet<String>,
    members: BTreeMap<Actor, BTreeSet<Actor>>,
    /// Terms of names of states and blocs that are one word.
    names: HashSet<Term, KnownHash>,
    /// Terms of those that are of several words, for each.
    long_names: BTreeMap<Actor, BTreeSet<Term>>,
}

impl Rules {
    /// The rules of all languages of a vocabulary.
    #[must_use]
    pub fn new(vocabulary: &Vocabulary) -> Self {
        let mut rules = Self { members: vocabulary.members.clone(), ..Self::default() };
        for words in vocabulary.languages.values() {
            for (actor, named) in &words.actors {
                let plain = named.surfaces.iter().filter(|surface| surface.kind <= SurfaceKind::Capital);
                for surface in plain {
                    match words::terms(&surface.text)[..] {
                        [] => {}
                        [term] => _ = rules.names.insert(term),
                        ref terms => rules.long_names.entry(*actor).or_default().extend(terms),
                    }
                }
            }
            for (class, listed) in &words.words {
                let terms = listed.iter().filter(|word| !word.contains(' ')).map(|word| Term::of_word(word));
                match class {
                    WordClass::Explainer => {
                        let terms: Vec<Term> = terms.collect();
                        rules.explainers.extend(&terms);
                        rules.common.extend(terms);
                    }
                    class if MEANING.contains(class) => {}
                    WordClass::Common => {
                        let short = listed.iter().filter(|word| word.chars().count() <= COMMON_LETTERS);
                        rules.common.extend(short.map(|word| Term::of_word(word)));
                    }
                    _ => rules.common.extend(terms),
                }
            }
            for (number, written) in (1..).zip(&words.grammar.ordinals) {
                rules.ordinals.add(written, number);
            }
            for (number, written) in (2..).zip(&words.grammar.numbers) {
                rules.numbers.add(written, number);
            }
            rules.ordinal_endings.extend(words.grammar.ordinal_endings.iter().cloned());
            rules.ordinal_marks.extend(words.grammar.ordinal_marks.iter().cloned());
        }
        let pairs = vocabulary.languages.values().flat_map(|words| &words.grammar.opposites);
        for (pair, (one, other)) in (0..).zip(pairs) {
            rules.contraries.add(one, Contrary { pair, first: true });
            rules.contraries.add(other, Contrary { pair, first: false });
        }
        rules
    }

    /// Whether a word says nothing about what a text is about.
    pub(super) fn is_common(&self, word: Term) -> bool {
        self.common.contains(&word)
    }

    /// Whether a term is a state's or bloc's name.
    pub(super) fn is_name(&self, term: Term) -> bool {
        self.names.contains(&term)
    }

    /// The terms of an actor's names that are of several words: "Sri Lanka".
    pub(super) fn long_names(&self, actor: Actor) -> Option<&BTreeSet<Term>> {
        self.long_names.get(&actor)
    }

    /// Whether a word at the beginning of a headline announces an explanation.
    pub(super) fn explains(&self, word: Term) -> bool {
        self.explainers.contains(&word)
    }

    /// The count that words tell, and of how many words it is: "six", "twenty-six".
    pub(super) fn count(&self, words: &[Word<'_>], index: usize) -> Option<(u32, usize)> {
        const TENS: u32 = 20;
        // In "thirty-six" it is the less of it, in "Sept. 8" no number.
        words.get(index).filter(|word| word.before != "-" && !word.after.starts_with(". "))?;
        let (number, taken) = self.numbers.longest(words, index)?;
        let next = index + taken;
        let joined = words.get(next).is_some_and(|next| matches!(next.before, " " | "-"));
        let ones =
            self.numbers.longest(words, next).filter(|(ones, _)| joined && number == TENS && *ones < 10);
        Some(ones.map_or((number, taken), |(ones, more)| (number + ones, taken + more)))
    }

    /// The pairs of contraries that words are of, and of how many words they are: "passes", "strikes down".
    pub(super) fn contraries(&self, words: &[Word<'_>], index: usize) -> Option<(Vec<Contrary>, usize)> {
        self.contraries.all(words, index)
    }

    /// The place in an order that a word names: "twelfth", "12th", "12-й", "第12", "XII", "No. 12".
    pub(super) fn ordinal(&self, words: &[Word<'_>], index: usize) -> Option<Numbered> {
        let word = words.get(index)?;
        if let Some(value) = word.number() {
            return self.in_digits(words, index, value);
        }
        let written = || {
            let (value, taken) = self.ordinals.longest(words, index)?;
            // "десять" begins as "десятий" does.
            let counts = self.numbers.longest(words, index).is_some();
            (!counts).then_some(Numbered { value, taken, before: None, after: true })
        };
        self.in_roman(words, index)
            .or_else(|| self.in_undivided(words, index))
            .or_else(|| self.in_letters(words, index))
            .or_else(written)
    }

    /// "12th", "第12", "№ 12": a number in digits that has something beside it which makes it an ordinal.
    fn in_digits(&self, words: &[Word<'_>], index: usize, value: u32) -> Option<Numbered> {
        let word = words.get(index)?;
        let next = words.get(index + 1);
        let previous = index.checked_sub(1).and_then(|before| words.get(before));
        let marked = word.before.is_empty()
            && previous.is_some_and(|before| before.text.ends_with(|letter: char| self.is_mark(letter)));
        let ended = next.is_some_and(|next| {
            let joined = word.after.is_empty() || ["-", ":", ".", "'", "\u{2019}"].contains(&word.after);
            joined && self.ordinal_endings.contains(&next.lower())
        });
        let dotted = next.is_some() && word.after.starts_with(". ") && self.ordinal_endings.contains(".");
        let signed = word.after.chars().next().is_some_and(|sign| matches!(sign, '\u{ba}' | '\u{aa}'));
        if marked || ended || dotted || signed {
            return Some(Numbered { value, taken: 1 + usize::from(ended), before: None, after: true });
        }
        let gap = word.before.trim_end();
        if let Some(sign) = gap.chars().next_back().filter(|sign| self.is_mark(*sign)) {
            let before = index.checked_sub(1).filter(|_| stands_beside(gap.trim_end_matches(sign)));
            return Some(Numbered { value, taken: 1, before, after: true });
        }
        let mark = previous?;
        let written = [mark.text, gap.trim_start()].concat();
        let before = index.checked_sub(2).filter(|_| stands_beside(mark.before));
        // Without a stop, "No 10" may be a house.
        let after = !written.ends_with(char::is_alphabetic);
        let told = self.ordinal_marks.contains(&written) && (before.is_some() || after);
        told.then_some(Numbered { value, taken: 1, before, after })
    }

    /// "package No12".
    fn in_letters(&self, words: &[Word<'_>], index: usize) -> Option<Numbered> {
        let word = words.get(index)?;
        let (mark, value) = word.lettered_number()?;
        let before = index.checked_sub(1).filter(|_| stands_beside(word.before));
        let told = before.is_some() && self.ordinal_marks.contains(mark);
        told.then_some(Numbered { value, taken: 1, before, after: false })
    }

    /// "package XIX". What follows is counted only where what stands before it is not, as in "el XX
    /// paquete"; and is no name, as in "XI Jinping".
    fn in_roman(&self, words: &[Word<'_>], index: usize) -> Option<Numbered> {
        let word = words.get(index)?;
        let value = roman(word.text)?;
        let previous = index.checked_sub(1).and_then(|before| Some((before, words.get(before)?)));
        let previous = previous.filter(|(_, before)| stands_beside(word.before) && before.is_plain());
        let counts_next =
            |next: &Word<'_>| stands_beside(next.before) && next.is_plain() && !next.is_capitalised();
        let after = previous.is_none_or(|(_, before)| self.is_common(Term::of_word(&before.lower())))
            && words.get(index + 1).is_some_and(counts_next);
        let before = previous.map(|(before, _)| before);
        (before.is_some() || after).then_some(Numbered { value, taken: 1, before, after })
    }

    /// "第二十一轮": a number behind a mark where words are not divided.
    fn in_undivided(&self, words: &[Word<'_>], index: usize) -> Option<Numbered> {
        const TEN: u32 = 10;
        let (word, next) = words.get(index..)?.split_first()?;
        word.text.chars().next().filter(|mark| is_undivided(*mark) && self.is_mark(*mark))?;
        // Each pair of letters begins with the letter that ends the pair before it.
        let pairs = iter::once(word).chain(next.iter().take_while(|next| next.before.is_empty()));
        let figures = pairs.map_while(|pair| {
            let letter = pair.text.chars().nth(1)?;
            self.ordinals.exactly(letter.encode_utf8(&mut [0; 4]))
        });
        let (mut tens, mut ones, mut taken): (u32, u32, usize) = (0, 0, 0);
        for figure in figures {
            if figure == TEN {
                tens += ones.max(1) * TEN;
                ones = 0;
            } else {
                ones = figure;
            }
            taken += 1;
        }
        (taken > 0).then_some(Numbered { value: tens + ones, taken, before: None, after: true })
    }

    fn is_mark(&self, letter: char) -> bool {
        self.ordinal_marks.contains(letter.encode_utf8(&mut [0; 4]) as &str)
    }

    /// Whether two actors can stand for each other: the same, or a bloc and its member.
    pub(super) fn stands_for(&self, one: Actor, other: Actor) -> bool {
        let member =
            |bloc: Actor, state: Actor| self.members.get(&bloc).is_some_and(|all| all.contains(&state));
        one == other || member(one, other) || member(other, one)
    }
}

/// Whether nothing stands between two words that parts them.
fn stands_beside(gap: &str) -> bool {
    gap.chars().all(|sign| sign.is_whitespace() || matches!(sign, '-' | '('))
}

/// The number that a Roman numeral of several letters is, up to 39. What has larger ones is mostly an
/// abbreviation: "DC", "MD".
fn roman(text: &str) -> Option<u32> {
    const ONES: [&str; 10] = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
    const MOST_TENS: usize = 3;
    if !text.starts_with(['I', 'V', 'X', '\u{406}', '\u{425}']) || text.chars().nth(1).is_none() {
        return None;
    }
    // Whoever writes Cyrillic takes its letters.
    let latin = text.replace('\u{406}', "I").replace('\u{425}', "X");
    let ones = latin.trim_start_matches('X');
    let tens = latin.len() - ones.len();
    let ones = ONES.iter().position(|written| *written == ones).filter(|_| tens <= MOST_TENS)?;
    u32::try_from(tens * 10 + ones).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::embedded_vocabulary;
    use crate::group::words::headline;

    #[test]
    fn ordinals_are_read_in_words_and_in_digits() {
        let rules = Rules::new(&embedded_vocabulary());
        for (title, value) in [
            ("the thirteenth package", 13),
            ("the 13th package", 13),
            ("13-й пакет санкций", 13),
            ("тринадцатый пакет", 13),
            ("das 13. Sanktionspaket", 13),
            ("le 13e paquet", 13),
            ("el 13.º paquete", 13),
            ("第13轮制裁", 13),
            ("第十三轮制裁", 13),
            ("제13차 제재", 13),
            ("第三轮制裁", 3),
            ("欧盟第二十一轮制裁", 21),
            ("п'ятнадцятий пакет", 15),
            ("package XIII of sanctions", 13),
            ("el XIII paquete", 13),
            ("XIII пакет санкций", 13),
            ("\u{425}\u{406}\u{406}\u{406} пакет санкций", 13),
            ("package No. 13", 13),
            ("package #13", 13),
            ("пакет No 13", 13),
            ("package No13", 13),
            ("Paket Nr. 13", 13),
            ("paquet n° 13", 13),
            ("paquete núm. 13", 13),
            ("القرار رقم 13", 13),
            ("قطعنامه شماره 13", 13),
        ] {
            let read: Vec<u32> = headline(&rules, title).ordinals.iter().map(|one| one.value).collect();
            assert_eq!(read, [value], "{title}");
        }
        for title in [
            "13 packages",
            "50bn for 3 states",
            "F-16 jets",
            "in 2026",
            "phase I",
            "plan X",
            "from DC to MD",
            "XI Jinping lands",
            "PACKAGE XIX IS ADOPTED",
            "No 10 parties",
            "десять судов",
            "у п'ятницю",
        ] {
            assert_eq!(headline(&rules, title).ordinals, [], "{title}");
        }
    }

    #[test]
    fn an_ordinal_counts_what_stands_where_it_is_usual() {
        let rules = Rules::new(&embedded_vocabulary());
        for (title, counted) in [
            ("EU adopts 12th EU sanctions package today", "eu sanctio package"),
            ("Felipe VI recibe ministros", "felipe"),
            ("part II of pipeline accord", "part"),
            ("XX paquete europeo", "paquete europeo"),
            ("reactor No. 5 restarts", "reactor restart"),
            ("reactor No 5 restarts", "reactor"),
        ] {
            let read = headline(&rules, title).ordinals.into_iter().map(|one| one.counted);
            let expected: Vec<Term> = counted.split(' ').map(Term::of_word).collect();
            assert_eq!(read.collect::<Vec<_>>(), [expected], "{title}");
        }
    }

    #[test]
    fn counts_are_read_in_words_and_in_digits() {
        let rules = Rules::new(&embedded_vocabulary());
        let rows: &[(&str, &[u32])] = &[
            ("strike kills six", &[6]),
            ("Six killed, 14 hurt", &[6, 14]),
            ("twenty-six ships", &[26]),
            ("thirty-six ships", &[]),
            ("двадцать шесть судов", &[26]),
            ("десяти судам", &[10]),
            ("п'ять суден", &[5]),
            ("dix-sept navires", &[17]),
            ("dos muertos y tres heridos", &[2, 3]),
            ("ministro dos mares", &[]),
            ("on iki gemi", &[12]),
            ("on Monday", &[]),
            ("by Sept. 8", &[8]),
            ("ثلاثة عشر قتيلا", &[13]),
            ("سه کشته", &[3]),
            ("두 나라", &[2]),
            ("No 10 parties", &[10]),
        ];
        for (title, counts) in rows {
            assert_eq!(headline(&rules, title).counts, *counts, "{title}");
        }
    }
}
