//! The log for programs: a JSON object a line, `{"time", "level", "message", "target", "fields"}`.

use super::Parts;
use super::parts::word;
use serde_json::{Map, Value, json};
use std::fmt;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

pub(super) struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
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
        let metadata = event.metadata();
        writeln!(writer, "{}", entry(*metadata.level(), metadata.target(), Parts::of(event)))
    }
}

pub(super) fn entry(level: Level, target: &str, parts: Parts) -> Value {
    let Parts { message, fields, .. } = parts;
    let fields: Map<String, Value> =
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    json!({
        "time": crate::daemon::Clock::System.now(),
        "level": word(level),
        "message": message,
        "target": target,
        "fields": fields,
    })
}
