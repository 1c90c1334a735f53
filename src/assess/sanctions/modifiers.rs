//! Sides that modify the noun: "US sanctions", "санкции США", "sanctions européennes".

use super::Frame;
use crate::assess::draft::{Draft, Role};
use crate::assess::phrase::Group;
use crate::assess::tag::TokenKind;
use crate::domain::{Actor, Comma, Cue, Side, VerbPlace, WordClass};
use std::collections::BTreeSet;
use std::ops::Range;

impl Frame<'_> {
    /// "US sanctions", "Russia sanctions", "Trump's Iran sanctions".
    pub(super) fn premodifiers(
        &self,
        draft: &mut Draft,
        used: &mut BTreeSet<usize>,
        has_target: bool,
        action: Option<&(Range<usize>, &Cue)>,
    ) {
        let reading = self.reading;
        // "frozen Russian assets" is one noun, and still says whose they are.
        let inside = reading.groups_in(&self.anchor);
        let before = reading.premodifiers(self.anchor.start, |token| self.is_verb_token(token));
        let found: Vec<Group> =
            inside.chain(before).filter(|group| !used.contains(&group.tokens.start)).cloned().collect();
        let divided = match found.as_slice() {
            [only] if !has_target => self.divided_subject(only, action).cloned(),
            _ => None,
        };
        match (found.as_slice(), divided) {
            ([], _) => {}
            ([only], Some(subject)) => {
                // "ABD, Çin şirketlerine yaptırım": before the comma stands who acts.
                used.insert(only.tokens.start);
                if action.is_none() {
                    used.insert(subject.tokens.start);
                    draft.side(reading, Role::From, &subject, "subject-sender", self.points().sender);
                }
                draft.side(reading, Role::To, only, "target-sanctions", self.points().target);
            }
            ([only], None) => {
                used.insert(only.tokens.start);
                // "Kremlin slams Ukrainian sanctions": who answers speaks of another's sanctions; a bare
                // name ("Russia sanctions") still says whom they hit.
                let answered = only.demonym
                    && !self.usual_target(only)
                    && action.is_some_and(|(_, cue)| cue.subject == Side::By);
                let sender = has_target
                    || answered
                    || self.usual_sender(only) && !only.firm
                    || only.possessive && !self.usual_target(only);
                let senders: BTreeSet<Actor> =
                    only.actors.intersection(&reading.lexicon.usual_senders).copied().collect();
                let mixed = only.actors.len() > 1 && senders.len() < only.actors.len() && !senders.is_empty();
                if mixed && !has_target {
                    // "US-Iran sanctions": one party is a usual sender, the other is hit.
                    let others = only.actors.difference(&senders).copied().collect();
                    let sending = Group { actors: senders, ..only.clone() };
                    let hit = Group { actors: others, ..only.clone() };
                    draft.side(reading, Role::From, &sending, "sender-sanctions", self.points().sender);
                    draft.side(reading, Role::To, &hit, "target-sanctions", self.points().target);
                } else if sender {
                    draft.side(reading, Role::From, only, "sender-sanctions", self.points().sender);
                } else {
                    draft.side(reading, Role::To, only, "target-sanctions", self.points().target);
                }
            }
            ([nearest, .., farthest], _)
                if !has_target
                    && (nearest.possessive
                        || self.usual_sender(nearest)
                            && !self.usual_target(nearest)
                            && !self.usual_sender(farthest)) =>
            {
                // "Wie Nordkorea die UN-Sanktionen umgeht": the nearer one's sanctions, the farther acts.
                used.insert(nearest.tokens.start);
                draft.side(reading, Role::From, nearest, "sender-sanctions", self.points().sender);
            }
            ([nearest, .., farthest], _) => {
                used.insert(nearest.tokens.start);
                used.insert(farthest.tokens.start);
                if has_target {
                    draft.side(reading, Role::From, nearest, "sender-sanctions", self.points().sender);
                } else {
                    draft.side(reading, Role::From, farthest, "sender-sanctions", self.points().sender);
                    draft.side(reading, Role::To, nearest, "target-sanctions", self.points().target);
                }
            }
        }
    }

    /// Who acts before a comma that divides, where the name before the noun is whom it hits.
    pub(super) fn divided_subject(
        &self,
        only: &Group,
        action: Option<&(Range<usize>, &Cue)>,
    ) -> Option<&Group> {
        let reading = self.reading;
        let grammar = &reading.lexicon.grammar;
        let answers = action.is_some_and(|(_, cue)| matches!(cue.subject, Side::By | Side::To));
        if grammar.comma != Comma::Divides || grammar.verb != VerbPlace::Last || answers {
            return None;
        }
        let clause = reading.tagged.clause_of(self.anchor.start);
        let used = BTreeSet::from([only.tokens.start]);
        let subject = reading.subject(only.tokens.start, &used)?;
        let between = subject.tokens.end..only.tokens.start;
        let divided = clause.start <= subject.tokens.start
            && between.clone().any(|token| {
                reading.kind(token) == Some(TokenKind::Comma) || reading.is(token, WordClass::Sender)
            });
        (divided && (self.usual_sender(subject) || !self.usual_target(subject))).then_some(subject)
    }

    /// "санкции США", "sanctions européennes", "تحریم ایران".
    pub(super) fn postmodifiers(&self, draft: &mut Draft, used: &mut BTreeSet<usize>, has_target: bool) {
        let reading = self.reading;
        let found = reading.postmodifiers(self.anchor.end, |token| self.is_verb_token(token));
        for group in
            found.into_iter().filter(|group| !used.contains(&group.tokens.start)).cloned().collect::<Vec<_>>()
        {
            let sender = has_target || self.usual_sender(&group) && !group.firm;
            if sender && draft.relation.from.is_empty() {
                used.insert(group.tokens.start);
                draft.side(reading, Role::From, &group, "sanctions-of-sender", self.points().sender);
            } else if !sender && draft.relation.to.is_empty() {
                used.insert(group.tokens.start);
                draft.side(reading, Role::To, &group, "sanctions-of-target", self.points().target);
            }
        }
    }
}
