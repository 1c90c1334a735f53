//! Weighed: the terms of an item with what each counts for where it stands.
//!
//! Owns: the shares of headline and summary, of what is told and of who does it. Calls: `frequency`. Pure.

use super::frequency::{Frequency, TermNumber};
use super::window::Serial;

/// What a term of a summary weighs beside one of a headline.
const SUMMARY_SHARE: f32 = 0.7;

/// What a term weighs that says who, or of what kind it is: the same two do many things of one kind to each
/// other in a month.
const AT_LARGE_SHARE: f32 = 0.5;

/// A term of an item and where it stands, in four bytes: most of the time of a comparison is spent on
/// fetching these.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighed(u32);

impl Weighed {
    const TITLE: u32 = 1 << 31;
    const TELLS: u32 = 1 << 30;

    pub(super) fn new(number: TermNumber, in_title: bool, tells: bool) -> Self {
        let flag = |set: bool, flag: u32| if set { flag } else { 0 };
        Self(number & (Self::TELLS - 1) | flag(in_title, Self::TITLE) | flag(tells, Self::TELLS))
    }

    pub(super) fn number(self) -> TermNumber {
        self.0 & (Self::TELLS - 1)
    }

    /// It stands in the headline.
    pub(super) fn in_title(self) -> bool {
        self.0 & Self::TITLE != 0
    }

    /// It says what is told, not who or of what kind it is.
    pub(super) fn tells(self) -> bool {
        self.0 & Self::TELLS != 0
    }

    /// What share of its weight counts.
    pub(super) fn share(self) -> f32 {
        let place = if self.in_title() { 1.0 } else { SUMMARY_SHARE };
        if self.tells() { place } else { place * AT_LARGE_SHARE }
    }
}

/// How much the terms of an item weighed, whole and in its headline alone, when so many items had come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Norms {
    pub(super) whole: f32,
    pub(super) title: f32,
    pub(super) told: f32,
    pub(super) at: Serial,
}

impl Norms {
    /// What terms weigh by now, when so many items have come.
    pub(super) fn of(terms: &[Weighed], frequency: &Frequency, at: Serial) -> Self {
        let (mut whole, mut title, mut told) = (0.0, 0.0, 0.0);
        let all = frequency.all();
        for term in terms {
            let weight = frequency.weight(all, term.number()) * term.share();
            let square = weight * weight;
            whole += square;
            title += if term.in_title() { square } else { 0.0 };
            told += if term.tells() { square } else { 0.0 };
        }
        Self { whole: whole.sqrt(), title: title.sqrt(), told: told.sqrt(), at }
    }
}
