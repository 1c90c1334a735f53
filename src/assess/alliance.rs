//! Alliance frames: co-operation between two parties, formed, carried out or broken.
//!
//! Owns: what the nouns ("US-Iran deal", "pact with Japan") and verbs ("visits", "supplies") of
//! co-operation say; a noun's parties are found in `parties`. Calls: `phrase`, `draft`. Pure. One party
//! is never enough.

mod parties;

use super::draft::{Draft, Role};
use super::phrase::{Group, Reading};
use super::tag::TokenKind;
use crate::domain::{Action, ActorKind, Cue, CueRole, Kind, Modifiers, Score, Side, VerbPlace, WordClass};
pub(super) use parties::Elsewhere;
use parties::{Parties, two_parties};
use std::collections::BTreeSet;
use std::ops::Range;

/// Most tokens between the noun and "with", or a verb and its object.
const REACH: usize = 9;
/// Most tokens between a verb's link word and the name it introduces: "to the government of".
const LINK_REACH: usize = 4;

/// Every alliance relation that a field tells.
pub(super) fn drafts(reading: &Reading<'_>, elsewhere: &Elsewhere) -> Vec<Draft> {
    let all = 0..reading.tagged.tokens.len();
    let mut drafts = Vec::new();
    for (tokens, cue) in reading.cues(CueRole::Verb, Kind::Alliance, &all) {
        let frame = Frame { reading, elsewhere, anchor: tokens, cue };
        drafts.extend(frame.verb());
    }
    for (tokens, cue) in reading.cues(CueRole::Noun, Kind::Alliance, &all) {
        let frame = Frame { reading, elsewhere, anchor: tokens, cue };
        drafts.extend(frame.noun());
    }
    drafts
}

/// The first two parties that a sentence of a field names, where no frame speaks of them.
pub(super) fn side_by_side(reading: &Reading<'_>) -> Option<Draft> {
    let sentences = reading.tagged.sentences.iter();
    let parties = sentences.map(|sentence| two_parties(reading.groups_in(sentence).collect()));
    let parties = parties
        .filter_map(|groups| Parties::of(&groups, "named-together", reading.lexicon.points.parties_near));
    let parties = parties.into_iter().next()?;
    let mut draft = Draft::new(Kind::Alliance, Action::Consult, reading.tagged.field);
    bind(reading, &mut draft, parties);
    Some(draft)
}

fn bind(reading: &Reading<'_>, draft: &mut Draft, parties: Parties) {
    draft.relation.between.extend(parties.actors);
    for (index, place) in parties.places.iter().enumerate() {
        let weight = if index == 0 { parties.weight } else { Score::ZERO };
        draft.evidence(reading, parties.rule, place, weight);
    }
}

struct Frame<'a> {
    reading: &'a Reading<'a>,
    elsewhere: &'a Elsewhere,
    anchor: Range<usize>,
    cue: &'a Cue,
}

impl Frame<'_> {
    /// Whether sanctions are named in a range.
    fn is_measure(&self, range: Range<usize>) -> bool {
        let mut roles = [CueRole::Noun, CueRole::Verb].iter();
        roles.any(|role| self.reading.cues(*role, Kind::Sanctions, &range).next().is_some())
    }

    /// Whether it is only told as the reason of sanctions: "sanciona a China por vender misiles".
    fn is_why(&self) -> bool {
        let (reading, start) = (self.reading, self.anchor.start);
        let reason = reading.is(start, WordClass::Reason) || reading.has_reason_before(start);
        reason && self.is_measure(reading.tagged.sentence_of(start))
    }

    /// Whether it is a part of the words of a measure: the ties of "cuts economic ties with".
    fn is_of_measure(&self) -> bool {
        let reading = self.reading;
        let mut verbs = reading.cues(CueRole::Verb, Kind::Sanctions, &(0..self.anchor.end));
        verbs.any(|(verb, cue)| {
            let longer = verb.len() > self.anchor.len();
            longer && cue.kind.is_some() && verb.start <= self.anchor.start && self.anchor.end <= verb.end
        })
    }

    /// Whether a token is one of the words that introduce the cue's object.
    fn is_link(&self, token: usize) -> bool {
        let word = self.reading.word(token);
        !word.is_empty() && self.cue.links.iter().any(|link| word.to_lowercase() == *link)
    }

    fn noun(&self) -> Option<Draft> {
        let reading = self.reading;
        if self.is_why() || self.is_of_measure() {
            return None;
        }
        let clause = reading.tagged.clause_of(self.anchor.start);
        let parties = self.parties(&clause)?;
        let action = self.action(&clause);
        let named = action.as_ref().and_then(|(_, cue)| cue.action);
        let mut draft = Draft::new(
            Kind::Alliance,
            named.or(self.cue.action).unwrap_or(Action::Consult),
            reading.tagged.field,
        );
        // "Joint drills" say what is done; "talks" and "deal" leave it to what else is told.
        draft.told = named.is_some()
            || matches!(
                draft.relation.action,
                Action::Military
                    | Action::Supply
                    | Action::Recognise
                    | Action::Join
                    | Action::Cut
                    | Action::Withdraw
            );
        draft.evidence(reading, self.cue.rule.clone(), &self.anchor, self.cue.weight);
        if let Some((tokens, cue)) = &action {
            draft.evidence(reading, cue.rule.clone(), tokens, cue.weight);
        }
        bind(reading, &mut draft, parties);
        self.context(&mut draft, &clause);
        draft.modality(reading, &clause, action.and_then(|(_, cue)| cue.modality).or(self.cue.modality));
        Some(draft)
    }

    fn action(&self, clause: &Range<usize>) -> Option<(Range<usize>, &Cue)> {
        let reading = self.reading;
        let before = reading
            .cues(CueRole::Action, Kind::Alliance, &(clause.start..self.anchor.start))
            .filter(|(tokens, _)| tokens.end <= self.anchor.start)
            .last();
        before
            .or_else(|| reading.cues(CueRole::Action, Kind::Alliance, &(self.anchor.end..clause.end)).next())
    }

    /// Words that say what the co-operation is about, each rule once.
    fn context(&self, draft: &mut Draft, clause: &Range<usize>) {
        for (tokens, cue) in self.reading.cues(CueRole::Context, Kind::Alliance, clause) {
            let known = draft.relation.evidence.iter().any(|old| old.rule == cue.rule);
            if !known && cue.weight != Score::ZERO && tokens.start != self.anchor.start {
                draft.evidence(self.reading, cue.rule.clone(), &tokens, cue.weight);
            }
        }
    }

    /// Whether one of the cue's own links stands before a group: "livre des obus pour l'Ukraine".
    fn is_introduced(&self, group: &Group) -> bool {
        let mut before = (0..group.tokens.start).rev().take(LINK_REACH);
        let passes = |at: &usize| {
            self.reading.is(*at, WordClass::Article) || self.reading.kind(*at) == Some(TokenKind::Quote)
        };
        before.find(|at| self.is_link(*at) || !passes(at)).is_some_and(|at| self.is_link(at))
    }

    /// The object of a verb that stands last: the nearest name before it, with one of the verb's own
    /// particles if any name has one.
    fn object_before(&self, clause: &Range<usize>, subject: &Group) -> Option<&Group> {
        let reading = self.reading;
        let others = || {
            let groups = reading.groups_in(&(clause.start..self.anchor.start)).rev();
            groups.filter(|group| !group.actors.is_subset(&subject.actors))
        };
        let linked = |group: &&Group| {
            let end = group.tokens.end;
            (end..end + 3).take_while(|at| reading.group_at(*at).is_none()).any(|at| self.is_link(at))
        };
        others().find(linked).or_else(|| others().next())
    }

    /// The object: the first name after the verb, behind a link word where the verb asks for one.
    fn object(&self, clause: &Range<usize>, subject: &Group) -> Option<&Group> {
        let reading = self.reading;
        if reading.lexicon.grammar.verb == VerbPlace::Last {
            return self.object_before(clause, subject);
        }
        let end = clause.end.min(self.anchor.end + REACH + 3);
        let mut linked = self.cue.links.is_empty();
        let mut token = self.anchor.end;
        let mut since_link = 0;
        while token < end {
            if let Some(group) = reading.group_at(token) {
                let about = reading.is_reason(group) && !self.is_introduced(group);
                if linked && !group.actors.is_subset(&subject.actors) && !about {
                    return Some(group);
                }
                token = group.tokens.end;
                continue;
            }
            if self.is_link(token) {
                linked = true;
                since_link = 0;
            } else if !self.cue.links.is_empty() && since_link >= LINK_REACH {
                linked = false;
            } else if self.cue.links.is_empty()
                && (reading.is(token, WordClass::Reason)
                    || reading.is_any(token, &[WordClass::Target, WordClass::Preposition])
                        && !reading.is_any(token, &[WordClass::Genitive, WordClass::Article])
                    || reading.is(token, WordClass::Auxiliary)
                    || reading.kind(token) == Some(TokenKind::Comma))
            {
                return None;
            }
            since_link += 1;
            token += 1;
        }
        // "Merz will Kenia besuchen": the infinitive stands behind its object.
        let behind = reading.lexicon.grammar.modifiers == Modifiers::Both && self.cue.links.is_empty();
        behind.then(|| self.object_before(clause, subject)).flatten()
    }

    /// Whether the object can be what the verb speaks of: blocs are joined and left, and a name that
    /// stands before "sanctions" is no partner.
    fn fits(&self, object: &Group) -> bool {
        let bloc = object.actors.iter().any(|actor| actor.kind() == ActorKind::Bloc);
        let needs_bloc = matches!(self.cue.action, Some(Action::Join | Action::Withdraw));
        let after = object.tokens.end..object.tokens.end + 3;
        let joined = after.clone().any(|token| self.reading.is(token, WordClass::Coordinator));
        let last = self.reading.lexicon.grammar.verb == VerbPlace::Last;
        let sanctions = if last {
            let start = self.reading.tagged.clause_of(self.anchor.start).start;
            self.is_measure(start..self.anchor.start)
        } else {
            self.is_measure(self.anchor.end..object.tokens.start) || !joined && self.is_measure(after)
        };
        (bloc || !needs_bloc) && !sanctions
    }

    fn verb(&self) -> Option<Draft> {
        let reading = self.reading;
        if self.is_why() || self.is_of_measure() {
            return None;
        }
        let clause = reading.tagged.clause_of(self.anchor.start);
        let none = BTreeSet::new();
        let subject = reading.subject(self.anchor.start, &none)?;
        let object = self.object(&clause, subject).filter(|object| self.fits(object));
        // "Bahrain and Israel open embassies": two who do it do it with one another.
        let mutual = [Action::Sign, Action::Consult, Action::Military, Action::Recognise, Action::Cut];
        let together = subject.actors.len() >= 2 && self.cue.action.is_some_and(|one| mutual.contains(&one));
        let parties = match object {
            Some(object) => Parties::of(
                &[subject, object],
                "subject-and-object",
                self.reading.lexicon.points.subject_object,
            )?,
            None if together && subject.tokens.end + 3 >= self.anchor.start => {
                Parties::of(&[subject], "two-parties", self.reading.lexicon.points.parties)?
            }
            None => return None,
        };
        let mut draft =
            Draft::new(Kind::Alliance, self.cue.action.unwrap_or(Action::Consult), reading.tagged.field);
        draft.told = true;
        draft.evidence(reading, self.cue.rule.clone(), &self.anchor, self.cue.weight);
        let gives = matches!(draft.relation.action, Action::Supply | Action::Support | Action::Recognise);
        // "Kenya buys jets from Brazil": who buys takes.
        let sides = match self.cue.subject {
            Side::From => Some((Role::From, Role::To)),
            Side::To => Some((Role::To, Role::From)),
            Side::By | Side::Nobody => None,
        };
        if let (Some(object), Some((own, others))) = (object.filter(|_| gives), sides) {
            let rule = |role| if role == Role::From { "giver" } else { "taker" };
            draft.side(reading, own, subject, rule(own), Score::ZERO);
            draft.side(reading, others, object, rule(others), Score::ZERO);
        }
        bind(reading, &mut draft, parties);
        self.context(&mut draft, &clause);
        draft.modality(reading, &clause, self.cue.modality);
        Some(draft)
    }
}
