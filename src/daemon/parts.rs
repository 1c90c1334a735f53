//! Parts: what runs side by side in the daemon, by name, from its beginning to its end.

use super::House;
use super::supervise::{Need, PartError, supervised};
use crate::store::StoreError;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long the end waits for what is under way. With what the database and the threads have after it, it stays
/// below ten seconds.
const DRAIN: Duration = Duration::from_secs(7);

/// Most parts that are named where they are cut off.
const MOST_NAMED: usize = 5;

/// Parts that run, each under supervision.
#[derive(Debug, Default)]
pub(super) struct Parts {
    tasks: JoinSet<Result<(), PartError>>,
    names: HashMap<Id, String>,
}

impl Parts {
    /// Begins a part, which is begun again where it panics.
    pub(super) fn begin<Part>(
        &mut self,
        house: &Arc<House>,
        stop: &CancellationToken,
        (name, need): (&str, Need),
        part: impl Fn(Arc<House>, CancellationToken) -> Part + Send + Sync + 'static,
    ) where
        Part: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        let (house, stop, own) = (Arc::clone(house), stop.clone(), name.to_owned());
        let task = self.tasks.spawn(async move {
            let again = || part(Arc::clone(&house), stop.clone());
            supervised(own, need, (&house.clock, &house.panics), &stop, again).await
        });
        self.names.insert(task.id(), name.to_owned());
    }

    /// The next part that ends before its time, with the error; waits for ever where none does.
    pub(super) async fn failed(&mut self) -> anyhow::Error {
        while let Some(ended) = self.next_end().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(PartError::Store(error))) => return error.into(),
                Ok(Err(error)) => return error.into(),
                Err(panicked) => return anyhow::Error::new(panicked).context("a part of the daemon failed"),
            }
        }
        std::future::pending().await
    }

    /// Waits until all parts have ended; what does not in time is cut off.
    pub(super) async fn drain(&mut self, until: Instant) -> Ended {
        let drained =
            tokio::time::timeout_at(until, async { while self.next_end().await.is_some() {} }).await;
        if drained.is_ok() {
            return Ended::ByItself;
        }
        tracing::warn!("cut off because it did not end in time: {}; nothing is lost by that", self.left());
        self.tasks.shutdown().await;
        self.names.clear();
        Ended::CutOff
    }

    async fn next_end(&mut self) -> Option<Result<Result<(), PartError>, JoinError>> {
        let ended = self.tasks.join_next_with_id().await?;
        let (id, ended) = match ended {
            Ok((id, ended)) => (id, Ok(ended)),
            Err(error) => (error.id(), Err(error)),
        };
        self.names.remove(&id);
        Some(ended)
    }

    /// Those that have not ended, in words.
    fn left(&self) -> String {
        let mut names: Vec<&str> = self.names.values().map(String::as_str).collect();
        names.sort_unstable();
        let more = names.len().saturating_sub(MOST_NAMED);
        names.truncate(MOST_NAMED);
        let named = names.join(", ");
        if more == 0 { named } else { format!("{named} and {more} more") }
    }
}

/// Until when what is under way is waited for that ends now.
pub(super) fn patience() -> Instant {
    Instant::now() + DRAIN
}

/// How parts have come to their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// In time.
    ByItself,
    /// Not in time: a transaction may have become lasting of which nobody has heard.
    CutOff,
}
