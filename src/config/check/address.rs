//! Addresses on the web, of sources and of webhooks.

use crate::config::reader::Value;
use crate::config::wording::quoted;
use url::Url;

/// An http or https address. Its text is never quoted: it may hold a password. `done` is what happens
/// at such addresses ("sources are polled").
pub(super) fn web_address(value: &Value<'_>, done: &str, example: &str) -> Option<Url> {
    let text = value.string()?.trim();
    let address = match Url::parse(text) {
        Ok(address) => address,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            return value
                .wrong("this address has no scheme", format!("it starts with `https://`, {example}"));
        }
        Err(error) => return value.wrong(format!("this is no address: {error}"), example),
    };
    if !matches!(address.scheme(), "http" | "https") {
        return value
            .wrong(format!("{done} over http and https, not over {}", quoted(address.scheme())), example);
    }
    if !address.username().is_empty() || address.password().is_some() {
        return value.wrong(
            "an address with a user or password would put it into logs and mails",
            "leave out what stands before the `@`",
        );
    }
    Some(address)
}
