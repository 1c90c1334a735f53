//! A list of the configured feeds, as OPML 2.0.

use crate::domain::{Source, SourceForm};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io;

/// Whether other programs can read a source.
pub(super) fn is_feed(source: &Source) -> bool {
    matches!(source.form, SourceForm::Feed)
}

/// The list, with each feed's first address.
pub(super) fn write(feeds: &[&Source]) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let opml = BytesStart::new("opml").with_attributes([("version", "2.0")]);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Start(opml))?;
    writer.write_event(Event::Start(BytesStart::new("head")))?;
    writer.write_event(Event::Start(BytesStart::new("title")))?;
    writer.write_event(Event::Text(BytesText::new("sanctionwatch: sources")))?;
    writer.write_event(Event::End(BytesEnd::new("title")))?;
    writer.write_event(Event::End(BytesEnd::new("head")))?;
    writer.write_event(Event::Start(BytesStart::new("body")))?;
    for source in feeds {
        let Some(address) = source.addresses.first() else { continue };
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
        writer.write_event(Event::Empty(outline))?;
    }
    writer.write_event(Event::End(BytesEnd::new("body")))?;
    writer.write_event(Event::End(BytesEnd::new("opml")))?;
    let mut list = writer.into_inner();
    list.push(b'\n');
    Ok(list)
}
