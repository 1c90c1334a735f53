//! Daemon: wires the stages, owns tasks, time and signals.
//!
//! Owns: the life of the process, the order of a poll (asked, read, judged; then one transaction),
//! the order of a delivery (intent, hand-over, answer). Calls: everything but `cli`.
//!
//! Stops the process: a wrong configuration, a state that cannot be used, a database that fails for
//! good, a vital part that panics again and again. Tried again: a source, a channel, a busy or full disk, a
//! part that panicked. Only logged: a repair, a removed subscriber, a wrong configuration at a reload.

mod ailing;
mod alarm;
mod articles;
mod asking;
mod beginnings;
mod bell;
mod clock;
mod commit;
mod dispatch;
mod first_poll;
mod generation;
mod hold;
mod house;
mod keeper;
pub mod log;
mod metrics;
mod once;
mod operator;
mod outage;
mod outbox_loop;
mod outlets;
mod parts;
mod patience;
mod poll;
mod pulse;
mod quiet;
mod retention;
mod run;
mod sending;
mod service;
mod source_loop;
mod standing;
mod supervise;
mod turns;
mod verdict;
mod vigil;
mod writer;
mod writing;

pub use alarm::in_words as alarm_in_words;
pub use clock::{Clock, asleep, random_token};
pub use dispatch::Dispatched;
pub use house::{House, templates};
pub use metrics::Metrics;
pub use once::{Progress, SourceFailure, Summary, once};
pub use outlets::{answered, page, sender};
pub use run::{ListenError, Reloading, run, stop_on_signal};
pub use standing::{FailingSource, Standing};
pub use verdict::{Call, Verdict};

#[cfg(test)]
mod tests;
