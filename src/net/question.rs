//! What is asked of a server, besides the address.

use ipnet::IpNet;
use reqwest::header::HeaderMap;
use url::{Origin, Url};

/// How a document is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Go along on each hop.
    pub headers: &'a HeaderMap,
    /// Go along where they are meant to.
    pub confided: Confided<'a>,
    /// Adds to the ranges that all may be asked at.
    pub allow: &'a [IpNet],
    /// Whether it is asked over the proxy, where there is one.
    pub over_proxy: bool,
    /// So much of a body is read and no more; `None`: one beyond the limit is an error.
    pub cut_at: Option<usize>,
}

/// Headers for some servers and no others, such as a login. A redirect elsewhere leaves them behind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Confided<'a> {
    /// The headers; they stand before those of the question. `None`: there are none.
    pub headers: Option<&'a HeaderMap>,
    /// The servers: scheme, host and port.
    pub to: &'a [Origin],
}

impl Question<'_> {
    /// The headers of a hop, and whether what is confided is among them.
    pub(super) fn headers_for(&self, url: &Url) -> (HeaderMap, bool) {
        let mut headers = self.headers.clone();
        let own = self.confided.headers.filter(|_| self.confided.to.contains(&url.origin()));
        for (name, value) in own.into_iter().flatten() {
            headers.insert(name, value.clone());
        }
        (headers, own.is_some())
    }
}
