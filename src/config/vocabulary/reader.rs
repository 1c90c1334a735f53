//! Reads TOML values with their places and collects every problem instead of stopping at the first.

use super::super::keys::TableKeys;
use super::super::{Problem, Severity};
use std::ops::Range;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Collects problems while values are read.
#[derive(Default)]
pub(super) struct Reader {
    /// What is wrong so far.
    pub(super) problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn problem(&mut self, span: Option<Range<usize>>, message: String, help: Option<String>) {
        self.problems.push(Problem { severity: Severity::Error, span, message, help });
    }

    /// Reports every key that a table may not hold.
    pub(super) fn known(&mut self, table: &DeTable<'_>, keys: &TableKeys) {
        self.only(table, &keys.names().collect::<Vec<_>>());
    }

    /// Reports every key that is not among `known`, with the nearest of them.
    pub(super) fn only(&mut self, table: &DeTable<'_>, known: &[&str]) {
        for (key, _) in table {
            let written: &str = key.get_ref();
            if known.contains(&written) {
                continue;
            }
            let nearest = known
                .iter()
                .map(|name| (strsim::damerau_levenshtein(written, name), name))
                .filter(|(distance, _)| *distance <= 3)
                .min();
            let help = nearest.map_or_else(
                || format!("there are {}", known.join(", ")),
                |(_, name)| format!("did you mean `{name}`?"),
            );
            self.problem(Some(key.span()), format!("unknown key `{written}`"), Some(help));
        }
    }

    pub(super) fn required<'a, 'i>(
        &mut self,
        table: &'a DeTable<'i>,
        key: &str,
        example: &str,
    ) -> Option<&'a Spanned<DeValue<'i>>> {
        let value = table.get(key);
        if value.is_none() {
            let span = table.iter().map(|(first, _)| first.span()).min_by_key(|span| span.start);
            self.problem(span, format!("`{key}` is missing"), Some(format!("for example: {example}")));
        }
        value
    }

    fn expect<T>(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str, found: Option<T>) -> Option<T> {
        if found.is_none() {
            let message = format!("expected {wanted}, found {}", value.get_ref().type_str());
            self.problem(Some(value.span()), message, None);
        }
        found
    }

    pub(super) fn text(&mut self, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let found = value.get_ref().as_str().map(str::to_owned);
        let text = self.expect(value, "a string", found)?;
        if text.trim().is_empty() {
            self.problem(Some(value.span()), "an empty string".to_owned(), None);
            return None;
        }
        Some(text)
    }

    /// A string that stands for a value of a closed set.
    pub(super) fn parsed<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<T> {
        let text = self.text(value)?;
        text.parse().map_err(|error: T::Err| self.problem(Some(value.span()), error.to_string(), None)).ok()
    }

    pub(super) fn table<'a, 'i>(&mut self, value: &'a Spanned<DeValue<'i>>) -> Option<&'a DeTable<'i>> {
        let found = value.get_ref().as_table();
        self.expect(value, "a table", found)
    }

    pub(super) fn array<'a, 'i>(
        &mut self,
        table: &'a DeTable<'i>,
        key: &str,
    ) -> Option<Vec<&'a Spanned<DeValue<'i>>>> {
        let value = table.get(key)?;
        let found = value.get_ref().as_array().map(|array| array.iter().collect());
        self.expect(value, "a list", found)
    }

    /// The tables of an array of tables; none where the key is absent.
    pub(super) fn tables<'a, 'i>(&mut self, table: &'a DeTable<'i>, key: &str) -> Vec<&'a DeTable<'i>> {
        let values = self.array(table, key).unwrap_or_default();
        values.into_iter().filter_map(|value| self.table(value)).collect()
    }

    /// A list of strings that are not empty; none where the key is absent.
    pub(super) fn strings(&mut self, table: &DeTable<'_>, key: &str) -> Vec<String> {
        let values = self.array(table, key).unwrap_or_default();
        values.into_iter().filter_map(|value| self.text(value)).collect()
    }

    /// What the strings of a list mean; `meaning` says it, or what is wrong about one.
    pub(super) fn understood<T>(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        meaning: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        let values = self.array(table, key).unwrap_or_default();
        let mut good = Vec::with_capacity(values.len());
        for value in values {
            let Some(text) = self.text(value) else { continue };
            match meaning(&text) {
                Ok(meant) => good.push(meant),
                Err(message) => self.problem(Some(value.span()), message, None),
            }
        }
        good
    }

    pub(super) fn flag(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        let found = value.get_ref().as_bool();
        self.expect(value, "true or false", found)
    }

    /// A number, written with or without a fraction.
    pub(super) fn number(&mut self, table: &DeTable<'_>, key: &str) -> Option<f64> {
        let value = table.get(key)?;
        let found = match value.get_ref() {
            DeValue::Float(float) => float.as_str().parse().ok(),
            DeValue::Integer(integer) => integer.as_str().parse().ok(),
            _ => None,
        };
        self.expect(value, "a number", found)
    }
}
