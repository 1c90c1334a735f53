//! `[[webhook]]`: endpoints that are told of each alert at once.

use super::address::web_address;
use super::secret::secret;
use super::subscriber::watch_name;
use super::{Seen, World, fetch, shown_name};
use crate::config::reader::{Table, Value};
use crate::domain::{Subscriber, SubscriberKey, Watch, WatchName, Webhook, WebhookName, WebhookSecret};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

const EXAMPLE: &str = "such as \"https://hooks.example.org/in\"";

/// Every webhook, with the subscriber that it is.
pub(super) fn all(
    tables: &[Table<'_>],
    watches: &[(WatchName, Option<Watch>)],
    world: &World<'_>,
) -> Vec<(Webhook, Subscriber)> {
    let mut seen = Seen::new("this webhook name");
    tables
        .iter()
        .filter_map(|table| {
            let name = table.required("name").and_then(|value| {
                let name = shown_name(&value)?;
                seen.is_new(name, &value.mark).then(|| name.parse::<WebhookName>().ok())?
            });
            let allow_addresses = table.or("allow-addresses", Vec::new(), |value| fetch::addresses(&value));
            let url = table.required("url").and_then(|value| address(&value, &allow_addresses));
            let names = table.required("watches").and_then(|value| value.filled_list());
            let watches =
                names.into_iter().flatten().filter_map(|value| watch_name(&value, watches)).collect();
            let secret = table.required("secret-credential").and_then(|value| signing_secret(&value, world));
            let subscriber = Subscriber::usual(SubscriberKey::Webhook(name.clone()?), watches);
            Some((Webhook { name: name?, url: url?, secret: secret?, allow_addresses }, subscriber))
        })
        .collect()
}

/// An https address; or an http one where nobody can stand on the way, because the operator has allowed
/// the address itself.
fn address(value: &Value<'_>, allow: &[IpNet]) -> Option<Url> {
    let address = web_address(value, "webhooks are called", EXAMPLE)?;
    let allowed = |hosts: &[IpAddr]| hosts.iter().any(|host| allow.iter().any(|range| range.contains(host)));
    let private = match address.host() {
        Some(Host::Ipv4(host)) => allowed(&[host.into()]),
        Some(Host::Ipv6(host)) => allowed(&[host.into()]),
        Some(Host::Domain("localhost")) => allowed(&[Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]),
        Some(Host::Domain(_)) | None => false,
    };
    if address.scheme() == "http" && !private {
        return value.wrong(
            "over http, whoever stands on the way reads and changes what this webhook is told",
            "write `https://`; or give a private address such as \"http://10.1.2.3/in\" and list it in \
             `allow-addresses`",
        );
    }
    Some(address)
}

fn signing_secret(value: &Value<'_>, world: &World<'_>) -> Option<WebhookSecret> {
    let written = secret(value, world, "secret")?;
    if written.expose().is_empty() {
        return Some(WebhookSecret::withheld());
    }
    written
        .expose()
        .parse()
        .map_err(|error| {
            value.wrong::<()>(
                format!("{error}"),
                "make one with `openssl rand -base64 32` and give it to the receiver, too",
            );
        })
        .ok()
}
