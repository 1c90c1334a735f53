//! What can go wrong between us and a server.

use super::resolve::Refused;
use std::error::Error;
use std::net::IpAddr;

/// Most characters of a library's or server's words in an error.
const MAX_DETAIL_CHARS: usize = 200;

/// A request that gave no answer. Addresses with their queries are not repeated: they may hold keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// Neither http nor https.
    #[error("`{scheme}:` addresses are not fetched; only http and https are")]
    BadScheme {
        /// The scheme.
        scheme: String,
    },
    /// An address without a host.
    #[error("the address has no host")]
    NoHost,
    /// A user name or password within the address.
    #[error("the address of {host} holds a user name or password; such addresses are not fetched")]
    UserInfo {
        /// The host.
        host: String,
    },
    /// A private or special address that the source may not be polled at.
    #[error("{} is no public address; list it in `allow-addresses` if it is meant", at(host, *address))]
    AddressRefused {
        /// The host as asked for.
        host: String,
        /// Its address, or the first of several.
        address: IpAddr,
    },
    /// A redirect from https to http.
    #[error("redirected from https to http at {host}; give the http address itself if that is meant")]
    Downgrade {
        /// The host it led to.
        host: String,
    },
    /// A redirect whose target is no address.
    #[error("a redirect without a usable target")]
    BadRedirect,
    /// More redirects than are followed; nearly always a loop.
    #[error("too many redirects (more than {limit})")]
    TooManyRedirects {
        /// The limit.
        limit: u8,
    },
    /// No whole answer in time.
    #[error("no whole answer within {seconds} s")]
    Timeout {
        /// The limit, in seconds.
        seconds: u64,
    },
    /// A body beyond the limit, counted after decompression.
    #[error("the body is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The host has no address.
    #[error("{host} cannot be resolved: {detail}")]
    Dns {
        /// The host.
        host: String,
        /// The resolver's words.
        detail: String,
    },
    /// No connection.
    #[error("no connection to {host}: {detail}")]
    Connect {
        /// The host.
        host: String,
        /// The system's words.
        detail: String,
    },
    /// No connection over the proxy.
    #[error("no connection to {host} over the proxy {proxy}: {detail}")]
    Proxy {
        /// The proxy's host.
        proxy: String,
        /// The host that was asked for.
        host: String,
        /// The system's or the proxy's words.
        detail: String,
    },
    /// No trust: expired, for another host, signed by nobody we know.
    #[error("no secure connection to {host}: {detail}")]
    Tls {
        /// The host.
        host: String,
        /// What is wrong with it.
        detail: String,
    },
    /// An answer that is no HTTP, or ends early.
    #[error("a broken answer from {host}: {detail}")]
    Protocol {
        /// The host.
        host: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The client could not be made: a fault of the configuration or the system.
    #[error("the HTTP client cannot be set up: {detail}")]
    Setup {
        /// What is wrong.
        detail: String,
    },
}

/// An address with the name it was found by, where it was not written itself.
fn at(host: &str, address: IpAddr) -> String {
    let written = host.trim_matches(['[', ']']) == address.to_string();
    if written { address.to_string() } else { format!("{host} is at {address}, which") }
}

impl NetError {
    /// Whether the same request may succeed later without anyone changing something.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Timeout { .. }
            | Self::Dns { .. }
            | Self::Connect { .. }
            | Self::Proxy { .. }
            | Self::Protocol { .. } => true,
            Self::BadScheme { .. }
            | Self::NoHost
            | Self::UserInfo { .. }
            | Self::AddressRefused { .. }
            | Self::Downgrade { .. }
            | Self::BadRedirect
            | Self::TooManyRedirects { .. }
            | Self::TooLarge { .. }
            | Self::Tls { .. }
            | Self::Setup { .. } => false,
        }
    }

    /// Whether a request that ended so may have reached the server all the same.
    #[must_use]
    pub const fn may_have_arrived(&self) -> bool {
        matches!(self, Self::Timeout { .. } | Self::Protocol { .. })
    }

    /// Says what a failure of the client was; `proxy` is the one it was asked over.
    pub(super) fn from_client(error: &reqwest::Error, host: &str, proxy: Option<&str>) -> Self {
        let host = host.to_owned();
        if let Some(refused) = cause::<Refused>(error) {
            return Self::AddressRefused { host, address: refused.0 };
        }
        let detail = detail(error);
        if cause::<rustls::Error>(error).is_some() {
            Self::Tls { host, detail }
        } else if let (Some(proxy), true) = (proxy, error.is_dns() || error.is_connect()) {
            Self::Proxy { proxy: proxy.to_owned(), host, detail }
        } else if error.is_dns() {
            Self::Dns { host, detail }
        } else if error.is_connect() {
            Self::Connect { host, detail }
        } else if error.is_builder() {
            Self::Setup { detail }
        } else {
            Self::Protocol { host, detail }
        }
    }
}

/// The first cause of a kind. I/O errors hide what they wrap from `source`, and wrap each other.
fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        current = match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// The words of the deepest cause: what stands above only says that something failed.
fn detail(error: &reqwest::Error) -> String {
    let mut deepest: &dyn Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    clean(&deepest.to_string())
}

/// Foreign words without control characters, cut.
pub(super) fn clean(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(MAX_DETAIL_CHARS).collect()
}
