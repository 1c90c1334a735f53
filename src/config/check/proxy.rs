//! `proxy` of `[fetch]`: over what sources are asked.

use super::World;
use super::mail::login;
use crate::config::reader::{Table, Value};
use crate::config::wording::quoted;
use crate::domain::ProxySettings;
use url::Url;

const EXAMPLE: &str = "such as \"http://proxy.example.org:3128\"";

pub(super) fn proxy(table: &Table<'_>, world: &World<'_>) -> Option<ProxySettings> {
    let login = login(table, world, "proxy-user", "proxy-password-credential");
    let Some(value) = table.value("proxy") else {
        let user = table.value("proxy-user");
        return user
            .and_then(|user| user.wrong("there is no `proxy` to log in at", "add it, or remove this"));
    };
    Some(ProxySettings { address: address(&value)?, login })
}

/// The text is never quoted: it may hold a password.
fn address(value: &Value<'_>) -> Option<Url> {
    let text = value.string()?.trim();
    if !text.contains("://") {
        return value.wrong("this proxy has no scheme", format!("it starts with `http://`, {EXAMPLE}"));
    }
    let address = match Url::parse(text) {
        Ok(address) => address,
        Err(error) => return value.wrong(format!("this is no address: {error}"), EXAMPLE),
    };
    if !matches!(address.scheme(), "http" | "https" | "socks5h") {
        return value.wrong(
            format!("proxies are asked over http, https and socks5h, not over {}", quoted(address.scheme())),
            EXAMPLE,
        );
    }
    if !address.username().is_empty() || address.password().is_some() {
        return value.wrong(
            "an address with a user or password would put it into logs",
            "leave out what stands before the `@`; `proxy-user` and `proxy-password-credential` log in",
        );
    }
    let bare =
        matches!(address.path(), "" | "/") && address.query().is_none() && address.fragment().is_none();
    if !bare || address.host_str().is_none_or(str::is_empty) {
        return value.wrong("a proxy is a host and a port", EXAMPLE);
    }
    Some(address)
}
