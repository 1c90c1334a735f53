//! Language: what a text is written in, where its source does not say.
//!
//! The script decides what it can. Then words vote, the common ones of each vocabulary and those of
//! the languages that could be taken for one of them, and letters that few languages have. Where the
//! vote is close, a model of letter sequences is asked. Only a language with a vocabulary is named:
//! of a text in any other it is better to know nothing.

mod neighbours;
mod script;
#[cfg(test)]
mod tests;

use super::lexicon::Lexicons;
use crate::domain::{Language, WordClass};
use neighbours::{EXPECTED, LETTERS, NEIGHBOURS};
use script::{Census, Script};
use std::collections::HashMap;
use whatlang::Lang;

/// So many words tell the language; a text may be long.
const MOST_WORDS: usize = 40;

/// The model reads so many bytes at most: it takes longer than all the rest.
const MODEL_BYTES: usize = 240;

/// The vote of a word that one language alone has; those that have a word in common share it.
const VOTE: usize = 12;

/// A language needs its whole vote once in so many words.
const VOTE_ONE_IN: usize = 12;

/// A letter that more languages have only narrows down whose the others of its word are.
const LETTER_SHARED_BY: u32 = 3;

/// Where the model agrees, half of that in so many words is enough.
const AGREED_ONE_IN: usize = 30;

/// From so many words on, a letter that is expected must have been seen.
const EXPECTED_IN: usize = 4;

/// A vote is clear when the winner has so many times what the next one has.
const CLEAR: usize = 2;

/// Where no word votes: one in so many must be a word that the vocabulary knows, be it a name or a cue.
const KNOWN_ONE_IN: usize = 2;

/// More languages than this take no part: a vote is a set of bits.
const MOST_CANDIDATES: usize = 64;

/// The words of a vocabulary that vote: the small ones, of which every sentence has some.
const TELLING: &[WordClass] = &[
    WordClass::Common,
    WordClass::Target,
    WordClass::Against,
    WordClass::Agent,
    WordClass::Partner,
    WordClass::Between,
    WordClass::Coordinator,
    WordClass::Reason,
    WordClass::Preposition,
    WordClass::Genitive,
    WordClass::Subordinator,
    WordClass::Auxiliary,
    WordClass::Passive,
    WordClass::Relative,
    WordClass::Article,
    WordClass::Speech,
];

/// The languages of the model by their codes here.
const MODELS: &[(&str, Lang)] = &[
    ("en", Lang::Eng),
    ("de", Lang::Deu),
    ("fr", Lang::Fra),
    ("es", Lang::Spa),
    ("pt", Lang::Por),
    ("sv", Lang::Swe),
    ("tr", Lang::Tur),
    ("da", Lang::Dan),
    ("no", Lang::Nob),
    ("nl", Lang::Nld),
    ("it", Lang::Ita),
    ("ca", Lang::Cat),
    ("ro", Lang::Ron),
    ("pl", Lang::Pol),
    ("cs", Lang::Ces),
    ("sk", Lang::Slk),
    ("hr", Lang::Hrv),
    ("sl", Lang::Slv),
    ("fi", Lang::Fin),
    ("et", Lang::Est),
    ("hu", Lang::Hun),
    ("az", Lang::Aze),
    ("id", Lang::Ind),
    ("tl", Lang::Tgl),
    ("vi", Lang::Vie),
    ("lv", Lang::Lav),
    ("lt", Lang::Lit),
    ("ru", Lang::Rus),
    ("uk", Lang::Ukr),
    ("bg", Lang::Bul),
    ("sr-cyrl", Lang::Srp),
    ("mk", Lang::Mkd),
    ("be", Lang::Bel),
    ("ar", Lang::Ara),
    ("fa", Lang::Pes),
    ("ur", Lang::Urd),
];

/// A language that a text may be in, or neighbours alike.
#[derive(Debug)]
struct Candidate {
    /// The language, if it has a vocabulary.
    language: Option<Language>,
    script: Script,
    models: Vec<Lang>,
}

/// Tells languages apart. Built once.
#[derive(Debug, Default)]
pub(super) struct Detector {
    candidates: Vec<Candidate>,
    /// Who has a word, as a set of bits.
    words: HashMap<Box<str>, u64>,
    /// Who has a letter, by its number; letters beyond, or without an entry, say nothing.
    letters: Vec<u64>,
    /// Of whom a letter is expected, by its number.
    expected: Vec<u64>,
    /// Who has a vocabulary.
    known: u64,
    /// Of whom any letter is expected.
    expecting: u64,
}

/// What the words and letters of a text say.
struct Votes {
    points: [usize; MOST_CANDIDATES],
    /// Those of whom a word or letter was seen that no language with a vocabulary has.
    own: u64,
    /// Those of whom an expected letter was seen.
    expected: u64,
    words: usize,
}

impl Detector {
    /// For the languages of these lexicons and what may be taken for them.
    pub(super) fn new(lexicons: &Lexicons) -> Self {
        let mut detector = Self::default();
        for (language, lexicon) in lexicons {
            let common: String = lexicon.listed(WordClass::Common).take(MOST_WORDS).collect();
            let words = TELLING.iter().flat_map(|class| lexicon.listed(*class));
            let words = words.filter(|word| !word.contains(' '));
            detector.add(&[language.as_str()], Some(*language), script::script(&common), words);
        }
        detector.share_names(lexicons);
        for neighbour in NEIGHBOURS {
            let spoken = |code: &&str| lexicons.keys().any(|language| language.as_str() == *code);
            if !neighbour.codes.iter().any(spoken) {
                let words = neighbour.words.split_ascii_whitespace();
                detector.add(neighbour.codes, None, script::script(neighbour.words), words);
            }
        }
        detector
    }

    fn add<'a>(
        &mut self,
        codes: &[&str],
        language: Option<Language>,
        script: Option<Script>,
        words: impl Iterator<Item = &'a str>,
    ) {
        let Some(script) = script.filter(|_| self.candidates.len() < MOST_CANDIDATES) else { return };
        let bit = 1 << self.candidates.len();
        for word in words {
            *self.words.entry(word.into()).or_default() |= bit;
        }
        self.known |= if language.is_some() { bit } else { 0 };
        for (letters, having) in LETTERS {
            if having.split(' ').any(|code| codes.contains(&code)) {
                mark(&mut self.letters, letters, bit);
            }
        }
        for (code, letters) in EXPECTED {
            if codes.contains(code) {
                mark(&mut self.expected, letters, bit);
                self.expecting |= bit;
            }
        }
        let models = MODELS.iter().filter(|(code, _)| codes.contains(code)).map(|(_, model)| *model);
        self.candidates.push(Candidate { language, script, models: models.collect() });
    }

    /// A name that one vocabulary lists among its common words may be a name in others, too ("Moscou").
    fn share_names(&mut self, lexicons: &Lexicons) {
        for (word, bits) in &mut self.words {
            let mut having = 0;
            for (index, candidate) in self.candidates.iter().enumerate() {
                let lexicon = candidate.language.and_then(|language| lexicons.get(&language));
                having |= u64::from(lexicon.is_some_and(|lexicon| lexicon.is_name(word))) << index;
            }
            if having & *bits != 0 {
                *bits |= having;
            }
        }
    }

    /// The language of a text that is given in parts, if it is one that has a lexicon.
    pub(super) fn detect(&self, lexicons: &Lexicons, parts: &[&str]) -> Option<Language> {
        let mut census = Census::default();
        let votes = self.votes(parts, &mut census);
        let by_code = |code: &str| lexicons.keys().copied().find(|language| language.as_str() == code);
        match census.script()? {
            Script::Hangul => by_code("ko"),
            Script::Han => by_code("zh"),
            Script::Kana => by_code("ja"),
            script => self.elect(lexicons, script, &votes, parts),
        }
    }

    fn votes(&self, parts: &[&str], census: &mut Census) -> Votes {
        let mut votes = Votes { points: [0; MOST_CANDIDATES], own: 0, expected: 0, words: 0 };
        let mut word = String::new();
        for part in parts {
            let (mut before, mut capital) = (' ', false);
            // What ends a part ends its last word.
            for character in part.chars().chain([' ']) {
                if character.is_alphanumeric() {
                    census.count(character);
                    if word.is_empty() {
                        capital = character.is_ascii_uppercase();
                        if before == '\'' && character == 's' {
                            word.push('\'');
                        }
                    }
                    if character.is_ascii() {
                        word.push(character.to_ascii_lowercase());
                    } else {
                        word.extend(character.to_lowercase().next());
                    }
                } else if !word.is_empty() {
                    // A capital alone is an abbreviation's ("U.S."), not the small word.
                    self.vote(if capital && word.len() == 1 { "" } else { &word }, &mut votes);
                    word.clear();
                    if votes.words == MOST_WORDS {
                        return votes;
                    }
                }
                before = character;
            }
        }
        votes
    }

    fn vote(&self, word: &str, votes: &mut Votes) {
        if word.is_empty() {
            return;
        }
        votes.words += 1;
        let listed = self.words.get(word).copied().unwrap_or(0);
        if listed & self.known == 0 {
            votes.own |= listed;
        }
        votes.give(listed);
        if word.is_ascii() {
            return;
        }
        let mut having = u64::MAX;
        for letter in word.chars() {
            votes.expected |= self.expected.get(letter as usize).copied().unwrap_or(0);
            match self.letters.get(letter as usize) {
                // A word with letters of two languages is borrowed.
                Some(bits) if *bits & having != 0 => having &= bits,
                _ => {}
            }
        }
        if having.count_ones() <= LETTER_SHARED_BY {
            votes.give(having);
            if having & self.known == 0 {
                votes.own |= having;
            }
        }
    }

    fn elect(&self, lexicons: &Lexicons, script: Script, votes: &Votes, parts: &[&str]) -> Option<Language> {
        let unlikely = if votes.words < EXPECTED_IN { 0 } else { self.expecting & !votes.expected };
        let points = |index: usize| {
            let points = votes.points.get(index).copied().unwrap_or(0);
            if unlikely & (1 << index) == 0 { points } else { points / 2 }
        };
        let (mut known, mut rival) = ((0, None), 0);
        let of_script =
            self.candidates.iter().enumerate().filter(|(_, candidate)| candidate.script == script);
        for (index, candidate) in of_script.clone().filter(|(_, candidate)| candidate.language.is_some()) {
            if points(index) > known.0 {
                rival = known.0;
                known = (points(index), candidate.language);
            } else {
                rival = rival.max(points(index));
            }
        }
        // A neighbour of which only such words were seen as vocabularies have, too, must have more of them.
        for (index, _) in of_script.filter(|(_, candidate)| candidate.language.is_none()) {
            if votes.own & (1 << index) != 0 || points(index) > known.0 {
                rival = rival.max(points(index));
            }
        }
        let enough = known.0 * VOTE_ONE_IN >= votes.words * VOTE;
        if enough && known.0 >= rival * CLEAR {
            return known.1;
        }
        if rival > known.0 * CLEAR {
            return None;
        }
        let most = known.0.max(rival);
        if most > 0
            && let Some((index, candidate)) = self.ask_model(script, parts)
        {
            let points = votes.points.get(index).copied().unwrap_or(0);
            if points * CLEAR >= most && points * AGREED_ONE_IN >= votes.words * VOTE {
                return candidate.language;
            }
        }
        if known.0 >= rival { self.most_known(lexicons, script, parts) } else { None }
    }

    /// The language whose vocabulary knows most of the words, as it does in a headline without small
    /// ones ("US sanctions Iran"); where others know as many, English or none.
    fn most_known(&self, lexicons: &Lexicons, script: Script, parts: &[&str]) -> Option<Language> {
        let words = parts.iter().flat_map(|part| part.split(|c: char| !c.is_alphanumeric()));
        let words = words.filter(|word| !word.is_empty()).take(MOST_WORDS);
        // The letters of "U.S." are no words.
        let words: Vec<String> = words.filter(|word| word.len() > 1).map(str::to_lowercase).collect();
        let (mut most, mut language) = (0, None);
        for candidate in self.candidates.iter().filter(|candidate| candidate.script == script) {
            let lexicon = candidate.language.and_then(|language| lexicons.get(&language));
            let known = lexicon.map_or(0, |lexicon| lexicon.count_known(&words));
            if known > most {
                (most, language) = (known, candidate.language);
            } else if known == most && language != Some(Language::ENGLISH) {
                // Where names and one noun are alike in two languages, English omits the rest most.
                language = candidate.language.filter(|language| *language == Language::ENGLISH);
            }
        }
        language.filter(|_| most * KNOWN_ONE_IN >= words.len())
    }

    /// What the model of letter sequences takes the text for.
    fn ask_model(&self, script: Script, parts: &[&str]) -> Option<(usize, &Candidate)> {
        let mut text = String::with_capacity(MODEL_BYTES);
        for part in parts {
            text.push_str(part);
            text.push(' ');
            if text.len() >= MODEL_BYTES {
                text.truncate(text.floor_char_boundary(MODEL_BYTES));
                break;
            }
        }
        let of_script = self.candidates.iter().filter(|candidate| candidate.script == script);
        let allowed = of_script.flat_map(|candidate| candidate.models.iter().copied()).collect();
        let model = whatlang::Detector::with_allowlist(allowed).detect_lang(&text)?;
        self.candidates.iter().enumerate().find(|(_, candidate)| candidate.models.contains(&model))
    }
}

/// Sets a bit for each of these letters.
fn mark(table: &mut Vec<u64>, letters: &str, bit: u64) {
    for number in letters.chars().map(|letter| letter as usize) {
        if table.len() <= number {
            table.resize(number + 1, 0);
        }
        if let Some(bits) = table.get_mut(number) {
            *bits |= bit;
        }
    }
}

impl Votes {
    /// Shares a vote among those of a set.
    fn give(&mut self, set: u64) {
        let mut left = set;
        let share = VOTE / (set.count_ones() as usize).max(1);
        while left != 0 {
            if let Some(points) = self.points.get_mut(left.trailing_zeros() as usize) {
                *points += share;
            }
            left &= left - 1;
        }
    }
}
