//! Backtest: items of the past and a configuration become what would have been told; two configurations become
//! what differs; labels become how right it is.
//!
//! Owns: the replay, its comparison and its score. Calls: `alerting`, `assess`, `domain`, `group`, `identify`,
//! `parallel`, `telling`, `text`. Pure: no I/O, no clock; nothing is stored and nothing is sent.
//!
//! The replay takes the daemon's own decisions (`telling` and the stages it puts together) over a book in memory
//! instead of the database. What it does not know, because no configuration says it: mutes, who has unsubscribed
//! or is suspended, and articles that nobody has read.

mod book;
mod compare;
mod item;
mod measure;
mod near;
mod replay;
mod saying;
pub mod score;
mod setup;
#[cfg(test)]
mod tests;
mod volume;

pub use compare::{Difference, Lack, Side, Why, compare};
pub use item::Item;
pub use measure::{Measured, Mistake, OfWatch, Subject, measure};
pub use near::{Near, near};
pub use replay::{Alert, Fate, Replay, Story, replay};
pub use saying::{Added, Did, label, nearest_relation};
pub use setup::{Judged, Setup, judge, judge_both, judge_others};
pub use volume::{Volume, subscribers, watches};
