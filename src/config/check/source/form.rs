//! Where a source is and how it is read.

use super::super::Seen;
use super::super::address::web_address;
use crate::config::keys::{self, TableKeys};
use crate::config::reader::{Table, Value};
use crate::domain::{Address, JsonPath, ListingRules, PageRules, SourceForm};
use scraper::Selector;
use scraper::error::SelectorErrorKind;
use std::sync::Arc;
use url::Url;

/// Keys that find the entries of a page.
const PAGE_KEYS: &[&str] = &["item", "title", "link", "date", "summary"];
/// Keys that find the entries of a JSON listing.
const JSON_KEYS: &[&str] = &["items", "title", "link", "date", "summary"];

/// Where it is and how it is read, in the order in which it is tried: feeds, JSON listings, pages, searches.
pub(super) fn addresses(table: &Table<'_>) -> Vec<Address> {
    let [url, json, page, search] = ["url", "json", "page", "search"].map(|key| table.value(key));
    if [&url, &json, &page, &search].iter().all(|value| value.is_none()) {
        table.mark.missing(
            "[[source]] has no address",
            "add `url = \"https://…\"` for a feed, `page` with `item` and `title` for an HTML page, \
             or `json` with `items` and `title` for a JSON listing",
        );
    }
    stray(table, json.as_ref(), page.as_ref());
    let listing = |table: &Table<'_>| listing_rules(table).map(|rules| SourceForm::Json(Box::new(rules)));
    let selected = |table: &Table<'_>| page_rules(table).map(|rules| SourceForm::Page(Box::new(rules)));
    let forms = [
        url.map(|url| (url, Some(SourceForm::Feed))),
        json.and_then(|json| with_rules(table, json, &keys::JSON, listing)),
        page.and_then(|page| with_rules(table, page, &keys::PAGE, selected)),
        search.map(|search| (search, Some(SourceForm::Search))),
    ];
    let mut seen = Seen::new("this address");
    let mut found = Vec::new();
    for (value, form) in forms.into_iter().flatten() {
        let form = form.map(Arc::new);
        for url in urls(&value, &mut seen) {
            found.extend(form.clone().map(|form| Address { url, form }));
        }
    }
    found
}

/// The addresses of a form as they are written, and its rules, which stand in its own table, else beside it.
fn with_rules<'t>(
    source: &Table<'t>,
    value: Value<'t>,
    keys: &'static TableKeys,
    rules: impl Fn(&Table<'t>) -> Option<SourceForm>,
) -> Option<(Value<'t>, Option<SourceForm>)> {
    if !value.is_table() {
        return Some((value, rules(source)));
    }
    let own = value.table(keys)?;
    let form = rules(&own);
    Some((own.required("url")?, form))
}

/// Reports the keys that find entries and stand beside no form that they are for, or beside two.
fn stray(table: &Table<'_>, json: Option<&Value<'_>>, page: Option<&Value<'_>>) {
    let beside = |form: Option<&Value<'_>>| form.is_some_and(|form| !form.is_table());
    let (allowed, form) = match (beside(json), beside(page)) {
        (true, true) => {
            let last = json.into_iter().chain(page).max_by_key(|value| value.mark.span.start);
            if let Some(value) = last {
                value.mark.wrong_with_help(
                    "`title` and the other rules would be read for `json` and for `page`",
                    format!(
                        "write one as a table with its rules, such as `{} = {{ url = \"…\", … }}`",
                        value.key
                    ),
                );
            }
            return;
        }
        (true, false) => (JSON_KEYS, "a JSON listing"),
        (false, true) => (PAGE_KEYS, "an HTML page"),
        (false, false) => (&[][..], "a feed"),
    };
    for key in ["item", "items", "title", "link", "date", "summary"] {
        let Some(value) = table.value(key).filter(|_| !allowed.contains(&key)) else { continue };
        let own_table = match key {
            "item" => page,
            "items" => json,
            _ => page.or(json),
        };
        if let Some(form) = own_table.filter(|form| form.is_table()) {
            value.mark.wrong_with_help(
                format!("`{key}` stands beside `{}`, which is a table", form.key),
                format!("move it into the table of `{}`", form.key),
            );
            continue;
        }
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
    let items = table.required("items");
    let title = table.required_here("title", "\"title\"");
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
    let item = table.required("item");
    let title = table.required_here("title", "\"a\"");
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

fn urls<'t>(value: &Value<'t>, seen: &mut Seen<'t>) -> Vec<Url> {
    let entries = value.one_or_more().unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| {
            let address =
                web_address(entry, "sources are polled", "such as \"https://example.org/feed.xml\"")?;
            seen.is_new(address.as_str(), &entry.mark).then_some(address)
        })
        .collect()
}
