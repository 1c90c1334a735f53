//! Names: which of the names that were found count.
//!
//! Owns: the longest name, masks, support of ambiguous names over the whole item, terms of office.
//! Calls: `lexicon`. Pure.

use super::clauses::part_coordinated;
use super::{Mention, Named, Tagged, TokenKind};
use crate::assess::lexicon::Lexicon;
use crate::domain::{Actor, CueRole, Kind, SurfaceKind, WordClass};
use jiff::civil::Date;
use std::ops::Range;

/// A leader's dates are known to the day of office, news of the change runs before and after.
const LEADER_SLACK_DAYS: i64 = 366;

/// The names that count by themselves, those that need support, and the masks: the longest first among names
/// and masks that begin at the same word; an earlier one wins over what it covers.
pub(super) fn choose(
    lexicon: &Lexicon,
    mut names: Vec<Named>,
) -> (Vec<Named>, Vec<Named>, Vec<Range<usize>>) {
    let written = |named: &Named| {
        named
            .name
            .and_then(|index| lexicon.names.get(index))
            .map_or(usize::MAX, |name| lexicon.text_of(name).len())
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
pub(in crate::assess) fn decide(lexicon: &Lexicon, fields: &mut [Tagged<'_>]) {
    let supported: Vec<usize> = fields.iter().flat_map(|field| field.supported.iter().copied()).collect();
    let forbidden: Vec<usize> = fields.iter().flat_map(|field| field.forbidden.iter().copied()).collect();
    let named: Vec<Actor> = fields.iter().flat_map(|field| field.mentions.iter().map(|m| m.actor)).collect();
    for field in fields.iter_mut() {
        for named_here in std::mem::take(&mut field.undecided) {
            let place = named_here.tokens.clone();
            let Some(name) = named_here.name.and_then(|index| lexicon.names.get(index)) else { continue };
            let Some(ambiguous) = name.ambiguous.map(|index| index as usize) else { continue };
            let clause = field.clause_of(place.start);
            let by_state = lexicon.state_support.get(ambiguous).is_some_and(|allowed| *allowed)
                && field.mentions.iter().any(|mention| {
                    mention.actor != name.actor
                        && clause.contains(&mention.tokens.start)
                        && mention.kind != SurfaceKind::Firm
                });
            // What stands beside a name of one letter has supported it already.
            let counts = name.short
                || supported.contains(&ambiguous)
                || named.contains(&name.actor)
                || by_state
                || is_sanctioned(lexicon, field, &place);
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
        part_coordinated(lexicon, field);
    }
}

/// Whether a name is what sanctions are imposed on: "sanctions on Georgia" hits no federal state, and
/// "sanctions on Jordan" nobody's first name unless a surname follows.
fn is_sanctioned(lexicon: &Lexicon, field: &Tagged<'_>, place: &Range<usize>) -> bool {
    let token = |at: usize| field.tokens.get(at);
    let surname = token(place.end).is_some_and(|next| {
        let capital = field.text[next.start..].chars().next().is_some_and(char::is_uppercase);
        next.kind == TokenKind::Word && !next.is_small() && capital
    });
    let mut marker = place.start;
    while let Some(before) =
        marker.checked_sub(1).filter(|at| token(*at).is_some_and(|t| t.is(WordClass::Article)))
    {
        marker = before;
    }
    let Some(marker) = marker.checked_sub(1) else { return false };
    let marks = token(marker).is_some_and(|word| word.is(WordClass::Target));
    let noun = |tokens: &Range<usize>, cue: usize| {
        tokens.end == marker && lexicon.cues.get(cue).is_some_and(|cue| cue.kind == Some(Kind::Sanctions))
    };
    marks && !surname && field.hits.iter().any(|hit| hit.role == CueRole::Noun && noun(&hit.tokens, hit.cue))
}

pub(super) fn accept(lexicon: &Lexicon, tagged: &mut Tagged<'_>, named: &Named) {
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
pub(super) fn name_counts(
    lexicon: &Lexicon,
    index: usize,
    text: &str,
    start: usize,
    end: usize,
    shouting: bool,
    date: Option<Date>,
) -> bool {
    let Some(name) = lexicon.names.get(index) else { return false };
    let (written, known) = (&text[start..end], lexicon.text_of(name));
    let cased = if name.exact && !shouting {
        written == known
    } else {
        // "bin Salman" begins in lower case by itself; "oman" inside a sentence is no state.
        written == known
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
