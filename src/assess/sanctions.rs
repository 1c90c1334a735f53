//! Sanctions frames: who restricts whom, said with a noun ("US sanctions on Iran") or a verb.
//!
//! Owns: the order in which grammar, word order and what is usual decide the sides. Calls: `phrase`,
//! `draft`. Pure. Frames are named in the evidence as the rules that bound each side.

mod sides;

use super::draft::{Draft, Role};
use super::phrase::{Group, Reading};
use super::tag::{Hit, TokenKind};
use crate::domain::{
    Action, Actor, Boundaries, Comma, Cue, CueRole, Kind, Markers, Modality, Modifiers, Score, Side,
    VerbPlace, WordClass,
};
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

    /// The group that a marker of the target stands with.
    fn target(&self) -> Option<Group> {
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
    fn target_after(&self, end: usize) -> Option<Group> {
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
    fn agent_after(&self, end: usize) -> Option<Group> {
        let clause = self.reading.tagged.clause_of(self.anchor.start);
        let before = clause.start..self.anchor.start;
        // "İran'dan ABD yaptırımlarına tepki": who answers is marked alike.
        let answers = self.action().is_some_and(|(_, cue)| cue.subject == Side::By);
        if let Some(sender) = self.reading.marked(&before, WordClass::Sender).filter(|_| !answers) {
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

    /// The action cue that governs the noun: the nearest before it in its clause, else the nearest after.
    fn action(&self) -> Option<(Range<usize>, &Cue)> {
        let clause = self.reading.tagged.clause_of(self.anchor.start);
        let before = self.reading.cues(CueRole::Action, self.kind, &(clause.start..self.anchor.start)).last();
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

    fn usual_sender(&self, group: &Group) -> bool {
        !group.actors.is_disjoint(&self.reading.lexicon.usual_senders)
    }

    fn usual_target(&self, group: &Group) -> bool {
        !group.actors.is_disjoint(&self.reading.lexicon.usual_targets)
    }

    /// Sanctions as a noun.
    fn noun(&self) -> Draft {
        let reading = self.reading;
        let clause = reading.tagged.clause_of(self.anchor.start);
        let mut draft = self.draft(self.cue.action.unwrap_or(Action::Impact));
        draft.told = self.cue.action.is_some();
        let mut used = BTreeSet::new();
        let target = self.target();
        if let Some(group) = &target {
            used.insert(group.tokens.start);
            draft.side(reading, Role::To, group, "sanctions-on-target", self.reading.lexicon.points.target);
        }
        if let Some(group) =
            self.agent_after(self.anchor.end).filter(|group| !used.contains(&group.tokens.start))
        {
            used.insert(group.tokens.start);
            draft.side(
                reading,
                Role::From,
                &group,
                "sanctions-by-sender",
                self.reading.lexicon.points.sender,
            );
        }
        let action = self.action();
        // "Banken von der EU mit Sanktionen belegt": the agent stands before the noun.
        if draft.relation.from.is_empty()
            && reading.lexicon.grammar.modifiers != Modifiers::Before
            && action.as_ref().is_some_and(|(_, cue)| cue.subject == Side::To)
            && let Some(group) = reading.marked(&(clause.start..self.anchor.start), WordClass::Agent).cloned()
        {
            used.insert(group.tokens.start);
            draft.side(reading, Role::From, &group, "sanctions-by-sender", reading.lexicon.points.sender);
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
                draft.side(
                    reading,
                    Role::To,
                    &subject,
                    "subject-under-sanctions",
                    self.reading.lexicon.points.target_near,
                );
                used.insert(subject.tokens.start);
            } else if draft.relation.from.is_empty() && self.usual_sender(&subject) {
                draft.side(
                    reading,
                    Role::From,
                    &subject,
                    "subject-sender",
                    self.reading.lexicon.points.sender,
                );
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

    /// "US sanctions", "Russia sanctions", "Trump's Iran sanctions".
    fn premodifiers(
        &self,
        draft: &mut Draft,
        used: &mut BTreeSet<usize>,
        has_target: bool,
        action: Option<&(Range<usize>, &Cue)>,
    ) {
        let reading = self.reading;
        let found = reading.premodifiers(self.anchor.start, |token| self.is_verb_token(token));
        let found: Vec<Group> =
            found.into_iter().filter(|group| !used.contains(&group.tokens.start)).cloned().collect();
        match found.as_slice() {
            [] => {}
            [only] if !has_target && self.divided_subject(only, action).is_some() => {
                // "ABD, Çin şirketlerine yaptırım": before the comma stands who acts.
                used.insert(only.tokens.start);
                if let Some(subject) =
                    self.divided_subject(only, action).filter(|_| action.is_none()).cloned()
                {
                    used.insert(subject.tokens.start);
                    draft.side(
                        reading,
                        Role::From,
                        &subject,
                        "subject-sender",
                        reading.lexicon.points.sender,
                    );
                }
                draft.side(reading, Role::To, only, "target-sanctions", reading.lexicon.points.target);
            }
            [only] => {
                used.insert(only.tokens.start);
                let sender = has_target
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
                    draft.side(
                        reading,
                        Role::From,
                        &sending,
                        "sender-sanctions",
                        self.reading.lexicon.points.sender,
                    );
                    draft.side(
                        reading,
                        Role::To,
                        &hit,
                        "target-sanctions",
                        self.reading.lexicon.points.target,
                    );
                } else if sender {
                    draft.side(
                        reading,
                        Role::From,
                        only,
                        "sender-sanctions",
                        self.reading.lexicon.points.sender,
                    );
                } else {
                    draft.side(
                        reading,
                        Role::To,
                        only,
                        "target-sanctions",
                        self.reading.lexicon.points.target,
                    );
                }
            }
            [nearest, .., farthest]
                if !has_target
                    && (nearest.possessive
                        || self.usual_sender(nearest)
                            && !self.usual_target(nearest)
                            && !self.usual_sender(farthest)) =>
            {
                // "Wie Nordkorea die UN-Sanktionen umgeht": the nearer one's sanctions, the farther acts.
                used.insert(nearest.tokens.start);
                draft.side(reading, Role::From, nearest, "sender-sanctions", reading.lexicon.points.sender);
            }
            [nearest, .., farthest] => {
                used.insert(nearest.tokens.start);
                used.insert(farthest.tokens.start);
                if has_target {
                    draft.side(
                        reading,
                        Role::From,
                        nearest,
                        "sender-sanctions",
                        self.reading.lexicon.points.sender,
                    );
                } else {
                    draft.side(
                        reading,
                        Role::From,
                        farthest,
                        "sender-sanctions",
                        self.reading.lexicon.points.sender,
                    );
                    draft.side(
                        reading,
                        Role::To,
                        nearest,
                        "target-sanctions",
                        self.reading.lexicon.points.target,
                    );
                }
            }
        }
    }

    /// Who acts before a comma that divides, where the name before the noun is whom it hits.
    fn divided_subject(&self, only: &Group, action: Option<&(Range<usize>, &Cue)>) -> Option<&Group> {
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
    fn postmodifiers(&self, draft: &mut Draft, used: &mut BTreeSet<usize>, has_target: bool) {
        let reading = self.reading;
        let found = reading.postmodifiers(self.anchor.end, |token| self.is_verb_token(token));
        for group in
            found.into_iter().filter(|group| !used.contains(&group.tokens.start)).cloned().collect::<Vec<_>>()
        {
            let sender = has_target || self.usual_sender(&group) && !group.firm;
            if sender && draft.relation.from.is_empty() {
                used.insert(group.tokens.start);
                draft.side(
                    reading,
                    Role::From,
                    &group,
                    "sanctions-of-sender",
                    self.reading.lexicon.points.sender,
                );
            } else if !sender && draft.relation.to.is_empty() {
                used.insert(group.tokens.start);
                draft.side(
                    reading,
                    Role::To,
                    &group,
                    "sanctions-of-target",
                    self.reading.lexicon.points.target,
                );
            }
        }
    }

    /// "hits Iran with sanctions", "threatens China with sanctions".
    fn object_with(
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
            draft.side(reading, Role::To, &group, "hit-with-sanctions", self.reading.lexicon.points.target);
        }
    }

    /// What the governing verb says, and what it makes of its subject.
    fn act(&self, draft: &mut Draft, used: &mut BTreeSet<usize>, tokens: &Range<usize>, cue: &Cue) {
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
                    draft.side(
                        reading,
                        Role::To,
                        &subject,
                        "subject-is-hit",
                        self.reading.lexicon.points.target,
                    );
                }
            }
            Side::By => {
                used.insert(subject.tokens.start);
                draft.side(
                    reading,
                    Role::By,
                    &subject,
                    "subject-answers",
                    self.reading.lexicon.points.other_side,
                );
                let hit = draft.relation.to.is_empty() && self.usual_target(&subject);
                if hit {
                    draft.side(
                        reading,
                        Role::To,
                        &subject,
                        "subject-is-hit",
                        self.reading.lexicon.points.target_near,
                    );
                }
            }
            Side::Nobody => {}
        }
    }

    fn sending_subject(&self, draft: &mut Draft, used: &mut BTreeSet<usize>, subject: &Group) {
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
                draft.side(
                    reading,
                    Role::From,
                    subject,
                    "subject-sender",
                    self.reading.lexicon.points.sender,
                );
            } else {
                draft.side(
                    reading,
                    Role::To,
                    subject,
                    "subject-is-hit",
                    self.reading.lexicon.points.target_near,
                );
            }
        } else if sender && draft.relation.from != subject.actors {
            draft.side(reading, Role::From, subject, "subject-sender", Score::ZERO);
        } else if !sender && draft.relation.to.is_empty() && self.usual_target(subject) {
            draft.side(reading, Role::To, subject, "subject-is-hit", self.reading.lexicon.points.target_near);
        }
    }

    /// "X urges S to impose …", "X calls for sanctions".
    fn urge(&self, draft: &mut Draft, used: &mut BTreeSet<usize>, before: usize) {
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
                draft.side(reading, Role::By, &asker, "asker", self.reading.lexicon.points.other_side);
            }
            if let Some(asked) = asked.filter(|_| asks_other && draft.relation.from.is_empty()) {
                used.insert(asked.tokens.start);
                draft.side(reading, Role::From, &asked, "asked-sender", self.reading.lexicon.points.sender);
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

    /// Sanctions as a verb: "US sanctions Iran", "sanctioned by the US", "to sanction".
    fn verb(&self) -> Option<Draft> {
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
            draft.side(reading, Role::From, &sender, "sender-sanctioned", self.reading.lexicon.points.sender);
            if let Some(hit) = self.objects(self.anchor.end, &clause) {
                draft.side(
                    reading,
                    Role::To,
                    &hit,
                    "sanctioned-target",
                    self.reading.lexicon.points.target_near,
                );
            }
        } else if adjective {
            draft.relation.action = Action::Impact;
            draft.told = false;
            if let Some(hit) = self.objects(self.anchor.end, &clause) {
                draft.side(
                    reading,
                    Role::To,
                    &hit,
                    "sanctioned-target",
                    self.reading.lexicon.points.target_near,
                );
            }
        } else if agent.is_some() || passive {
            if let Some(sender) = agent {
                used.insert(sender.tokens.start);
                draft.side(
                    reading,
                    Role::From,
                    &sender,
                    "sanctioned-by-sender",
                    self.reading.lexicon.points.sender,
                );
            }
            if let Some(subject) = reading.subject(self.anchor.start, &used).cloned() {
                used.insert(subject.tokens.start);
                draft.side(
                    reading,
                    Role::To,
                    &subject,
                    "subject-is-sanctioned",
                    self.reading.lexicon.points.target,
                );
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
                        self.reading.lexicon.points.sender,
                    );
                }
            }
            let object = match reading.lexicon.grammar.verb {
                VerbPlace::Last => self.object_before(&used, &clause),
                VerbPlace::First | VerbPlace::Middle => self.objects(self.anchor.end, &clause),
            };
            if let Some(hit) = object.filter(|hit| !used.contains(&hit.tokens.start)) {
                draft.side(reading, Role::To, &hit, "sanctions-target", self.reading.lexicon.points.target);
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
