//! The vigil: the dead-man signal, and the weekly word that all is well.
//!
//! Measured at what came through, not at what runs: when a source was last read, and when a message was last
//! accepted. An alarm is told once when it begins and once when it ends.

use super::House;
use super::operator::OperatorNotice;
use super::run::pause_or_end;
use crate::alerting;
use crate::serve::Health;
use crate::store::{Signals, StoreError};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked at.
const EVERY: SignedDuration = SignedDuration::from_mins(1);

/// After a start sources have so long to be read: the machine may have been off for days.
const GRACE: Duration = Duration::from_mins(30);

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What is wrong when nothing comes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alarm {
    /// No source could be read.
    NothingPolled,
    /// A message waits, and none was accepted.
    NothingDelivered,
}

impl Alarm {
    const ALL: [Self; 2] = [Self::NothingPolled, Self::NothingDelivered];

    /// The name under which the store knows it.
    const fn name(self) -> &'static str {
        match self {
            Self::NothingPolled => "nothing-polled",
            Self::NothingDelivered => "nothing-delivered",
        }
    }

    const fn begins(self) -> &'static str {
        match self {
            Self::NothingPolled => "no source can be read",
            Self::NothingDelivered => "no message can be delivered",
        }
    }

    const fn ends(self) -> &'static str {
        match self {
            Self::NothingPolled => "sources can be read again",
            Self::NothingDelivered => "messages are delivered again",
        }
    }
}

/// What the vigil measures against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure {
    /// When the daemon started.
    pub(super) started: Timestamp,
    /// How long nothing may come through.
    pub(super) silence: Duration,
    /// Whether there is anything to poll.
    pub(super) polls: bool,
}

/// What is wrong at `now`, and since when.
pub(super) fn alarms(signals: &Signals, measure: Measure, now: Timestamp) -> BTreeMap<Alarm, Timestamp> {
    let longer = |since: Timestamp, span: Duration| {
        SignedDuration::try_from(span).is_ok_and(|span| now.duration_since(since) > span)
    };
    let Measure { started, silence, polls } = measure;
    let mut wrong = BTreeMap::new();
    let polled = signals.polled.unwrap_or(started);
    if polls && longer(polled, silence) && longer(started, silence.min(GRACE)) {
        wrong.insert(Alarm::NothingPolled, polled);
    }
    if let Some(waits) = signals.waits {
        // What was accepted since the oldest was made shows that the way is open.
        let since = signals.delivered.map_or(waits, |delivered| delivered.max(waits));
        if longer(since, silence) && longer(started, silence.min(GRACE)) {
            wrong.insert(Alarm::NothingDelivered, since);
        }
    }
    wrong
}

impl House {
    /// How things stand, for whoever asks.
    pub(super) fn health(&self, signals: &Signals, now: Timestamp) -> Health {
        let wrong = alarms(signals, self.measure(), now);
        let say = |(alarm, since): (&Alarm, &Timestamp)| format!("{} since {since:.0}", alarm.begins());
        Health { healthy: wrong.is_empty(), alarms: wrong.iter().map(say).collect() }
    }

    fn measure(&self) -> Measure {
        Measure {
            started: self.started,
            silence: self.config.operator.silence,
            polls: !self.config.sources.is_empty(),
        }
    }

    /// Looks whether anything comes through, and tells what has changed.
    pub(super) async fn look(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let wrong = alarms(&self.store.signals().await?, self.measure(), now);
        let known = self.store.alarms().await?;
        for alarm in Alarm::ALL {
            match (wrong.get(&alarm), known.get(alarm.name())) {
                (Some(since), None) => self.raise(alarm, *since, now).await?,
                (None, Some(since)) => self.clear(alarm, *since, now).await?,
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        self.sum_up(now).await
    }

    async fn raise(&self, alarm: Alarm, since: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        tracing::error!(%since, "{}", alarm.begins());
        let mut transaction = self.store.begin().await?;
        transaction.raise_alarm(alarm.name(), since).await?;
        let failing = self.store.failing_sources().await?;
        let mut lines = vec![format!("Since {}, {}.", self.operator_time(since), alarm.begins())];
        if alarm == Alarm::NothingPolled {
            lines.extend(failing.iter().take(MOST_NAMED).map(|(name, error)| format!("{name}: {error}")));
        }
        lines.push("The daemon goes on trying, and nothing that was found is lost.".to_owned());
        let notice = OperatorNotice { subject: alarm.begins(), lines, at: now };
        self.tell_operator(&mut transaction, &notice).await?;
        transaction.commit().await?;
        self.bell.ring();
        Ok(())
    }

    async fn clear(&self, alarm: Alarm, since: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        tracing::info!(%since, "{}", alarm.ends());
        let mut transaction = self.store.begin().await?;
        transaction.clear_alarm(alarm.name()).await?;
        let lines = vec![format!("It had not been so since {}.", self.operator_time(since))];
        let notice = OperatorNotice { subject: alarm.ends(), lines, at: now };
        self.tell_operator(&mut transaction, &notice).await?;
        transaction.commit().await?;
        self.bell.ring();
        Ok(())
    }

    /// Tells the operator once a week how things stand, where that is wished.
    async fn sum_up(&self, now: Timestamp) -> Result<(), StoreError> {
        let operator = &self.config.operator;
        let Some((day, time)) = operator.summary else { return Ok(()) };
        let last = self.store.last_summary().await?.unwrap_or(self.started);
        if alerting::next_weekly(last, &operator.time_zone, day, time) > now {
            return Ok(());
        }
        let since = now.checked_sub(WEEK).unwrap_or(Timestamp::MIN);
        let done = self.store.activity(since).await?;
        let failing = self.store.failing_sources().await?;
        let sources = self.config.sources.len();
        let mut lines = vec![
            format!("{} new items of {sources} sources, {} stories told.", done.items, done.stories),
            format!(
                "{} messages delivered, {} refused or given up, {} waiting.",
                done.sent, done.lost, done.waiting
            ),
        ];
        lines.push(match failing.len() {
            0 => "Every source can be read.".to_owned(),
            number => format!("{number} of {sources} sources cannot be read:"),
        });
        lines.extend(failing.iter().take(MOST_NAMED).map(|(name, error)| format!("{name}: {error}")));
        let well = failing.is_empty() && done.lost == 0 && self.store.alarms().await?.is_empty();
        let subject = if well { "all is well" } else { "the week, and what wants a look" };
        let mut transaction = self.store.begin().await?;
        transaction.note_summary(now).await?;
        self.tell_operator(&mut transaction, &OperatorNotice { subject, lines, at: now }).await?;
        transaction.commit().await?;
        self.bell.ring();
        Ok(())
    }

    fn operator_time(&self, moment: Timestamp) -> String {
        let zone = self.config.operator.time_zone.clone();
        moment.to_zoned_datetime(zone).strftime("%a %-d %B %Y, %H:%M %Z").to_string()
    }
}

/// Most sources that are named to the operator.
const MOST_NAMED: usize = 20;

/// Looks every minute, until `stop`.
pub(super) async fn vigil_loop(house: Arc<House>, stop: CancellationToken) -> Result<(), StoreError> {
    while !stop.is_cancelled() {
        if let Err(error) = house.look().await {
            pause_or_end(error, &stop).await?;
        }
        let next = house.clock.now().checked_add(EVERY).unwrap_or(Timestamp::MAX);
        while house.clock.now() < next && !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = house.clock.sleep_towards(next) => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn hours(ago: i64) -> Timestamp {
        let now: Timestamp = "2026-08-12T09:00:00Z".parse().unwrap();
        now - SignedDuration::from_hours(ago)
    }

    #[rstest]
    #[case::all_well(Some(0), None, Some(3), 100, &[])]
    #[case::not_read_for_long(Some(7), None, None, 100, &[Alarm::NothingPolled])]
    #[case::never_read(None, None, None, 7, &[Alarm::NothingPolled])]
    #[case::not_read_yet(None, None, None, 1, &[])]
    #[case::off_for_days_and_just_started(Some(90), Some(80), Some(90), 0, &[])]
    #[case::nothing_to_send(Some(0), None, Some(90), 100, &[])]
    #[case::waits_for_long(Some(0), Some(7), Some(90), 100, &[Alarm::NothingDelivered])]
    #[case::waits_and_none_was_ever_sent(Some(0), Some(7), None, 100, &[Alarm::NothingDelivered])]
    #[case::one_waits_and_others_go(Some(0), Some(7), Some(2), 100, &[])]
    #[case::waits_for_an_hour(Some(0), Some(1), Some(90), 100, &[])]
    fn tells_what_is_wrong(
        #[case] polled: Option<i64>,
        #[case] waits: Option<i64>,
        #[case] delivered: Option<i64>,
        #[case] started: i64,
        #[case] expected: &[Alarm],
    ) {
        let signals =
            Signals { polled: polled.map(hours), waits: waits.map(hours), delivered: delivered.map(hours) };
        let measure = Measure { started: hours(started), silence: Duration::from_hours(6), polls: true };
        let found: Vec<Alarm> = alarms(&signals, measure, hours(0)).into_keys().collect();
        assert_eq!(found, expected);
    }
}
