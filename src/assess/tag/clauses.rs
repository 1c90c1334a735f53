//! Clauses: where sentences and their parts begin and end.
//!
//! Owns: stops, breaks, subordinate clauses, clauses joined by "and". Calls: `lexicon`. Pure.

use super::{Tagged, TokenKind};
use crate::assess::lexicon::Lexicon;
use crate::domain::{CueRole, VerbPlace, WordClass};
use std::ops::Range;

/// Most tokens between a subject and its verb: "the EU has now imposed".
const SUBJECT_REACH: usize = 3;

/// Marks sentences and clauses. Where words are not divided by blanks, a blank divides clauses.
pub(super) fn split(tagged: &mut Tagged<'_>, blanks_divide: bool) {
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

/// Parts clauses that "and" joins: "the US imposes … on Iran and the EU imposes … on Russia". A verb
/// with its subject must stand on both sides, else "and" joins names or verbs of one clause.
pub(super) fn part_coordinated(lexicon: &Lexicon, tagged: &mut Tagged<'_>) {
    let joins = tagged.tokens.iter().any(|token| token.is(WordClass::Coordinator));
    if !joins || lexicon.grammar.verb != VerbPlace::Middle {
        return;
    }
    let mut parted = Vec::with_capacity(tagged.clauses.len());
    let mut joined = Vec::new();
    for clause in &tagged.clauses {
        let mut start = clause.start;
        for index in clause.clone() {
            let joins = tagged.tokens.get(index).is_some_and(|token| token.is(WordClass::Coordinator));
            if joins && is_whole(tagged, start..index) && opens_whole(tagged, index + 1..clause.end) {
                parted.push(start..index);
                joined.push(index);
                start = index;
            }
        }
        parted.push(start..clause.end);
    }
    tagged.clauses = parted;
    tagged.joined = joined;
}

/// Whether a verb that is no noun as well stands behind a name.
fn is_whole(tagged: &Tagged<'_>, range: Range<usize>) -> bool {
    let named = tagged.mentions.iter().find(|mention| range.contains(&mention.tokens.start));
    named.is_some_and(|subject| tagged.verbs_in(subject.tokens.end..range.end).next().is_some())
}

/// Whether a name opens the range and a verb follows it at once.
fn opens_whole(tagged: &Tagged<'_>, range: Range<usize>) -> bool {
    let skipped = |at: &usize| tagged.tokens.get(*at).is_some_and(|token| token.is(WordClass::Article));
    let opening = range.start + range.clone().take_while(skipped).count();
    let subject = tagged.mentions.iter().find(|mention| mention.tokens.start == opening);
    subject.is_some_and(|subject| {
        let end = subject.tokens.end;
        tagged.verbs_in(end..range.end.min(end + SUBJECT_REACH)).next().is_some()
            && !tagged.tokens.get(end).is_some_and(|token| token.kind != TokenKind::Word)
    })
}

impl Tagged<'_> {
    /// The sentence that holds a token or, of several that "and" joins, that one.
    pub(in crate::assess) fn whole_of(&self, token: usize) -> Range<usize> {
        let mut whole = self.sentence_of(token);
        for start in self.joined.iter().copied() {
            if start <= token {
                whole.start = whole.start.max(start);
            } else {
                whole.end = whole.end.min(start);
            }
        }
        whole
    }

    /// Where verbs begin in a range that the vocabulary knows, without words that are nouns as well.
    pub(in crate::assess) fn verbs_in(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let is_noun =
            |token: usize| self.hits.iter().any(|hit| hit.role == CueRole::Noun && hit.tokens.start == token);
        let verbs = self.hits.iter().filter(|hit| matches!(hit.role, CueRole::Action | CueRole::Verb));
        verbs.map(|hit| hit.tokens.start).filter(move |token| range.contains(token) && !is_noun(*token))
    }
}
