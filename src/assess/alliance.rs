//! Alliance frames: co-operation between two parties, formed, carried out or broken.
//!
//! Owns: which names are parties of a noun ("US-Iran deal", "pact with Japan") or of a verb ("visits",
//! "supplies"). Calls: `phrase`, `draft`. Pure. One party is never enough.

use super::draft::{Draft, Role};
use super::phrase::{Group, Reading};
use super::tag::{Tagged, TokenKind};
use crate::domain::{
    Action, Actor, ActorKind, Cue, CueRole, Field, Kind, Markers, Modifiers, Score, Side, SurfaceKind,
    VerbPlace, WordClass,
};
use std::collections::BTreeSet;
use std::ops::Range;

/// Most tokens between the noun and "with", or a verb and its object.
const REACH: usize = 9;
/// Most parties that a noun has elsewhere: a list of more is a report on many things.
const MOST_ELSEWHERE: usize = 4;
/// Most tokens between a verb's link word and the name it introduces: "to the government of".
const LINK_REACH: usize = 4;

/// Who is named in the other fields of an item, for nouns whose sentence names nobody: "Moscow and
/// Minsk move closer. The treaty was signed on Friday."
pub(super) struct Elsewhere {
    /// Those of the headline.
    title: BTreeSet<Actor>,
    /// Those of the summary's first sentence, in order.
    lead: Vec<Actor>,
}

impl Elsewhere {
    pub(super) fn of(fields: &[Tagged<'_>]) -> Self {
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

/// The first group and the first after it that names somebody else.
fn two_parties(groups: Vec<&Group>) -> Vec<&Group> {
    let mut groups = groups.into_iter();
    let Some(first) = groups.next() else { return Vec::new() };
    let other = groups.find(|group| !group.actors.is_subset(&first.actors));
    std::iter::once(first).chain(other).collect()
}

/// Parties with the rule that found them and what it is worth.
struct Parties {
    actors: BTreeSet<Actor>,
    places: Vec<Range<usize>>,
    rule: &'static str,
    weight: Score,
}

impl Parties {
    fn of(groups: &[&Group], rule: &'static str, weight: Score) -> Option<Self> {
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

    /// Whether sanctions are named in a range.
    fn is_measure(&self, range: Range<usize>) -> bool {
        let mut roles = [CueRole::Noun, CueRole::Verb].iter();
        roles.any(|role| self.reading.cues(*role, Kind::Sanctions, &range).next().is_some())
    }

    /// Whether it is only told as the reason of sanctions: "sanciona a China por vender misiles".
    fn is_why(&self) -> bool {
        let reading = self.reading;
        let mut before = self.anchor.start;
        while let Some(previous) = before.checked_sub(1).filter(|at| reading.is(*at, WordClass::Article)) {
            before = previous;
        }
        let reason = before.checked_sub(1).is_some_and(|at| reading.is(at, WordClass::Reason))
            || reading.is(before, WordClass::Reason);
        reason && self.is_measure(reading.tagged.sentence_of(self.anchor.start))
    }

    /// Whether a token is one of the words that introduce the cue's object.
    fn is_link(&self, token: usize) -> bool {
        let word = self.reading.word(token);
        !word.is_empty() && self.cue.links.iter().any(|link| word.to_lowercase() == *link)
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

    fn parties(&self, clause: &Range<usize>) -> Option<Parties> {
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

    fn noun(&self) -> Option<Draft> {
        let reading = self.reading;
        if self.is_why() {
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
                if linked && !group.actors.is_subset(&subject.actors) && !reading.is_reason(group) {
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
        if self.is_why() {
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
        if let Some(object) = object.filter(|_| gives && self.cue.subject == Side::From) {
            draft.side(reading, Role::From, subject, "giver", Score::ZERO);
            draft.side(reading, Role::To, object, "taker", Score::ZERO);
        }
        bind(reading, &mut draft, parties);
        self.context(&mut draft, &clause);
        draft.modality(reading, &clause, self.cue.modality);
        Some(draft)
    }
}
