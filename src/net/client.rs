//! One GET, with redirects followed by hand; one POST, with none.

use super::error::clean;
use super::guard::check_url;
use super::proxy::{Proxy, check_name};
use super::resolve::Guarded;
use super::{NetError, Question, Trail};
use crate::domain::FetchSettings;
use ipnet::IpNet;
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Certificate, ClientBuilder, StatusCode};
use std::collections::HashMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout};
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

/// The HTTP client. It sends no cookies and no Referer, knows no proxy but the configured one, and follows
/// at most as many redirects as configured, each checked like the first address.
#[derive(Debug)]
pub struct Client {
    /// One for each list of allowed addresses, because the resolver belongs to the client, and one over the
    /// proxy, which resolves by itself.
    clients: Mutex<HashMap<Option<Vec<IpNet>>, reqwest::Client>>,
    user_agent: String,
    authorities: Vec<Certificate>,
    timeout: Duration,
    most_body_bytes: u64,
    most_redirects: u8,
    allow: Vec<IpNet>,
    proxy: Option<Proxy>,
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
            most_body_bytes: settings.most_body_bytes,
            most_redirects: settings.most_redirects,
            allow: settings.allow_addresses.clone(),
            proxy: settings.proxy.as_ref().map(Proxy::new).transpose()?,
        };
        client.direct(client.ranges(&[]))?;
        Ok(client)
    }

    /// Asks for a URL. The time limit holds for all hops and the body together.
    pub async fn get(&self, url: &Url, question: &Question<'_>) -> Result<Response, NetError> {
        let mut trail = self.trail(url);
        loop {
            if let Some(response) = self.hop(&mut trail, question).await? {
                return Ok(response);
            }
        }
    }

    /// The beginning of the way that [`Client::hop`] goes on.
    #[must_use]
    pub fn trail(&self, url: &Url) -> Trail {
        Trail {
            url: url.clone(),
            moved: None,
            for_good: true,
            redirects_left: self.most_redirects,
            time_left: self.timeout,
        }
    }

    /// Asks where a trail is. `None`: it leads on from there. What passes between two hops does not count
    /// for the time limit.
    pub async fn hop(
        &self,
        trail: &mut Trail,
        question: &Question<'_>,
    ) -> Result<Option<Response>, NetError> {
        let started = Instant::now();
        let left = trail.time_left;
        let found = timeout(left, self.step(trail, question)).await;
        trail.time_left = left.saturating_sub(started.elapsed());
        found.unwrap_or(Err(NetError::Timeout { seconds: self.timeout.as_secs() }))
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
        let allow = self.ranges(allow);
        check_url(url, &allow)?;
        let client = self.direct(allow)?;
        let host = host(url);
        let request = client.post(url.clone()).headers(headers).body(body);
        let mut response = timeout(self.connect_timeout() + self.timeout, request.send())
            .await
            .map_err(|_| NetError::Timeout { seconds: self.timeout.as_secs() })?
            .map_err(|error| NetError::from_client(&error, &host, None))?;
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

    async fn step(&self, trail: &mut Trail, question: &Question<'_>) -> Result<Option<Response>, NetError> {
        let allow = if question.public_only { Vec::new() } else { self.ranges(question.allow) };
        let url = trail.url.clone();
        check_url(&url, &allow)?;
        let proxy = self.proxy.as_ref().filter(|_| question.over_proxy);
        let client = match proxy {
            Some(proxy) => {
                check_name(&url, &allow).await?;
                self.over(proxy)?
            }
            None => self.direct(allow)?,
        };
        let host = host(&url);
        let (headers, confided) = question.headers_for(&url);
        let response =
            client.get(url.clone()).headers(headers).send().await.map_err(|error| {
                NetError::from_client(&error, &host, proxy.map(|proxy| proxy.host.as_str()))
            })?;
        if let Some(next) = redirect(&url, &response)? {
            let Some(left) = trail.redirects_left.checked_sub(1) else {
                return Err(NetError::TooManyRedirects { limit: self.most_redirects });
            };
            trail.redirects_left = left;
            trail.for_good &=
                matches!(response.status(), StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT);
            if trail.for_good {
                trail.moved = Some(next.clone());
            }
            trail.url = next;
            return Ok(None);
        }
        let status = response.status();
        let headers = response.headers().clone();
        let body = if status.is_success() {
            self.read_body(response, question.cut_at).await.map_err(|error| error.named(&host))?
        } else {
            Vec::new()
        };
        let moved = trail.moved.clone();
        Ok(Some(Response { status: status.as_u16(), headers, body, url, moved, confided }))
    }

    /// Reads a body up to the limit, counted as it comes out of decompression.
    async fn read_body(
        &self,
        mut response: reqwest::Response,
        cut_at: Option<usize>,
    ) -> Result<Vec<u8>, BodyError> {
        let too_large = BodyError::TooLarge { limit: self.most_body_bytes };
        // What is read to a limit of its own is cut at the other one, too.
        let cut_at = cut_at.map(|at| at.min(usize::try_from(self.most_body_bytes).unwrap_or(usize::MAX)));
        let is_too_large = response.content_length().is_some_and(|length| length > self.most_body_bytes);
        if is_too_large && cut_at.is_none() {
            return Err(too_large);
        }
        let mut body = Vec::with_capacity(FIRST_BODY_BYTES);
        while let Some(chunk) = response.chunk().await.map_err(BodyError::Client)? {
            if let Some(most) = cut_at.filter(|most| body.len() + chunk.len() >= *most) {
                body.extend_from_slice(&chunk[..most - body.len()]);
                return Ok(body);
            }
            let length = u64::try_from(body.len() + chunk.len()).unwrap_or(u64::MAX);
            if length > self.most_body_bytes {
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

    /// The ranges that may be asked at besides public addresses.
    fn ranges(&self, allow: &[IpNet]) -> Vec<IpNet> {
        self.allow.iter().chain(allow).copied().collect()
    }

    /// The client whose resolver allows these ranges besides public addresses.
    fn direct(&self, allow: Vec<IpNet>) -> Result<reqwest::Client, NetError> {
        let mut key = allow;
        key.sort_unstable();
        key.dedup();
        let resolver = Guarded::new(&key);
        self.client(Some(key), |builder| builder.dns_resolver(resolver))
    }

    /// The client that asks the proxy. The proxy's own name may be at any address: the operator named it.
    fn over(&self, proxy: &Proxy) -> Result<reqwest::Client, NetError> {
        self.client(None, |builder| builder.proxy(proxy.way.clone()))
    }

    /// The client that is kept under a key; made, with something of its own, where there is none yet.
    fn client(
        &self,
        key: Option<Vec<IpNet>>,
        own: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<reqwest::Client, NetError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let builder = reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(self.connect_timeout())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .http2_max_header_list_size(MAX_HEADER_BYTES)
            .tls_certs_merge(self.authorities.iter().cloned());
        // What can be wrong here is the machine's: no address was asked yet.
        let client = own(builder).build().map_err(|error| NetError::Setup {
            detail: format!(
                "{}; are the certificates of the authorities installed (Debian: ca-certificates)?",
                clean(&root_of(&error))
            ),
        })?;
        clients.insert(key, client.clone());
        Ok(client)
    }
}

/// The first cause of an error: what the libraries between say is about themselves.
fn root_of(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
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
            Self::Client(error) => NetError::from_client(&error, host, None),
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
