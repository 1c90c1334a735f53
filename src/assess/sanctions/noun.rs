//! Sanctions as a noun: what its verb says, what that makes of its subject, and who urges it.

use super::Frame;
use crate::assess::draft::{Draft, Role};
use crate::assess::phrase::Group;
use crate::domain::{Action, Cue, CueRole, Markers, Modality, Modifiers, Score, Side, VerbPlace, WordClass};
use std::collections::BTreeSet;
use std::ops::Range;

impl Frame<'_> {
    /// Sanctions as a noun.
    pub(super) fn noun(&self) -> Draft {
        let reading = self.reading;
        let clause = reading.tagged.clause_of(self.anchor.start);
        let mut draft = self.draft(self.cue.action.unwrap_or(Action::Impact));
        draft.told = self.cue.action.is_some();
        let mut used = BTreeSet::new();
        let target = self.target();
        if let Some(group) = &target {
            used.insert(group.tokens.start);
            draft.side(reading, Role::To, group, "sanctions-on-target", self.points().target);
        }
        if let Some(group) =
            self.agent_after(self.anchor.end).filter(|group| !used.contains(&group.tokens.start))
        {
            used.insert(group.tokens.start);
            draft.side(reading, Role::From, &group, "sanctions-by-sender", self.points().sender);
        }
        let action = self.action();
        // "Banken von der EU mit Sanktionen belegt": the agent stands before the noun.
        if draft.relation.from.is_empty()
            && reading.lexicon.grammar.modifiers != Modifiers::Before
            && action.as_ref().is_some_and(|(_, cue)| cue.subject == Side::To)
            && let Some(group) = reading.marked(&(clause.start..self.anchor.start), WordClass::Agent).cloned()
        {
            used.insert(group.tokens.start);
            draft.side(reading, Role::From, &group, "sanctions-by-sender", self.points().sender);
        }
        let before_action =
            action.as_ref().map(|(tokens, _)| tokens.start).filter(|at| *at < self.anchor.start);
        let modifiers = reading.lexicon.grammar.modifiers;
        if modifiers != Modifiers::After {
            self.premodifiers(&mut draft, &mut used, target.is_some(), action.as_ref());
        }
        if modifiers != Modifiers::Before {
            // "попали под санкции Литвы": where the subject is hit, the name behind the noun sends.
            let hit = action.as_ref().is_some_and(|(_, cue)| cue.subject == Side::To)
                && reading
                    .subject(self.anchor.start, &used)
                    .is_some_and(|subject| !self.usual_sender(subject));
            self.postmodifiers(&mut draft, &mut used, target.is_some() || hit);
        }
        self.object_with(&mut draft, &mut used, action.as_ref());
        if let Some((tokens, cue)) = &action {
            self.act(&mut draft, &mut used, tokens, cue);
        } else if let Some(subject) = reading.subject(self.anchor.start, &used).cloned() {
            if draft.relation.to.is_empty() && self.usual_target(&subject) && !self.usual_sender(&subject) {
                draft.side(reading, Role::To, &subject, "subject-under-sanctions", self.points().target_near);
                used.insert(subject.tokens.start);
            } else if draft.relation.from.is_empty() && self.usual_sender(&subject) {
                draft.side(reading, Role::From, &subject, "subject-sender", self.points().sender);
                used.insert(subject.tokens.start);
            }
        }
        // "Nations under US sanctions must join hands": being under them is not the news.
        if draft.relation.action == Action::Impact && !draft.relation.from.is_empty() {
            self.counter(&mut draft, &mut used);
        }
        self.urge(&mut draft, &mut used, before_action.unwrap_or(self.anchor.start));
        self.untold(&mut draft, &used, &clause);
        let implied = action.as_ref().and_then(|(_, cue)| cue.modality);
        draft.modality(reading, &clause, implied);
        draft
    }

    /// "hits Iran with sanctions", "threatens China with sanctions".
    pub(super) fn object_with(
        &self,
        draft: &mut Draft,
        used: &mut BTreeSet<usize>,
        action: Option<&(Range<usize>, &Cue)>,
    ) {
        let Some((tokens, cue)) = action else { return };
        if tokens.end > self.anchor.start || !draft.relation.to.is_empty() || cue.subject == Side::To {
            return;
        }
        let reading = self.reading;
        let Some(group) = reading.first_group(tokens.end..self.anchor.start).cloned() else { return };
        let with = (group.tokens.end..self.anchor.start).any(|token| reading.is(token, WordClass::Partner));
        if with && !used.contains(&group.tokens.start) {
            used.insert(group.tokens.start);
            draft.side(reading, Role::To, &group, "hit-with-sanctions", self.points().target);
        }
    }

    /// What the governing verb says, and what it makes of its subject.
    pub(super) fn act(
        &self,
        draft: &mut Draft,
        used: &mut BTreeSet<usize>,
        tokens: &Range<usize>,
        cue: &Cue,
    ) {
        let reading = self.reading;
        if let Some(action) = cue.action {
            draft.relation.action = action;
            draft.told = true;
        }
        draft.evidence(reading, cue.rule.clone(), tokens, cue.weight);
        let verb = tokens.start.min(self.anchor.start);
        let Some(subject) = reading.subject(verb, used).cloned() else { return };
        match cue.subject {
            Side::From => self.sending_subject(draft, used, &subject),
            Side::To => {
                if draft.relation.to.is_empty() {
                    used.insert(subject.tokens.start);
                    draft.side(reading, Role::To, &subject, "subject-is-hit", self.points().target);
                }
            }
            Side::By => {
                used.insert(subject.tokens.start);
                draft.side(reading, Role::By, &subject, "subject-answers", self.points().other_side);
                let hit = draft.relation.to.is_empty() && self.usual_target(&subject);
                if hit {
                    draft.side(reading, Role::To, &subject, "subject-is-hit", self.points().target_near);
                }
            }
            Side::Nobody => {}
        }
    }

    pub(super) fn sending_subject(&self, draft: &mut Draft, used: &mut BTreeSet<usize>, subject: &Group) {
        let reading = self.reading;
        let sender = self.usual_sender(subject);
        let premodified = !draft.relation.from.is_empty();
        let same_as_target = draft.relation.to == subject.actors;
        if same_as_target {
            return;
        }
        used.insert(subject.tokens.start);
        if !premodified {
            // Who is often hit and seldom sends is the subject of another verb, unless a target is told.
            if sender || !draft.relation.to.is_empty() || !self.usual_target(subject) {
                draft.side(reading, Role::From, subject, "subject-sender", self.points().sender);
            } else {
                draft.side(reading, Role::To, subject, "subject-is-hit", self.points().target_near);
            }
        } else if sender && draft.relation.from != subject.actors {
            draft.side(reading, Role::From, subject, "subject-sender", Score::ZERO);
        } else if !sender && draft.relation.to.is_empty() && self.usual_target(subject) {
            draft.side(reading, Role::To, subject, "subject-is-hit", self.points().target_near);
        }
    }

    /// "X urges S to impose …", "X calls for sanctions".
    pub(super) fn urge(&self, draft: &mut Draft, used: &mut BTreeSet<usize>, before: usize) {
        let reading = self.reading;
        let clause = reading.tagged.clause_of(self.anchor.start);
        // Where the verb stands last, so does the urging.
        let last = reading.lexicon.grammar.verb == VerbPlace::Last;
        let range = if last { clause.start..clause.end } else { clause.start..before };
        let Some((tokens, cue)) = reading.cues(CueRole::Urge, self.kind, &range).next() else { return };
        draft.evidence(reading, cue.rule.clone(), &tokens, cue.weight);
        let without: BTreeSet<usize> = BTreeSet::new();
        if let Some(asker) = reading.subject(tokens.start, &without).cloned() {
            let asked = if last {
                let before = clause.start..self.anchor.start;
                reading
                    .marked(&before, WordClass::Target)
                    .filter(|group| group.actors != asker.actors)
                    .cloned()
            } else {
                reading.first_group(tokens.end..before).cloned()
            };
            if let Some(asked) = asked.as_ref().filter(|group| {
                reading.lexicon.grammar.markers == Markers::After && draft.relation.to == group.actors
            }) {
                // A particle of direction marks whom one asks as well as whom a measure hits; the name
                // at the noun is the one that is hit.
                draft.relation.to = std::mem::take(&mut draft.relation.from);
                used.remove(&asked.tokens.start);
            }
            let asks_other = asked
                .as_ref()
                .is_some_and(|group| group.actors != asker.actors && draft.relation.to != group.actors);
            if asks_other || !self.usual_sender(&asker) {
                draft.relation.from = draft.relation.from.difference(&asker.actors).copied().collect();
            }
            if !asker.actors.is_subset(&draft.relation.from) {
                draft.side(reading, Role::By, &asker, "asker", self.points().other_side);
            }
            if let Some(asked) = asked.filter(|_| asks_other && draft.relation.from.is_empty()) {
                used.insert(asked.tokens.start);
                draft.side(reading, Role::From, &asked, "asked-sender", self.points().sender);
            }
        }
        if matches!(
            draft.relation.action,
            Action::Impose | Action::Impact | Action::Tighten | Action::Threaten
        ) {
            draft.relation.action = Action::Threaten;
        } else if draft.relation.action == Action::Ease {
            draft.relation.action = Action::DemandRelief;
            if draft.relation.to.is_empty() {
                // Who asks for relief for nobody else is the one they hit.
                draft.relation.to = draft
                    .relation
                    .by
                    .iter()
                    .copied()
                    .filter(|actor| reading.lexicon.usual_targets.contains(actor))
                    .collect();
            }
        }
        draft.told = true;
        draft.relation.modality = Modality::Planned;
    }
}
