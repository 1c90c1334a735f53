//! The feeds that a page announces (autodiscovery).

use super::error::ParseError;
use super::nature::Nature;
use super::{decode, link, page, page_tree};
use crate::text::one_line;
use scraper::ElementRef;
use url::Url;

/// Most feeds taken from one page; blogs announce one for each heading.
const MAX_FEEDS: usize = 50;
/// Most characters of a feed's title.
const MAX_TITLE_CHARS: usize = 160;

/// A feed that a page announces in its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnouncedFeed {
    /// Where it is.
    pub address: Url,
    /// How the page calls it; empty where it does not.
    pub title: String,
    /// What it is said to be.
    pub nature: Nature,
}

/// The feeds that a page announces, each address once, in the page's order. `address` is where the page
/// came from in the end. An error is that of a page that cannot be read; one without feeds gives none.
pub fn announced(
    body: &[u8],
    content_type: Option<&str>,
    address: &Url,
) -> Result<Vec<AnnouncedFeed>, ParseError> {
    let tree = page_tree::build(&decode::page(body, content_type))?;
    let base = page::base(&tree, address);
    let mut feeds: Vec<AnnouncedFeed> = Vec::new();
    for element in tree.root_element().descendants().filter_map(ElementRef::wrap) {
        if feeds.len() == MAX_FEEDS {
            break;
        }
        let Some(feed) = feed(element, &base) else { continue };
        if feeds.iter().all(|known| known.address != feed.address) {
            feeds.push(feed);
        }
    }
    Ok(feeds)
}

/// What a `link` element announces, where that is a feed.
fn feed(element: ElementRef<'_>, base: &Url) -> Option<AnnouncedFeed> {
    if element.value().name() != "link" {
        return None;
    }
    let relation = element.attr("rel")?;
    if !relation.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("alternate")) {
        return None;
    }
    let href = element.attr("href")?;
    let kind = element.attr("type")?.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let nature = match kind.as_str() {
        "application/rss+xml" | "application/rss" | "text/rss+xml" => Nature::Rss,
        "application/atom+xml" | "application/atom" | "text/atom+xml" => Nature::Atom,
        "application/rdf+xml" => Nature::Rdf,
        "application/feed+json" => Nature::JsonFeed,
        // What JSON Feed said at first. WordPress announces its programming interface alike.
        "application/json" if !href.contains("wp-json") => Nature::JsonFeed,
        _ => return None,
    };
    // `feed:` is http, or stands before a whole address.
    let href = href.trim();
    let href = match href.strip_prefix("feed:") {
        Some(rest) if rest.starts_with("//") => format!("http:{rest}"),
        Some(rest) => rest.to_owned(),
        None => href.to_owned(),
    };
    let title = one_line(element.attr("title").unwrap_or_default(), MAX_TITLE_CHARS);
    Some(AnnouncedFeed { address: link(&href, base)?, title, nature })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn found(page: &str) -> Vec<(String, String, Nature)> {
        let address = Url::parse("https://body.example/news/index.html").unwrap();
        let feeds = announced(page.as_bytes(), None, &address).unwrap();
        feeds.into_iter().map(|feed| (feed.address.to_string(), feed.title, feed.nature)).collect()
    }

    #[rstest]
    #[case::rss(
        "<link rel=\"alternate\" type=\"application/rss+xml\" title=\"News &amp; notes\" href=\"/rss.xml?a=1&amp;b=2\">",
        "https://body.example/rss.xml?a=1&b=2",
        "News & notes",
        Nature::Rss
    )]
    #[case::atom_beside_the_page(
        "<LINK REL='Alternate' TYPE='application/atom+xml; charset=utf-8' HREF='feed.atom'>",
        "https://body.example/news/feed.atom",
        "",
        Nature::Atom
    )]
    #[case::relative_to_base(
        "<base href=\"//static.example/x/\"><link rel=alternate type=application/rdf+xml href=all.rdf>",
        "https://static.example/x/all.rdf",
        "",
        Nature::Rdf
    )]
    #[case::json(
        "<link rel=\"home alternate\" type=\"application/feed+json\" href=\"https://other.example/feed.json\">",
        "https://other.example/feed.json",
        "",
        Nature::JsonFeed
    )]
    #[case::old_json(
        "<link rel=alternate type=application/json href=/feed.json>",
        "https://body.example/feed.json",
        "",
        Nature::JsonFeed
    )]
    #[case::feed_scheme(
        "<link rel=alternate type=application/rss+xml href=\"feed://body.example/a\">",
        "http://body.example/a",
        "",
        Nature::Rss
    )]
    #[case::in_the_body(
        "<body><p>x</p><link rel=alternate type=application/rss+xml href=\"feed:https://body.example/b\"></body>",
        "https://body.example/b",
        "",
        Nature::Rss
    )]
    fn a_feed_is_found(
        #[case] page: &str,
        #[case] address: &str,
        #[case] title: &str,
        #[case] nature: Nature,
    ) {
        assert_eq!(found(page), [(address.to_owned(), title.to_owned(), nature)]);
    }

    #[rstest]
    #[case::style("<link rel=\"alternate stylesheet\" type=\"text/css\" href=\"/a.css\">")]
    #[case::language("<link rel=\"alternate\" hreflang=\"de\" href=\"/de\">")]
    #[case::other_relation("<link rel=\"search\" type=\"application/rss+xml\" href=\"/a\">")]
    #[case::interface("<link rel=\"alternate\" type=\"application/json\" href=\"/wp-json/wp/v2/pages/2\">")]
    #[case::oembed("<link rel=\"alternate\" type=\"application/json+oembed\" href=\"/oembed\">")]
    #[case::no_address("<link rel=\"alternate\" type=\"application/rss+xml\">")]
    #[case::script("<link rel=\"alternate\" type=\"application/rss+xml\" href=\"javascript:alert(1)\">")]
    #[case::file("<link rel=\"alternate\" type=\"application/rss+xml\" href=\"file:///etc/passwd\">")]
    #[case::comment("<!-- <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/a\"> -->")]
    #[case::text("&lt;link rel=\"alternate\" type=\"application/rss+xml\" href=\"/a\">")]
    #[case::nothing("")]
    fn other_links_are_no_feeds(#[case] page: &str) {
        assert_eq!(found(page), []);
    }

    #[test]
    fn each_is_found_once_and_not_without_end() {
        let link = |n: usize| format!("<link rel=alternate type=application/rss+xml href=/{n}>");
        assert_eq!(found(&link(1).repeat(9)).len(), 1);
        let many: String = (0..MAX_FEEDS + 9).map(link).collect();
        assert_eq!(found(&many).len(), MAX_FEEDS);
    }
}
