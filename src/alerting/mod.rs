//! Alerting: watches × stories become alerts and the times they are due.
//!
//! Owns: who is told what, when; and why an item is not told. Calls: `domain`. Pure: no I/O.

mod asking;
mod correction;
mod due;
mod freshness;
mod matching;
mod reading;
mod words;

pub use asking::{Asked, asking, told};
pub use correction::corrects;
pub use due::{backlog_since, due, next_weekly, postponed};
pub use freshness::{Freshness, freshness};
pub use matching::{Mismatch, Text, matches, mismatches, owed, text_mismatches};
pub use reading::{Asking, is_worth_reading};
