//! The vigil: the dead-man signal, the weekly word that all is well, and who is to be asked for a confirmation
//! once more. An alarm is told once when it begins and once when it ends.

use super::House;
use super::alarm::{Alarm, Measure, alarms, in_words};
use super::operator::OperatorNotice;
use super::patience::STEP;
use super::writing::Refusing;
use crate::alerting;
use crate::domain::Way;
use crate::serve::Health;
use crate::store::{Signals, StoreError, Stuck, Undelivered};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked at.
const EVERY: Duration = Duration::from_mins(1);

/// After a start sources have so long to be read: the machine may have been off for days.
pub(super) const GRACE: Duration = Duration::from_mins(30);

/// Most that the clock goes on from one look to the next, unless the machine slept or the clock was set.
const LONGEST_STEP: SignedDuration = SignedDuration::from_mins(15);

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

impl House {
    /// How things stand, for whoever asks.
    pub(super) fn health(&self, signals: &Signals, now: Timestamp) -> Health {
        let wrong = self.alarms(signals, GRACE, now);
        let say = |(alarm, since): (&Alarm, &Timestamp)| in_words(&alarm.name(), *since);
        let refusing = self.writing.refusing().map(|refusing| refusing.to_string());
        let alarms: Vec<String> = refusing.into_iter().chain(wrong.iter().map(say)).collect();
        Health { healthy: alarms.is_empty(), alarms }
    }

    /// What is wrong. Within `grace` of a start nothing is new, and what was known goes on until it is over.
    fn alarms(&self, signals: &Signals, grace: Duration, now: Timestamp) -> BTreeMap<Alarm, Timestamp> {
        let measure = self.measure();
        let settled = measure.is_settled(grace, now);
        let mut wrong = alarms(signals, &measure, now);
        wrong.retain(|alarm, _| settled || signals.raised.contains_key(&alarm.name()));
        wrong
    }

    fn measure(&self) -> Measure<'_> {
        Measure {
            steady: *self.steady.lock().unwrap_or_else(PoisonError::into_inner),
            silence: self.config.operator.silence,
            sources: self.config.sources.iter().map(|source| &source.name).collect(),
            subscribers: self.config.subscribers.iter().map(|subscriber| &subscriber.key).collect(),
        }
    }

    /// Looks whether anything comes through, and tells what has changed. Whether there was something to tell.
    pub(super) async fn look(&self, grace: Duration) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let signals = self.store.signals(now).await?;
        let wrong = self.alarms(&signals, grace, now);
        let mut told = false;
        for (alarm, since) in &wrong {
            if !signals.raised.contains_key(&alarm.name()) {
                self.raise(alarm, *since, &signals, now).await?;
                told = true;
            }
        }
        for (name, since) in &signals.raised {
            let known = Alarm::named(name);
            if known.as_ref().is_none_or(|alarm| !wrong.contains_key(alarm)) {
                self.clear(name, known.as_ref(), *since, &signals, now).await?;
                told = true;
            }
        }
        // Where nothing at all can be read, or the machine has just woken up, it is no single source's fault.
        if !wrong.contains_key(&Alarm::NothingPolled) && self.measure().is_settled(grace, now) {
            told |= self.visit_sources(now).await?;
        }
        told |= self.ask_the_unasked(now).await?;
        told |= self.tell_of_refusals(now).await?;
        self.sum_up(now).await?;
        Ok(told)
    }

    async fn raise(
        &self,
        alarm: &Alarm,
        since: Timestamp,
        signals: &Signals,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let begins = alarm.begins();
        tracing::error!(%since, "{begins}");
        let mut lines = vec![format!("Since {}, {begins}.", self.operator_time(since))];
        match alarm {
            Alarm::NothingPolled => {
                lines.extend(named(&self.failing_sources().await?));
                lines.push("The daemon goes on trying, and nothing that was found is lost.".to_owned());
            }
            Alarm::NothingDelivered(way) | Alarm::NotRendered(way) => {
                lines.push(match signals.accepted.get(way) {
                    Some(at) => format!("A message was last accepted on {}.", self.operator_time(*at)),
                    None => "No message was ever accepted.".to_owned(),
                });
                lines.extend(how_it_stands(way, signals));
            }
        }
        let mut transaction = self.store.begin().await?;
        transaction.raise_alarm(&alarm.name(), since).await?;
        let notice = OperatorNotice { subject: &begins, lines, about: None, at: now };
        self.tell_operator(&mut transaction, &notice).await?;
        transaction.commit().await?;
        self.bell.ring();
        Ok(())
    }

    /// Ends an alarm; one whose name means nothing any more without a word.
    async fn clear(
        &self,
        name: &str,
        alarm: Option<&Alarm>,
        since: Timestamp,
        signals: &Signals,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.store.begin().await?;
        transaction.clear_alarm(name).await?;
        if let Some(alarm) = alarm {
            let mended = alarm.is_mended(signals, since);
            let ends = if mended { alarm.ends() } else { alarm.lapses() };
            tracing::info!(%since, "{ends}");
            let lines = vec![format!("The alarm had stood since {}.", self.operator_time(since))];
            let notice = OperatorNotice { subject: &ends, lines, about: None, at: now };
            self.tell_operator(&mut transaction, &notice).await?;
        }
        transaction.commit().await?;
        self.bell.ring();
        Ok(())
    }

    /// Tells of a time in which the database could not be written, now that it can. Whether there was one.
    async fn tell_of_refusals(&self, now: Timestamp) -> Result<bool, StoreError> {
        let Some(Refusing { since, reason }) = self.writing.untold(now) else { return Ok(false) };
        let lines = vec![
            format!("It could not from {} on: {reason}.", self.operator_time(since)),
            "What could not be written down was not sent in that time. Sources whose news could not be kept were asked again at once; what came and \
             went there meanwhile was not seen."
                .to_owned(),
        ];
        let subject = "the database can be written again";
        let mut transaction = self.store.begin().await?;
        self.tell_operator(&mut transaction, &OperatorNotice { subject, lines, about: None, at: now })
            .await?;
        transaction.commit().await?;
        self.writing.told();
        self.bell.ring();
        Ok(true)
    }

    /// The configured sources that fail, with what they fail of.
    pub(super) async fn failing_sources(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut failing = self.store.failing_sources().await?;
        failing.retain(|(name, _)| self.config.sources.iter().any(|source| source.name.as_str() == name));
        Ok(failing)
    }

    /// The weeks count from the start, written down as if there had been a summary then: each run of `once` is
    /// a start of its own, and would never come to the end of a week.
    async fn begin_summing_up(&self, now: Timestamp) -> Result<Timestamp, StoreError> {
        let begun = self.started.min(now);
        let mut transaction = self.store.begin().await?;
        transaction.note_summary(begun).await?;
        transaction.commit().await?;
        Ok(begun)
    }

    /// Tells the operator once a week how things stand, where that is wished.
    async fn sum_up(&self, now: Timestamp) -> Result<(), StoreError> {
        let operator = &self.config.operator;
        let Some((day, time)) = operator.summary else { return Ok(()) };
        let last = match self.store.last_summary(now).await? {
            Some(last) => last,
            None => self.begin_summing_up(now).await?,
        };
        if alerting::next_weekly(last, &operator.time_zone, day, time) > now {
            return Ok(());
        }
        let since = now.checked_sub(WEEK).unwrap_or(Timestamp::MIN);
        let done = self.store.activity(since).await?;
        let failing = self.failing_sources().await?;
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
        lines.extend(named(&failing));
        let well = failing.is_empty() && done.lost == 0 && self.store.alarms().await?.is_empty();
        let subject = if well { "all is well" } else { "the week, and what wants a look" };
        let mut transaction = self.store.begin().await?;
        transaction.note_summary(now).await?;
        self.tell_operator(&mut transaction, &OperatorNotice { subject, lines, about: None, at: now })
            .await?;
        transaction.commit().await?;
        self.bell.ring();
        Ok(())
    }

    pub(super) fn operator_time(&self, moment: Timestamp) -> String {
        let zone = self.config.operator.time_zone.clone();
        moment.to_zoned_datetime(zone).strftime("%a %-d %B %Y, %H:%M %Z").to_string()
    }
}

/// Most sources that are named to the operator.
const MOST_NAMED: usize = 20;

fn named(failing: &[(String, String)]) -> impl Iterator<Item = String> {
    failing.iter().take(MOST_NAMED).map(|(name, error)| format!("{name}: {error}"))
}

/// What a way out has not delivered, why, and what becomes of it, a line each.
fn how_it_stands(way: &Way, signals: &Signals) -> Vec<String> {
    let stuck = |kind: Stuck| {
        signals.undelivered.iter().filter(move |stuck| stuck.stuck == kind && Way::from(&stuck.to) == *way)
    };
    let count = |kind: Stuck| stuck(kind).map(|stuck| stuck.count).sum::<u32>();
    let [due, open, lost] = [Stuck::Due, Stuck::Open, Stuck::Lost].map(count);
    let mut lines =
        vec![format!("{due} alerts are due, {open} messages wait, {lost} were refused or given up.")];
    let answered = stuck(Stuck::Open).chain(stuck(Stuck::Lost)).filter(|stuck| stuck.answer.is_some());
    let last = answered.max_by_key(|stuck: &&Undelivered| stuck.due);
    lines.extend(
        last.and_then(|stuck| stuck.answer.as_deref()).map(|answer| format!("Of one of them: {answer}")),
    );
    lines.push(if lost == 0 {
        "The daemon goes on trying, and nothing that was found is lost.".to_owned()
    } else {
        "What waits is tried again. What was refused or given up is not: `sanctionwatch deliveries` lists it, \
         and `sanctionwatch deliveries retry NUMBER` sends it again."
            .to_owned()
    });
    lines
}

/// Looks every minute, until `stop`. The minute is not one of the wall clock: one that is put back would stop
/// the looking for as long as it had been ahead.
pub(super) async fn vigil_loop(house: Arc<House>, stop: CancellationToken) -> Result<(), StoreError> {
    let pulse = house.pulses.begin("the vigil".to_owned(), STEP);
    let mut looked = house.clock.now();
    while !stop.is_cancelled() {
        let now = house.clock.now();
        if now < looked || now.duration_since(looked) > LONGEST_STEP {
            // As after a start: nothing could be done while the machine slept, and what was dated by the other
            // time tells little.
            *house.steady.lock().unwrap_or_else(PoisonError::into_inner) = now;
        }
        looked = now;
        pulse.beat(EVERY + STEP);
        if let Err(error) = house.look(GRACE).await {
            house.pause_or_end(error, &stop).await?;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = house.clock.pass(EVERY) => {}
        }
    }
    Ok(())
}
