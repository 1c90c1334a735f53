//! The log in journald: an entry with fields. The names of ours begin with `F_`.

use super::Parts;
use crate::deliver::channel::{JOURNAL_SOCKET, JournalEntry};
use serde_json::Value;
use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::Duration;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// How long a journal that is busy is waited for. One that hangs must not have the daemon hang: what it does not
/// take is lost.
const TIMEOUT: Duration = Duration::from_millis(100);

pub(super) struct Journal(UnixDatagram);

impl Journal {
    pub(super) fn of_this_machine() -> io::Result<Self> {
        Self::at(Path::new(JOURNAL_SOCKET))
    }

    pub(super) fn at(socket: &Path) -> io::Result<Self> {
        let journal = UnixDatagram::unbound()?;
        journal.connect(socket)?;
        journal.set_write_timeout(Some(TIMEOUT))?;
        Ok(Self(journal))
    }
}

impl<S: Subscriber> Layer<S> for Journal {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let (metadata, parts) = (event.metadata(), Parts::of(event));
        let mut entry = JournalEntry::default();
        // With the fields: who looks at the journal sees nothing else of an entry.
        entry.field("MESSAGE", &format!("{}{}", parts.message, parts.fields_in_line()));
        entry.field("PRIORITY", priority(*metadata.level()));
        entry.field("SYSLOG_IDENTIFIER", "sanctionwatch");
        entry.field("TARGET", metadata.target());
        if let (Some(file), Some(line)) = (metadata.file(), metadata.line()) {
            entry.field("CODE_FILE", file);
            entry.field("CODE_LINE", &line.to_string());
        }
        for (name, value) in &parts.fields {
            let name = format!("F_{}", name.to_ascii_uppercase().replace('.', "_"));
            match value {
                Value::String(text) => entry.field(&name, text),
                other => entry.field(&name, &other.to_string()),
            }
        }
        // There is no other place to tell it.
        drop(self.0.send(entry.bytes()));
    }
}

/// As syslog counts; what we call information is worth being seen.
pub(super) fn priority(level: Level) -> &'static str {
    match level {
        Level::ERROR => "3",
        Level::WARN => "4",
        Level::INFO => "5",
        Level::DEBUG => "6",
        Level::TRACE => "7",
    }
}
