//! Leaving: what waits for people who want to hear no more, and people whom the state knows under a spelling
//! that is not their own.

use super::alerts::read;
use super::codec::micros;
use super::deliveries::{SUSPENDED, UNSUBSCRIBED};
use super::{StoreError, Transaction};
use crate::domain::{DeliveryId, MailAddress, SubscriberKey};
use jiff::Timestamp;
use sqlx::Row;

impl Transaction {
    /// Cancels the alerts that wait for a person, known by this key, and gives up the messages that do. What
    /// is in doubt may be there already and keeps its one further try.
    pub(super) async fn stop_waiting(
        &mut self,
        person: &str,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE alert SET cancelled = TRUE WHERE subscriber = $1 AND delivery IS NULL")
            .bind(person)
            .execute(self.connection())
            .await?;
        let waiting: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM delivery WHERE subscriber = $1 AND state = 'pending' AND purpose <> 'operator'",
        )
        .bind(person)
        .fetch_all(self.connection())
        .await?;
        for id in waiting {
            self.let_go(DeliveryId(id), why, now).await?;
        }
        Ok(())
    }

    /// The same with what waits for watches alone that they have left.
    pub(super) async fn stop_left(&mut self, person: &str, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE alert SET cancelled = TRUE WHERE subscriber = $1 AND delivery IS NULL AND NOT EXISTS \
             (SELECT 1 FROM json_each(alert.watches) AS asked WHERE asked.value NOT IN \
              (SELECT watch FROM watch_left WHERE address = $1))",
        )
        .bind(person)
        .execute(self.connection())
        .await?;
        let waiting: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM delivery WHERE subscriber = $1 AND state = 'pending' AND purpose = 'alerts' \
             AND EXISTS (SELECT 1 FROM alert WHERE alert.delivery = delivery.id) \
             AND NOT EXISTS (SELECT 1 FROM alert, json_each(alert.watches) AS asked \
              WHERE alert.delivery = delivery.id \
              AND asked.value NOT IN (SELECT watch FROM watch_left WHERE address = $1))",
        )
        .bind(person)
        .fetch_all(self.connection())
        .await?;
        for id in waiting {
            self.let_go(DeliveryId(id), UNSUBSCRIBED, now).await?;
        }
        Ok(())
    }

    /// Gives up a message that waits and told nothing. Its alerts are cancelled and free of it, so that they
    /// can be owed again when somebody asks for them again.
    pub(super) async fn let_go(
        &mut self,
        id: DeliveryId,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE alert SET cancelled = TRUE, delivery = NULL WHERE delivery = $1")
            .bind(id.0)
            .execute(self.connection())
            .await?;
        sqlx::query("UPDATE delivery SET state = 'given-up', due = $2, answer = $3 WHERE id = $1")
            .bind(id.0)
            .bind(micros(now))
            .bind(why)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Stops what waits for everybody who has left or was suspended: it may have been made for another
    /// spelling of the address, before one spelling spoke for all.
    pub async fn stop_what_nobody_wants(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let gone = sqlx::query(
            "SELECT address, unsubscribed IS NOT NULL FROM subscription \
             WHERE unsubscribed IS NOT NULL OR suspended IS NOT NULL",
        )
        .fetch_all(self.connection())
        .await?;
        for row in gone {
            let why = if row.try_get(1)? { UNSUBSCRIBED } else { SUSPENDED };
            self.stop_waiting(row.try_get(0)?, why, now).await?;
        }
        let left: Vec<String> = sqlx::query_scalar("SELECT DISTINCT address FROM watch_left")
            .fetch_all(self.connection())
            .await?;
        for person in &left {
            self.stop_left(person, now).await?;
        }
        Ok(())
    }

    /// Has everything that stands under a spelling of an address in which nobody is looked for stand under
    /// the one in which they are: the database lowers plain letters alone, so that what it lowered itself may
    /// be neither as it was written nor all in small letters. How many such spellings there were.
    pub async fn spell_addresses(&mut self) -> Result<u64, StoreError> {
        // What has plain letters alone was lowered well.
        let spelled: Vec<String> = sqlx::query_scalar(
            "SELECT address FROM subscription WHERE address GLOB '*[^ -~]*' \
             UNION SELECT subscriber FROM alert WHERE subscriber GLOB '*[^ -~]*' \
             UNION SELECT subscriber FROM delivery WHERE subscriber GLOB '*[^ -~]*' \
             UNION SELECT subscriber FROM story_mute WHERE subscriber GLOB '*[^ -~]*'",
        )
        .fetch_all(self.connection())
        .await?;
        let mut done = 0;
        for spelling in spelled {
            let Ok(SubscriberKey::Mail(address)) = read(&spelling) else { continue };
            if address.key() != spelling {
                self.spell(&spelling, &address).await?;
                done += 1;
            }
        }
        Ok(done)
    }

    async fn spell(&mut self, spelling: &str, address: &MailAddress) -> Result<(), StoreError> {
        let left: Vec<(String, i64)> = sqlx::query_as(
            "SELECT watch, min(since) FROM watch_left WHERE address IN ($1, $2) GROUP BY watch",
        )
        .bind(spelling)
        .bind(address.key())
        .fetch_all(self.connection())
        .await?;
        for sql in SPELL {
            sqlx::query(sql).bind(spelling).bind(address.key()).execute(self.connection()).await?;
        }
        for (watch, since) in left {
            sqlx::query("INSERT INTO watch_left (address, watch, since) VALUES ($1, $2, $3)")
                .bind(address.key())
                .bind(watch)
                .bind(since)
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }
}

/// From one spelling, `$1`, to the other, `$2`, as the fourth step of the schema did it. The watches that were
/// left are written again after it.
const SPELL: [&str; 10] = [
    // Of the alerts on the same thing the one that was told stays, else one that waits, else the last.
    "DELETE FROM alert WHERE subscriber IN ($1, $2) AND EXISTS (\
       SELECT 1 FROM alert AS other WHERE other.subscriber IN ($1, $2) \
       AND other.story = alert.story AND other.revision = alert.revision AND other.id <> alert.id \
       AND (other.delivery IS NOT NULL, NOT other.cancelled, other.id) \
         > (alert.delivery IS NOT NULL, NOT alert.cancelled, alert.id))",
    "UPDATE alert SET subscriber = $2 WHERE subscriber = $1",
    "UPDATE delivery SET subscriber = $2 WHERE subscriber = $1",
    "UPDATE delivery SET about = $2 WHERE about = $1",
    "DELETE FROM story_mute WHERE subscriber = $1 \
       AND story IN (SELECT story FROM story_mute AS other WHERE other.subscriber = $2)",
    "UPDATE story_mute SET subscriber = $2 WHERE subscriber = $1",
    "DELETE FROM watch_left WHERE address IN ($1, $2)",
    "UPDATE subscription SET \
       asked = (SELECT min(asked) FROM subscription WHERE address IN ($1, $2)), \
       confirmed = (SELECT min(confirmed) FROM subscription WHERE address IN ($1, $2)), \
       suspended = (SELECT min(suspended) FROM subscription WHERE address IN ($1, $2)), \
       suspended_why = (SELECT min(suspended_why) FROM subscription WHERE address IN ($1, $2)), \
       refusals = (SELECT max(refusals) FROM subscription WHERE address IN ($1, $2)), \
       unsubscribed = (SELECT min(unsubscribed) FROM subscription WHERE address IN ($1, $2)) \
     WHERE address IN ($1, $2)",
    // The links of the one that came last stand in the latest mails: they go on.
    "DELETE FROM subscription WHERE address IN ($1, $2) AND EXISTS (\
       SELECT 1 FROM subscription AS other WHERE other.address IN ($1, $2) \
       AND (other.added, other.token) > (subscription.added, subscription.token))",
    "UPDATE subscription SET address = $2 WHERE address = $1",
];
