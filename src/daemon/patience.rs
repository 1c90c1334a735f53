//! Patience: how long a step of the daemon's may take, and what it does when the database cannot be written.

use super::House;
use crate::store::StoreError;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Longest time for a step that asks nobody outside: a transaction waits ten minutes for its turn, and for the
/// disk.
pub(super) const STEP: Duration = Duration::from_mins(12);

/// Pause after a passing error of the database.
pub(super) const STORE_PAUSE: Duration = Duration::from_secs(15);

impl House {
    /// What the database answers, asked until it does; `None` where `stop` comes first. An error is one that time
    /// does not mend.
    pub(super) async fn patiently<T, Answer>(
        &self,
        stop: &CancellationToken,
        ask: impl Fn() -> Answer,
    ) -> Result<Option<T>, StoreError>
    where
        Answer: Future<Output = Result<T, StoreError>>,
    {
        while !stop.is_cancelled() {
            match ask().await {
                Ok(answer) => return Ok(Some(answer)),
                Err(error) => self.pause_or_end(error, stop).await?,
            }
        }
        Ok(None)
    }

    /// Waits a little after an error that time may mend, and gives back one that it does not.
    pub(super) async fn pause_or_end(
        &self,
        error: StoreError,
        stop: &CancellationToken,
    ) -> Result<(), StoreError> {
        self.note_refusal(error)?;
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(STORE_PAUSE) => {}
        }
        Ok(())
    }

    /// Takes note of an error that time may mend, and gives back one that it does not.
    pub(super) fn note_refusal(&self, error: StoreError) -> Result<(), StoreError> {
        if !error.is_temporary() {
            return Err(error);
        }
        self.writing.refused(&error, self.clock.now());
        Ok(())
    }
}
