//! The log for people: time, level, message, then the fields, on one line.

use super::Parts;
use std::fmt;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

pub(super) struct Line;

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
        let parts = Parts::of(event);
        let level = event.metadata().level();
        let now = crate::daemon::Clock::System.now();
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
        writeln!(writer, "{}", parts.fields_in_line())
    }
}
