//! Items: what they say, and where they belong.

use super::codec::{json, micros, moment_if, term};
use super::{StoreError, Transaction};
use crate::domain::{
    Assessment, DropReason, Entry, ItemId, ItemKey, Language, SourceName, StoryId, strongest,
};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

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
    /// Why it is no alert, where that is known before it is written.
    pub reason: Option<DropReason>,
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

impl Transaction {
    /// Writes what an item says now, and keeps how it read. Its first date and its story stay.
    pub async fn edit_item(&mut self, edit: ItemEdit<'_>) -> Result<(), StoreError> {
        let ItemEdit { id, new } = edit;
        let connection = self.write_words().await?;
        sqlx::query(
            "INSERT INTO item_edit (item, at, title, summary) SELECT id, $2, title, summary FROM item WHERE id = $1",
        )
        .bind(id.0)
        .bind(micros(new.now))
        .execute(&mut *connection)
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
        .execute(connection)
        .await?;
        self.add_keys(id, new.keys);
        Ok(())
    }

    /// The story and the reason of an item that is known.
    pub async fn placement(
        &mut self,
        id: ItemId,
    ) -> Result<(Option<StoryId>, Option<DropReason>), StoreError> {
        let row = sqlx::query("SELECT story, reason FROM item WHERE id = $1")
            .bind(id.0)
            .fetch_one(self.with_items().await?)
            .await?;
        let story = row.try_get::<Option<i64>, _>(0)?.map(StoryId);
        let reason = row.try_get::<Option<String>, _>(1)?;
        Ok((story, reason.map(|reason| term("reason", &reason)).transpose()?))
    }
}

/// An item as it was published, without its guid and in the language that it was read in, from a row whose columns
/// 2 to 6 are its title, summary, link, language and date.
pub(super) fn entry(row: &SqliteRow) -> Result<Entry, StoreError> {
    let url: Option<&str> = row.try_get(4)?;
    let language: Option<&str> = row.try_get(5)?;
    Ok(Entry {
        guid: None,
        url: url.map(|url| term("link", url)).transpose()?,
        title: row.try_get(2)?,
        summary: row.try_get(3)?,
        published: moment_if(row.try_get(6)?)?,
        language: language.map(|language| term::<Language>("language", language)).transpose()?,
    })
}
