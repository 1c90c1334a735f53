//! The log: journald where the service manager gave us one, else readable lines on standard error.

use crate::deliver::channel::JOURNAL_TARGET;
use crate::text::one_line;
use std::fmt;
use std::io::IsTerminal;
use std::os::unix::fs::MetadataExt;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// Most characters of one value in a log line.
const MAX_VALUE: usize = 1000;

/// Starts the log. Our own messages are shown from `level` on, those of libraries from warnings on.
/// A second call does nothing.
pub fn start(level: LevelFilter) {
    // An alert is no chatter: it is told at every level.
    let filter = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("sanctionwatch", level)
        .with_target(JOURNAL_TARGET, LevelFilter::INFO);
    let journal = goes_to_journal().then(|| tracing_journald::layer().ok()).flatten();
    let started = if let Some(layer) = journal {
        tracing_subscriber::registry().with(layer.with_filter(filter)).try_init()
    } else {
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
            .event_format(Line);
        tracing_subscriber::registry().with(layer.with_filter(filter)).try_init()
    };
    // Only a second start fails, and then the first log is the one that is wanted.
    drop(started);
}

/// Whether standard error is the connection to the journal that systemd names by device and inode
/// in JOURNAL_STREAM; the variable alone is inherited by every terminal of a desktop session.
pub(super) fn goes_to_journal() -> bool {
    let Ok(named) = std::env::var("JOURNAL_STREAM") else { return false };
    std::fs::metadata("/proc/self/fd/2")
        .is_ok_and(|standard_error| named == format!("{}:{}", standard_error.dev(), standard_error.ino()))
}

/// Time, level, message, then the fields; every value on one line and without control characters,
/// because texts from the web stand in them.
struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut parts = Parts::default();
        event.record(&mut parts);
        let level = event.metadata().level();
        let now = super::Clock::System.now();
        write!(writer, "{now:.0} ")?;
        if writer.has_ansi_escapes() {
            let colour = match *level {
                Level::ERROR => "31",
                Level::WARN => "33",
                Level::INFO => "32",
                _ => "2",
            };
            write!(writer, "\u{1b}[{colour}m{level:5}\u{1b}[0m {}", parts.message)?;
        } else {
            write!(writer, "{level:5} {}", parts.message)?;
        }
        writeln!(writer, "{}", parts.fields)
    }
}

#[derive(Default)]
struct Parts {
    message: String,
    fields: String,
}

impl Parts {
    fn add(&mut self, field: &Field, value: &str) {
        let value = one_line(value, MAX_VALUE);
        if field.name() == "message" {
            self.message = value;
        } else if !value.is_empty() {
            let plain = value.chars().all(|letter| letter.is_ascii_graphic() && letter != '"');
            let value = if plain { value } else { format!("\"{}\"", value.replace('"', "'")) };
            for part in [" ", field.name(), "=", &value] {
                self.fields.push_str(part);
            }
        }
    }
}

impl Visit for Parts {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, &format!("{value:?}"));
    }
}
