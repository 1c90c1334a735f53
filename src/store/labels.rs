//! Labels: what the analyst says of items, kept with the text that it is about.

use super::codec::{from_json, json, micros, moment_if, term};
use super::{ItemSummary, Store, StoreError, Transaction};
use crate::domain::{ItemId, Label, Labelled, Language, StoryId};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// The columns of a label, in the order in which they are read.
const COLUMNS: &str = "name, item, language, published, source, title, summary, label";

/// So many letters of the hash of an item's text stand in the name of its label: with the item's number, they keep
/// apart what two databases call the same.
const NAME_LETTERS: usize = 8;

impl Store {
    /// All labels, in the order in which they were first said.
    pub async fn labels(&self) -> Result<Vec<Labelled>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM label ORDER BY id");
        // Both parts are written in this file.
        let rows = sqlx::query(sqlx::AssertSqlSafe(query)).fetch_all(&self.readers).await?;
        rows.iter().map(labelled).collect()
    }

    /// The items that tell the stories which were alerted since then and of which nobody has said anything, the
    /// weakest first: there the doubt is greatest.
    pub async fn unlabelled_stories(&self, since: Timestamp) -> Result<Vec<ItemSummary>, StoreError> {
        self.items(
            "WHERE $1 IS NULL AND first_seen >= $2 AND id IN (SELECT lead FROM story \
               WHERE EXISTS (SELECT 1 FROM alert WHERE alert.story = story.id) \
               AND NOT EXISTS (SELECT 1 FROM label JOIN item AS said ON said.id = label.item \
                 WHERE said.story = story.id)) \
             ORDER BY score, id LIMIT $3",
            (None, micros(since), i64::MAX),
        )
        .await
    }

    /// The items that did not become alerts since then and of which nobody has said anything: first those that say
    /// something, the strongest first; then those that only name someone, the newest first.
    pub async fn unlabelled_dropped(&self, since: Timestamp) -> Result<Vec<ItemSummary>, StoreError> {
        self.items(
            "WHERE $1 IS NULL AND first_seen >= $2 AND NOT EXISTS (SELECT 1 FROM label WHERE label.item = item.id) \
             AND reason IN ('below-threshold', 'no-watch', 'no-actor', 'no-cue') \
             AND (score > 0 OR json_array_length(assessment, '$.named.title') > 0 \
               OR json_array_length(assessment, '$.named.summary') > 0) \
             ORDER BY max(score, 0) DESC, CASE WHEN score > 0 THEN 0 ELSE first_seen END DESC, \
               CASE WHEN score > 0 THEN id ELSE -id END LIMIT $3",
            (None, micros(since), i64::MAX),
        )
        .await
    }
}

impl Transaction {
    /// The text of an item, with an empty label; `None` where there is no such item.
    pub async fn to_label(&mut self, item: ItemId) -> Result<Option<Labelled>, StoreError> {
        let row = sqlx::query(
            "SELECT content, language, published, source, title, summary FROM item WHERE id = $1",
        )
        .bind(item.0)
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let content: &str = row.try_get(0)?;
        let language: Option<&str> = row.try_get(1)?;
        Ok(Some(Labelled {
            name: format!("{}-{item}", content.chars().take(NAME_LETTERS).collect::<String>()),
            item: Some(item),
            language: language.map(|language| term::<Language>("language", language)).transpose()?,
            published: moment_if(row.try_get(2)?)?,
            source: row.try_get(3)?,
            title: row.try_get(4)?,
            summary: row.try_get(5)?,
            label: Label::default(),
        }))
    }

    /// The item that tells a story; `None` where there is no such story.
    pub async fn lead_of(&mut self, story: StoryId) -> Result<Option<ItemId>, StoreError> {
        let lead: Option<i64> = sqlx::query_scalar("SELECT lead FROM story WHERE id = $1")
            .bind(story.0)
            .fetch_optional(self.connection())
            .await?;
        Ok(lead.map(ItemId))
    }

    /// The story in which an item was told, or which it told once more; `None` where it was not.
    pub async fn told_in(&mut self, item: ItemId) -> Result<Option<StoryId>, StoreError> {
        let story: Option<i64> = sqlx::query_scalar(
            "SELECT story FROM item WHERE id = $1 AND story IS NOT NULL AND (reason IS NULL OR reason = 'duplicate' \
             AND EXISTS (SELECT 1 FROM alert WHERE alert.story = item.story))",
        )
        .bind(item.0)
        .fetch_optional(self.connection())
        .await?;
        Ok(story.map(StoryId))
    }

    /// What was said of an item; `None` where nobody has said anything.
    pub async fn label_of(&mut self, item: ItemId) -> Result<Option<Labelled>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM label WHERE item = $1");
        // Both parts are written in this file.
        let row =
            sqlx::query(sqlx::AssertSqlSafe(query)).bind(item.0).fetch_optional(self.connection()).await?;
        row.as_ref().map(labelled).transpose()
    }

    /// Keeps a label, in the place of one of the same name and of one of the same item. Whether there was none.
    pub async fn keep_label(&mut self, label: &Labelled, now: Timestamp) -> Result<bool, StoreError> {
        let replaced = sqlx::query("DELETE FROM label WHERE item = $1 AND name <> $2")
            .bind(label.item.map(|item| item.0))
            .bind(&label.name)
            .execute(self.connection())
            .await?;
        let known: i64 = sqlx::query_scalar("SELECT count(*) FROM label WHERE name = $1")
            .bind(&label.name)
            .fetch_one(self.connection())
            .await?;
        sqlx::query(
            "INSERT INTO label (name, item, language, published, source, title, summary, label, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (name) DO UPDATE SET item = coalesce(excluded.item, item), \
               language = excluded.language, published = excluded.published, source = excluded.source, \
               title = excluded.title, summary = excluded.summary, label = excluded.label, at = excluded.at",
        )
        .bind(&label.name)
        .bind(label.item.map(|item| item.0))
        .bind(label.language.map(|language| language.to_string()))
        .bind(label.published.map(micros))
        .bind(&label.source)
        .bind(&label.title)
        .bind(&label.summary)
        .bind(json("label", &label.label)?)
        .bind(micros(now))
        .execute(self.connection())
        .await?;
        Ok(known == 0 && replaced.rows_affected() == 0)
    }

    /// Takes a label back. Whether there was one.
    pub async fn remove_label(&mut self, name: &str) -> Result<bool, StoreError> {
        let removed =
            sqlx::query("DELETE FROM label WHERE name = $1").bind(name).execute(self.connection()).await?;
        Ok(removed.rows_affected() > 0)
    }
}

fn labelled(row: &SqliteRow) -> Result<Labelled, StoreError> {
    let language: Option<&str> = row.try_get(2)?;
    Ok(Labelled {
        name: row.try_get(0)?,
        item: row.try_get::<Option<i64>, _>(1)?.map(ItemId),
        language: language.map(|language| term::<Language>("language", language)).transpose()?,
        published: moment_if(row.try_get(3)?)?,
        source: row.try_get(4)?,
        title: row.try_get(5)?,
        summary: row.try_get(6)?,
        label: from_json("label", row.try_get(7)?)?,
    })
}
