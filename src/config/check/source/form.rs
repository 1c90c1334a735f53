//! Where a source is and how it is read.

use super::super::Seen;
use super::super::address::web_address;
use crate::config::reader::{Table, Value};
use crate::domain::{JsonPath, ListingRules, PageRules, SourceForm};
use scraper::Selector;
use scraper::error::SelectorErrorKind;
use url::Url;

/// Keys that find the entries of a page.
const PAGE_KEYS: &[&str] = &["item", "title", "link", "date", "summary"];
/// Keys that find the entries of a JSON listing.
const JSON_KEYS: &[&str] = &["items", "title", "link", "date", "summary"];

/// Where it is and how it is read: `url` for a feed, `page` with selectors, `json` with paths.
pub(super) fn form(table: &Table<'_>) -> (Vec<Url>, Option<SourceForm>) {
    let given: Vec<Value<'_>> =
        ["url", "page", "json"].into_iter().filter_map(|key| table.value(key)).collect();
    let addresses = given.iter().filter_map(addresses).flatten().collect();
    let form = match given.as_slice() {
        [] => {
            table.mark.missing(
                "[[source]] has no address",
                "add `url = \"https://…\"` for a feed, `page` with `item` and `title` for an HTML page, \
                 or `json` with `items` and `title` for a JSON listing",
            );
            None
        }
        [only] if only.key == "url" => {
            misplaced(table, &[], "a feed");
            Some(SourceForm::Feed)
        }
        [only] if only.key == "page" => {
            misplaced(table, PAGE_KEYS, "an HTML page");
            page_rules(table).map(|rules| SourceForm::Page(Box::new(rules)))
        }
        [_] => {
            misplaced(table, JSON_KEYS, "a JSON listing");
            listing_rules(table).map(|rules| SourceForm::Json(Box::new(rules)))
        }
        [.., last] => last.wrong(
            "a source has one of `url` (a feed), `page` (read with selectors) and `json` (read with paths)",
            "make it two sources, or remove one of them",
        ),
    };
    (addresses, form)
}

/// Reports the keys that find entries in sources of another form than this one.
fn misplaced(table: &Table<'_>, allowed: &[&str], form: &str) {
    for key in ["item", "items", "title", "link", "date", "summary"] {
        let Some(value) = table.value(key).filter(|_| !allowed.contains(&key)) else { continue };
        let (of, right) = match key {
            "item" => ("pages", "`items` is its counterpart for `json`; or write `page`"),
            "items" => ("JSON listings", "`item` is its counterpart for `page`; or write `json`"),
            _ => ("pages and JSON listings", "remove it, or write `page` or `json` instead of `url`"),
        };
        value.mark.wrong_with_help(format!("`{key}` is for {of}, and this source is {form}"), right);
    }
}

fn listing_rules(table: &Table<'_>) -> Option<ListingRules> {
    let optional = |key| table.value(key).and_then(|value| path(&value));
    let items = table.required("items", "\"data.items\"");
    let title = table.required("title", "\"title\"");
    let (items, title) = (items.and_then(|value| path(&value)), title.and_then(|value| path(&value)));
    let (link, date, summary) = (optional("link"), optional("date"), optional("summary"));
    Some(ListingRules { items: items?, title: title?, link, date, summary })
}

/// A path into a JSON document; an empty one is the document, or the item itself.
fn path(value: &Value<'_>) -> Option<JsonPath> {
    let text = value.text()?;
    text.parse()
        .map_err(|error| {
            value.wrong::<()>(
                format!("`{}` is not a path into JSON: {error}", value.key),
                "keys and list indexes with dots between them, such as \"data.releases\" or \"links.0.url\"",
            )
        })
        .ok()
}

fn page_rules(table: &Table<'_>) -> Option<PageRules> {
    let optional = |key| table.value(key).and_then(|value| selector(&value));
    let item = table.required("item", "\".row\"");
    let title = table.required("title", "\"a\"");
    let (item, title) = (item.and_then(|value| selector(&value)), title.and_then(|value| selector(&value)));
    let (link, date, summary) = (optional("link"), optional("date"), optional("summary"));
    Some(PageRules { item: item?, title: title?, link, date, summary })
}

fn selector(value: &Value<'_>) -> Option<Selector> {
    const MOST: usize = 1000;
    let text = value.string()?;
    if text.len() > MOST {
        return value.wrong("this selector is too long", format!("at most {MOST} bytes"));
    }
    Selector::parse(text)
        .map_err(|error| {
            value.wrong::<()>(
                format!("`{}` is not a CSS selector: {}", value.key, selector_reason(&error)),
                "such as \".row\", \"h2 > a\" or \"a[href^='/news/']\"",
            )
        })
        .ok()
}

fn selector_reason(error: &SelectorErrorKind) -> String {
    match error {
        SelectorErrorKind::EndOfLine => "it ends too early".to_owned(),
        SelectorErrorKind::UnexpectedToken => "a sign stands where none may".to_owned(),
        SelectorErrorKind::ExpectedColonOnPseudoElement => "a pseudo-element needs a second colon".to_owned(),
        SelectorErrorKind::ExpectedIdentityOnPseudoElement => "a colon needs a name after it".to_owned(),
        SelectorErrorKind::TooManyNestedBlocks => "it is nested too deeply".to_owned(),
        _ => "it uses something that cannot be matched here".to_owned(),
    }
}

fn addresses(value: &Value<'_>) -> Option<Vec<Url>> {
    let entries = value.one_or_more()?;
    let mut seen = Seen::new("this address");
    Some(
        entries
            .iter()
            .filter_map(|entry| {
                let address =
                    web_address(entry, "sources are polled", "such as \"https://example.org/feed.xml\"")?;
                seen.is_new(address.as_str(), &entry.mark).then_some(address)
            })
            .collect(),
    )
}
