//! Webhooks: endpoints that are told of each alert by a signed request.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use std::fmt;
use std::str::FromStr;
use url::Url;

/// Most characters of a webhook's name.
const MOST_CHARS: usize = 200;

/// Fewest bytes of a secret: what is shorter can be guessed.
const FEWEST_BYTES: usize = 16;

/// What a secret begins with whose bytes are written in Base64 (Standard Webhooks).
const ENCODED: &str = "whsec_";

/// A webhook's configured name; the same name over restarts is the same webhook, wherever its address
/// leads by then. One line, not empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebhookName(String);

/// A text that names no webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook's name is one line of at most {MOST_CHARS} characters")]
pub struct BadWebhookName;

impl WebhookName {
    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WebhookName {
    type Err = BadWebhookName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim();
        let right =
            !name.is_empty() && name.chars().count() <= MOST_CHARS && !name.contains(char::is_control);
        right.then(|| Self(name.to_owned())).ok_or(BadWebhookName)
    }
}

impl fmt::Display for WebhookName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// The key that a webhook's requests are signed with. It never reaches a log: `Debug` hides it and
/// there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

/// A text that is no secret to sign with. It does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadWebhookSecret {
    /// It could be guessed.
    #[error("the secret is shorter than {FEWEST_BYTES} bytes")]
    Short,
    /// It begins like an encoded one and cannot be decoded.
    #[error("the secret begins with `{ENCODED}`, and what follows is not Base64")]
    Encoding,
}

impl WebhookSecret {
    /// Stands for a secret that only the service can see, for commands that send nothing.
    #[must_use]
    pub const fn withheld() -> Self {
        Self(Vec::new())
    }

    /// The key itself, for the one place that signs with it.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for WebhookSecret {
    type Err = BadWebhookSecret;

    /// The bytes of the text; behind `whsec_` those that it encodes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let key = match text.strip_prefix(ENCODED) {
            Some(encoded) => STANDARD.decode(encoded).map_err(|_| BadWebhookSecret::Encoding)?,
            None => text.as_bytes().to_vec(),
        };
        if key.len() < FEWEST_BYTES { Err(BadWebhookSecret::Short) } else { Ok(Self(key)) }
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookSecret(…)")
    }
}

/// An endpoint that is told of each alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// How the operator calls it.
    pub name: WebhookName,
    /// Where it is called: https, or http at an address within `allow_addresses`.
    pub url: Url,
    /// What its requests are signed with.
    pub secret: WebhookSecret,
    /// Private or special address ranges that it may be called at.
    pub allow_addresses: Vec<IpNet>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::trimmed(" Desk bot ", Some("Desk bot"))]
    #[case::empty(" ", None)]
    #[case::two_lines("a\nb", None)]
    #[case::long(&"x".repeat(201), None)]
    fn a_name_is_one_line(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(text.parse::<WebhookName>().ok().as_ref().map(WebhookName::as_str), expected);
    }

    #[rstest]
    #[case::plain("sixteen bytes ok", Ok(b"sixteen bytes ok".as_slice()))]
    #[case::encoded("whsec_c2l4dGVlbiBieXRlcyBvaw==", Ok(b"sixteen bytes ok".as_slice()))]
    #[case::short("fifteen bytes..", Err(BadWebhookSecret::Short))]
    #[case::short_when_decoded("whsec_c2hvcnQgYW5kIHNvIG9u", Err(BadWebhookSecret::Short))]
    #[case::not_encoded("whsec_sixteen bytes and more", Err(BadWebhookSecret::Encoding))]
    #[case::nothing("", Err(BadWebhookSecret::Short))]
    fn a_secret_is_long_enough(#[case] text: &str, #[case] expected: Result<&[u8], BadWebhookSecret>) {
        let read = text.parse::<WebhookSecret>();
        assert_eq!(read.as_ref().map(WebhookSecret::expose), expected.as_ref().map(|key| *key));
        assert!(!format!("{read:?}").contains("bytes ok"));
    }
}
