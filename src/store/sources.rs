//! What is known of the sources: how they fared, in which rhythm they are polled, what their addresses said.

use super::codec::{count, from_json, json, micros, moment, moment_if, term};
use super::ledger::parts;
use super::stories::source_name;
use super::{Store, StoreError, Transaction};
use crate::domain::{Ailment, KnownAddress, Moved, Pace, Repair, Rest, SourceName, Validators};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Row, Sqlite};
use std::collections::BTreeMap;
use url::Url;

/// How a source has fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// The last poll, however it ended.
    pub last_attempt: Option<Timestamp>,
    /// The last poll that reached it.
    pub last_success: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// The first of them.
    pub failing_since: Option<Timestamp>,
    /// The last of them.
    pub last_error: Option<String>,
    /// When it is polled next.
    pub next_poll: Timestamp,
    /// The server asked not to be polled before.
    pub wait_until: Option<Timestamp>,
    /// Entries in the last body that was read.
    pub entries: Option<u32>,
    /// What had to be mended to read it.
    pub repairs: Vec<Repair>,
    /// In which rhythm it is polled.
    pub pace: Pace,
    /// When its newest item was published, or seen where it has no date.
    pub newest: Option<Timestamp>,
    /// The last answer said that it is gone for good.
    pub gone: bool,
    /// What ails it, as the operator was told.
    pub ailing: Option<Ailment>,
}

impl SourceState {
    /// A source that was not polled yet and is due.
    #[must_use]
    pub fn at(next_poll: Timestamp) -> Self {
        Self {
            last_attempt: None,
            last_success: None,
            failures: 0,
            failing_since: None,
            last_error: None,
            next_poll,
            wait_until: None,
            entries: None,
            repairs: Vec::new(),
            pace: Pace::default(),
            newest: None,
            gone: false,
            ailing: None,
        }
    }
}

/// What one poll came to.
#[derive(Debug, Clone, Copy)]
pub struct PollRecord<'a> {
    /// The source.
    pub source: &'a SourceName,
    /// When it was polled.
    pub now: Timestamp,
    /// When it is polled next.
    pub next_poll: Timestamp,
    /// The server asked not to be polled before.
    pub wait_until: Option<Timestamp>,
    /// Why it failed; `None` where it was reached.
    pub error: Option<&'a str>,
    /// It failed because it is gone for good.
    pub gone: bool,
    /// In which rhythm it is polled from now on; `None` leaves that as it is.
    pub pace: Option<&'a Pace>,
    /// The new body that was read, where there was one.
    pub body: Option<BodyRecord<'a>>,
}

/// What a body was like.
#[derive(Debug, Clone, Copy)]
pub struct BodyRecord<'a> {
    /// How many entries it held.
    pub entries: usize,
    /// What had to be mended to read it.
    pub repairs: &'a [Repair],
    /// How often entries of the source came back with their guid, and with another one.
    pub guids: (u32, u32),
    /// When its newest item was published, or seen where it has no date.
    pub newest: Option<Timestamp>,
}

/// What is known of a source before another poll of it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolledBefore {
    /// The last poll that reached it.
    pub last_success: Option<Timestamp>,
    /// In which rhythm it is polled.
    pub pace: Pace,
    /// How often its entries came back with their guid, and with another one.
    pub guids: (u32, u32),
}

/// A poll that was answered with nothing new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietPoll {
    /// The source.
    pub source: SourceName,
    /// When it was polled.
    pub now: Timestamp,
    /// When it is polled next.
    pub next_poll: Timestamp,
    /// In which rhythm it is polled from now on.
    pub pace: Pace,
}

impl Store {
    /// Every source the database has met.
    pub async fn source_states(&self) -> Result<BTreeMap<SourceName, SourceState>, StoreError> {
        self.states(None).await
    }

    /// A source as the database knows it; `None` where they have not met.
    pub async fn source_state(&self, source: &SourceName) -> Result<Option<SourceState>, StoreError> {
        Ok(self.states(Some(source)).await?.remove(source))
    }

    async fn states(
        &self,
        only: Option<&SourceName>,
    ) -> Result<BTreeMap<SourceName, SourceState>, StoreError> {
        let rows = sqlx::query(
            "SELECT name, last_attempt, last_success, failures, failing_since, last_error, next_poll, \
             wait_until, entries, pace, newest, gone, ailing, repairs FROM source WHERE $1 IS NULL OR name = $1",
        )
        .bind(only.map(SourceName::as_str))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                let state = SourceState {
                    last_attempt: moment_if(row.try_get(1)?)?,
                    last_success: moment_if(row.try_get(2)?)?,
                    failures: count("failures", row.try_get(3)?)?,
                    failing_since: moment_if(row.try_get(4)?)?,
                    last_error: row.try_get(5)?,
                    next_poll: moment(row.try_get(6)?)?,
                    wait_until: moment_if(row.try_get(7)?)?,
                    entries: row
                        .try_get::<Option<i64>, _>(8)?
                        .map(|number| count("entries", number))
                        .transpose()?,
                    repairs: row
                        .try_get::<Option<&str>, _>(13)?
                        .map_or_else(|| Ok(Vec::new()), |text| from_json("repairs", text))?,
                    pace: pace(row.try_get(9)?)?,
                    newest: moment_if(row.try_get(10)?)?,
                    gone: row.try_get(11)?,
                    ailing: row
                        .try_get::<Option<&str>, _>(12)?
                        .map(|text| term("ailing", text))
                        .transpose()?,
                };
                Ok((source_name(row.try_get(0)?)?, state))
            })
            .collect()
    }

    /// What is known of each of a source's addresses.
    pub async fn addresses(&self, source: &SourceName) -> Result<BTreeMap<String, KnownAddress>, StoreError> {
        let rows = sqlx::query(
            "SELECT address, etag, last_modified, digest, moved_to, moved_times, \
             failures, rest_until, rest_reason FROM validator \
             WHERE source = $1",
        )
        .bind(source.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                let moved = match row.try_get::<Option<&str>, _>(4)? {
                    Some(to) => Some(Moved {
                        to: term("address", to)?,
                        times: count("moved_times", row.try_get(5)?)?,
                    }),
                    None => None,
                };
                let validators = Validators { etag: row.try_get(1)?, last_modified: row.try_get(2)? };
                let rest = match moment_if(row.try_get(7)?)? {
                    Some(until) => Some(Rest {
                        failures: count("failures", row.try_get(6)?)?,
                        until,
                        reason: term("rest_reason", row.try_get(8)?)?,
                    }),
                    None => None,
                };
                Ok((row.try_get(0)?, KnownAddress { validators, digest: row.try_get(3)?, moved, rest }))
            })
            .collect()
    }

    /// How many items of each source since a time told a story that another item had told before, and of how
    /// many that make stories.
    pub async fn copies(&self, since: Timestamp) -> Result<BTreeMap<SourceName, (u32, u32)>, StoreError> {
        let rows = sqlx::query(
            "SELECT source, count(*), count(CASE WHEN placed IN ('duplicate', 'same event') THEN 1 END) \
             FROM item WHERE first_seen >= $1 AND story IS NOT NULL GROUP BY source",
        )
        .bind(micros(since))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                let [of, copies] = [row.try_get(1)?, row.try_get(2)?].map(|number| count("items", number));
                Ok((source_name(row.try_get(0)?)?, (copies?, of?)))
            })
            .collect()
    }

    /// The sources that fail at present, with what they fail of, the longest first.
    pub async fn failing_sources(&self) -> Result<Vec<(String, String)>, StoreError> {
        let rows = sqlx::query(
            "SELECT name, coalesce(last_error, '') FROM source WHERE failures > 0 ORDER BY failing_since",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }
}

impl Transaction {
    /// What is known of a source that was polled; nothing where it never was.
    pub async fn polled_before(&mut self, source: &SourceName) -> Result<PolledBefore, StoreError> {
        let row =
            sqlx::query("SELECT last_success, pace, guids_kept, guids_renewed FROM source WHERE name = $1")
                .bind(source.as_str())
                .fetch_optional(self.connection())
                .await?;
        let Some(row) = row else { return Ok(PolledBefore::default()) };
        Ok(PolledBefore {
            last_success: moment_if(row.try_get(0)?)?,
            pace: pace(row.try_get(1)?)?,
            guids: (count("guids", row.try_get(2)?)?, count("guids", row.try_get(3)?)?),
        })
    }

    /// Writes what a poll came to.
    pub async fn record_poll(&mut self, poll: PollRecord<'_>) -> Result<(), StoreError> {
        let body = poll.body.as_ref();
        let guids = body.map(|body| body.guids);
        sqlx::query(
            "INSERT INTO source (name, last_attempt, last_success, failures, failing_since, last_error, \
             next_poll, wait_until, entries, gone, repairs, pace, newest, guids_kept, guids_renewed) \
             VALUES ($1, $2, CASE WHEN $3 IS NULL THEN $2 END, CASE WHEN $3 IS NULL THEN 0 ELSE 1 END, \
             CASE WHEN $3 IS NULL THEN NULL ELSE $2 END, $3, $4, $5, $6, $7, $8, $9, $10, \
             coalesce($11, 0), coalesce($12, 0)) \
             ON CONFLICT (name) DO UPDATE SET last_attempt = $2, next_poll = $4, wait_until = $5, \
             last_success = CASE WHEN $3 IS NULL THEN $2 ELSE source.last_success END, \
             failures = CASE WHEN $3 IS NULL THEN 0 ELSE source.failures + 1 END, \
             failing_since = CASE WHEN $3 IS NULL THEN NULL ELSE coalesce(source.failing_since, $2) END, \
             last_error = $3, gone = $7, entries = coalesce($6, source.entries), \
             repairs = coalesce($8, source.repairs), pace = coalesce($9, source.pace), \
             newest = coalesce(max(source.newest, $10), $10, source.newest), \
             guids_kept = coalesce($11, source.guids_kept), \
             guids_renewed = coalesce($12, source.guids_renewed)",
        )
        .bind(poll.source.as_str())
        .bind(micros(poll.now))
        .bind(poll.error)
        .bind(micros(poll.next_poll))
        .bind(poll.wait_until.map(micros))
        .bind(body.map(|body| i64::try_from(body.entries).unwrap_or(i64::MAX)))
        .bind(poll.gone)
        .bind(body.map(|body| json("repairs", &body.repairs)).transpose()?)
        .bind(poll.pace.map(|pace| json("pace", pace)).transpose()?)
        .bind(body.and_then(|body| body.newest).map(micros))
        .bind(guids.map(|(kept, _)| i64::from(kept)))
        .bind(guids.map(|(_, renewed)| i64::from(renewed)))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Writes polls that were answered with nothing new, all at once; one for each source.
    pub async fn record_quiet(&mut self, polls: &[QuietPoll]) -> Result<(), StoreError> {
        for polls in parts(polls) {
            let mut query: QueryBuilder<Sqlite> =
                QueryBuilder::new("INSERT INTO source (name, last_attempt, last_success, next_poll, pace) ");
            let paces = polls.iter().map(|poll| json("pace", &poll.pace)).collect::<Result<Vec<_>, _>>()?;
            query.push_values(polls.iter().zip(paces), |mut row, (poll, pace)| {
                row.push_bind(poll.source.as_str()).push_bind(micros(poll.now)).push_bind(micros(poll.now));
                row.push_bind(micros(poll.next_poll)).push_bind(pace);
            });
            query.push(
                " ON CONFLICT (name) DO UPDATE SET last_attempt = excluded.last_attempt, \
                 last_success = excluded.last_success, next_poll = excluded.next_poll, pace = excluded.pace, \
                 wait_until = NULL, failures = 0, failing_since = NULL, last_error = NULL, gone = FALSE \
                 WHERE source.last_attempt IS NULL OR source.last_attempt <= excluded.last_attempt",
            );
            query.build().execute(self.connection()).await?;
        }
        Ok(())
    }

    /// Notes what the operator was told that ails a source.
    pub async fn note_ailment(
        &mut self,
        source: &SourceName,
        ailment: Option<Ailment>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE source SET ailing = $2 WHERE name = $1")
            .bind(source.as_str())
            .bind(ailment.map(Ailment::as_str))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Keeps what an address said, for its next poll; the source must have been recorded.
    pub async fn keep_address(
        &mut self,
        source: &SourceName,
        address: &Url,
        known: &KnownAddress,
    ) -> Result<(), StoreError> {
        let moved = known.moved.as_ref();
        sqlx::query(
            "INSERT INTO validator (source, address, etag, last_modified, digest, moved_to, moved_times, \
             failures, rest_until, rest_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (source, address) DO UPDATE SET etag = $3, last_modified = $4, digest = $5, \
             moved_to = $6, moved_times = $7, failures = $8, rest_until = $9, rest_reason = $10",
        )
        .bind(source.as_str())
        .bind(address.as_str())
        .bind(&known.validators.etag)
        .bind(&known.validators.last_modified)
        .bind(&known.digest)
        .bind(moved.map(|moved| moved.to.as_str()))
        .bind(moved.map_or(0, |moved| i64::from(moved.times)))
        .bind(known.rest.map_or(0, |rest| i64::from(rest.failures)))
        .bind(known.rest.map(|rest| micros(rest.until)))
        .bind(known.rest.map(|rest| rest.reason.as_str()))
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

fn pace(text: Option<&str>) -> Result<Pace, StoreError> {
    text.map_or_else(|| Ok(Pace::default()), |text| from_json("pace", text))
}
