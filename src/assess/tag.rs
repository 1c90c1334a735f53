//! Tag: a cleaned field becomes tokens, names, cues and clauses.
//!
//! Owns: word boundaries, masks, which names count, sentences and clauses. Calls: `lexicon`. Pure.

use super::lexicon::{Lexicon, Meaning, fold};
use crate::domain::{Actor, CueRole, Field, SurfaceKind, WordClass};
use jiff::civil::Date;
use std::ops::Range;

/// A leader's dates are known to the day of office, news of the change runs before and after.
const LEADER_SLACK_DAYS: i64 = 366;

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
    classes: u32,
    /// Index of the mention that covers it, plus one.
    mention: u32,
}

impl Token {
    pub(super) fn is(&self, class: WordClass) -> bool {
        self.classes & bit(class) != 0
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
    pub(super) field: Field,
    pub(super) text: &'t str,
    pub(super) tokens: Vec<Token>,
    pub(super) mentions: Vec<Mention>,
    pub(super) hits: Vec<Hit>,
    /// Token ranges of sentences.
    pub(super) sentences: Vec<Range<usize>>,
    /// Token ranges of clauses, in order, each within one sentence.
    pub(super) clauses: Vec<Range<usize>>,
    /// Names that need support: (name index, tokens), decided over the whole item.
    undecided: Vec<(usize, Range<usize>)>,
    supported: Vec<usize>,
    forbidden: Vec<usize>,
}

impl Tagged<'_> {
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
    let mut tokens = tokenize(lexicon, text);
    let folded = fold(text);
    let shouting = !text.chars().any(char::is_lowercase);
    let mut names: Vec<(Range<usize>, Option<usize>)> = Vec::new();
    let mut hits: Vec<Hit> = Vec::new();
    let mut supported = Vec::new();
    let mut forbidden = Vec::new();
    let mut classes: Vec<(Range<usize>, WordClass)> = Vec::new();
    for (start, end, meanings) in lexicon.find(&folded) {
        let first = tokens.partition_point(|token| token.end <= start);
        if tokens.get(first).is_none_or(|token| token.start != start) {
            continue;
        }
        let last = tokens.partition_point(|token| token.start < end);
        let whole =
            last.checked_sub(1).and_then(|index| tokens.get(index)).is_some_and(|token| token.end == end);
        for meaning in meanings {
            if !whole && !matches!(meaning, Meaning::Cue { open: true, .. }) {
                continue;
            }
            let place = first..last;
            match *meaning {
                Meaning::Name(index) => {
                    if name_counts(lexicon, index, text, start, end, shouting, date) {
                        names.push((place, Some(index)));
                    }
                }
                Meaning::Mask => {
                    if text[start..end].chars().any(char::is_uppercase) || shouting {
                        names.push((place, None));
                    }
                }
                Meaning::Support(index) => supported.push(index),
                Meaning::Against(index) => forbidden.push(index),
                Meaning::Cue { index, .. } => {
                    if let Some(cue) = lexicon.cues.get(index) {
                        hits.push(Hit { tokens: place, cue: index, role: cue.role });
                    }
                }
                Meaning::Word(class) => classes.push((place, class)),
            }
        }
    }
    // Longest first among names and masks that begin at the same word; an earlier one wins.
    names.sort_by(|(left, _), (right, _)| left.start.cmp(&right.start).then(right.end.cmp(&left.end)));
    let mut undecided = Vec::new();
    let mut chosen: Vec<(usize, Range<usize>)> = Vec::new();
    let mut reached = 0;
    let mut previous: Option<Range<usize>> = None;
    for (place, name) in names {
        let same = previous.as_ref() == Some(&place);
        if place.start < reached && !same {
            continue;
        }
        reached = place.end.max(reached);
        previous = Some(place.clone());
        let Some(index) = name else { continue };
        if lexicon.names.get(index).is_some_and(|known| known.ambiguous.is_some()) {
            undecided.push((index, place));
        } else if !same || chosen.last().is_none_or(|(_, last)| *last != place) {
            chosen.push((index, place));
        }
    }
    hits = longest(hits);
    for (place, class) in &classes {
        for token in tokens.get_mut(place.clone()).into_iter().flatten() {
            token.classes |= bit(*class);
        }
    }
    let mut tagged = Tagged {
        field,
        text,
        sentences: Vec::new(),
        clauses: Vec::new(),
        tokens,
        mentions: Vec::new(),
        hits,
        undecided,
        supported,
        forbidden,
    };
    split(&mut tagged);
    for (index, place) in chosen {
        accept(lexicon, &mut tagged, index, place);
    }
    tagged
}

/// Decides the ambiguous names of an item over all its fields.
pub(super) fn decide(lexicon: &Lexicon, fields: &mut [Tagged<'_>]) {
    let supported: Vec<usize> = fields.iter().flat_map(|field| field.supported.iter().copied()).collect();
    let forbidden: Vec<usize> = fields.iter().flat_map(|field| field.forbidden.iter().copied()).collect();
    let named: Vec<Actor> = fields.iter().flat_map(|field| field.mentions.iter().map(|m| m.actor)).collect();
    for field in fields.iter_mut() {
        for (index, place) in std::mem::take(&mut field.undecided) {
            let Some(name) = lexicon.names.get(index) else { continue };
            let Some(ambiguous) = name.ambiguous else { continue };
            let clause = field.clause_of(place.start);
            let by_state = lexicon.state_support.get(ambiguous).is_some_and(|allowed| *allowed)
                && field.mentions.iter().any(|mention| {
                    mention.actor != name.actor
                        && clause.contains(&mention.tokens.start)
                        && mention.kind != SurfaceKind::Firm
                });
            let counts = supported.contains(&ambiguous) || named.contains(&name.actor) || by_state;
            let free =
                field.tokens.get(place.clone()).is_some_and(|covered| covered.iter().all(|t| t.mention == 0));
            if counts && free && !forbidden.contains(&ambiguous) {
                accept(lexicon, field, index, place);
            }
        }
        field.mentions.sort_by_key(|mention| mention.tokens.start);
        for token in &mut field.tokens {
            token.mention = 0;
        }
        for (index, mention) in field.mentions.iter().enumerate() {
            for token in field.tokens.get_mut(mention.tokens.clone()).into_iter().flatten() {
                token.mention = u32::try_from(index + 1).unwrap_or(0);
            }
        }
    }
}

fn accept(lexicon: &Lexicon, tagged: &mut Tagged<'_>, index: usize, place: Range<usize>) {
    let Some(name) = lexicon.names.get(index) else { return };
    let number = u32::try_from(tagged.mentions.len() + 1).unwrap_or(0);
    for token in tagged.tokens.get_mut(place.clone()).into_iter().flatten() {
        token.mention = number;
    }
    tagged.mentions.push(Mention { tokens: place, actor: name.actor, kind: name.surface.kind });
}

/// Whether a name counts where it stands: its case, and a leader's time in office.
fn name_counts(
    lexicon: &Lexicon,
    index: usize,
    text: &str,
    start: usize,
    end: usize,
    shouting: bool,
    date: Option<Date>,
) -> bool {
    let Some(name) = lexicon.names.get(index) else { return false };
    let written = &text[start..end];
    let cased = if name.exact && !shouting {
        written == name.surface.text
    } else {
        // "bin Salman" begins in lower case by itself; "oman" inside a sentence is no state.
        written == name.surface.text
            || written.chars().next().is_some_and(|first| first.is_uppercase() || !first.is_lowercase())
    };
    cased && (!name.is_leader() || in_office(name.surface.from, name.surface.to, date))
}

fn in_office(from: Option<Date>, to: Option<Date>, date: Option<Date>) -> bool {
    let Some(date) = date else { return true };
    let days =
        |later: Date, earlier: Date| earlier.until(later).ok().map_or(0, |span| i64::from(span.get_days()));
    from.is_none_or(|from| days(from, date) <= LEADER_SLACK_DAYS)
        && to.is_none_or(|to| days(date, to) <= LEADER_SLACK_DAYS)
}

/// Of overlapping cues with the same role the longest stays; equal ones all stay.
fn longest(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|left, right| {
        left.tokens.start.cmp(&right.tokens.start).then(right.tokens.end.cmp(&left.tokens.end))
    });
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        let covered = kept.iter().any(|known| {
            known.role == hit.role
                && known.tokens.start <= hit.tokens.start
                && hit.tokens.end <= known.tokens.end
                && known.tokens != hit.tokens
        });
        let twice = kept.iter().any(|known| known.cue == hit.cue && known.tokens == hit.tokens);
        if !covered && !twice {
            kept.push(hit);
        }
    }
    kept
}

fn tokenize(lexicon: &Lexicon, text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 5 + 1);
    let mut characters = text.char_indices().peekable();
    while let Some((start, character)) = characters.next() {
        if character.is_whitespace() {
            continue;
        }
        let mut end = start + character.len_utf8();
        let kind = if character.is_alphanumeric() {
            while let Some(&(at, next)) = characters.peek() {
                let rest = &text[at + next.len_utf8()..];
                let continued = next.is_alphanumeric()
                    || (matches!(next, '.' | ',')
                        && text[start..at].chars().all(char::is_numeric)
                        && rest.starts_with(|c: char| c.is_numeric()))
                    || (next == '.' && is_initials(&text[start..at], rest));
                if !continued {
                    break;
                }
                end = at + next.len_utf8();
                characters.next();
            }
            TokenKind::Word
        } else {
            let rest = &text[end..];
            let after_word =
                tokens.last().is_some_and(|last| last.end == start && last.kind == TokenKind::Word);
            match character {
                '\'' if after_word
                    && (rest.starts_with('s') || rest.starts_with('S'))
                    && !rest[1..].starts_with(char::is_alphanumeric) =>
                {
                    characters.next();
                    end += 1;
                    TokenKind::Possessive
                }
                '\'' if after_word && text[..start].ends_with('s') && rest.starts_with(' ') => {
                    TokenKind::Possessive
                }
                '-' | '/' | '\u{2013}' if after_word && rest.starts_with(char::is_alphanumeric) => {
                    TokenKind::Hyphen
                }
                '\u{2013}' | '-' | ':' | ';' | '|' => TokenKind::Break,
                ',' => TokenKind::Comma,
                '.' if is_full_stop(lexicon, tokens.last().map(|last| &text[last.start..last.end]), rest) => {
                    TokenKind::Stop
                }
                '!' | '?' | '\u{3002}' => TokenKind::Stop,
                '\'' | '"' | '(' | ')' | '[' | ']' => TokenKind::Quote,
                _ => TokenKind::Other,
            }
        };
        tokens.push(Token { start, end, kind, classes: 0, mention: 0 });
    }
    tokens
}

/// "U" of "U.S.": single letters with full stops between them.
fn is_initials(before: &str, rest: &str) -> bool {
    let letter = before.rsplit('.').next().is_some_and(|last| {
        let mut letters = last.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
    });
    let next_letter = {
        let mut following = rest.chars();
        following.next().is_some_and(char::is_uppercase)
            && following.next().is_none_or(|c| !c.is_alphanumeric())
    };
    letter && (next_letter || before.contains('.'))
}

fn is_full_stop(lexicon: &Lexicon, word: Option<&str>, rest: &str) -> bool {
    let ends = rest.is_empty()
        || rest.starts_with(['"', '\'', ')'])
        || (rest.starts_with(' ') && rest.trim_start().starts_with(|c: char| !c.is_lowercase()));
    let short = word.is_some_and(|word| {
        // An initial is short; the dots of an ellipsis are none.
        word.chars().count() == 1 && word != "."
            || lexicon.lists(WordClass::Abbreviation, &word.to_lowercase())
    });
    ends && !short
}

/// Marks sentences and clauses.
fn split(tagged: &mut Tagged<'_>) {
    let mut sentence = 0;
    let mut clause = 0;
    for index in 0..tagged.tokens.len() {
        let token = tagged.tokens[index];
        let stop = token.kind == TokenKind::Stop;
        let breaks = token.kind == TokenKind::Break;
        let subordinates = token.is(WordClass::Subordinator)
            && !tagged
                .tokens
                .get(index.wrapping_sub(1))
                .is_some_and(|before| before.is(WordClass::Subordinator) && before.kind == TokenKind::Word);
        if (stop || breaks || subordinates) && clause < index {
            tagged.clauses.push(clause..index);
            clause = index;
        }
        if stop && sentence < index {
            tagged.sentences.push(sentence..index + 1);
            sentence = index + 1;
            if clause == index {
                clause = index + 1;
                if let Some(last) = tagged.clauses.last_mut() {
                    last.end = index + 1;
                }
            }
        }
    }
    if clause < tagged.tokens.len() {
        tagged.clauses.push(clause..tagged.tokens.len());
    }
    if sentence < tagged.tokens.len() {
        tagged.sentences.push(sentence..tagged.tokens.len());
    }
}
