//! Retention: what is too old is cleared away once a day.

use super::House;
use super::clock::LONGEST_SLEEP;
use super::patience::STEP;
use crate::store::{Pruned, StoreError};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often texts that are too old are cleared away.
const RETENTION_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// So many texts are cleared away in one transaction: everybody else waits for its end.
const BATCH: u32 = 2_000;

/// Clears away until `stop`.
pub(super) async fn retention_loop(house: Arc<House>, stop: CancellationToken) -> Result<(), StoreError> {
    let pulse = house.pulses.begin("clearing away".to_owned(), STEP);
    let mut next = house.clock.now();
    while !stop.is_cancelled() {
        let now = house.clock.now();
        if now >= next {
            pulse.beat(STEP);
            match house.clear_away(now).await {
                // More of it at once, when others have had their turns.
                Ok(true) => continue,
                Ok(false) => next = now.checked_add(RETENTION_EVERY).unwrap_or(Timestamp::MAX),
                Err(error) => house.pause_or_end(error, &stop).await?,
            }
        }
        pulse.beat(LONGEST_SLEEP + STEP);
        tokio::select! {
            () = stop.cancelled() => {}
            () = house.clock.sleep_towards(next) => {}
        }
    }
    Ok(())
}

impl House {
    /// Clears away some of what is too old. Whether there may be more.
    async fn clear_away(&self, now: Timestamp) -> Result<bool, StoreError> {
        let before = |age: Duration| {
            SignedDuration::try_from(age)
                .ok()
                .and_then(|age| now.checked_sub(age).ok())
                .unwrap_or(Timestamp::MIN)
        };
        let retention = &self.config.retention;
        let mut transaction = self.store.begin().await?;
        let pruned = transaction.prune(before(retention.texts), before(retention.keys), BATCH).await?;
        transaction.commit().await?;
        if pruned != Pruned::default() {
            tracing::info!(texts = pruned.texts, items = pruned.items, "old texts were cleared away");
        }
        Ok(pruned.reached(BATCH))
    }
}
