//! Fetch: one conditional GET for a source, politely.
//!
//! Owns: per-host limits, validators and robots.txt. Calls: `domain`, `net`. It stops nothing and retries
//! nothing: an error says whether the same request may succeed later, and when the server wants to
//! be asked again; the schedule decides.

mod error;
mod limits;
mod rests;
mod robots;
#[cfg(test)]
mod tests;

use crate::domain::{FetchSettings, Source, SourceForm, Validators};
use crate::net::{Client, Confided, NetError, Question, Response, fresh_for, retry_after};
pub use error::{FetchError, LoginProblem};
use ipnet::IpNet;
use jiff::Timestamp;
pub use limits::Slot;
use limits::{Limits, Turn};
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED,
};
use rests::Rests;
pub use robots::Rules as RobotsRules;
use robots::{Robots, Rules};
use std::time::Duration;
use url::{Origin, Url};

/// What we read, feeds first.
const ACCEPTED: &str = "application/rss+xml, application/atom+xml, application/rdf+xml, \
                        application/feed+json, application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.8, */*;q=0.1";
/// What we read where one page was asked for by its address.
const ACCEPTED_PAGE: &str = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1";
/// Longest validator kept; servers use some 50 bytes.
const MAX_VALIDATOR_BYTES: usize = 1_024;
/// So much of a robots.txt is read; RFC 9309 asks for no less.
const MAX_ROBOTS_BYTES: usize = 500 * 1024;
/// Longest content type kept.
const MAX_CONTENT_TYPE_BYTES: usize = 256;

/// Asks servers for sources.
#[derive(Debug)]
pub struct Fetcher {
    client: Client,
    limits: Limits,
    rests: Rests,
    robots: Robots,
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

impl Fetcher {
    /// Makes a fetcher. Fails where the HTTP client cannot be set up.
    pub fn new(settings: &FetchSettings) -> Result<Self, NetError> {
        Ok(Self {
            client: Client::new(settings)?,
            limits: Limits::new(settings.most_requests, settings.most_requests_per_host, settings.host_pause),
            rests: Rests::default(),
            robots: Robots::default(),
        })
    }

    /// Asks for one of a source's addresses, or for where it has moved to, with what the server said last time.
    /// Waits where as many requests as configured are under way, in all or to this host; that wait is not part of
    /// the request's time limit. `now` is what a date in `Retry-After` is counted from.
    pub async fn get(
        &self,
        source: &Source,
        form: &SourceForm,
        address: &Url,
        validators: &Validators,
        now: Timestamp,
    ) -> Result<Fetched, FetchError> {
        self.get_held(source, form, address, validators, now).await.map(|(fetched, _)| fetched)
    }

    /// As [`Self::get`], with the place that the request had among all that run at a time. Who holds it until
    /// what it brought is written keeps documents from piling up before the writer.
    pub async fn get_held(
        &self,
        source: &Source,
        form: &SourceForm,
        address: &Url,
        validators: &Validators,
        now: Timestamp,
    ) -> Result<(Fetched, Slot), FetchError> {
        let (headers, conditional) = request_headers(validators);
        let (own, servers) = (&source.own_headers, servers(source));
        let question = Question {
            headers: &headers,
            confided: confided(source, &servers),
            allow: &source.allow_addresses,
            public_only: false,
            over_proxy: source.over_proxy,
            cut_at: None,
        };
        let (response, turn) = if source.asks_robots && matches!(form, SourceForm::Page(_)) {
            self.ask_as_robot(address, &question, now).await?
        } else {
            self.ask(address, &question).await?
        };
        self.heed(source, &response, now);
        if response.status == 304 && conditional {
            return Ok((Fetched::Unchanged(manners(&response, now)), turn.into_slot()));
        }
        if let Some(problem) = LoginProblem::of(own, &response) {
            return Err(FetchError::Login { status: response.status, problem });
        }
        Ok((Fetched::Body(success(response, now)?), turn.into_slot()))
    }

    /// Until when a source's hosts want to be left alone by all: where several sources of one host were told
    /// so, it is not about one of them.
    #[must_use]
    pub fn rests_until(&self, source: &Source, now: Timestamp) -> Option<Timestamp> {
        let hosts = source.addresses.iter().filter_map(|address| address.url.host_str());
        // A source with another host that answers is asked there.
        hosts.map(|host| self.rests.until(host, now)).min().flatten()
    }

    /// Asks for the article behind an entry of a source: with its login and at its allowed addresses where the
    /// article lies on its own servers, elsewhere as a stranger and at public addresses only; where robots.txt
    /// lets programs read it.
    pub async fn article(&self, source: &Source, address: &Url, now: Timestamp) -> Result<Body, FetchError> {
        let (headers, servers) = (page_headers(), servers(source));
        let address = as_safe(source, address);
        let own = servers.contains(&address.origin());
        let question = Question {
            headers: &headers,
            confided: confided(source, &servers),
            allow: if own { &source.allow_addresses } else { &[] },
            // A feed of the web must not lead into this network.
            public_only: !own,
            over_proxy: source.over_proxy,
            cut_at: None,
        };
        let (response, _) = if source.asks_robots || !own {
            self.ask_as_robot(&address, &question, now).await?
        } else {
            self.ask(&address, &question).await?
        };
        self.heed(source, &response, now);
        success(response, now)
    }

    /// Notes where a server sends a source away for a while.
    fn heed(&self, source: &Source, response: &Response, now: Timestamp) {
        if let (429 | 503, Some(wait)) = (response.status, retry_after(&response.headers, now)) {
            self.rests.note(response.url.host_str().unwrap_or_default(), &source.name, now, wait);
        }
    }

    /// Asks for one page that a person named: what robots.txt says is not meant for people.
    pub async fn page_for_person(
        &self,
        address: &Url,
        allow: &[IpNet],
        now: Timestamp,
    ) -> Result<Body, FetchError> {
        let headers = page_headers();
        success(self.ask(address, &page_question(&headers, allow)).await?.0, now)
    }

    /// Whether a poll may read a page: where it may not, what its failure will be.
    pub async fn may_poll(&self, source: &Source, page: &Url, now: Timestamp) -> Result<(), FetchError> {
        let nothing = HeaderMap::new();
        let question =
            Question { over_proxy: source.over_proxy, ..page_question(&nothing, &source.allow_addresses) };
        let rules = self.robots.of(page.origin(), now, self.read_robots(page, &question, now)).await?;
        if rules.allows(&robots::path(page)) { Ok(()) } else { Err(disallowed(page, page)) }
    }

    async fn ask(&self, address: &Url, question: &Question<'_>) -> Result<(Response, Turn), NetError> {
        let turn = self.limits.turn(address.host_str().unwrap_or_default(), Duration::ZERO).await;
        Ok((self.client.get(address, question).await?, turn))
    }

    /// Asks as a program that nobody watches: wherever it is led, robots.txt is heard first.
    async fn ask_as_robot(
        &self,
        address: &Url,
        question: &Question<'_>,
        now: Timestamp,
    ) -> Result<(Response, Turn), FetchError> {
        let mut trail = self.client.trail(address);
        loop {
            let url = trail.url();
            // Not during a turn: robots.txt needs one of its own.
            let rules = self.robots.of(url.origin(), now, self.read_robots(url, question, now)).await?;
            if !rules.allows(&robots::path(url)) {
                return Err(disallowed(url, address));
            }
            let turn = self.limits.turn(url.host_str().unwrap_or_default(), rules.pause).await;
            if let Some(response) = self.client.hop(&mut trail, question).await? {
                return Ok((response, turn));
            }
        }
    }

    /// The rules of a page's server. No file is no rules; one that cannot be had is an error.
    async fn read_robots(
        &self,
        page: &Url,
        question: &Question<'_>,
        now: Timestamp,
    ) -> Result<Rules, FetchError> {
        let host = page.host_str().unwrap_or_default().to_owned();
        let unread = |detail, retry_after| Err(FetchError::RobotsUnread { host, detail, retry_after });
        let question = Question { headers: &HeaderMap::new(), cut_at: Some(MAX_ROBOTS_BYTES), ..*question };
        match self.ask(&robots::address(page), &question).await {
            Ok((response, _)) => match response.status {
                200..=299 => Ok(Rules::read(&response.body)),
                status @ (429 | 500..) => {
                    let detail = format!("the server answers {status}{}", error::reason(status));
                    unread(detail, retry_after(&response.headers, now))
                }
                _ => Ok(Rules::default()),
            },
            Err(NetError::TooManyRedirects { .. } | NetError::BadRedirect | NetError::Downgrade { .. }) => {
                Ok(Rules::default())
            }
            Err(error) if error.is_temporary() => unread(error.to_string(), None),
            // The page would fail of the same.
            Err(error) => Err(error.into()),
        }
    }
}

/// What is told of a page that was asked for as `asked`.
fn disallowed(page: &Url, asked: &Url) -> FetchError {
    let led = page.host_str().filter(|_| page.origin() != asked.origin()).unwrap_or_default();
    // Without the query, in which keys to a service may stand.
    FetchError::Disallowed { path: format!("{led}{}", page.path()) }
}

/// The address of an article, encrypted where its source is: somebody on the way could put words into the mouth
/// of who speaks for a state.
fn as_safe(source: &Source, address: &Url) -> Url {
    let mut safe = address.clone();
    let all = source.addresses.iter().all(|own| own.url.scheme() == "https");
    if all && address.scheme() == "http" && address.port().is_none() {
        // The one change of scheme that is always possible.
        let _done = safe.set_scheme("https");
    }
    safe
}

/// The servers that are a source's own. Who searches for it is not.
fn servers(source: &Source) -> Vec<Origin> {
    let own = source.addresses.iter().filter(|address| !matches!(*address.form, SourceForm::Search));
    own.map(|address| address.url.origin()).collect()
}

/// What these servers alone are told.
fn confided<'a>(source: &'a Source, servers: &'a [Origin]) -> Confided<'a> {
    let own = &source.own_headers.headers;
    Confided { headers: Some(own).filter(|own| !own.is_empty()), to: servers }
}

fn page_headers() -> HeaderMap {
    HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(ACCEPTED_PAGE))])
}

/// A page that belongs to no source's own servers.
fn page_question<'a>(headers: &'a HeaderMap, allow: &'a [IpNet]) -> Question<'a> {
    Question {
        headers,
        confided: Confided::default(),
        allow,
        public_only: false,
        over_proxy: true,
        cut_at: None,
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
