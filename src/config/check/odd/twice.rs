//! What is read by two sources.

use crate::config::reader::Table;
use crate::config::source_file::Mark;
use crate::domain::{Address, Source, SourceForm};
use std::collections::HashMap;
use url::Url;

/// Tells of each feed, search, page or JSON listing that a source before reads already by the same rules. Other rules
/// may find other things on one page, and with a login one address may give different feeds.
pub(in crate::config::check) fn read_twice(tables: &[Table<'_>], sources: &[Source]) {
    let mut seen: HashMap<String, (&str, Mark<'_>)> = HashMap::new();
    for (table, source) in tables.iter().zip(sources) {
        let differs = ["headers", "user", "token-credential"].iter().any(|key| table.value(key).is_some());
        if differs {
            continue;
        }
        for (address, mark) in source.addresses.iter().filter_map(|one| Some((one, mark(table, one)?))) {
            let (what, rules) = match &*address.form {
                SourceForm::Feed | SourceForm::Search => ("this feed already", String::new()),
                rules @ SourceForm::Page(_) => ("this page already, by the same rules", format!("{rules:?}")),
                rules @ SourceForm::Json(_) => {
                    ("this listing already, by the same rules", format!("{rules:?}"))
                }
            };
            let read = format!("{} {rules}", place(&address.url));
            match seen.get(&read) {
                Some((name, first)) => mark.odd(
                    format!("\"{name}\" reads {what}"),
                    format!("keep one of the two; the first is at {first}"),
                ),
                None => drop(seen.insert(read, (source.name.as_str(), mark))),
            }
        }
    }
}

/// Where an address stands: the address itself in a list or alone, else the table with its rules.
fn mark<'t>(table: &Table<'t>, address: &Address) -> Option<Mark<'t>> {
    let value = table.value(address.form.key())?;
    if !value.is_text_or_list() {
        return Some(value.mark);
    }
    let is_it = |text: &str| Url::parse(text.trim()).is_ok_and(|url| url == address.url);
    let mut entries = value.one_or_more()?.into_iter();
    entries.find(|entry| entry.string().is_some_and(is_it)).map(|entry| entry.mark)
}

/// Where an address leads: the same with and without TLS, with and without a final slash.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{host}{port}{}{query}", url.path().trim_end_matches('/'))
}
