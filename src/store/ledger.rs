//! The ledger: what a transaction looks for and writes of many entries at a time.
//!
//! A statement is a way to another thread and back, which costs more than what most of them do there, and a
//! search index takes one of many rows much faster than many of one. A transaction therefore looks once for
//! all keys of a poll, and keeps items that nobody refers to, keys and times of last sight until somebody
//! could miss them.

use super::codec::{json, micros, moment, moment_if};
use super::stories::source_name;
use super::{NewItem, StoreError, Transaction};
use crate::domain::{DropReason, ItemId, ItemKey, KeyKind, KnownItem, StoryId, strongest};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Row, Sqlite};
use std::collections::{HashMap, HashSet};

/// Most items with one key that are looked at: the headline of a daily column is shared by very many.
const MOST_KNOWN: i64 = 50;

/// So many rows stand in one statement at most.
const MOST_ROWS: usize = 64;

/// The rows in parts of few lengths, powers of two: as many texts of a statement are kept prepared, and to
/// prepare one of many rows takes as long as to run it.
pub(super) fn parts<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = MOST_ROWS.min(1 << rows.len().checked_ilog2()?);
        let (part, rest) = rows.split_at(length);
        rows = rest;
        Some(part)
    })
}

/// What a transaction knows of keys beyond what stands in the database.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Keys that no item has.
    free: HashSet<ItemKey>,
    /// Items that are not written yet, in the order they came.
    items: Vec<NewRow>,
    /// Keys that written items have got, not written yet themselves.
    got: Vec<(ItemId, ItemKey)>,
    /// The keys of both.
    waiting: HashSet<ItemKey>,
    /// Items that are still published, and since when that is known; not written yet.
    seen: HashMap<ItemId, Timestamp>,
}

/// An item as it stands in its table, with its keys.
#[derive(Debug)]
struct NewRow {
    source: String,
    content: String,
    title: String,
    summary: String,
    url: Option<String>,
    language: Option<String>,
    published: Option<i64>,
    seen: i64,
    assessment: String,
    score: i64,
    reason: Option<&'static str>,
    keys: Vec<ItemKey>,
}

impl NewRow {
    fn of(item: NewItem<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            source: item.source.to_string(),
            content: item.content.to_owned(),
            title: item.entry.title.clone(),
            summary: item.entry.summary.clone(),
            url: item.entry.url.as_ref().map(ToString::to_string),
            language: item.assessment.lang.map(|language| language.to_string()),
            published: item.entry.published.map(micros),
            seen: micros(item.now),
            assessment: json("assessment", item.assessment)?,
            score: i64::from(strongest(&item.assessment.relations).hundredths()),
            reason: item.reason.map(DropReason::as_str),
            keys: item.keys.to_vec(),
        })
    }
}

impl Transaction {
    /// Looks for all keys of a poll at once. Those that no item has are not looked for again, one entry after
    /// the other.
    pub async fn look_for(&mut self, keys: &[&ItemKey]) -> Result<(), StoreError> {
        for keys in parts(keys) {
            let mut query: QueryBuilder<Sqlite> =
                QueryBuilder::new("SELECT DISTINCT hash, kind FROM item_key WHERE hash IN (");
            let mut hashes = query.separated(", ");
            for key in keys {
                hashes.push_bind(&key.hash);
            }
            query.push(")");
            let found = query.build().fetch_all(self.connection()).await?;
            let found: HashSet<(&str, &str)> = found
                .iter()
                .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
                .collect::<Result<_, StoreError>>()?;
            let free = keys.iter().filter(|key| !found.contains(&(key.hash.as_str(), key.kind.as_str())));
            self.ledger.free.extend(free.map(|key| (*key).clone()));
        }
        Ok(())
    }

    /// Items that share one of these keys, each with the strongest key it shares; of those with one key the
    /// newest.
    pub async fn known_items(&mut self, keys: &[ItemKey]) -> Result<Vec<KnownItem>, StoreError> {
        let taken: Vec<&ItemKey> = keys.iter().filter(|key| !self.ledger.free.contains(key)).collect();
        if taken.is_empty() {
            return Ok(Vec::new());
        }
        if taken.iter().any(|key| self.ledger.waiting.contains(*key)) {
            self.write_keys().await?;
        }
        let link = keys.iter().find(|key| key.kind == KeyKind::Url).map(|key| key.hash.as_str());
        let mut found = self.sharing(&taken, link).await?;
        let got = |item: &KnownItem| self.ledger.got.iter().any(|(id, _)| *id == item.id);
        if found.iter().any(got) {
            self.write_keys().await?;
            found = self.sharing(&taken, link).await?;
        }
        found.sort_by_key(|item| (item.shared, item.id));
        let mut met = HashSet::new();
        found.retain(|item| met.insert(item.id));
        Ok(found)
    }

    /// The items that have one of these keys, by what stands in the database; each as often as it has one.
    async fn sharing(
        &mut self,
        taken: &[&ItemKey],
        link: Option<&str>,
    ) -> Result<Vec<KnownItem>, StoreError> {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("");
        for (place, key) in taken.iter().enumerate() {
            if place > 0 {
                query.push(" UNION ALL ");
            }
            query.push("SELECT ").push(place).push(
                ", item.id, item.source, item.content, item.story, item.published, item.first_seen, \
                 EXISTS (SELECT 1 FROM item_key AS own WHERE own.item = item.id AND own.kind = 'guid'), \
                 EXISTS (SELECT 1 FROM item_key AS own WHERE own.item = item.id AND own.kind = 'url') \
                   AND NOT EXISTS (SELECT 1 FROM item_key AS own \
                   WHERE own.item = item.id AND own.kind = 'url' AND own.hash = ",
            );
            query
                .push_bind(link)
                .push(") FROM item JOIN (SELECT item_key.item FROM item_key WHERE item_key.hash = ");
            query.push_bind(&key.hash).push(" AND item_key.kind = ").push_bind(key.kind.as_str());
            query.push(" ORDER BY item_key.item DESC LIMIT ").push_bind(MOST_KNOWN);
            query.push(") AS sharing ON sharing.item = item.id");
        }
        let rows = query.build().fetch_all(self.connection()).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let place: i64 = row.try_get(0)?;
            let shared = usize::try_from(place).ok().and_then(|place| taken.get(place));
            let Some(shared) = shared.map(|key| key.kind) else { continue };
            found.push(KnownItem {
                id: ItemId(row.try_get(1)?),
                source: source_name(row.try_get(2)?)?,
                shared,
                content: row.try_get(3)?,
                story: row.try_get::<Option<i64>, _>(4)?.map(StoryId),
                published: moment_if(row.try_get(5)?)?,
                first_seen: moment(row.try_get(6)?)?,
                has_guid: row.try_get(7)?,
                other_link: link.is_some() && row.try_get(8)?,
            });
        }
        Ok(found)
    }

    /// Writes a new item; it belongs to no story yet. Items are numbered in the order they came.
    pub async fn insert_item(&mut self, item: NewItem<'_>) -> Result<ItemId, StoreError> {
        self.write_items().await?;
        let row = NewRow::of(item)?;
        let ids = self.write_rows(std::slice::from_ref(&row)).await?;
        let id = *ids.first().ok_or(sqlx::Error::RowNotFound)?;
        self.add_keys(id, item.keys);
        Ok(id)
    }

    /// Notes a new item that nobody will refer to in this transaction, but by its keys.
    pub fn add_item(&mut self, item: NewItem<'_>) -> Result<(), StoreError> {
        self.note_keys(item.keys);
        self.ledger.items.push(NewRow::of(item)?);
        Ok(())
    }

    /// Notes that an item is still published, under these keys.
    pub fn touch_item(&mut self, id: ItemId, keys: &[ItemKey], now: Timestamp) {
        self.ledger.seen.insert(id, now);
        self.add_keys(id, keys);
    }

    /// Notes that an item has these keys from now on.
    pub(super) fn add_keys(&mut self, id: ItemId, keys: &[ItemKey]) {
        self.note_keys(keys);
        self.ledger.got.extend(keys.iter().map(|key| (id, key.clone())));
    }

    fn note_keys(&mut self, keys: &[ItemKey]) {
        for key in keys {
            self.ledger.free.remove(key);
            self.ledger.waiting.insert(key.clone());
        }
    }

    /// Writes what was noted and not written yet.
    pub(super) async fn write_ledger(&mut self) -> Result<(), StoreError> {
        self.write_keys().await?;
        let mut moments: HashMap<Timestamp, Vec<ItemId>> = HashMap::new();
        for (id, now) in std::mem::take(&mut self.ledger.seen) {
            moments.entry(now).or_default().push(id);
        }
        for (now, items) in moments {
            for items in parts(&items) {
                let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("UPDATE item SET last_seen = ");
                query.push_bind(micros(now)).push(" WHERE id IN (");
                let mut ids = query.separated(", ");
                for id in items {
                    ids.push_bind(id.0);
                }
                query.push(")");
                query.build().execute(self.connection()).await?;
            }
        }
        Ok(())
    }

    /// Writes the items that wait; their keys wait on.
    async fn write_items(&mut self) -> Result<(), StoreError> {
        for rows in parts(&std::mem::take(&mut self.ledger.items)) {
            let ids = self.write_rows(rows).await?;
            for (id, row) in ids.into_iter().zip(rows) {
                self.ledger.got.extend(row.keys.iter().map(|key| (id, key.clone())));
            }
        }
        Ok(())
    }

    /// Their numbers, in their order.
    async fn write_rows(&mut self, rows: &[NewRow]) -> Result<Vec<ItemId>, StoreError> {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
            "INSERT INTO item (source, revision, content, title, summary, url, language, published, \
             first_seen, last_seen, assessment, score, reason) ",
        );
        query.push_values(rows, |mut values, row| {
            values.push_bind(&row.source).push("1").push_bind(&row.content).push_bind(&row.title);
            values.push_bind(&row.summary).push_bind(&row.url).push_bind(&row.language);
            values.push_bind(row.published).push_bind(row.seen).push_bind(row.seen);
            values.push_bind(&row.assessment).push_bind(row.score).push_bind(row.reason);
        });
        query.push(" RETURNING id");
        let written = query.build().fetch_all(self.connection()).await?;
        let mut ids: Vec<ItemId> =
            written.iter().map(|row| row.try_get(0).map(ItemId)).collect::<Result<_, _>>()?;
        // Numbers go up in the order of the rows; they are told in any order.
        ids.sort_unstable();
        Ok(ids)
    }

    async fn write_keys(&mut self) -> Result<(), StoreError> {
        self.write_items().await?;
        self.ledger.waiting.clear();
        for rows in parts(&std::mem::take(&mut self.ledger.got)) {
            let mut query: QueryBuilder<Sqlite> =
                QueryBuilder::new("INSERT INTO item_key (hash, kind, item) ");
            query.push_values(rows, |mut row, (id, key)| {
                row.push_bind(&key.hash).push_bind(key.kind.as_str()).push_bind(id.0);
            });
            query.push(" ON CONFLICT DO NOTHING");
            query.build().execute(self.connection()).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_parts_of_few_lengths() {
        let lengths = |rows: usize| -> Vec<usize> { parts(&vec![(); rows]).map(<[()]>::len).collect() };
        assert_eq!(lengths(0), [0; 0]);
        assert_eq!(lengths(1), [1]);
        assert_eq!(lengths(27), [16, 8, 2, 1]);
        assert_eq!(lengths(150), [64, 64, 16, 4, 2]);
    }
}
