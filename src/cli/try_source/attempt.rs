//! Attempt: what was named, as a source that can be fetched.

use super::Options;
use crate::cli::exit::{Failure, USAGE};
use crate::cli::source_table::{SourceTable, free_name};
use crate::config::{self, Config};
use crate::domain::{Address, Source};
use anyhow::anyhow;
use std::collections::BTreeSet;
use url::Url;

/// A source to be tried.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) source: Source,
    /// What a configuration would say of it; its name and language are known once it was read. `None`:
    /// it stands in the configuration as it is tried.
    pub(super) table: Option<SourceTable>,
    /// The names that a new source cannot have.
    pub(super) taken: BTreeSet<String>,
}

impl Attempt {
    /// A configured source by its name, else an address; with rules of its own where some are given.
    pub(super) fn of(what: &str, options: &Options, config: Option<&Config>) -> Result<Self, Failure> {
        let what = what.trim();
        let sources = config.map(|config| config.sources.as_slice()).unwrap_or_default();
        let taken: BTreeSet<String> = sources.iter().map(|source| source.name.as_str().to_owned()).collect();
        let known = sources.iter().find(|source| source.name.as_str() == what);
        let rules = rules(options)?;
        let (form, rules) = match (known, rules) {
            (Some(source), None) => return Ok(Self { source: source.clone(), table: None, taken }),
            (_, Some(rules)) => rules,
            (None, None) => ("url", Vec::new()),
        };
        let (name, addresses, language, speaks_for) = match known {
            Some(source) => (
                source.name.as_str().to_owned(),
                addresses_for(source, form),
                source.language.map(|language| language.to_string()),
                source.speaks_for,
            ),
            None => (name(what)?, vec![what.to_owned()], None, None),
        };
        let table = SourceTable { name, form, addresses, rules, language, speaks_for };
        let mut source = checked(&table)?;
        if let Some(known) = known {
            source.allow_addresses.clone_from(&known.allow_addresses);
            source.own_headers.clone_from(&known.own_headers);
            source.over_proxy = known.over_proxy;
            source.asks_robots = known.asks_robots;
        }
        Ok(Self { source, table: Some(table), taken })
    }
}

/// A source's addresses that rules of a form are for: those of that form, else all.
fn addresses_for(source: &Source, form: &str) -> Vec<String> {
    let of = |is_meant: &dyn Fn(&Address) -> bool| -> Vec<String> {
        let meant = source.addresses.iter().filter(|address| is_meant(address));
        meant.map(|address| address.url.as_str().to_owned()).collect()
    };
    let same = of(&|address| address.form.key() == form);
    if same.is_empty() { of(&|_| true) } else { same }
}

/// A first name for an address.
fn name(what: &str) -> Result<String, Failure> {
    if !what.contains("://") {
        return Err(Failure::new(
            USAGE,
            anyhow!(
                "no source of the configuration is named `{what}`, and it is no address, such as https://example.org/feed.xml"
            ),
        ));
    }
    let address =
        Url::parse(what).map_err(|error| Failure::new(USAGE, anyhow!("this is no address: {error}")))?;
    if !matches!(address.scheme(), "http" | "https") {
        let scheme = address.scheme();
        return Err(Failure::new(
            USAGE,
            anyhow!(
                "only http and https are read, not {scheme}; a saved page or text: `explain --file FILE`"
            ),
        ));
    }
    Ok(free_name("", &address, &mut BTreeSet::new()))
}

/// The form that the rules belong to, and the rules.
type Rules = (&'static str, Vec<(&'static str, String)>);

fn rules(options: &Options) -> Result<Option<Rules>, Failure> {
    let (form, list) = match (&options.item, &options.items) {
        (Some(item), _) => ("page", ("item", item)),
        (None, Some(items)) => ("json", ("items", items)),
        (None, None) => {
            let given = [&options.title, &options.link, &options.date, &options.summary];
            return if given.iter().all(|rule| rule.is_none()) {
                Ok(None)
            } else {
                Err(Failure::new(
                    USAGE,
                    anyhow!("add `--item SELECTOR` for a page, or `--items PATH` for a JSON listing"),
                ))
            };
        }
    };
    let further = [
        ("title", &options.title),
        ("link", &options.link),
        ("date", &options.date),
        ("summary", &options.summary),
    ];
    let further = further.into_iter().filter_map(|(key, rule)| Some((key, rule.as_ref()?)));
    Ok(Some((form, [list].into_iter().chain(further).map(|(key, rule)| (key, rule.clone())).collect())))
}

/// The source that a table means. What is wrong in it is told as `check` would tell it.
fn checked(table: &SourceTable) -> Result<Source, Failure> {
    let wrong = |problem: Option<String>| Failure::new(USAGE, anyhow!("{}", problem.unwrap_or_default()));
    let loaded = config::check_text(&table.to_toml()).map_err(|errors| {
        wrong(errors.iter().next().map(|problem| match &problem.help {
            Some(help) => format!("{} ({help})", problem.message),
            None => problem.message.clone(),
        }))
    })?;
    loaded.config.sources.into_iter().next().ok_or_else(|| wrong(None))
}
