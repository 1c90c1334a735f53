//! Changes: what a development makes of the story it follows.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What became of an earlier story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// What was planned or threatened was done.
    CarriedOut,
    /// What was told is denied.
    Denied,
    /// What was denied is planned or done after all.
    TakenUp,
    /// After what was done, more is planned.
    Planned,
    /// What was imposed is eased, what was made is broken.
    Undone,
    /// What was eased or broken is imposed or made again.
    Restored,
    /// The side that was hit strikes back.
    Answered,
    /// Another one of a series: the 13th after the 12th.
    Next {
        /// The number of the earlier one.
        before: u32,
        /// The number of this one.
        now: u32,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Change::CarriedOut => "carried out",
            Change::Denied => "denied",
            Change::TakenUp => "taken up again",
            Change::Planned => "more planned",
            Change::Undone => "undone",
            Change::Restored => "restored",
            Change::Answered => "answered in kind",
            Change::Next { before, now } => return write!(formatter, "number {now} after number {before}"),
        })
    }
}
