//! Headers and logins for a source's own servers.

use super::mail::{is_this_machine, login};
use super::secret::secret;
use super::{Seen, World};
use crate::config::keys;
use crate::config::reader::{Table, Value};
use crate::config::secrets::names_a_secret;
use crate::config::source_file::Mark;
use crate::config::wording::quoted;
use crate::domain::{Address, Login, OwnHeaders, Secret, SourceForm};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

/// Headers that say how a request is sent, what is known already, or which part is wanted: they are ours.
const OURS: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What goes along with requests to a source's addresses. A secret crosses no network unencrypted.
///
/// `over_proxy`: it is asked over a proxy, and be it on this machine.
pub(super) fn own(
    table: &Table<'_>,
    addresses: &[Address],
    over_proxy: bool,
    world: &World<'_>,
) -> OwnHeaders {
    let mut own = OwnHeaders::default();
    let mut secrets = Vec::new();
    if let Some(value) = table.value("headers") {
        given(&value, world, &mut own.headers, &mut secrets);
    }
    if let Some((kind, header)) = authorization(table, world) {
        own.login = Some(kind);
        // A secret that only the service sees is no header here.
        own.headers.extend(header.map(|header| (AUTHORIZATION, header)));
    }
    let logins = ["password-credential", "token-credential"].into_iter().filter_map(|key| table.value(key));
    secrets.extend(logins.map(|value| value.mark));
    let open = addresses.iter().find(|address| {
        let stays_here = !over_proxy && address.url.host_str().is_some_and(is_this_machine);
        let is_told = !matches!(*address.form, SourceForm::Search);
        address.url.scheme() == "http" && !stays_here && is_told
    });
    if let Some(host) = open.and_then(|address| address.url.host_str()) {
        for mark in secrets {
            mark.wrong_with_help(
                format!("over http, whoever stands on the way to {host} reads this secret"),
                "write `https://` in its address, or remove this",
            );
        }
    }
    own
}

/// The headers as they are written, and the places of those that are secrets.
fn given<'t>(value: &Value<'t>, world: &World<'_>, headers: &mut HeaderMap, secrets: &mut Vec<Mark<'t>>) {
    let mut seen = Seen::new("this header");
    for (name, mark, value) in value.entries().into_iter().flatten() {
        let known = header_name(name, &mark).filter(|name| seen.is_new(name.as_str(), &mark));
        let text = if value.is_string() {
            if known.is_some() {
                open_text(name, &value, world);
            }
            value.string().and_then(|text| header(&value, text.trim()))
        } else {
            secrets.push(value.mark.clone());
            value.table(&keys::HEADERS).and_then(|table| {
                let value = table.required("credential")?;
                hidden(&value, &secret(&value, world, "secret")?, str::to_owned)
            })
        };
        headers.extend(known.zip(text));
    }
}

/// Tells of a header that looks like a secret and stands in a file that everybody may read.
fn open_text(name: &str, value: &Value<'_>, world: &World<'_>) {
    if names_a_secret(name) && (world.is_open)(&value.mark.file.path) {
        value.mark.odd(
            "this header looks like a secret, and everybody on this machine can read this file",
            "name it, such as `{ credential = \"agency-key\" }`, or take that from others (`chmod o-r`)",
        );
    }
}

/// The name of a header that may be given.
fn header_name(written: &str, mark: &Mark<'_>) -> Option<HeaderName> {
    let Ok(name) = HeaderName::from_bytes(written.as_bytes()) else {
        mark.wrong_with_help(
            format!("{} is no name of a header", quoted(written)),
            "letters, digits and hyphens, such as `Accept-Language`",
        );
        return None;
    };
    let (message, help) = match name.as_str() {
        "authorization" => (
            "a login has keys of its own",
            "`user` and `password-credential`, or `token-credential` for `Authorization: Bearer …`",
        ),
        "proxy-authorization" => {
            ("a login at the proxy stands in [fetch]", "`proxy-user` and `proxy-password-credential`")
        }
        ours if OURS.contains(&ours) => ("this header is set for each request", "remove it"),
        _ => return Some(name),
    };
    mark.wrong_with_help(message, help);
    None
}

/// How the source logs in, and the header that does; no header where the secret may not be seen here.
fn authorization(table: &Table<'_>, world: &World<'_>) -> Option<(Login, Option<HeaderValue>)> {
    let token = table.value("token-credential");
    if let (Some(user), Some(token)) = (table.value("user"), &token) {
        return token.wrong(
            "a source logs in with a token or with a user, not with both",
            format!("remove this, or `user` at {} and its password", user.mark),
        );
    }
    if let Some(value) = token {
        let header = hidden(&value, &secret(&value, world, "token")?, |token| format!("Bearer {token}"));
        return Some((Login::Token, header));
    }
    let (name, password) = login(table, world, "user", "password-credential")?;
    let user = table.value("user")?;
    if name.contains(':') || name.chars().any(char::is_control) {
        return user.wrong(
            "a user name with a colon or a control character cannot be sent",
            "what stands before the colon, or a token with `token-credential`",
        );
    }
    let encoded = |password: &str| format!("Basic {}", STANDARD.encode(format!("{name}:{password}")));
    Some((Login::Password, hidden(&user, &password, encoded)))
}

/// A header that holds a secret; `None` where the secret may not be seen here, or is no header.
fn hidden(value: &Value<'_>, secret: &Secret, write: impl Fn(&str) -> String) -> Option<HeaderValue> {
    match secret.expose() {
        "" => None,
        text => header(value, &write(text)),
    }
}

/// A header's value, which no log shows.
fn header(value: &Value<'_>, text: &str) -> Option<HeaderValue> {
    let Ok(mut header) = HeaderValue::from_str(text) else {
        return value.wrong("this cannot stand in a header", "one line of plain ASCII");
    };
    header.set_sensitive(true);
    Some(header)
}
