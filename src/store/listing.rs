//! Listings for people: stories, and the items that did not become alerts.

use super::articles::{ArticleState, article_state};
use super::codec::{from_json, micros, moment, moment_if, term};
use super::stories::{self, source_name};
use super::{Store, StoreError};
use crate::domain::{Assessment, DropReason, ItemId, Placed, Score, SourceName, Story, StoryId};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Which stories or items are listed.
#[derive(Debug, Clone, Copy)]
pub struct StoryFilter {
    /// Seen at this time or later.
    pub since: Timestamp,
    /// At most so many, newest first.
    pub most: u32,
}

/// An item as the ledger of reasons shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemSummary {
    /// Its number.
    pub id: ItemId,
    /// Which source published it.
    pub source: SourceName,
    /// The headline.
    pub title: String,
    /// The summary.
    pub summary: String,
    /// Where it can be read.
    pub url: Option<String>,
    /// When the source says it was published.
    pub published: Option<Timestamp>,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// Highest score of any kind.
    pub score: Score,
    /// Why it did not become an alert; `None` where it did.
    pub reason: Option<DropReason>,
    /// The story it belongs to.
    pub story: Option<StoryId>,
    /// How it came to it, and the item it was most like.
    pub placed: Option<Placed>,
    /// That item.
    pub like: Option<ItemId>,
    /// What it was judged to say.
    pub assessment: Assessment,
    /// What came of its article; `None` where nobody asked for it.
    pub article: Option<ArticleState>,
}

/// How an item read before it was edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// When it was seen to be changed.
    pub at: Timestamp,
    /// The headline until then.
    pub title: String,
    /// The summary until then.
    pub summary: String,
}

/// A query for texts with all words of another text: each quoted, so that no sign in it is one of the
/// query language.
fn all_words(text: &str) -> String {
    let quoted = |word: &str| {
        let (word, open) = word.strip_suffix('*').map_or((word, ""), |word| (word, "*"));
        format!("\"{}\"{open}", word.replace('"', "\"\""))
    };
    text.split_whitespace().map(quoted).collect::<Vec<_>>().join(" ")
}

impl Store {
    /// Stories that were alerted to anyone, newest first.
    pub async fn list_stories(&self, filter: StoryFilter) -> Result<Vec<Story>, StoreError> {
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM story WHERE first_seen >= $1 \
             AND EXISTS (SELECT 1 FROM alert WHERE alert.story = story.id) ORDER BY id DESC LIMIT $2",
        )
        .bind(micros(filter.since))
        .bind(i64::from(filter.most))
        .fetch_all(&self.readers)
        .await?;
        self.load_all(ids).await
    }

    /// Stories of which an item holds all of these words in its headline or summary, newest first; told to
    /// anyone or not. A word that ends in `*` is the beginning of one.
    pub async fn search_stories(&self, words: &str, filter: StoryFilter) -> Result<Vec<Story>, StoreError> {
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT DISTINCT item.story FROM item_words JOIN item ON item.id = item_words.rowid \
             JOIN story ON story.id = item.story \
             WHERE item_words MATCH $1 AND story.last_seen >= $2 ORDER BY item.story DESC LIMIT $3",
        )
        .bind(all_words(words))
        .bind(micros(filter.since))
        .bind(i64::from(filter.most))
        .fetch_all(&self.readers)
        .await?;
        self.load_all(ids).await
    }

    /// The stories that follow one, in the order they were opened.
    pub async fn followers(&self, id: StoryId) -> Result<Vec<Story>, StoreError> {
        let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM story WHERE follows = $1 ORDER BY id")
            .bind(id.0)
            .fetch_all(&self.readers)
            .await?;
        self.load_all(ids).await
    }

    /// How an item read before it was edited, the oldest first.
    pub async fn edits(&self, id: ItemId) -> Result<Vec<Edit>, StoreError> {
        let rows = sqlx::query("SELECT at, title, summary FROM item_edit WHERE item = $1 ORDER BY id")
            .bind(id.0)
            .fetch_all(&self.readers)
            .await?;
        let edit = |row: &SqliteRow| {
            Ok(Edit { at: moment(row.try_get(0)?)?, title: row.try_get(1)?, summary: row.try_get(2)? })
        };
        rows.iter().map(edit).collect()
    }

    async fn load_all(&self, ids: Vec<i64>) -> Result<Vec<Story>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let mut list = Vec::with_capacity(ids.len());
        for id in ids {
            list.push(stories::load(&mut connection, StoryId(id)).await?);
        }
        Ok(list)
    }

    /// One story.
    pub async fn story(&self, id: StoryId) -> Result<Option<Story>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        match stories::load(&mut connection, id).await {
            Ok(story) => Ok(Some(story)),
            Err(StoreError::Sql(sqlx::Error::RowNotFound)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Items that did not become alerts, for one reason or for any, of one source or of all, the highest scores first.
    pub async fn list_dropped(
        &self,
        (reason, source): (Option<DropReason>, Option<&SourceName>),
        filter: StoryFilter,
    ) -> Result<Vec<ItemSummary>, StoreError> {
        let rest = "WHERE reason IS NOT NULL AND ($1 IS NULL OR reason = $1) AND first_seen >= $2 \
                    AND ($4 IS NULL OR source = $4) ORDER BY score DESC, id DESC LIMIT $3";
        let rows = sqlx::query(items_where(rest))
            .bind(reason.map(DropReason::as_str))
            .bind(micros(filter.since))
            .bind(i64::from(filter.most))
            .bind(source.map(SourceName::as_str))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(summary).collect()
    }

    /// How many items of each source did not become alerts, those of most first.
    pub async fn dropped_by_source(
        &self,
        reason: Option<DropReason>,
        since: Timestamp,
    ) -> Result<Vec<(SourceName, u64)>, StoreError> {
        let rows = sqlx::query(
            "SELECT source, count(*) FROM item WHERE reason IS NOT NULL AND first_seen >= $1 \
             AND ($2 IS NULL OR reason = $2) GROUP BY source ORDER BY count(*) DESC, source",
        )
        .bind(micros(since))
        .bind(reason.map(DropReason::as_str))
        .fetch_all(&self.readers)
        .await?;
        let counted = |row: &SqliteRow| {
            let number: i64 = row.try_get(1)?;
            Ok((source_name(row.try_get(0)?)?, number.unsigned_abs()))
        };
        rows.iter().map(counted).collect()
    }

    /// The items of a story, in the order they were seen.
    pub async fn story_items(&self, id: StoryId) -> Result<Vec<ItemSummary>, StoreError> {
        self.items("WHERE $1 IS NULL AND story = $2 ORDER BY id LIMIT $3", (None, id.0, i64::MAX)).await
    }

    /// One item.
    pub async fn item(&self, id: ItemId) -> Result<Option<ItemSummary>, StoreError> {
        Ok(self.items("WHERE $1 IS NULL AND id = $2 LIMIT $3", (None, id.0, 1)).await?.pop())
    }

    /// How many items did not become alerts, by reason.
    pub async fn dropped_counts(&self, since: Timestamp) -> Result<Vec<(DropReason, u64)>, StoreError> {
        let rows = sqlx::query(
            "SELECT reason, count(*) FROM item WHERE reason IS NOT NULL AND first_seen >= $1 \
             GROUP BY reason ORDER BY count(*) DESC",
        )
        .bind(micros(since))
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let number: i64 = row.try_get(1)?;
                Ok((term("reason", row.try_get(0)?)?, number.unsigned_abs()))
            })
            .collect()
    }

    /// The items that a condition names; a part of the query that is written in this module.
    pub(super) async fn items(
        &self,
        rest: &'static str,
        (first, second, third): (Option<&str>, i64, i64),
    ) -> Result<Vec<ItemSummary>, StoreError> {
        let rows = sqlx::query(items_where(rest))
            .bind(first)
            .bind(second)
            .bind(third)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(summary).collect()
    }
}

/// The items that a condition names, which is written in this crate.
fn items_where(rest: &'static str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!(
        "SELECT id, source, title, summary, url, published, first_seen, score, reason, story, assessment, \
         placed, placed_like, article.item IS NOT NULL, article.awaited_until IS NOT NULL, article.failure \
         FROM item LEFT JOIN article ON article.item = item.id {rest}"
    ))
}

fn summary(row: &SqliteRow) -> Result<ItemSummary, StoreError> {
    let hundredths: i64 = row.try_get(7)?;
    Ok(ItemSummary {
        id: ItemId(row.try_get(0)?),
        source: source_name(row.try_get(1)?)?,
        title: row.try_get(2)?,
        summary: row.try_get(3)?,
        url: row.try_get(4)?,
        published: moment_if(row.try_get(5)?)?,
        first_seen: moment(row.try_get(6)?)?,
        score: Score::from_hundredths(i32::try_from(hundredths).unwrap_or(i32::MAX)),
        reason: row.try_get::<Option<&str>, _>(8)?.map(|reason| term("reason", reason)).transpose()?,
        story: row.try_get::<Option<i64>, _>(9)?.map(StoryId),
        assessment: from_json("assessment", row.try_get(10)?)?,
        placed: row.try_get::<Option<&str>, _>(11)?.map(|placed| term("placing", placed)).transpose()?,
        like: row.try_get::<Option<i64>, _>(12)?.map(ItemId),
        article: article_state(row.try_get(13)?, row.try_get(14)?, row.try_get(15)?),
    })
}
