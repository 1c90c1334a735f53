//! Items and the keys they are known by.

use super::codec::{json, micros, moment, moment_if, term};
use super::{StoreError, Transaction};
use crate::domain::{
    Assessment, DropReason, Entry, ItemId, ItemKey, KeyKind, KnownItem, Placed, SourceName, StoryId,
    strongest,
};
use jiff::Timestamp;
use sqlx::Row;

/// An item that was never seen before.
#[derive(Debug, Clone, Copy)]
pub struct NewItem<'a> {
    /// Which source published it.
    pub source: &'a SourceName,
    /// As it was published.
    pub entry: &'a Entry,
    /// What it can be known again by.
    pub keys: &'a [ItemKey],
    /// Hash of what it says.
    pub content: &'a str,
    /// What it was judged to say.
    pub assessment: &'a Assessment,
    /// When it was seen.
    pub now: Timestamp,
}

/// A change of an item that is known.
#[derive(Debug, Clone, Copy)]
pub struct ItemEdit<'a> {
    /// Which item.
    pub id: ItemId,
    /// As it is published now.
    pub new: NewItem<'a>,
}

/// Most items with one key that are looked at: the headline of a daily column is shared by very many.
const MOST_KNOWN: i64 = 50;

impl Transaction {
    /// Items that share one of these keys, each with the strongest key it shares; of those with one key the
    /// newest.
    pub async fn known_items(&mut self, keys: &[ItemKey]) -> Result<Vec<KnownItem>, StoreError> {
        let mut known: Vec<KnownItem> = Vec::new();
        let link = keys.iter().find(|key| key.kind == KeyKind::Url).map(|key| key.hash.as_str());
        for key in keys {
            let rows = sqlx::query(
                "SELECT item.id, item.source, item.content, item.story, item.published, item.first_seen, \
                 EXISTS (SELECT 1 FROM item_key AS own WHERE own.item = item.id AND own.kind = 'guid'), \
                 $4 IS NOT NULL AND EXISTS (SELECT 1 FROM item_key AS own WHERE own.item = item.id \
                   AND own.kind = 'url') AND NOT EXISTS (SELECT 1 FROM item_key AS own \
                   WHERE own.item = item.id AND own.kind = 'url' AND own.hash = $4) \
                 FROM item_key JOIN item ON item.id = item_key.item \
                 WHERE item_key.hash = $1 AND item_key.kind = $2 ORDER BY item.id DESC LIMIT $3",
            )
            .bind(&key.hash)
            .bind(key.kind.as_str())
            .bind(MOST_KNOWN)
            .bind(link)
            .fetch_all(self.connection())
            .await?;
            for row in rows.iter().rev() {
                let id = ItemId(row.try_get(0)?);
                if known.iter().any(|item| item.id == id) {
                    continue;
                }
                let source: String = row.try_get(1)?;
                known.push(KnownItem {
                    id,
                    source: SourceName::new(&source).ok_or_else(|| StoreError::BadValue {
                        what: "source",
                        detail: "an empty name".to_owned(),
                    })?,
                    shared: key.kind,
                    content: row.try_get(2)?,
                    story: row.try_get::<Option<i64>, _>(3)?.map(StoryId),
                    published: moment_if(row.try_get(4)?)?,
                    first_seen: moment(row.try_get(5)?)?,
                    has_guid: row.try_get(6)?,
                    other_link: row.try_get(7)?,
                });
            }
        }
        Ok(known)
    }

    /// Writes a new item; it belongs to no story yet.
    pub async fn insert_item(&mut self, item: NewItem<'_>) -> Result<ItemId, StoreError> {
        let id = sqlx::query_scalar(
            "INSERT INTO item (source, revision, content, title, summary, url, language, published, \
             first_seen, last_seen, assessment, score) \
             VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10) RETURNING id",
        )
        .bind(item.source.as_str())
        .bind(item.content)
        .bind(&item.entry.title)
        .bind(&item.entry.summary)
        .bind(item.entry.url.as_ref().map(url::Url::as_str))
        .bind(item.assessment.lang.map(|language| language.to_string()))
        .bind(item.entry.published.map(micros))
        .bind(micros(item.now))
        .bind(json("assessment", item.assessment)?)
        .bind(i64::from(strongest(&item.assessment.relations).hundredths()))
        .fetch_one(self.connection())
        .await
        .map(ItemId)?;
        self.add_keys(id, item.keys).await?;
        Ok(id)
    }

    /// Writes what an item says now, and keeps how it read. Its first date and its story stay.
    pub async fn edit_item(&mut self, edit: ItemEdit<'_>) -> Result<(), StoreError> {
        let ItemEdit { id, new } = edit;
        sqlx::query(
            "INSERT INTO item_edit (item, at, title, summary) SELECT id, $2, title, summary FROM item WHERE id = $1",
        )
        .bind(id.0)
        .bind(micros(new.now))
        .execute(self.connection())
        .await?;
        sqlx::query(
            "UPDATE item SET revision = revision + 1, content = $2, title = $3, summary = $4, \
             url = coalesce($5, url), language = $6, published = coalesce(published, $7), last_seen = $8, \
             assessment = $9, score = $10 WHERE id = $1",
        )
        .bind(id.0)
        .bind(new.content)
        .bind(&new.entry.title)
        .bind(&new.entry.summary)
        .bind(new.entry.url.as_ref().map(url::Url::as_str))
        .bind(new.assessment.lang.map(|language| language.to_string()))
        .bind(new.entry.published.map(micros))
        .bind(micros(new.now))
        .bind(json("assessment", new.assessment)?)
        .bind(i64::from(strongest(&new.assessment.relations).hundredths()))
        .execute(self.connection())
        .await?;
        self.add_keys(id, new.keys).await
    }

    /// Notes that an item is still published, under these keys.
    pub async fn touch_item(
        &mut self,
        id: ItemId,
        keys: &[ItemKey],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE item SET last_seen = $2 WHERE id = $1")
            .bind(id.0)
            .bind(micros(now))
            .execute(self.connection())
            .await?;
        self.add_keys(id, keys).await
    }

    /// Puts an item into a story, and says why it is no alert, or that it is one.
    pub async fn place_item(
        &mut self,
        id: ItemId,
        story: Option<StoryId>,
        reason: Option<DropReason>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE item SET story = $2, reason = $3 WHERE id = $1")
            .bind(id.0)
            .bind(story.map(|story| story.0))
            .bind(reason.map(DropReason::as_str))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Notes how an item came to its story, and the item that it was most like.
    pub async fn note_placing(
        &mut self,
        id: ItemId,
        placed: Placed,
        like: Option<ItemId>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE item SET placed = $2, placed_like = $3 WHERE id = $1")
            .bind(id.0)
            .bind(placed.as_str())
            .bind(like.map(|like| like.0))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// The story and the reason of an item that is known.
    pub async fn placement(
        &mut self,
        id: ItemId,
    ) -> Result<(Option<StoryId>, Option<DropReason>), StoreError> {
        let row = sqlx::query("SELECT story, reason FROM item WHERE id = $1")
            .bind(id.0)
            .fetch_one(self.connection())
            .await?;
        let story = row.try_get::<Option<i64>, _>(0)?.map(StoryId);
        let reason = row.try_get::<Option<String>, _>(1)?;
        Ok((story, reason.map(|reason| term("reason", &reason)).transpose()?))
    }

    async fn add_keys(&mut self, id: ItemId, keys: &[ItemKey]) -> Result<(), StoreError> {
        for ItemKey { kind, hash } in keys {
            let kind: KeyKind = *kind;
            sqlx::query("INSERT INTO item_key (hash, kind, item) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                .bind(hash)
                .bind(kind.as_str())
                .bind(id.0)
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }
}
