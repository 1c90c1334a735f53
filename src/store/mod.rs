//! Store: SQL and migrations; nothing else writes SQL.
//!
//! Owns: the database file and the lock that keeps a second daemon off it. Calls: `domain`.
//!
//! SQLite in WAL mode, `synchronous=FULL`, foreign keys on. One connection writes, in transactions
//! that begin `IMMEDIATE`, so that what was read is still true when it is written; a few others
//! read. What stops the program: a file that is no database or is damaged, a schema newer than the
//! binary, a state that another daemon holds. What can be tried again: a busy or full disk. A
//! damaged file is never written to.

mod alerts;
mod articles;
mod backup;
mod codec;
mod deliveries;
mod error;
mod gauges;
mod health;
mod items;
mod labels;
mod leaving;
mod ledger;
mod listing;
mod lock;
mod look;
mod open;
mod past;
mod replace;
mod retention;
mod sources;
mod stories;
mod subscriptions;
mod telling;
#[cfg(test)]
mod tests;
mod transaction;
mod trial;

pub use alerts::WaitingAlerts;
pub use articles::{ArticleState, AwaitedItem, KeptArticle, ReadArticle};
pub use backup::{BackupError, Contents, Restored};
pub use deliveries::{DROPPED, DeliverySummary, NewDelivery, Settled};
pub use error::StoreError;
pub use gauges::Gauges;
pub use health::{Activity, Reading, Signals, Stuck, Undelivered};
pub use items::{ItemEdit, NewItem};
pub use listing::{Edit, ItemSummary, StoryFilter};
pub use lock::StateLock;
pub use open::Store;
pub use past::PastItem;
pub use retention::Pruned;
pub use sources::{BodyRecord, PollRecord, PolledBefore, QuietPoll, SourceState};
pub use subscriptions::Forgotten;
pub use telling::{Telling, ToldItem, ToldRange};
pub use transaction::Transaction;
