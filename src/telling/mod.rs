//! Telling: what becomes of an item, and what a story says, as the pure stages together decide it.
//!
//! Owns: the decisions in which several stages meet, shared by the writer of the daemon and the replay of
//! `backtest`, so that both decide alike. Calls: `alerting`, `assess`, `domain`, `group`, `text`. Pure: no I/O.

mod article;

pub use article::with_article;

use crate::alerting;
use crate::domain::{Assessment, DropReason, ItemId, Relation};
use crate::group;

/// So many items that still say what a story said outvote one that was edited to say the contrary.
const OUTVOTED_BY: usize = 2;

/// An item of a story, as far as the story is told by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// Its number.
    pub item: ItemId,
    /// Whether its source speaks for a state.
    pub official: bool,
    /// Whether it has a summary.
    pub has_summary: bool,
    /// The relations of it that are told.
    pub told: Vec<Relation>,
}

/// Why an item makes no story of which this is told; `None` where it makes one.
#[must_use]
pub fn untold(assessment: &Assessment, told: &[Relation]) -> Option<DropReason> {
    told.is_empty().then(|| assessment.unreported.unwrap_or(DropReason::BelowThreshold))
}

/// The item that tells a story best: an official source first, then the first with a summary; `lead`,
/// which tells it already, where none is better.
#[must_use]
pub fn best(voices: &[Voice], lead: ItemId) -> ItemId {
    let rank = |voice: &Voice| (!voice.official, !voice.has_summary);
    let now = voices.iter().find(|voice| voice.item == lead).map(rank);
    let best = voices.iter().min_by_key(|voice| rank(voice));
    best.filter(|best| now.is_none_or(|now| rank(best) < now)).map_or(lead, |best| best.item)
}

/// What the items of a story agree on.
#[must_use]
pub fn agreed(voices: &[Voice]) -> Vec<Relation> {
    let votes: Vec<_> =
        voices.iter().map(|voice| &voice.told).filter(|told| !told.is_empty()).cloned().collect();
    group::agreed(&votes)
}

/// What a story says after one of its items was edited, and the item that tells it: what the items agree
/// on, or what the edited one says, where that is the contrary of what was said `before` and not so many
/// others deny it.
#[must_use]
pub fn revised(
    voices: &[Voice],
    (lead, before): (ItemId, &[Relation]),
    (edited, own): (ItemId, Vec<Relation>),
) -> (ItemId, Vec<Relation>) {
    let denies = |voice: &&Voice| {
        voice.item != edited && !voice.told.is_empty() && !alerting::corrects(before, &voice.told)
    };
    let outvoted = voices.iter().filter(denies).count() >= OUTVOTED_BY;
    if !own.is_empty() && alerting::corrects(before, &own) && !outvoted {
        (edited, own)
    } else {
        (best(voices, lead), agreed(voices))
    }
}

/// Whether an item that is no alert for this reason was news all the same: what was old when it came is
/// not made news by an edit.
#[must_use]
pub const fn was_news(reason: Option<DropReason>) -> bool {
    matches!(reason, None | Some(DropReason::NoWatch | DropReason::Duplicate))
}

/// Whether a story is owed to anyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// To somebody, since now.
    Now,
    /// To the same people as before.
    Before,
    /// Everybody who would be told has muted it.
    Muted,
    /// No watch asks for it.
    ByNobody,
}

impl Owed {
    /// Why the item that opens a story, or changes what it says, is no alert.
    #[must_use]
    pub const fn reason(self) -> Option<DropReason> {
        match self {
            Owed::Now | Owed::Before => None,
            Owed::Muted => Some(DropReason::Muted),
            Owed::ByNobody => Some(DropReason::NoWatch),
        }
    }

    /// Why an item that tells a known story again is no alert.
    #[must_use]
    pub const fn reason_again(self) -> Option<DropReason> {
        match self {
            Owed::Now => None,
            Owed::Muted => Some(DropReason::Muted),
            Owed::Before | Owed::ByNobody => Some(DropReason::Duplicate),
        }
    }
}
