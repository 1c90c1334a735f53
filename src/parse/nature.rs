//! What a document is, for a person who asks; nothing is decided by it.

use super::xml::{Kind, Tags};
use super::{decode, repair};
use crate::text::markup::{Piece, Pieces};
use std::fmt;

/// Most characters of a title.
const MAX_TITLE_CHARS: usize = 160;
/// How many tags from the top may hold a feed's title.
const TITLE_TAGS: usize = 200;

/// The form of a document, by its first tags or its first keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// RSS 0.9x or 2.0.
    Rss,
    /// RSS 0.90 or 1.0.
    Rdf,
    /// Atom.
    Atom,
    /// JSON Feed.
    JsonFeed,
    /// Other JSON.
    Json,
    /// An HTML page.
    Page,
    /// Anything else.
    Other,
}

impl fmt::Display for Nature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Rss => "RSS",
            Self::Rdf => "RDF",
            Self::Atom => "Atom",
            Self::JsonFeed => "JSON Feed",
            Self::Json => "JSON",
            Self::Page => "HTML page",
            Self::Other => "other",
        })
    }
}

/// What a document is, and its title, which is empty where it has none.
#[must_use]
pub fn nature(body: &[u8], content_type: Option<&str>) -> (Nature, String) {
    let text = decode::feed(body, content_type);
    let text = repair::without_prolog(&text);
    if text.trim_start().starts_with(['{', '[']) {
        let head: String = text.chars().take(2_000).collect();
        let feed = head.contains("jsonfeed.org/version");
        return (if feed { Nature::JsonFeed } else { Nature::Json }, String::new());
    }
    for tag in Tags::new(text).take(TITLE_TAGS) {
        let nature = if tag.is("rss") {
            Nature::Rss
        } else if tag.is("rdf") {
            Nature::Rdf
        } else if tag.is("feed") {
            Nature::Atom
        } else if tag.is("html") || tag.is("body") || tag.is("head") {
            Nature::Page
        } else {
            continue;
        };
        let title =
            if nature == Nature::Page { title(&decode::page(body, content_type)) } else { feed_title(text) };
        return (nature, title);
    }
    (Nature::Other, title(text))
}

/// A feed's own title, before its first item.
fn feed_title(text: &str) -> String {
    let tag = Tags::new(text)
        .take(TITLE_TAGS)
        .take_while(|tag| !tag.is_item())
        .find(|tag| tag.is("title") && tag.prefix().is_empty() && tag.kind == Kind::Open);
    let inner = tag.and_then(|tag| text.get(tag.end..)).and_then(|rest| rest.split("</").next());
    let inner = inner.unwrap_or_default().trim();
    let data = inner.strip_prefix("<![CDATA[").and_then(|data| data.strip_suffix("]]>"));
    crate::text::plain(data.unwrap_or(inner), MAX_TITLE_CHARS)
}

/// A page's title, cut.
pub(super) fn title(text: &str) -> String {
    let title = Pieces::new(text).find_map(|piece| match piece {
        Piece::Raw { name, text } if name.eq_ignore_ascii_case("title") => Some(text),
        _ => None,
    });
    crate::text::plain(title.unwrap_or_default(), MAX_TITLE_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(
        "<?xml version='1.0'?><rss version='2.0'><channel><title><![CDATA[The &amp; Wire]]></title><item><title>x</title>",
        Nature::Rss,
        "The & Wire"
    )]
    #[case("<rdf:RDF><channel><title>Wire</title></channel>", Nature::Rdf, "Wire")]
    #[case(
        "junk <feed xmlns='http://www.w3.org/2005/Atom'><entry><title>x</title></entry></feed>",
        Nature::Atom,
        ""
    )]
    #[case("{\"version\": \"https://jsonfeed.org/version/1.1\"}", Nature::JsonFeed, "")]
    #[case(" [1]", Nature::Json, "")]
    #[case("<!DOCTYPE html><html><head><title>Sign\n in</title></head>", Nature::Page, "Sign in")]
    #[case("Access denied", Nature::Other, "")]
    #[case("", Nature::Other, "")]
    fn a_document_is_named(#[case] text: &str, #[case] expected: Nature, #[case] title: &str) {
        assert_eq!(nature(text.as_bytes(), None), (expected, title.to_owned()));
    }
}
