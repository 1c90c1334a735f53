//! Finding: what stands at an address, and what a configuration would say of it. Pure.

use super::attempt::Attempt;
use crate::cli::source_table::{SourceTable, free_name};
use crate::domain::{Address, Language, ListingRules, SourceForm, Validators};
use crate::fetch::Body;
use crate::parse::{self, AnnouncedFeed, Nature, ParseError, Parsed, PassedOver, Wall};
use jiff::Timestamp;
use url::Url;

/// What stands at an address.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) address: Url,
    /// Where it came from in the end.
    pub(super) final_url: Url,
    /// Where the address has moved to for good.
    pub(super) moved: Option<Url>,
    pub(super) nature: Nature,
    /// Its title; empty where it has none.
    pub(super) title: String,
    pub(super) bytes: usize,
    pub(super) content_type: Option<String>,
    pub(super) validators: Validators,
    /// What the source's form makes of it.
    pub(super) parsed: Result<Parsed, ParseError>,
    /// What it is where it is a page that stands in the place of what was asked for.
    pub(super) wall: Option<Wall>,
    /// What a configuration would say of it; `None` where it says it already.
    pub(super) table: Option<SourceTable>,
    /// The feeds that it announces, where it is a page that was tried without rules.
    pub(super) feeds: Vec<(AnnouncedFeed, SourceTable)>,
}

impl Finding {
    /// Reads what a server gave for one of the attempt's addresses.
    pub(super) fn of(attempt: &Attempt, tried: &Address, body: &Body, now: Timestamp) -> Self {
        let address = &tried.url;
        let kind = body.content_type.as_deref();
        let read = |form: &SourceForm| parse::entries(form, &body.bytes, kind, &body.final_url, now);
        let (nature, title) = parse::nature(&body.bytes, kind);
        let mut parsed = read(&tried.form);
        let mut taken = attempt.taken.clone();
        let mut feeds = Vec::new();
        if matches!(*tried.form, SourceForm::Feed) && parsed.is_err() {
            match nature {
                Nature::Page => {
                    let announced = parse::announced(&body.bytes, kind, &body.final_url).unwrap_or_default();
                    feeds = announced
                        .into_iter()
                        .map(|feed| {
                            let called = if feed.title.is_empty() { &title } else { &feed.title };
                            let name = free_name(called, &feed.address, &mut taken);
                            let table = table_of_feed(name, &feed.address);
                            (feed, table)
                        })
                        .collect();
                }
                // Says what the document holds, which is where a person begins to look for paths.
                Nature::Json => parsed = read(&SourceForm::Json(Box::new(ListingRules::at_root()))),
                _ => {}
            }
        }
        let stands_in_the_way = parsed.is_err() && feeds.is_empty() && nature == Nature::Page;
        let wall = stands_in_the_way.then(|| wall(body, now)).flatten();
        let moved = body.manners.moved.clone().filter(|moved| moved != address);
        let language = parsed.as_ref().ok().and_then(language);
        let configured = attempt.source.name.as_str();
        let table = attempt.table.clone().filter(|_| parsed.is_ok()).map(|mut table| {
            if !attempt.taken.contains(configured) {
                table.name = free_name(&title, address, &mut taken);
            }
            table.language = table.language.or_else(|| language.map(|language| language.to_string()));
            if let Some(moved) = &moved {
                for written in table.addresses.iter_mut().filter(|written| is_written_as(written, address)) {
                    moved.as_str().clone_into(written);
                }
            }
            table
        });
        Self {
            address: address.clone(),
            final_url: body.final_url.clone(),
            moved,
            nature,
            title,
            bytes: body.bytes.len(),
            content_type: body.content_type.clone(),
            validators: body.validators.clone(),
            parsed,
            wall,
            table,
            feeds,
        }
    }

    /// Whether there is something to put into a configuration.
    pub(super) fn is_usable(&self) -> bool {
        self.parsed.is_ok() || !self.feeds.is_empty()
    }

    /// Why it cannot be read, and what to try next.
    pub(super) fn failure(&self) -> String {
        let Err(error) = &self.parsed else { return String::new() };
        if let Some(wall) = self.wall {
            return format!(
                "{error}; it is {wall}, not what was asked for: no selector helps, look for a feed"
            );
        }
        let hint = match (error, self.nature) {
            (ParseError::HtmlPage { .. }, Nature::Page) => {
                "; it announces no feed: try selectors with --item and --title, such as --item article --title \"h2 a\""
            }
            (ParseError::NoList { .. } | ParseError::NoListedTitles { .. }, _) => {
                "; try paths with --items and --title"
            }
            _ => "",
        };
        format!("{error}{hint}")
    }

    /// The date of the newest entry.
    pub(super) fn newest(&self) -> Option<Timestamp> {
        self.parsed.as_ref().ok()?.entries.iter().filter_map(|entry| entry.published).max()
    }

    /// What stands in it and was not taken.
    pub(super) fn passed_over(&self) -> PassedOver {
        self.parsed.as_ref().map(|parsed| parsed.passed_over).unwrap_or_default()
    }

    /// The language that the document or its entries declare.
    pub(super) fn language(&self) -> Option<Language> {
        self.parsed.as_ref().ok().and_then(language)
    }
}

/// The language of a document: its own, else that of its first entry which says one.
fn language(parsed: &Parsed) -> Option<Language> {
    parsed.language.or_else(|| parsed.entries.iter().find_map(|entry| entry.language))
}

/// What a page is that stands in an article's place; the same pages stand in the place of listings and feeds.
fn wall(body: &Body, now: Timestamp) -> Option<Wall> {
    match parse::article(&body.bytes, body.content_type.as_deref(), Some(&body.final_url), now) {
        Err(ParseError::Wall { wall, .. }) => Some(wall),
        _ => None,
    }
}

/// Whether a text of a configuration means an address.
fn is_written_as(written: &str, address: &Url) -> bool {
    Url::parse(written.trim()).is_ok_and(|written| written == *address)
}

fn table_of_feed(name: String, address: &Url) -> SourceTable {
    SourceTable {
        name,
        form: "url",
        addresses: vec![address.as_str().to_owned()],
        rules: Vec::new(),
        language: None,
        speaks_for: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check_text;
    use crate::fetch::Manners;
    use std::collections::BTreeSet;

    fn finding(table: &str, body: &str) -> Finding {
        let source = check_text(table).unwrap_or_else(|errors| panic!("{errors}")).config.sources.remove(0);
        let tried = source.addresses[0].clone();
        let address = tried.url.clone();
        let table = SourceTable {
            name: source.name.as_str().to_owned(),
            form: "url",
            addresses: vec![address.as_str().to_owned()],
            rules: Vec::new(),
            language: None,
            speaks_for: None,
        };
        let attempt = Attempt { source, table: Some(table), taken: BTreeSet::from(["Wire".to_owned()]) };
        let body = Body {
            bytes: body.as_bytes().to_vec(),
            content_type: None,
            final_url: address.clone(),
            validators: Validators::default(),
            manners: Manners::default(),
        };
        Finding::of(&attempt, &tried, &body, "2026-11-23T12:00:00Z".parse().unwrap())
    }

    const FEED: &str = "[[source]]\nname = \"a\"\nurl = \"https://a.example/x\"\n";

    #[test]
    fn a_feed_gets_its_own_title_and_language_and_a_name_that_is_free() {
        let found = finding(
            FEED,
            "<rss version='2.0'><channel><title>Wire</title><language>de-at</language><item><title>x</title>\
             <pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>",
        );
        assert!(found.is_usable());
        let table = found.table.as_ref().unwrap();
        assert_eq!((table.name.as_str(), table.language.as_deref()), ("Wire (a.example)", Some("de")));
        assert_eq!(found.newest().map(|time| time.to_string()).as_deref(), Some("2026-11-23T10:00:00Z"));
    }

    #[test]
    fn a_page_gives_its_feeds_or_says_how_to_go_on() {
        let link = "<link rel=alternate type=application/rss+xml title=Wire href=/rss>";
        let found = finding(FEED, &format!("<html><head><title>T</title>{link}</head></html>"));
        assert!(found.is_usable() && found.table.is_none());
        assert_eq!(
            found.feeds[0].1.to_toml(),
            "[[source]]\nname = \"Wire (a.example)\"\nurl = \"https://a.example/rss\"\n"
        );
        let found = finding(FEED, &format!("<html><head><title>T</title>{}", link.replace("title=Wire", "")));
        assert_eq!(found.feeds[0].1.name, "T");
        let found = finding(FEED, "<html><head><title>T</title></head></html>");
        assert!(!found.is_usable());
        assert!(found.failure().contains("try selectors"), "{}", found.failure());
    }

    #[test]
    fn json_of_its_own_form_shows_its_keys() {
        let found = finding(FEED, "{\"data\": {\"releases\": []}}");
        assert!(found.failure().contains("`data` (an object)"), "{}", found.failure());
        assert!(found.failure().ends_with("try paths with --items and --title"), "{}", found.failure());
    }
}
