//! Cues: which of the words that were found say something where they stand.
//!
//! Owns: what a cue needs, and which of overlapping ones counts. Calls: `lexicon`. Pure.

use super::{Hit, Tagged};
use crate::assess::lexicon::Lexicon;
use crate::domain::CueRole;
use std::ops::Range;

/// The cues in whose sentence stands what they need, if anything: another one says nothing, and must
/// not cover a shorter one that does.
pub(super) fn met(lexicon: &Lexicon, tagged: &mut Tagged<'_>) -> Vec<Hit> {
    let hits = std::mem::take(&mut tagged.hits);
    let condition = |hit: &Hit| lexicon.conditions.get(hit.cue).copied().unwrap_or_default();
    let holds = |hit: &Hit| {
        let Some(needed) = condition(hit).needs else { return true };
        let sentence = tagged.sentence_of(hit.tokens.start);
        let here = |other: &Hit| sentence.contains(&other.tokens.start);
        hits.iter().any(|other| condition(other).met == Some(needed) && here(other))
    };
    let kept: Vec<bool> = hits.iter().map(holds).collect();
    hits.into_iter().zip(kept).filter_map(|(hit, kept)| kept.then_some(hit)).collect()
}

/// Of overlapping cues with the same role the longest stays; equal ones all stay.
pub(super) fn longest(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|left, right| {
        left.tokens.start.cmp(&right.tokens.start).then(right.tokens.end.cmp(&left.tokens.end))
    });
    // Of each role the first that reaches farthest: whatever begins later and ends before is covered.
    let mut farthest: [Range<usize>; CueRole::ALL.len()] = std::array::from_fn(|_| 0..0);
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        let Some(reach) = farthest.get_mut(hit.role as usize) else { continue };
        let covered = hit.tokens.end <= reach.end && hit.tokens != *reach;
        let mut same = kept.iter().rev().take_while(|known| known.tokens.start == hit.tokens.start);
        if !covered && !same.any(|known| known.cue == hit.cue && known.tokens == hit.tokens) {
            if hit.tokens.end > reach.end {
                *reach = hit.tokens.clone();
            }
            kept.push(hit);
        }
    }
    kept
}
