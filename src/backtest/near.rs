//! Near misses: what was not told and came nearest to it, with what it lacked.

use super::{Fate, Item, Judged, Replay, Setup};
use crate::alerting::{Asked, Mismatch, Text};
use crate::domain::{DropReason, Score, Watch, strongest};
use crate::text::normal_title;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// An item that a watch nearly asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near<'c> {
    /// Which item.
    pub item: usize,
    /// The watch that it came nearest to.
    pub watch: &'c Watch,
    /// Which of its relations did.
    pub relation: usize,
    /// Why the watch does not ask for it; never empty.
    pub mismatches: Vec<Mismatch>,
}

/// The items that came nearest, at most so many: first those that lack one thing, and of these the strongest.
/// What concerns no watch's countries came near to nothing, and a headline stands here once.
#[must_use]
pub fn near<'c>(
    setup: &Setup<'c>,
    items: &[Item],
    (judged, replay): (&[Judged], &Replay),
    most: usize,
) -> Vec<Near<'c>> {
    let mut found: Vec<(usize, Reverse<Score>, Near<'c>)> = Vec::new();
    for (at, fate) in replay.fates.iter().enumerate() {
        let Fate::Untold(DropReason::BelowThreshold | DropReason::NoWatch, _) = fate else { continue };
        let (Some(item), Some(judged)) = (items.get(at), judged.get(at)) else { continue };
        let relations = &judged.assessment.relations;
        let (title, summary) = (&item.entry.title, &item.entry.summary);
        let text = Text { title, summary, source: Some(&item.source) };
        let asked = Asked::all(setup.watches, setup.thresholds, relations, text);
        let nearest = asked.iter().filter_map(|asked| {
            let (relation, list) = asked.nearest()?;
            let concerns = !list.is_empty() && !list.contains(&Mismatch::Countries);
            concerns.then(|| Near { item: at, watch: asked.watch, relation, mismatches: list.to_vec() })
        });
        if let Some(near) = nearest.min_by_key(|near| near.mismatches.len()) {
            found.push((near.mismatches.len(), Reverse(strongest(relations)), near));
        }
    }
    found.sort_by_key(|(lacks, score, near)| (*lacks, *score, near.item));
    let mut met = BTreeSet::new();
    let nearest = found.into_iter().map(|(_, _, near)| near);
    nearest.filter(|near| met.insert(normal_title(&items[near.item].entry.title))).take(most).collect()
}
