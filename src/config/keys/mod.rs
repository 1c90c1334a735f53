//! The one definition of every key: what a value looks like, its range, its default, and what it means.
//!
//! Owns: the tables below. From them come the keys that the reader accepts and the ranges that it checks, the
//! nearest key for a typing error, old names of renamed keys, the JSON Schema and the reference page. Calls:
//! `domain`, for the words of closed sets. A test proves each default and each example with the real check.

mod fetch;
mod house;
mod key;
mod mail;
mod people;
mod source;
mod watch;

pub(super) use fetch::FETCH;
pub(super) use house::{LISTEN, OPERATOR, RETENTION, ROOT, STORIES, TEMPLATES, THRESHOLDS, VOCABULARY};
pub use key::{Fallback, Key, Renamed, Shape, TableKeys};
pub(super) use mail::{MAIL, SECURITIES, SMTP};
pub(super) use people::{DELIVER, QUIET, SUBSCRIBER, WEBHOOK};
pub(super) use source::{HEADERS, JSON, PAGE, SOURCE};
pub(super) use watch::WATCH;

/// Every table there is, in the order of the shipped file.
pub static TABLES: &[&TableKeys] = &[
    &ROOT,
    &WATCH,
    &SUBSCRIBER,
    &DELIVER,
    &QUIET,
    &WEBHOOK,
    &SMTP,
    &MAIL,
    &TEMPLATES,
    &LISTEN,
    &OPERATOR,
    &FETCH,
    &THRESHOLDS,
    &VOCABULARY,
    &STORIES,
    &RETENTION,
    &SOURCE,
    &PAGE,
    &JSON,
    &HEADERS,
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_key_says_what_it_means_and_shows_a_value() {
        for table in TABLES {
            assert!(table.about.ends_with('.'), "{}", table.table);
            let names: BTreeSet<&str> = table.names().collect();
            assert_eq!(names.len(), table.keys.len(), "{} has a key twice", table.table);
            for key in table.keys {
                let place = format!("`{}` of {}", key.name, table.table);
                assert!(key.about.ends_with('.'), "{place}: {}", key.about);
                let is_table = matches!(key.shape, Shape::Table(_) | Shape::Tables(_));
                assert!(is_table || !key.examples.is_empty(), "{place} has no example");
                for former in key.renamed {
                    assert!(!names.contains(former.from), "{place} was renamed to a key that is in use");
                }
            }
        }
    }

    #[test]
    fn an_old_name_is_understood_for_one_version() {
        let version = |text: &str| {
            let mut parts = text.split('.').map(|part| part.parse::<u64>().expect("a number"));
            (parts.next(), parts.next())
        };
        let now = version(env!("CARGO_PKG_VERSION"));
        let renamed: Vec<(&str, Renamed)> = TABLES
            .iter()
            .flat_map(|table| table.keys)
            .flat_map(|key| key.renamed.iter().map(|former| (key.name, *former)))
            .collect();
        for (name, former) in renamed {
            let (from, since) = (former.from, former.since);
            assert_eq!(
                version(since),
                now,
                "`{from}` became `{name}` with version {since}: remove the old name, its time is over"
            );
        }
    }
}
