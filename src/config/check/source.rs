//! `[[source]]`: feeds and pages.

use super::address::web_address;
use super::{Seen, fetch, shown_name};
use crate::config::reader::{Table, Value};
use crate::config::wording::quoted;
use crate::domain::{FetchSettings, IdentityRule, Language, PageRules, Source, SourceForm, SourceName};
use ipnet::IpNet;
use scraper::Selector;
use scraper::error::SelectorErrorKind;
use url::Url;

/// Keys that only make sense for a page.
const PAGE_KEYS: &[&str] = &["item", "title", "link", "date", "summary"];

pub(super) fn all(tables: &[Table<'_>], settings: &FetchSettings) -> Vec<Source> {
    let mut seen = Seen::new("this source name");
    tables
        .iter()
        .filter_map(|table| {
            let name = table.required("name", "\"…\"").and_then(|value| {
                let name = shown_name(&value)?;
                seen.is_new(name, &value.mark).then(|| SourceName::new(name))?
            });
            let (addresses, form) = form(table);
            let allow_addresses = table.or("allow-addresses", Vec::new(), |value| fetch::addresses(&value));
            let language = table.value("lang").and_then(|value| language(&value));
            let identity = table.or("identity", IdentityRule::Auto, |value| identity_rule(&value));
            let speaks_for = table.value("speaks-for").and_then(|value| value.actor());
            let allowed: [&[IpNet]; 2] = [&allow_addresses, &settings.allow_addresses];
            let interval = fetch::intervals(table, settings.interval, &allowed);
            let stale_after =
                table.or("stale-after", settings.stale_after, |value| fetch::stale_after(&value));
            Some(Source {
                name: name?,
                stale_after,
                addresses,
                form: form?,
                language,
                speaks_for,
                identity,
                interval,
                allow_addresses,
            })
        })
        .collect()
}

/// Where it is and how it is read: `url` for a feed, `page` with selectors for a page.
fn form(table: &Table<'_>) -> (Vec<Url>, Option<SourceForm>) {
    let (url, page) = (table.value("url"), table.value("page"));
    let addresses = [&url, &page].into_iter().flatten().filter_map(addresses).flatten().collect();
    let form = match (&url, &page) {
        (Some(_), Some(page)) => page.wrong(
            "a source has either `url` (a feed) or `page` (read with selectors), not both",
            "make it two sources, or remove one of them",
        ),
        (None, None) => {
            table.mark.missing(
                "[[source]] has neither `url` nor `page`",
                "add `url = \"https://…\"` for a feed, or `page` with `item` and `title` for an HTML page",
            );
            None
        }
        (Some(_), None) => {
            for key in PAGE_KEYS {
                if let Some(value) = table.value(key) {
                    value.mark.wrong_with_help(
                        format!("`{key}` is for pages, and this source is a feed"),
                        "remove it, or write `page` instead of `url`",
                    );
                }
            }
            Some(SourceForm::Feed)
        }
        (None, Some(_)) => page_rules(table).map(|rules| SourceForm::Page(Box::new(rules))),
    };
    (addresses, form)
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

fn identity_rule(value: &Value<'_>) -> Option<IdentityRule> {
    let text = value.string()?.trim();
    text.parse().ok().or_else(|| {
        value.wrong(
            format!("{} is no way to know an item again", quoted(text)),
            "\"auto\", \"guid\", \"link\" or \"title\"",
        )
    })
}

fn language(value: &Value<'_>) -> Option<Language> {
    let text = value.string()?.trim();
    text.parse().ok().or_else(|| {
        value.wrong(format!("{} is no language code", quoted(text)), "two letters, such as \"en\" or \"ru\"")
    })
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
