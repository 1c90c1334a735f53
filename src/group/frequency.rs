//! Frequency: in how many of the last days' items each term stands.
//!
//! Owns: the numbers of terms, and their weights. Calls: `words`. Pure. Counted from the daemon's own
//! stream, so that a word everybody writes today ("ceasefire") weighs little today.

use super::words::{KnownHash, Term};
use std::collections::HashMap;

/// Items that are taken to have been seen before the first one, so that the first hundred already
/// weigh words by how rare they are. Measured with 0 to 3,000 on hand-made stories: between 100 and
/// 1,000 little changes.
const BEFORE: usize = 300;

/// In how many of those a word stood that says who or of what kind, and any other word.
const AT_LARGE_BEFORE: u32 = 15;
const WORD_BEFORE: u32 = 1;

/// What the commonest term weighs.
const LEAST: f32 = 0.1;

fn logarithm(number: f32) -> f32 {
    number.max(1.0).ln()
}

/// The number of a term while it stands in the window.
pub(super) type TermNumber = u32;

/// In how many items each term stands.
#[derive(Debug, Default)]
pub(super) struct Frequency {
    numbers: HashMap<Term, TermNumber, KnownHash>,
    counts: Vec<Count>,
    free: Vec<TermNumber>,
    items: usize,
    /// The logarithms of small numbers: most words are rare.
    logarithms: Vec<f32>,
}

/// So many logarithms are kept ready.
const READY: usize = 4096;

#[derive(Debug, Clone, Copy)]
struct Count {
    term: Term,
    items: u32,
    before: u32,
}

impl Frequency {
    /// Counts an item, and gives the numbers of its terms.
    #[expect(clippy::cast_precision_loss, reason = "numbers below 4096")]
    pub(super) fn add(&mut self, terms: &[Term], at_large: &[Term]) -> Vec<TermNumber> {
        self.items += 1;
        if self.logarithms.is_empty() {
            self.logarithms = (0..READY).map(|number| logarithm(number as f32)).collect();
        }
        terms.iter().map(|term| self.count(*term, at_large.contains(term))).collect()
    }

    fn count(&mut self, term: Term, at_large: bool) -> TermNumber {
        let before = if at_large { AT_LARGE_BEFORE } else { WORD_BEFORE };
        let number = *self.numbers.entry(term).or_insert_with(|| {
            let count = Count { term, items: 0, before };
            if let Some(free) = self.free.pop()
                && let Some(slot) = self.counts.get_mut(free as usize)
            {
                *slot = count;
                return free;
            }
            self.counts.push(count);
            u32::try_from(self.counts.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(count) = self.counts.get_mut(number as usize) {
            count.items += 1;
        }
        number
    }

    /// Forgets an item that was counted.
    pub(super) fn remove(&mut self, terms: impl Iterator<Item = TermNumber>) {
        self.items = self.items.saturating_sub(1);
        for number in terms {
            let Some(count) = self.counts.get_mut(number as usize) else { continue };
            count.items = count.items.saturating_sub(1);
            if count.items == 0 {
                self.numbers.remove(&count.term);
                self.free.push(number);
            }
        }
    }

    /// In how many items a term stands.
    pub(super) fn items_with(&self, number: TermNumber) -> u32 {
        self.counts.get(number as usize).map_or(0, |count| count.items)
    }

    /// What the weight of every term is counted from: see [`Self::weight`].
    #[expect(clippy::cast_precision_loss, reason = "counts of items are far below 2^24")]
    pub(super) fn all(&self) -> f32 {
        logarithm((BEFORE + self.items) as f32)
    }

    /// The weight of a term: the logarithm of how rare it is among [`Self::all`].
    #[expect(clippy::cast_precision_loss, reason = "counts of items are far below 2^24")]
    pub(super) fn weight(&self, all: f32, number: TermNumber) -> f32 {
        let Some(count) = self.counts.get(number as usize) else { return 0.0 };
        let with = count.items + count.before;
        let ready = self.logarithms.get(with as usize).copied();
        (all - ready.unwrap_or_else(|| logarithm(with as f32))).max(LEAST)
    }

    /// How many numbers there are.
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }
}
