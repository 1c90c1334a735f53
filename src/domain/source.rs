//! Sources: where entries come from, as the configuration means them.

use super::relation::{UnknownTerm, terms};
use super::{Actor, Interval, JsonPath, Language, OwnHeaders};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// A source's configured name; the same name over restarts is the same source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceName(String);

impl SourceName {
    /// The name without surrounding white space; `None` where nothing is left.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let name = name.trim();
        (!name.is_empty()).then(|| Self(name.to_owned()))
    }

    /// What stands for a source that nobody has named: no configuration can call one so.
    #[must_use]
    pub const fn unknown() -> Self {
        Self(String::new())
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

terms! {
    /// By what a source's items are known again.
    IdentityRule ("identity") {
        /// By every key, the strongest that speaks.
        Auto = "auto",
        /// By the guid alone: links are used for one thing after another.
        Guid = "guid",
        /// By the link, and never by the guid: it changes from poll to poll.
        Link = "link",
        /// By the headline: neither guids nor links last.
        Title = "title",
    }
}

terms! {
    /// What ails a source, the worst first.
    Ailment ("ailment") {
        /// Its server says that it is gone for good.
        Gone = "gone",
        /// It could not be read for long.
        Failing = "failing",
        /// It can be read and has had nothing new for long.
        Stale = "stale",
    }
}

/// Feeds, pages or JSON listings that tell the same, polled on a schedule.
#[derive(Debug, Clone)]
pub struct Source {
    /// How the operator calls it.
    pub name: SourceName,
    /// Its addresses, tried in order; never empty.
    pub addresses: Vec<Address>,
    /// The language its entries are written in, where it is known.
    pub language: Option<Language>,
    /// The actor in whose name an official source acts.
    pub speaks_for: Option<Actor>,
    /// By what its items are known again.
    pub identity: IdentityRule,
    /// Time between two polls.
    pub interval: Interval,
    /// How old its newest item may grow before the operator is told.
    pub stale_after: Duration,
    /// Private or special addresses that may be polled all the same.
    pub allow_addresses: Vec<IpNet>,
    /// Whether the articles of its items are read, of those that a watch may ask for, before that is decided.
    pub full_text: bool,
    /// What goes along with requests to its own servers.
    pub own_headers: OwnHeaders,
    /// Whether it is asked over the proxy, where there is one.
    pub over_proxy: bool,
    /// Whether its pages are read only where their servers' robots.txt lets programs do so.
    pub asks_robots: bool,
}

impl Source {
    /// The hosts that it is asked at, one for each address.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.addresses.iter().filter_map(|address| address.url.host_str())
    }
}

/// Where a source may be read, and how.
#[derive(Debug, Clone)]
pub struct Address {
    /// http or https.
    pub url: Url,
    /// How its bytes become entries.
    pub form: Arc<SourceForm>,
}

/// How a source's bytes become entries.
#[derive(Debug, Clone)]
pub enum SourceForm {
    /// RSS, RDF, Atom or JSON Feed.
    Feed,
    /// An HTML page read with CSS selectors.
    Page(Box<PageRules>),
    /// A JSON document of a form of its own, read with paths.
    Json(Box<ListingRules>),
    /// The feed of somebody else's search for what the source published.
    Search,
}

impl SourceForm {
    /// The key of the configuration that its addresses stand under.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Feed => "url",
            Self::Json(_) => "json",
            Self::Page(_) => "page",
            Self::Search => "search",
        }
    }
}

/// Selectors that find the entries of a page. All but `item` are applied inside an item.
#[derive(Debug, Clone)]
pub struct PageRules {
    /// One match for each entry.
    pub item: scraper::Selector,
    /// The headline: the text of the first match.
    pub title: scraper::Selector,
    /// The link: the first match's `href`; where not given, the title's own or inner link.
    pub link: Option<scraper::Selector>,
    /// The date: the first match's `datetime`, else its text.
    pub date: Option<scraper::Selector>,
    /// The summary: the text of the first match.
    pub summary: Option<scraper::Selector>,
}

/// Paths that find the entries of a JSON document. All but `items` start at an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingRules {
    /// The list of items, from the document's root.
    pub items: JsonPath,
    /// The headline.
    pub title: JsonPath,
    /// The link; may be relative to the document's address. `None`: the items have none.
    pub link: Option<JsonPath>,
    /// The date: a text, or seconds or milliseconds since 1970.
    pub date: Option<JsonPath>,
    /// The summary.
    pub summary: Option<JsonPath>,
}

impl ListingRules {
    /// Rules for a document that is a list of titles itself: what they do not find says what is there.
    #[must_use]
    pub fn at_root() -> Self {
        let here = JsonPath::default();
        Self { items: here.clone(), title: here, link: None, date: None, summary: None }
    }
}

/// What a server said that lets the next poll ask "anything new?"; opaque, sent back as it came.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validators {
    /// The `ETag` header.
    pub etag: Option<String>,
    /// The `Last-Modified` header.
    pub last_modified: Option<String>,
}
