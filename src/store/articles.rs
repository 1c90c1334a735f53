//! Articles: which items wait for theirs, and what came of the others.

use super::codec::{from_json, json, micros, moment, term};
use super::items::entry;
use super::ledger::hash;
use super::stories::source_name;
use super::{Store, StoreError, Transaction};
use crate::domain::{Assessment, Entry, ItemId, ItemKey, KeyKind, SourceName, strongest};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// An item that is written and not decided: its article is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedItem {
    /// Its number.
    pub id: ItemId,
    /// Which source published it.
    pub source: SourceName,
    /// As it was published, without its guid and in the language it was read in.
    pub entry: Entry,
    /// What it was judged to say without the article.
    pub assessment: Assessment,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// Until when it waits.
    pub until: Timestamp,
}

/// What was read of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadArticle<'a> {
    /// Its text.
    pub text: &'a str,
    /// The sentence in it that tells what headline and summary do not, where there is one.
    pub passage: Option<&'a str>,
}

/// What is kept of an article that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptArticle {
    /// Its text; empty where it was cleared away with the texts of its time.
    pub text: String,
    /// The sentence in it that told what headline and summary did not, where there was one.
    pub passage: Option<String>,
}

/// What came of an item's article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArticleState {
    /// It is waited for.
    Awaited,
    /// It was read.
    Read,
    /// It could not be read, for this reason.
    Failed(String),
}

impl Store {
    /// The sources of which items wait for their articles.
    pub async fn sources_awaiting(&self) -> Result<Vec<SourceName>, StoreError> {
        let names: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT item.source FROM article JOIN item ON item.id = article.item \
             WHERE article.awaited_until IS NOT NULL ORDER BY item.source",
        )
        .fetch_all(&self.readers)
        .await?;
        names.iter().map(|name| source_name(name)).collect()
    }

    /// The items of a source that wait for their articles, the oldest first.
    pub async fn awaited_items(&self, source: &SourceName) -> Result<Vec<AwaitedItem>, StoreError> {
        let rows = sqlx::query(
            "SELECT item.id, item.source, item.title, item.summary, item.url, item.language, item.published, \
             item.first_seen, item.assessment, article.awaited_until \
             FROM article JOIN item ON item.id = article.item \
             WHERE article.awaited_until IS NOT NULL AND item.source = $1 ORDER BY item.id",
        )
        .bind(source.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(awaited_item).collect()
    }

    /// What is kept of an item's article; nothing where it was not read.
    pub async fn kept_article(&self, id: ItemId) -> Result<KeptArticle, StoreError> {
        let row = sqlx::query("SELECT text, passage FROM article WHERE item = $1")
            .bind(id.0)
            .fetch_optional(&self.readers)
            .await?;
        let kept = row.map(|row| Ok(KeptArticle { text: row.try_get(0)?, passage: row.try_get(1)? }));
        kept.unwrap_or_else(|| Ok(KeptArticle::default()))
    }
}

/// What came of an article, from its columns: whether there is one, whether it is waited for, and why it was not
/// read.
pub(super) fn article_state(is_there: bool, waits: bool, failure: Option<String>) -> Option<ArticleState> {
    let state = match (waits, failure) {
        (true, _) => ArticleState::Awaited,
        (false, None) => ArticleState::Read,
        (false, Some(reason)) => ArticleState::Failed(reason),
    };
    is_there.then_some(state)
}

fn awaited_item(row: &SqliteRow) -> Result<AwaitedItem, StoreError> {
    Ok(AwaitedItem {
        id: ItemId(row.try_get(0)?),
        source: source_name(row.try_get(1)?)?,
        entry: entry(row)?,
        first_seen: moment(row.try_get(7)?)?,
        assessment: from_json("assessment", row.try_get(8)?)?,
        until: moment(row.try_get(9)?)?,
    })
}

impl Transaction {
    /// Lets an item that was just written wait for its article.
    pub async fn await_article(&mut self, id: ItemId, until: Timestamp) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO article (item, awaited_until) VALUES ($1, $2)")
            .bind(id.0)
            .bind(micros(until))
            .execute(self.with_items().await?)
            .await?;
        Ok(())
    }

    /// Ends the waiting of an item: with what was read of its article, or with the reason for which there is
    /// none. Whether it did wait.
    pub async fn end_waiting(
        &mut self,
        id: ItemId,
        article: Result<ReadArticle<'_>, &str>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE article SET awaited_until = NULL, text = $2, passage = $3, failure = $4 \
             WHERE item = $1 AND awaited_until IS NOT NULL",
        )
        .bind(id.0)
        .bind(article.map_or("", |article| article.text))
        .bind(article.ok().and_then(|article| article.passage))
        .bind(article.err())
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// The text of an item's article, where it was read and is still kept.
    pub async fn article_text(&mut self, id: ItemId) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT text FROM article WHERE item = $1 AND text <> ''")
            .bind(id.0)
            .fetch_optional(self.connection())
            .await?)
    }

    /// Writes what an item is judged to say with its article.
    pub async fn reassess(&mut self, id: ItemId, assessment: &Assessment) -> Result<(), StoreError> {
        sqlx::query("UPDATE item SET language = $2, assessment = $3, score = $4 WHERE id = $1")
            .bind(id.0)
            .bind(assessment.lang.map(|language| language.to_string()))
            .bind(json("assessment", assessment)?)
            .bind(i64::from(strongest(&assessment.relations).hundredths()))
            .execute(self.with_items().await?)
            .await?;
        Ok(())
    }

    /// What an item is known by, the strongest keys first.
    pub async fn item_keys(&mut self, id: ItemId) -> Result<Vec<ItemKey>, StoreError> {
        self.write_ledger().await?;
        let rows = sqlx::query("SELECT kind, hash FROM item_key WHERE item = $1")
            .bind(id.0)
            .fetch_all(self.connection())
            .await?;
        let key = |row: &SqliteRow| {
            let kind: KeyKind = term("key", row.try_get(0)?)?;
            Ok::<_, StoreError>(ItemKey { kind, hash: hash(row.try_get(1)?)? })
        };
        let mut keys = rows.iter().map(key).collect::<Result<Vec<_>, _>>()?;
        keys.sort();
        Ok(keys)
    }
}
