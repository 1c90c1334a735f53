//! Sides that a frame did not bind: who answers, what a verb's object names, what is usual.

use super::{Frame, LINK_REACH, REACH};
use crate::assess::draft::{Draft, Role};
use crate::assess::phrase::Group;
use crate::domain::{Action, Actor, CueRole, WordClass};
use std::collections::BTreeSet;
use std::ops::Range;

impl Frame<'_> {
    /// "Countries sanctioned by the US must work together": who says so answers.
    pub(super) fn counter(&self, draft: &mut Draft, used: &mut BTreeSet<usize>) {
        let reading = self.reading;
        let sentence = reading.tagged.sentence_of(self.anchor.start);
        let Some((tokens, cue)) = reading
            .cues(CueRole::Action, self.kind, &sentence)
            .find(|(_, cue)| cue.action == Some(Action::Counter))
        else {
            return;
        };
        if !draft.relation.to.is_empty() {
            return;
        }
        draft.relation.action = Action::Counter;
        draft.evidence(reading, cue.rule.clone(), &tokens, cue.weight);
        let answering: Vec<Group> = reading
            .groups_in(&sentence)
            .filter(|group| {
                !used.contains(&group.tokens.start) && group.actors.is_disjoint(&draft.relation.from)
            })
            .cloned()
            .collect();
        for group in answering {
            used.insert(group.tokens.start);
            draft.side(reading, Role::By, &group, "answers-together", self.points().other_side);
            if self.usual_target(&group) {
                draft.side(reading, Role::To, &group, "sanctioned-itself", self.points().target_near);
            }
        }
    }

    /// All names in the object of a verb: up to the reason, the agent or the end of the clause.
    pub(super) fn objects(&self, from: usize, clause: &Range<usize>) -> Option<Group> {
        let reading = self.reading;
        let mut found: Option<Group> = None;
        let mut token = from;
        while token < clause.end.min(from + REACH + LINK_REACH) {
            if let Some(group) = reading.group_at(token) {
                match &mut found {
                    Some(all) => all.actors.extend(&group.actors),
                    None => found = Some(group.clone()),
                }
                token = group.tokens.end;
                continue;
            }
            let ends = reading.is(token, WordClass::Reason)
                || reading.is(token, WordClass::Agent)
                || reading.is(token, WordClass::Speech)
                || reading.is(token, WordClass::Relative)
                || found.is_some()
                    && (reading.is(token, WordClass::Auxiliary)
                        || reading.is(token, WordClass::Preposition)
                            && !reading.is(token, WordClass::Genitive)
                        || reading.is(token, WordClass::Partner));
            if ends {
                break;
            }
            token += 1;
        }
        found
    }

    /// The object of a verb that stands last: the nearest group before it that is no other part.
    pub(super) fn object_before(&self, used: &BTreeSet<usize>, clause: &Range<usize>) -> Option<Group> {
        let before = clause.start..self.anchor.start;
        self.reading.groups_in(&before).rev().find(|group| !used.contains(&group.tokens.start)).cloned()
    }

    /// Sides that the clause does not tell: what is usual, near, then far.
    pub(super) fn untold(&self, draft: &mut Draft, used: &BTreeSet<usize>, clause: &Range<usize>) {
        let reading = self.reading;
        let field = reading.tagged.field;
        if draft.relation.to.is_empty() {
            let taken: BTreeSet<Actor> = draft.relation.from.union(&draft.relation.by).copied().collect();
            let sentence = reading.tagged.sentence_of(self.anchor.start);
            let usual = |group: &&Group| {
                self.usual_target(group) && group.actors.is_disjoint(&taken) && !reading.is_reason(group)
            };
            let after = self.anchor.end..clause.end;
            let before = clause.start..self.anchor.start;
            let near = reading
                .groups_in(&after)
                .find(usual)
                .or_else(|| reading.groups_in(&before).rev().find(usual))
                .or_else(|| reading.groups_in(&sentence).find(usual))
                .cloned();
            if let Some(mut group) = near {
                group.actors.retain(|actor| reading.lexicon.usual_targets.contains(actor));
                draft.side(reading, Role::To, &group, "usual-target-near", self.points().target_near);
            } else if field != crate::domain::Field::Body {
                let far: BTreeSet<Actor> = self.background.targets.difference(&taken).copied().collect();
                let mut others = reading.groups_in(&sentence).filter(|group| {
                    !group.firm
                        && group.actors.is_disjoint(&taken)
                        && !used.contains(&group.tokens.start)
                        && !reading.is_reason(group)
                });
                let other =
                    others.next().filter(|first| others.all(|group| group.actors == first.actors)).cloned();
                if far.len() == 1 {
                    draft.relation.to = far;
                    draft.evidence(reading, "usual-target-in-item", &self.anchor, self.points().target_far);
                } else if let Some(group) = other.filter(|_| !draft.relation.from.is_empty()) {
                    draft.side(reading, Role::To, &group, "only-other-in-sentence", self.points().other_side);
                }
            }
        }
        if draft.relation.from.is_empty() {
            if let Some(actor) = self.background.speaks_for.filter(|actor| !draft.relation.to.contains(actor))
            {
                draft.relation.from.insert(actor);
                draft.evidence(
                    reading,
                    "source-speaks-for-sender",
                    &self.anchor,
                    self.points().sender_source,
                );
                return;
            }
            let mut near = reading
                .groups_in(&(clause.start..self.anchor.start))
                .rev()
                .filter(|group| !used.contains(&group.tokens.start) && self.usual_sender(group));
            if let Some(mut group) = near.find(|group| group.actors.is_disjoint(&draft.relation.to)).cloned()
            {
                group.actors.retain(|actor| reading.lexicon.usual_senders.contains(actor));
                draft.side(reading, Role::From, &group, "usual-sender-near", self.points().sender_near);
                return;
            }
            let known: BTreeSet<Actor> = self
                .background
                .senders
                .iter()
                .filter(|actor| !draft.relation.to.contains(actor) && !draft.relation.by.contains(actor))
                .copied()
                .collect();
            if known.len() == 1 {
                draft.relation.from = known;
                draft.evidence(reading, "only-sender-in-item", &self.anchor, self.points().sender_far);
            }
        }
        draft.relation.to = draft.relation.to.difference(&draft.relation.from).copied().collect();
        // Who condemns sanctions and speaks for nobody else is the one they hit.
        let answers = draft.relation.action == Action::Counter && draft.relation.to.is_empty();
        if answers && !draft.relation.from.is_empty() && draft.relation.by.is_disjoint(&draft.relation.from) {
            draft.relation.to.clone_from(&draft.relation.by);
        }
    }
}
