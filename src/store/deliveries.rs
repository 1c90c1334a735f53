//! The outbox: rendered bytes, how far they have come, what the channel answered.

use super::alerts::{read, written};
use super::codec::{bad, count, from_json, micros, moment, term};
use super::{Store, StoreError, Transaction};
use crate::domain::{
    AlertId, Delivery, DeliveryId, DeliveryState, MailAddress, MessageId, Purpose, Recipient, Standing,
    StoryId, SubscriberKey, WatchName, Way,
};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeSet;

// Why a message was given up that was not tried for too long, as its answer says: nobody wants it any more.
pub(super) const UNSUBSCRIBED: &str = "unsubscribed";
pub(super) const SUSPENDED: &str = "suspended";
pub(super) const MUTED: &str = "its story was muted";
const REMOVED: &str = "no longer a subscriber";
/// The answer of a message that an operator has given up.
pub const DROPPED: &str = "given up by the operator";

/// All of these: what was given up with another answer was lost.
pub(super) const UNWANTED: [&str; 5] = [UNSUBSCRIBED, SUSPENDED, MUTED, REMOVED, DROPPED];

/// A delivery to be put into the outbox.
#[derive(Debug, Clone, Copy)]
pub struct NewDelivery<'a> {
    /// What for.
    pub purpose: Purpose,
    /// To whom and how.
    pub recipient: &'a Recipient,
    /// The same for every copy.
    pub message_id: &'a MessageId,
    /// One line that says what it tells.
    pub subject: &'a str,
    /// What is sent.
    pub bytes: &'a [u8],
    /// The alerts it carries.
    pub alerts: &'a [AlertId],
    /// Whom it tells somebody else about, by name: it goes when they are forgotten.
    pub about: Option<&'a MailAddress>,
    /// When it was rendered.
    pub now: Timestamp,
}

/// Where an attempt has left a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled<'a> {
    /// Its state from now on.
    pub state: DeliveryState,
    /// When it is tried again; for a settled one, when it was settled.
    pub due: Timestamp,
    /// Whether this counts as an attempt of the delivery (a channel that is down does not).
    pub attempted: bool,
    /// The channel's answer.
    pub answer: &'a str,
}

/// A delivery as a list shows it, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliverySummary {
    /// Its number.
    pub id: DeliveryId,
    /// What for.
    pub purpose: Purpose,
    /// To whom and how.
    pub recipient: Recipient,
    /// The same for every copy.
    pub message_id: MessageId,
    /// One line that says what it tells.
    pub subject: String,
    /// How far it has come.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was rendered.
    pub created: Timestamp,
    /// When it is tried next, or was settled.
    pub due: Timestamp,
    /// The channel's last answer.
    pub answer: Option<String>,
    /// How many alerts it carries.
    pub alerts: u32,
}

pub(super) fn recipient(channel: &str, address: &str) -> Result<Recipient, StoreError> {
    let parsed = || address.parse::<MailAddress>().map_err(bad("address"));
    match channel {
        "journal" => Ok(Recipient::Journal),
        "smtp" => parsed().map(Recipient::Smtp),
        "file" => parsed().map(Recipient::File),
        "webhook" => address.parse().map(Recipient::Webhook).map_err(bad("address")),
        other => Err(StoreError::BadValue { what: "channel", detail: format!("`{other}`") }),
    }
}

fn delivery(row: &SqliteRow) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: DeliveryId(row.try_get("id")?),
        purpose: term("purpose", row.try_get("purpose")?)?,
        recipient: recipient(row.try_get("channel")?, row.try_get("address")?)?,
        message_id: MessageId::from_stored(row.try_get("message_id")?),
        subject: row.try_get("subject")?,
        bytes: row.try_get("bytes")?,
        state: term("state", row.try_get("state")?)?,
        attempts: count("attempts", row.try_get("attempts")?)?,
        created: moment(row.try_get("created")?)?,
    })
}

impl Store {
    /// When the next open delivery of each way out is to be tried, with one of those to whom it leads:
    /// mail is one way for all addresses, each webhook is one of its own.
    pub async fn next_attempts(&self) -> Result<Vec<(Recipient, Timestamp)>, StoreError> {
        let rows = sqlx::query(
            "SELECT channel, min(address), min(due) FROM delivery WHERE state IN ('pending', 'in-doubt') \
             GROUP BY channel, CASE channel WHEN 'webhook' THEN address ELSE '' END",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| Ok((recipient(row.try_get(0)?, row.try_get(1)?)?, moment(row.try_get(2)?)?)))
            .collect()
    }

    /// Open deliveries of one way out to be tried now with numbers above `after`, in their order, at
    /// most `most`. What is due later than at `farthest`, which is as long as anything waits, was put off
    /// by a clock that was ahead, and is tried now.
    pub async fn open_deliveries(
        &self,
        way: &Way,
        now: Timestamp,
        farthest: Timestamp,
        after: DeliveryId,
        most: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        // The numbers first, by the index of what is open: all that was ever sent need not be read for it, nor what
        // waits for another way. The sign before `id` keeps it from being looked for by number.
        let rows = sqlx::query(
            "SELECT id, purpose, channel, address, message_id, subject, bytes, state, attempts, created FROM delivery \
             WHERE id IN (SELECT id FROM delivery \
               WHERE state IN ('pending', 'in-doubt') AND (due <= $1 OR due > $2) AND +id > $3) \
             AND CASE channel WHEN 'smtp' THEN 'mail' WHEN 'file' THEN 'mail' \
               WHEN 'webhook' THEN 'webhook:' || address ELSE channel END = $4 ORDER BY id LIMIT $5",
        )
        .bind(micros(now))
        .bind(micros(farthest))
        .bind(after.0)
        .bind(way.written())
        .bind(i64::from(most))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(delivery).collect()
    }

    /// One delivery with its bytes.
    pub async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        let row = sqlx::query(
            "SELECT id, purpose, channel, address, message_id, subject, bytes, state, attempts, created FROM delivery \
             WHERE id = $1",
        )
        .bind(id.0)
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(delivery).transpose()
    }

    /// How many deliveries are in each state.
    pub async fn delivery_counts(&self) -> Result<Vec<(DeliveryState, u64)>, StoreError> {
        let rows = sqlx::query("SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state")
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| {
                let number: i64 = row.try_get(1)?;
                Ok((term("state", row.try_get(0)?)?, number.unsigned_abs()))
            })
            .collect()
    }

    /// How many deliveries wait or are in doubt.
    pub async fn open_count(&self) -> Result<u64, StoreError> {
        let number: i64 =
            sqlx::query_scalar("SELECT count(*) FROM delivery WHERE state IN ('pending', 'in-doubt')")
                .fetch_one(&self.readers)
                .await?;
        Ok(number.unsigned_abs())
    }

    /// The newest deliveries, in one state or in all, to one address or to all, newest first.
    pub async fn list_deliveries(
        &self,
        state: Option<DeliveryState>,
        to: Option<&str>,
        most: u32,
    ) -> Result<Vec<DeliverySummary>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, purpose, channel, address, message_id, subject, state, attempts, created, due, answer, \
             (SELECT count(*) FROM alert WHERE alert.delivery = delivery.id) AS alerts FROM delivery \
             WHERE ($1 IS NULL OR state = $1) AND ($3 IS NULL OR lower(address) = lower($3)) \
             ORDER BY id DESC LIMIT $2",
        )
        .bind(state.map(DeliveryState::as_str))
        .bind(i64::from(most))
        .bind(to)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(DeliverySummary {
                    id: DeliveryId(row.try_get("id")?),
                    purpose: term("purpose", row.try_get("purpose")?)?,
                    recipient: recipient(row.try_get("channel")?, row.try_get("address")?)?,
                    message_id: MessageId::from_stored(row.try_get("message_id")?),
                    subject: row.try_get("subject")?,
                    state: term("state", row.try_get("state")?)?,
                    attempts: count("attempts", row.try_get("attempts")?)?,
                    created: moment(row.try_get("created")?)?,
                    due: moment(row.try_get("due")?)?,
                    answer: row.try_get("answer")?,
                    alerts: count("alerts", row.try_get("alerts")?)?,
                })
            })
            .collect()
    }
}

impl Transaction {
    /// Puts a delivery into the outbox and links its alerts to it, with those of earlier revisions of its
    /// stories that wait: they are told by it. Where the same message is there already, the alerts are linked
    /// to that one and nothing is sent twice.
    pub async fn insert_delivery(&mut self, new: NewDelivery<'_>) -> Result<DeliveryId, StoreError> {
        let (channel, address) = new.recipient.channel_and_address();
        // One that was let go, so that it carries nothing, told nothing: it gives way.
        sqlx::query(
            "DELETE FROM delivery WHERE message_id = $1 AND state = 'given-up' AND purpose = 'alerts' \
             AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.delivery = delivery.id)",
        )
        .bind(new.message_id.as_str())
        .execute(self.connection())
        .await?;
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO delivery \
             (purpose, channel, address, subscriber, message_id, subject, bytes, about, state, created, due) \
             VALUES ($1, $2, $3, $8, $4, $5, $6, $9, 'pending', $7, $7) \
             ON CONFLICT (message_id) DO UPDATE SET message_id = excluded.message_id RETURNING id",
        )
        .bind(new.purpose.as_str())
        .bind(channel)
        .bind(address)
        .bind(new.message_id.as_str())
        .bind(new.subject)
        .bind(new.bytes)
        .bind(micros(new.now))
        .bind(written(&new.recipient.subscriber()))
        .bind(new.about.map(MailAddress::key))
        .fetch_one(self.connection())
        .await?;
        for alert in new.alerts {
            sqlx::query(
                "UPDATE alert SET delivery = $2 WHERE id = $1 OR (delivery IS NULL AND NOT cancelled \
                 AND (story, subscriber) = (SELECT story, subscriber FROM alert AS told WHERE told.id = $1))",
            )
            .bind(alert.0)
            .bind(id)
            .execute(self.connection())
            .await?;
        }
        Ok(DeliveryId(id))
    }

    /// Commits the intent to hand a delivery over: from here on until it is settled, a crash leaves
    /// it in doubt. Whether it was still open.
    pub async fn intend(&mut self, id: DeliveryId) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE delivery SET state = 'in-doubt' WHERE id = $1 AND state IN ('pending', 'in-doubt')",
        )
        .bind(id.0)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Writes where an attempt has left a delivery. What was decided on it while the attempt was under way
    /// stands, unless it was accepted: then it is sent, whoever wished otherwise. Whether it was written.
    pub async fn settle(&mut self, id: DeliveryId, settled: Settled<'_>) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE delivery SET state = $2, due = $3, attempts = attempts + $4, answer = $5 \
             WHERE id = $1 AND ($2 = 'sent' OR state IN ('pending', 'in-doubt'))",
        )
        .bind(id.0)
        .bind(settled.state.as_str())
        .bind(micros(settled.due))
        .bind(i64::from(settled.attempted))
        .bind(settled.answer)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Gives up a delivery that is open after an attempt where nobody wants it any more: who it is for has
    /// left or was suspended, or all that it tells was left or muted meanwhile. Whether it was given up.
    pub async fn give_up_unwanted(&mut self, id: DeliveryId, now: Timestamp) -> Result<bool, StoreError> {
        let open = sqlx::query(
            "SELECT subscriber, state FROM delivery \
             WHERE id = $1 AND state IN ('pending', 'in-doubt') AND purpose <> 'operator'",
        )
        .bind(id.0)
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = open else { return Ok(false) };
        let subscriber = read(row.try_get(0)?)?;
        let Some(why) = self.unwanted(id, &subscriber).await? else { return Ok(false) };
        if term::<DeliveryState>("state", row.try_get(1)?)? == DeliveryState::Pending {
            self.let_go(id, why, now).await?;
        } else {
            // It may be there already: its alerts count as told.
            self.decide_delivery(id, DeliveryState::GivenUp, why, now).await?;
        }
        Ok(true)
    }

    /// Why nobody wants what a delivery tells; `None` where somebody does.
    async fn unwanted(
        &mut self,
        id: DeliveryId,
        subscriber: &SubscriberKey,
    ) -> Result<Option<&'static str>, StoreError> {
        let known = match subscriber {
            SubscriberKey::Mail(address) => self.subscription(address).await?,
            SubscriberKey::Journal | SubscriberKey::Webhook(_) => None,
        };
        match known.as_ref().map(|known| known.standing(false)) {
            Some(Standing::Unsubscribed) => return Ok(Some(UNSUBSCRIBED)),
            Some(Standing::Suspended) => return Ok(Some(SUSPENDED)),
            Some(Standing::Active | Standing::Unconfirmed) | None => {}
        }
        let rows = sqlx::query("SELECT story, watches FROM alert WHERE delivery = $1")
            .bind(id.0)
            .fetch_all(self.connection())
            .await?;
        // A question for a confirmation carries none.
        if rows.is_empty() {
            return Ok(None);
        }
        let (mut all_left, mut all_muted) = (true, true);
        for row in rows {
            let watches: BTreeSet<WatchName> = from_json("watches", row.try_get(1)?)?;
            all_left &= known.as_ref().is_some_and(|known| known.left.is_superset(&watches));
            all_muted = all_muted && self.is_muted(StoryId(row.try_get(0)?), subscriber).await?;
        }
        Ok(if all_left {
            Some(UNSUBSCRIBED)
        } else if all_muted {
            Some(MUTED)
        } else {
            None
        })
    }

    /// Gives up the open deliveries to everyone who is not among these: they were taken out of the
    /// configuration. How many.
    pub async fn give_up_deliveries_to_others(
        &mut self,
        present: &[SubscriberKey],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let open = sqlx::query(
            "SELECT DISTINCT channel, address FROM delivery WHERE state IN ('pending', 'in-doubt')",
        )
        .fetch_all(self.connection())
        .await?;
        let mut given_up = 0;
        for row in open {
            let recipient = recipient(row.try_get(0)?, row.try_get(1)?)?;
            if present.contains(&recipient.subscriber()) {
                continue;
            }
            let (channel, address) = recipient.channel_and_address();
            let done = sqlx::query(
                "UPDATE delivery SET state = 'given-up', due = $3, answer = $4 \
                 WHERE channel = $1 AND address = $2 AND state IN ('pending', 'in-doubt')",
            )
            .bind(channel)
            .bind(address)
            .bind(micros(now))
            .bind(REMOVED)
            .execute(self.connection())
            .await?;
            given_up += done.rows_affected();
        }
        Ok(given_up)
    }

    /// Has mail that waits for a server or a folder that is no longer the way out leave by the other one,
    /// which is the server or not: the same bytes under the same Message-ID. How many.
    pub async fn redirect_mail(&mut self, by_server: bool) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "UPDATE delivery SET channel = $1 WHERE channel IN ('smtp', 'file') AND channel <> $1 \
             AND state IN ('pending', 'in-doubt')",
        )
        .bind(if by_server { "smtp" } else { "file" })
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected())
    }

    /// Makes every delivery that a stopped channel held back due again.
    pub async fn hasten(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let done =
            sqlx::query("UPDATE delivery SET due = $1 WHERE state IN ('pending', 'in-doubt') AND due > $1")
                .bind(micros(now))
                .execute(self.connection())
                .await?;
        Ok(done.rows_affected())
    }

    /// Opens a delivery again, with all its tries before it, or ends one that is open. Whether there is one
    /// by that number of which that can be said.
    pub async fn decide_delivery(
        &mut self,
        id: DeliveryId,
        state: DeliveryState,
        answer: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE delivery SET state = $2, due = $3, answer = $4, \
             attempts = CASE $2 WHEN 'pending' THEN 0 ELSE attempts END \
             WHERE id = $1 AND ($2 = 'pending' OR state IN ('pending', 'in-doubt'))",
        )
        .bind(id.0)
        .bind(state.as_str())
        .bind(micros(now))
        .bind(answer)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() > 0)
    }
}
