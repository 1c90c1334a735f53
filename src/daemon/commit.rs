//! The one transaction of a poll: what is known is looked up, decided on, and written with the
//! feed's validators, all of it or none of it.

use super::House;
use super::clock::jitter;
use super::poll::{Outcome, Polled};
use super::quiet::unchanged;
use super::writer::{Standpoint, Writer};
use crate::alerting::Asking;
use crate::domain::{DropReason, KnownAddress, Pace, SourceName};
use crate::group::Window;
use crate::identify::{self, EntryKeys, GuidRecord, ReadAt};
use crate::schedule::{self, PollOutcome};
use crate::store::{BodyRecord, PollRecord, PolledBefore, StoreError, Transaction};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use url::Url;

/// What a poll changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Committed {
    /// Entries in the body; zero where nothing had changed.
    pub(super) entries: usize,
    /// Items never seen before.
    pub(super) new: usize,
    /// Items that read differently now.
    pub(super) updated: usize,
    /// Items that read as before.
    pub(super) known: usize,
    /// Stories opened.
    pub(super) stories_new: usize,
    /// Stories told again or told differently.
    pub(super) stories_updated: usize,
    /// Stories that owe at least one alert because of this poll.
    pub(super) alerts: usize,
    /// New items that wait for their articles.
    pub(super) awaited: usize,
    /// Articles that were read.
    pub(super) articles_read: usize,
    /// Articles that could not be read.
    pub(super) articles_failed: usize,
    /// New items that did not become alerts.
    pub(super) dropped: BTreeMap<DropReason, usize>,
    /// When the source is polled next.
    pub(super) next_poll: Option<Timestamp>,
}

impl Committed {
    /// Adds what another poll changed.
    pub(super) fn add(&mut self, other: &Committed) {
        self.entries += other.entries;
        self.new += other.new;
        self.updated += other.updated;
        self.known += other.known;
        self.stories_new += other.stories_new;
        self.stories_updated += other.stories_updated;
        self.alerts += other.alerts;
        self.awaited += other.awaited;
        self.articles_read += other.articles_read;
        self.articles_failed += other.articles_failed;
        for (reason, number) in &other.dropped {
            *self.dropped.entry(*reason).or_default() += number;
        }
    }
}

/// Writes what a poll came to, and decides what becomes of it.
pub(super) async fn commit(house: &House, polled: &Polled, failures: u32) -> Result<Committed, StoreError> {
    // A source that is well again is told at once.
    if failures == 0
        && let Some(next_poll) = house.quiet.note(polled)
    {
        return Ok(Committed { next_poll: Some(next_poll), ..Committed::default() });
    }
    // Before the turn of the one writer: everybody waits for what is done within it.
    let keys = match &polled.outcome {
        Outcome::Changed { entries, .. } => {
            identify::batch_keys(&polled.source.name, entries.iter().map(|judged| &judged.entry))
        }
        Outcome::Unchanged(_) | Outcome::Failed { .. } => Vec::new(),
    };
    // Held until the end: what is taken in is taken back if anything fails before all of it is lasting.
    let mut window = house.hold_window().await?;
    let committed = write(house, polled, &keys, failures, &mut window).await?;
    window.keep();
    Ok(committed)
}

async fn write(
    house: &House,
    polled: &Polled,
    keys: &[EntryKeys],
    failures: u32,
    window: &mut Window,
) -> Result<Committed, StoreError> {
    let Polled { source, now, failed, outcome } = polled;
    let mut transaction = house.store.begin().await?;
    let quiet = house.quiet.unwritten();
    transaction.record_quiet(&quiet).await?;
    let PolledBefore { last_success, pace, guids: (kept, renewed) } =
        transaction.polled_before(&source.name).await?;
    let mut committed = Committed::default();
    let mut record = PollRecord {
        source: &source.name,
        now: *now,
        next_poll: *now,
        wait_until: None,
        error: None,
        gone: false,
        pace: None,
        body: None,
    };
    let next_poll =
        |outcome, pace: &Pace| schedule::next_poll(outcome, pace, source.interval, *now, jitter());
    match outcome {
        // Validators are kept only of a body that was read, so that "not modified" never covers one
        // that could not be.
        Outcome::Unchanged(answered) => {
            let pace = Pace { read_at: Some(answered.address.clone()), ..unchanged(source, &pace) };
            record.next_poll = next_poll(PollOutcome::Reached { fresh_for: answered.fresh_for }, &pace);
            transaction.record_poll(PollRecord { pace: Some(&pace), ..record }).await?;
            transaction.keep_address(&source.name, &answered.address, &answered.known).await?;
            keep_failed(&mut transaction, &source.name, failed).await?;
            transaction.commit().await?;
            house.quiet.remember(&source.name, answered, pace);
        }
        Outcome::Failed { reason, retry_after, gone } => {
            let ended = match gone {
                true => PollOutcome::Gone,
                false => PollOutcome::Failed { failures: failures + 1, retry_after: *retry_after },
            };
            record.next_poll = next_poll(ended, &pace);
            record.wait_until =
                retry_after.and_then(|wait| now.checked_add(SignedDuration::try_from(wait).ok()?).ok());
            record.error = Some(reason);
            record.gone = *gone;
            transaction.record_poll(record).await?;
            keep_failed(&mut transaction, &source.name, failed).await?;
            transaction.commit().await?;
        }
        Outcome::Changed { answered, asked, repairs, entries, slot: _ } => {
            committed.entries = entries.len();
            let guids = GuidRecord { kept, renewed };
            let rule = guids.rule(source.identity);
            let asking = if source.full_text { Asking::Source } else { Asking::Watches };
            let read_at = match &pace.read_at {
                _ if source.addresses.len() == 1 => ReadAt::Only,
                Some(before) if *before != answered.address => ReadAt::Another,
                _ => ReadAt::Same,
            };
            let mut standpoint =
                Standpoint { last_success, is_new: answered.is_new, read_at, rule, guids, asking };
            let all_keys: Vec<_> = keys.iter().flat_map(|entry| &entry.keys).collect();
            transaction.look_for(&all_keys).await?;
            let mut writer =
                Writer { house, source: &source.name, now: *now, transaction, window, committed };
            // Stories are told in the order they happened; of what has one date, or none, feeds tell the
            // newest first.
            let mut told: Vec<_> = entries.iter().zip(keys).rev().collect();
            told.sort_by_key(|(judged, _)| judged.entry.published.unwrap_or(*now));
            for (judged, keys) in told {
                writer.write(judged, keys, &mut standpoint).await?;
            }
            Writer { transaction, committed, .. } = writer;
            let guids = standpoint.guids;
            if guids.rule(source.identity) != rule {
                tracing::info!(source = %source.name, "its guids change from poll to poll; its items are known by their links");
            }
            let dated = entries.iter().filter_map(|judged| judged.entry.published).max();
            let newest = dated.or((committed.new > 0).then_some(*now));
            let interval = schedule::paced(pace.interval, source.interval, committed.new > 0);
            let pace = Pace {
                interval: Some(interval),
                asked: asked.clone(),
                read_at: Some(answered.address.clone()),
            };
            record.next_poll = next_poll(PollOutcome::Reached { fresh_for: answered.fresh_for }, &pace);
            let guids = (guids.kept, guids.renewed);
            let body = BodyRecord { entries: entries.len(), repairs, guids, newest };
            transaction.record_poll(PollRecord { pace: Some(&pace), body: Some(body), ..record }).await?;
            transaction.keep_address(&source.name, &answered.address, &answered.known).await?;
            keep_failed(&mut transaction, &source.name, failed).await?;
            transaction.commit().await?;
            house.quiet.remember(&source.name, answered, pace);
        }
    }
    house.quiet.written(&quiet);
    house.quiet.remember_failed(&source.name, failed);
    committed.next_poll = Some(record.next_poll);
    Ok(committed)
}

/// Keeps how the addresses rest that gave nothing to read.
async fn keep_failed(
    transaction: &mut Transaction,
    source: &SourceName,
    failed: &[(Url, KnownAddress)],
) -> Result<(), StoreError> {
    for (address, known) in failed {
        transaction.keep_address(source, address, known).await?;
    }
    Ok(())
}
