//! How many requests run at a time, in all and to one host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The limits and who holds a turn.
#[derive(Debug)]
pub(super) struct Limits {
    all: Arc<Semaphore>,
    per_host: usize,
    /// Only hosts with a request under way or waiting stay here.
    hosts: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// Leave to send one request; given back when dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _host: Option<OwnedSemaphorePermit>,
    _all: Option<OwnedSemaphorePermit>,
}

impl Limits {
    /// A limit of none would be a daemon that never polls, so each is at least one.
    pub(super) fn new(all: usize, per_host: usize) -> Self {
        let bounded = |limit: usize| limit.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            all: Arc::new(Semaphore::new(bounded(all))),
            per_host: bounded(per_host),
            hosts: Mutex::default(),
        }
    }

    /// Waits for a turn: first for the host, so that a queue at one host holds up no other.
    pub(super) async fn turn(&self, host: &str) -> Turn {
        let semaphore = self.host(host);
        // Neither semaphore is ever closed, so both always give a permit.
        let host = semaphore.acquire_owned().await.ok();
        let all = Arc::clone(&self.all).acquire_owned().await.ok();
        Turn { _host: host, _all: all }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn hosts_are_forgotten_when_nobody_asks_them() {
        let limits = Limits::new(8, 1);
        for number in 0..100 {
            drop(limits.turn(&format!("host{number}")).await);
        }
        let held = limits.turn("held").await;
        assert_eq!(limits.hosts.lock().unwrap().len(), 1);
        drop(held);
    }

    #[tokio::test]
    async fn a_queue_at_one_host_holds_up_no_other() {
        let limits = Limits::new(2, 1);
        let first = limits.turn("a").await;
        let waiting = limits.turn("a");
        tokio::pin!(waiting);
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("two turns at one host"),
            other = limits.turn("b") => drop(other),
        }
        drop(first);
        drop(waiting.await);
    }
}
