//! Tag: a cleaned field becomes tokens, names, cues and clauses.
//!
//! Owns: word boundaries, masks, which names count, sentences and clauses. Calls: `lexicon`. Pure.

mod clauses;
mod cues;
mod names;
mod tokens;

use super::cut;
use super::lexicon::{Ending, Found, Lexicon, Meaning};
use crate::domain::{Actor, Boundaries, CueRole, Field, SurfaceKind, WordClass};
use clauses::split;
use cues::{longest, met};
use jiff::civil::Date;
pub(super) use names::decide;
use names::{accept, choose, name_counts};
use std::ops::Range;

/// The lead of an article: its first sentences, where news tells what happened.
const LEAD_CHARACTERS: usize = 300;

/// What separates a token from the next clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters and digits, dots inside abbreviations.
    Word,
    /// "'s" or a final apostrophe.
    Possessive,
    /// Joins two words: "-" or "/".
    Hyphen,
    /// A comma.
    Comma,
    /// A quotation mark or bracket, which frames look through.
    Quote,
    /// Ends a clause: ":", ";", a dash between words.
    Break,
    /// Ends a sentence.
    Stop,
    /// Anything else.
    Other,
}

/// A piece of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: TokenKind,
    /// Which word classes it belongs to, one bit each.
    pub(super) classes: u32,
    /// Index of the mention that covers it, plus one.
    pub(super) mention: u32,
}

impl Token {
    pub(super) fn is(&self, class: WordClass) -> bool {
        self.classes & bit(class) != 0
    }

    /// Whether it is one of the language's small words.
    pub(super) fn is_small(&self) -> bool {
        self.classes != 0
    }
}

fn bit(class: WordClass) -> u32 {
    1 << (class as u32)
}

/// An actor's name in the text.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub(super) tokens: Range<usize>,
    pub(super) actor: Actor,
    pub(super) kind: SurfaceKind,
    /// Its ending makes it a possessor.
    pub(super) genitive: bool,
    /// A name of one letter.
    pub(super) short: bool,
}

/// A name where it was found.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) tokens: Range<usize>,
    /// Index of the name; `None` for a mask.
    pub(super) name: Option<usize>,
    genitive: bool,
}

/// A cue in the text.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) tokens: Range<usize>,
    /// Index in the lexicon's cues.
    pub(super) cue: usize,
    pub(super) role: CueRole,
}

/// A field with everything that was found in it.
#[derive(Debug)]
pub(super) struct Tagged<'t> {
    /// The byte from which on an article tells around its news; beyond the text of other fields.
    pub(super) background_from: usize,
    pub(super) field: Field,
    pub(super) text: &'t str,
    pub(super) tokens: Vec<Token>,
    pub(super) mentions: Vec<Mention>,
    pub(super) hits: Vec<Hit>,
    /// Token ranges of sentences.
    pub(super) sentences: Vec<Range<usize>>,
    /// Token ranges of clauses, in order, each within one sentence.
    pub(super) clauses: Vec<Range<usize>>,
    /// Where clauses begin that "and" joins to the one before.
    joined: Vec<usize>,
    /// Names that need support, decided over the whole item; then those that found none.
    pub(super) undecided: Vec<Named>,
    /// Phrases that hide the names in them.
    pub(super) masks: Vec<Range<usize>>,
    supported: Vec<usize>,
    forbidden: Vec<usize>,
}

impl Tagged<'_> {
    /// Whether a byte belongs to what an article tells around its news.
    pub(super) fn is_background(&self, start: usize) -> bool {
        start >= self.background_from
    }

    /// The words between two tokens, with their place.
    pub(super) fn slice(&self, tokens: &Range<usize>) -> (usize, usize) {
        let start = self.tokens.get(tokens.start).map_or(0, |token| token.start);
        let end =
            tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.end);
        (start, end.max(start))
    }

    /// The clause that holds a token.
    pub(super) fn clause_of(&self, token: usize) -> Range<usize> {
        let index = self.clauses.partition_point(|clause| clause.end <= token);
        self.clauses.get(index).cloned().unwrap_or(0..self.tokens.len())
    }

    /// The sentence that holds a token.
    pub(super) fn sentence_of(&self, token: usize) -> Range<usize> {
        let index = self.sentences.partition_point(|sentence| sentence.end <= token);
        self.sentences.get(index).cloned().unwrap_or(0..self.tokens.len())
    }
}

/// Tags one field.
pub(super) fn tag<'t>(lexicon: &Lexicon, field: Field, text: &'t str, date: Option<Date>) -> Tagged<'t> {
    let folded = lexicon.fold(text);
    let mut tokens = tokens::tokenize(lexicon, text);
    let mut found: Vec<Found<'_>> = Vec::with_capacity(tokens.len() * 2);
    if lexicon.cuts {
        for (at, _) in folded.char_indices().filter(|(_, character)| !character.is_whitespace()) {
            lexicon.find_at(&folded, at, &mut found);
        }
        tokens = cut::cut(lexicon, &folded, &found, tokens);
    } else {
        for token in &tokens {
            lexicon.find_at(&folded, token.start, &mut found);
        }
    }
    let mut finds = Finds { shouting: !text.chars().any(char::is_lowercase), date, ..Finds::default() };
    let mut first = 0;
    for one in &found {
        while tokens.get(first).is_some_and(|token| token.end <= one.start) {
            first += 1;
        }
        finds.sort(lexicon, text, &folded, (&tokens, first), one);
    }
    for (place, class) in &finds.classes {
        for token in tokens.get_mut(place.clone()).into_iter().flatten() {
            token.classes |= bit(*class);
        }
    }
    finds.shorts(&tokens);
    let (chosen, undecided, masks) = choose(lexicon, finds.names);
    let mut tagged = Tagged {
        background_from: if field == Field::Body { lead_end(text) } else { usize::MAX },
        field,
        text,
        sentences: Vec::new(),
        clauses: Vec::new(),
        joined: Vec::new(),
        tokens,
        mentions: Vec::new(),
        hits: finds.hits,
        undecided,
        masks,
        supported: finds.supported,
        forbidden: finds.forbidden,
    };
    split(&mut tagged, lexicon.grammar.boundaries == Boundaries::None);
    tagged.hits = longest(met(lexicon, &mut tagged));
    for named in &chosen {
        accept(lexicon, &mut tagged, named);
    }
    tagged
}

/// The byte behind the lead of an article, which scripts of long characters get as much of as others; no byte
/// of the text where all of it is lead.
#[must_use]
pub fn lead_end(text: &str) -> usize {
    text.char_indices().nth(LEAD_CHARACTERS).map_or(usize::MAX, |(at, _)| at)
}

/// What the patterns found in a text mean where they stand.
#[derive(Default)]
struct Finds {
    shouting: bool,
    date: Option<Date>,
    names: Vec<Named>,
    short: Vec<Named>,
    hits: Vec<Hit>,
    supported: Vec<usize>,
    forbidden: Vec<usize>,
    classes: Vec<(Range<usize>, WordClass)>,
}

impl Finds {
    /// Puts one find where it belongs, if it stands on word borders or may do without.
    /// `first` is the token in which it begins.
    fn sort(
        &mut self,
        lexicon: &Lexicon,
        text: &str,
        folded: &str,
        (tokens, first): (&[Token], usize),
        found: &Found<'_>,
    ) {
        let Found { start, end, meanings } = *found;
        let Some(begin) = tokens.get(first) else { return };
        let begins = begin.start == start;
        let covered = tokens.iter().skip(first).take_while(|token| token.start < end);
        let last = first + covered.count();
        let Some(closing) = last.checked_sub(1).and_then(|index| tokens.get(index)) else { return };
        // "{to,at}" after a blank may be empty: then the pattern ends behind its last word.
        let whole = closing.end <= end;
        let rest = folded.get(end..closing.end).unwrap_or_default();
        let place = first..last;
        for meaning in meanings {
            match *meaning {
                Meaning::Cue { index, open, compound } => {
                    let index = index as usize;
                    if (begins || compound)
                        && (whole || open)
                        && let Some(cue) = lexicon.cues.get(index)
                    {
                        self.hits.push(Hit { tokens: place.clone(), cue: index, role: cue.role });
                    }
                }
                Meaning::Name(index) if begins => {
                    let index = index as usize;
                    let ending = if whole { Some(Ending::Plain) } else { lexicon.ending(index, rest) };
                    let Some(ending) = ending else { continue };
                    if name_counts(lexicon, index, text, start, end, self.shouting, self.date) {
                        let genitive = ending == Ending::Genitive;
                        let named = Named { tokens: place.clone(), name: Some(index), genitive };
                        let short = lexicon.names.get(index).is_some_and(|name| name.short);
                        if short { self.short.push(named) } else { self.names.push(named) }
                    }
                }
                Meaning::Mask if begins && whole => {
                    let hidden = &text[start..end];
                    if hidden.chars().any(char::is_uppercase) || !hidden.chars().any(char::is_lowercase) {
                        self.names.push(Named { tokens: place.clone(), name: None, genitive: false });
                    }
                }
                Meaning::Support(index) if begins && whole => self.supported.push(index as usize),
                Meaning::Against(index) if begins && whole => self.forbidden.push(index as usize),
                Meaning::Word(class) if begins && whole => self.classes.push((place.clone(), class)),
                _ => {}
            }
        }
    }

    /// Lets the names of one letter count that stand beside another one or beside a supporting word.
    fn shorts(&mut self, tokens: &[Token]) {
        let places: Vec<usize> = self.short.iter().map(|named| named.tokens.start).collect();
        let supports = |at: usize| {
            places.contains(&at) || tokens.get(at).is_some_and(|token| token.is(WordClass::ShortSupport))
        };
        let joins = |left: usize, right: usize| {
            let (Some(one), Some(other)) = (tokens.get(left), tokens.get(right)) else { return false };
            one.end == other.start
        };
        // "北·中" is a dyad, too.
        let dotted = |left: usize| {
            joins(left, left + 1)
                && joins(left + 1, left + 2)
                && tokens.get(left + 1).is_some_and(|token| token.kind == TokenKind::Hyphen)
        };
        for named in std::mem::take(&mut self.short) {
            let at = named.tokens.start;
            let beside = joins(at, at + 1) && supports(at + 1)
                || dotted(at) && places.contains(&(at + 2))
                || at >= 1 && joins(at - 1, at) && supports(at - 1)
                || at >= 2 && dotted(at - 2) && places.contains(&(at - 2));
            if beside {
                self.names.push(named);
            }
        }
    }
}
