//! One source: polled when it is due, for as long as the daemon runs.
//!
//! Tried again: everything, by the source's own schedule. Stops the process: a database that fails for good.

use super::House;
use super::articles::{ARTICLE_WAIT, read_articles};
use super::beginnings::Beginning;
use super::clock::{LONGEST_SLEEP, jitter};
use super::commit::{Committed, commit};
use super::first_poll::{first_poll, soon};
use super::outage::Outage;
use super::patience::STEP;
use super::poll::{Outcome, poll};
use super::pulse::Pulse;
use crate::domain::{Pace, Source, SourceName};
use crate::schedule::{self, Occasion, PollOutcome};
use crate::store::{SourceState, StoreError};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A host may ask for so long a pause between two requests.
const LONGEST_REST: Duration = Duration::from_mins(1);

/// How a source has fared: what decides whether it is asked sooner than it was to be.
#[derive(Debug, Clone, Copy, Default)]
struct Fared {
    /// Failures in a row.
    failures: u32,
    /// The first of them.
    failing_since: Option<Timestamp>,
    /// The last was its server's wish to be left alone, for now or for good.
    sent_away: bool,
    /// What its last poll came to could not be written.
    unwritten: bool,
}

impl Fared {
    fn of(state: &SourceState) -> Self {
        Self {
            failures: state.failures,
            failing_since: state.failing_since,
            sent_away: state.wait_until.is_some() || state.gone,
            unwritten: false,
        }
    }

    fn after(self, outcome: &Outcome, now: Timestamp) -> Self {
        match outcome {
            Outcome::Unchanged(_) | Outcome::Changed { .. } => Self::default(),
            Outcome::Failed { retry_after, gone, .. } => Self {
                failures: self.failures.saturating_add(1),
                failing_since: self.failing_since.or(Some(now)),
                sent_away: *gone || retry_after.is_some(),
                unwritten: false,
            },
        }
    }

    /// Whether it only failed because nothing could be read.
    fn is_explained_by(&self, outage: Option<Outage>) -> bool {
        let explains = |outage: Outage| self.failing_since.is_some_and(|since| outage.explains(since));
        !self.sent_away && outage.is_some_and(explains)
    }
}

/// Polls a source until `stop`. It begins with what the state knows of it, so that it can be begun again.
/// `neighbours` are the sources at its hosts, itself among them.
pub(super) async fn source_loop(
    house: Arc<House>,
    source: Source,
    neighbours: usize,
    stop: CancellationToken,
) -> Result<(), StoreError> {
    let pulse = house.pulses.begin(format!("the source {}", source.name), STEP);
    let beginning = Box::pin(house.patiently(&stop, || house.beginning(&source.name))).await?;
    let Some(Beginning { state, awaits }) = beginning else { return Ok(()) };
    let all_gone = if state.as_ref().is_some_and(|state| state.gone) {
        let known = Box::pin(house.patiently(&stop, || house.addresses(&source.name))).await?;
        known.is_some_and(|known| known.are_gone(&source.addresses))
    } else {
        false
    };
    let mut fared = state.as_ref().map(Fared::of).unwrap_or_default();
    let mut next = first_poll(&source, state.as_ref(), all_gone, house.clock.now(), jitter());
    let mut over = house.network.hear();
    let mut writable = house.writing.hear();
    // What the last process left waiting.
    if awaits {
        Box::pin(decide_waiting(&house, &source.name, &pulse, &stop)).await?;
    }
    loop {
        // Also where its host rests the wait has an end, by the clock or by what passes: a clock that is put
        // back makes no wait longer.
        loop {
            let begun = Instant::now();
            let wait = Duration::try_from(next.duration_since(house.clock.now())).unwrap_or_default();
            while house.clock.now() < next && begun.elapsed() < wait {
                pulse.beat(LONGEST_SLEEP + STEP);
                let is_mended = tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    Ok(()) = over.changed() => fared.is_explained_by(*over.borrow_and_update()),
                    Ok(()) = writable.changed() => fared.unwritten,
                    () = house.clock.sleep_towards(next) => false,
                };
                if is_mended {
                    next = next.min(soon(&source, house.clock.now(), jitter()));
                }
            }
            let now = house.clock.now();
            match house.fetcher.rests_until(&source, now) {
                Some(until) if until > now => next = until,
                _ => break,
            }
        }
        pulse.beat(longest_poll(&house, &source, neighbours));
        // On the heap, and only as long as it goes on: there are as many of these tasks as sources, and all but a few
        // of them wait.
        let visit = Visit { house: &house, source: &source, pulse: &pulse, stop: &stop };
        match Box::pin(visit.pay(&mut fared)).await? {
            Some(again) => next = again,
            None => return Ok(()),
        }
    }
}

/// One poll of a source, from the question to what comes of its articles.
struct Visit<'a> {
    house: &'a Arc<House>,
    source: &'a Source,
    pulse: &'a Pulse,
    stop: &'a CancellationToken,
}

impl Visit<'_> {
    /// Polls and writes, and says when the next poll is; `None`: it is time to stop.
    async fn pay(self, fared: &mut Fared) -> Result<Option<Timestamp>, StoreError> {
        let Self { house, source, pulse, stop } = self;
        let begun = Instant::now();
        let polled = tokio::select! {
            () = stop.cancelled() => return Ok(None),
            polled = poll(house, source, Occasion::Due) => polled,
        };
        let mut polled = match polled {
            Ok(polled) => polled,
            Err(error) => {
                house.pause_or_end(error, stop).await?;
                return Ok(Some(house.clock.now()));
            }
        };
        pulse.beat(STEP);
        house.metrics.polled(&polled.outcome, begun.elapsed());
        let begun = Instant::now();
        let committed = commit(house, &polled, fared.failures).await;
        polled.outcome.let_go();
        let committed = match committed {
            Ok(committed) => committed,
            Err(error) => {
                house.pause_or_end(error, stop).await?;
                fared.unwritten = true;
                return Ok(Some(in_its_interval(source, polled.now)));
            }
        };
        house.metrics.written(&committed, begun.elapsed());
        tell(source, &polled.outcome, fared.failures, &committed);
        if !matches!(polled.outcome, Outcome::Failed { .. }) {
            house.network.reached(fared.failing_since, house.clock.now());
        }
        *fared = fared.after(&polled.outcome, polled.now);
        if committed.alerts > 0 {
            house.bell.ring();
        }
        if committed.awaited > 0 {
            decide_waiting(house, &source.name, pulse, stop).await?;
        }
        Ok(Some(committed.next_poll.unwrap_or_else(|| in_its_interval(source, polled.now))))
    }
}

/// Reads the articles that items of a source wait for, and says what came of it.
async fn decide_waiting(
    house: &Arc<House>,
    source: &SourceName,
    pulse: &Pulse,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let decided = house.patiently(stop, || {
        pulse.beat(ARTICLE_WAIT + STEP);
        read_articles(house, source, stop)
    });
    let Some(decided) = decided.await? else { return Ok(()) };
    house.metrics.decided(&decided);
    if decided.alerts > 0 {
        house.bell.ring();
    }
    if decided.articles_read + decided.articles_failed > 0 {
        tracing::info!(
            %source,
            read = decided.articles_read,
            failed = decided.articles_failed,
            alerts = decided.alerts,
            "{source}: {} articles read, {} not, {} to tell",
            decided.articles_read,
            decided.articles_failed,
            decided.alerts
        );
    }
    Ok(())
}

/// Decides the items that wait for an article of a source which is configured no more.
pub(super) async fn orphan_loop(house: Arc<House>, stop: CancellationToken) -> Result<(), StoreError> {
    let pulse = house.pulses.begin("the articles of sources that were removed".to_owned(), STEP);
    let names = house.patiently(&stop, || house.store.sources_awaiting()).await?;
    for name in names.unwrap_or_default() {
        if house.config.sources.iter().all(|source| source.name != name) {
            decide_waiting(&house, &name, &pulse, &stop).await?;
        }
    }
    drop(pulse);
    stop.cancelled().await;
    Ok(())
}

/// How long a poll may take at most: every address of the source until its time is up, behind all others
/// whose turn comes before, of which so many ask its hosts.
fn longest_poll(house: &House, source: &Source, neighbours: usize) -> Duration {
    let settings = &house.config.fetch;
    let before = house.config.sources.len().div_ceil(settings.most_requests.max(1)).max(neighbours);
    let turns = u32::try_from(before * source.addresses.len().max(1) + 1).unwrap_or(u32::MAX);
    // An address that has moved is asked twice, and a page's host for its rules.
    (settings.timeout + LONGEST_REST).saturating_mul(turns).saturating_mul(3).saturating_add(STEP)
}

/// When a source is polled whose poll could not be written.
fn in_its_interval(source: &Source, now: Timestamp) -> Timestamp {
    let reached = PollOutcome::Reached { fresh_for: None };
    schedule::next_poll(reached, &Pace::default(), source.interval, now, jitter())
}

/// One line where something happened; a failure once when it begins and once when it ends.
fn tell(source: &Source, outcome: &Outcome, failures: u32, committed: &Committed) {
    let source = source.name.as_str();
    match outcome {
        Outcome::Failed { reason, .. } if failures == 0 => {
            tracing::warn!(source, %reason, "{source} cannot be read; it is tried again");
        }
        Outcome::Failed { reason, .. } => tracing::debug!(source, %reason, failures, "still failing"),
        _ if failures > 0 => tracing::info!(source, failures, "{source} can be read again"),
        _ => {}
    }
    if committed.new + committed.updated > 0 {
        tracing::info!(
            source,
            new = committed.new,
            updated = committed.updated,
            alerts = committed.alerts,
            "{source}: {} new, {} changed, {} to tell",
            committed.new,
            committed.updated,
            committed.alerts
        );
    } else {
        tracing::debug!(source, "nothing new");
    }
}
