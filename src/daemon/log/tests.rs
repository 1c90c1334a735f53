//! The three forms of the log: each entry is one entry, and names nobody.

use super::{Journal, JsonLine, Line};
use serde_json::Value;
use std::io;
use std::os::unix::net::UnixDatagram;
use std::sync::{Arc, Mutex, PoisonError};
use tracing_subscriber::fmt::FormatEvent;
use tracing_subscriber::fmt::format::DefaultFields;
use tracing_subscriber::fmt::writer::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry};

#[derive(Debug, Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Written {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What a hostile answer and a hostile page bring into a log.
fn log_something() {
    tracing::warn!(
        delivery = 7,
        share = 0.5,
        reason = "550 5.1.1 <Desk@Example.org>: no such user\r\nPRIORITY=0\n{\"level\":\"error\"}",
        empty = "",
        "a \u{1b}[31mdelivery\u{202e} to desk@example.org\nERROR forged"
    );
}

fn with<L: Layer<Registry> + Send + Sync>(layer: L, log: impl FnOnce()) {
    tracing::subscriber::with_default(Registry::default().with(layer), log);
}

fn written<F>(format: F) -> String
where
    F: FormatEvent<Registry, DefaultFields> + Send + Sync + 'static,
{
    let written = Written::default();
    let layer =
        tracing_subscriber::fmt::layer().with_writer(written.clone()).with_ansi(false).event_format(format);
    with(layer, log_something);
    let bytes = written.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_line_for_people_is_one_line() {
    let line = written(Line);
    let (_time, said) = line.split_once(' ').unwrap();
    assert_eq!(
        said,
        "WARN  a [31mdelivery to …@… ERROR forged delivery=7 share=0.5 \
         reason=\"550 5.1.1 <…@…>: no such user PRIORITY=0 {'level':'error'}\"\n"
    );
}

#[test]
fn a_line_for_programs_is_one_object_with_typed_fields() {
    let line = written(JsonLine);
    assert_eq!(line.matches('\n').count(), 1, "{line}");
    let entry: Value = serde_json::from_str(&line).unwrap();
    assert!(entry["time"].as_str().is_some_and(|time| time.ends_with('Z')), "{entry}");
    assert_eq!((entry["level"].as_str(), entry["fields"]["delivery"].as_u64()), (Some("warn"), Some(7)));
    assert_eq!(entry["message"], "a [31mdelivery to …@… ERROR forged");
    assert_eq!(entry["fields"]["reason"], "550 5.1.1 <…@…>: no such user PRIORITY=0 {\"level\":\"error\"}");
}

#[test]
fn an_entry_of_the_journal_has_the_fields_that_it_was_given_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let journald = UnixDatagram::bind(&socket).unwrap();
    with(Journal::at(&socket).unwrap(), log_something);
    let mut bytes = vec![0; 65_536];
    let length = journald.recv(&mut bytes).unwrap();
    let entry = String::from_utf8(bytes[..length].to_vec()).unwrap();
    let names: Vec<&str> = entry.lines().filter_map(|line| line.split('=').next()).collect();
    assert_eq!(
        names,
        [
            "MESSAGE",
            "PRIORITY",
            "SYSLOG_IDENTIFIER",
            "TARGET",
            "CODE_FILE",
            "CODE_LINE",
            "F_DELIVERY",
            "F_SHARE",
            "F_REASON"
        ],
        "{entry}"
    );
    assert!(entry.contains("PRIORITY=4\n") && entry.contains("F_DELIVERY=7\n"), "{entry}");
    assert!(!entry.to_lowercase().contains("desk"), "{entry}");
}
