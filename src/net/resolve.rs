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

/// Who is asked for the addresses of a name.
trait Lookup: Send + Sync + 'static {
    /// The addresses, with no port.
    fn addresses(&self, name: &str) -> impl Future<Output = std::io::Result<Vec<SocketAddr>>> + Send;
}

/// The system's resolver.
#[derive(Debug)]
pub(super) struct System;

impl Lookup for System {
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.collect())
    }
}

/// A resolver behind the guard: the connection sees checked addresses and no others.
pub(super) struct Guarded<L = System> {
    lookup: Arc<L>,
    allow: Arc<[IpNet]>,
}

impl Guarded {
    pub(super) fn new(allow: &[IpNet]) -> Self {
        Self { lookup: Arc::new(System), allow: allow.into() }
    }
}

impl<L: Lookup> Resolve for Guarded<L> {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, allow) = (Arc::clone(&self.lookup), Arc::clone(&self.allow));
        Box::pin(async move {
            let found = lookup.addresses(name.as_str()).await?;
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|address| is_allowed(address.ip(), &allow)).collect();
            match found.first() {
                Some(first) if allowed.is_empty() => Err(Refused(first.ip()).into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    const PUBLIC: [u8; 4] = [1, 1, 1, 1];
    const LOOPBACK: [u8; 4] = [127, 0, 0, 1];

    /// A name server that has another answer each time.
    struct Turning(Mutex<Vec<Vec<[u8; 4]>>>);

    impl Lookup for Turning {
        async fn addresses(&self, _name: &str) -> std::io::Result<Vec<SocketAddr>> {
            let answer = self.0.lock().unwrap().remove(0);
            Ok(answer.into_iter().map(|address| SocketAddr::from((address, 0))).collect())
        }
    }

    fn turning(answers: &[&[[u8; 4]]]) -> Guarded<Turning> {
        let answers = answers.iter().map(|answer| answer.to_vec()).collect();
        Guarded { lookup: Arc::new(Turning(Mutex::new(answers))), allow: Arc::new([]) }
    }

    async fn asked(guarded: &Guarded<Turning>) -> Result<Vec<IpAddr>, String> {
        let name = "rebinding.example.org".parse().unwrap();
        let found = guarded.resolve(name).await.map_err(|error| error.to_string())?;
        Ok(found.map(|address| address.ip()).collect())
    }

    #[tokio::test]
    async fn a_name_that_turns_private_between_two_connections_is_refused_at_the_second() {
        let guarded = turning(&[&[PUBLIC], &[LOOPBACK]]);
        assert_eq!(asked(&guarded).await, Ok(vec![PUBLIC.into()]));
        assert_eq!(asked(&guarded).await, Err("127.0.0.1 is no public address".to_owned()));
    }

    #[tokio::test]
    async fn of_several_addresses_the_connection_sees_the_public_ones_alone() {
        let guarded = turning(&[&[LOOPBACK, PUBLIC, [10, 0, 0, 1]]]);
        assert_eq!(asked(&guarded).await, Ok(vec![PUBLIC.into()]));
    }

    /// As a name server rebinds: the answer is public when the address is checked and private when somebody
    /// connects. There is one answer, and it is both checked and connected to.
    #[tokio::test]
    async fn a_name_is_looked_up_once_for_a_connection() {
        let guarded = turning(&[&[LOOPBACK], &[PUBLIC]]);
        let lookup = Arc::clone(&guarded.lookup);
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().dns_resolver(guarded).build().unwrap();
        let failed = client.get("http://rebinding.example.org/").send().await.unwrap_err();
        assert!(format!("{failed:?}").contains("Refused(127.0.0.1)"), "{failed:?}");
        assert_eq!(lookup.0.lock().unwrap().len(), 1, "the second answer was never asked for");
    }
}
