//! Alerts: owed with the match, due at their time, carried by a delivery.

use super::codec::{bad, count, from_json, json, micros, moment};
use super::stories;
use super::{Store, StoreError, Transaction};
use crate::domain::{AlertId, DeliveryId, DueAlert, MessageId, Story, StoryId, SubscriberKey, WatchName};
use jiff::Timestamp;
use sqlx::Row;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Most messages of a thread that a later one names.
const MAX_THREAD: usize = 20;

/// What a webhook's name stands behind in a subscriber's column; no mail address begins so.
const WEBHOOK: &str = "webhook:";

/// A subscriber's column: empty for the journal, the address of a person in small letters, the marked name
/// of a webhook.
pub(super) fn written(subscriber: &SubscriberKey) -> Cow<'_, str> {
    match subscriber {
        SubscriberKey::Journal => Cow::Borrowed(""),
        SubscriberKey::Mail(address) => Cow::Borrowed(address.key()),
        SubscriberKey::Webhook(name) => Cow::Owned(format!("{WEBHOOK}{name}")),
    }
}

/// The subscriber of a column.
pub(super) fn read(subscriber: &str) -> Result<SubscriberKey, StoreError> {
    if subscriber.is_empty() {
        return Ok(SubscriberKey::Journal);
    }
    if let Some(name) = subscriber.strip_prefix(WEBHOOK) {
        return name.parse().map(SubscriberKey::Webhook).map_err(bad("subscriber"));
    }
    subscriber.parse().map(SubscriberKey::Mail).map_err(bad("subscriber"))
}

/// The alerts that wait for one person's next mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingAlerts {
    /// Whose.
    pub address: String,
    /// How many.
    pub alerts: u32,
    /// When the first of them falls due.
    pub due: Timestamp,
}

impl Store {
    /// The alerts that a message carries, each with the story that it is about.
    pub async fn alerts_of(&self, message: DeliveryId) -> Result<Vec<(AlertId, StoryId)>, StoreError> {
        let rows: Vec<(i64, i64)> =
            sqlx::query_as("SELECT id, story FROM alert WHERE delivery = $1 ORDER BY id")
                .bind(message.0)
                .fetch_all(&self.readers)
                .await?;
        Ok(rows.into_iter().map(|(alert, story)| (AlertId(alert), StoryId(story))).collect())
    }

    /// What waits for each person's next mail: a digest's hour, or the dispatcher's next pass.
    pub async fn waiting_alerts(&self) -> Result<Vec<WaitingAlerts>, StoreError> {
        let rows = sqlx::query(
            "SELECT subscriber, count(*), min(due) FROM alert \
             WHERE delivery IS NULL AND NOT cancelled AND subscriber <> '' GROUP BY subscriber ORDER BY subscriber",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(WaitingAlerts {
                    address: row.try_get(0)?,
                    alerts: count("alerts", row.try_get(1)?)?,
                    due: moment(row.try_get(2)?)?,
                })
            })
            .collect()
    }

    /// For whom alerts wait that no delivery carries yet, and when the first of them falls due.
    pub async fn next_due(&self) -> Result<Vec<(SubscriberKey, Timestamp)>, StoreError> {
        let rows = sqlx::query(
            "SELECT subscriber, min(due) FROM alert WHERE delivery IS NULL AND NOT cancelled \
             GROUP BY subscriber",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| Ok((read(row.try_get(0)?)?, moment(row.try_get(1)?)?))).collect()
    }

    /// Subscribers with alerts that are due, the journal first.
    pub async fn due_subscribers(&self, now: Timestamp) -> Result<Vec<SubscriberKey>, StoreError> {
        let subscribers: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT subscriber FROM alert WHERE delivery IS NULL AND NOT cancelled AND due <= $1 \
             ORDER BY subscriber",
        )
        .bind(micros(now))
        .fetch_all(&self.readers)
        .await?;
        subscribers.iter().map(|subscriber| read(subscriber)).collect()
    }
}

impl Transaction {
    /// Owes a subscriber an alert on what a story says now, once. Where one waits on this revision, or its
    /// message does, these watches ask for it, too; where one was cancelled before it was told, because its
    /// watches were left or nothing was to be told, it is owed again. Whether it is owed only since now.
    pub async fn owe(
        &mut self,
        story: StoryId,
        subscriber: &SubscriberKey,
        watches: &BTreeSet<WatchName>,
        due: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO alert (story, subscriber, revision, watches, created, due) \
             VALUES ($1, $2, (SELECT revision FROM story WHERE id = $1), $3, $4, $5) \
             ON CONFLICT (story, subscriber, revision) DO UPDATE SET watches = excluded.watches, \
               created = excluded.created, due = excluded.due, cancelled = FALSE \
             WHERE alert.delivery IS NULL AND alert.cancelled",
        )
        .bind(story.0)
        .bind(written(subscriber))
        .bind(json("watches", watches)?)
        .bind(micros(now))
        .bind(micros(due))
        .execute(self.connection())
        .await?;
        if done.rows_affected() > 0 {
            return Ok(true);
        }
        self.ask_too(story, subscriber, watches).await?;
        Ok(false)
    }

    /// Adds watches to those that ask for an alert that waits, or whose message does: it stays owed when the
    /// others are left. A server that is down keeps messages waiting for hours.
    async fn ask_too(
        &mut self,
        story: StoryId,
        subscriber: &SubscriberKey,
        watches: &BTreeSet<WatchName>,
    ) -> Result<(), StoreError> {
        let waiting = sqlx::query(
            "SELECT id, watches FROM alert WHERE story = $1 AND subscriber = $2 \
             AND revision = (SELECT revision FROM story WHERE id = $1) \
             AND (delivery IS NULL OR EXISTS (SELECT 1 FROM delivery AS message \
               WHERE message.id = alert.delivery AND message.state IN ('pending', 'in-doubt')))",
        )
        .bind(story.0)
        .bind(written(subscriber))
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = waiting else { return Ok(()) };
        let mut asking: BTreeSet<WatchName> = from_json("watches", row.try_get(1)?)?;
        if asking.is_superset(watches) {
            return Ok(());
        }
        asking.extend(watches.iter().cloned());
        sqlx::query("UPDATE alert SET watches = $2 WHERE id = $1")
            .bind(row.try_get::<i64, _>(0)?)
            .bind(json("watches", &asking)?)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// A subscriber's alerts that are due, oldest first, with what they tell.
    pub async fn due_alerts(
        &mut self,
        subscriber: &SubscriberKey,
        now: Timestamp,
    ) -> Result<Vec<DueAlert>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, story, watches FROM alert \
             WHERE subscriber = $1 AND delivery IS NULL AND NOT cancelled AND due <= $2 ORDER BY id",
        )
        .bind(written(subscriber))
        .bind(micros(now))
        .fetch_all(self.connection())
        .await?;
        let mut alerts = Vec::with_capacity(rows.len());
        for row in rows {
            let story = stories::load(self.with_items().await?, StoryId(row.try_get(1)?)).await?;
            let thread = self.thread(&story, subscriber).await?;
            alerts.push(DueAlert {
                id: AlertId(row.try_get(0)?),
                subscriber: subscriber.clone(),
                watches: from_json("watches", row.try_get(2)?)?,
                story,
                thread,
            });
        }
        Ok(alerts)
    }

    /// An alert falls due later.
    pub async fn postpone(&mut self, alert: AlertId, due: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE alert SET due = $2 WHERE id = $1 AND delivery IS NULL")
            .bind(alert.0)
            .bind(micros(due))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// The messages that told a subscriber of a story and of those that it follows, oldest first: the
    /// last one told of the story itself or, else, of the nearest one that it follows. A long line
    /// keeps its first message, by which mail programs know a thread, and its latest ones.
    async fn thread(
        &mut self,
        story: &Story,
        subscriber: &SubscriberKey,
    ) -> Result<Vec<MessageId>, StoreError> {
        let messages: Vec<String> = sqlx::query_scalar(
            "WITH RECURSIVE line (id, steps) AS (\
               SELECT $2, 0 UNION SELECT story.follows, line.steps + 1 FROM story JOIN line ON story.id = line.id \
               WHERE story.follows IS NOT NULL) \
             SELECT delivery.message_id FROM line JOIN alert ON alert.story = line.id \
             JOIN delivery ON delivery.id = alert.delivery \
             WHERE alert.subscriber = $1 AND NOT alert.cancelled ORDER BY line.steps, alert.id DESC",
        )
        .bind(written(subscriber))
        .bind(story.id.0)
        .fetch_all(self.connection())
        .await?;
        let mut thread: Vec<MessageId> = Vec::new();
        // Latest first; a digest that told of several stories of the line counts where it came last.
        for message in messages.into_iter().map(MessageId::from_stored) {
            if !thread.contains(&message) {
                thread.push(message);
            }
        }
        if thread.len() > MAX_THREAD {
            thread.drain(MAX_THREAD - 1..thread.len() - 1);
        }
        thread.reverse();
        Ok(thread)
    }

    /// Cancels the waiting alerts of everyone who is not among these: they were taken out of the
    /// configuration. How many.
    pub async fn cancel_alerts_of_others(&mut self, present: &[SubscriberKey]) -> Result<u64, StoreError> {
        let waiting: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT subscriber FROM alert WHERE delivery IS NULL AND NOT cancelled",
        )
        .fetch_all(self.connection())
        .await?;
        let mut cancelled = 0;
        for subscriber in waiting {
            if present.iter().any(|key| written(key) == subscriber) {
                continue;
            }
            let done =
                sqlx::query("UPDATE alert SET cancelled = TRUE WHERE subscriber = $1 AND delivery IS NULL")
                    .bind(&subscriber)
                    .execute(self.connection())
                    .await?;
            cancelled += done.rows_affected();
        }
        Ok(cancelled)
    }
}
