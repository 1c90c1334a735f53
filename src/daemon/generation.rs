//! A generation: all that runs for one configuration. When it is read again, the next generation begins where
//! this one has ended; only a message in flight is brought to its end beside it.

use super::House;
use super::hold::remember;
use super::metrics::Asked;
use super::outbox_loop::outbox_loop;
use super::retention::retention_loop;
use super::source_loop::{orphan_loop, source_loop};
use super::standing::Standing;
use super::supervise::{Need, PartError, supervised};
use super::vigil::vigil_loop;
use crate::domain::Source;
use crate::serve::{self, Desk};
use crate::store::StoreError;
use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long the end waits for what is under way.
const DRAIN: Duration = Duration::from_secs(8);

/// What the parts of a daemon come to.
pub(super) type Parts = JoinSet<Result<(), PartError>>;

/// All that runs for one configuration, but the ways out.
#[derive(Debug)]
pub(super) struct Generation {
    pub(super) house: Arc<House>,
    stop: CancellationToken,
    parts: Parts,
    /// Who asks is answered until all others have ended: that the end has begun is an answer, too.
    listener: Parts,
    closing: CancellationToken,
}

impl Generation {
    /// Begins everything. The ways out are put to `outboxes`, where those of the last generation may still
    /// bring a message to its end.
    pub(super) fn begin(
        house: &Arc<House>,
        listener: Option<TcpListener>,
        outboxes: &mut Parts,
        stop: &CancellationToken,
    ) -> Self {
        let (stop, mut parts) = (stop.child_token(), JoinSet::new());
        let mut crowds: HashMap<&str, usize> = HashMap::new();
        for host in house.config.sources.iter().flat_map(hosts) {
            *crowds.entry(host).or_default() += 1;
        }
        let (closing, mut listeners) = (CancellationToken::new(), JoinSet::new());
        for source in &house.config.sources {
            let neighbours = hosts(source).filter_map(|host| crowds.get(host)).sum();
            let (inside, source, until) = (Arc::clone(house), source.clone(), stop.clone());
            spawn(
                &mut parts,
                house,
                &stop,
                (format!("the source {}", source.name), Need::Single),
                move || source_loop(Arc::clone(&inside), source.clone(), neighbours, until.clone()),
            );
        }
        for way in house.channels.ways() {
            let (inside, way, until) = (Arc::clone(house), way.clone(), stop.clone());
            spawn(outboxes, house, &stop, (way.to_string(), Need::Vital), move || {
                outbox_loop(Arc::clone(&inside), way.clone(), until.clone())
            });
        }
        let (inside, until) = (Arc::clone(house), stop.clone());
        spawn(&mut parts, house, &stop, ("the last days".to_owned(), Need::Vital), move || {
            remember(Arc::clone(&inside), until.clone())
        });
        let (inside, until) = (Arc::clone(house), stop.clone());
        spawn(&mut parts, house, &stop, ("articles".to_owned(), Need::Vital), move || {
            orphan_loop(Arc::clone(&inside), until.clone())
        });
        let (inside, until) = (Arc::clone(house), stop.clone());
        spawn(&mut parts, house, &stop, ("quiet polls".to_owned(), Need::Vital), move || {
            let (house, stop) = (Arc::clone(&inside), until.clone());
            async move { house.quiet_loop(&stop).await }
        });
        let (inside, until) = (Arc::clone(house), stop.clone());
        spawn(&mut parts, house, &stop, ("clearing away".to_owned(), Need::Vital), move || {
            retention_loop(Arc::clone(&inside), until.clone())
        });
        let (inside, until) = (Arc::clone(house), stop.clone());
        spawn(&mut parts, house, &stop, ("the vigil".to_owned(), Need::Vital), move || {
            vigil_loop(Arc::clone(&inside), until.clone())
        });
        if let Some(listener) = listener {
            let (inside, working, until) = (Arc::clone(house), stop.clone(), closing.clone());
            spawn(&mut listeners, house, &closing, ("the listener".to_owned(), Need::Vital), move || {
                listener_loop(Arc::clone(&inside), listener.try_clone(), working.clone(), until.clone())
            });
        }
        Self { house: Arc::clone(house), stop, parts, listener: listeners, closing }
    }

    /// The next part that ends before its time, with the error; waits for ever where none does.
    pub(super) async fn failed(&mut self) -> anyhow::Error {
        tokio::select! {
            error = failed(&mut self.parts) => error,
            error = failed(&mut self.listener) => error,
        }
    }

    /// Ends everything that is no way out, by `until`: polls are dropped where they are, the transaction that runs
    /// comes to its end. The ways out end by themselves when the message in flight has. Who asks is answered
    /// until [`Self::close`].
    pub(super) async fn end(&mut self, until: Instant) -> Ended {
        self.stop.cancel();
        drain(&mut self.parts, until).await
    }

    /// Answers nobody any more.
    pub(super) async fn close(&mut self, until: Instant) {
        self.closing.cancel();
        drain(&mut self.listener, until).await;
    }
}

/// The hosts that a source is asked at.
fn hosts(source: &Source) -> impl Iterator<Item = &str> {
    source.addresses.iter().filter_map(|address| address.url.host_str())
}

/// The next part that ends before its time, with the error; waits for ever where none does.
pub(super) async fn failed(parts: &mut Parts) -> anyhow::Error {
    while let Some(ended) = parts.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(PartError::Store(error))) => return error.into(),
            Ok(Err(error)) => return error.into(),
            Err(panicked) => return anyhow::Error::new(panicked).context("a part of the daemon failed"),
        }
    }
    std::future::pending().await
}

/// Until when what is under way is waited for that ends now.
pub(super) fn patience() -> Instant {
    Instant::now() + DRAIN
}

/// Waits until all parts have ended; what does not in time is cut off.
pub(super) async fn drain(parts: &mut Parts, until: Instant) -> Ended {
    let drained = tokio::time::timeout_at(until, async { while parts.join_next().await.is_some() {} }).await;
    if drained.is_ok() {
        return Ended::ByItself;
    }
    tracing::warn!("some work did not end in time and was cut off; nothing is lost by that");
    parts.shutdown().await;
    Ended::CutOff
}

/// How parts have come to their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// In time.
    ByItself,
    /// Not in time: a transaction may have become lasting of which nobody has heard.
    CutOff,
}

fn spawn<Part>(
    parts: &mut Parts,
    house: &Arc<House>,
    stop: &CancellationToken,
    (name, need): (String, Need),
    part: impl Fn() -> Part + Send + Sync + 'static,
) where
    Part: Future<Output = Result<(), StoreError>> + Send + 'static,
{
    let (house, stop) = (Arc::clone(house), stop.clone());
    parts.spawn(async move { supervised(name, need, (&house.clock, &house.panics), &stop, part).await });
}

/// Answers readers and monitors until `stop`.
async fn listener_loop(
    house: Arc<House>,
    listener: std::io::Result<TcpListener>,
    working: CancellationToken,
    stop: CancellationToken,
) -> Result<(), StoreError> {
    let (clock, health, counted) = (house.clock.clone(), Arc::clone(&house), Arc::clone(&house));
    let metrics = move || -> serve::Numbers { Box::pin(numbers(Arc::clone(&counted))) };
    let told = house.config.listen.as_ref().is_some_and(|listen| listen.metrics);
    let desk = Desk {
        store: house.store.clone(),
        subscribers: house.config.subscribers.clone(),
        now: Box::new(move || clock.now()),
        health: Box::new(move |signals, now| health.health(&signals, now)),
        ready: Box::new(move || !working.is_cancelled()),
        metrics: told.then(|| Box::new(metrics) as _),
        writes: TaskTracker::new(),
    };
    let listener = listener.and_then(tokio::net::TcpListener::from_std);
    let served = match listener {
        Ok(listener) => serve::serve(listener, desk, stop.clone().cancelled_owned()).await,
        Err(error) => Err(error),
    };
    if let Err(error) = served {
        tracing::error!(%error, "the listener failed");
    }
    stop.cancelled().await;
    Ok(())
}

/// All that was counted, and how things stand in the database, for a monitor.
async fn numbers(house: Arc<House>) -> Result<String, StoreError> {
    let sources = Standing::of(&house.config.sources, &house.store.source_states().await?);
    let gauges = house.store.gauges().await?;
    let alarms = house.store.alarms().await?.len();
    let (started, now) = (house.started, house.clock.now());
    Ok(house.metrics.page(&Asked { sources: &sources, gauges: &gauges, alarms, started, now }))
}
