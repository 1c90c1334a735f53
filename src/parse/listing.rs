//! JSON listings: entries by paths.
//!
//! A document is looked over before it is read: what it costs in memory hangs on how many values it
//! has, and twelve bytes of it can be six lists.

use super::error::ParseError;
use super::idle::{Found, Idle};
use super::taken::Taken;
use super::{MAX_ENTRIES, Parsed, Place, RawEntry, date, nature, repair};
use crate::domain::{Asked, JsonPath, ListingRules, Repair};
use crate::text::one_line;
use jiff::Timestamp;
use serde_json::Value;

/// Most bytes of a document. A year of an agency's releases with their texts has some 10 MB.
pub(super) const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Most values of a document: a hundred for each entry that is read.
pub(super) const MAX_VALUES: usize = 100 * MAX_ENTRIES;
/// Most lists and objects within each other.
pub(super) const MAX_DEPTH: usize = 64;
/// Most keys that an error names.
const MAX_SHOWN_KEYS: usize = 12;
/// Most characters of a foreign text in an error.
const MAX_DETAIL_CHARS: usize = 160;

/// Reads a document's text by a source's rules. A list without items is a quiet source; everything else
/// that gives no entry is a failure.
pub(super) fn read(text: &str, rules: &ListingRules, place: &Place<'_>) -> Result<Parsed, ParseError> {
    let document = document(text)?;
    let missing =
        |holds: String| ParseError::NoList { items: rules.items.to_string(), holds, bytes: text.len() };
    let items = match follow(&document, &rules.items) {
        Ok(Value::Array(items)) => items,
        Ok(other) => return Err(missing(format!("it leads to {}", shape(other)))),
        Err(lost) => return Err(missing(lost.to_string())),
    };
    let mut repairs = Vec::new();
    if items.len() > MAX_ENTRIES {
        repairs.push(Repair::TooManyEntries);
    }
    let mut idle = Idle::new(Found {
        link: rules.link.is_some(),
        date: rules.date.is_some(),
        summary: rules.summary.is_some(),
    });
    let mut taken = Taken::new(place);
    for item in items.iter().take(MAX_ENTRIES) {
        let (raw, found) = raw_entry(item, rules).unzip();
        if let Some(found) = found {
            idle.see(found);
        }
        taken.take(raw);
    }
    let Taken { entries, passed_over, .. } = taken;
    match items.first() {
        Some(first) if entries.is_empty() => Err(ParseError::NoListedTitles {
            items: items.len(),
            title: rules.title.to_string(),
            holds: follow(first, &rules.title).map_or_else(|lost| lost.to_string(), shape),
            bytes: text.len(),
        }),
        first => {
            if first.is_some() {
                repairs.extend(idle.repairs());
            }
            Ok(Parsed { entries, repairs, language: None, asked: Asked::default(), passed_over })
        }
    }
}

/// The document, read within limits.
fn document(text: &str) -> Result<Value, ParseError> {
    let text = repair::without_prolog(text);
    match text.trim_start().chars().next() {
        None => return Err(ParseError::Empty),
        Some('{' | '[') => {}
        Some('<') => return Err(ParseError::MarkupNotJson { title: nature::title(text) }),
        Some(_) => return Err(ParseError::NotJson { start: one_line(text, 80) }),
    }
    look_over(text)?;
    serde_json::from_str(text)
        .map_err(|error| ParseError::BrokenJson { detail: one_line(&error.to_string(), MAX_DETAIL_CHARS) })
}

/// Refuses a document by its size, its depth or the number of its values.
fn look_over(text: &str) -> Result<(), ParseError> {
    if text.len() > MAX_BYTES {
        return Err(ParseError::JsonTooLarge { what: "bytes", limit: MAX_BYTES });
    }
    let (mut values, mut depth) = (0_usize, 0_usize);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => {
                (values, depth) = (values + 1, depth + 1);
                if depth > MAX_DEPTH {
                    return Err(ParseError::JsonTooLarge { what: "levels", limit: MAX_DEPTH });
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if values > MAX_VALUES {
            return Err(ParseError::JsonTooLarge { what: "values", limit: MAX_VALUES });
        }
    }
    Ok(())
}

/// One item; `None` where it has no title.
fn raw_entry(item: &Value, rules: &ListingRules) -> Option<(RawEntry, Found)> {
    let at = |path: &Option<JsonPath>| path.as_ref().and_then(|path| follow(item, path).ok());
    let title = text(follow(item, &rules.title).ok()?)?;
    let link = at(&rules.link).and_then(text);
    let published = at(&rules.date).and_then(published);
    let summary = at(&rules.summary).and_then(text);
    let found = Found { link: link.is_some(), date: published.is_some(), summary: summary.is_some() };
    let summary = summary.unwrap_or_default();
    Some((RawEntry { guid: None, link, title, summary, published, language: None }, found))
}

/// What a value says; `None` where that is nothing.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text
            .chars()
            .any(|character| !character.is_whitespace() && !character.is_control())
            .then(|| text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A date: as it is written anywhere, or seconds or milliseconds since 1970, also between quotes.
fn published(value: &Value) -> Option<Timestamp> {
    /// No feed is dated before 1990, and no date reader takes nine digits for anything.
    const FEWEST_DIGITS: usize = 9;
    /// In seconds this is the year 5138, in milliseconds 1973.
    const FIRST_MILLISECOND: i64 = 100_000_000_000;
    let text = text(value)?;
    let text = text.trim();
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    if whole.len() >= FEWEST_DIGITS && whole.len() != 14 && whole.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = whole.parse().ok()?;
        return if number >= FIRST_MILLISECOND {
            Timestamp::from_millisecond(number).ok()
        } else {
            Timestamp::from_second(number).ok()
        };
    }
    date::read(text)
}

/// Where a path ends too early.
struct Lost<'a, 'p> {
    /// The steps that were found.
    found: Vec<&'p str>,
    /// The step that was not.
    step: &'p str,
    /// What stands there instead.
    value: &'a Value,
}

impl std::fmt::Display for Lost<'_, '_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place =
            if self.found.is_empty() { "it".to_owned() } else { format!("`{}`", self.found.join(".")) };
        write!(formatter, "there is no `{}`, and {place} holds {}", self.step, shape(self.value))
    }
}

/// What stands at a path.
fn follow<'a, 'p>(value: &'a Value, path: &'p JsonPath) -> Result<&'a Value, Lost<'a, 'p>> {
    let mut value = value;
    let mut found = Vec::new();
    for step in path.steps() {
        let next = match value {
            Value::Object(object) => object.get(step),
            Value::Array(list) => step.parse::<usize>().ok().and_then(|index| list.get(index)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        };
        let Some(next) = next else { return Err(Lost { found, step, value }) };
        found.push(step);
        value = next;
    }
    Ok(value)
}

/// What kind of value it is, for a person who looks for the right path.
fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(text) => format!("a text of {} bytes", text.len()),
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(object) if object.is_empty() => "an object without keys".to_owned(),
        Value::Object(object) => {
            let shown = object.iter().take(MAX_SHOWN_KEYS).map(|(key, value)| {
                let kind = match value {
                    Value::Array(list) => format!(" (a list of {})", list.len()),
                    Value::Object(_) => " (an object)".to_owned(),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => String::new(),
                };
                format!("`{}`{kind}", one_line(key, 40))
            });
            let shown: Vec<String> = shown.collect();
            let more = object.len().saturating_sub(MAX_SHOWN_KEYS);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{}{more}", shown.join(", "))
        }
    }
}

#[cfg(test)]
mod tests;
