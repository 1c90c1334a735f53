//! Past: the items of the past, as a replay takes them.

use super::codec::{micros, moment, moment_if, term};
use super::items::entry;
use super::stories::source_name;
use super::{Store, StoreError};
use crate::domain::{DropReason, Entry, ItemId, SourceName};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// An item as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastItem {
    /// Its number.
    pub id: ItemId,
    /// Which source published it.
    pub source: SourceName,
    /// As it was published, without its guid and in the language it was read in.
    pub entry: Entry,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// Why it did not become an alert; `None` where it did.
    pub reason: Option<DropReason>,
    /// The text of its article; empty where it was not read, or was cleared away.
    pub article: String,
}

impl Store {
    /// Since when so many items, the newest, were first seen; `None` where there are fewer.
    pub async fn newest_since(&self, most: u32) -> Result<Option<Timestamp>, StoreError> {
        let seen: Option<i64> =
            sqlx::query_scalar("SELECT first_seen FROM item ORDER BY id DESC LIMIT 1 OFFSET $1")
                .bind(i64::from(most))
                .fetch_optional(&self.readers)
                .await?;
        moment_if(seen)
    }

    /// All items first seen since then, in that order.
    pub async fn past_items(&self, since: Timestamp) -> Result<Vec<PastItem>, StoreError> {
        let rows = sqlx::query(
            "SELECT item.id, item.source, item.title, item.summary, item.url, item.language, item.published, \
             item.first_seen, item.reason, coalesce(article.text, '') \
             FROM item LEFT JOIN article ON article.item = item.id WHERE item.first_seen >= $1 ORDER BY item.id",
        )
        .bind(micros(since))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(past_item).collect()
    }
}

fn past_item(row: &SqliteRow) -> Result<PastItem, StoreError> {
    let reason: Option<&str> = row.try_get(8)?;
    Ok(PastItem {
        id: ItemId(row.try_get(0)?),
        source: source_name(row.try_get(1)?)?,
        entry: entry(row)?,
        first_seen: moment(row.try_get(7)?)?,
        reason: reason.map(|reason| term("reason", reason)).transpose()?,
        article: row.try_get(9)?,
    })
}
