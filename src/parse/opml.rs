//! OPML: lists of feeds that readers of news exchange.
//!
//! Programs write it with bare ampersands, without end tags and cut off; what stands before a fault is
//! kept, and the fault is told. Entities of a document's own are not expanded.

use super::decode;
use crate::domain::{Actor, Language};
use crate::text::one_line;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;

/// Most outlines read from one document.
const MAX_OUTLINES: usize = 10_000;
/// Most folders within each other; nobody has more than five.
const MAX_DEPTH: usize = 64;
/// Most attributes read of one outline.
const MAX_ATTRIBUTES: usize = 64;
/// Most characters of a title or a folder's name.
const MAX_TITLE_CHARS: usize = 200;
/// Most bytes of an address.
const MAX_ADDRESS_BYTES: usize = 4_096;

/// A feed as a list names it; nothing of it is checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// How the list calls it; one line, may be empty.
    pub title: String,
    /// Its address as written; `None`: a note, or a link to something else.
    pub address: Option<String>,
    /// Its language, where that is said.
    pub language: Option<Language>,
    /// In whose name it acts, where the list says so by a code that there is: `speaksFor`, with the prefix of a
    /// namespace or without.
    pub speaks_for: Option<Actor>,
    /// The names of the folders it lies in, outermost first, with ` / ` between them.
    pub folder: String,
}

/// What a list holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outlines {
    /// Everything in it that is no folder, in its order.
    pub outlines: Vec<Outline>,
    /// Why the rest could not be read, where there is a rest.
    pub broken: Option<String>,
}

/// Reads a list; `None` where it is no OPML at all.
#[must_use]
pub fn outlines(body: &[u8]) -> Option<Outlines> {
    let text = decode::feed(body, None);
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut found = Outlines::default();
    let mut is_opml = false;
    let mut open: Vec<Open> = Vec::new();
    loop {
        if found.outlines.len() >= MAX_OUTLINES {
            found.broken = Some(format!("more than {MAX_OUTLINES} outlines"));
            break;
        }
        match reader.read_event() {
            Ok(Event::Start(tag)) if is(tag.local_name().as_ref(), "outline") => {
                let outline = outline(&tag, &open);
                if let Some(around) = open.last_mut() {
                    around.is_folder = true;
                }
                if outline.address.is_some() {
                    found.outlines.push(outline.clone());
                }
                if open.len() < MAX_DEPTH {
                    open.push(Open { outline, is_folder: false });
                } else {
                    found.broken = Some(format!("folders within each other more than {MAX_DEPTH} times"));
                    break;
                }
            }
            Ok(Event::Empty(tag)) if is(tag.local_name().as_ref(), "outline") => {
                let outline = outline(&tag, &open);
                if let Some(around) = open.last_mut() {
                    around.is_folder = true;
                }
                found.outlines.push(outline);
            }
            Ok(Event::End(tag)) if is(tag.local_name().as_ref(), "outline") => {
                found.outlines.extend(open.pop().and_then(Open::into_note));
            }
            Ok(Event::Start(tag)) => is_opml |= is(tag.local_name().as_ref(), "opml"),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                found.broken = Some(one_line(&error.to_string(), MAX_TITLE_CHARS));
                break;
            }
        }
    }
    if found.broken.is_none() && !open.is_empty() {
        found.broken = Some("it ends within an outline".to_owned());
    }
    (is_opml || !found.outlines.is_empty()).then_some(found)
}

/// An outline whose end tag has not come yet.
struct Open {
    outline: Outline,
    is_folder: bool,
}

impl Open {
    /// What it is worth once it ended: a feed was taken before, a folder is its feeds.
    fn into_note(self) -> Option<Outline> {
        (!self.is_folder && self.outline.address.is_none()).then_some(self.outline)
    }
}

fn is(name: &str, expected: &str) -> bool {
    name.eq_ignore_ascii_case(expected)
}

fn outline(tag: &BytesStart<'_>, open: &[Open]) -> Outline {
    let mut attributes = tag.attributes();
    // Comparing each attribute with all before it is quadratic; the first of two counts.
    attributes.with_checks(false);
    let (mut text, mut title, mut address, mut language, mut speaks_for) = (None, None, None, None, None);
    for attribute in attributes.take(MAX_ATTRIBUTES).filter_map(Result::ok) {
        let slot = match attribute.key.local_name().as_ref() {
            name if is(name, "text") => &mut text,
            name if is(name, "title") => &mut title,
            name if is(name, "xmlurl") => &mut address,
            name if is(name, "language") => &mut language,
            name if is(name, "speaksfor") => &mut speaks_for,
            _ => continue,
        };
        slot.get_or_insert_with(|| unescaped(&attribute.value));
    }
    let title = [title, text]
        .into_iter()
        .flatten()
        .map(|title| one_line(&title, MAX_TITLE_CHARS))
        .find(|title| !title.is_empty())
        .unwrap_or_default();
    let address = address.map(|address| address.trim().to_owned());
    let names: Vec<&str> =
        open.iter().map(|folder| folder.outline.title.as_str()).filter(|name| !name.is_empty()).collect();
    Outline {
        title,
        address: address.filter(|address| !address.is_empty() && address.len() <= MAX_ADDRESS_BYTES),
        language: language.and_then(|code| super::language(&code)),
        speaks_for: speaks_for.and_then(|code| code.trim().parse().ok()),
        folder: one_line(&names.join(" / "), MAX_TITLE_CHARS),
    }
}

/// A value without its references; one with bare ampersands is read as it was meant.
fn unescaped(raw: &str) -> String {
    quick_xml::escape::unescape(raw).map_or_else(|_| raw.replace("&amp;", "&"), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const LIST: &str = r#"<?xml version="1.0" encoding="UTF-8"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News &amp; more"><outline text="Europe">
  <outline type="rss" text="Wire" title="The Wire" xmlUrl="https://a.example/rss?x=1&amp;y=2" language="de-AT"/>
</outline><outline text="Bare" XMLURL=" https://b.example/?a=1&b=2 "></outline></outline>
<outline text="A note"/><outline text="Another"></outline>
<outline xmlUrl="https://c.example/"/></body></opml>"#;

    fn found(text: &str) -> Vec<(String, String, String)> {
        let found = outlines(text.as_bytes()).unwrap();
        found
            .outlines
            .into_iter()
            .map(|outline| (outline.folder, outline.title, outline.address.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn feeds_are_read_with_their_folders() {
        let row = |folder: &str, title: &str, address: &str| {
            (folder.to_owned(), title.to_owned(), address.to_owned())
        };
        assert_eq!(
            found(LIST),
            [
                row("News & more / Europe", "The Wire", "https://a.example/rss?x=1&y=2"),
                row("News & more", "Bare", "https://b.example/?a=1&b=2"),
                row("", "A note", ""),
                row("", "Another", ""),
                row("", "", "https://c.example/"),
            ]
        );
        let read = outlines(LIST.as_bytes()).unwrap();
        assert_eq!((read.outlines[0].language, read.broken), ("de".parse().ok(), None));
    }

    #[rstest]
    #[case::nothing("")]
    #[case::a_page("<!DOCTYPE html><html><body><p>Sign in</body></html>")]
    #[case::a_feed("<rss version='2.0'><channel><title>x</title></channel></rss>")]
    #[case::words("xmlUrl=https://a.example/")]
    fn other_documents_are_no_lists(#[case] text: &str) {
        assert_eq!(outlines(text.as_bytes()), None);
    }

    #[test]
    fn what_stands_before_a_fault_is_kept() {
        let read = outlines(br#"<opml><body><outline xmlUrl="https://a.example/"/><outline xml"#).unwrap();
        assert_eq!(read.outlines.len(), 1);
        assert!(read.broken.is_some());
        let read =
            outlines(br#"<opml><body><outline text="F"><outline xmlUrl="https://a.example/"/>"#).unwrap();
        assert_eq!((read.outlines.len(), read.broken.as_deref()), (1, Some("it ends within an outline")));
    }

    #[test]
    fn hostile_lists_end() {
        let many =
            format!("<opml>{}</opml>", "<outline xmlUrl='https://a.example/'/>".repeat(MAX_OUTLINES + 5));
        let read = outlines(many.as_bytes()).unwrap();
        assert_eq!((read.outlines.len(), read.broken.is_some()), (MAX_OUTLINES, true));
        let deep = format!("<opml>{}", "<outline text='x'>".repeat(100_000));
        assert!(outlines(deep.as_bytes()).unwrap().broken.unwrap().contains("within each other"));
        let attributes: Vec<String> = (0..100_000).map(|n| format!("a{n}='1'")).collect();
        let wide = format!("<opml><outline {} xmlUrl='https://a.example/'/></opml>", attributes.join(" "));
        assert_eq!(outlines(wide.as_bytes()).unwrap().outlines[0].address, None);
        let laughs = "<!DOCTYPE o [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><opml><outline text='&b;' xmlUrl='&b;'/></opml>";
        assert_eq!(found(laughs), [(String::new(), "&b;".to_owned(), "&b;".to_owned())]);
        let long = format!(
            "<opml><outline text='{0}\u{1b}[31m' xmlUrl='https://a.example/{0}'/></opml>",
            "x".repeat(9_000)
        );
        let read = outlines(long.as_bytes()).unwrap();
        assert_eq!(
            (read.outlines[0].title.chars().count(), &read.outlines[0].address),
            (MAX_TITLE_CHARS, &None)
        );
    }
}
