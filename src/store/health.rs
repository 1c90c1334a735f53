//! Health: what tells whether anything is still polled and delivered, and what was told of it.

use super::codec::{count, micros, moment, moment_if};
use super::{Store, StoreError, Transaction};
use jiff::Timestamp;
use sqlx::Row;
use std::collections::BTreeMap;

/// What tells whether anything is still polled and delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signals {
    /// When a source was last read.
    pub polled: Option<Timestamp>,
    /// When the oldest message was made that waits, other than for the log.
    pub waits: Option<Timestamp>,
    /// When a message was last accepted, other than by the log.
    pub delivered: Option<Timestamp>,
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
    /// Messages that were refused or given up.
    pub lost: u32,
    /// Messages that wait.
    pub waiting: u32,
}

impl Store {
    /// What tells whether anything is still polled and delivered.
    pub async fn signals(&self) -> Result<Signals, StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT max(last_success) FROM source), \
             (SELECT min(created) FROM delivery WHERE state IN ('pending', 'in-doubt') AND channel <> 'journal'), \
             (SELECT max(due) FROM delivery WHERE state = 'sent' AND channel <> 'journal')",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(Signals {
            polled: moment_if(row.try_get(0)?)?,
            waits: moment_if(row.try_get(1)?)?,
            delivered: moment_if(row.try_get(2)?)?,
        })
    }

    /// The alarms that were raised, and since when.
    pub async fn alarms(&self) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        let rows = sqlx::query("SELECT name, since FROM alarm").fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, moment(row.try_get(1)?)?))).collect()
    }

    /// When the last summary was made.
    pub async fn last_summary(&self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> =
            sqlx::query_scalar("SELECT max(at) FROM summary").fetch_one(&self.readers).await?;
        moment_if(at)
    }

    /// What happened since a time.
    pub async fn activity(&self, since: Timestamp) -> Result<Activity, StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM item WHERE first_seen >= $1), \
             (SELECT count(DISTINCT story) FROM alert WHERE created >= $1), \
             (SELECT count(*) FROM delivery WHERE due >= $1 AND state = 'sent' AND channel <> 'journal'), \
             (SELECT count(*) FROM delivery WHERE due >= $1 AND state IN ('refused', 'given-up')), \
             (SELECT count(*) FROM delivery WHERE state IN ('pending', 'in-doubt'))",
        )
        .bind(micros(since))
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

    /// Notes that a summary was made.
    pub async fn note_summary(&mut self, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO summary (at) VALUES ($1) ON CONFLICT DO NOTHING")
            .bind(micros(now))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
