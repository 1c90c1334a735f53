//! Daemon: wires the stages, owns tasks, time and signals.
//!
//! Owns: the life of the process, the order of a poll (asked, read, judged; then one transaction),
//! the order of a delivery (intent, hand-over, answer). Calls: everything but `cli`.
//!
//! Stops the process: a wrong configuration, a state that cannot be used, a database that fails for
//! good. Tried again: a source, a channel, a busy or full disk. Only logged: a repair, a removed
//! subscriber.

mod ailing;
mod alarm;
mod bell;
mod clock;
mod commit;
mod dispatch;
mod house;
pub mod log;
mod once;
mod operator;
mod outlets;
mod poll;
mod quiet;
mod run;
mod sending;
mod vigil;
mod writer;

pub use clock::{Clock, random_token};
pub use dispatch::Dispatched;
pub use house::{House, templates};
pub use once::{Progress, SourceFailure, Summary, once};
pub use outlets::{answered, page, sender};
pub use run::{run, stop_on_signal};

#[cfg(test)]
mod tests;
