//! The parts of a log entry, as any form of the log may show them.

use crate::deliver::channel::JOURNAL_TARGET;
use crate::text::{one_line, without_addresses};
use serde_json::Value;
use std::fmt;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

/// Most characters of one value in a log entry.
const MAX_VALUE: usize = 1000;

/// The field that is the message.
const MESSAGE: &str = "message";

/// What an event says: its message and its fields, each on one line and without what must not be in a log.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) message: String,
    /// In their order, those that say nothing left out.
    pub(super) fields: Vec<(&'static str, Value)>,
    /// A headline may well name an address, and is to be told as it is.
    is_news: bool,
}

impl Parts {
    pub(super) fn of(event: &Event<'_>) -> Self {
        let mut parts = Self { is_news: event.metadata().target() == JOURNAL_TARGET, ..Self::default() };
        event.record(&mut parts);
        parts
    }

    /// The same of what is said without an event.
    pub(super) fn said(message: &str, fields: &[(&'static str, &str)]) -> Self {
        let mut parts = Self::default();
        parts.add(MESSAGE, message);
        for (name, value) in fields {
            parts.add(name, value);
        }
        parts
    }

    /// The fields as people read them, behind the message.
    pub(super) fn fields_in_line(&self) -> String {
        let mut line = String::new();
        for (name, value) in &self.fields {
            let value = match value {
                Value::String(text) => {
                    let plain = text.chars().all(|letter| letter.is_ascii_graphic() && letter != '"');
                    if plain { text.clone() } else { format!("\"{}\"", text.replace('"', "'")) }
                }
                other => other.to_string(),
            };
            line.extend([" ", name, "=", &value]);
        }
        line
    }

    fn add(&mut self, name: &'static str, value: &str) {
        let value = if self.is_news {
            one_line(value, MAX_VALUE)
        } else {
            one_line(&without_addresses(value), MAX_VALUE)
        };
        if name == MESSAGE {
            self.message = value;
        } else if !value.is_empty() {
            self.fields.push((name, Value::String(value)));
        }
    }
}

impl Visit for Parts {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field.name(), &format!("{value:?}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.fields.push((field.name(), value.into()));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.fields.push((field.name(), value.into()));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.fields.push((field.name(), value.into()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.fields.push((field.name(), value.into()));
    }
}

/// A level as programs know it.
pub(super) fn word(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}
