//! Drafts: what one frame says, with its evidence, before the fields of an item are put together.

use super::lexicon::Lexicon;
use super::phrase::{Group, Reading};
use crate::domain::{Action, Actor, CueRole, Evidence, Field, Kind, Modality, Points, Relation, Score};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Most relations of one kind that an item keeps.
const MAX_RELATIONS: usize = 4;

/// What one frame says.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) relation: Relation,
    pub(super) field: Field,
    /// The action was named, not assumed.
    pub(super) told: bool,
    /// It is told although nobody is named in the whole item.
    pub(super) stands_alone: bool,
    /// What repetition in each field has added.
    echoed: BTreeMap<Field, Score>,
}

impl Draft {
    pub(super) fn new(kind: Kind, action: Action, field: Field) -> Self {
        let relation = Relation {
            kind,
            action,
            from: BTreeSet::new(),
            to: BTreeSet::new(),
            by: BTreeSet::new(),
            between: BTreeSet::new(),
            also: BTreeSet::new(),
            modality: Modality::Fact,
            score: Score::ZERO,
            evidence: Vec::new(),
        };
        Self { relation, field, told: false, stands_alone: false, echoed: BTreeMap::new() }
    }

    /// Adds evidence for the words at a token range.
    pub(super) fn evidence(
        &mut self,
        reading: &Reading<'_>,
        rule: impl Into<Cow<'static, str>>,
        tokens: &Range<usize>,
        weight: Score,
    ) {
        let new = reading.evidence(rule, tokens, weight);
        let known = |old: &Evidence| old.field == new.field && old.start == new.start && old.rule == new.rule;
        if !self.relation.evidence.iter().any(known) {
            self.relation.add(new);
        }
    }

    /// Fills a side from a group, where it brings somebody new to it.
    pub(super) fn side(
        &mut self,
        reading: &Reading<'_>,
        side: Role,
        group: &Group,
        rule: &'static str,
        weight: Score,
    ) {
        let relation = &mut self.relation;
        let set = match side {
            Role::From => &mut relation.from,
            Role::To => &mut relation.to,
            Role::By => &mut relation.by,
        };
        let empty = set.is_empty();
        set.extend(&group.actors);
        self.evidence(reading, rule, &group.tokens, if empty { weight } else { Score::ZERO });
    }

    /// Applies the modality cues that stand before the action, and what the action itself implies.
    pub(super) fn modality(
        &mut self,
        reading: &Reading<'_>,
        range: &Range<usize>,
        implied: Option<Modality>,
    ) {
        let mut modality = implied.unwrap_or(self.relation.modality);
        for (tokens, cue) in reading.cues(CueRole::Modality, self.relation.kind, range) {
            let Some(said) = cue.modality else { continue };
            // What is denied stays denied; what may be is weaker than what is planned.
            if rank(said) > rank(modality) {
                modality = said;
            }
            self.evidence(reading, cue.rule.clone(), &tokens, cue.weight);
            if said == Modality::Historical {
                self.evidence(reading, super::BACKGROUND, &tokens, reading.lexicon.points.historical);
            }
        }
        if matches!(self.relation.action, Action::Threaten | Action::Intend)
            && !matches!(modality, Modality::Hypothetical | Modality::Denied)
        {
            modality = Modality::Planned;
        }
        self.relation.modality = modality;
    }
}

/// A side of a sanctions relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    From,
    To,
    By,
}

const fn rank(modality: Modality) -> u8 {
    match modality {
        Modality::Fact => 0,
        Modality::Planned => 1,
        Modality::Hypothetical => 2,
        Modality::Historical => 3,
        Modality::Denied => 4,
    }
}

/// Puts the drafts of an item together: what is said twice becomes one relation with an echo. The
/// second list holds what there was no room for.
pub(super) fn merge(lexicon: &Lexicon, mut drafts: Vec<Draft>) -> (Vec<Relation>, Vec<Relation>) {
    let field_rank = |field: Field| match field {
        Field::Title => 0,
        Field::Summary => 1,
        Field::Body => 2,
    };
    drafts.sort_by(|left, right| {
        (left.relation.kind, field_rank(left.field))
            .cmp(&(right.relation.kind, field_rank(right.field)))
            .then(right.relation.score.cmp(&left.relation.score))
    });
    let mut merged: Vec<Draft> = Vec::new();
    for draft in drafts {
        match merged.iter_mut().find(|known| same(lexicon, &known.relation, &draft.relation)) {
            Some(known) => absorb(&lexicon.points, known, draft),
            None => merged.push(draft),
        }
    }
    merged.sort_by(|left, right| {
        left.relation.kind.cmp(&right.relation.kind).then(right.relation.score.cmp(&left.relation.score))
    });
    let (mut kept, mut left_out): (Vec<Relation>, Vec<Relation>) = (Vec::new(), Vec::new());
    for draft in merged {
        let of_kind = kept.iter().filter(|known| known.kind == draft.relation.kind).count();
        let list = if of_kind < MAX_RELATIONS { &mut kept } else { &mut left_out };
        list.push(draft.relation);
    }
    (kept, left_out)
}

/// Whether two relations say the same, as far as both say it.
fn same(lexicon: &Lexicon, known: &Relation, new: &Relation) -> bool {
    if known.kind != new.kind {
        return false;
    }
    if known.kind == Kind::Alliance {
        let weakening = |action| matches!(action, Action::Cut | Action::Withdraw);
        return known.between.intersection(&new.between).count() >= 2
            && (weakening(known.action) == weakening(new.action)
                || known.action == Action::Strain
                || new.action == Action::Strain);
    }
    let agrees = |left: &BTreeSet<Actor>, right: &BTreeSet<Actor>| {
        left.is_empty() || right.is_empty() || lexicon.overlap(left, right)
    };
    let eased = |action| matches!(action, Action::Ease);
    agrees(&known.from, &new.from)
        && agrees(&known.to, &new.to)
        && (known.to.is_empty() || known.to.is_disjoint(&new.from))
        && (known.from.is_empty() || known.from.is_disjoint(&new.to))
        && (eased(known.action) == eased(new.action)
            || known.action == Action::Impact
            || new.action == Action::Impact)
}

fn absorb(points: &Points, known: &mut Draft, mut new: Draft) {
    let relation = &mut known.relation;
    // The stronger telling counts in full, the weaker is its echo: a vague headline does not make a
    // clear summary vague.
    let mut echo = new.field;
    if new.relation.score > relation.score && known.echoed.is_empty() {
        std::mem::swap(&mut relation.score, &mut new.relation.score);
        std::mem::swap(&mut relation.evidence, &mut new.relation.evidence);
        echo = known.field;
    }
    for (set, more) in [
        (&mut relation.from, &new.relation.from),
        (&mut relation.to, &new.relation.to),
        (&mut relation.by, &new.relation.by),
        (&mut relation.between, &new.relation.between),
        (&mut relation.also, &new.relation.also),
    ] {
        // A weaker field fills what is untold; it does not add parties to what the headline told,
        // but fields of the same rank tell one list together.
        if set.is_empty() || known.field == new.field {
            set.extend(more);
        }
    }
    relation.to = relation.to.difference(&relation.from).copied().collect();
    relation.by = relation.by.difference(&relation.from).copied().collect();
    if !known.told && new.told {
        relation.action = new.relation.action;
        relation.modality = new.relation.modality;
        known.told = true;
    }
    let echoed = known.echoed.entry(echo).or_default();
    for mut evidence in new.relation.evidence {
        let repeated = relation.evidence.iter().any(|old| {
            old.field == evidence.field && old.start == evidence.start && old.rule == evidence.rule
        });
        let room = points.echo_limit.hundredths() - echoed.hundredths();
        let weight =
            Score::from_hundredths(evidence.weight.scaled(points.echo_share.points()).hundredths().min(room));
        if repeated || weight == Score::ZERO {
            continue;
        }
        *echoed += weight.max(Score::ZERO);
        evidence.weight = weight;
        relation.add(evidence);
    }
}
