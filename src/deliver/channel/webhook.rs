//! The webhook channel: each alert as one signed POST, after the Standard Webhooks convention
//! (standardwebhooks.com), which receivers have libraries for.

use super::{Answer, SendError, SetupError, Stage};
use crate::domain::{Delivery, Webhook, WebhookName};
use crate::net::{Client, NetError, Response, check_url, retry_after};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// Calls one webhook, one alert at a time.
pub struct WebhookChannel {
    webhook: Webhook,
    /// Ready to sign: the key is in it.
    signer: Hmac<Sha256>,
    client: Arc<Client>,
}

/// A request that is ready and not sent.
#[derive(Debug)]
pub(super) struct Request<'a> {
    channel: &'a WebhookChannel,
    headers: HeaderMap,
    body: &'a [u8],
    now: Timestamp,
}

impl fmt::Debug for WebhookChannel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WebhookChannel").field("name", &self.webhook.name).finish_non_exhaustive()
    }
}

impl WebhookChannel {
    /// Prepares calling; asks nobody yet.
    pub fn new(webhook: Webhook, client: Arc<Client>) -> Result<Self, SetupError> {
        let signer = Hmac::new_from_slice(webhook.secret.expose())
            .map_err(|source| SetupError::Key { name: webhook.name.clone(), source })?;
        Ok(Self { webhook, signer, client })
    }

    /// Checks the address and signs. The connection is made with the request: HTTP has no step between
    /// being connected and being told.
    pub(super) fn offer<'a>(
        &'a self,
        name: &WebhookName,
        delivery: &'a Delivery,
        now: Timestamp,
    ) -> Result<Request<'a>, SendError> {
        if *name != self.webhook.name {
            return Err(super::wrong_channel());
        }
        check_url(&self.webhook.url, &self.webhook.allow_addresses).map_err(|error| failed(&error))?;
        let (id, body) = (delivery.message_id.as_str(), delivery.bytes.as_slice());
        let value = |text: &str| {
            HeaderValue::from_str(text).map_err(|_| SendError::Message {
                stage: Stage::Request,
                answer: Answer::ours("its Message-ID cannot stand in a header"),
            })
        };
        let time = now.as_second().to_string();
        let headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (ID, value(id)?),
            (SIGNATURE, value(&self.signature(id, &time, body))?),
            (TIMESTAMP, value(&time)?),
        ]);
        Ok(Request { channel: self, headers, body, now })
    }

    /// "v1," and the HMAC-SHA256 of "id.time.body" in Base64.
    fn signature(&self, id: &str, time: &str, body: &[u8]) -> String {
        let mut signer = self.signer.clone();
        for part in [id.as_bytes(), b".", time.as_bytes(), b".", body] {
            signer.update(part);
        }
        format!("v1,{}", STANDARD.encode(signer.finalize().into_bytes()))
    }
}

impl Request<'_> {
    /// Sends the request and waits for the answer.
    pub(super) async fn complete(self) -> Result<Answer, SendError> {
        let WebhookChannel { webhook, client, .. } = self.channel;
        let sent = client.post(&webhook.url, self.headers, self.body.to_vec(), &webhook.allow_addresses);
        let response = sent.await.map_err(|error| failed(&error))?;
        let (stage, answer) = (Stage::Request, answer(&response));
        match response.status {
            200..=299 => Ok(answer),
            300..=399 => Err(SendError::Message { stage, answer: redirected(&response) }),
            410 => Err(SendError::Recipient {
                answer: Answer::ours(&format!("{answer}; take this webhook out of the configuration")),
            }),
            408 | 425 | 429 | 500..=599 => {
                let rest = Some(retry_after(&response.headers, self.now).unwrap_or_default());
                Err(SendError::Temporary { stage, answer, rest })
            }
            // A key that was withdrawn, an address that is wrong or not there yet: none of it is the
            // alert's fault, and the operator can mend it.
            401 | 403 | 404 => Err(SendError::Channel { stage, answer }),
            _ => Err(SendError::Message { stage, answer }),
        }
    }
}

/// What a request that got no answer means.
fn failed(error: &NetError) -> SendError {
    let answer = Answer::ours(&error.to_string());
    if error.may_have_arrived() {
        SendError::InDoubt { answer, rest: Some(Duration::ZERO) }
    } else {
        SendError::Channel { stage: Stage::Connect, answer }
    }
}

/// The status, and the server's words where they are words and no page.
fn answer(response: &Response) -> Answer {
    let status = response.status;
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let words = String::from_utf8_lossy(&response.body);
    let words = words.trim();
    let words = if words.starts_with('<') || words.is_empty() { String::new() } else { format!(": {words}") };
    Answer::of_server(&format!("{status} {}{words}", reason.unwrap_or_default()), &[])
}

/// Where a redirect leads: scheme and host only, because a key may stand in all that follows them.
fn redirected(response: &Response) -> Answer {
    let status = response.status;
    let Some(target) = response.target() else {
        return Answer::ours(&format!("it answers {status}, a redirect that leads nowhere"));
    };
    Answer::ours(&format!(
        "it answers {status} and leads to {}://{}; no redirect is followed: configure the address itself",
        target.scheme(),
        target.host_str().unwrap_or_default()
    ))
}
