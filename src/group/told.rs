//! Told: what of a story is compared: when it was told, and by which of its items.
//!
//! Owns: which items those are. Pure.

use super::window::Serial;
use jiff::Timestamp;

/// So many items of a story are compared: those that fit it best, and the newest.
const KEPT: usize = 6;

/// What of a story is compared.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) first: Timestamp,
    pub(super) newest: Timestamp,
    pub(super) items: usize,
    /// Items that are compared, the newest last, each with how well it fitted when it came.
    pub(super) kept: Vec<(Serial, f32)>,
}

impl Told {
    pub(super) fn at(when: Timestamp) -> Self {
        Self { first: when, newest: when, items: 0, kept: Vec::new() }
    }

    /// Takes in an item: of those that are compared the one that fits least goes.
    pub(super) fn take(&mut self, serial: Serial, when: Timestamp, fit: f32) {
        self.first = self.first.min(when);
        self.newest = self.newest.max(when);
        self.items += 1;
        if self.kept.len() >= KEPT {
            let worst = self.kept.iter().enumerate().min_by(|(_, one), (_, other)| one.1.total_cmp(&other.1));
            if let Some(worst) = worst.map(|(at, _)| at) {
                self.kept.remove(worst);
            }
        }
        self.kept.push((serial, fit));
    }
}
