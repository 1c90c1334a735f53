//! Sanctions as a verb: "US sanctions Iran", "sanctioned by the US", "to sanction".

use super::Frame;
use crate::assess::draft::{Draft, Role};
use crate::assess::tag::TokenKind;
use crate::domain::{Action, CueRole, Side, VerbPlace, WordClass};
use std::collections::BTreeSet;

impl Frame<'_> {
    /// Sanctions as a verb: "US sanctions Iran", "sanctioned by the US", "to sanction".
    pub(super) fn verb(&self) -> Option<Draft> {
        let reading = self.reading;
        let clause = reading.tagged.clause_of(self.anchor.start);
        let previous = self.anchor.start.checked_sub(1);
        let mut draft = self.draft(self.cue.action.unwrap_or(Action::Impose));
        draft.told = true;
        let mut used = BTreeSet::new();
        let agent = if self.cue.subject == Side::To {
            self.agent_after(self.anchor.end)
        } else {
            // "被美国制裁": where the verb has one form for both, the agent before it tells.
            reading.marked(&(clause.start..self.anchor.start), WordClass::Agent).cloned()
        };
        let participle = self.cue.subject == Side::To;
        let behind_noun = participle
            && (reading.is(self.anchor.end, WordClass::Reason)
                || reading.is(self.anchor.end, WordClass::Preposition)
                || reading.is(self.anchor.end, WordClass::Subordinator)
                || reading.kind(self.anchor.end) != Some(TokenKind::Word));
        let passive = behind_noun
            || participle && previous.is_some_and(|before| reading.is(before, WordClass::Passive));
        let hyphen = previous.filter(|before| reading.kind(*before) == Some(TokenKind::Hyphen));
        // "a sanctioned Russian tanker": no act is told.
        let adjective = participle
            && !behind_noun
            && agent.is_none()
            && previous.is_none_or(|before| {
                reading.is(before, WordClass::Article)
                    || reading.is(before, WordClass::Preposition)
                    || reading.is(before, WordClass::Partner)
                    || reading.is(before, WordClass::Target)
            });
        if let Some(before) = hyphen {
            // "US-sanctioned Chinese tanker".
            let sender = before.checked_sub(1).and_then(|at| reading.group_at(at)).cloned()?;
            used.insert(sender.tokens.start);
            draft.side(reading, Role::From, &sender, "sender-sanctioned", self.points().sender);
            if let Some(hit) = self.objects(self.anchor.end, &clause) {
                draft.side(reading, Role::To, &hit, "sanctioned-target", self.points().target_near);
            }
        } else if adjective {
            draft.relation.action = Action::Impact;
            draft.told = false;
            if let Some(hit) = self.objects(self.anchor.end, &clause) {
                draft.side(reading, Role::To, &hit, "sanctioned-target", self.points().target_near);
            }
        } else if agent.is_some() || passive {
            if let Some(sender) = agent {
                used.insert(sender.tokens.start);
                draft.side(reading, Role::From, &sender, "sanctioned-by-sender", self.points().sender);
            }
            if let Some(subject) = reading.subject(self.anchor.start, &used).cloned() {
                used.insert(subject.tokens.start);
                draft.side(reading, Role::To, &subject, "subject-is-sanctioned", self.points().target);
            }
        } else {
            // "G7 to support Ukraine and sanction Russia": the first name governs both verbs.
            let coordinated = previous.is_some_and(|before| reading.is(before, WordClass::Coordinator));
            let first = reading.first_group(clause.start..self.anchor.start).filter(|_| coordinated);
            if let Some(subject) = first.or_else(|| reading.subject(self.anchor.start, &used)).cloned() {
                used.insert(subject.tokens.start);
                let asker = reading.cues(CueRole::Urge, self.kind, &(clause.start..self.anchor.start)).next();
                if asker.is_none() || self.usual_sender(&subject) {
                    draft.side(
                        reading,
                        Role::From,
                        &subject,
                        "sender-sanctions-target",
                        self.points().sender,
                    );
                }
            }
            let object = match reading.lexicon.grammar.verb {
                VerbPlace::Last => self.object_before(&used, &clause),
                VerbPlace::First | VerbPlace::Middle => self.objects(self.anchor.end, &clause),
            };
            if let Some(hit) = object.filter(|hit| !used.contains(&hit.tokens.start)) {
                draft.side(reading, Role::To, &hit, "sanctions-target", self.points().target);
            }
        }
        if let Some((tokens, cue)) = reading
            .cues(CueRole::Action, self.kind, &(clause.start..clause.end))
            .find(|(tokens, cue)| {
                !tokens.contains(&self.anchor.start) && cue.action == Some(Action::Threaten)
            })
            .filter(|(tokens, _)| tokens.end <= self.anchor.start)
        {
            draft.relation.action = Action::Threaten;
            draft.evidence(reading, cue.rule.clone(), &tokens, cue.weight);
        }
        self.counter(&mut draft, &mut used);
        self.urge(&mut draft, &mut used, self.anchor.start);
        self.untold(&mut draft, &used, &clause);
        draft.modality(reading, &clause, self.cue.modality);
        Some(draft)
    }
}
