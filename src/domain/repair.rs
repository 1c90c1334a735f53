//! Repairs: what was wrong with a document that could be read all the same.

use super::relation::{UnknownTerm, terms};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

terms! {
    /// Something that was wrong with a document and was mended, or done without.
    Repair ("repair") {
        /// The bytes are in another encoding than the feed says.
        Encoding = "encoding",
        /// Text or markup before the feed was cut off.
        JunkBeforeRoot = "junk-before-root",
        /// Characters that XML forbids were removed.
        ControlCharacters = "control-characters",
        /// A tag was far longer than any feed needs, and lost its attributes.
        LongTag = "long-tag",
        /// A bare `&` was escaped.
        BareAmpersand = "bare-ampersand",
        /// A wrong or unknown namespace was replaced.
        Namespace = "namespace",
        /// A missing or unknown RSS version was taken for 2.0.
        Version = "version",
        /// Older names of elements (Atom 0.3) were replaced.
        OldNames = "old-names",
        /// The whole could not be read, so its items were read one by one.
        ItemByItem = "item-by-item",
        /// Entries got a title, link or date that the feed parser had passed over.
        Completed = "completed",
        /// There were more entries than are read.
        TooManyEntries = "too-many-entries",
        /// The feed parser panicked; what it read is not used.
        ParserPanic = "parser-panic",
        /// `link` of a page or listing finds no link in any entry.
        NoLinks = "no-links",
        /// `date` of a page or listing finds no date in any entry.
        NoDates = "no-dates",
        /// `summary` of a page or listing finds nothing in any entry.
        NoSummaries = "no-summaries",
    }
}

impl Repair {
    /// What was wrong, for a person.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Encoding => "wrong name of the encoding",
            Self::JunkBeforeRoot => "junk before the feed",
            Self::ControlCharacters => "control characters",
            Self::LongTag => "a tag of absurd length",
            Self::BareAmpersand => "bare ampersands",
            Self::Namespace => "wrong namespace",
            Self::Version => "unknown RSS version",
            Self::OldNames => "outdated element names",
            Self::ItemByItem => "read item by item",
            Self::Completed => "fields completed",
            Self::TooManyEntries => "too many entries",
            Self::ParserPanic => "parser panicked",
            Self::NoLinks => "`link` finds no link in any entry",
            Self::NoDates => "`date` finds no date in any entry",
            Self::NoSummaries => "`summary` finds nothing in any entry",
        }
    }
}
