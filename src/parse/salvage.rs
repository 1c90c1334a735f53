//! Items read one by one out of a feed that no XML parser takes: cut off, mis-nested, in capitals.
//!
//! It knows nothing of XML but tags. Of an item's children the first with a known name and an end is
//! taken, whatever its prefix's namespace was meant to be; a child without its end is no field, so a
//! title cut in the middle is not reported as a title.

use super::xml::{Kind, Tag, Tags};
use super::{MAX_ENTRIES, RawEntry, date};
use std::collections::HashMap;

/// Most bytes of one item that are looked at.
const MAX_ITEM_BYTES: usize = 512 * 1024;

/// The items of a text, at most as many as are read.
pub(super) fn items(text: &str) -> Vec<RawEntry> {
    slices(text).into_iter().map(item).collect()
}

/// What stands between the start of each item and its end: its end tag, the next item's start, or
/// the end of the text.
fn slices(text: &str) -> Vec<&str> {
    let mut slices = Vec::new();
    let mut open: Option<Tag<'_>> = None;
    for tag in Tags::new(text).filter(Tag::is_item) {
        // Items of one feed have one name; others by that name belong to extensions.
        if open.is_some_and(|open| !open.name.eq_ignore_ascii_case(tag.name)) {
            continue;
        }
        if let Some(open) = open.take() {
            slices.push(text.get(open.end..tag.start).unwrap_or_default());
        }
        if slices.len() >= MAX_ENTRIES {
            return slices;
        }
        if tag.kind == Kind::Open {
            open = Some(tag);
        }
    }
    if let Some(open) = open {
        slices.push(text.get(open.end..).unwrap_or_default());
    }
    slices
}

/// Fields of an item, each with the rank of where it came from; a lower rank is better.
#[derive(Default)]
struct Fields<'a> {
    title: Option<(u8, &'a str)>,
    summary: Option<(u8, &'a str)>,
    date: Option<(u8, &'a str)>,
    link: Option<(u8, &'a str)>,
    guid: Option<(u8, &'a str)>,
}

fn item(slice: &str) -> RawEntry {
    let mut end = slice.len().min(MAX_ITEM_BYTES);
    while !slice.is_char_boundary(end) {
        end -= 1;
    }
    let slice = slice.get(..end).unwrap_or_default();
    let tags: Vec<Tag<'_>> = Tags::new(slice).collect();
    let mut ends: HashMap<String, Vec<usize>> = HashMap::new();
    for tag in tags.iter().filter(|tag| tag.kind == Kind::Close) {
        ends.entry(tag.name.to_ascii_lowercase()).or_default().push(tag.start);
    }
    let mut fields = Fields::default();
    let mut passed = 0;
    for tag in tags.iter().filter(|tag| tag.kind != Kind::Close) {
        if tag.start < passed {
            continue;
        }
        if tag.kind == Kind::Empty {
            fields.note(tag, "");
            continue;
        }
        let found = ends.get(&tag.name.to_ascii_lowercase()).and_then(|ends| {
            let after = ends.partition_point(|end| *end < tag.end);
            ends.get(after).copied()
        });
        if let Some(end) = found {
            fields.note(tag, slice.get(tag.end..end).unwrap_or_default());
            if !(tag.prefix() == "media" && tag.is("group")) {
                passed = end;
            }
        } else {
            // `<link href="…">` without an end still says where it leads.
            fields.note(tag, "");
        }
    }
    fields.entry()
}

impl<'a> Fields<'a> {
    /// Takes a child's content where its name is one of ours and nothing better was found.
    fn note(&mut self, tag: &Tag<'a>, content: &'a str) {
        let name = tag.local().to_ascii_lowercase();
        match (tag.prefix().to_ascii_lowercase().as_str(), name.as_str()) {
            // What is said of a film or a broadcast stands in where the item itself says nothing.
            ("media", "description") | ("itunes", "summary") => {
                stand_in(&mut self.summary, content);
                return;
            }
            ("media" | "itunes", "title") => {
                stand_in(&mut self.title, content);
                return;
            }
            // A group is no field itself: its children are looked at in turn.
            ("media" | "itunes" | "podcast" | "georss", _) => return,
            _ => {}
        }
        let (field, rank) = match name.as_str() {
            "title" => (&mut self.title, 0),
            "description" | "summary" | "abstract" => (&mut self.summary, 0),
            "encoded" | "content" | "body" => (&mut self.summary, 1),
            "published" | "pubdate" | "issued" => (&mut self.date, 0),
            "date" | "created" => (&mut self.date, 1),
            "updated" | "modified" => (&mut self.date, 2),
            "guid" | "id" => (&mut self.guid, 0),
            "link" => {
                let own = tag.attribute("rel").is_none_or(|rel| rel.eq_ignore_ascii_case("alternate"));
                let target =
                    Some(content).filter(|text| !text.trim().is_empty()).or_else(|| tag.attribute("href"));
                if let Some(target) = target.filter(|_| own && self.link.is_none()) {
                    self.link = Some((0, target));
                }
                return;
            }
            _ => return,
        };
        if !content.trim().is_empty() && field.is_none_or(|(known, _)| rank < known) {
            *field = Some((rank, content));
        }
    }

    fn entry(self) -> RawEntry {
        let text = |field: Option<(u8, &str)>| field.map(|(_, text)| unwrapped(text));
        RawEntry {
            guid: text(self.guid).map(|guid| crate::text::plain(&guid, super::MAX_GUID_CHARS)),
            link: text(self.link).map(|link| crate::text::plain(&link, super::MAX_URL_BYTES)),
            title: text(self.title).unwrap_or_default(),
            summary: text(self.summary).unwrap_or_default(),
            published: text(self.date).and_then(|text| date::read(&text)),
            language: None,
        }
    }
}

/// Fills a field that nothing has filled, until something better does.
fn stand_in<'a>(field: &mut Option<(u8, &'a str)>, content: &'a str) {
    if field.is_none() && !content.trim().is_empty() {
        *field = Some((3, content));
    }
}

/// A field's content without the marks of character data; references stay for the text stage.
fn unwrapped(content: &str) -> String {
    content.replace("<![CDATA[", "").replace("]]>", "")
}
