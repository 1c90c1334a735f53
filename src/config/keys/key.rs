//! What a definition of a key is made of.

use std::time::Duration;

/// A table's name as written in the file, and its keys.
#[derive(Debug)]
pub struct TableKeys {
    /// `[fetch]`, `[[source]]`; for the file's top level, "the file".
    pub table: &'static str,
    /// What it is for, in whole sentences.
    pub about: &'static str,
    /// Every key the table may hold, in the order of the shipped file.
    pub keys: &'static [Key],
}

impl TableKeys {
    /// The key of a name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The key that had this name before, with what is known of the change.
    pub fn renamed(&self, name: &str) -> Option<(&'static Key, Renamed)> {
        let former = |key: &'static Key| Some((key, *key.renamed.iter().find(|former| former.from == name)?));
        self.keys.iter().find_map(former)
    }

    /// The names of all keys.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + Clone + use<> {
        self.keys.iter().map(|key| key.name)
    }
}

/// A key that a table may hold.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What its value looks like.
    pub shape: Shape,
    /// What holds where it is not given.
    pub fallback: Fallback,
    /// Values as they may be written, in TOML; the first is the one that a message proposes.
    pub examples: &'static [&'static str],
    /// What it means, in whole sentences.
    pub about: &'static str,
    /// Names that it had before and that are still understood.
    pub renamed: &'static [Renamed],
}

impl Key {
    /// A key that need not be given, and without which nothing holds in its place.
    pub(in crate::config) const fn new(name: &'static str, shape: Shape, about: &'static str) -> Self {
        Self { name, shape, fallback: Fallback::Nothing, examples: &[], about, renamed: &[] }
    }

    pub(in crate::config) const fn required(self) -> Self {
        Self { fallback: Fallback::Required, ..self }
    }

    /// `written`: the default in TOML.
    pub(in crate::config) const fn usually(self, written: &'static str) -> Self {
        Self { fallback: Fallback::Value(written), ..self }
    }

    /// `told`: what holds instead, in words.
    pub(in crate::config) const fn otherwise(self, told: &'static str) -> Self {
        Self { fallback: Fallback::Told(told), ..self }
    }

    pub(in crate::config) const fn such_as(self, examples: &'static [&'static str]) -> Self {
        Self { examples, ..self }
    }

    pub(in crate::config) const fn renamed(self, renamed: &'static [Renamed]) -> Self {
        Self { renamed, ..self }
    }
}

/// What holds where a key is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// It must be given.
    Required,
    /// This value, in TOML.
    Value(&'static str),
    /// What is said in words: "found from each text".
    Told(&'static str),
    /// Nothing.
    Nothing,
}

/// An old name of a key. It is understood, and told of, in the version that brings the new name; the next one
/// does not know it. A test sees to that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renamed {
    /// The old name.
    pub from: &'static str,
    /// The version that brought the new one, as `major.minor`.
    pub since: &'static str,
}

impl Renamed {
    /// The version that does not know the old name any more.
    pub fn until(self) -> String {
        match self.since.split_once('.').and_then(|(major, minor)| Some((major, minor.parse::<u64>().ok()?)))
        {
            Some((major, minor)) => format!("{major}.{}", minor + 1),
            None => self.since.to_owned(),
        }
    }
}

/// What a value looks like.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A string that is not blank; what it is, in words.
    Text(&'static str),
    /// A string that may be empty; what it is, in words.
    AnyText(&'static str),
    /// A string of a form of its own: what it is, and a regular expression that every right one fits.
    Matching {
        /// In words.
        what: &'static str,
        /// As JSON Schema has it (ECMA 262).
        pattern: &'static str,
    },
    /// A duration.
    Duration {
        /// The shortest.
        least: Duration,
        /// The longest.
        most: Duration,
    },
    /// A whole number.
    Whole {
        /// The smallest.
        least: u64,
        /// The largest.
        most: u64,
    },
    /// A number.
    Number {
        /// The smallest.
        least: f64,
        /// The largest.
        most: f64,
    },
    /// A number, however large or small.
    AnyNumber,
    /// True or false.
    Boolean,
    /// One word of a closed set.
    Term(fn() -> Vec<&'static str>),
    /// A list, which may be empty.
    List(&'static Shape),
    /// A list of at least one.
    FilledList(&'static Shape),
    /// One, or a list of at least one.
    OneOrMore(&'static Shape),
    /// A table.
    Table(&'static TableKeys),
    /// Tables, each under its own name in two brackets.
    Tables(&'static TableKeys),
    /// A table whose keys are the operator's own.
    Entries(&'static Shape),
    /// A table whose keys are words of a closed set, all with values of one shape.
    Named {
        /// The keys.
        names: fn() -> Vec<&'static str>,
        /// The values.
        of: &'static Shape,
    },
    /// One of these.
    Either(&'static [Shape]),
}

impl Shape {
    /// The first shape that `wanted` finds something in: this one, or one that it is made of. Tables are not
    /// looked into: their keys have shapes of their own.
    pub(in crate::config) fn find<T>(&self, wanted: &impl Fn(&Shape) -> Option<T>) -> Option<T> {
        wanted(self).or_else(|| match self {
            Self::List(of) | Self::FilledList(of) | Self::OneOrMore(of) | Self::Entries(of) => {
                of.find(wanted)
            }
            Self::Either(shapes) => shapes.iter().find_map(|shape| shape.find(wanted)),
            _ => None,
        })
    }
}
