//! Grammar: how a language puts its words together, as far as the frames ask.

use super::relation::{UnknownTerm, terms};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

terms! {
    /// What separates words in writing.
    Boundaries ("kind of boundary") {
        /// Blanks and punctuation.
        Spaces = "spaces",
        /// Nothing (Chinese): a text is cut where the vocabulary knows a word.
        None = "none",
    }
}

terms! {
    /// Where a bare name stands that modifies a noun.
    Modifiers ("place of modifiers") {
        /// "US sanctions".
        Before = "before",
        /// "санкции США".
        After = "after",
        /// Either.
        Both = "both",
    }
}

terms! {
    /// Where the words stand that say what part a name takes.
    Markers ("place of markers") {
        /// Prepositions: "against Iran".
        Before = "before",
        /// Postpositions and case particles: "이란에".
        After = "after",
    }
}

terms! {
    /// Where the verb stands among subject and object.
    VerbPlace ("place of the verb") {
        /// Verb, subject, object, or subject, verb, object (Arabic).
        First = "first",
        /// Subject, verb, object.
        Middle = "middle",
        /// Subject, object, verb.
        Last = "last",
    }
}

terms! {
    /// What a comma between two names means.
    Comma ("meaning of a comma") {
        /// They are a list: "Iran, Russia and China".
        Lists = "lists",
        /// The first is the subject of what follows ("ABD, İran'a …"), unless "and" closes a list.
        Divides = "divides",
    }
}

/// How a language puts its words together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grammar {
    /// What separates words.
    pub boundaries: Boundaries,
    /// Where a name stands that modifies a noun.
    pub modifiers: Modifiers,
    /// Where markers stand.
    pub markers: Markers,
    /// Where the verb stands.
    pub verb: VerbPlace,
    /// What a comma between two names means.
    pub comma: Comma,
    /// What a final `*` of a name may stand for, besides nothing.
    pub endings: BTreeSet<String>,
    /// What may follow any name and makes it a possessor ("Russlands").
    pub genitive_endings: BTreeSet<String>,
    /// What may be written together before a word, and is a word of its own.
    pub prefixes: BTreeSet<String>,
    /// What may be written together after a name or a noun, and is a word of its own.
    pub suffixes: BTreeSet<String>,
    /// Ordinal numbers in words, from the first on; several forms of one are divided by `|`, and a
    /// final `*` stands for any ending.
    pub ordinals: Vec<String>,
    /// Numbers in words, from two on, written like the ordinals.
    pub numbers: Vec<String>,
    /// Words and their contraries ("passes", "rejects"): the forms of each, written like those of an
    /// ordinal.
    pub opposites: Vec<(String, String)>,
    /// What behind a number makes it an ordinal: "th", "-й", "차", or "." before a word.
    pub ordinal_endings: BTreeSet<String>,
    /// What before a number makes it an ordinal: "第", "#", "No."; in the case in which it is written.
    pub ordinal_marks: BTreeSet<String>,
    /// Letters that are taken for another: the letter as written, and the one it counts as.
    pub same_letters: BTreeMap<char, char>,
}

impl Default for Grammar {
    /// That of English.
    fn default() -> Self {
        Self {
            boundaries: Boundaries::Spaces,
            modifiers: Modifiers::Before,
            markers: Markers::Before,
            verb: VerbPlace::Middle,
            comma: Comma::Lists,
            endings: BTreeSet::new(),
            genitive_endings: BTreeSet::new(),
            prefixes: BTreeSet::new(),
            suffixes: BTreeSet::new(),
            ordinals: Vec::new(),
            numbers: Vec::new(),
            opposites: Vec::new(),
            ordinal_endings: BTreeSet::new(),
            ordinal_marks: BTreeSet::new(),
            same_letters: BTreeMap::new(),
        }
    }
}
