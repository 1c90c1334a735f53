//! How many requests run at a time, in all and to one host.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// The limits and who holds a turn.
#[derive(Debug)]
pub(super) struct Limits {
    all: Arc<Semaphore>,
    per_host: usize,
    /// Between the beginnings of two requests to one host.
    pause: Duration,
    /// Only hosts with a request under way or waiting stay here.
    hosts: Mutex<HashMap<String, Weak<Semaphore>>>,
    /// When a host may be asked again; only those stay here that may not yet.
    next: Mutex<HashMap<String, Instant>>,
}

/// Leave to send one request; given back when dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _host: Option<OwnedSemaphorePermit>,
    all: Option<OwnedSemaphorePermit>,
}

/// A place among the requests that run at a time, over all hosts; given back when dropped.
#[derive(Debug)]
pub struct Slot {
    _all: Option<OwnedSemaphorePermit>,
}

impl Turn {
    /// Lets the next one ask the host, and keeps the place.
    pub(super) fn into_slot(self) -> Slot {
        Slot { _all: self.all }
    }
}

impl Limits {
    /// A limit of none would be a daemon that never polls, so each is at least one.
    pub(super) fn new(all: usize, per_host: usize, pause: Duration) -> Self {
        let bounded = |limit: usize| limit.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            all: Arc::new(Semaphore::new(bounded(all))),
            per_host: bounded(per_host),
            pause,
            hosts: Mutex::default(),
            next: Mutex::default(),
        }
    }

    /// Waits for a turn: first for the host, so that a queue at one host holds up no other. After it the
    /// host has at least `rest`.
    pub(super) async fn turn(&self, host: &str, rest: Duration) -> Turn {
        let semaphore = self.host(host);
        // Neither semaphore is ever closed, so both always give a permit.
        let permit = semaphore.acquire_owned().await.ok();
        if let Some(begin) = self.begin(host, rest) {
            tokio::time::sleep_until(begin).await;
        }
        let all = Arc::clone(&self.all).acquire_owned().await.ok();
        Turn { _host: permit, all }
    }

    /// When a request to a host may begin; `None`: at once. The next one may begin a pause later, or after
    /// `rest` where that is longer.
    fn begin(&self, host: &str, rest: Duration) -> Option<Instant> {
        let pause = self.pause.max(rest);
        if pause.is_zero() || is_here(host) {
            return None;
        }
        let now = Instant::now();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.retain(|_, free| *free > now);
        let begin = next.get(host).copied();
        next.insert(host.to_owned(), begin.unwrap_or(now) + pause);
        begin
    }

    fn host(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.retain(|_, semaphore| semaphore.strong_count() > 0);
        if let Some(semaphore) = hosts.get(host).and_then(Weak::upgrade) {
            return semaphore;
        }
        let semaphore = Arc::new(Semaphore::new(self.per_host));
        hosts.insert(host.to_owned(), Arc::downgrade(&semaphore));
        semaphore
    }
}

/// Whether a host is this machine, which minds nothing.
fn is_here(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn hosts_are_forgotten_when_nobody_asks_them() {
        let limits = Limits::new(8, 1, Duration::ZERO);
        for number in 0..100 {
            drop(limits.turn(&format!("host{number}"), Duration::ZERO).await);
        }
        let held = limits.turn("held", Duration::ZERO).await;
        assert_eq!(limits.hosts.lock().unwrap().len(), 1);
        drop(held);
    }

    #[tokio::test]
    async fn a_queue_at_one_host_holds_up_no_other() {
        let limits = Limits::new(2, 1, Duration::ZERO);
        let first = limits.turn("a", Duration::ZERO).await;
        let waiting = limits.turn("a", Duration::ZERO);
        tokio::pin!(waiting);
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("two turns at one host"),
            other = limits.turn("b", Duration::ZERO) => drop(other),
        }
        drop(first);
        drop(waiting.await);
    }

    #[tokio::test]
    async fn a_slot_counts_among_all_and_not_at_its_host() {
        let limits = Limits::new(1, 1, Duration::ZERO);
        let slot = limits.turn("a", Duration::ZERO).await.into_slot();
        assert_eq!(limits.host("a").available_permits(), 1);
        assert_eq!(limits.all.available_permits(), 0);
        drop(slot);
        drop(limits.turn("a", Duration::ZERO).await);
    }

    #[test]
    fn requests_to_one_host_begin_one_after_the_other() {
        const PAUSE: Duration = Duration::from_mins(10);
        let limits = Limits::new(8, 4, PAUSE);
        assert_eq!(limits.begin("example.org", Duration::ZERO), None);
        let second = limits.begin("example.org", Duration::ZERO).expect("a wait");
        assert_eq!(limits.begin("example.org", Duration::ZERO), Some(second + PAUSE));
        assert_eq!(limits.begin("example.net", Duration::ZERO), None, "another host");
        for here in ["127.0.0.1", "127.0.0.1", "[::1]", "[::1]", "localhost", "localhost"] {
            assert_eq!(limits.begin(here, Duration::ZERO), None, "{here}");
        }
        assert_eq!(limits.next.lock().unwrap().len(), 2);
        assert_eq!(limits.begin("slow.example", 2 * PAUSE), None);
        assert!(limits.begin("slow.example", Duration::ZERO) > Some(second + PAUSE / 2), "it rests longer");
    }
}
