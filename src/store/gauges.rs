//! Gauges: how much there is of what a monitor asks for, and how old it is.

use super::codec::moment_if;
use super::{Store, StoreError};
use crate::domain::DeliveryState;
use jiff::Timestamp;

/// How the outbox and the file stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gauges {
    /// Messages by how far they have come: one for each state.
    pub deliveries: Vec<(DeliveryState, u64)>,
    /// When the oldest message that waits, or is in doubt, was made.
    pub oldest_open: Option<Timestamp>,
    /// Alerts that no message carries yet.
    pub alerts_waiting: u64,
    /// When the first of them falls due.
    pub next_alert: Option<Timestamp>,
    /// The size of the database, in bytes, without its write-ahead log.
    pub bytes: u64,
}

impl Gauges {
    /// How many messages are in a state.
    #[must_use]
    pub fn in_state(&self, state: DeliveryState) -> u64 {
        self.deliveries.iter().find(|(known, _)| *known == state).map_or(0, |(_, number)| *number)
    }
}

impl Store {
    /// Whether the database answers.
    pub async fn answers(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM source LIMIT 1").fetch_optional(&self.readers).await?;
        Ok(())
    }

    /// How the outbox and the file stand. Each state is counted by an index of its own, so that the messages
    /// themselves are not read.
    pub async fn gauges(&self) -> Result<Gauges, StoreError> {
        let mut gauges = Gauges::default();
        // Of what is open each row is read, and there may be many: both states at once.
        let (open, in_doubt): (i64, i64) = sqlx::query_as(
            "SELECT count(*), coalesce(sum(state = 'in-doubt'), 0) FROM delivery \
             WHERE state IN ('pending', 'in-doubt')",
        )
        .fetch_one(&self.readers)
        .await?;
        for state in DeliveryState::ALL {
            let query = match state {
                DeliveryState::Pending => {
                    gauges.deliveries.push((*state, (open - in_doubt).unsigned_abs()));
                    continue;
                }
                DeliveryState::InDoubt => {
                    gauges.deliveries.push((*state, in_doubt.unsigned_abs()));
                    continue;
                }
                DeliveryState::Sent => "SELECT count(*) FROM delivery WHERE state = 'sent'",
                DeliveryState::Refused => {
                    "SELECT count(*) FROM delivery WHERE state IN ('refused', 'given-up') AND state = 'refused'"
                }
                DeliveryState::GivenUp => {
                    "SELECT count(*) FROM delivery WHERE state IN ('refused', 'given-up') AND state = 'given-up'"
                }
            };
            let number: i64 = sqlx::query_scalar(query).fetch_one(&self.readers).await?;
            gauges.deliveries.push((*state, number.unsigned_abs()));
        }
        // They are numbered as they are made. The sign keeps the first number from being looked for row by row.
        let oldest = "SELECT created FROM delivery \
             WHERE id = (SELECT min(+id) FROM delivery WHERE state IN ('pending', 'in-doubt'))";
        let oldest: Option<i64> = sqlx::query_scalar(oldest).fetch_optional(&self.readers).await?;
        gauges.oldest_open = moment_if(oldest)?;
        let (waiting, next): (i64, Option<i64>) = sqlx::query_as(
            "SELECT count(*), min(due) FROM alert \
             WHERE delivery IS NULL AND NOT cancelled AND subscriber <> ''",
        )
        .fetch_one(&self.readers)
        .await?;
        gauges.alerts_waiting = waiting.unsigned_abs();
        gauges.next_alert = moment_if(next)?;
        let bytes = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
        let bytes: i64 = sqlx::query_scalar(bytes).fetch_one(&self.readers).await?;
        gauges.bytes = bytes.unsigned_abs();
        Ok(gauges)
    }
}
