//! Retention: texts go after a while, keys much later, so that what left and came back is not new.

use super::codec::micros;
use super::{StoreError, Transaction};
use jiff::Timestamp;

/// What was cleared away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Items whose texts were emptied.
    pub texts: u64,
    /// Articles whose texts were emptied.
    pub articles: u64,
    /// Items that were removed with their keys.
    pub items: u64,
    /// Settled deliveries whose bytes were emptied.
    pub deliveries: u64,
}

impl Pruned {
    /// Whether there may be more of a sort than the most that was cleared away at once.
    #[must_use]
    pub fn reached(&self, most: u32) -> bool {
        let Self { texts, articles, items, deliveries } = *self;
        [texts, articles, items, deliveries].into_iter().any(|count| count >= u64::from(most))
    }
}

impl Transaction {
    /// Clears texts last seen before `texts_before` and items last seen before `keys_before`.
    ///
    /// An item that opened a story which an alert still waits for is kept whole. Of a settled
    /// delivery the record stays, its bytes go. Of each sort at most so many: everybody else waits meanwhile.
    pub async fn prune(
        &mut self,
        texts_before: Timestamp,
        keys_before: Timestamp,
        most: u32,
    ) -> Result<Pruned, StoreError> {
        self.write_ledger().await?;
        let texts = sqlx::query(
            "UPDATE item SET summary = '' WHERE id IN (SELECT id FROM item \
             WHERE last_seen < $1 AND summary <> '' AND NOT EXISTS \
             (SELECT 1 FROM alert WHERE alert.story = item.story AND alert.delivery IS NULL \
              AND NOT alert.cancelled) LIMIT $2)",
        )
        .bind(micros(texts_before))
        .bind(most)
        .execute(self.connection())
        .await?;
        let articles = sqlx::query(
            "UPDATE article SET text = '', passage = NULL WHERE item IN \
             (SELECT article.item FROM article JOIN item ON item.id = article.item \
              WHERE article.text <> '' AND item.last_seen < $1 AND item.summary = '' LIMIT $2)",
        )
        .bind(micros(texts_before))
        .bind(most)
        .execute(self.connection())
        .await?;
        let items = sqlx::query(
            "DELETE FROM item WHERE id IN (SELECT id FROM item WHERE last_seen < $1 AND story IS NULL LIMIT $2)",
        )
        .bind(micros(keys_before))
        .bind(most)
            .execute(self.connection())
            .await?;
        let deliveries = sqlx::query(
            "UPDATE delivery SET bytes = x'' WHERE id IN (SELECT id FROM delivery \
             WHERE due < $1 AND length(bytes) > 0 AND state NOT IN ('pending', 'in-doubt') LIMIT $2)",
        )
        .bind(micros(texts_before))
        .bind(most)
        .execute(self.connection())
        .await?;
        Ok(Pruned {
            texts: texts.rows_affected(),
            articles: articles.rows_affected(),
            items: items.rows_affected(),
            deliveries: deliveries.rows_affected(),
        })
    }
}
