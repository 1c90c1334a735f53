//! Quiet polls: those that bring nothing new, which are nearly all.
//!
//! Owns: what the next poll of a source needs, in memory, so that it is not read again and again; and the
//! quiet polls of the last moment. A transaction for each would cost many times what the poll itself does, so
//! they are written together: with the next poll that is not quiet, else within [`AT_LATEST`]. A crash before
//! that forgets that a source was asked and had nothing new, and it is asked again.

use super::House;
use super::clock::jitter;
use super::patience::STEP;
use super::poll::{Answered, Outcome, Polled};
use crate::domain::{Address, KnownAddress, Pace, Rest, RestReason, Source, SourceName};
use crate::schedule::{self, PollOutcome};
use crate::store::{QuietPoll, SourceState, StoreError};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use url::Url;

/// How long a quiet poll waits to be written.
const AT_LATEST: Duration = Duration::from_secs(1);

/// What is known of a source's addresses, by address. Most sources have one: a list takes a tenth of a map's room.
#[derive(Debug, Clone, Default)]
pub(super) struct Addresses(Vec<(String, KnownAddress)>);

impl Addresses {
    /// What is known of an address.
    pub(super) fn get(&self, address: &Url) -> Option<&KnownAddress> {
        self.0.iter().find(|(known, _)| known == address.as_str()).map(|(_, known)| known)
    }

    /// Whether the servers of all these addresses have said that they are gone for good.
    pub(super) fn are_gone(&self, addresses: &[Address]) -> bool {
        let gone = |rest: Rest| rest.reason == RestReason::Gone;
        addresses.iter().all(|address| self.get(&address.url).and_then(|known| known.rest).is_some_and(gone))
    }

    fn insert(&mut self, address: &Url, known: &KnownAddress) {
        match self.0.iter_mut().find(|(known, _)| known == address.as_str()) {
            Some((_, before)) => *before = known.clone(),
            None => self.0.push((address.to_string(), known.clone())),
        }
    }
}

/// What stands in memory.
#[derive(Debug, Default)]
pub(super) struct Quiet(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    addresses: HashMap<SourceName, Addresses>,
    paces: HashMap<SourceName, Pace>,
    /// The last quiet poll of each source that is not written yet.
    polls: HashMap<SourceName, QuietPoll>,
}

impl Quiet {
    /// Takes in what the store knows of sources that nothing newer is known of.
    pub(super) fn recall<'a>(&self, states: impl IntoIterator<Item = (&'a SourceName, &'a SourceState)>) {
        let mut memory = self.memory();
        for (name, state) in states {
            memory.paces.entry(name.clone()).or_insert_with(|| state.pace.clone());
        }
    }

    /// Notes a poll, and says when the next one is; `None` where it is to be written by itself.
    pub(super) fn note(&self, polled: &Polled) -> Option<Timestamp> {
        let Polled { source, now, failed, outcome: Outcome::Unchanged(answered) } = polled else {
            return None;
        };
        if !failed.is_empty() {
            return None;
        }
        let mut memory = self.memory();
        let known = memory.addresses.get(&source.name)?.get(&answered.address)?;
        if *known != answered.known {
            return None;
        }
        let pace = memory.paces.get_mut(&source.name)?;
        *pace = Pace { read_at: Some(answered.address.clone()), ..unchanged(source, pace) };
        let pace = pace.clone();
        let reached = PollOutcome::Reached { fresh_for: answered.fresh_for };
        let next_poll = schedule::next_poll(reached, &pace, source.interval, *now, jitter());
        let poll = QuietPoll { source: source.name.clone(), now: *now, next_poll, pace };
        memory.polls.insert(source.name.clone(), poll);
        Some(next_poll)
    }

    /// What is to be written.
    pub(super) fn unwritten(&self) -> Vec<QuietPoll> {
        self.memory().polls.values().cloned().collect()
    }

    /// These are lasting now.
    pub(super) fn written(&self, polls: &[QuietPoll]) {
        let mut memory = self.memory();
        for poll in polls {
            if memory.polls.get(&poll.source) == Some(poll) {
                memory.polls.remove(&poll.source);
            }
        }
    }

    /// Keeps what is lasting of a source.
    pub(super) fn remember(&self, source: &SourceName, answered: &Answered, pace: Pace) {
        let mut memory = self.memory();
        if let Some(addresses) = memory.addresses.get_mut(source) {
            addresses.insert(&answered.address, &answered.known);
        }
        memory.paces.insert(source.clone(), pace);
    }

    /// Keeps what is lasting of addresses that gave nothing to read.
    pub(super) fn remember_failed(&self, source: &SourceName, failed: &[(Url, KnownAddress)]) {
        if let Some(addresses) = self.memory().addresses.get_mut(source) {
            for (address, known) in failed {
                addresses.insert(address, known);
            }
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rhythm of a source after a poll that brought nothing new.
pub(super) fn unchanged(source: &Source, before: &Pace) -> Pace {
    let interval = schedule::paced(before.interval, source.interval, false);
    Pace { interval: Some(interval), ..before.clone() }
}

impl House {
    /// What is known of a source's addresses.
    pub(super) async fn addresses(&self, source: &SourceName) -> Result<Addresses, StoreError> {
        if let Some(addresses) = self.quiet.memory().addresses.get(source) {
            return Ok(addresses.clone());
        }
        let addresses = Addresses(self.store.addresses(source).await?.into_iter().collect());
        self.quiet.memory().addresses.insert(source.clone(), addresses.clone());
        Ok(addresses)
    }

    /// Writes the quiet polls.
    pub(super) async fn write_quiet(&self) -> Result<(), StoreError> {
        if self.quiet.unwritten().is_empty() {
            return Ok(());
        }
        let mut transaction = self.store.begin().await?;
        // Within the turn of the one writer: what was written in the turns before is not written over.
        let polls = self.quiet.unwritten();
        transaction.record_quiet(&polls).await?;
        transaction.commit().await?;
        self.quiet.written(&polls);
        Ok(())
    }
}

/// Writes the quiet polls again and again until `stop`, and once more then.
pub(super) async fn quiet_loop(house: Arc<House>, stop: CancellationToken) -> Result<(), StoreError> {
    let pulse = house.pulses.begin("quiet polls".to_owned(), STEP);
    while !stop.is_cancelled() {
        pulse.beat(STEP);
        if let Err(error) = house.write_quiet().await {
            house.pause_or_end(error, &stop).await?;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(AT_LATEST) => {}
        }
    }
    match house.write_quiet().await {
        // The sources are asked once more than needed; that is no reason to end with an error.
        Err(error) if error.is_temporary() => Ok(()),
        written => written,
    }
}
