//! Fetch: one conditional GET for a source, politely.
//!
//! Owns: per-host limits and validators. Calls: `domain`, `net`. It stops nothing and retries
//! nothing: an error says whether the same request may succeed later, and when the server wants to
//! be asked again; the schedule decides.

mod limits;
mod rests;
#[cfg(test)]
mod tests;

use crate::domain::{FetchSettings, Source, Validators};
use crate::net::{Client, NetError, Response, fresh_for, retry_after};
use ipnet::IpNet;
use jiff::Timestamp;
use limits::Limits;
pub use limits::Slot;
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED,
};
use rests::Rests;
use std::time::Duration;
use url::Url;

/// What we read, feeds first.
const ACCEPTED: &str = "application/rss+xml, application/atom+xml, application/rdf+xml, \
                        application/feed+json, application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.8, */*;q=0.1";
/// What we read where one page was asked for by its address.
const ACCEPTED_PAGE: &str = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1";
/// Longest validator kept; servers use some 50 bytes.
const MAX_VALIDATOR_BYTES: usize = 1_024;
/// Longest content type kept.
const MAX_CONTENT_TYPE_BYTES: usize = 256;

/// Asks servers for sources.
#[derive(Debug)]
pub struct Fetcher {
    client: Client,
    limits: Limits,
    rests: Rests,
}

/// What a poll brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// The server says that nothing is new since the validators.
    Unchanged(Manners),
    /// A document.
    Body(Body),
}

/// A document as a server gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Its bytes, decompressed, at most as many as configured.
    pub bytes: Vec<u8>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// Where it came from in the end; its links are relative to this.
    pub final_url: Url,
    /// What to send along next time, once this document is stored.
    pub validators: Validators,
    /// What the server says of how to ask it.
    pub manners: Manners,
}

/// What a server says of how to ask it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manners {
    /// How long what it gave is current.
    pub fresh_for: Option<Duration>,
    /// Where the address that was asked is for good.
    pub moved: Option<Url>,
}

/// A poll that brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// No answer.
    #[error(transparent)]
    Net(#[from] NetError),
    /// An answer that is no success.
    #[error("the server answers {status}{}", reason(*status))]
    Status {
        /// The status code.
        status: u16,
        /// How long the server wants to be left alone, at most a day.
        retry_after: Option<Duration>,
    },
    /// "Nothing new" to a request that did not ask for that: a confused cache.
    #[error("the server answers 304 (not modified) to a request that named no earlier version")]
    NotModifiedUnasked,
}

impl FetchError {
    /// Whether the same request may succeed later without anyone changing something.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Net(error) => error.is_temporary(),
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::NotModifiedUnasked => true,
        }
    }

    /// Whether the server says that the document is gone and will not come back.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Status { status: 410, .. })
    }

    /// How long the server wants to be left alone, where it said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::Net(_) | Self::NotModifiedUnasked => None,
        }
    }
}

/// A status in words, where an operator may not know the number.
fn reason(status: u16) -> &'static str {
    match status {
        401 => " (login required)",
        403 => " (forbidden)",
        404 => " (not found)",
        410 => " (gone for good)",
        429 => " (too many requests)",
        451 => " (blocked for legal reasons)",
        500 => " (server error)",
        502 | 504 => " (its gateway has a problem)",
        503 => " (unavailable at the moment)",
        _ => "",
    }
}

impl Fetcher {
    /// Makes a fetcher. Fails where the HTTP client cannot be set up.
    pub fn new(settings: &FetchSettings) -> Result<Self, NetError> {
        Ok(Self {
            client: Client::new(settings)?,
            limits: Limits::new(settings.max_concurrent, settings.max_per_host, settings.host_pause),
            rests: Rests::default(),
        })
    }

    /// Asks for one of a source's addresses, with what the server said last time. Waits where as many
    /// requests as configured are under way, in all or to this host; that wait is not part of the
    /// request's time limit. `now` is what a date in `Retry-After` is counted from.
    pub async fn get(
        &self,
        source: &Source,
        address: &Url,
        validators: &Validators,
        now: Timestamp,
    ) -> Result<Fetched, FetchError> {
        self.get_held(source, address, validators, now).await.map(|(fetched, _)| fetched)
    }

    /// As [`Self::get`], with the place that the request had among all that run at a time. Who holds it until
    /// what it brought is written keeps documents from piling up before the writer.
    pub async fn get_held(
        &self,
        source: &Source,
        address: &Url,
        validators: &Validators,
        now: Timestamp,
    ) -> Result<(Fetched, Slot), FetchError> {
        let (headers, conditional) = request_headers(validators);
        let turn = self.limits.turn(address.host_str().unwrap_or_default()).await;
        let response = self.client.get(address, &headers, &source.allow_addresses).await?;
        if let (429 | 503, Some(wait)) = (response.status, retry_after(&response.headers, now)) {
            self.rests.note(response.url.host_str().unwrap_or_default(), &source.name, now, wait);
        }
        if response.status == 304 && conditional {
            return Ok((Fetched::Unchanged(manners(&response, now)), turn.into_slot()));
        }
        Ok((Fetched::Body(success(response, now)?), turn.into_slot()))
    }

    /// Until when a source's hosts want to be left alone by all: where several sources of one host were told
    /// so, it is not about one of them.
    #[must_use]
    pub fn rests_until(&self, source: &Source, now: Timestamp) -> Option<Timestamp> {
        let hosts = source.addresses.iter().filter_map(Url::host_str);
        // A source with another host that answers is asked there.
        hosts.map(|host| self.rests.until(host, now)).min().flatten()
    }

    /// Asks for one page that a person named. `allow` adds to the ranges that all may be asked at.
    pub async fn page(&self, address: &Url, allow: &[IpNet], now: Timestamp) -> Result<Body, FetchError> {
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(ACCEPTED_PAGE))]);
        let _turn = self.limits.turn(address.host_str().unwrap_or_default()).await;
        success(self.client.get(address, &headers, allow).await?, now)
    }
}

/// The document of an answer that brings one.
fn success(response: Response, now: Timestamp) -> Result<Body, FetchError> {
    match response.status {
        304 => Err(FetchError::NotModifiedUnasked),
        200 | 203 => Ok(body(response, now)),
        status => Err(FetchError::Status { status, retry_after: retry_after(&response.headers, now) }),
    }
}

/// The request's headers, and whether they ask for news only.
fn request_headers(validators: &Validators) -> (HeaderMap, bool) {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
    for (name, validator) in
        [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)]
    {
        if let Some(value) =
            validator.as_deref().and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok())
        {
            headers.insert(name, value);
        }
    }
    let conditional = headers.len() > 1;
    (headers, conditional)
}

fn manners(response: &Response, now: Timestamp) -> Manners {
    Manners { fresh_for: fresh_for(&response.headers, now), moved: response.moved.clone() }
}

fn body(response: Response, now: Timestamp) -> Body {
    let validator = |name| text(&response.headers, &name).filter(|text| text.len() <= MAX_VALIDATOR_BYTES);
    let validators = Validators { etag: validator(ETAG), last_modified: validator(LAST_MODIFIED) };
    let content_type =
        text(&response.headers, &CONTENT_TYPE).filter(|text| text.len() <= MAX_CONTENT_TYPE_BYTES);
    let manners = manners(&response, now);
    Body { bytes: response.body, content_type, final_url: response.url, validators, manners }
}

/// A header's text; `None` where it is absent, empty, no UTF-8 or holds control characters.
fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let text = std::str::from_utf8(headers.get(name)?.as_bytes()).ok()?;
    (!text.is_empty() && !text.contains(char::is_control)).then(|| text.to_owned())
}
