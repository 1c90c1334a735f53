//! Sanctions frames: who restricts whom, said with a noun ("US sanctions on Iran") or a verb.
//!
//! Owns: the order in which grammar, word order and what is usual decide the sides. Calls: `phrase`,
//! `draft`. Pure. Frames are named in the evidence as the rules that bound each side.

mod marked;
mod modifiers;
mod noun;
mod sides;
mod verb;

use super::draft::Draft;
use super::phrase::{Group, Reading};
use super::tag::{Hit, TokenKind};
use crate::domain::{Action, Actor, Boundaries, Cue, CueRole, Kind, Points, VerbPlace, WordClass};
use std::collections::BTreeSet;
use std::ops::Range;

/// Most tokens between "on" and the name it introduces.
const REACH: usize = 12;
/// Most words between the noun and "on": "sanctions imposed last week on".
const LINK_REACH: usize = 7;

/// What is known of the whole item, for sides that a sentence does not tell.
pub(super) struct Background {
    /// Usual senders named anywhere.
    pub(super) senders: BTreeSet<Actor>,
    /// Usual targets named anywhere.
    pub(super) targets: BTreeSet<Actor>,
    /// In whose name the source acts.
    pub(super) speaks_for: Option<Actor>,
}

/// Every relation of a kind of measure (sanctions, tariff, blockade) that a field tells.
pub(super) fn drafts(reading: &Reading<'_>, kind: Kind, background: &Background) -> Vec<Draft> {
    let all = 0..reading.tagged.tokens.len();
    let mut drafts = Vec::new();
    let mut verbs: Vec<Range<usize>> = Vec::new();
    for (tokens, cue) in reading.cues(CueRole::Verb, kind, &all) {
        if is_verb(reading, &tokens) {
            verbs.push(tokens.clone());
            let frame = Frame { reading, kind, background, anchor: tokens, cue };
            drafts.extend(frame.verb());
        }
    }
    for (tokens, cue) in reading.cues(CueRole::Noun, kind, &all) {
        if !verbs.contains(&tokens) {
            let frame = Frame { reading, kind, background, anchor: tokens, cue };
            drafts.push(frame.noun());
        }
    }
    drafts
}

/// Whether a word that may be noun or verb ("sanctions") is a verb here: after a bare name or "to",
/// and not before what only follows a noun.
fn is_verb(reading: &Reading<'_>, anchor: &Range<usize>) -> bool {
    let next = anchor.end;
    // "economic sanctions": part of a longer noun.
    let inside = |hit: &Hit| {
        hit.role == CueRole::Noun && hit.tokens.start < anchor.start && hit.tokens.end >= anchor.end
    };
    if reading.tagged.hits.iter().any(inside) {
        return false;
    }
    let noun_next = reading.is(next, WordClass::Target)
        || reading.is(next, WordClass::Preposition) && !reading.is(next, WordClass::Agent)
        || reading.is(next, WordClass::Reason)
        || reading.is(next, WordClass::Auxiliary)
        || reading.is(next, WordClass::AfterNoun)
        || reading.is(next, WordClass::Subordinator)
        || reading.is(next, WordClass::Coordinator)
        || !matches!(reading.kind(next), Some(TokenKind::Word | TokenKind::Quote));
    let ambiguous = reading.tagged.hits.iter().any(|hit| {
        hit.role == CueRole::Noun && hit.tokens.start == anchor.start && hit.tokens.end >= anchor.end
    });
    if !ambiguous {
        return true;
    }
    let of_kind = |hit: &&Hit| {
        hit.role == CueRole::Action
            && reading.lexicon.cues.get(hit.cue).is_some_and(|cue| cue.kind == Some(Kind::Sanctions))
    };
    let mut actions = reading.tagged.hits.iter().filter(of_kind);
    if reading.lexicon.grammar.boundaries == Boundaries::None && reading.group_at(next).is_some() {
        return true;
    }
    if noun_next || actions.clone().any(|hit| hit.tokens.start == next) {
        return false;
    }
    let Some(previous) = anchor.start.checked_sub(1) else { return true };
    if reading.kind(previous) == Some(TokenKind::Possessive) {
        return false;
    }
    // "Trump's Russia sanctions": a name that belongs to another one is no subject.
    let owned = reading.group_at(previous).and_then(|group| group.tokens.start.checked_sub(1));
    if owned.is_some_and(|before| reading.kind(before) == Some(TokenKind::Possessive)) {
        return false;
    }
    if reading.is(previous, WordClass::Auxiliary) || reading.is(previous, WordClass::Coordinator) {
        return true;
    }
    let clause = reading.tagged.clause_of(anchor.start);
    let finite_before = actions.any(|hit| clause.start <= hit.tokens.start && hit.tokens.end <= anchor.start);
    let named_before = reading.groups_in(&(clause.start..anchor.start)).next().is_some();
    !finite_before && named_before && !reading.is(previous, WordClass::Article)
}

/// One noun or verb and what stands around it.
struct Frame<'a> {
    reading: &'a Reading<'a>,
    kind: Kind,
    background: &'a Background,
    anchor: Range<usize>,
    cue: &'a Cue,
}

impl Frame<'_> {
    fn draft(&self, action: Action) -> Draft {
        let mut draft = Draft::new(self.kind, action, self.reading.tagged.field);
        draft.evidence(self.reading, self.cue.rule.clone(), &self.anchor, self.cue.weight);
        draft
    }

    /// Whether a word belongs to another action or speech, so that a noun phrase ends there.
    fn is_verb_token(&self, token: usize) -> bool {
        self.reading
            .tagged
            .hits
            .iter()
            .any(|hit| matches!(hit.role, CueRole::Action | CueRole::Urge) && hit.tokens.contains(&token))
    }

    /// The action cue that governs the noun: the nearest before it in its clause, else the nearest after.
    fn action(&self) -> Option<(Range<usize>, &Cue)> {
        let clause = self.reading.tagged.clause_of(self.anchor.start);
        let range = clause.start..self.anchor.start;
        // "Calls for" may threaten as well: who asks does not act.
        let asks = |(tokens, _): &(Range<usize>, &Cue)| {
            self.reading.cues(CueRole::Urge, self.kind, tokens).any(|(urge, _)| urge.start == tokens.start)
        };
        let cues = || self.reading.cues(CueRole::Action, self.kind, &range).filter(|one| !asks(one));
        // "neue Sanktionen" alone is a plan; beside "verhängt" it says nothing.
        let told = |(tokens, cue): &(Range<usize>, &Cue)| {
            tokens.end <= self.anchor.start || cue.action != Some(Action::Threaten)
        };
        let before = cues().filter(told).last().or_else(|| cues().last());
        let after = || {
            let mut cues = self.reading.cues(CueRole::Action, self.kind, &(self.anchor.end..clause.end));
            cues.next()
        };
        let nearest = match self.reading.lexicon.grammar.verb {
            VerbPlace::Last => after().or(before),
            VerbPlace::First | VerbPlace::Middle => before.or_else(after),
        };
        nearest.or_else(|| {
            let inside = self.anchor.start..self.anchor.end;
            self.reading.cues(CueRole::Action, self.kind, &inside).next()
        })
    }

    fn points(&self) -> &Points {
        &self.reading.lexicon.points
    }

    fn usual_sender(&self, group: &Group) -> bool {
        !group.actors.is_disjoint(&self.reading.lexicon.usual_senders)
    }

    fn usual_target(&self, group: &Group) -> bool {
        !group.actors.is_disjoint(&self.reading.lexicon.usual_targets)
    }
}
