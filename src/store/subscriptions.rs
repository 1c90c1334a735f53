//! Subscriptions: who confirmed, left or was refused. It outlives restarts.

use super::codec::{bad, count, micros, moment, moment_if, term};
use super::deliveries::{SUSPENDED, UNSUBSCRIBED};
use super::{Store, StoreError, Transaction};
use crate::domain::{Backlog, MailAddress, Subscription, Token, WatchName};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use std::collections::BTreeSet;

/// A query for subscriptions, with what it goes on with.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT address, token, asked, confirmed, suspended, suspended_why, refusals, unsubscribed \
             FROM subscription ",
            $rest
        )
    };
}

/// What was kept of somebody and is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Whether there was a subscription.
    pub subscription: bool,
    /// Alerts that were owed.
    pub alerts: u64,
    /// Messages, with their bytes.
    pub deliveries: u64,
}

fn subscription(row: &SqliteRow) -> Result<Subscription, StoreError> {
    let address: String = row.try_get("address")?;
    let suspended = moment_if(row.try_get("suspended")?)?;
    let why: Option<String> = row.try_get("suspended_why")?;
    Ok(Subscription {
        address: address.parse().map_err(bad("address"))?,
        token: term("token", row.try_get("token")?)?,
        asked: moment_if(row.try_get("asked")?)?,
        confirmed: moment_if(row.try_get("confirmed")?)?,
        suspended: suspended.map(|at| (at, why.unwrap_or_default())),
        refusals: count("refusals", row.try_get("refusals")?)?,
        unsubscribed: moment_if(row.try_get("unsubscribed")?)?,
        left: BTreeSet::new(),
    })
}

async fn with_left(
    connection: &mut SqliteConnection,
    row: Option<SqliteRow>,
) -> Result<Option<Subscription>, StoreError> {
    let Some(mut found) = row.as_ref().map(subscription).transpose()? else { return Ok(None) };
    let left: Vec<String> = sqlx::query_scalar("SELECT watch FROM watch_left WHERE address = $1")
        .bind(found.address.key())
        .fetch_all(connection)
        .await?;
    found.left = left.iter().filter_map(|name| WatchName::new(name)).collect();
    Ok(Some(found))
}

impl Store {
    /// Everybody whom the state knows, by address.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let rows = sqlx::query(select!("ORDER BY address")).fetch_all(&mut *connection).await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            all.extend(with_left(&mut connection, Some(row)).await?);
        }
        Ok(all)
    }

    /// Who has neither been asked to confirm the address nor confirmed it, and may still be asked.
    pub async fn unasked(&self) -> Result<Vec<MailAddress>, StoreError> {
        let unasked: Vec<String> = sqlx::query_scalar(
            "SELECT address FROM subscription \
             WHERE coalesce(asked, confirmed, suspended, unsubscribed) IS NULL ORDER BY address",
        )
        .fetch_all(&self.readers)
        .await?;
        unasked.iter().map(|address| address.parse().map_err(bad("address"))).collect()
    }

    /// Whose links hold a token.
    pub async fn subscription_of(&self, token: &Token) -> Result<Option<Subscription>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let row = sqlx::query(select!("WHERE token = $1"))
            .bind(token.as_str())
            .fetch_optional(&mut *connection)
            .await?;
        with_left(&mut connection, row).await
    }
}

impl Transaction {
    /// What the state knows of somebody.
    pub async fn subscription(&mut self, address: &MailAddress) -> Result<Option<Subscription>, StoreError> {
        let row = sqlx::query(select!("WHERE address = $1"))
            .bind(address.key())
            .fetch_optional(self.connection())
            .await?;
        with_left(self.connection(), row).await
    }

    /// Knows somebody from now on, under a token, who was not known before.
    pub async fn add_subscription(
        &mut self,
        address: &MailAddress,
        token: &Token,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO subscription (address, token, added) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(address.key())
        .bind(token.as_str())
        .bind(micros(now))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Notes that somebody was asked to confirm the address.
    pub async fn note_asked(&mut self, address: &MailAddress, now: Timestamp) -> Result<(), StoreError> {
        self.set("UPDATE subscription SET asked = $2 WHERE address = $1", address, now).await
    }

    /// Notes that somebody is to be asked again to confirm the address. Whether they are known.
    pub async fn ask_again(&mut self, address: &MailAddress) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE subscription SET asked = NULL WHERE address = $1")
            .bind(address.key())
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Notes that somebody confirmed the address.
    pub async fn confirm(&mut self, address: &MailAddress, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE subscription SET confirmed = coalesce(confirmed, $2) WHERE address = $1";
        self.set(sql, address, now).await
    }

    /// Tells somebody nothing more; what waits for them is cancelled.
    pub async fn suspend(
        &mut self,
        address: &MailAddress,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE subscription SET suspended = $2, suspended_why = $3 WHERE address = $1")
            .bind(address.key())
            .bind(micros(now))
            .bind(why)
            .execute(self.connection())
            .await?;
        self.stop_waiting(address.key(), SUSPENDED, now).await
    }

    /// Tells somebody again, from now on.
    pub async fn resume(&mut self, address: &MailAddress) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE subscription SET suspended = NULL, suspended_why = NULL, refusals = 0 WHERE address = $1",
        )
        .bind(address.key())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Somebody wants to hear no more: of one watch, or of any. What waits for them is cancelled.
    pub async fn unsubscribe(
        &mut self,
        address: &MailAddress,
        watch: Option<&WatchName>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(watch) = watch else {
            let sql = "UPDATE subscription SET unsubscribed = coalesce(unsubscribed, $2) WHERE address = $1";
            self.set(sql, address, now).await?;
            return self.stop_waiting(address.key(), UNSUBSCRIBED, now).await;
        };
        sqlx::query(
            "INSERT INTO watch_left (address, watch, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(address.key())
        .bind(watch.as_str())
        .bind(micros(now))
        .execute(self.connection())
        .await?;
        self.stop_left(address.key(), now).await
    }

    /// Somebody wants to hear again: of one watch, or of all that they had left.
    pub async fn resubscribe(
        &mut self,
        address: &MailAddress,
        watch: Option<&WatchName>,
    ) -> Result<(), StoreError> {
        if watch.is_none() {
            sqlx::query("UPDATE subscription SET unsubscribed = NULL WHERE address = $1")
                .bind(address.key())
                .execute(self.connection())
                .await?;
        }
        sqlx::query("DELETE FROM watch_left WHERE address = $1 AND ($2 IS NULL OR watch = $2)")
            .bind(address.key())
            .bind(watch.map(WatchName::as_str))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Counts that an address was refused for good; how often in a row that was.
    pub async fn count_refusal(&mut self, address: &MailAddress) -> Result<u32, StoreError> {
        let refusals: Option<i64> = sqlx::query_scalar(
            "UPDATE subscription SET refusals = refusals + 1 WHERE address = $1 RETURNING refusals",
        )
        .bind(address.key())
        .fetch_optional(self.connection())
        .await?;
        count("refusals", refusals.unwrap_or(0))
    }

    /// An address was accepted: earlier refusals count no more.
    pub async fn clear_refusals(&mut self, address: &MailAddress) -> Result<(), StoreError> {
        sqlx::query("UPDATE subscription SET refusals = 0 WHERE address = $1 AND refusals > 0")
            .bind(address.key())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Deletes everything that is kept of an address: also what the operator was told of them, but not what
    /// they were told as the operator.
    pub async fn forget(&mut self, address: &MailAddress) -> Result<Forgotten, StoreError> {
        let mut done = [0; 5];
        let statements = [
            "DELETE FROM alert WHERE subscriber = $1",
            "DELETE FROM delivery WHERE subscriber = $1 AND purpose <> 'operator'",
            "DELETE FROM story_mute WHERE subscriber = $1",
            "DELETE FROM subscription WHERE address = $1",
            "DELETE FROM delivery WHERE about = $1",
        ];
        for (sql, done) in statements.into_iter().zip(&mut done) {
            let result = sqlx::query(sql).bind(address.key()).execute(self.connection()).await?;
            *done = result.rows_affected();
        }
        let [alerts, deliveries, _, subscriptions, _] = done;
        Ok(Forgotten { subscription: subscriptions > 0, alerts, deliveries })
    }

    async fn set(
        &mut self,
        sql: &'static str,
        address: &MailAddress,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(sql).bind(address.key()).bind(micros(now)).execute(self.connection()).await?;
        Ok(())
    }
}

impl Transaction {
    /// What an address was sent since a time, and what waits for it.
    pub async fn backlog(&mut self, address: &MailAddress, since: Timestamp) -> Result<Backlog, StoreError> {
        let waiting: Option<i64> = sqlx::query_scalar(
            "SELECT min(due) FROM alert WHERE subscriber = $1 AND delivery IS NULL AND NOT cancelled",
        )
        .bind(address.key())
        .fetch_one(self.connection())
        .await?;
        let made: Vec<i64> = sqlx::query_scalar(
            "SELECT created FROM delivery WHERE subscriber = $1 AND created > $2 AND purpose = 'alerts' \
             ORDER BY created",
        )
        .bind(address.key())
        .bind(micros(since))
        .fetch_all(self.connection())
        .await?;
        Ok(Backlog {
            waiting: moment_if(waiting)?,
            recent: made.into_iter().map(moment).collect::<Result<_, _>>()?,
        })
    }
}
