//! The tags of an XML document, well-formed or not, in linear time.
//!
//! Owns: knowing where items stand. It asks nothing of the document: what is no tag is passed over.

/// Most bytes of a tag's attributes; roots with all their namespaces have some 2,000.
const MAX_ATTRIBUTES_BYTES: usize = 64 * 1024;

/// What kind of tag it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Close,
    Empty,
}

/// A tag and its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    pub(super) kind: Kind,
    /// The name with its prefix, as written.
    pub(super) name: &'a str,
    /// What stands between name and `>`.
    pub(super) attributes: &'a str,
    /// Where its `<` stands.
    pub(super) start: usize,
    /// Where the text behind its `>` begins.
    pub(super) end: usize,
}

impl<'a> Tag<'a> {
    /// The name without its prefix.
    pub(super) fn local(&self) -> &'a str {
        self.name.rsplit(':').next().unwrap_or(self.name)
    }

    /// The prefix; empty where there is none.
    pub(super) fn prefix(&self) -> &'a str {
        self.name.rsplit_once(':').map_or("", |(prefix, _)| prefix)
    }

    /// Whether its local name is this one, in any case.
    pub(super) fn is(&self, local: &str) -> bool {
        self.local().eq_ignore_ascii_case(local)
    }

    /// Whether it belongs to an item of a feed.
    pub(super) fn is_item(&self) -> bool {
        self.is("item") || self.is("entry")
    }

    /// Whether it is a feed's root.
    pub(super) fn is_root(&self) -> bool {
        ["rss", "feed", "rdf"].iter().any(|name| self.is(name))
    }

    /// Whether its attributes are longer than any feed needs.
    pub(super) fn is_long(&self) -> bool {
        self.attributes.len() > MAX_ATTRIBUTES_BYTES
    }

    /// An attribute's value as written.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        attributes(self.attributes)
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// Names and values of a tag's attributes.
pub(super) fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after.get(1..)?.split_once(quote)?;
        rest = after;
        Some((name.trim(), value))
    })
}

/// The tags of a document in order; comments, declarations and character data are passed over.
pub(super) struct Tags<'a> {
    text: &'a str,
    at: usize,
    /// Unset once no end of a comment is left: the rest need not be searched again.
    comments_end: bool,
    data_ends: bool,
}

impl<'a> Tags<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, comments_end: true, data_ends: true }
    }

    /// Passes over what begins with `start`, up to its `end` where it has one.
    fn pass(&mut self, from: usize, start: &str, end: &str, ends: bool) -> bool {
        let body = from + start.len();
        let found = if ends { self.text.get(body..).and_then(|rest| rest.find(end)) } else { None };
        self.at = found.map_or(body, |length| body + length + end.len());
        found.is_some()
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let start = self.at + self.text.get(self.at..)?.find('<')?;
            let rest = self.text.get(start..)?;
            if rest.starts_with("<!--") {
                self.comments_end = self.pass(start, "<!--", "-->", self.comments_end);
                continue;
            }
            if rest.starts_with("<![CDATA[") {
                self.data_ends = self.pass(start, "<![CDATA[", "]]>", self.data_ends);
                continue;
            }
            let (kind, body_start) =
                if rest.starts_with("</") { (Kind::Close, start + 2) } else { (Kind::Open, start + 1) };
            let body = self.text.get(body_start..)?;
            let name_length =
                body.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<')).unwrap_or(body.len());
            let name = body.get(..name_length)?;
            if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
                self.at = body_start;
                continue;
            }
            let after_name = body_start + name_length;
            let (length, closed) = tag_length(self.text.get(after_name..)?);
            let attributes = self.text.get(after_name..after_name + length)?;
            let kind = if kind == Kind::Open && attributes.ends_with('/') { Kind::Empty } else { kind };
            let attributes = attributes.trim_end_matches('/');
            self.at = after_name + length + usize::from(closed);
            return Some(Tag { kind, name, attributes, start, end: self.at });
        }
    }
}

/// How far a tag reaches, counted from its name, and whether a `>` ends it. A `<` ends it too: a
/// value cannot hold one, so a quotation mark before it was never closed.
fn tag_length(text: &str) -> (usize, bool) {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (byte, quote) {
            (b'<', _) => return (at, false),
            (b'>', None) => return (at, true),
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if open == byte => quote = None,
            _ => {}
        }
    }
    (text.len(), false)
}

/// What a document looks like before it is parsed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// How many items or entries begin in it.
    pub(super) items: usize,
    /// Whether it has a feed's root, or items without one.
    pub(super) feed: bool,
    /// Whether it is a page.
    pub(super) html: bool,
    /// Whether a tag is longer than any feed needs.
    pub(super) long_tag: bool,
    /// Where the first item beyond the limit begins, and what closes the elements open there.
    pub(super) cut: Option<(usize, String)>,
}

/// Looks a document over; counts items up to `max_items` and notes where to cut it beyond that.
pub(super) fn survey(text: &str, max_items: usize) -> Survey {
    let mut survey = Survey::default();
    let mut root = false;
    // The feed's frame: root and channel. Deeper elements are closed where an item begins.
    let mut frame: Vec<&str> = Vec::new();
    for tag in Tags::new(text) {
        survey.long_tag |= tag.is_long();
        let framing = tag.is_root() || tag.is("channel");
        match tag.kind {
            Kind::Open if framing => {
                root |= tag.is_root();
                if frame.len() < 8 {
                    frame.push(tag.name);
                }
            }
            Kind::Close if framing => {
                if let Some(at) = frame.iter().rposition(|name| *name == tag.name) {
                    frame.truncate(at);
                }
            }
            Kind::Empty if framing => root |= tag.is_root(),
            Kind::Open if tag.is_item() => {
                if survey.items == max_items {
                    let close: String = frame.iter().rev().flat_map(|name| ["</", name, ">"]).collect();
                    survey.cut = Some((tag.start, close));
                    break;
                }
                survey.items += 1;
            }
            Kind::Open if !root => survey.html |= ["html", "head", "body"].iter().any(|name| tag.is(name)),
            _ => {}
        }
    }
    survey.feed = root || (survey.items > 0 && !survey.html);
    survey
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        Tags::new(text)
            .map(|tag| format!("{:?} {} [{}]", tag.kind, tag.name, tag.attributes.trim()))
            .collect()
    }

    #[test]
    fn tags_of_sound_and_broken_documents() {
        assert_eq!(
            names(
                "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a '<b>'>]><a:B c='d>e'/><!-- <x> --><y z=\"1\">< 3 </y >"
            ),
            ["Open b []", "Empty a:B [c='d>e']", "Open y [z=\"1\"]", "Close y []"]
        );
        assert_eq!(names("<![CDATA[<item>]]><item><![CDATA[<x>"), ["Open item []", "Open x []"]);
        assert_eq!(names("<a b=\"c><d>e<f"), ["Open a [b=\"c>]", "Open d []", "Open f []"]);
    }

    #[test]
    fn attributes_in_either_quotation() {
        let found: Vec<_> = attributes(" a = \"1\" xml:b='2 = 3' c").collect();
        assert_eq!(found, [("a", "1"), ("xml:b", "2 = 3")]);
    }

    #[test]
    fn items_are_counted_and_cut() {
        let text = "<rss><channel><item/><ITEM></ITEM><x:entry>1</x:entry><items></items><item>2</item></channel></rss>";
        assert_eq!(survey(text, 9), Survey { items: 3, feed: true, ..Survey::default() });
        let cut = survey(text, 2).cut;
        assert_eq!(cut, text.find("<item>2").map(|at| (at, "</channel></rss>".to_owned())));
        assert!(survey("<html><body><p>x</p></body></html>", 9).html);
        assert!(!survey("<html><body><item>x</item></body></html>", 9).feed);
    }

    #[test]
    fn hostile_documents_take_linear_time() {
        for part in ["<!--", "<![CDATA[", "<a b=\"", "<!<!", "<a ", "</"] {
            let text = part.repeat(1_000_000 / part.len());
            assert_eq!(survey(&text, 10).items, 0, "{part}");
        }
    }
}
