//! Parties: who takes part in what a noun of co-operation names.
//!
//! Owns: the ways in which a noun's parties stand around it, from the surest to the loosest, each with
//! its weight. Calls: `phrase`, `tag`. Pure.

use super::{Frame, REACH};
use crate::assess::phrase::Group;
use crate::assess::tag::Tagged;
use crate::domain::{
    Action, Actor, ActorKind, CueRole, Field, Kind, Markers, Modifiers, Score, SurfaceKind, WordClass,
};
use std::collections::BTreeSet;
use std::ops::Range;

/// Most parties that a noun has elsewhere: a list of more is a report on many things.
const MOST_ELSEWHERE: usize = 4;

/// Who is named in the other fields of an item, for nouns whose sentence names nobody: "Moscow and
/// Minsk move closer. The treaty was signed on Friday."
pub(in crate::assess) struct Elsewhere {
    /// Those of the headline.
    title: BTreeSet<Actor>,
    /// Those of the summary's first sentence, in order.
    lead: Vec<Actor>,
}

impl Elsewhere {
    pub(in crate::assess) fn of(fields: &[Tagged<'_>]) -> Self {
        let mut elsewhere = Self { title: BTreeSet::new(), lead: Vec::new() };
        for tagged in fields {
            let named = tagged.mentions.iter().filter(|mention| mention.kind != SurfaceKind::Firm);
            match tagged.field {
                Field::Title => elsewhere.title.extend(named.map(|mention| mention.actor)),
                Field::Summary => {
                    let first = tagged.sentence_of(0);
                    let named = named.filter(|mention| first.contains(&mention.tokens.start));
                    elsewhere.lead.extend(named.map(|mention| mention.actor));
                }
                Field::Body => {}
            }
        }
        elsewhere
    }

    /// The two parties of a noun that stands in a field beside at most one of them.
    fn parties(&self, field: Field, beside: &BTreeSet<Actor>) -> Option<BTreeSet<Actor>> {
        let mut parties = beside.clone();
        match field {
            Field::Title => parties.extend(self.lead.iter().find(|actor| !beside.contains(actor))),
            Field::Summary => parties.extend(&self.title),
            Field::Body => {}
        }
        let most = if beside.is_empty() { MOST_ELSEWHERE } else { 2 };
        (2..=most).contains(&parties.len()).then_some(parties)
    }
}

/// The first group and the first after it that names somebody else.
pub(super) fn two_parties(groups: Vec<&Group>) -> Vec<&Group> {
    let mut groups = groups.into_iter();
    let Some(first) = groups.next() else { return Vec::new() };
    let other = groups.find(|group| !group.actors.is_subset(&first.actors));
    std::iter::once(first).chain(other).collect()
}

/// Parties with the rule that found them and what it is worth.
pub(super) struct Parties {
    pub(super) actors: BTreeSet<Actor>,
    pub(super) places: Vec<Range<usize>>,
    pub(super) rule: &'static str,
    pub(super) weight: Score,
}

impl Parties {
    pub(super) fn of(groups: &[&Group], rule: &'static str, weight: Score) -> Option<Self> {
        let actors: BTreeSet<Actor> = groups.iter().flat_map(|group| group.actors.iter().copied()).collect();
        let places = groups.iter().map(|group| group.tokens.clone()).collect();
        (actors.len() >= 2).then_some(Self { actors, places, rule, weight })
    }
}

impl Frame<'_> {
    fn is_verb_token(&self, token: usize) -> bool {
        self.reading.tagged.hits.iter().any(|hit| {
            matches!(hit.role, CueRole::Action | CueRole::Urge | CueRole::Verb)
                && hit.tokens.contains(&token)
                && self.reading.lexicon.cues.get(hit.cue).is_some_and(|cue| cue.kind == Some(Kind::Alliance))
        })
    }

    /// "with Y" after the noun.
    fn partner(&self, clause: &Range<usize>) -> Option<&Group> {
        let reading = self.reading;
        let before = clause.start..self.anchor.start;
        let end = clause.end.min(self.anchor.end + REACH);
        let link = (self.anchor.end..end)
            .find(|token| reading.is(*token, WordClass::Partner) || self.is_link(*token))
            .filter(|_| reading.lexicon.grammar.markers == Markers::Before);
        let after = link.and_then(|link| reading.first_group(link + 1..clause.end.min(link + REACH)));
        // "scheitern mit Iran-Sanktionen": who stands before a measure is no partner.
        let partner = after.or_else(|| reading.marked(&before, WordClass::Partner));
        partner.filter(|group| !self.is_measure(group.tokens.end..group.tokens.end + 3))
    }

    /// "between X and Y": every name up to the end of the clause that is joined.
    fn between(&self, clause: &Range<usize>) -> Option<Parties> {
        let reading = self.reading;
        let end = clause.end.min(self.anchor.end + REACH);
        let found: Vec<&Group> = if reading.lexicon.grammar.markers == Markers::After {
            let link =
                (clause.start..self.anchor.start).find(|token| reading.is(*token, WordClass::Between))?;
            let mut nearest: Vec<&Group> = reading.groups_in(&(clause.start..link)).rev().take(2).collect();
            nearest.reverse();
            nearest
        } else {
            let link = (self.anchor.end..end).find(|token| reading.is(*token, WordClass::Between))?;
            reading.groups_in(&(link + 1..clause.end)).take(2).collect()
        };
        let one = found.first().filter(|group| group.actors.len() >= 2);
        match one {
            Some(group) => Parties::of(&[*group], "between-parties", self.reading.lexicon.points.parties),
            None => Parties::of(&found, "between-parties", self.reading.lexicon.points.parties),
        }
    }

    /// "Finland's NATO bid", "EU membership of Serbia": the bloc and who wants to join it.
    fn accession(&self, clause: &Range<usize>, before: &[&Group]) -> Option<Parties> {
        let reading = self.reading;
        let is_bloc = |group: &&Group| group.actors.iter().all(|actor| actor.kind() == ActorKind::Bloc);
        let inside = reading.group_at(self.anchor.start);
        let bloc = inside.or_else(|| before.iter().copied().find(|group| is_bloc(group))).filter(is_bloc)?;
        let used: BTreeSet<usize> = before.iter().map(|group| group.tokens.start).collect();
        let named = reading.first_group(self.anchor.end..clause.end.min(self.anchor.end + REACH));
        let applicant = before
            .iter()
            .copied()
            .find(|group| !is_bloc(group))
            .or(named)
            .or_else(|| reading.subject(self.anchor.start, &used))?;
        Parties::of(&[applicant, bloc], "applicant-and-bloc", self.reading.lexicon.points.parties)
    }

    pub(super) fn parties(&self, clause: &Range<usize>) -> Option<Parties> {
        let reading = self.reading;
        let modifiers = reading.lexicon.grammar.modifiers;
        let stops = |token| self.is_verb_token(token);
        let mut before = Vec::new();
        if modifiers != Modifiers::After {
            before.extend(reading.premodifiers(self.anchor.start, stops));
        }
        if modifiers != Modifiers::Before {
            before.extend(reading.postmodifiers(self.anchor.end, stops));
        }
        if let Some(between) = self.between(clause) {
            return Some(between);
        }
        if self.cue.action == Some(Action::Join)
            && let Some(accession) = self.accession(clause, &before)
        {
            return Some(accession);
        }
        let none = BTreeSet::new();
        let verb = reading
            .cues(CueRole::Action, Kind::Alliance, &(clause.start..self.anchor.start))
            .last()
            .map_or(self.anchor.start, |(tokens, _)| tokens.start);
        let used: BTreeSet<usize> = before.iter().map(|group| group.tokens.start).collect();
        let subject = reading.subject(verb, &used).filter(|group| group.tokens.end <= self.anchor.start);
        if let Some(partner) = self.partner(clause) {
            let own = before.first().copied().or(subject).or_else(|| reading.subject(verb, &none));
            if let Some(parties) = own.and_then(|own| {
                Parties::of(&[own, partner], "party-with-party", self.reading.lexicon.points.parties)
            }) {
                return Some(parties);
            }
        }
        if let Some(parties) = Parties::of(&before, "party-party-noun", self.reading.lexicon.points.parties) {
            return Some(parties);
        }
        if let (Some(own), Some(subject)) = (before.first(), subject)
            && let Some(parties) =
                Parties::of(&[own, subject], "subject-and-noun", self.reading.lexicon.points.parties_loose)
        {
            return Some(parties);
        }
        if let Some(subject) = subject.filter(|group| group.actors.len() >= 2) {
            return Parties::of(&[subject], "two-parties", self.reading.lexicon.points.parties);
        }
        let near: Vec<&Group> = reading
            .groups_in(clause)
            .filter(|group| {
                // Against whom or about whom it is does not take part.
                !group
                    .tokens
                    .start
                    .checked_sub(1)
                    .is_some_and(|token| reading.is_any(token, &[WordClass::Against, WordClass::Reason]))
            })
            .collect();
        // "Trump and Kim sign in Singapore": the place is no party beside two that act.
        let free = near.iter().copied().filter(|group| !reading.hangs(group, clause.start)).collect();
        let free = two_parties(free);
        if let Some(parties) = Parties::of(&free, "same-clause", self.reading.lexicon.points.parties_near) {
            return Some(parties);
        }
        let near = two_parties(near);
        if let Some(parties) = Parties::of(&near, "same-clause", self.reading.lexicon.points.parties_near) {
            return Some(parties);
        }
        let own: Vec<&Group> = before.first().copied().or(near.first().copied()).into_iter().collect();
        // A headline of two sentences tells one thing: "HIMARS for Kyiv. Biden has decided".
        let sentence = match reading.tagged.field {
            Field::Title => 0..reading.tagged.tokens.len(),
            Field::Summary | Field::Body => reading.tagged.sentence_of(self.anchor.start),
        };
        let rest = reading
            .groups_in(&sentence)
            .filter(|group| !clause.contains(&group.tokens.start) && !reading.is_reason(group));
        let apart = two_parties(own.iter().copied().chain(rest).collect());
        if let Some(parties) = Parties::of(&apart, "same-sentence", self.reading.lexicon.points.parties_apart)
        {
            return Some(parties);
        }
        // A treaty or bloc that is joined or left is itself the other party.
        let moves = self.action(clause).and_then(|(_, cue)| cue.action);
        let alone = matches!(moves.or(self.cue.action), Some(Action::Withdraw | Action::Join));
        let party = subject.or(near.first().copied());
        if alone
            && let Some(party) = party.filter(|_| self.cue.weight >= self.reading.lexicon.points.strong_noun)
        {
            return Some(Parties {
                actors: party.actors.clone(),
                places: vec![party.tokens.clone()],
                rule: "one-party",
                weight: self.reading.lexicon.points.one_party,
            });
        }
        let beside = party.map(|party| party.actors.clone()).unwrap_or_default();
        Some(Parties {
            actors: self.elsewhere.parties(reading.tagged.field, &beside)?,
            places: vec![self.anchor.clone()],
            rule: "named-elsewhere",
            weight: self.reading.lexicon.points.parties_elsewhere,
        })
    }
}
