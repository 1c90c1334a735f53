//! `[[source]]`: feeds, pages and JSON listings.

mod form;
mod headers;

use super::{Seen, World, fetch, mail, secret, shown_name};
use crate::config::reader::{Table, Value};
use crate::config::wording::quoted;
use crate::domain::{FetchSettings, IdentityRule, Language, Source, SourceName};
use ipnet::IpNet;

pub(super) fn all(tables: &[Table<'_>], settings: &FetchSettings, world: &World<'_>) -> Vec<Source> {
    let mut seen = Seen::new("this source name");
    tables
        .iter()
        .filter_map(|table| {
            let name = table.required("name").and_then(|value| {
                let name = shown_name(&value)?;
                seen.is_new(name, &value.mark).then(|| SourceName::new(name))?
            });
            let addresses = form::addresses(table);
            let asks_robots = table.or("robots", true, |value| robots(table, &value));
            let over_proxy = table.or("proxy", true, |value| value.boolean());
            let own_headers = headers::own(table, &addresses, over_proxy && settings.proxy.is_some(), world);
            let allow_addresses = table.or("allow-addresses", Vec::new(), |value| fetch::addresses(&value));
            let language = table.value("lang").and_then(|value| language(&value));
            let identity = table.or("identity", IdentityRule::Auto, |value| identity_rule(&value));
            let speaks_for = table.value("speaks-for").and_then(|value| value.actor());
            let allowed: [&[IpNet]; 2] = [&allow_addresses, &settings.allow_addresses];
            let interval = fetch::intervals(table, settings.interval, &allowed);
            let stale_after = table.or("stale-after", settings.stale_after, |value| value.duration());
            Some(Source {
                name: name?,
                stale_after,
                addresses,
                language,
                speaks_for,
                identity,
                interval,
                allow_addresses,
                full_text: table.or("full-text", false, |value| value.boolean()),
                own_headers,
                over_proxy,
                asks_robots,
            })
        })
        .collect()
}

/// Whether robots.txt is heard, which it is for pages and articles.
fn robots(table: &Table<'_>, value: &Value<'_>) -> Option<bool> {
    let heard = value.boolean()?;
    if table.value("page").is_none() && table.value("full-text").is_none() {
        return value.wrong(
            "`robots` is for pages and articles; feeds and JSON listings are made for programs, and robots.txt \
             is not asked",
            "remove it, or add `full-text`",
        );
    }
    Some(heard)
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
