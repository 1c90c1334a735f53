//! The runtime of the commands that touch the network or the database: how many threads it has, and what is said
//! where the system gives none.

use super::exit::{Failure, TEMPORARY};
use anyhow::Context;
use std::io;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// Most threads that run tasks, however many processors there are: they wait for the network, and the service
/// has a limit.
const MOST_WORKERS: usize = 4;

/// Most threads for what takes its time: documents that are read, names that are looked up. With the workers and
/// those of the database (five) they stay below the `TasksMax=` of the unit.
const MOST_BLOCKING: usize = 32;

/// How long such a thread is kept. Where the system gives no more, what there is to do waits for one of them, and
/// would fail if there were none.
const KEPT: Duration = Duration::from_hours(1);

/// Threads besides the workers without which nothing can be done: the database's that writes, one that reads, and one
/// for documents.
const BESIDES: usize = 3;

/// A runtime, where the system gives the threads for it.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_WORKERS);
    // The runtime would panic.
    try_threads(workers + BESIDES)
        .context("the system gives this process no more threads (`TasksMax=`, `ulimit -u`, or memory)")
        .map_err(|error| Failure::new(TEMPORARY, error))?;
    Builder::new_multi_thread()
        .worker_threads(workers)
        .max_blocking_threads(MOST_BLOCKING)
        .thread_keep_alive(KEPT)
        .enable_all()
        .build()
        .map_err(|error| Failure::internal(error.into()))
}

/// Has so many threads at the same time, for a moment.
fn try_threads(number: usize) -> io::Result<()> {
    let gate = Mutex::new(());
    thread::scope(|scope| {
        let _closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..number {
            thread::Builder::new().spawn_scoped(scope, || drop(gate.lock()))?;
        }
        Ok(())
    })
}
