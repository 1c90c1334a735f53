//! Entries: items as a source published them in one poll.

use super::Language;
use jiff::Timestamp;
use url::Url;

/// One item of a feed or page, as plain text. Parsing has bounded every length and removed markup
/// and control characters; what an entry says is still the web's word, not ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The source's own id, where it gave one; never one that a parser invented.
    pub guid: Option<String>,
    /// The link, http or https.
    pub url: Option<Url>,
    /// The headline; empty only where the entry had none but a summary.
    pub title: String,
    /// The summary or description; empty where there is none.
    pub summary: String,
    /// When it was published, where a date could be read.
    pub published: Option<Timestamp>,
    /// The language the entry or its feed declares.
    pub language: Option<Language>,
}
