//! A typed reader of spanned TOML: every step reports what is wrong at its exact place and goes on,
//! so that one run tells all.
//!
//! `serde` stops at the first error and loses spans inside tagged enums; this walks the tree itself.

use super::Severity;
use super::keys::{Key, Renamed, Shape, TableKeys};
use super::source_file::{Mark, SourceFile};
use super::wording::{nearest, one_of, quoted};

use std::borrow::Cow;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A table whose keys are known; unknown ones were reported when it was opened.
pub(super) struct Table<'t> {
    entries: &'t DeTable<'t>,
    keys: &'static TableKeys,
    pub(super) mark: Mark<'t>,
}

impl<'t> Table<'t> {
    /// Opens a table and reports every key that it may not hold.
    pub(super) fn open(entries: &'t DeTable<'t>, mark: Mark<'t>, keys: &'static TableKeys) -> Self {
        for key in entries.keys() {
            let name = key.get_ref().as_ref();
            if keys.key(name).is_some() {
                continue;
            }
            let place = Mark { file: mark.file, span: key.span() };
            if let Some((key, former)) = keys.renamed(name) {
                renamed(&place, key, former, entries.contains_key(key.name));
                continue;
            }
            let help = nearest(name, keys.names()).map_or_else(
                || format!("{} may hold {}", keys.table, one_of(&keys.names().collect::<Vec<_>>())),
                |near| format!("did you mean `{near}`?"),
            );
            place.wrong_with_help(format!("unknown key {} in {}", quoted(name), keys.table), help);
        }
        Self { entries, keys, mark }
    }

    /// The table's name as the operator writes it.
    pub(super) fn name(&self) -> &'static str {
        self.keys.table
    }

    /// The value of a key, where it is given, be it under an old name.
    pub(super) fn value(&self, key: &'static str) -> Option<Value<'t>> {
        let known = self.keys.key(key);
        debug_assert!(known.is_some(), "`{key}` is not listed for {}", self.keys.table);
        let known = known?;
        let names = std::iter::once(known.name).chain(known.renamed.iter().map(|former| former.from));
        let (key, value) = names.into_iter().find_map(|name| Some((name, self.entries.get(name)?)))?;
        let mark = Mark { file: self.mark.file, span: value.span() };
        Some(Value { written: value.get_ref(), key, shape: &known.shape, mark })
    }

    /// The value of a key that must be given; reports its absence at the table.
    pub(super) fn required(&self, key: &'static str) -> Option<Value<'t>> {
        let example = self.keys.key(key).and_then(|key| key.examples.first());
        self.required_here(key, example.copied().unwrap_or("…"))
    }

    /// The same, where only what stands beside it says what may stand there.
    pub(super) fn required_here(&self, key: &'static str, example: &str) -> Option<Value<'t>> {
        let value = self.value(key);
        if value.is_none() {
            self.mark
                .missing(format!("{} has no `{key}`", self.keys.table), format!("add `{key} = {example}`"));
        }
        value
    }

    /// A value read by `read`, or `default` where it is not given or wrong (which is reported).
    pub(super) fn or<T>(
        &self,
        key: &'static str,
        default: T,
        read: impl FnOnce(Value<'t>) -> Option<T>,
    ) -> T {
        self.value(key).and_then(read).unwrap_or(default)
    }
}

/// Tells of an old name.
fn renamed(place: &Mark<'_>, key: &Key, former: Renamed, both: bool) {
    let (from, name) = (former.from, key.name);
    if both {
        place.wrong_with_help(
            format!("`{from}` and `{name}` are the same key"),
            format!("keep `{name}`, its name since version {}", former.since),
        );
    } else {
        let until = former.until();
        place.odd(
            format!("`{from}` is called `{name}` now"),
            format!("write `{name}`; version {until} will not know the old name"),
        );
    }
}

/// A value and the key it was given for.
#[derive(Clone)]
pub(super) struct Value<'t> {
    written: &'t DeValue<'t>,
    /// The key as it is written, for messages.
    pub(super) key: &'static str,
    /// What the key's value may look like; that of an element is found in it.
    shape: &'static Shape,
    pub(super) mark: Mark<'t>,
}

impl<'t> Value<'t> {
    fn wrong_type<T>(&self, expected: &str) -> Option<T> {
        let found = match self.written {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.mark.wrong(format!("`{}` must be {expected}, not {found}", self.key));
        None
    }

    /// Reports a value that has the right type and makes no sense.
    pub(super) fn wrong<T>(&self, message: impl Into<String>, help: impl Into<String>) -> Option<T> {
        self.mark.wrong_with_help(message, help);
        None
    }

    /// A string that is not blank.
    pub(super) fn string(&self) -> Option<&'t str> {
        match self.written {
            DeValue::String(text) if text.trim().is_empty() => {
                self.mark.wrong(format!("`{}` is empty", self.key));
                None
            }
            DeValue::String(text) => Some(text.as_ref()),
            _ => self.wrong_type("a string"),
        }
    }

    /// A string that may be empty.
    pub(super) fn text(&self) -> Option<&'t str> {
        match self.written {
            DeValue::String(text) => Some(text.as_ref()),
            _ => self.wrong_type("a string"),
        }
    }

    /// Whether it is a string at all, for keys that take a string or something else.
    pub(super) fn is_string(&self) -> bool {
        matches!(self.written, DeValue::String(_))
    }

    /// Whether it is a table at all, for keys that take a table or something else.
    pub(super) fn is_table(&self) -> bool {
        matches!(self.written, DeValue::Table(_))
    }

    /// True or false.
    pub(super) fn boolean(&self) -> Option<bool> {
        match self.written {
            DeValue::Boolean(value) => Some(*value),
            _ => self.wrong_type("true or false"),
        }
    }

    /// Whole numbers, of the range that the key has.
    fn whole_range(&self) -> RangeInclusive<u64> {
        let found = self.shape.find(&|shape| match shape {
            Shape::Whole { least, most } => Some(*least..=*most),
            _ => None,
        });
        debug_assert!(found.is_some(), "`{}` is defined as no whole number", self.key);
        found.unwrap_or(0..=u64::MAX)
    }

    /// Numbers, of the range that the key has.
    fn number_range(&self) -> RangeInclusive<f64> {
        let found = self.shape.find(&|shape| match shape {
            Shape::Number { least, most } => Some(*least..=*most),
            _ => None,
        });
        debug_assert!(found.is_some(), "`{}` is defined as no number", self.key);
        found.unwrap_or(f64::MIN..=f64::MAX)
    }

    /// Durations, of the range that the key has.
    pub(super) fn duration_range(&self) -> RangeInclusive<Duration> {
        let found = self.shape.find(&|shape| match shape {
            Shape::Duration { least, most } => Some(*least..=*most),
            _ => None,
        });
        debug_assert!(found.is_some(), "`{}` is defined as no duration", self.key);
        found.unwrap_or(Duration::ZERO..=Duration::MAX)
    }

    /// A whole number, of the range that the key has.
    pub(super) fn integer(&self) -> Option<u64> {
        let range = self.whole_range();
        let DeValue::Integer(written) = self.written else {
            return self.wrong_type("a whole number");
        };
        match u64::from_str_radix(written.as_str(), written.radix()) {
            Ok(number) if range.contains(&number) => Some(number),
            _ => self.out_of_range(written, range.start(), range.end()),
        }
    }

    /// A number, of the range that the key has.
    pub(super) fn number(&self) -> Option<f64> {
        let range = self.number_range();
        let written: &dyn Display = match self.written {
            DeValue::Integer(written) => written,
            DeValue::Float(written) => written,
            _ => return self.wrong_type("a number"),
        };
        match written.to_string().parse::<f64>() {
            Ok(number) if range.contains(&number) => Some(number),
            _ => self.out_of_range(written, range.start(), range.end()),
        }
    }

    fn out_of_range<T>(&self, written: impl Display, least: impl Display, most: impl Display) -> Option<T> {
        self.wrong(
            format!("`{}` is out of range: {}", self.key, quoted(&written.to_string())),
            format!("anything from {least} to {most}"),
        )
    }

    /// The elements of a list.
    pub(super) fn list(&self) -> Option<Vec<Value<'t>>> {
        match self.written {
            DeValue::Array(elements) => Some(elements.iter().map(|element| self.element(element)).collect()),
            _ => self.wrong_type("a list"),
        }
    }

    /// The elements of a list that holds at least one.
    pub(super) fn filled_list(&self) -> Option<Vec<Value<'t>>> {
        let elements = self.list()?;
        if elements.is_empty() {
            self.mark.wrong(format!("`{}` is an empty list", self.key));
            return None;
        }
        Some(elements)
    }

    /// Whether it is a string or a list, and no table.
    pub(super) fn is_text_or_list(&self) -> bool {
        matches!(self.written, DeValue::String(_) | DeValue::Array(_))
    }

    /// One string, or a list of at least one.
    pub(super) fn one_or_more(&self) -> Option<Vec<Value<'t>>> {
        match self.written {
            DeValue::String(_) => Some(vec![self.clone()]),
            DeValue::Array(_) => self.filled_list(),
            _ => self.wrong_type("a string or a list of strings"),
        }
    }

    /// A table with these keys.
    pub(super) fn table(&self, keys: &'static TableKeys) -> Option<Table<'t>> {
        match self.written {
            DeValue::Table(entries) => Some(Table::open(entries, self.mark.clone(), keys)),
            _ => self.wrong_type("a table"),
        }
    }

    /// The entries of a table whose keys are the operator's own, each with the place of its key.
    pub(super) fn entries(&self) -> Option<Vec<(&'t str, Mark<'t>, Value<'t>)>> {
        let DeValue::Table(entries) = self.written else {
            return self.wrong_type("a table");
        };
        let entry = |(key, value): (&'t Spanned<_>, &'t Spanned<DeValue<'t>>)| {
            let name: &'t Cow<'t, str> = key.get_ref();
            (name.as_ref(), Mark { file: self.mark.file, span: key.span() }, self.element(value))
        };
        Some(entries.iter().map(entry).collect())
    }

    /// The tables written as `[[key]]`.
    pub(super) fn tables(&self, keys: &'static TableKeys) -> Vec<Table<'t>> {
        let elements = match self.written {
            DeValue::Array(_) => self.list().unwrap_or_default(),
            DeValue::Table(_) => {
                self.mark.wrong_with_help(
                    format!("`{}` is written as one table; there may be several", self.key),
                    format!("write `[[{}]]` with two brackets", self.key),
                );
                return Vec::new();
            }
            _ => {
                self.wrong_type::<()>(&format!("tables, each under its own `{}`", keys.table));
                return Vec::new();
            }
        };
        elements.iter().filter_map(|element| element.table(keys)).collect()
    }

    fn element(&self, element: &'t Spanned<DeValue<'_>>) -> Value<'t> {
        Value {
            written: element.get_ref(),
            key: self.key,
            shape: self.shape,
            mark: Mark { file: self.mark.file, span: element.span() },
        }
    }
}

/// Parses a file's text, reporting every syntax error, and gives what could be read of it.
pub(super) fn parse(file: &SourceFile) -> Spanned<DeTable<'_>> {
    let (table, errors) = DeTable::parse_recoverable(&file.text);
    for error in errors {
        file.report_syntax(super::Problem {
            severity: Severity::Error,
            span: error.span(),
            message: error.message().lines().collect::<Vec<_>>().join(", "),
            help: None,
        });
    }
    table
}
