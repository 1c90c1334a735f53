//! Parse: bytes become entries, or an error that says what they are instead.
//!
//! Owns: decoding, repair, feeds, pages, JSON listings, lists of feeds (OPML), dates. Calls: `domain`, `text`.
//! Pure: no I/O; the time is handed in, and only the tree of a page runs against a stop watch. No error stops anything but
//! its source's poll, and none is worth a second request before the next regular one. What had to
//! be repaired is listed beside the entries, for the log and the list of sources.
//!
//! Limits (`FAULTS.md` §4.3 argues for them): 2,000 entries, titles of 500 and summaries of 4,000
//! characters, dates of 64 characters, pages of 4 MiB and 512 nested elements, JSON listings of 16 MiB, 200,000
//! values and 64 levels.

mod announced;
mod article;
mod date;
mod decode;
mod error;
mod feed;
mod idle;
mod listing;
mod nature;
mod opml;
mod pace;
mod page;
mod page_tree;
mod repair;
mod salvage;
mod taken;
mod wall;
mod xml;

pub use announced::{AnnouncedFeed, announced};
pub use article::{Article, article, is_page_file};
pub use error::ParseError;
pub use nature::{Nature, nature};
pub use opml::{Outline, Outlines, outlines};
pub use page_tree::MAX_PAGE_BYTES;
pub use taken::PassedOver;
pub use wall::Wall;

use crate::domain::{Asked, Entry, Language, Repair, SourceForm};
use crate::text;
use jiff::{SignedDuration, Timestamp};
use url::Url;

/// Most entries taken from one document; the first ones, which are the newest in nearly all feeds.
pub const MAX_ENTRIES: usize = 2_000;
/// Most characters of a title.
pub const MAX_TITLE_CHARS: usize = 500;
/// Most characters of a summary.
pub const MAX_SUMMARY_CHARS: usize = 4_000;
/// Most characters of a source's own id; a longer one is not taken for an id.
const MAX_GUID_CHARS: usize = 1_000;
/// Most bytes of a link; browsers and servers stop at less.
const MAX_URL_BYTES: usize = 4_096;
/// How far a publisher's clock may run ahead of ours.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_hours(1);

/// What a document holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// Its entries in the document's order, at most [`MAX_ENTRIES`]; none is a quiet source.
    pub entries: Vec<Entry>,
    /// What had to be mended to read it.
    pub repairs: Vec<Repair>,
    /// The language the whole document declares.
    pub language: Option<Language>,
    /// How it asks to be polled.
    pub asked: Asked,
    /// What stands in it and was not taken.
    pub passed_over: PassedOver,
}

/// Reads a document. `content_type` is the answer's header, `base` the address it came from in the
/// end. A date more than an hour after `now` is no date: an item from the future would stay the
/// newest for ever.
pub fn entries(
    form: &SourceForm,
    body: &[u8],
    content_type: Option<&str>,
    base: &Url,
    now: Timestamp,
) -> Result<Parsed, ParseError> {
    let place = Place { base, now };
    match form {
        SourceForm::Feed | SourceForm::Search => {
            feed::read(&decode::feed(body, content_type), &place).map(|mut parsed| {
                if decode::is_mislabelled(body) {
                    parsed.repairs.insert(0, Repair::Encoding);
                }
                parsed
            })
        }
        SourceForm::Page(rules) => page::read(&decode::page(body, content_type), rules, &place),
        SourceForm::Json(rules) => listing::read(&decode::feed(body, content_type), rules, &place),
    }
}

/// Where and when a document was read.
struct Place<'a> {
    base: &'a Url,
    now: Timestamp,
}

/// What a document says of one entry, before it is cleaned and bounded.
#[derive(Debug, Default, Clone)]
struct RawEntry {
    guid: Option<String>,
    link: Option<String>,
    title: String,
    summary: String,
    published: Option<Timestamp>,
    language: Option<String>,
}

impl RawEntry {
    /// The entry; `None` where neither title nor summary says anything.
    fn clean(self, place: &Place<'_>) -> Option<Entry> {
        let title = text::plain(&self.title, MAX_TITLE_CHARS);
        let summary = text::plain(&self.summary, MAX_SUMMARY_CHARS);
        if title.is_empty() && summary.is_empty() {
            return None;
        }
        let guid = self.guid.and_then(|guid| self::guid(&guid));
        let link = self.link.as_deref().and_then(|link| self::link(link, place.base));
        // A guid that is an address is the item's page where it gave no other (RSS 2.0, isPermaLink).
        let url = link.or_else(|| {
            let guid = guid.as_deref().filter(|guid| guid.starts_with("http"))?;
            self::link(guid, place.base)
        });
        let published = self.published.filter(|time| believable(*time, place.now));
        let language = self.language.and_then(|code| language(&code));
        Some(Entry { guid, url, title, summary, published, language })
    }
}

/// An id as it is compared; `None` where it is empty or absurdly long.
fn guid(text: &str) -> Option<String> {
    if text.len() > MAX_GUID_CHARS * 4 {
        return None;
    }
    let id = text::one_line(text, MAX_GUID_CHARS);
    (!id.is_empty() && !id.ends_with('…')).then_some(id)
}

/// An http or https address, resolved against the document's. Feeds that escape twice leave `&amp;` in
/// it, which no address means.
fn link(text: &str, base: &Url) -> Option<Url> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_URL_BYTES {
        return None;
    }
    let url = base.join(&text.replace("&amp;", "&")).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    (web && url.as_str().len() <= MAX_URL_BYTES).then_some(url)
}

/// A declared language, where it is one ("en-us", "EN"; not "neutral" or "").
fn language(code: &str) -> Option<Language> {
    code.trim().parse().ok()
}

/// Whether a date can be meant: not in the future, and not before feeds existed (1970 and 0001 are
/// what programs write for "none").
fn believable(time: Timestamp, now: Timestamp) -> bool {
    const FIRST_FEEDS: i64 = 631_152_000; // 1990-01-01T00:00:00Z
    time.as_second() >= FIRST_FEEDS && now.checked_add(CLOCK_SLACK).is_ok_and(|latest| time <= latest)
}

#[cfg(test)]
mod tests;
