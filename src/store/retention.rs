//! Retention: texts go after a while, keys much later, so that what left and came back is not new.

use super::codec::micros;
use super::{StoreError, Transaction};
use jiff::Timestamp;

/// What was cleared away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Items whose texts were emptied.
    pub texts: u64,
    /// Items that were removed with their keys.
    pub items: u64,
    /// Settled deliveries whose bytes were emptied.
    pub deliveries: u64,
}

impl Transaction {
    /// Clears texts last seen before `texts_before` and items last seen before `keys_before`.
    ///
    /// An item that opened a story which an alert still waits for is kept whole. Of a settled
    /// delivery the record stays, its bytes go.
    pub async fn prune(
        &mut self,
        texts_before: Timestamp,
        keys_before: Timestamp,
    ) -> Result<Pruned, StoreError> {
        self.write_ledger().await?;
        let texts = sqlx::query(
            "UPDATE item SET summary = '' WHERE last_seen < $1 AND summary <> '' AND NOT EXISTS \
             (SELECT 1 FROM alert WHERE alert.story = item.story AND alert.delivery IS NULL \
              AND NOT alert.cancelled)",
        )
        .bind(micros(texts_before))
        .execute(self.connection())
        .await?;
        sqlx::query(
            "UPDATE article SET text = '', passage = NULL WHERE text <> '' AND item IN \
             (SELECT id FROM item WHERE last_seen < $1 AND summary = '')",
        )
        .bind(micros(texts_before))
        .execute(self.connection())
        .await?;
        let items = sqlx::query("DELETE FROM item WHERE last_seen < $1 AND story IS NULL")
            .bind(micros(keys_before))
            .execute(self.connection())
            .await?;
        let deliveries = sqlx::query(
            "UPDATE delivery SET bytes = x'' WHERE due < $1 AND length(bytes) > 0 \
             AND state NOT IN ('pending', 'in-doubt')",
        )
        .bind(micros(texts_before))
        .execute(self.connection())
        .await?;
        Ok(Pruned {
            texts: texts.rows_affected(),
            items: items.rows_affected(),
            deliveries: deliveries.rows_affected(),
        })
    }
}
