//! `run`: the daemon. One loop for each source, one for each way out, one that clears away.
//!
//! Stops the process: an error of the database that time does not mend. Tried again: everything
//! else, each by its own schedule. SIGTERM and SIGINT end it: polls are dropped where they are, the
//! running transaction and the message in flight come to their end.

use super::clock::jitter;
use super::commit::commit;
use super::house::House;
use super::poll::{Outcome, poll};
use super::vigil::vigil_loop;
use crate::domain::{Pace, Source, Way};
use crate::schedule::{self, PollOutcome};
use crate::serve::{self, Desk};
use crate::store::StoreError;
use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long the end waits for what is under way.
const DRAIN: Duration = Duration::from_secs(10);

/// Pause after a passing error of the database.
const STORE_PAUSE: Duration = Duration::from_secs(15);

/// Least pause between two passes of the outbox, unless the bell rings.
const LEAST_PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// Sources that are not due when the daemon starts are spread over this share of their interval,
/// so that a start does not ask every server in the same second.
const START_SPREAD: f64 = 0.02;

/// How often texts that are too old are cleared away.
const RETENTION_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Runs until `stop` is cancelled or the database fails for good.
pub async fn run(house: &Arc<House>, stop: &CancellationToken) -> anyhow::Result<()> {
    let states = house.store.source_states().await?;
    house.quiet.recall(&states);
    let mut loops: JoinSet<Result<(), StoreError>> = JoinSet::new();
    for source in &house.config.sources {
        let state = states.get(&source.name);
        let now = house.clock.now();
        // A source that failed may have been mended together with the restart, and a wait that a
        // wrong clock or an older interval has left is no longer one.
        let longest = source.interval.most.max(schedule::MOST_ASKED);
        let longest = SignedDuration::try_from(longest).ok().and_then(|wait| now.checked_add(wait).ok());
        let first = match state {
            Some(state) if state.wait_until.is_some_and(|until| until > now) => state.next_poll,
            Some(state) if state.failures == 0 && state.next_poll > now => {
                state.next_poll.min(longest.unwrap_or(state.next_poll))
            }
            _ => spread(source, now),
        };
        let failures = state.map_or(0, |state| state.failures);
        loops.spawn(source_loop(Arc::clone(house), source.clone(), first, failures, stop.clone()));
    }
    for way in house.channels.ways() {
        loops.spawn(outbox_loop(Arc::clone(house), way.clone(), stop.clone()));
    }
    loops.spawn(retention_loop(Arc::clone(house), stop.clone()));
    let (inside, until) = (Arc::clone(house), stop.clone());
    loops.spawn(async move { inside.quiet_loop(&until).await });
    loops.spawn(vigil_loop(Arc::clone(house), stop.clone()));
    if let Some(listen) = &house.config.listen {
        let listener = TcpListener::bind(listen.address)
            .await
            .with_context(|| format!("cannot listen at {}", listen.address))?;
        tracing::info!(address = %listener.local_addr()?, "listening");
        loops.spawn(listener_loop(Arc::clone(house), listener, stop.clone()));
    }
    tracing::info!(
        sources = house.config.sources.len(),
        watches = house.config.watches.len(),
        subscribers = house.config.subscribers.len() - house.config.webhooks.len(),
        webhooks = house.config.webhooks.len(),
        "sanctionwatch watches"
    );
    notify(&[sd_notify::NotifyState::Ready]);
    let mut failure = None;
    while let Some(ended) = loops.join_next().await {
        // A loop that ends before the stop takes the others with it: half a daemon is worse than
        // one that the service manager starts again.
        let error = match ended {
            Ok(Ok(())) if stop.is_cancelled() => None,
            Ok(Ok(())) => Some(anyhow::anyhow!("a part of the daemon ended by itself")),
            Ok(Err(error)) => Some(error.into()),
            Err(panicked) => Some(anyhow::Error::new(panicked).context("a part of the daemon failed")),
        };
        failure = failure.or(error);
        if failure.is_some() {
            stop.cancel();
        }
        if stop.is_cancelled() {
            break;
        }
    }
    notify(&[sd_notify::NotifyState::Stopping]);
    let drained = tokio::time::timeout(DRAIN, async { while loops.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        tracing::warn!("some work did not end within ten seconds and was cut off; nothing is lost by that");
        loops.abort_all();
    }
    failure.map_or(Ok(()), Err)
}

/// Cancels `stop` when the process is asked to end. Must be called inside a runtime.
pub fn stop_on_signal(stop: CancellationToken) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!("{name}: ending");
        stop.cancel();
    });
    Ok(())
}

fn notify(states: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

/// A first poll soon, not all in the same moment.
fn spread(source: &Source, now: Timestamp) -> Timestamp {
    let wait = source.interval.least.mul_f64(START_SPREAD * jitter());
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(now)
}

async fn source_loop(
    house: Arc<House>,
    source: Source,
    first: Timestamp,
    mut failures: u32,
    stop: CancellationToken,
) -> Result<(), StoreError> {
    let mut next = first;
    loop {
        // Also where its host rests the wait has an end, by the clock or by what passes: a clock that is put
        // back makes no wait longer.
        loop {
            let begun = Instant::now();
            let wait = Duration::try_from(next.duration_since(house.clock.now())).unwrap_or_default();
            while house.clock.now() < next && begun.elapsed() < wait {
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    () = house.clock.sleep_towards(next) => {}
                }
            }
            let now = house.clock.now();
            match house.fetcher.rests_until(&source, now) {
                Some(until) if until > now => next = until,
                _ => break,
            }
        }
        let polled = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            polled = poll(&house, &source) => polled,
        };
        let polled = match polled {
            Ok(polled) => polled,
            Err(error) => {
                pause_or_end(error, &stop).await?;
                continue;
            }
        };
        next = match commit(&house, &polled, failures).await {
            Ok(committed) => {
                tell(&source, &polled.outcome, failures, &committed);
                failures = match polled.outcome {
                    Outcome::Failed { .. } => failures.saturating_add(1),
                    Outcome::Unchanged(_) | Outcome::Changed { .. } => 0,
                };
                if committed.alerts > 0 {
                    house.bell.ring();
                }
                committed.next_poll.unwrap_or_else(|| soon(&source, polled.now))
            }
            Err(error) => {
                pause_or_end(error, &stop).await?;
                soon(&source, polled.now)
            }
        };
    }
}

/// When a source is polled whose poll could not be written.
fn soon(source: &Source, now: Timestamp) -> Timestamp {
    let reached = PollOutcome::Reached { fresh_for: None };
    schedule::next_poll(reached, &Pace::default(), source.interval, now, jitter())
}

/// One line where something happened; a failure once when it begins and once when it ends.
fn tell(source: &Source, outcome: &Outcome, failures: u32, committed: &super::commit::Committed) {
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

/// One way out: what is due there is rendered and sent.
async fn outbox_loop(house: Arc<House>, way: Way, stop: CancellationToken) -> Result<(), StoreError> {
    let mut bell = house.bell.listen();
    while !stop.is_cancelled() {
        // A message in flight comes to its end: the pass is not dropped when the stop comes.
        let next = match house.dispatch_by(&way, &stop).await {
            Ok(_) => house.next_dispatch(&way).await,
            Err(error) => Err(error),
        };
        let soonest = house.clock.now().checked_add(LEAST_PAUSE).unwrap_or(Timestamp::MAX);
        let next = match next {
            Ok(next) => next.unwrap_or(Timestamp::MAX).max(soonest),
            Err(error) => {
                pause_or_end(error, &stop).await?;
                continue;
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = bell.hear() => {}
            () = house.clock.sleep_towards(next) => {}
        }
    }
    Ok(())
}

/// Answers readers and monitors until `stop`.
async fn listener_loop(
    house: Arc<House>,
    listener: TcpListener,
    stop: CancellationToken,
) -> Result<(), StoreError> {
    let (clock, health) = (house.clock.clone(), Arc::clone(&house));
    let desk = Desk {
        store: house.store.clone(),
        subscribers: house.config.subscribers.clone(),
        now: Box::new(move || clock.now()),
        health: Box::new(move |signals, now| health.health(&signals, now)),
        writes: TaskTracker::new(),
    };
    if let Err(error) = serve::serve(listener, desk, stop.clone().cancelled_owned()).await {
        tracing::error!(%error, "the listener failed");
    }
    stop.cancelled().await;
    Ok(())
}

async fn retention_loop(house: Arc<House>, stop: CancellationToken) -> Result<(), StoreError> {
    let mut next = house.clock.now();
    while !stop.is_cancelled() {
        let now = house.clock.now();
        if now >= next {
            match house.clear_away(now).await {
                Ok(()) => next = now.checked_add(RETENTION_EVERY).unwrap_or(Timestamp::MAX),
                Err(error) => pause_or_end(error, &stop).await?,
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = house.clock.sleep_towards(next) => {}
        }
    }
    Ok(())
}

impl House {
    async fn clear_away(&self, now: Timestamp) -> Result<(), StoreError> {
        let before = |age: Duration| {
            SignedDuration::try_from(age)
                .ok()
                .and_then(|age| now.checked_sub(age).ok())
                .unwrap_or(Timestamp::MIN)
        };
        let retention = &self.config.retention;
        let mut transaction = self.store.begin().await?;
        let pruned = transaction.prune(before(retention.texts), before(retention.keys)).await?;
        transaction.commit().await?;
        if pruned != crate::store::Pruned::default() {
            tracing::info!(texts = pruned.texts, items = pruned.items, "old texts were cleared away");
        }
        Ok(())
    }
}

/// Waits a little after an error that time may mend, and gives back one that it does not.
pub(super) async fn pause_or_end(error: StoreError, stop: &CancellationToken) -> Result<(), StoreError> {
    if !error.is_temporary() {
        return Err(error);
    }
    tracing::error!(%error, "the database cannot be written; trying again");
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(STORE_PAUSE) => {}
    }
    Ok(())
}
