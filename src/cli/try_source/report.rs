//! What was found, for a person and for a program.

use super::finding::Finding;
use crate::cli::output;
use crate::domain::Entry;
use crate::parse::{Nature, PassedOver};
use crate::text::one_line;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::io::{self, Write};
use url::Url;

/// How many characters of a headline stand in the table.
const TITLE_CHARS: usize = 64;

/// Shows everything that was found.
pub(super) fn print(out: &mut impl Write, finding: &Finding, most: usize, now: Timestamp) -> io::Result<()> {
    print_head(out, finding, now)?;
    if let Ok(parsed) = &finding.parsed {
        if !parsed.entries.is_empty() {
            writeln!(out, "\n{:<16}  {:<TITLE_CHARS$}  link", "date (UTC)", "title")?;
        }
        for entry in parsed.entries.iter().take(most) {
            writeln!(out, "{}", row(entry).trim_end())?;
        }
        let more = parsed.entries.len().saturating_sub(most);
        if more > 0 {
            writeln!(out, "… and {more} more")?;
        }
    }
    if let Some(table) = &finding.table {
        writeln!(out, "\nFor the configuration:\n\n{}", table.to_toml().trim_end())?;
    }
    if !finding.feeds.is_empty() {
        writeln!(out, "\nIt announces {}. For the configuration:", counted(finding.feeds.len(), "feed"))?;
    }
    for (feed, table) in &finding.feeds {
        writeln!(out, "\n# {}\n{}", feed.nature, table.to_toml().trim_end())?;
    }
    Ok(())
}

/// Says what it is.
pub(super) fn print_head(out: &mut impl Write, finding: &Finding, now: Timestamp) -> io::Result<()> {
    writeln!(out, "{}", finding.address)?;
    if finding.final_url != finding.address {
        writeln!(out, "  leads to {}", finding.final_url)?;
    }
    if let Some(moved) = &finding.moved {
        writeln!(out, "  has moved for good to {moved}: a configuration should say so")?;
    }
    let title = if finding.title.is_empty() { String::new() } else { format!(" {:?}", finding.title) };
    writeln!(out, "  {}{title}, {} bytes", finding.nature, finding.bytes)?;
    if let Ok(parsed) = &finding.parsed {
        let count = match parsed.entries.len() {
            1 => "1 entry".to_owned(),
            count => format!("{count} entries"),
        };
        let PassedOver { items, dates } = finding.passed_over();
        let newest = match finding.newest() {
            Some(time) => format!(", the newest {}", output::ago(now, Some(time))),
            None if parsed.entries.is_empty() => String::new(),
            None if dates > 0 => ", none is dated in a way to be believed".to_owned(),
            None => ", none is dated".to_owned(),
        };
        writeln!(out, "  {count}{newest}")?;
        if items > 0 {
            let lack = match finding.nature {
                Nature::Page | Nature::Json | Nature::Other => "no title",
                Nature::Rss | Nature::Rdf | Nature::Atom | Nature::JsonFeed => "neither title nor summary",
            };
            writeln!(out, "  left out: {}, with {lack}", output::count(items, "item", "items"))?;
        }
        if dates > 0 {
            let dates = output::count(dates, "date", "dates");
            writeln!(out, "  not believed: {dates}, before 1990 or in the future")?;
        }
        let language = finding.language().map_or_else(
            || "not declared; recognised from each text".to_owned(),
            |language| language.to_string(),
        );
        writeln!(out, "  language: {language}")?;
        for repair in &parsed.repairs {
            writeln!(out, "  mended or done without: {}", repair.in_words())?;
        }
        let validators = &finding.validators;
        let known: Vec<&str> = [
            validators.etag.as_ref().map(|_| "ETag"),
            validators.last_modified.as_ref().map(|_| "Last-Modified"),
        ]
        .into_iter()
        .flatten()
        .collect();
        let known = if known.is_empty() {
            "none: every poll transfers all of it".to_owned()
        } else {
            known.join(", ")
        };
        writeln!(out, "  validators: {known}")?;
    }
    Ok(())
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("one {what}") } else { format!("{count} {what}s") }
}

fn row(entry: &Entry) -> String {
    let date = entry
        .published
        .map_or_else(|| "undated".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M").to_string());
    let title = if entry.title.is_empty() { &entry.summary } else { &entry.title };
    let link = entry.url.as_ref().map(Url::as_str).unwrap_or_default();
    format!("{date:<16}  {:<TITLE_CHARS$}  {link}", one_line(title, TITLE_CHARS))
}

/// Everything that was found, as one object.
pub(super) fn as_json(finding: &Finding, most: usize) -> Value {
    let entries = finding.parsed.as_ref().map(|parsed| parsed.entries.as_slice()).unwrap_or_default();
    let repairs = finding.parsed.as_ref().map(|parsed| parsed.repairs.as_slice()).unwrap_or_default();
    let first: Vec<Value> = entries
        .iter()
        .take(most)
        .map(|entry| {
            json!({
                "title": entry.title,
                "url": entry.url.as_ref().map(Url::as_str),
                "published": entry.published,
                "summary": entry.summary,
            })
        })
        .collect();
    let feeds: Vec<Value> = finding
        .feeds
        .iter()
        .map(|(feed, table)| {
            json!({
                "address": feed.address.as_str(),
                "title": feed.title,
                "is": feed.nature.to_string(),
                "toml": table.to_toml(),
            })
        })
        .collect();
    json!({
        "address": finding.address.as_str(),
        "final_address": finding.final_url.as_str(),
        "is": finding.nature.to_string(),
        "title": finding.title,
        "bytes": finding.bytes,
        "content_type": finding.content_type,
        "lang": finding.language(),
        "moved": finding.moved.as_ref().map(Url::as_str),
        "entries": entries.len(),
        "left_out": finding.passed_over().items,
        "dates_not_believed": finding.passed_over().dates,
        "newest": finding.newest(),
        "repairs": repairs,
        "validators": {
            "etag": finding.validators.etag,
            "last_modified": finding.validators.last_modified,
        },
        "first": first,
        "feeds": feeds,
        "toml": finding.table.as_ref().map(crate::cli::source_table::SourceTable::to_toml),
        "error": finding.parsed.as_ref().err().map(ToString::to_string),
    })
}

/// An address that gave nothing, as one object.
pub(super) fn failure_json(address: &Url, reason: &str) -> Value {
    json!({"address": address.as_str(), "error": reason})
}
