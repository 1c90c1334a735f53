//! `assess`: a filter on JSON Lines.

use super::exit::{DATA, Failure, NO_INPUT};
use super::{assessed, output, settings};
use crate::assess::{Assessor, Input};
use crate::domain::{Actor, Language};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

/// Lines judged at a time, over all threads.
const BATCH: usize = 4096;

/// Most bytes of one line; a longer one is no item.
const MAX_LINE: usize = 4 * 1024 * 1024;

/// Bytes read at a time.
const BUFFER: usize = 1024 * 1024;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// JSON Lines to judge; standard input where not given or `-`.
    file: Option<PathBuf>,
    /// Add the cleaned fields, which the byte offsets of the evidence refer to.
    #[arg(long)]
    with_text: bool,
}

/// One item as it is read. Unknown fields are the reader's own affair.
#[derive(Debug, Deserialize)]
struct Item {
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
}

/// What every line is judged with.
struct Judge {
    assessor: Assessor,
    speaks_for: HashMap<String, Actor>,
    with_text: bool,
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let judge = judge(global, options.with_text)?;
    let input: Box<dyn Read> = match options.file.as_deref() {
        None => Box::new(io::stdin().lock()),
        Some(path) if path.as_os_str() == "-" => Box::new(io::stdin().lock()),
        Some(path) => Box::new(File::open(path).map_err(|error| {
            Failure::new(
                NO_INPUT,
                anyhow::Error::new(error).context(format!("cannot read {}", path.display())),
            )
        })?),
    };
    let mut input = BufReader::with_capacity(BUFFER, input);
    let mut out = output::stdout();
    let (mut number, mut wrong) = (0, false);
    loop {
        let batch = read_batch(&mut input, &mut number)?;
        if batch.is_empty() {
            break;
        }
        for (line, right) in judge.batch(&batch) {
            wrong |= !right;
            output::json_line(&mut out, &line)?;
        }
        // Whoever feeds lines one by one gets their answers one by one.
        out.flush()?;
    }
    Ok(if wrong { ExitCode::from(DATA) } else { ExitCode::SUCCESS })
}

fn judge(global: &super::Arguments, with_text: bool) -> Result<Judge, Failure> {
    let config = settings::load_or_built_in(global)?;
    let assessor = settings::assessor(config.as_ref());
    let sources = config.map(|config| config.sources).unwrap_or_default();
    let speaks_for = sources
        .iter()
        .filter_map(|source| Some((source.name.as_str().to_owned(), source.speaks_for?)))
        .collect();
    Ok(Judge { assessor, speaks_for, with_text })
}

/// The next lines with their numbers, as many as are there already; blank ones are passed over. Of a
/// line that is too long only so much is kept as shows that.
fn read_batch(
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

impl Judge {
    /// Judges lines on every core, in the order they stand.
    fn batch(&self, batch: &[(usize, Vec<u8>)]) -> Vec<(Value, bool)> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let share = batch.len().div_ceil(threads).max(1);
        thread::scope(|scope| {
            let shares: Vec<_> = batch
                .chunks(share)
                .map(|lines| {
                    let work = || lines.iter().map(|(number, line)| self.line(*number, line)).collect();
                    (lines, scope.spawn::<_, Vec<_>>(work))
                })
                .collect();
            shares
                .into_iter()
                .flat_map(|(lines, share)| {
                    share.join().unwrap_or_else(|_| {
                        let failed = |(number, _): &(usize, _)| {
                            (
                                json!({"line": number, "error": "judging it failed in an unforeseen way"}),
                                false,
                            )
                        };
                        lines.iter().map(failed).collect()
                    })
                })
                .collect()
        })
    }

    /// What a line comes to, and whether it was an item.
    fn line(&self, number: usize, line: &[u8]) -> (Value, bool) {
        let wrong = |error: String| (json!({"line": number, "error": error}), false);
        if line.len() > MAX_LINE {
            return wrong(format!("longer than {MAX_LINE} bytes"));
        }
        if !line.trim_ascii_start().starts_with(b"{") {
            return wrong("a line holds one JSON object".to_owned());
        }
        let item: Item = match serde_json::from_slice(line) {
            Ok(item) => item,
            // Its own place is always in line 1; the true line stands beside it.
            Err(error) => return wrong(error.to_string().replace(" at line 1 column", " at column")),
        };
        if !(item.id.is_string() || item.id.is_number()) {
            return wrong("`id` must be a text or a number".to_owned());
        }
        let language = match item.lang.as_deref().filter(|lang| !lang.is_empty()).map(str::parse::<Language>)
        {
            None => None,
            Some(Ok(language)) => Some(language),
            Some(Err(error)) => return wrong(error.to_string()),
        };
        let published = match item.published.as_deref().filter(|date| !date.is_empty()).map(moment) {
            None => None,
            Some(Some(moment)) => Some(moment),
            Some(None) => return wrong("`published` must be a date or a time (ISO 8601)".to_owned()),
        };
        let (assessment, text) = self.assessor.assess(&Input {
            title: &item.title,
            summary: item.summary.as_deref().unwrap_or_default(),
            body: item.body.as_deref().unwrap_or_default(),
            language,
            published,
            speaks_for: item.source.as_deref().and_then(|source| self.speaks_for.get(source)).copied(),
        });
        (assessed::line(&item.id, &assessment, self.with_text.then_some(&text)), true)
    }
}

/// A time with its zone, a time without one (taken as UTC), or a date.
fn moment(text: &str) -> Option<Timestamp> {
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
