//! Beside: who is told of with a relation and has no side in it.
//!
//! Owns: who opens a sentence ("Berlin slams US sanctions on Russia"), and who is named where sanctions
//! have no sides at all. Calls: `phrase`, `draft`, `lexicon`, `tag`. Pure. Of 29 who open a clause so
//! and have no side, labelled news count 26 among those that take part; of those named elsewhere in a
//! summary 22 of 74.

use super::draft::Draft;
use super::lexicon::Lexicon;
use super::phrase::{Group, Reading};
use super::tag::{Tagged, TokenKind};
use crate::domain::{Actor, Evidence, Field, Kind, Relation, Score, WordClass};
use std::collections::BTreeSet;

/// What separates the reports of a digest.
const DIGEST: [char; 2] = [';', '|'];

/// The context rule whose words speak of sanctions between states even where nobody is named.
const AT_LARGE: &str = "sanctions-at-large";

/// Adds to a relation who opens a clause of the headline, or of a sentence of the summary that tells
/// of the relation.
pub(super) fn name(lexicon: &Lexicon, fields: &[Tagged<'_>], relation: &mut Relation) {
    let sides = relation.actors();
    for tagged in fields.iter().filter(|tagged| tagged.field != Field::Body) {
        let reading = Reading::new(lexicon, tagged);
        for group in openers(&reading) {
            let others: BTreeSet<Actor> = group.actors.difference(&sides).copied().collect();
            if others.is_empty() || !tells(tagged, &group, relation) {
                continue;
            }
            relation.also.extend(others);
            relation.add(reading.evidence("opens-sentence", &group.tokens, Score::ZERO));
        }
    }
}

/// Where sanctions are named and nobody has a side, whoever is named first takes part. Where nobody is
/// named at all, a headline may still be about sanctions ("The price of sanctions"): it is counted,
/// and alerts nobody.
pub(super) fn name_anybody(lexicon: &Lexicon, fields: &[Tagged<'_>], drafts: &mut [Draft]) {
    let of_kind = |draft: &&mut Draft| draft.relation.kind == Kind::Sanctions;
    if drafts.iter_mut().filter(of_kind).any(|draft| !draft.relation.actors().is_empty()) {
        return;
    }
    let Some(draft) = drafts.iter_mut().find(of_kind) else { return };
    for tagged in fields.iter().filter(|tagged| tagged.field != Field::Body) {
        let reading = Reading::new(lexicon, tagged);
        let takes_part = |group: &&Group| !group.firm && !reading.is_reason(group);
        if let Some(group) = reading.groups.iter().find(takes_part) {
            draft.relation.also.clone_from(&group.actors);
            draft.evidence(&reading, "state-named", &group.tokens, lexicon.points.named);
            return;
        }
    }
    for tagged in fields.iter().filter(|tagged| tagged.field == Field::Title) {
        let rule = lexicon.context(AT_LARGE);
        let Some(hit) = tagged.hits.iter().find(|hit| Some(hit.cue) == rule) else { continue };
        let Some(cue) = lexicon.cues.get(hit.cue) else { continue };
        draft.stands_alone = true;
        let reading = Reading::new(lexicon, tagged);
        draft.evidence(&reading, AT_LARGE, &hit.tokens, cue.weight);
    }
}

/// The groups that open a clause behind nothing but articles, titles and quotation marks.
fn openers(reading: &Reading<'_>) -> Vec<Group> {
    let opener = |clause: &std::ops::Range<usize>| {
        let first = clause.clone().find(|token| {
            !reading.is_any(*token, &[WordClass::Article, WordClass::Title])
                && !matches!(
                    reading.kind(*token),
                    Some(TokenKind::Quote | TokenKind::Break | TokenKind::Stop)
                )
        })?;
        let group = reading.group_at(first).filter(|group| group.tokens.start == first)?;
        (!reading.hangs(group, clause.start)).then(|| group.clone())
    };
    reading.tagged.clauses.iter().filter_map(opener).collect()
}

/// Whether a relation has evidence beside a group: in the same sentence or the same of those that
/// "and" joins, or in none of the headline's. A
/// headline may be a digest of several: "Israel strikes Beirut; Cuban embargo broken".
fn tells(tagged: &Tagged<'_>, group: &Group, relation: &Relation) -> bool {
    let (from, to) = tagged.slice(&group.tokens);
    let (mut start, mut end) = tagged.slice(&tagged.whole_of(group.tokens.start));
    let told = |one: &&Evidence| one.field == tagged.field && one.weight > Score::ZERO;
    if tagged.field == Field::Title {
        if !relation.evidence.iter().any(|one| told(&one)) {
            return !tagged.text.contains(DIGEST);
        }
        start = tagged
            .text
            .get(start..from)
            .and_then(|before| before.rfind(DIGEST))
            .map_or(start, |at| start + at);
        end = tagged.text.get(to..end).and_then(|after| after.find(DIGEST)).map_or(end, |at| to + at);
    }
    relation.evidence.iter().filter(told).any(|one| (start..end).contains(&one.start))
}
