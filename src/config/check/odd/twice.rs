//! Feeds that are read by two sources.

use crate::config::reader::Table;
use crate::config::source_file::Mark;
use crate::domain::Source;
use std::collections::HashMap;
use url::Url;

/// Tells of each feed that a source before reads already. Pages and JSON listings may be read twice by different
/// rules, and with a login one address may give different feeds.
pub(in crate::config::check) fn feeds(tables: &[Table<'_>], sources: &[Source]) {
    let mut seen: HashMap<String, (&str, Mark<'_>)> = HashMap::new();
    for (table, source) in tables.iter().zip(sources) {
        let differs = ["headers", "user", "token-credential"].iter().any(|key| table.value(key).is_some());
        if differs {
            continue;
        }
        let entries = table.value("url").and_then(|value| value.one_or_more()).into_iter().flatten();
        for entry in entries {
            let Some(place) =
                entry.string().and_then(|text| Url::parse(text.trim()).ok()).map(|url| place(&url))
            else {
                continue;
            };
            match seen.get(&place) {
                Some((name, first)) => entry.mark.odd(
                    format!("\"{name}\" reads this feed already"),
                    format!("keep one of the two; the first is at {first}"),
                ),
                None => drop(seen.insert(place, (source.name.as_str(), entry.mark.clone()))),
            }
        }
    }
}

/// Where an address leads: the same with and without TLS, with and without a final slash.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{host}{port}{}{query}", url.path().trim_end_matches('/'))
}
