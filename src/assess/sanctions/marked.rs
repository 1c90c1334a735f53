//! Sides that a marker tells: "on Iran", "gegen Iran", "이란에", "by the EU".

use super::{Frame, LINK_REACH, REACH};
use crate::assess::phrase::Group;
use crate::assess::tag::TokenKind;
use crate::domain::{Markers, Modifiers, Side, WordClass};

impl Frame<'_> {
    /// The group that a marker of the target stands with.
    pub(super) fn target(&self) -> Option<Group> {
        let clause = self.reading.tagged.clause_of(self.anchor.start);
        let before = clause.start..self.anchor.start;
        if self.reading.lexicon.grammar.markers == Markers::After {
            let marked = |class| self.reading.marked(&before, class);
            return marked(WordClass::Against).or_else(|| marked(WordClass::Target)).cloned();
        }
        let after = self.target_after(self.anchor.end);
        // "Protest gegen US-Sanktionen": a sender that belongs to the noun is not what "gegen" means.
        let own = |group: &&Group| {
            let sender = self.usual_sender(group) && !self.usual_target(group);
            let tied = group.possessive || self.reading.kind(group.tokens.end) == Some(TokenKind::Hyphen);
            (sender || tied) && group.tokens.end + 2 >= self.anchor.start
        };
        after
            .or_else(|| self.reading.marked(&before, WordClass::Against).filter(|group| !own(group)).cloned())
    }

    /// The group that a target preposition after the noun introduces. A sender that stands between
    /// them is stepped over: "санкции США против Ирана", "imposed by the EU on Belarus".
    pub(super) fn target_after(&self, end: usize) -> Option<Group> {
        let reading = self.reading;
        let clause = reading.tagged.clause_of(self.anchor.start);
        let own: Vec<usize> = if reading.lexicon.grammar.modifiers == Modifiers::Before {
            Vec::new()
        } else {
            let groups = reading.postmodifiers(end, |token| self.is_verb_token(token));
            groups.iter().map(|group| group.tokens.start).collect()
        };
        let mut linked = None;
        let mut agent = false;
        let mut token = end;
        let mut since = 0;
        while token < clause.end && since < REACH + LINK_REACH {
            if let Some(group) = reading.group_at(token) {
                if linked.is_none() && (agent || own.contains(&group.tokens.start)) {
                    agent = false;
                    token = group.tokens.end;
                    since = 0;
                    continue;
                }
                return linked.is_some().then(|| group.clone());
            }
            match linked {
                None if reading.is(token, WordClass::Target) => linked = Some(token),
                None if reading.is(token, WordClass::Agent) => agent = true,
                None if reading.is(token, WordClass::Reason) || since >= LINK_REACH => return None,
                Some(at) if token - at > REACH => return None,
                Some(_) if reading.is(token, WordClass::Reason) => return None,
                _ => {}
            }
            token += 1;
            since += 1;
        }
        None
    }

    /// The group that a marker of the agent stands with.
    pub(super) fn agent_after(&self, end: usize) -> Option<Group> {
        let clause = self.reading.tagged.clause_of(self.anchor.start);
        let before = clause.start..self.anchor.start;
        // "İran'dan ABD yaptırımlarına tepki": who answers is marked alike.
        let answers = || self.action().is_some_and(|(_, cue)| cue.subject == Side::By);
        if let Some(sender) = self.reading.marked(&before, WordClass::Sender).filter(|_| !answers()) {
            return Some(sender.clone());
        }
        if self.reading.lexicon.grammar.markers == Markers::After {
            return self.reading.marked(&before, WordClass::Agent).cloned();
        }
        let by = (end..clause.end.min(end + LINK_REACH))
            .find(|token| self.reading.is(*token, WordClass::Agent))?;
        for token in by + 1..clause.end.min(by + 6) {
            if let Some(group) = self.reading.group_at(token) {
                return Some(group.clone());
            }
            if self.reading.kind(token) == Some(TokenKind::Comma) {
                return None;
            }
        }
        None
    }
}
