//! One way out: what is due there is rendered and sent, for as long as the daemon runs.

use super::House;
use super::clock::LONGEST_SLEEP;
use super::patience::STEP;
use crate::domain::Way;
use crate::store::StoreError;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Least pause between two passes of the outbox, unless the bell rings.
const LEAST_PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// One way out: what is due there is rendered and sent.
pub(super) async fn outbox_loop(
    house: Arc<House>,
    way: Way,
    stop: CancellationToken,
) -> Result<(), StoreError> {
    let _turn = tokio::select! {
        () = stop.cancelled() => return Ok(()),
        turn = house.turns.take(&way) => turn,
    };
    let mut bell = house.bell.listen();
    while !stop.is_cancelled() {
        // A message in flight comes to its end: the pass is not dropped when the stop comes.
        let next = match house.dispatch_by(&way, &stop).await {
            Ok(_) => house.next_dispatch(&way).await,
            Err(error) => Err(error),
        };
        let soonest = house.clock.now().checked_add(LEAST_PAUSE).unwrap_or(Timestamp::MAX);
        let next = match next {
            Ok(next) => next.unwrap_or(Timestamp::MAX).max(soonest),
            Err(error) => {
                house.pause_or_end(error, &stop).await?;
                continue;
            }
        };
        // A pass has a pulse of its own.
        let _pulse = house.pulses.begin(way.to_string(), LONGEST_SLEEP + STEP);
        tokio::select! {
            () = stop.cancelled() => {}
            () = bell.hear() => {}
            () = house.clock.sleep_towards(next) => {}
        }
    }
    Ok(())
}
