//! Items as JSON Lines: what `assess`, `group` and `backtest` read.

use super::exit::{Failure, NO_INPUT};
use crate::assess::Input;
use crate::domain::{Actor, Language};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use url::Url;

/// Lines read at a time.
const BATCH: usize = 4096;

/// Most bytes of one line; a longer one is no item.
const MAX_LINE: usize = 4 * 1024 * 1024;

/// Bytes read at a time.
const BUFFER: usize = 1024 * 1024;

/// One item as it is written. Unknown fields are the writer's own affair.
#[derive(Debug, Deserialize)]
struct Written {
    id: Value,
    title: String,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    url: Option<String>,
}

/// One item, checked.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) id: Value,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) body: String,
    pub(super) language: Option<Language>,
    pub(super) published: Option<Timestamp>,
    pub(super) source: Option<String>,
    /// The link, where it is one.
    pub(super) url: Option<Url>,
}

impl Item {
    /// As the assessor takes it.
    pub(super) fn input(&self, speaks_for: Option<Actor>) -> Input<'_> {
        Input {
            title: &self.title,
            summary: &self.summary,
            body: &self.body,
            language: self.language,
            published: self.published,
            speaks_for,
        }
    }
}

/// Opens a file; `-` and none are standard input.
pub(super) fn open(path: Option<&Path>) -> Result<BufReader<Box<dyn Read>>, Failure> {
    let input: Box<dyn Read> = match path {
        None => Box::new(io::stdin().lock()),
        Some(path) if path.as_os_str() == "-" => Box::new(io::stdin().lock()),
        Some(path) => Box::new(File::open(path).map_err(|error| {
            Failure::new(
                NO_INPUT,
                anyhow::Error::new(error).context(format!("cannot read {}", path.display())),
            )
        })?),
    };
    Ok(BufReader::with_capacity(BUFFER, input))
}

/// The next lines with their numbers, as many as are there already; blank ones are passed over. Of a
/// line that is too long only so much is kept as shows that.
pub(super) fn read_batch(
    input: &mut BufReader<impl Read>,
    number: &mut usize,
) -> Result<Vec<(usize, Vec<u8>)>, Failure> {
    let mut batch = Vec::new();
    while batch.len() < BATCH {
        let mut line = Vec::new();
        let most = u64::try_from(MAX_LINE + 1).unwrap_or(u64::MAX);
        if input.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() > MAX_LINE && !line.ends_with(b"\n") {
            input.skip_until(b'\n')?;
        }
        *number += 1;
        if !line.trim_ascii().is_empty() {
            batch.push((*number, line));
        }
        if !batch.is_empty() && !input.buffer().contains(&b'\n') {
            break;
        }
    }
    Ok(batch)
}

/// The item on a line, or the answer that says why it is none.
pub(super) fn read(number: usize, line: &[u8]) -> Result<Item, Value> {
    let wrong = |error: String| json!({"line": number, "error": error});
    if line.len() > MAX_LINE {
        return Err(wrong(format!("longer than {MAX_LINE} bytes")));
    }
    // Some programs put a mark of byte order before the first line.
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if !line.trim_ascii_start().starts_with(b"{") {
        return Err(wrong("a line holds one JSON object".to_owned()));
    }
    // The error's own place is always in line 1; the true line stands beside it.
    let written: Written = serde_json::from_slice(line)
        .map_err(|error| wrong(error.to_string().replace(" at line 1 column", " at column")))?;
    if !(written.id.is_string() || written.id.is_number()) {
        return Err(wrong("`id` must be a text or a number".to_owned()));
    }
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let language = given(written.lang).map(|lang| lang.parse::<Language>()).transpose();
    let published = given(written.published).map(|date| {
        moment(&date).ok_or_else(|| wrong("`published` must be a date or a time (ISO 8601)".to_owned()))
    });
    Ok(Item {
        language: language.map_err(|error| wrong(error.to_string()))?,
        published: published.transpose()?,
        id: written.id,
        title: written.title,
        summary: written.summary.unwrap_or_default(),
        body: written.body.unwrap_or_default(),
        source: written.source,
        url: written.url.and_then(|url| url.parse().ok()),
    })
}

/// A time with its zone, a time without one (taken as UTC), or a date.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let utc = |time: DateTime| TimeZone::UTC.to_timestamp(time).ok();
    text.parse::<Timestamp>().ok().or_else(|| text.parse::<DateTime>().ok().and_then(utc)).or_else(|| {
        text.parse::<Date>().ok().and_then(|date| utc(date.to_datetime(jiff::civil::Time::midnight())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::zoned("2026-08-10T13:50:23+02:00", Some("2026-08-10T11:50:23Z"))]
    #[case::local("2026-08-10T11:50:23", Some("2026-08-10T11:50:23Z"))]
    #[case::date("2026-08-10", Some("2026-08-10T00:00:00Z"))]
    #[case::nonsense("yesterday", None)]
    fn reads_dates(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(moment(text), expected.map(|text| text.parse().expect("a time")));
    }
}
