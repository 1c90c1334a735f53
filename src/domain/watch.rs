//! Watches: what someone cares about.

use super::relation::{UnknownTerm, terms};
use super::{Action, Actor, Kind, Modality, Score, SourceName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A watch's configured name; the same name over restarts is the same watch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WatchName(String);

impl WatchName {
    /// The name without surrounding white space; `None` where nothing is left.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let name = name.trim();
        (!name.is_empty()).then(|| Self(name.to_owned()))
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WatchName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

terms! {
    /// On which side a watch's countries must stand.
    Direction ("direction") {
        /// On any.
        Any = "any",
        /// They act: whose sanctions they are or, where sanctions are evaded, opposed or begged off, who
        /// does so; in an alliance who gives, or any party where nobody does.
        Acting = "acting",
        /// They are acted on: whom sanctions hit; in an alliance who takes, or any party where nobody
        /// does.
        Targeted = "targeted",
    }
}

/// A word or phrase that a watch looks for in headline and summary, as whole words and in any case; a
/// final `*` stands for any ending. Exists only by parsing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WatchWord {
    written: String,
    stem: bool,
}

impl WatchWord {
    /// The phrase in lower case, one blank between its words, without the star.
    #[must_use]
    pub fn phrase(&self) -> &str {
        &self.written
    }

    /// Whether its last word may have any ending.
    #[must_use]
    pub const fn is_stem(&self) -> bool {
        self.stem
    }
}

/// Nothing to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it holds no letter to look for")]
pub struct NoWord;

impl FromStr for WatchWord {
    type Err = NoWord;

    fn from_str(text: &str) -> Result<Self, NoWord> {
        let text = text.trim();
        let (phrase, stem) = text.strip_suffix('*').map_or((text, false), |stem| (stem, true));
        let written = phrase.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let known = written.chars().any(char::is_alphanumeric) && !written.contains('*');
        if known { Ok(Self { written, stem }) } else { Err(NoWord) }
    }
}

impl fmt::Display for WatchWord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.written, if self.stem { "*" } else { "" })
    }
}

impl Watch {
    /// Whether it leaves out some of what is told of its countries and kinds: by action, modality or side.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        !self.actions.is_empty()
            || self.direction != Direction::Any
            || self.modalities.len() < Modality::ALL.len()
    }
}

/// Which relations someone wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// How the operator calls it.
    pub name: WatchName,
    /// Any of these takes part; never empty. With `through-blocs` the configuration has already
    /// added the blocs that these states are members of.
    pub countries: BTreeSet<Actor>,
    /// Where not empty: one of these takes part too, as another party than the first.
    pub with: BTreeSet<Actor>,
    /// Of one of these kinds; never empty.
    pub kinds: BTreeSet<Kind>,
    /// Where not empty: one of these actions.
    pub actions: BTreeSet<Action>,
    /// Of one of these modalities; never empty.
    pub modalities: BTreeSet<Modality>,
    /// On which side the countries stand.
    pub direction: Direction,
    /// Where not empty: headline or summary holds one of these.
    pub words: BTreeSet<WatchWord>,
    /// Headline and summary hold none of these.
    pub without: BTreeSet<WatchWord>,
    /// Where not empty: told by one of these.
    pub sources: BTreeSet<SourceName>,
    /// Whether the article is read of what this watch may ask for, before that is decided.
    pub full_text: bool,
    /// At least this score; `None` leaves it at the kind's own threshold.
    pub threshold: Option<Score>,
}
