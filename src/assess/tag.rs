//! Tag: a cleaned field becomes tokens, names, cues and clauses.
//!
//! Owns: word boundaries, masks, which names count, sentences and clauses. Calls: `lexicon`. Pure.

mod tokens;

use super::cut;
use super::lexicon::{Ending, Found, Lexicon, Meaning};
use crate::domain::{Actor, Boundaries, CueRole, Field, SurfaceKind, WordClass};
use jiff::civil::Date;
use std::ops::Range;

/// A leader's dates are known to the day of office, news of the change runs before and after.
const LEADER_SLACK_DAYS: i64 = 366;

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

/// The byte behind the lead of an article, which scripts of long characters get as much of as others.
fn lead_end(text: &str) -> usize {
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

/// The names that count by themselves, those that need support, and the masks: the longest first among names
/// and masks that begin at the same word; an earlier one wins over what it covers.
fn choose(lexicon: &Lexicon, mut names: Vec<Named>) -> (Vec<Named>, Vec<Named>, Vec<Range<usize>>) {
    let written = |named: &Named| {
        named.name.and_then(|index| lexicon.names.get(index)).map_or(usize::MAX, |name| name.text.len())
    };
    // Of two that cover the same words the one that is written out, not one that is an open stem.
    names.sort_by(|left, right| {
        let place = left.tokens.start.cmp(&right.tokens.start).then(right.tokens.end.cmp(&left.tokens.end));
        place.then_with(|| written(right).cmp(&written(left)))
    });
    let mut undecided = Vec::new();
    let mut masks = Vec::new();
    let mut chosen: Vec<Named> = Vec::new();
    let mut reached = 0;
    let mut previous: Option<Range<usize>> = None;
    for named in names {
        let same = previous.as_ref() == Some(&named.tokens);
        if named.tokens.start < reached && !same {
            continue;
        }
        reached = named.tokens.end.max(reached);
        previous = Some(named.tokens.clone());
        let Some(index) = named.name else {
            masks.push(named.tokens);
            continue;
        };
        if lexicon.names.get(index).is_some_and(|known| known.ambiguous.is_some()) {
            undecided.push(named);
        } else if !same || chosen.last().is_none_or(|last| last.tokens != named.tokens) {
            chosen.push(named);
        }
    }
    (chosen, undecided, masks)
}

/// Decides the ambiguous names of an item over all its fields.
pub(super) fn decide(lexicon: &Lexicon, fields: &mut [Tagged<'_>]) {
    let supported: Vec<usize> = fields.iter().flat_map(|field| field.supported.iter().copied()).collect();
    let forbidden: Vec<usize> = fields.iter().flat_map(|field| field.forbidden.iter().copied()).collect();
    let named: Vec<Actor> = fields.iter().flat_map(|field| field.mentions.iter().map(|m| m.actor)).collect();
    for field in fields.iter_mut() {
        for named_here in std::mem::take(&mut field.undecided) {
            let place = named_here.tokens.clone();
            let Some(name) = named_here.name.and_then(|index| lexicon.names.get(index)) else { continue };
            let Some(ambiguous) = name.ambiguous else { continue };
            let clause = field.clause_of(place.start);
            let by_state = lexicon.state_support.get(ambiguous).is_some_and(|allowed| *allowed)
                && field.mentions.iter().any(|mention| {
                    mention.actor != name.actor
                        && clause.contains(&mention.tokens.start)
                        && mention.kind != SurfaceKind::Firm
                });
            // What stands beside a name of one letter has supported it already.
            let counts =
                name.short || supported.contains(&ambiguous) || named.contains(&name.actor) || by_state;
            let free =
                field.tokens.get(place.clone()).is_some_and(|covered| covered.iter().all(|t| t.mention == 0));
            if counts && free && !forbidden.contains(&ambiguous) {
                accept(lexicon, field, &named_here);
            } else {
                field.undecided.push(named_here);
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

fn accept(lexicon: &Lexicon, tagged: &mut Tagged<'_>, named: &Named) {
    let Some(name) = named.name.and_then(|index| lexicon.names.get(index)) else { return };
    let number = u32::try_from(tagged.mentions.len() + 1).unwrap_or(0);
    for token in tagged.tokens.get_mut(named.tokens.clone()).into_iter().flatten() {
        token.mention = number;
    }
    tagged.mentions.push(Mention {
        tokens: named.tokens.clone(),
        actor: name.actor,
        kind: name.kind,
        genitive: named.genitive,
        short: name.short,
    });
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
        *written == *name.text
    } else {
        // "bin Salman" begins in lower case by itself; "oman" inside a sentence is no state.
        *written == *name.text
            || written.chars().next().is_some_and(|first| first.is_uppercase() || !first.is_lowercase())
    };
    cased && (!name.is_leader() || in_office(name.in_office, date))
}

fn in_office((from, to): (Option<Date>, Option<Date>), date: Option<Date>) -> bool {
    let Some(date) = date else { return true };
    let days =
        |later: Date, earlier: Date| earlier.until(later).ok().map_or(0, |span| i64::from(span.get_days()));
    from.is_none_or(|from| days(from, date) <= LEADER_SLACK_DAYS)
        && to.is_none_or(|to| days(date, to) <= LEADER_SLACK_DAYS)
}

/// The cues in whose sentence stands what they need, if anything: another one says nothing, and must
/// not cover a shorter one that does.
fn met(lexicon: &Lexicon, tagged: &mut Tagged<'_>) -> Vec<Hit> {
    let hits = std::mem::take(&mut tagged.hits);
    let condition = |hit: &Hit| lexicon.conditions.get(hit.cue).copied().unwrap_or_default();
    let holds = |hit: &Hit| {
        let Some(needed) = condition(hit).needs else { return true };
        let sentence = tagged.sentence_of(hit.tokens.start);
        let here = |other: &Hit| sentence.contains(&other.tokens.start);
        hits.iter().any(|other| condition(other).met == Some(needed) && here(other))
    };
    let kept: Vec<bool> = hits.iter().map(holds).collect();
    hits.into_iter().zip(kept).filter_map(|(hit, kept)| kept.then_some(hit)).collect()
}

/// Of overlapping cues with the same role the longest stays; equal ones all stay.
fn longest(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|left, right| {
        left.tokens.start.cmp(&right.tokens.start).then(right.tokens.end.cmp(&left.tokens.end))
    });
    // Of each role the first that reaches farthest: whatever begins later and ends before is covered.
    let mut farthest: [Range<usize>; CueRole::ALL.len()] = std::array::from_fn(|_| 0..0);
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        let Some(reach) = farthest.get_mut(hit.role as usize) else { continue };
        let covered = hit.tokens.end <= reach.end && hit.tokens != *reach;
        let mut same = kept.iter().rev().take_while(|known| known.tokens.start == hit.tokens.start);
        if !covered && !same.any(|known| known.cue == hit.cue && known.tokens == hit.tokens) {
            if hit.tokens.end > reach.end {
                *reach = hit.tokens.clone();
            }
            kept.push(hit);
        }
    }
    kept
}

/// Marks sentences and clauses. Where words are not divided by blanks, a blank divides clauses.
fn split(tagged: &mut Tagged<'_>, blanks_divide: bool) {
    let mut sentence = 0;
    let mut clause = 0;
    for index in 0..tagged.tokens.len() {
        let token = tagged.tokens[index];
        let stop = token.kind == TokenKind::Stop;
        let apart = index.checked_sub(1).and_then(|before| tagged.tokens.get(before)).is_some_and(|before| {
            let letter = |at: usize| tagged.text[at..].chars().next().is_some_and(|c| !c.is_ascii());
            before.end < token.start && letter(before.start) && letter(token.start)
        });
        let breaks = token.kind == TokenKind::Break || blanks_divide && apart;
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
