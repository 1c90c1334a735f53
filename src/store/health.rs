//! Health: what tells whether anything is still polled and delivered, and what was told of it.

use super::alerts;
use super::codec::{count, json, micros, moment, moment_if, term};
use super::deliveries::{UNWANTED, recipient};
use super::{SourceState, Store, StoreError, Transaction};
use crate::domain::{FEWEST_ATTEMPTS, SourceName, SubscriberKey, Way};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeMap;

/// When each way out last accepted a message, other than to the operator.
macro_rules! accepted {
    () => {
        "SELECT CASE WHEN channel IN ('smtp', 'file') THEN 'mail' ELSE channel END, \
         CASE channel WHEN 'webhook' THEN address ELSE '' END, max(due) FROM delivery \
         WHERE state = 'sent' AND purpose <> 'operator' AND due <= $1 GROUP BY 1, 2"
    };
}

/// Each delivery with what its way out last accepted.
macro_rules! with_accepted {
    () => {
        "LEFT JOIN accepted ON accepted.way = CASE WHEN channel IN ('smtp', 'file') THEN 'mail' ELSE channel END \
         AND accepted.name = CASE channel WHEN 'webhook' THEN address ELSE '' END "
    };
}

/// What tells whether anything is still polled and delivered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signals {
    /// How each source was last read, also those that are configured no more.
    pub sources: BTreeMap<SourceName, Reading>,
    /// What should have gone out and did not.
    pub undelivered: Vec<Undelivered>,
    /// When each way out last accepted a message, other than to the operator.
    pub accepted: BTreeMap<Way, Timestamp>,
    /// The alarms that were raised, by name, and since when it was so.
    pub raised: BTreeMap<String, Timestamp>,
}

/// How a source was last read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// When it was last reached.
    pub last_success: Option<Timestamp>,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
}

/// How far something has come that did not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuck {
    /// Alerts that are due and stand in no message.
    Due,
    /// Messages that wait.
    Open,
    /// Messages that were refused for good, or given up because many attempts were in vain.
    Lost,
}

/// What somebody should have been sent and was not: alike in how far it came and in its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// To whom.
    pub to: SubscriberKey,
    /// Whether it tells the operator how things stand.
    pub to_operator: bool,
    /// How far it has come.
    pub stuck: Stuck,
    /// The channel's last answer.
    pub answer: Option<String>,
    /// Whether it was made after its way out last accepted something.
    pub fresh: bool,
    /// When the oldest was made; of alerts, when the first fell due.
    pub made: Timestamp,
    /// When the first is, or was, to be tried.
    pub due: Timestamp,
    /// How many.
    pub count: u32,
}

/// What happened since a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Activity {
    /// Items that were new.
    pub items: u32,
    /// Stories that were alerted.
    pub stories: u32,
    /// Messages that were accepted, other than by the log.
    pub sent: u32,
    /// Messages that were refused for good, or given up because many attempts were in vain; those that nobody
    /// wants any more are none.
    pub lost: u32,
    /// Messages that wait.
    pub waiting: u32,
}

impl Store {
    /// What tells whether anything is still polled and delivered. What a clock that was ahead has dated later
    /// than now tells nothing.
    pub async fn signals(&self, now: Timestamp) -> Result<Signals, StoreError> {
        // What was accepted is read last: what goes out in between must not look as if nothing had.
        Ok(Signals {
            sources: self.readings(now).await?,
            undelivered: [self.due_and_unrendered(now).await?, self.undelivered(now).await?].concat(),
            accepted: self.accepted(now).await?,
            raised: self.alarms().await?,
        })
    }

    async fn readings(&self, now: Timestamp) -> Result<BTreeMap<SourceName, Reading>, StoreError> {
        let past = |moment: &Timestamp| *moment <= now;
        let reading = |state: SourceState| Reading {
            last_success: state.last_success.filter(past),
            failing_since: state.failing_since.filter(past),
        };
        let states = self.source_states().await?;
        Ok(states.into_iter().map(|(name, state)| (name, reading(state))).collect())
    }

    async fn due_and_unrendered(&self, now: Timestamp) -> Result<Vec<Undelivered>, StoreError> {
        let rows = sqlx::query(
            "SELECT subscriber, min(due), count(*) FROM alert \
             WHERE delivery IS NULL AND NOT cancelled AND due <= $1 GROUP BY subscriber",
        )
        .bind(micros(now))
        .fetch_all(&self.readers)
        .await?;
        let waiting = |row: &SqliteRow| {
            let due = moment(row.try_get(1)?)?;
            Ok(Undelivered {
                to: alerts::read(row.try_get(0)?)?,
                to_operator: false,
                stuck: Stuck::Due,
                answer: None,
                fresh: true,
                made: due,
                due,
                count: count("alerts", row.try_get(2)?)?,
            })
        };
        rows.iter().map(waiting).collect()
    }

    /// What waits, and what was lost since its way out last accepted something, but for people who are told
    /// nothing any more.
    async fn undelivered(&self, now: Timestamp) -> Result<Vec<Undelivered>, StoreError> {
        let rows = sqlx::query(concat!(
            "WITH accepted (way, name, at) AS (",
            accepted!(),
            "), judged (channel, address, operator, open, answer, fresh, created, due) AS (\
             SELECT channel, address, purpose = 'operator', TRUE, answer, \
               created > coalesce(accepted.at, created - 1), created, due FROM delivery ",
            with_accepted!(),
            "WHERE state IN ('pending', 'in-doubt') UNION ALL \
             SELECT channel, address, FALSE, FALSE, answer, TRUE, created, due FROM delivery ",
            with_accepted!(),
            "WHERE state IN ('refused', 'given-up') AND (state = 'refused' OR (attempts >= $2 \
                 AND answer NOT IN (SELECT value FROM json_each($3)))) \
               AND purpose <> 'operator' AND created > coalesce(accepted.at, created - 1) AND created <= $1 \
               AND NOT EXISTS (SELECT 1 FROM subscription WHERE channel <> 'webhook' \
                 AND lower(subscription.address) = lower(delivery.address) \
                 AND (unsubscribed IS NOT NULL OR suspended IS NOT NULL))) \
             SELECT channel, address, operator, open, answer, fresh, min(created), min(due), count(*) \
             FROM judged GROUP BY channel, address, operator, open, answer, fresh",
        ))
        .bind(micros(now))
        .bind(i64::from(FEWEST_ATTEMPTS))
        .bind(json("answers", &UNWANTED)?)
        .fetch_all(&self.readers)
        .await?;
        let undelivered = |row: &SqliteRow| {
            Ok(Undelivered {
                to: recipient(row.try_get(0)?, row.try_get(1)?)?.subscriber(),
                to_operator: row.try_get(2)?,
                stuck: if row.try_get(3)? { Stuck::Open } else { Stuck::Lost },
                answer: row.try_get(4)?,
                fresh: row.try_get(5)?,
                made: moment(row.try_get(6)?)?,
                due: moment(row.try_get(7)?)?,
                count: count("deliveries", row.try_get(8)?)?,
            })
        };
        rows.iter().map(undelivered).collect()
    }

    async fn accepted(&self, now: Timestamp) -> Result<BTreeMap<Way, Timestamp>, StoreError> {
        let rows = sqlx::query(accepted!()).bind(micros(now)).fetch_all(&self.readers).await?;
        let accepted = |row: &SqliteRow| {
            let way = match row.try_get(0)? {
                "mail" => Way::Mail,
                "journal" => Way::Journal,
                _ => Way::Webhook(term("address", row.try_get(1)?)?),
            };
            Ok((way, moment(row.try_get(2)?)?))
        };
        rows.iter().map(accepted).collect()
    }

    /// The alarms that were raised, and since when.
    pub async fn alarms(&self) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        let rows = sqlx::query("SELECT name, since FROM alarm").fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, moment(row.try_get(1)?)?))).collect()
    }

    /// When the last summary was made, or the first week of one began; what a clock which was ahead has dated
    /// later than now is none.
    pub async fn last_summary(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = sqlx::query_scalar("SELECT max(at) FROM summary WHERE at <= $1")
            .bind(micros(now))
            .fetch_one(&self.readers)
            .await?;
        moment_if(at)
    }

    /// What happened since a time.
    pub async fn activity(&self, since: Timestamp) -> Result<Activity, StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM item WHERE first_seen >= $1), \
             (SELECT count(DISTINCT story) FROM alert WHERE created >= $1), \
             (SELECT count(*) FROM delivery WHERE due >= $1 AND state = 'sent' AND channel <> 'journal'), \
             (SELECT count(*) FROM delivery WHERE due >= $1 AND state IN ('refused', 'given-up') \
               AND (state = 'refused' OR (attempts >= $2 \
                 AND answer NOT IN (SELECT value FROM json_each($3))))), \
             (SELECT count(*) FROM delivery WHERE state IN ('pending', 'in-doubt'))",
        )
        .bind(micros(since))
        .bind(i64::from(FEWEST_ATTEMPTS))
        .bind(json("answers", &UNWANTED)?)
        .fetch_one(&self.readers)
        .await?;
        let number = |column: usize| count("activity", row.try_get(column)?);
        Ok(Activity {
            items: number(0)?,
            stories: number(1)?,
            sent: number(2)?,
            lost: number(3)?,
            waiting: number(4)?,
        })
    }
}

impl Transaction {
    /// Notes that something is wrong. Whether that is new.
    pub async fn raise_alarm(&mut self, name: &str, since: Timestamp) -> Result<bool, StoreError> {
        let done = sqlx::query("INSERT INTO alarm (name, since) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(name)
            .bind(micros(since))
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Notes that something is right again. Whether it was wrong.
    pub async fn clear_alarm(&mut self, name: &str) -> Result<bool, StoreError> {
        let done =
            sqlx::query("DELETE FROM alarm WHERE name = $1").bind(name).execute(self.connection()).await?;
        Ok(done.rows_affected() > 0)
    }

    /// Notes that a summary was made, or that the first week of one begins.
    pub async fn note_summary(&mut self, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO summary (at) VALUES ($1) ON CONFLICT DO NOTHING")
            .bind(micros(now))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
