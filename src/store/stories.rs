//! Stories: opened, told again, read back.

use super::codec::{bad, count, from_json, json, micros, moment, moment_if};
use super::{StoreError, Transaction};
use crate::domain::{ItemId, Relation, SourceName, Story, StoryId};
use jiff::Timestamp;
use sqlx::{Row, SqliteConnection};

impl Transaction {
    /// Opens a story that this item tells, and says `relations`.
    pub async fn open_story(
        &mut self,
        lead: ItemId,
        relations: &[Relation],
        now: Timestamp,
    ) -> Result<StoryId, StoreError> {
        let id = sqlx::query_scalar(
            "INSERT INTO story (revision, lead, relations, first_seen, last_seen) \
             VALUES (1, $1, $2, $3, $3) RETURNING id",
        )
        .bind(lead.0)
        .bind(json("relations", &relations)?)
        .bind(micros(now))
        .fetch_one(self.connection())
        .await?;
        Ok(StoryId(id))
    }

    /// Notes that a story was told again.
    pub async fn touch_story(&mut self, id: StoryId, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE story SET last_seen = $2 WHERE id = $1")
            .bind(id.0)
            .bind(micros(now))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// What a story says, and the item that tells it.
    pub async fn said(&mut self, id: StoryId) -> Result<(ItemId, Vec<Relation>), StoreError> {
        let row = sqlx::query("SELECT lead, relations FROM story WHERE id = $1")
            .bind(id.0)
            .fetch_one(self.connection())
            .await?;
        Ok((ItemId(row.try_get(0)?), from_json("relations", row.try_get(1)?)?))
    }

    /// Whether anybody was ever owed a story.
    pub async fn was_owed(&mut self, id: StoryId) -> Result<bool, StoreError> {
        let alerts: i64 = sqlx::query_scalar("SELECT count(*) FROM alert WHERE story = $1")
            .bind(id.0)
            .fetch_one(self.connection())
            .await?;
        Ok(alerts > 0)
    }

    /// Writes what a story says now and which item tells it. With `corrected` it is another
    /// revision, which is owed anew.
    pub async fn revise_story(
        &mut self,
        id: StoryId,
        lead: ItemId,
        relations: &[Relation],
        corrected: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE story SET revision = revision + $5, lead = $2, relations = $3, last_seen = $4 \
             WHERE id = $1",
        )
        .bind(id.0)
        .bind(lead.0)
        .bind(json("relations", &relations)?)
        .bind(micros(now))
        .bind(i64::from(corrected))
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

/// A story as it is told now.
pub(super) async fn load(connection: &mut SqliteConnection, id: StoryId) -> Result<Story, StoreError> {
    let row = sqlx::query(
        "SELECT story.revision, story.relations, story.first_seen, item.title, item.summary, item.url, \
         item.source, item.published, story.lead FROM story JOIN item ON item.id = story.lead \
         WHERE story.id = $1",
    )
    .bind(id.0)
    .fetch_one(&mut *connection)
    .await?;
    let source = source_name(row.try_get(6)?)?;
    let others: Vec<String> = sqlx::query_scalar(
        "SELECT source FROM item WHERE story = $1 AND source <> $2 GROUP BY source \
         ORDER BY min(first_seen), source",
    )
    .bind(id.0)
    .bind(source.as_str())
    .fetch_all(&mut *connection)
    .await?;
    Ok(Story {
        id,
        revision: count("revision", row.try_get(0)?)?,
        relations: from_json("relations", row.try_get(1)?)?,
        first_seen: moment(row.try_get(2)?)?,
        title: row.try_get(3)?,
        summary: row.try_get(4)?,
        url: row.try_get::<Option<&str>, _>(5)?.map(|url| url.parse().map_err(bad("url"))).transpose()?,
        also: others.iter().map(|name| source_name(name)).collect::<Result<_, _>>()?,
        published: moment_if(row.try_get(7)?)?,
        source,
    })
}

/// A source's name from a column.
pub(super) fn source_name(name: &str) -> Result<SourceName, StoreError> {
    SourceName::new(name).ok_or(StoreError::BadValue { what: "source", detail: "an empty name".to_owned() })
}
