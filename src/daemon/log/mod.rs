//! The log: fields in journald where the service manager gave us one, else readable lines on standard error, or
//! JSON Lines there where that is asked for.
//!
//! Whatever stands in a value, an entry is one entry: control characters are taken out in all three forms. No
//! mail address gets into any of them, whoever put it into a message: a server's answer names recipients.

mod journal;
mod json;
mod line;
mod parts;

use crate::deliver::channel::JOURNAL_TARGET;
use journal::Journal;
use json::JsonLine;
use line::Line;
use parts::Parts;
use std::os::unix::fs::MetadataExt;
use std::sync::OnceLock;
use tracing::Level;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What the log looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The journal where standard error is connected to it, else lines for people.
    Automatic,
    /// Lines for people.
    Text,
    /// JSON Lines.
    Json,
}

/// Who reads the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    Journal,
    Programs,
    People,
}

impl Readers {
    fn of(format: Format) -> Self {
        match format {
            Format::Automatic if stderr_is_the_journal() => Self::Journal,
            Format::Json => Self::Programs,
            Format::Automatic | Format::Text => Self::People,
        }
    }

    /// As the first start has decided.
    fn known() -> Self {
        READERS.get().copied().unwrap_or_else(|| Self::of(Format::Automatic))
    }
}

static READERS: OnceLock<Readers> = OnceLock::new();

/// Starts the log. Our own messages are shown from `level` on, those of libraries from warnings on.
/// Levels are coloured where standard error is a terminal that `colour`s are wanted on. A second call does nothing.
pub fn start(level: LevelFilter, format: Format, colour: bool) {
    // An alert is no chatter: it is told at every level.
    let filter = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("sanctionwatch", level)
        // A writer that waits for its turn is no news; one that waits in vain is told by the daemon itself.
        .with_target("sqlx::pool", LevelFilter::ERROR)
        .with_target(JOURNAL_TARGET, LevelFilter::INFO);
    let to_journal = *READERS.get_or_init(|| Readers::of(format)) == Readers::Journal;
    let registry = tracing_subscriber::registry();
    let to_stderr = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let journal = to_journal.then(|| Journal::of_this_machine().ok()).flatten();
    let started = match (journal, format) {
        (Some(layer), _) => registry.with(layer.with_filter(filter)).try_init(),
        (None, Format::Json) => {
            registry.with(to_stderr.with_ansi(false).event_format(JsonLine).with_filter(filter)).try_init()
        }
        (None, Format::Automatic | Format::Text) => {
            let layer = to_stderr.with_ansi(colour).event_format(Line);
            registry.with(layer.with_filter(filter)).try_init()
        }
    };
    // Only a second start fails, and then the first log is the one that is wanted.
    drop(started);
}

/// Whether the log goes to journald with its fields; alerts do so then, too.
pub fn goes_to_journal() -> bool {
    Readers::known() == Readers::Journal
}

/// What ends the program, as an entry of the log, for standard error and at whatever level the log is; `None` where
/// people read that.
pub fn last_word(level: Level, message: &str, fields: &[(&'static str, &str)]) -> Option<String> {
    let parts = Parts::said(message, fields);
    match Readers::known() {
        Readers::Programs => Some(json::entry(level, "sanctionwatch", parts).to_string()),
        // The journal takes a line for an entry, and the number for how bad it is.
        Readers::Journal => {
            Some(format!("<{}>{}{}", journal::priority(level), parts.message, parts.fields_in_line()))
        }
        Readers::People => None,
    }
}

/// Whether standard error is the connection to the journal that systemd names by device and inode
/// in JOURNAL_STREAM; the variable alone is inherited by every terminal of a desktop session.
fn stderr_is_the_journal() -> bool {
    let Ok(named) = std::env::var("JOURNAL_STREAM") else { return false };
    std::fs::metadata("/proc/self/fd/2")
        .is_ok_and(|standard_error| named == format!("{}:{}", standard_error.dev(), standard_error.ino()))
}

#[cfg(test)]
mod tests;
