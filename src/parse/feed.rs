//! RSS, RDF, Atom and JSON Feed: feed-rs first, repairs next, item by item last.

use super::error::ParseError;
use super::taken::Taken;
use super::xml::{self, Tags};
use super::{MAX_ENTRIES, Parsed, Place, RawEntry, date, language, nature, pace, repair, salvage};
use crate::domain::{Asked, Language, Repair};
use crate::text::one_line;
use feed_rs::model;
use jiff::Timestamp;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::SystemTime;

/// Most characters of a foreign text in an error.
const MAX_DETAIL_CHARS: usize = 160;
/// How many tags from the top may declare the feed's language.
const LANGUAGE_TAGS: usize = 60;

/// Reads a feed's text.
pub(super) fn read(text: &str, place: &Place<'_>) -> Result<Parsed, ParseError> {
    let text = repair::without_prolog(text);
    match text.chars().next() {
        None => Err(ParseError::Empty),
        Some('{' | '[') => read_json(text, place),
        Some(_) => read_xml(text, place).map(|parsed| Parsed { asked: pace::asked(text), ..parsed }),
    }
}

fn read_json(text: &str, place: &Place<'_>) -> Result<Parsed, ParseError> {
    let other = |detail: String| ParseError::OtherJson { detail: one_line(&detail, MAX_DETAIL_CHARS) };
    if !text.starts_with('{') {
        return Err(other("a list".to_owned()));
    }
    let feed = parse(text, place).map_err(|failure| other(failure.detail))?;
    let declared = feed.language.as_deref().and_then(language);
    Ok(finish(raw(feed), Vec::new(), declared, place))
}

fn read_xml(text: &str, place: &Place<'_>) -> Result<Parsed, ParseError> {
    let survey = xml::survey(text, MAX_ENTRIES);
    if !survey.feed {
        return Err(if survey.html {
            ParseError::HtmlPage { title: nature::title(text) }
        } else {
            ParseError::NotAFeed { start: one_line(text, 80) }
        });
    }
    let mut repairs = Vec::new();
    let text = match survey.cut {
        Some((at, close)) => {
            repairs.push(Repair::TooManyEntries);
            Cow::Owned(format!("{}{close}", text.get(..at).unwrap_or_default()))
        }
        None => Cow::Borrowed(text),
    };
    let text = match survey.long_tag.then(|| repair::without_long_tags(&text)).flatten() {
        Some(shortened) => {
            repairs.push(Repair::LongTag);
            Cow::Owned(shortened)
        }
        None => text,
    };
    let declared = declared_language(&text);
    let failure = match parse(&text, place) {
        Ok(feed) if survey.items == 0 || !feed.entries.is_empty() => {
            let declared = feed.language.as_deref().and_then(language).or(declared);
            let entries = completed(raw(feed), &text, &mut repairs);
            return kept(finish(entries, repairs, declared, place), survey.items);
        }
        Ok(_) => Failure { detail: "no entries".to_owned(), panicked: false },
        Err(failure) => failure,
    };
    if failure.panicked {
        repairs.push(Repair::ParserPanic);
    }
    let mended = repair::mend(&text);
    if !mended.repairs.is_empty()
        && let Ok(feed) = parse(&mended.text, place)
        && (survey.items == 0 || !feed.entries.is_empty())
    {
        repairs.extend(mended.repairs);
        let declared = feed.language.as_deref().and_then(language).or(declared);
        let entries = completed(raw(feed), &mended.text, &mut repairs);
        return kept(finish(entries, repairs, declared, place), survey.items);
    }
    if survey.items == 0 {
        return Err(ParseError::Broken { detail: failure.detail });
    }
    repairs.push(Repair::ItemByItem);
    let parsed = finish(salvage::items(&text), repairs, declared, place);
    if parsed.entries.is_empty() {
        return Err(ParseError::EntriesLost { items: survey.items, detail: failure.detail });
    }
    Ok(parsed)
}

/// Refuses a reading in which items stand and none has anything to say.
fn kept(parsed: Parsed, items: usize) -> Result<Parsed, ParseError> {
    if items > 0 && parsed.entries.is_empty() {
        let detail = "no title and no summary in any".to_owned();
        return Err(ParseError::EntriesLost { items, detail });
    }
    Ok(parsed)
}

/// Cleans the entries and bounds their number.
fn finish(
    raw: Vec<RawEntry>,
    mut repairs: Vec<Repair>,
    declared: Option<Language>,
    place: &Place<'_>,
) -> Parsed {
    if raw.len() > MAX_ENTRIES {
        repairs.push(Repair::TooManyEntries);
    }
    let mut taken = Taken::new(place);
    raw.into_iter().take(MAX_ENTRIES).for_each(|raw| taken.take(Some(raw)));
    let Taken { entries, passed_over, .. } = taken;
    Parsed { entries, repairs, language: declared, asked: Asked::default(), passed_over }
}

/// Why feed-rs gave nothing.
struct Failure {
    detail: String,
    panicked: bool,
}

/// Hands a text to feed-rs: no invented ids, our dates, no sanitising (markup becomes text here).
fn parse(text: &str, place: &Place<'_>) -> Result<model::Feed, Failure> {
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(place.base.as_str()))
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(|text| {
            date::read(text).and_then(|time| SystemTime::try_from(time).ok()).map(Into::into)
        })
        .sanitize_content(false)
        .build();
    let text = repair::without_declarations(text);
    match catch_unwind(AssertUnwindSafe(|| parser.parse(text.as_bytes()))) {
        Ok(Ok(feed)) => Ok(feed),
        Ok(Err(error)) => {
            Err(Failure { detail: one_line(&error.to_string(), MAX_DETAIL_CHARS), panicked: false })
        }
        Err(_) => Err(Failure { detail: "the parser panicked".to_owned(), panicked: true }),
    }
}

fn raw(feed: model::Feed) -> Vec<RawEntry> {
    feed.entries.into_iter().take(MAX_ENTRIES + 1).map(raw_entry).collect()
}

fn raw_entry(entry: model::Entry) -> RawEntry {
    let link = best_link(&entry.links);
    let text =
        |text: Option<model::Text>| text.map(|text| text.content).filter(|text| !text.trim().is_empty());
    let summary = text(entry.summary)
        .or_else(|| entry.content.and_then(|content| content.body).filter(|body| !body.trim().is_empty()))
        .or_else(|| text(entry.media.into_iter().find_map(|media| media.description)));
    RawEntry {
        guid: Some(entry.id).filter(|id| !id.trim().is_empty()),
        link,
        title: text(entry.title).unwrap_or_default(),
        summary: summary.unwrap_or_default(),
        published: entry
            .published
            .or(entry.updated)
            .and_then(|time| Timestamp::from_second(time.timestamp()).ok()),
        language: entry.language,
    }
}

/// The link to the item's own page: one without a relation or `alternate`; else any that is not the
/// feed itself, an attachment or the comments.
fn best_link(links: &[model::Link]) -> Option<String> {
    let relation = |link: &model::Link| link.rel.as_deref().unwrap_or("alternate").to_ascii_lowercase();
    let own = links.iter().filter(|link| link.target.is_none() && !link.href.trim().is_empty());
    own.clone()
        .find(|link| relation(link) == "alternate")
        .or_else(|| {
            own.clone().find(|link| matches!(relation(link).as_str(), "related" | "via" | "canonical"))
        })
        .map(|link| link.href.clone())
}

/// Fills what feed-rs passed over (a title with markup in it, a date in an RDF item's `pubDate`) from
/// the raw items, where both found the same number of them.
fn completed(mut entries: Vec<RawEntry>, text: &str, repairs: &mut Vec<Repair>) -> Vec<RawEntry> {
    let lacks = |entry: &RawEntry| {
        entry.title.is_empty()
            || entry.published.is_none()
            || entry.link.is_none()
            || entry.summary.is_empty()
    };
    if !entries.iter().any(lacks) {
        return entries;
    }
    let found = salvage::items(text);
    if found.len() != entries.len() {
        return entries;
    }
    let mut filled = false;
    for (entry, found) in entries.iter_mut().zip(found) {
        if entry.title.is_empty() && !found.title.is_empty() {
            entry.title = found.title;
            filled = true;
        }
        if entry.summary.is_empty() && !found.summary.is_empty() {
            entry.summary = found.summary;
            filled = true;
        }
        if entry.published.is_none() && found.published.is_some() {
            entry.published = found.published;
            filled = true;
        }
        if entry.link.is_none() && found.link.is_some() {
            entry.link = found.link;
            filled = true;
        }
    }
    if filled {
        repairs.push(Repair::Completed);
    }
    entries
}

/// `xml:lang` of the root or channel, or the text of `<language>`, whichever stands first.
fn declared_language(text: &str) -> Option<Language> {
    for tag in Tags::new(text).take(LANGUAGE_TAGS) {
        if tag.is_item() {
            break;
        }
        let found = if tag.is("language") && tag.kind == xml::Kind::Open {
            text.get(tag.end..).and_then(|rest| rest.split('<').next())
        } else if tag.is_root() || tag.is("channel") {
            tag.attribute("xml:lang")
        } else {
            None
        };
        if let Some(language) = found.and_then(language) {
            return Some(language);
        }
    }
    None
}
