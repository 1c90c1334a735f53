//! Beginnings: what the tasks of the sources need of the state when they begin, read for all of them at once. Each
//! takes its own; one that begins again asks the state itself.

use super::House;
use crate::domain::{Source, SourceName};
use crate::store::{SourceState, StoreError};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

/// What a source's task begins with.
#[derive(Debug, Default)]
pub(super) struct Beginning {
    /// How the source has fared; `None` where it was never polled.
    pub(super) state: Option<SourceState>,
    /// Whether items of it wait for their articles.
    pub(super) awaits: bool,
}

/// Those that were not taken yet.
#[derive(Debug, Default)]
pub(super) struct Beginnings(Mutex<HashMap<SourceName, Beginning>>);

impl Beginnings {
    /// Takes in how things stand, before any task begins.
    pub(super) fn fill(
        &self,
        sources: &[Source],
        mut states: BTreeMap<SourceName, SourceState>,
        awaiting: &BTreeSet<SourceName>,
    ) {
        let beginning = |source: &Source| {
            let state = states.remove(&source.name);
            (source.name.clone(), Beginning { state, awaits: awaiting.contains(&source.name) })
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = sources.iter().map(beginning).collect();
    }

    fn take(&self, source: &SourceName) -> Option<Beginning> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(source)
    }
}

impl House {
    /// What a source's task begins with.
    pub(super) async fn beginning(&self, source: &SourceName) -> Result<Beginning, StoreError> {
        if let Some(beginning) = self.beginnings.take(source) {
            return Ok(beginning);
        }
        Ok(Beginning { state: self.store.source_state(source).await?, awaits: true })
    }
}
