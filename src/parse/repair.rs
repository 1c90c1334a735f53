//! Repairs of a feed's text: what feed-rs cannot read becomes what it can.
//!
//! Each repair is a rule that was needed by a real feed. They are tried only after the plain text
//! has failed, all at once, and what they changed is told.

use super::xml::{Kind, Tag, Tags};
use crate::domain::Repair;
use std::borrow::Cow;

/// A text after repairs.
pub(super) struct Mended {
    pub(super) text: String,
    pub(super) repairs: Vec<Repair>,
}

/// Applies all repairs that find something to mend.
pub(super) fn mend(text: &str) -> Mended {
    let mut repairs = Vec::new();
    let mut note = |found: Option<String>, repair: Repair, text: &mut Cow<'_, str>| {
        if let Some(found) = found {
            *text = Cow::Owned(found);
            repairs.push(repair);
        }
    };
    let mut mended = Cow::Borrowed(text);
    note(from_root(&mended), Repair::JunkBeforeRoot, &mut mended);
    note(without_controls(&mended), Repair::ControlCharacters, &mut mended);
    note(escaped_ampersands(&mended), Repair::BareAmpersand, &mut mended);
    note(old_names(&mended), Repair::OldNames, &mut mended);
    note(known_namespaces(&mended), Repair::Namespace, &mut mended);
    note(known_version(&mended), Repair::Version, &mut mended);
    Mended { text: mended.into_owned(), repairs }
}

/// A text without byte order mark, leading blanks and XML declaration: it is UTF-8 by now, whatever
/// the declaration says.
pub(super) fn without_prolog(text: &str) -> &str {
    let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c == '\0' || c.is_whitespace());
    let body = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or(text, |(_, body)| body),
        None => text,
    };
    body.trim_start()
}

/// A text without further XML declarations: where one names an encoding in the middle of a document, the parser
/// ends with a panic. In character data the same signs are text and stay.
pub(super) fn without_declarations(text: &str) -> Cow<'_, str> {
    const BEGINS: &str = "<?xml";
    if !text.contains(BEGINS) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        kept.push_str(before);
        let end = if tag.starts_with("<![CDATA[") {
            tag.find("]]>").map_or(tag.len(), |end| end + 3)
        } else if tag.starts_with(BEGINS) {
            // One without an end goes as far as the document does, for every parser.
            let Some(end) = tag.find("?>") else {
                rest = tag;
                break;
            };
            rest = tag.get(end + 2..).unwrap_or_default();
            continue;
        } else {
            1
        };
        kept.push_str(tag.get(..end).unwrap_or_default());
        rest = tag.get(end..).unwrap_or_default();
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

/// Takes the attributes off each tag that is longer than any feed needs: parsers keep every one of them.
pub(super) fn without_long_tags(text: &str) -> Option<String> {
    rewrite(text, |tag| tag.is_long().then(|| written(tag, tag.name, "")))
}

/// Cuts what stands before the feed's root, declarations of encoding included.
fn from_root(text: &str) -> Option<String> {
    let root = Tags::new(text).find(|tag| tag.is_root() && tag.kind == Kind::Open)?;
    let before = text.get(..root.start)?;
    // Comments and declarations may stand there; text and tags may not.
    let junk = !before.trim_start().starts_with('<')
        || Tags::new(before).next().is_some()
        || before.contains("<?xml ");
    (junk && root.start > 0).then(|| text.get(root.start..).unwrap_or_default().to_owned())
}

/// Removes characters that XML 1.0 forbids.
fn without_controls(text: &str) -> Option<String> {
    let forbidden = |c: char| {
        (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    text.contains(forbidden).then(|| text.replace(forbidden, ""))
}

/// Longest name of a reference.
const LONGEST_REFERENCE: usize = 32;

/// Escapes each `&` outside character data that begins no reference, or one to a forbidden character.
fn escaped_ampersands(text: &str) -> Option<String> {
    let mut mended = String::new();
    let mut copied = 0;
    let mut at = 0;
    // Unset once no end of character data is left: the rest need not be searched again.
    let mut data_ends = true;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['&', '<'])) {
        let here = at + found;
        let rest = text.get(here..).unwrap_or_default();
        at = here + 1;
        if rest.starts_with("<![CDATA[") {
            let end = if data_ends { rest.find("]]>") } else { None };
            data_ends = end.is_some();
            at = end.map_or(at, |end| here + end);
        } else if rest.starts_with('&') && !is_reference(rest) {
            mended.push_str(text.get(copied..here).unwrap_or_default());
            mended.push_str("&amp;");
            copied = at;
        }
    }
    if copied == 0 {
        return None;
    }
    mended.push_str(text.get(copied..).unwrap_or_default());
    Some(mended)
}

/// Whether a text begins with a reference that an XML parser takes.
fn is_reference(text: &str) -> bool {
    // No further than a name is long: the rest of the document is not searched for every `&` of it.
    let near = text.bytes().take(LONGEST_REFERENCE + 2).position(|byte| byte == b';');
    let Some(name) = near.and_then(|end| text.get(1..end)).filter(|name| !name.is_empty()) else {
        return false;
    };
    match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            code.ok().and_then(char::from_u32).is_some_and(|c| !c.is_control() || c.is_whitespace())
        }
        None => {
            name.starts_with(char::is_alphabetic)
                && name.chars().all(|c| c.is_alphanumeric() || "_.-:".contains(c))
        }
    }
}

/// Atom 0.3 named its dates otherwise.
fn old_names(text: &str) -> Option<String> {
    const NAMES: [(&str, &str); 3] =
        [("issued", "published"), ("modified", "updated"), ("tagline", "subtitle")];
    let root = Tags::new(text).find(Tag::is_root)?;
    if !root.is("feed") {
        return None;
    }
    rewrite(text, |tag| {
        let (_, new) = NAMES.iter().find(|(old, _)| tag.local() == *old)?;
        let name =
            if tag.prefix().is_empty() { (*new).to_owned() } else { format!("{}:{new}", tag.prefix()) };
        Some(written(tag, &name, tag.attributes))
    })
}

/// Replaces the default namespace of a feed's frame by the one feed-rs knows, and drops what others
/// stand there. RSS 2.0 has no namespace; RDF means RSS 1.0; Atom is Atom.
fn known_namespaces(text: &str) -> Option<String> {
    let root = Tags::new(text).find(Tag::is_root)?;
    let wanted = if root.is("feed") { "http://www.w3.org/2005/Atom" } else { "http://purl.org/rss/1.0/" };
    let root_prefix = root.prefix();
    let rdf = root.is("rdf");
    rewrite(text, |tag| {
        if tag.kind == Kind::Close || !(tag.is_root() || tag.is("channel") || tag.is_item()) {
            return None;
        }
        let mut changed = false;
        let mut attributes = String::new();
        for (name, value) in super::xml::attributes(tag.attributes) {
            let default = name == "xmlns";
            let own = !rdf && !root_prefix.is_empty() && name.strip_prefix("xmlns:") == Some(root_prefix);
            let value = if (default || own) && value != wanted {
                changed = true;
                wanted
            } else {
                value
            };
            let quote = if value.contains('"') { "'" } else { "\"" };
            attributes.extend([" ", name, "=", quote, value, quote]);
        }
        if tag.is_root() && tag.prefix() == "rdf" && tag.attribute("xmlns:rdf").is_none() {
            attributes.push_str(" xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"");
            changed = true;
        }
        changed.then(|| written(tag, tag.name, &attributes))
    })
}

/// Gives an `<rss>` of no or an unknown version the one its items are read by. 0.91 and 0.92 are
/// read by feed-rs as they are.
fn known_version(text: &str) -> Option<String> {
    let root = Tags::new(text).find(Tag::is_root)?;
    if !root.is("rss") || matches!(root.attribute("version"), Some("2.0" | "" | "0.91" | "0.92")) {
        return None;
    }
    rewrite(text, |tag| {
        if tag.kind == Kind::Close || !tag.is("rss") {
            return None;
        }
        let mut attributes = String::from(" version=\"2.0\"");
        for (name, value) in super::xml::attributes(tag.attributes) {
            if !name.eq_ignore_ascii_case("version") {
                attributes.extend([" ", name, "=\"", &value.replace('"', "&quot;"), "\""]);
            }
        }
        Some(written(tag, tag.name, &attributes))
    })
}

/// A tag with another name or other attributes.
fn written(tag: &Tag<'_>, name: &str, attributes: &str) -> String {
    match tag.kind {
        Kind::Open => format!("<{name}{attributes}>"),
        Kind::Empty => format!("<{name}{attributes}/>"),
        Kind::Close => format!("</{name}>"),
    }
}

/// The text with the tags replaced for which `change` gives another; `None` where it gives none.
fn rewrite(text: &str, mut change: impl FnMut(&Tag<'_>) -> Option<String>) -> Option<String> {
    let mut rewritten = String::new();
    let mut copied = 0;
    for tag in Tags::new(text) {
        if let Some(new) = change(&tag) {
            rewritten.push_str(text.get(copied..tag.start)?);
            rewritten.push_str(&new);
            copied = tag.end;
        }
    }
    if copied == 0 {
        return None;
    }
    rewritten.push_str(text.get(copied..)?);
    Some(rewritten)
}
