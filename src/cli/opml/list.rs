//! A list of the configured feeds, as OPML 2.0.

use crate::domain::{Address, Source, SourceForm};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io;
use url::Url;

/// The names of attributes that are ours, as OPML 2.0 wants them told from its own.
const NAMESPACE: (&str, &str) = ("xmlns:sanctionwatch", "urn:sanctionwatch:opml");

/// Whether other programs can read a source.
pub(super) fn is_feed(source: &Source) -> bool {
    feed(source).is_some()
}

/// A source's first feed.
fn feed(source: &Source) -> Option<&Url> {
    let is_feed = |address: &&Address| matches!(*address.form, SourceForm::Feed);
    source.addresses.iter().find(is_feed).map(|address| &address.url)
}

/// A source's addresses that a list has no room for: an outline holds one.
pub(super) fn left_behind(source: &Source) -> impl Iterator<Item = &Url> {
    let first = feed(source);
    source.addresses.iter().map(|address| &address.url).filter(move |url| Some(*url) != first)
}

/// The list, with each source's first feed.
pub(super) fn write(feeds: &[&Source]) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let opml = BytesStart::new("opml").with_attributes([("version", "2.0"), NAMESPACE]);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Start(opml))?;
    writer.write_event(Event::Start(BytesStart::new("head")))?;
    writer.write_event(Event::Start(BytesStart::new("title")))?;
    writer.write_event(Event::Text(BytesText::new("sanctionwatch: sources")))?;
    writer.write_event(Event::End(BytesEnd::new("title")))?;
    writer.write_event(Event::End(BytesEnd::new("head")))?;
    writer.write_event(Event::Start(BytesStart::new("body")))?;
    for source in feeds {
        let Some(address) = feed(source) else { continue };
        let name = source.name.as_str();
        let mut outline = BytesStart::new("outline").with_attributes([
            ("type", "rss"),
            ("text", name),
            ("title", name),
            ("xmlUrl", address.as_str()),
        ]);
        if let Some(language) = source.language {
            outline.push_attribute(("language", language.to_string().as_str()));
        }
        if let Some(actor) = source.speaks_for {
            outline.push_attribute(("sanctionwatch:speaksFor", actor.code()));
        }
        writer.write_event(Event::Empty(outline))?;
    }
    writer.write_event(Event::End(BytesEnd::new("body")))?;
    writer.write_event(Event::End(BytesEnd::new("opml")))?;
    let mut list = writer.into_inner();
    list.push(b'\n');
    Ok(list)
}
