//! Why a document gave no entries.

use super::wall::Wall;

/// A document that could not be read. The texts in it are cleaned and cut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Nothing at all, or white space.
    #[error("the body is empty")]
    Empty,
    /// A page where a feed was expected: an error page, a consent wall, a moved feed.
    #[error("an HTML page, not a feed (title: {title:?})")]
    HtmlPage {
        /// The page's title.
        title: String,
    },
    /// JSON that is no JSON Feed.
    #[error("JSON, but no JSON Feed ({detail})")]
    OtherJson {
        /// What was missing.
        detail: String,
    },
    /// Something else.
    #[error("not a feed; it begins with {start:?}")]
    NotAFeed {
        /// Its first characters.
        start: String,
    },
    /// A feed that could not be read even after repairs.
    #[error("a broken feed: {detail}")]
    Broken {
        /// The first parser's complaint.
        detail: String,
    },
    /// Items stand in the document, and none could be read: a fault of ours or theirs, never
    /// "nothing new".
    #[error("{items} raw items stand in the feed and none could be read ({detail})")]
    EntriesLost {
        /// How many items there are.
        items: usize,
        /// The parser's complaint.
        detail: String,
    },
    /// Something else where a web page was expected.
    #[error("not a web page; it begins with {start:?}")]
    NotAPage {
        /// Its first characters.
        start: String,
    },
    /// A page without a headline.
    #[error("no headline on the page")]
    NoArticle,
    /// A page that stands before an article or in its place.
    #[error("{wall}, not an article (title: {title:?})")]
    Wall {
        /// What it is.
        wall: Wall,
        /// The page's title.
        title: String,
    },
    /// A page larger than is ever read.
    #[error("a page of {bytes} bytes; at most {limit} are read")]
    PageTooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A page whose tree would be a burden.
    #[error("a page with elements nested deeper than {limit}")]
    PageTooDeep {
        /// The limit.
        limit: usize,
    },
    /// A page with an element of absurdly many attributes.
    #[error("a page with an element of more than {limit} attributes")]
    TooManyAttributes {
        /// The limit.
        limit: usize,
    },
    /// A page whose tree took too long to build.
    #[error("a page that could not be read within {seconds} s")]
    PageTooSlow {
        /// The limit, in seconds.
        seconds: u64,
    },
    /// Other text where JSON was expected.
    #[error("not JSON; it begins with {start:?}")]
    NotJson {
        /// Its first characters.
        start: String,
    },
    /// A page, or a feed, where JSON was expected.
    #[error("HTML or XML, not JSON (title: {title:?})")]
    MarkupNotJson {
        /// Its title.
        title: String,
    },
    /// JSON that breaks its own rules, a cut file mostly.
    #[error("broken JSON: {detail}")]
    BrokenJson {
        /// The parser's complaint.
        detail: String,
    },
    /// A JSON document that would be a burden.
    #[error("JSON of more than {limit} {what}")]
    JsonTooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The path to the items of a listing leads nowhere, or to no list: the document was rebuilt.
    #[error(
        "`items` ({}) finds no list: {holds} (JSON of {bytes} bytes)",
        if items.is_empty() { "the root" } else { items.as_str() }
    )]
    NoList {
        /// The path as written.
        items: String,
        /// What stands there instead.
        holds: String,
        /// The document's size.
        bytes: usize,
    },
    /// A listing whose items have no title where the path says.
    #[error(
        "`title` ({title}) finds nothing in any of {items} items: in the first, {holds} (JSON of {bytes} bytes)"
    )]
    NoListedTitles {
        /// The path as written.
        title: String,
        /// How many items there are.
        items: usize,
        /// What the first one holds instead.
        holds: String,
        /// The document's size.
        bytes: usize,
    },
    /// The selectors match nothing: the page was rebuilt, or it is an error page.
    #[error("`item` matches nothing on the page (title: {title:?}, {bytes} bytes)")]
    NoItems {
        /// The page's title.
        title: String,
        /// Its size.
        bytes: usize,
    },
    /// The item selector matches, but no match has a title.
    #[error(
        "`item` matches {items} times, and `title` in none of them (page title: {title:?}, {bytes} bytes)"
    )]
    NoTitles {
        /// How many items matched.
        items: usize,
        /// The page's title.
        title: String,
        /// The page's size.
        bytes: usize,
    },
}

impl ParseError {
    /// Whether the source may well mend itself: true for what a server serves for an hour (an error
    /// page, a file cut while it was written), false for what stays until someone changes the
    /// source's rules.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Empty
            | Self::HtmlPage { .. }
            | Self::OtherJson { .. }
            | Self::NotAFeed { .. }
            | Self::Broken { .. }
            | Self::EntriesLost { .. }
            | Self::NotJson { .. }
            | Self::MarkupNotJson { .. }
            | Self::BrokenJson { .. }
            | Self::PageTooSlow { .. }
            | Self::Wall { .. } => true,
            Self::NotAPage { .. }
            | Self::NoArticle
            | Self::PageTooLarge { .. }
            | Self::PageTooDeep { .. }
            | Self::TooManyAttributes { .. }
            | Self::JsonTooLarge { .. }
            | Self::NoList { .. }
            | Self::NoListedTitles { .. }
            | Self::NoItems { .. }
            | Self::NoTitles { .. } => false,
        }
    }
}
