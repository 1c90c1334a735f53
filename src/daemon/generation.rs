//! A generation: all that runs for one configuration. When it is read again, the next generation begins where
//! this one has ended; only a message in flight is brought to its end beside it.

use super::House;
use super::hold::remember;
use super::metrics::Asked;
use super::outbox_loop::outbox_loop;
use super::parts::{Ended, Parts};
use super::quiet::quiet_loop;
use super::retention::retention_loop;
use super::source_loop::{orphan_loop, source_loop};
use super::standing::Standing;
use super::supervise::Need;
use super::vigil::vigil_loop;
use super::writing::writing_loop;
use crate::domain::Source;
use crate::serve::{self, Desk};
use crate::store::StoreError;
use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::Arc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

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
        let (stop, mut parts) = (stop.child_token(), Parts::default());
        let (closing, mut listeners) = (CancellationToken::new(), Parts::default());
        let mut crowds: HashMap<&str, usize> = HashMap::new();
        for host in house.config.sources.iter().flat_map(Source::hosts) {
            *crowds.entry(host).or_default() += 1;
        }
        for source in &house.config.sources {
            let neighbours = source.hosts().filter_map(|host| crowds.get(host)).sum();
            let (name, source) = (format!("the source {}", source.name), source.clone());
            parts.begin(house, &stop, (&name, Need::Single), move |house, stop| {
                source_loop(house, source.clone(), neighbours, stop)
            });
        }
        for way in house.channels.ways() {
            let (name, way) = (way.to_string(), way.clone());
            outboxes.begin(house, &stop, (&name, Need::Vital), move |house, stop| {
                outbox_loop(house, way.clone(), stop)
            });
        }
        parts.begin(house, &stop, ("the last days", Need::Vital), remember);
        parts.begin(house, &stop, ("articles", Need::Vital), orphan_loop);
        parts.begin(house, &stop, ("quiet polls", Need::Vital), quiet_loop);
        parts.begin(house, &stop, ("clearing away", Need::Vital), retention_loop);
        parts.begin(house, &stop, ("trials of the database", Need::Vital), writing_loop);
        parts.begin(house, &stop, ("the vigil", Need::Vital), vigil_loop);
        if let Some(listener) = listener {
            let working = stop.clone();
            listeners.begin(house, &closing, ("the listener", Need::Vital), move |house, stop| {
                listener_loop(house, listener.try_clone(), working.clone(), stop)
            });
        }
        Self { house: Arc::clone(house), stop, parts, listener: listeners, closing }
    }

    /// The next part that ends before its time, with the error; waits for ever where none does.
    pub(super) async fn failed(&mut self) -> anyhow::Error {
        tokio::select! {
            error = self.parts.failed() => error,
            error = self.listener.failed() => error,
        }
    }

    /// Ends everything that is no way out, by `until`: polls are dropped where they are, the transaction that runs
    /// comes to its end. The ways out end by themselves when the message in flight has. Who asks is answered
    /// until [`Self::close`].
    pub(super) async fn end(&mut self, until: Instant) -> Ended {
        self.stop.cancel();
        self.parts.drain(until).await
    }

    /// Answers nobody any more.
    pub(super) async fn close(&mut self, until: Instant) {
        self.closing.cancel();
        self.listener.drain(until).await;
    }
}

/// Answers readers and monitors until `stop`.
async fn listener_loop(
    house: Arc<House>,
    listener: std::io::Result<TcpListener>,
    working: CancellationToken,
    stop: CancellationToken,
) -> Result<(), StoreError> {
    let (clock, health, counted) = (house.clock.clone(), Arc::clone(&house), Arc::clone(&house));
    let writing = Arc::clone(&house.writing);
    let metrics = move || -> serve::Numbers { Box::pin(numbers(Arc::clone(&counted))) };
    let told = house.config.listen.as_ref().is_some_and(|listen| listen.metrics);
    let desk = Desk {
        store: house.store.clone(),
        subscribers: house.config.subscribers.clone(),
        now: Box::new(move || clock.now()),
        health: Box::new(move |signals, now| health.health(&signals, now)),
        idle: Box::new(move || {
            let refusing = writing.refusing().map(|refusing| refusing.to_string());
            refusing.or_else(|| working.is_cancelled().then(|| "not at work".to_owned()))
        }),
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
    let writable = house.writing.refusing().is_none();
    let refusals = house.writing.refusals();
    let asked = Asked { sources: &sources, gauges: &gauges, alarms, writable, refusals, started, now };
    Ok(house.metrics.page(&asked))
}
