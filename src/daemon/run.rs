//! `run`: the daemon, from its start to its end: generations of parts, one for each configuration.
//!
//! Stops the process: an error of the database that time does not mend, a part that fails again and again.
//! Tried again: everything else, each by its own schedule. SIGTERM and SIGINT end it: polls are dropped where
//! they are, the running transaction and the message in flight come to their end. SIGHUP has it read its
//! configuration again; where that is wrong, the old one stays.

use super::House;
use super::generation::Generation;
use super::metrics::ReloadResult;
use super::parts::{Ended, Parts, patience};
use super::verdict::Reload;
use super::{keeper, service};
use crate::config::Config;
use crate::store::StoreError;
use anyhow::Context;
use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// How long a reload waits for those who have asked the listener and are not answered.
const CLOSING: Duration = Duration::from_secs(2);

/// How the daemon is asked to read its configuration again, and how it does so.
pub struct Reloading {
    asked: Signal,
    load: Arc<dyn Fn() -> anyhow::Result<Config> + Send + Sync>,
}

impl fmt::Debug for Reloading {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reloading").finish_non_exhaustive()
    }
}

impl Reloading {
    /// On SIGHUP, by `load`. Must be called inside a runtime; from then on the signal ends the process no more.
    pub fn on_signal(
        load: impl Fn() -> anyhow::Result<Config> + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        Ok(Self { asked: signal(SignalKind::hangup())?, load: Arc::new(load) })
    }
}

/// Cancels `stop` when the process is asked to end. Must be called inside a runtime.
pub fn stop_on_signal(stop: CancellationToken) -> std::io::Result<()> {
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

/// Runs until `stop` is cancelled or a part fails for good.
pub async fn run(
    house: &Arc<House>,
    stop: &CancellationToken,
    mut reloading: Option<Reloading>,
) -> anyhow::Result<()> {
    let mut listening = Listening::of(&house.config, None)?;
    let mut outboxes = Parts::default();
    let mut generation = Generation::begin(house, listening.another()?, &mut outboxes, stop);
    if reloading.is_some() {
        house.say_who().context("the lock of the state cannot be written")?;
        if let Err(error) = Reload::prepare(&house.config.state) {
            tracing::warn!(%error, "no room can be kept for what comes of a reload: on a full disk nobody would be told");
        }
    }
    tell_what_is_watched(&house.config, "sanctionwatch watches");
    service::ready();
    let (current, seen) = watch::channel(Arc::clone(house));
    let keeper = AbortOnDropHandle::new(tokio::spawn(keeper::keep(seen, stop.child_token())));
    let failure = loop {
        let asked = async {
            match &mut reloading {
                Some(reloading) => reloading.asked.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => break None,
            error = generation.failed() => break Some(error),
            error = outboxes.failed() => break Some(error),
            _ = asked => {}
        }
        let Some(reloading) = &reloading else { continue };
        service::reloading();
        let reload = begin_reload(&generation.house);
        let renewed = tokio::select! {
            () = stop.cancelled() => break None,
            renewed = renewed(&generation.house, reloading, &listening) => renewed,
        };
        match renewed {
            Ok((next, its, listener)) => {
                let old = Arc::clone(&generation.house);
                let until = patience();
                // The end has a patience of its own, and waits for the rest of it.
                let ended = tokio::select! {
                    () = stop.cancelled() => break None,
                    ended = generation.end(until) => ended,
                };
                // From here on only the database can stop it, as at a start. Who asks is answered meanwhile: on a
                // full disk it may take long.
                match take_over(&next, &old, ended, stop).await {
                    Ok(Some(())) => {}
                    Ok(None) => break None,
                    Err(error) => break Some(error),
                }
                tokio::select! {
                    () = stop.cancelled() => break None,
                    () = generation.close(Instant::now() + CLOSING) => {}
                }
                listening = its;
                generation = Generation::begin(&next, listener, &mut outboxes, stop);
                current.send_replace(Arc::clone(&next));
                tell_what_is_watched(&next.config, "the configuration was read again");
                give_verdict(&next, reload, None);
            }
            Err(error) => {
                tracing::error!(
                    "the configuration was read again and cannot be used; the old one stays: {error:#}"
                );
                give_verdict(&generation.house, reload, Some(format!("{error:#}")));
            }
        }
        service::ready();
    };
    service::stopping();
    stop.cancel();
    // One patience for all: whoever asked for the end waits no longer.
    let until = patience();
    generation.end(until).await;
    outboxes.drain(until).await;
    generation.close(until).await;
    drop(keeper);
    failure.map_or(Ok(()), Err)
}

/// The house and the listener as the configuration has them now; nothing of the old ones has changed.
async fn renewed(
    old: &Arc<House>,
    reloading: &Reloading,
    listening: &Listening,
) -> anyhow::Result<(Arc<House>, Listening, Option<TcpListener>)> {
    let (old, load) = (Arc::clone(old), Arc::clone(&reloading.load));
    let next = tokio::task::spawn_blocking(move || old.renewed(load()?)).await??;
    let listening = Listening::of(&next.config, Some(listening))?;
    let listener = listening.another()?;
    Ok((next, listening, listener))
}

/// Makes the state ready for the next house; `None` where `stop` comes first. What time may mend is tried again: nothing
/// else works meanwhile.
async fn take_over(
    next: &House,
    old: &House,
    ended: Ended,
    stop: &CancellationToken,
) -> anyhow::Result<Option<()>> {
    loop {
        let taken = tokio::select! {
            () = stop.cancelled() => return Ok(None),
            taken = next.take_over(old, ended) => taken,
        };
        match taken.map_err(anyhow::Error::downcast::<StoreError>) {
            Ok(()) => return Ok(Some(())),
            Err(Ok(error)) => next.pause_or_end(error, stop).await?,
            Err(Err(error)) => return Err(error),
        }
    }
}

/// Tells who asks from here on that this reload may not have seen what they have changed. `None` where that cannot be
/// written: then nobody is to take its verdict for theirs.
fn begin_reload(house: &House) -> Option<Reload> {
    let begun = Reload::begin(&house.config.state);
    if let Err(error) = &begun {
        tracing::warn!(%error, "that the configuration is read again could not be written down: who waits is not answered");
    }
    begun.ok()
}

/// Tells who waits what came of a reload.
fn give_verdict(house: &House, reload: Option<Reload>, refused: Option<String>) {
    let result = if refused.is_none() { ReloadResult::Taken } else { ReloadResult::Refused };
    house.metrics.reloaded(result);
    if let Some(Err(error)) = reload.map(|reload| reload.decide(house.clock.now(), refused)) {
        tracing::warn!(%error, "what came of reading the configuration again could not be written down");
    }
}

fn tell_what_is_watched(config: &Config, what: &str) {
    tracing::info!(
        sources = config.sources.len(),
        watches = config.watches.len(),
        subscribers = config.subscribers.len() - config.webhooks.len(),
        webhooks = config.webhooks.len(),
        "{what}"
    );
}

/// Why the daemon cannot listen where it is to.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The system refuses it.
    #[error("cannot listen at {address} (`[listen]`); another program may do so already")]
    Refused {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The daemon itself is in the way: of a reload, which may yet be refused, it goes on as it was.
    #[error(
        "cannot listen at {address} (`[listen]`) while the daemon listens at {own}: one of them includes the other. \
         Restart it for that, or give another port"
    )]
    Overlaps {
        /// Where.
        address: SocketAddr,
        /// Where it listens now.
        own: SocketAddr,
    },
}

/// Where the daemon listens; over generations, so that who asks during a reload waits a moment.
#[derive(Debug)]
struct Listening(Option<(SocketAddr, TcpListener)>);

impl Listening {
    /// Listens where the configuration says; an address that is listened at already is kept.
    fn of(config: &Config, before: Option<&Self>) -> anyhow::Result<Self> {
        let Some(listen) = &config.listen else { return Ok(Self(None)) };
        if let Some((address, listener)) = before.and_then(|before| before.0.as_ref())
            && *address == listen.address
        {
            return Ok(Self(Some((*address, listener.try_clone()?))));
        }
        let own = before.and_then(|before| before.0.as_ref()).map(|(address, _)| *address);
        let listener =
            TcpListener::bind(listen.address).map_err(|source| why_not(listen.address, own, source))?;
        listener.set_nonblocking(true)?;
        tracing::info!(address = %listener.local_addr()?, "listening");
        Ok(Self(Some((listen.address, listener))))
    }

    /// The listener for one more generation.
    fn another(&self) -> std::io::Result<Option<TcpListener>> {
        self.0.as_ref().map(|(_, listener)| listener.try_clone()).transpose()
    }
}

/// What keeps the daemon from listening at an address, where it listens at its `own` now.
fn why_not(address: SocketAddr, own: Option<SocketAddr>, source: std::io::Error) -> ListenError {
    let includes = |own: &SocketAddr| {
        own.port() == address.port() && (own.ip().is_unspecified() || address.ip().is_unspecified())
    };
    match own.filter(includes) {
        Some(own) if source.kind() == std::io::ErrorKind::AddrInUse => ListenError::Overlaps { address, own },
        _ => ListenError::Refused { address, source },
    }
}
