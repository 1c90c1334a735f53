//! What the end-to-end tests share: a web server, a mail server, feeds, and a project folder in
//! which the built program runs.
//!
//! Nothing here reaches beyond loopback, uses a fixed port, or sleeps for luck: whoever waits, waits
//! for a request, a message, a line or a signal, up to [`PATIENCE`]. Everything stops when dropped.

pub(crate) mod daemon;
pub(crate) mod events;
pub(crate) mod feeds;
pub(crate) mod mail;
pub(crate) mod mta;
pub(crate) mod port;
pub(crate) mod program;
pub(crate) mod project;
pub(crate) mod shared_folder;
pub(crate) mod web;

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a test waits for what must come. Long, because a loaded machine is slow; a test that
/// passes never waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A list that other threads add to and that a test can wait on.
#[derive(Debug)]
pub(crate) struct Log<T> {
    entries: Mutex<Vec<T>>,
    grew: Condvar,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self { entries: Mutex::new(Vec::new()), grew: Condvar::new() }
    }
}

impl<T: Clone> Log<T> {
    pub(crate) fn push(&self, entry: T) {
        self.lock().push(entry);
        self.grew.notify_all();
    }

    pub(crate) fn all(&self) -> Vec<T> {
        self.lock().clone()
    }

    /// What came after the first `known` entries.
    pub(crate) fn after(&self, known: usize) -> Vec<T> {
        self.lock().iter().skip(known).cloned().collect()
    }

    /// Waits until `enough` says so of the whole list; `Err` is the list as it stood at the end.
    pub(crate) fn wait(&self, enough: impl Fn(&[T]) -> bool) -> Result<Vec<T>, Vec<T>> {
        let deadline = Instant::now() + PATIENCE;
        let mut entries = self.lock();
        loop {
            if enough(&entries) {
                return Ok(entries.clone());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(entries.clone());
            }
            entries = self.grew.wait_timeout(entries, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
