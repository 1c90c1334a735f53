//! Turns: one at a time works on a way out. When the configuration is read again, whoever has a message in
//! flight brings it to its end before the next begins there.

use crate::domain::Way;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex as Lock, PoisonError};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Who works on which way out.
#[derive(Debug, Default)]
pub(super) struct Turns(Lock<BTreeMap<Way, Arc<Mutex<()>>>>);

impl Turns {
    /// Waits until nobody else works on a way out. The turn ends when this is dropped.
    pub(super) async fn take(&self, way: &Way) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(way.clone()).or_default())
        };
        turn.lock_owned().await
    }
}
