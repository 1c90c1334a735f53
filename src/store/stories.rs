//! Stories: opened, told again, read back.

use super::codec::{bad, count, from_json, json, micros, moment, moment_if};
use super::{StoreError, Transaction};
use crate::domain::{Change, Followed, ItemId, Relation, SourceName, Story, StoryId, ToldBy};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

impl Transaction {
    /// Opens a story that this item tells, and says `relations`; `follows` is what it is a development
    /// of, and what became of that.
    pub async fn open_story(
        &mut self,
        lead: ItemId,
        relations: &[Relation],
        follows: Option<(StoryId, Change)>,
        now: Timestamp,
    ) -> Result<StoryId, StoreError> {
        let change = follows.map(|(_, change)| json("change", &change)).transpose()?;
        let id = sqlx::query_scalar(
            "INSERT INTO story (revision, lead, relations, first_seen, last_seen, follows, change) \
             VALUES (1, $1, $2, $3, $3, $4, $5) RETURNING id",
        )
        .bind(lead.0)
        .bind(json("relations", &relations)?)
        .bind(micros(now))
        .bind(follows.map(|(story, _)| story.0))
        .bind(change)
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
         item.source, item.published, story.last_seen, story.follows, story.change, item.language, \
         article.passage FROM story JOIN item ON item.id = story.lead \
         LEFT JOIN article ON article.item = item.id WHERE story.id = $1",
    )
    .bind(id.0)
    .fetch_one(&mut *connection)
    .await?;
    let source = source_name(row.try_get(6)?)?;
    let others = sqlx::query(
        "SELECT source, min(coalesce(published, first_seen)) FROM item WHERE story = $1 AND source <> $2 \
         GROUP BY source ORDER BY min(first_seen), source",
    )
    .bind(id.0)
    .bind(source.as_str())
    .fetch_all(&mut *connection)
    .await?;
    let follows = match (row.try_get::<Option<i64>, _>(9)?, row.try_get::<Option<&str>, _>(10)?) {
        (Some(earlier), Some(change)) => {
            Some(followed(connection, StoryId(earlier), from_json("change", change)?).await?)
        }
        _ => None,
    };
    Ok(Story {
        id,
        revision: count("revision", row.try_get(0)?)?,
        relations: from_json("relations", row.try_get(1)?)?,
        first_seen: moment(row.try_get(2)?)?,
        title: row.try_get(3)?,
        summary: row.try_get(4)?,
        passage: row.try_get(12)?,
        language: row
            .try_get::<Option<&str>, _>(11)?
            .map(|language| language.parse().map_err(bad("language")))
            .transpose()?,
        url: row.try_get::<Option<&str>, _>(5)?.map(|url| url.parse().map_err(bad("url"))).transpose()?,
        also: others.iter().map(report).collect::<Result<_, _>>()?,
        last_seen: moment(row.try_get(8)?)?,
        follows,
        published: moment_if(row.try_get(7)?)?,
        source,
    })
}

/// An earlier story, as one that follows it tells of it.
async fn followed(
    connection: &mut SqliteConnection,
    id: StoryId,
    change: Change,
) -> Result<Followed, StoreError> {
    let row = sqlx::query(
        "SELECT item.title, story.first_seen FROM story JOIN item ON item.id = story.lead \
         WHERE story.id = $1",
    )
    .bind(id.0)
    .fetch_one(&mut *connection)
    .await?;
    Ok(Followed { id, title: row.try_get(0)?, first_seen: moment(row.try_get(1)?)?, change })
}

fn report(row: &SqliteRow) -> Result<ToldBy, StoreError> {
    Ok(ToldBy { source: source_name(row.try_get(0)?)?, at: moment(row.try_get(1)?)? })
}

/// A source's name from a column.
pub(super) fn source_name(name: &str) -> Result<SourceName, StoreError> {
    SourceName::new(name).ok_or(StoreError::BadValue { what: "source", detail: "an empty name".to_owned() })
}
