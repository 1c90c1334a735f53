//! The proxy that sources are asked over, and what is checked before it is asked.
//!
//! A proxy resolves names itself, so the connection cannot be kept to checked addresses. What can be
//! checked is: addresses written as such, and names that this machine can resolve. A name that it cannot
//! resolve, as is usual behind a proxy, is the proxy's to refuse.

use super::NetError;
use super::guard::is_allowed;
use crate::domain::ProxySettings;
use ipnet::IpNet;
use std::fmt;
use std::time::Duration;
use tokio::time::timeout;
use url::{Host, Url};

/// Most time for a name here: behind a proxy, asking for one may lead nowhere.
const NAME_TIMEOUT: Duration = Duration::from_secs(2);

/// A proxy, with its login.
pub(super) struct Proxy {
    pub(super) way: reqwest::Proxy,
    /// For messages.
    pub(super) host: String,
}

impl Proxy {
    pub(super) fn new(settings: &ProxySettings) -> Result<Self, NetError> {
        let host = settings.address.host_str().unwrap_or_default().to_owned();
        let way = reqwest::Proxy::all(settings.address.clone())
            .map_err(|error| NetError::Setup { detail: format!("the proxy {host}: {error}") })?;
        let way = match &settings.login {
            Some((user, password)) => way.basic_auth(user, password.expose()),
            None => way,
        };
        Ok(Self { way, host })
    }
}

impl fmt::Debug for Proxy {
    /// Without the login.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Proxy").field("host", &self.host).finish_non_exhaustive()
    }
}

/// Refuses a name that is, as far as can be seen from here, at an address that may not be asked. One such
/// address is enough: which of them the proxy takes is not known.
pub(super) async fn check_name(url: &Url, allow: &[IpNet]) -> Result<(), NetError> {
    let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
    let Ok(Ok(found)) = timeout(NAME_TIMEOUT, tokio::net::lookup_host((name, 0))).await else {
        return Ok(());
    };
    match found.map(|address| address.ip()).find(|address| !is_allowed(*address, allow)) {
        Some(address) => Err(NetError::AddressRefused { host: name.to_owned(), address }),
        None => Ok(()),
    }
}
