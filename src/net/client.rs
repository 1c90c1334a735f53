//! One GET, with redirects followed by hand; one POST, with none.

use super::error::clean;
use super::guard::check_url;
use super::resolve::Guarded;
use super::{NetError, Question};
use crate::domain::FetchSettings;
use ipnet::IpNet;
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Certificate, StatusCode};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// Most time for a connection, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an unused connection is kept: long enough for two feeds of one host in one round.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// Most bytes of headers in HTTP/2; HTTP/1 is bounded by the library.
const MAX_HEADER_BYTES: u32 = 64 * 1024;
/// Bytes set aside for a body before it is seen, whatever its header says.
const FIRST_BODY_BYTES: usize = 64 * 1024;
/// Most bytes read of what a server says to a POST, and most time for it: the status counts, the
/// words are for the operator.
const MOST_WORDS: usize = 4 * 1024;
const WORDS_TIMEOUT: Duration = Duration::from_secs(2);

/// The HTTP client. It sends no cookies and no Referer, knows no proxy, and follows at most as many
/// redirects as configured, each checked like the first address.
#[derive(Debug)]
pub struct Client {
    /// One for each list of allowed addresses, because the resolver belongs to the client.
    clients: Mutex<HashMap<Vec<IpNet>, reqwest::Client>>,
    user_agent: String,
    authorities: Vec<Certificate>,
    timeout: Duration,
    max_body_bytes: u64,
    max_redirects: u8,
    allow: Vec<IpNet>,
}

/// What a server answered in the end.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body after decompression. Of a GET it is read only where the status says success; of a POST
    /// it is the first words, whatever the status.
    pub body: Vec<u8>,
    /// The address that answered, after redirects.
    pub url: Url,
    /// Where the address that was asked says that it is for good: where the redirects that say so (301,
    /// 308) led, from the first on.
    pub moved: Option<Url>,
    /// Whether the headers that are confided to some servers went along with the request that was answered.
    pub confided: bool,
}

impl Response {
    /// Where the answer leads to, where it leads anywhere.
    #[must_use]
    pub fn target(&self) -> Option<Url> {
        target(&self.url, &self.headers)
    }
}

impl Client {
    /// Makes a client. Fails where the authority file cannot be read or the contact is no header text.
    pub fn new(settings: &FetchSettings) -> Result<Self, NetError> {
        // Another part of the program may have installed it already; either way it is there.
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        let authorities = match &settings.ca_file {
            Some(path) => {
                let setup =
                    |detail: String| NetError::Setup { detail: format!("{}: {detail}", path.display()) };
                let pem = std::fs::read(path).map_err(|error| setup(error.to_string()))?;
                Certificate::from_pem_bundle(&pem).map_err(|error| setup(error.to_string()))?
            }
            None => Vec::new(),
        };
        let client = Self {
            clients: Mutex::default(),
            user_agent: user_agent(settings.contact.as_deref()),
            authorities,
            timeout: settings.timeout,
            max_body_bytes: settings.max_body_bytes,
            max_redirects: settings.max_redirects,
            allow: settings.allow_addresses.clone(),
        };
        client.for_allowed(&[])?;
        Ok(client)
    }

    /// Asks for a URL. The time limit holds for all hops and the body together.
    pub async fn get(&self, url: &Url, question: &Question<'_>) -> Result<Response, NetError> {
        let client = self.for_allowed(question.allow)?;
        timeout(self.timeout, self.follow(&client, url, question))
            .await
            .unwrap_or(Err(NetError::Timeout { seconds: self.timeout.as_secs() }))
    }

    /// Sends a body, once. A redirect is not followed but given back like any other answer: what is
    /// sent is meant for this address and no other. `allow` adds to the ranges that all may be asked at.
    ///
    /// The connection has a time limit of its own, and the answer the configured one from then on: what
    /// ends with [`NetError::Timeout`] was handed over.
    pub async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Vec<u8>,
        allow: &[IpNet],
    ) -> Result<Response, NetError> {
        let client = self.for_allowed(allow)?;
        let allow: Vec<IpNet> = self.allow.iter().chain(allow).copied().collect();
        check_url(url, &allow)?;
        let host = host(url);
        let request = client.post(url.clone()).headers(headers).body(body);
        let mut response = timeout(self.connect_timeout() + self.timeout, request.send())
            .await
            .map_err(|_| NetError::Timeout { seconds: self.timeout.as_secs() })?
            .map_err(|error| NetError::from_client(&error, &host))?;
        let mut words = Vec::new();
        // The answer is known: that it breaks off, is endless or slow changes nothing.
        let _cut = timeout(WORDS_TIMEOUT, async {
            while let Ok(Some(chunk)) = response.chunk().await
                && words.len() < MOST_WORDS
            {
                words.extend_from_slice(&chunk[..chunk.len().min(MOST_WORDS - words.len())]);
            }
        })
        .await;
        let status = response.status().as_u16();
        Ok(Response {
            status,
            headers: response.headers().clone(),
            body: words,
            url: url.clone(),
            moved: None,
            confided: false,
        })
    }

    async fn follow(
        &self,
        client: &reqwest::Client,
        url: &Url,
        question: &Question<'_>,
    ) -> Result<Response, NetError> {
        let allow: Vec<IpNet> = self.allow.iter().chain(question.allow).copied().collect();
        let mut url = url.clone();
        let (mut moved, mut for_good) = (None, true);
        for _hop in 0..=self.max_redirects {
            check_url(&url, &allow)?;
            let host = host(&url);
            let (headers, confided) = question.headers_for(&url);
            let failed = |error: reqwest::Error| NetError::from_client(&error, &host);
            let response = client.get(url.clone()).headers(headers).send().await.map_err(failed)?;
            if let Some(next) = redirect(&url, &response)? {
                for_good &= matches!(
                    response.status(),
                    StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT
                );
                moved = if for_good { Some(next.clone()) } else { moved };
                url = next;
                continue;
            }
            let status = response.status();
            let headers = response.headers().clone();
            let body = if status.is_success() {
                self.read_body(response).await.map_err(|e| e.named(&host))?
            } else {
                Vec::new()
            };
            return Ok(Response { status: status.as_u16(), headers, body, url, moved, confided });
        }
        Err(NetError::TooManyRedirects { limit: self.max_redirects })
    }

    /// Reads a body up to the limit, counted as it comes out of decompression.
    async fn read_body(&self, mut response: reqwest::Response) -> Result<Vec<u8>, BodyError> {
        let too_large = BodyError::TooLarge { limit: self.max_body_bytes };
        if response.content_length().is_some_and(|length| length > self.max_body_bytes) {
            return Err(too_large);
        }
        let mut body = Vec::with_capacity(FIRST_BODY_BYTES);
        while let Some(chunk) = response.chunk().await.map_err(BodyError::Client)? {
            let length = u64::try_from(body.len() + chunk.len()).unwrap_or(u64::MAX);
            if length > self.max_body_bytes {
                return Err(too_large);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Most time for a connection.
    fn connect_timeout(&self) -> Duration {
        CONNECT_TIMEOUT.min(self.timeout)
    }

    /// The client whose resolver allows what all sources may and these ranges.
    fn for_allowed(&self, allow: &[IpNet]) -> Result<reqwest::Client, NetError> {
        let mut key: Vec<IpNet> = self.allow.iter().chain(allow).copied().collect();
        key.sort_unstable();
        key.dedup();
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .dns_resolver(Guarded::new(&key))
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(self.connect_timeout())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .http2_max_header_list_size(MAX_HEADER_BYTES)
            .tls_certs_merge(self.authorities.iter().cloned())
            .build()
            .map_err(|error| NetError::from_client(&error, ""))?;
        clients.insert(key, client.clone());
        Ok(client)
    }
}

/// Why a body was not read.
enum BodyError {
    TooLarge { limit: u64 },
    Client(reqwest::Error),
}

impl BodyError {
    fn named(self, host: &str) -> NetError {
        match self {
            Self::TooLarge { limit } => NetError::TooLarge { limit },
            Self::Client(error) => NetError::from_client(&error, host),
        }
    }
}

/// Where an answer leads on, if it does. From https it leads only to https: what stands between us
/// and an http server could put words into an official source's mouth.
fn redirect(from: &Url, response: &reqwest::Response) -> Result<Option<Url>, NetError> {
    let moved = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    if !moved {
        return Ok(None);
    }
    let to = target(from, response.headers()).ok_or(NetError::BadRedirect)?;
    if from.scheme() == "https" && to.scheme() == "http" {
        return Err(NetError::Downgrade { host: host(&to) });
    }
    Ok(Some(to))
}

fn target(from: &Url, headers: &HeaderMap) -> Option<Url> {
    let target = std::str::from_utf8(headers.get(LOCATION)?.as_bytes()).ok()?;
    from.join(target).ok()
}

fn host(url: &Url) -> String {
    clean(url.host_str().unwrap_or_default())
}

/// Who we are, and whom to write to.
fn user_agent(contact: Option<&str>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match contact {
        Some(contact) => format!("sanctionwatch/{version} (+{contact})"),
        None => format!("sanctionwatch/{version}"),
    }
}
