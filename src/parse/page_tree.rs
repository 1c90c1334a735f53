//! A page's tree, built only where that is no burden.
//!
//! html5ever takes quadratic time for deep nesting and for many attributes on one element (512 KB of
//! `<ul><li>`: half a minute). So a page is looked over before its tree is built, and the building
//! itself runs in small steps against a stop watch: whatever the looking over missed ends there.

use super::error::ParseError;
use crate::text::markup::{Piece, Pieces};
use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::TreeSink;
use scraper::{Html, HtmlTreeSink};
use std::time::{Duration, Instant};

/// Most bytes of a page. Listings have some 100 KB; a megabyte is a page full of scripts.
pub const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;
/// Most elements within each other; browsers stop at the same number.
pub(super) const MAX_DEPTH: usize = 512;
/// Most attributes of one element.
pub(super) const MAX_ATTRIBUTES: usize = 256;
/// Most time for building a tree; 4 MiB of honest page take a tenth of that without optimisation.
const MAX_TIME: Duration = Duration::from_secs(10);
/// How much is handed to the tree builder between two looks at the watch.
const STEP_BYTES: usize = 4 * 1024;

/// The tree of a page, for selectors.
pub(super) fn build(text: &str) -> Result<Html, ParseError> {
    build_in(HtmlTreeSink::new(Html::new_document()), text)
}

/// The tree of a page, as another program's tree.
pub(super) fn build_in<S: TreeSink>(sink: S, text: &str) -> Result<S::Output, ParseError> {
    look_over(text)?;
    let started = Instant::now();
    let mut parser = parse_document(sink, ParseOpts::default());
    let mut rest = text;
    while !rest.is_empty() {
        let mut length = rest.len().min(STEP_BYTES);
        while !rest.is_char_boundary(length) {
            length += 1;
        }
        let (step, after) = rest.split_at(length);
        parser.process(StrTendril::from_slice(step));
        rest = after;
        if started.elapsed() > MAX_TIME {
            return Err(ParseError::PageTooSlow { seconds: MAX_TIME.as_secs() });
        }
    }
    Ok(parser.finish())
}

/// Refuses a page by its size, its depth or the attributes of one of its elements.
fn look_over(text: &str) -> Result<(), ParseError> {
    if text.len() > MAX_PAGE_BYTES {
        return Err(ParseError::PageTooLarge { bytes: text.len(), limit: MAX_PAGE_BYTES });
    }
    let mut open: Vec<&str> = Vec::new();
    for piece in Pieces::new(text) {
        match piece {
            Piece::Open(tag) => {
                if tag.attribute_count > MAX_ATTRIBUTES {
                    return Err(ParseError::TooManyAttributes { limit: MAX_ATTRIBUTES });
                }
                while open.last().is_some_and(|last| ends(tag.name, last)) {
                    open.pop();
                }
                if !tag.empty {
                    open.push(tag.name);
                }
                if open.len() > MAX_DEPTH {
                    return Err(ParseError::PageTooDeep { limit: MAX_DEPTH });
                }
            }
            Piece::Close { name, .. } => {
                if let Some(at) = open.iter().rposition(|open| open.eq_ignore_ascii_case(name)) {
                    open.truncate(at);
                }
            }
            Piece::Text(_) | Piece::Raw { .. } => {}
        }
    }
    Ok(())
}

/// Whether an element's start ends the one before it without an end tag, as most hand-written lists
/// and tables rely on.
fn ends(new: &str, open: &str) -> bool {
    let ended: &[&str] = match new.to_ascii_lowercase().as_str() {
        "li" => &["li", "p"],
        "p" | "div" | "ul" | "ol" | "table" => &["p"],
        "dt" | "dd" => &["dt", "dd", "p"],
        "option" => &["option"],
        "td" | "th" => &["td", "th", "p"],
        "tr" => &["tr", "td", "th", "p"],
        "tbody" | "tfoot" => &["tbody", "thead", "tr", "td", "th", "p"],
        _ => &[],
    };
    ended.iter().any(|name| name.eq_ignore_ascii_case(open))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn burdens_are_refused_before_the_tree() {
        assert_eq!(
            build(&"<ul><li>".repeat(64 * 1024)).err(),
            Some(ParseError::PageTooDeep { limit: MAX_DEPTH })
        );
        let attributes = (0..300).map(|n| format!("a{n}=1")).collect::<Vec<_>>().join(" ");
        assert_eq!(
            build(&format!("<p {attributes}>x")).err(),
            Some(ParseError::TooManyAttributes { limit: MAX_ATTRIBUTES })
        );
        let bytes = MAX_PAGE_BYTES + 1;
        assert_eq!(
            build(&" ".repeat(bytes)).err(),
            Some(ParseError::PageTooLarge { bytes, limit: MAX_PAGE_BYTES })
        );
    }

    #[test]
    fn honest_pages_without_end_tags_are_read() {
        for part in [
            "<li>a",
            "<p>a",
            "<tr><td>a<td>b",
            "<dt>a<dd>b",
            "<option>a",
            "<br>",
            "<img src=a>",
            "<div>a</div>",
        ] {
            assert!(build(&part.repeat(2_000)).is_ok(), "{part}");
        }
    }
}
