//! Pages: entries by CSS selectors.

use super::error::ParseError;
use super::idle::{Found, Idle};
use super::taken::Taken;
use super::{MAX_ENTRIES, Parsed, Place, RawEntry, date, language, page_tree};
use crate::domain::{Asked, PageRules, Repair};
use crate::text;
use scraper::{ElementRef, Html, Selector};
use url::Url;

/// Most characters of a page's title in an error.
const MAX_TITLE_CHARS: usize = 160;
/// Most bytes of an element's text that are collected; what follows is cut anyway.
const MAX_TEXT_BYTES: usize = 32 * 1024;

/// Reads a page's text by a source's rules.
pub(super) fn read(page: &str, rules: &PageRules, place: &Place<'_>) -> Result<Parsed, ParseError> {
    if page.trim().is_empty() {
        return Err(ParseError::Empty);
    }
    let tree = page_tree::build(page)?;
    let base = base(&tree, place.base);
    let place = Place { base: &base, now: place.now };
    let mut found = 0;
    let mut idle = Idle::new(Found {
        link: rules.link.is_some(),
        date: rules.date.is_some(),
        summary: rules.summary.is_some(),
    });
    let mut taken = Taken::new(&place);
    let mut repairs = Vec::new();
    for item in tree.select(&rules.item) {
        if found == MAX_ENTRIES {
            repairs.push(Repair::TooManyEntries);
            break;
        }
        found += 1;
        let (raw, seen) = raw_entry(item, rules).unzip();
        if let Some(seen) = seen {
            idle.see(seen);
        }
        taken.take(raw);
    }
    let Taken { entries, passed_over, .. } = taken;
    if found == 0 {
        return Err(ParseError::NoItems { title: title(&tree), bytes: page.len() });
    }
    if entries.is_empty() {
        return Err(ParseError::NoTitles { items: found, title: title(&tree), bytes: page.len() });
    }
    repairs.extend(idle.repairs());
    let language = tree.root_element().attr("lang").and_then(language);
    Ok(Parsed { entries, repairs, language, asked: Asked::default(), passed_over })
}

/// One item; `None` where it has no title: a header or a separator that the selector matches too.
fn raw_entry(item: ElementRef<'_>, rules: &PageRules) -> Option<(RawEntry, Found)> {
    let inside = |rule: &Option<Selector>| rule.as_ref().and_then(|selector| first(item, selector));
    let title = first(item, &rules.title)?;
    let by_rule = inside(&rules.link).and_then(within);
    let published = inside(&rules.date).and_then(published);
    let summary = inside(&rules.summary).map(words).filter(|summary| !summary.trim().is_empty());
    let found = Found { link: by_rule.is_some(), date: published.is_some(), summary: summary.is_some() };
    let raw = RawEntry {
        guid: None,
        link: by_rule.or_else(|| around(title)).map(str::to_owned),
        title: Some(words(title)).filter(|title| !title.trim().is_empty())?,
        summary: summary.unwrap_or_default(),
        published,
        language: None,
    };
    Some((raw, found))
}

/// The first match within an item, or the item itself where it matches (a list of links is a list of
/// items that are their own titles).
fn first<'a>(item: ElementRef<'a>, selector: &Selector) -> Option<ElementRef<'a>> {
    item.select(selector).next().or_else(|| selector.matches(&item).then_some(item))
}

/// Where a title leads without a rule: itself, a link in it, or one around it.
fn around(title: ElementRef<'_>) -> Option<&str> {
    within(title).or_else(|| title.ancestors().filter_map(ElementRef::wrap).find_map(target))
}

/// The target of an element or of the first link in it.
fn within(element: ElementRef<'_>) -> Option<&str> {
    target(element).or_else(|| element.descendants().filter_map(ElementRef::wrap).find_map(target))
}

/// The target of a link.
fn target(element: ElementRef<'_>) -> Option<&str> {
    if element.value().name() == "a" { element.attr("href") } else { None }
}

/// A date: `datetime` of the element or of one in it, else its text.
fn published(element: ElementRef<'_>) -> Option<jiff::Timestamp> {
    let by_machine = std::iter::once(element)
        .chain(element.descendants().filter_map(ElementRef::wrap))
        .find_map(|element| element.attr("datetime"))
        .and_then(date::read);
    by_machine.or_else(|| date::read(words(element).trim()))
}

/// An element's text as HTML again: the text stage decodes what it is given, and text is not markup.
pub(super) fn words(element: ElementRef<'_>) -> String {
    let mut words = String::new();
    for node in element.descendants() {
        if words.len() > MAX_TEXT_BYTES {
            break;
        }
        if let Some(text) = node.value().as_text() {
            let raw = node.parent().and_then(ElementRef::wrap).is_some_and(|parent| {
                matches!(parent.value().name(), "script" | "style" | "noscript" | "template")
            });
            if !raw {
                words.push_str(text);
            }
        } else if let Some(inner) = ElementRef::wrap(node)
            && !matches!(
                inner.value().name(),
                "a" | "b" | "i" | "em" | "strong" | "span" | "u" | "sup" | "sub" | "mark"
            )
        {
            words.push(' ');
        }
    }
    words
}

/// What the page's links are relative to.
pub(super) fn base(tree: &Html, address: &Url) -> Url {
    let declared = tree
        .root_element()
        .descendants()
        .filter_map(ElementRef::wrap)
        .find(|element| element.value().name() == "base")
        .and_then(|element| element.attr("href"));
    declared.and_then(|href| super::link(href, address)).unwrap_or_else(|| address.clone())
}

/// The page's title, cut.
fn title(tree: &Html) -> String {
    let title = tree
        .root_element()
        .descendants()
        .filter_map(ElementRef::wrap)
        .find(|element| element.value().name() == "title")
        .map(|element| element.text().collect::<String>());
    text::one_line(&title.unwrap_or_default(), MAX_TITLE_CHARS)
}
