//! The ledger: what a transaction looks for and writes of many entries at a time.
//!
//! A statement is a way to another thread and back, which costs more than what most of them do there, and a
//! search index takes one of many rows much faster than many of one. A transaction therefore looks once for
//! all keys of a poll, gives new items their numbers itself, and keeps them, where they belong, their keys
//! and times of last sight until somebody could miss them.

use super::codec::{bad, json, micros, moment, moment_if};
use super::stories::source_name;
use super::{NewItem, StoreError, Transaction};
use crate::domain::{
    DropReason, ItemId, ItemKey, KeyHash, KeyKind, KnownItem, MOST_KNOWN, Placed, SourceName, StoryId,
    Wording, strongest,
};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use std::collections::{HashMap, HashSet};

/// So many rows stand in one statement at most.
const MOST_ROWS: usize = 64;

/// So many keys do: all of a usual poll.
const MOST_KEYS: usize = 128;

/// The rows in parts of few lengths, powers of two: as many texts of a statement are kept prepared, and to
/// prepare one of many rows takes as long as to run it.
pub(super) fn parts<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let (part, rest) = rows.split_at(part(rows.len())?);
        rows = rest;
        Some(part)
    })
}

/// The length of the first part of so many rows.
fn part(rows: usize) -> Option<usize> {
    Some(MOST_ROWS.min(1 << rows.checked_ilog2()?))
}

/// Keys in parts of few lengths, too, but filled up: for what it is all the same to be told a key twice.
fn filled<T>(keys: &[T]) -> impl Iterator<Item = impl Iterator<Item = &T>> {
    keys.chunks(MOST_KEYS).map(|part| {
        let filling = part.last().into_iter().cycle();
        part.iter().chain(filling).take(part.len().next_power_of_two())
    })
}

/// What a transaction knows beyond what stands in the database.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// The hashes of keys that no item has.
    free: HashSet<KeyHash>,
    /// The last number that an item has got; `None` as long as none has got one here.
    last: Option<ItemId>,
    /// Items that are not written yet, numbered without a gap.
    items: Vec<NewRow>,
    /// The first of the items that are not found by their words yet.
    wordless: Option<ItemId>,
    /// Keys that items have got, not written yet.
    got: Vec<(ItemId, ItemKey)>,
    /// Their hashes.
    waiting: HashSet<KeyHash>,
    /// Items that are still published, and since when that is known; not written yet.
    seen: HashMap<ItemId, Timestamp>,
}

impl Ledger {
    /// The items of a story that are not written yet: they came after all that are.
    pub(super) fn of_story(&self, story: StoryId) -> impl Iterator<Item = &NewRow> {
        self.items.iter().filter(move |row| row.story == Some(story))
    }

    /// An item that is not written yet.
    fn unwritten(&mut self, id: ItemId) -> Option<&mut NewRow> {
        let first = self.items.first()?.id;
        let place = usize::try_from(id.0.checked_sub(first.0)?).ok()?;
        self.items.get_mut(place)
    }
}

/// An item as it stands in its table.
#[derive(Debug)]
pub(super) struct NewRow {
    pub(super) id: ItemId,
    pub(super) source: String,
    story: Option<StoryId>,
    content: String,
    title: String,
    pub(super) summary: String,
    url: Option<String>,
    language: Option<String>,
    published: Option<i64>,
    seen: i64,
    pub(super) assessment: String,
    score: i64,
    reason: Option<&'static str>,
    placed: Option<&'static str>,
    like: Option<ItemId>,
}

impl NewRow {
    fn of(id: ItemId, item: NewItem<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id,
            source: item.source.to_string(),
            story: None,
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
            placed: None,
            like: None,
        })
    }
}

impl Transaction {
    /// Looks for all keys of a poll at once. Those that no item has are not looked for again, one entry after
    /// the other.
    pub async fn look_for(&mut self, keys: &[&ItemKey]) -> Result<(), StoreError> {
        self.ledger.free.extend(keys.iter().map(|key| key.hash));
        for part in filled(keys) {
            let mut query: QueryBuilder<Sqlite> =
                QueryBuilder::new("SELECT DISTINCT hash FROM item_key WHERE hash IN (");
            let mut hashes = query.separated(", ");
            for key in part {
                hashes.push_bind(key.hash.0.as_slice());
            }
            query.push(")");
            for row in query.build().fetch_all(self.connection()).await? {
                self.ledger.free.remove(&hash(row.try_get(0)?)?);
            }
        }
        Ok(())
    }

    /// Items that share one of these keys, each with the strongest key it shares; of those with one key the
    /// newest. Items of other sources than this one are told only where they make a story: what they would be
    /// asked for.
    pub async fn known_items(
        &mut self,
        source: &SourceName,
        keys: &[ItemKey],
    ) -> Result<Vec<KnownItem>, StoreError> {
        let taken: Vec<&ItemKey> = keys.iter().filter(|key| !self.ledger.free.contains(&key.hash)).collect();
        if taken.is_empty() {
            return Ok(Vec::new());
        }
        if taken.iter().any(|key| self.ledger.waiting.contains(&key.hash)) {
            self.write_keys().await?;
        }
        let link = keys.iter().find(|key| key.kind == KeyKind::Url).map(|key| key.hash);
        let mut found = self.sharing(source, &taken, link).await?;
        let got = |item: &KnownItem| self.ledger.got.iter().any(|(id, _)| *id == item.id);
        if found.iter().any(got) {
            self.write_keys().await?;
            found = self.sharing(source, &taken, link).await?;
        }
        found.sort_by_key(|item| (item.shared, item.id));
        let by = |kind: KeyKind| found.iter().filter(move |item| item.shared == kind).map(|item| item.id);
        let (texts, titles): (HashSet<_>, HashSet<_>) =
            (by(KeyKind::Content).collect(), by(KeyKind::Title).collect());
        let mut met = HashSet::new();
        found.retain(|item| met.insert(item.id));
        for item in &mut found {
            if texts.contains(&item.id) {
                item.had = Wording::Text;
            } else if titles.contains(&item.id) {
                item.had = Wording::Title;
            }
        }
        Ok(found)
    }

    /// The items that have one of these keys, by what stands in the database; each as often as it has one.
    async fn sharing(
        &mut self,
        source: &SourceName,
        taken: &[&ItemKey],
        link: Option<KeyHash>,
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
                .push_bind(link.map(|link| link.0.to_vec()))
                .push(") FROM item JOIN (SELECT item_key.item FROM item_key WHERE item_key.hash = ");
            query.push_bind(key.hash.0.as_slice());
            query.push(" ORDER BY item_key.item DESC LIMIT ").push_bind(i64::from(MOST_KNOWN));
            query.push(
                ") AS sharing ON sharing.item = item.id WHERE item.story IS NOT NULL OR item.source = ",
            );
            query.push_bind(source.as_str());
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
                had: Wording::Other,
            });
        }
        Ok(found)
    }

    /// Notes a new item; it belongs to no story yet. Items are numbered in the order they came.
    pub async fn insert_item(&mut self, item: NewItem<'_>) -> Result<ItemId, StoreError> {
        let last = match self.ledger.last {
            Some(last) => last,
            None => self.last_item().await?,
        };
        let id = ItemId(last.0.saturating_add(1));
        self.ledger.items.push(NewRow::of(id, item)?);
        self.ledger.last = Some(id);
        self.ledger.wordless.get_or_insert(id);
        self.add_keys(id, item.keys);
        Ok(id)
    }

    /// The last number that an item ever had: there is one writer, so that the next ones are free.
    async fn last_item(&mut self) -> Result<ItemId, StoreError> {
        let last = sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'item'")
            .fetch_optional(self.connection())
            .await?;
        Ok(ItemId(last.unwrap_or(0)))
    }

    /// Puts an item into a story, and says why it is no alert, or that it is one.
    pub async fn place_item(
        &mut self,
        id: ItemId,
        story: Option<StoryId>,
        reason: Option<DropReason>,
    ) -> Result<(), StoreError> {
        let reason = reason.map(DropReason::as_str);
        if let Some(row) = self.ledger.unwritten(id) {
            (row.story, row.reason) = (story, reason);
            return Ok(());
        }
        sqlx::query("UPDATE item SET story = $2, reason = $3 WHERE id = $1")
            .bind(id.0)
            .bind(story.map(|story| story.0))
            .bind(reason)
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
        if let Some(row) = self.ledger.unwritten(id) {
            (row.placed, row.like) = (Some(placed.as_str()), like);
            return Ok(());
        }
        sqlx::query("UPDATE item SET placed = $2, placed_like = $3 WHERE id = $1")
            .bind(id.0)
            .bind(placed.as_str())
            .bind(like.map(|like| like.0))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Notes that an item is still published, under these keys.
    pub fn touch_item(&mut self, id: ItemId, keys: &[ItemKey], now: Timestamp) {
        self.ledger.seen.insert(id, now);
        self.add_keys(id, keys);
    }

    /// Notes that an item has these keys from now on.
    pub(super) fn add_keys(&mut self, id: ItemId, keys: &[ItemKey]) {
        for key in keys {
            self.ledger.free.remove(&key.hash);
            self.ledger.waiting.insert(key.hash);
        }
        self.ledger.got.extend(keys.iter().map(|key| (id, *key)));
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
        self.write_words().await?;
        Ok(())
    }

    /// Writes the items that wait, and gives the connection to whoever reads or changes items; their keys and
    /// words wait on.
    pub(super) async fn with_items(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        let mut rows = std::mem::take(&mut self.ledger.items);
        while let Some(length) = part(rows.len()) {
            let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
                "INSERT INTO item (id, source, story, revision, content, title, summary, url, language, \
                 published, first_seen, last_seen, assessment, score, reason, placed, placed_like) ",
            );
            query.push_values(rows.drain(..length), |mut values, row| {
                values.push_bind(row.id.0).push_bind(row.source).push_bind(row.story.map(|story| story.0));
                values.push("1").push_bind(row.content).push_bind(row.title).push_bind(row.summary);
                values.push_bind(row.url).push_bind(row.language).push_bind(row.published);
                values.push_bind(row.seen).push_bind(row.seen).push_bind(row.assessment);
                values.push_bind(row.score).push_bind(row.reason).push_bind(row.placed);
                values.push_bind(row.like.map(|like| like.0));
            });
            query.build().execute(self.connection()).await?;
        }
        Ok(self.connection())
    }

    /// Lets new items be found by their words, and gives the connection to whoever changes the words of items.
    /// All at once: the index writes what it was given anew whenever another statement begins.
    pub(super) async fn write_words(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        self.with_items().await?;
        if let Some(first) = self.ledger.wordless.take() {
            sqlx::query(
                "INSERT INTO item_words (rowid, title, summary) SELECT id, title, summary FROM item WHERE id >= $1",
            )
            .bind(first.0)
            .execute(self.connection())
            .await?;
        }
        Ok(self.connection())
    }

    async fn write_keys(&mut self) -> Result<(), StoreError> {
        self.with_items().await?;
        self.ledger.waiting.clear();
        for part in filled(&std::mem::take(&mut self.ledger.got)) {
            let mut query: QueryBuilder<Sqlite> =
                QueryBuilder::new("INSERT INTO item_key (item, hash, kind) ");
            query.push_values(part, |mut row, (id, key)| {
                row.push_bind(id.0).push_bind(key.hash.0.as_slice()).push_bind(key.kind.as_str());
            });
            query.push(" ON CONFLICT DO NOTHING");
            query.build().execute(self.connection()).await?;
        }
        Ok(())
    }
}

/// The hash of a column.
pub(super) fn hash(bytes: &[u8]) -> Result<KeyHash, StoreError> {
    bytes.try_into().map(KeyHash).map_err(bad("key"))
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

    #[test]
    fn keys_come_in_parts_that_are_filled_up() {
        let keys: Vec<usize> = (0..150).collect();
        let lengths = |keys: usize| -> Vec<usize> { filled(&vec![(); keys]).map(Iterator::count).collect() };
        assert_eq!(lengths(0), [0; 0]);
        assert_eq!(lengths(1), [1]);
        assert_eq!(lengths(120), [128]);
        assert_eq!(lengths(150), [128, 32]);
        let told: HashSet<usize> = filled(&keys).flatten().copied().collect();
        assert_eq!(told.len(), keys.len(), "each is told");
    }
}
