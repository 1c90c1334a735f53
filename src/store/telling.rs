//! Telling: the items of stories: what the window of grouping is rebuilt from, what a story's items
//! say, and who wants to hear no more of it.

use super::alerts::written;
use super::codec::{from_json, micros, moment, moment_if};
use super::deliveries::MUTED;
use super::{Store, StoreError, Transaction};
use crate::domain::{Assessment, ItemId, MOST_VOTES, Relation, StoryId, SubscriberKey};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::borrow::Cow;

/// An item of a story as grouping compares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldItem {
    /// Its number.
    pub id: ItemId,
    /// Which source published it.
    pub source: String,
    /// Its story; `None` where it makes none.
    pub story: Option<StoryId>,
    /// The headline.
    pub title: String,
    /// The summary.
    pub summary: String,
    /// When it was published, else when it was seen.
    pub when: Timestamp,
    assessment: String,
}

impl ToldItem {
    /// What it was judged to say. To read that takes longer than all else of an item, and may be done of many at once.
    pub fn assessment(&self) -> Result<Assessment, StoreError> {
        from_json("assessment", &self.assessment)
    }
}

/// An item of a story as its story is told by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// Its number.
    pub id: ItemId,
    /// Which source published it.
    pub source: String,
    /// Whether it has a summary.
    pub has_summary: bool,
    /// What it was judged to say.
    pub relations: Vec<Relation>,
}

/// Which items the window of grouping is rebuilt from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldRange {
    /// Items of stories seen since then.
    pub since: Timestamp,
    /// Items without a story seen since then.
    pub untold_since: Timestamp,
    /// At most so many of the newest of each sort.
    pub most: usize,
}

/// So many items are read at a time: all of them together are hundreds of megabytes.
const PAGE: i64 = 500;

impl Store {
    /// Hands over the items of a range, the oldest first.
    pub async fn told_items(
        &self,
        range: ToldRange,
        mut take: impl FnMut(Vec<ToldItem>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let ToldRange { since, untold_since, most } = range;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let oldest: (Option<i64>, Option<i64>) = sqlx::query_as(
            "SELECT (SELECT min(id) FROM (SELECT id FROM item \
               WHERE story IS NOT NULL AND first_seen >= $1 ORDER BY id DESC LIMIT $3) AS told), \
             (SELECT min(id) FROM (SELECT id FROM item \
               WHERE story IS NULL AND reason IS NOT NULL AND first_seen >= $2 ORDER BY id DESC LIMIT $3) AS untold)",
        )
        .bind(micros(since))
        .bind(micros(untold_since))
        .bind(most)
        .fetch_one(&self.readers)
        .await?;
        let (told, untold) = (oldest.0.unwrap_or(i64::MAX), oldest.1.unwrap_or(i64::MAX));
        let mut next = told.min(untold);
        loop {
            let rows = sqlx::query(
                "SELECT id, story, title, summary, published, first_seen, assessment, source FROM item \
                 WHERE id >= $1 AND (story IS NOT NULL AND first_seen >= $2 AND id >= $3 \
                   OR story IS NULL AND reason IS NOT NULL AND first_seen >= $4 AND id >= $5) ORDER BY id LIMIT $6",
            )
            .bind(next)
            .bind(micros(since))
            .bind(told)
            .bind(micros(untold_since))
            .bind(untold)
            .bind(PAGE)
            .fetch_all(&self.readers)
            .await?;
            let page = rows.iter().map(told_item).collect::<Result<Vec<_>, _>>()?;
            next = page.last().map_or(next, |last| last.id.0.saturating_add(1));
            let length = i64::try_from(page.len()).unwrap_or_default();
            take(page)?;
            if length < PAGE {
                return Ok(());
            }
        }
    }
}

fn told_item(row: &SqliteRow) -> Result<ToldItem, StoreError> {
    Ok(ToldItem {
        id: ItemId(row.try_get(0)?),
        source: row.try_get(7)?,
        story: row.try_get::<Option<i64>, _>(1)?.map(StoryId),
        title: row.try_get(2)?,
        summary: row.try_get(3)?,
        when: moment_if(row.try_get(4)?)?.map_or_else(|| moment(row.try_get(5)?), Ok)?,
        assessment: row.try_get(6)?,
    })
}

impl Transaction {
    /// The first items of a story in the order they were seen, and others of it, such as the one that leads it.
    pub async fn tellings(
        &mut self,
        story: StoryId,
        others: [ItemId; 2],
    ) -> Result<Vec<Telling>, StoreError> {
        let rows = sqlx::query(
            "WITH voting (id) AS (SELECT id FROM item WHERE story = $1 ORDER BY id LIMIT $2) \
             SELECT id, source, summary <> '', assessment FROM item \
             WHERE story = $1 AND (id IN voting OR id = $3 OR id = $4) ORDER BY id",
        )
        .bind(story.0)
        .bind(i64::from(MOST_VOTES))
        .bind(others[0].0)
        .bind(others[1].0)
        .fetch_all(self.connection())
        .await?;
        let telling = |row: &SqliteRow| {
            Ok::<_, StoreError>(Telling {
                id: ItemId(row.try_get(0)?),
                source: row.try_get(1)?,
                has_summary: row.try_get(2)?,
                relations: from_json::<Assessment>("assessment", row.try_get(3)?)?.relations,
            })
        };
        let mut tellings: Vec<Telling> = rows.iter().map(telling).collect::<Result<_, _>>()?;
        for row in self.ledger.of_story(story) {
            if tellings.len() < usize::from(MOST_VOTES) || others.contains(&row.id) {
                tellings.push(Telling {
                    id: row.id,
                    source: row.source.clone(),
                    has_summary: !row.summary.is_empty(),
                    relations: from_json::<Assessment>("assessment", &row.assessment)?.relations,
                });
            }
        }
        Ok(tellings)
    }

    /// Whether a subscriber, or everybody, wants to hear no more of a story or of one that it follows.
    pub async fn is_muted(&mut self, story: StoryId, subscriber: &SubscriberKey) -> Result<bool, StoreError> {
        let muted: i64 = sqlx::query_scalar(
            "WITH RECURSIVE line (id) AS (\
               SELECT $1 UNION SELECT story.follows FROM story JOIN line ON story.id = line.id \
               WHERE story.follows IS NOT NULL) \
             SELECT count(*) FROM story_mute JOIN line ON line.id = story_mute.story \
             WHERE story_mute.subscriber IN ('', $2)",
        )
        .bind(story.0)
        .bind(written(subscriber))
        .fetch_one(self.connection())
        .await?;
        Ok(muted > 0)
    }

    /// Ends the alerts of a story and of what follows it, for a subscriber or, with `None`, for everybody;
    /// those that wait are cancelled. How many of these there were.
    pub async fn mute(
        &mut self,
        story: StoryId,
        subscriber: Option<&SubscriberKey>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let whose = subscriber.map_or(Cow::Borrowed(""), written);
        sqlx::query(
            "INSERT INTO story_mute (story, subscriber, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(story.0)
        .bind(&*whose)
        .bind(micros(now))
        .execute(self.connection())
        .await?;
        let cancelled = sqlx::query(
            "WITH RECURSIVE line (id) AS (\
               SELECT $1 UNION SELECT story.id FROM story JOIN line ON story.follows = line.id) \
             UPDATE alert SET cancelled = TRUE WHERE story IN (SELECT id FROM line) \
             AND delivery IS NULL AND NOT cancelled AND ($2 = '' OR subscriber = $2)",
        )
        .bind(story.0)
        .bind(&*whose)
        .execute(self.connection())
        .await?;
        // A message that waits and tells of nothing else. One that is in doubt may be there already.
        let stopped = sqlx::query(
            "WITH RECURSIVE line (id) AS (\
               SELECT $1 UNION SELECT story.id FROM story JOIN line ON story.follows = line.id) \
             UPDATE delivery SET state = 'given-up', due = $3, answer = $4 \
             WHERE state = 'pending' AND EXISTS (SELECT 1 FROM alert WHERE alert.delivery = delivery.id \
               AND ($2 = '' OR alert.subscriber = $2)) \
             AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.delivery = delivery.id \
               AND alert.story NOT IN (SELECT id FROM line))",
        )
        .bind(story.0)
        .bind(&*whose)
        .bind(micros(now))
        .bind(MUTED)
        .execute(self.connection())
        .await?;
        Ok(cancelled.rows_affected() + stopped.rows_affected())
    }

    /// Takes a mute back. Whether there was one.
    pub async fn unmute(
        &mut self,
        story: StoryId,
        subscriber: Option<&SubscriberKey>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM story_mute WHERE story = $1 AND subscriber = $2")
            .bind(story.0)
            .bind(subscriber.map_or(Cow::Borrowed(""), written))
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() > 0)
    }
}
