//! Names to addresses, and only to those that may be asked.

use super::guard::is_allowed;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// A name has addresses, and none of them may be asked.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no public address")]
pub(super) struct Refused(pub(super) IpAddr);

/// The system's resolver behind the guard: the connection sees checked addresses and no others.
pub(super) struct Guarded {
    allow: Arc<[IpNet]>,
}

impl Guarded {
    pub(super) fn new(allow: &[IpNet]) -> Self {
        Self { allow: allow.into() }
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allow = Arc::clone(&self.allow);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|address| is_allowed(address.ip(), &allow)).collect();
            match found.first() {
                Some(first) if allowed.is_empty() => Err(Refused(first.ip()).into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}
