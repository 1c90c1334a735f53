//! `once`: every source polled once, everything due delivered, the dead-man signal looked at, a summary.

use super::articles::read_articles;
use super::commit::{Committed, commit};
use super::dispatch::Dispatched;
use super::house::House;
use super::poll::{Outcome, Polled, poll};
use crate::domain::{DeliveryState, DropReason, SourceName, Way};
use crate::schedule::{self, Occasion};
use crate::store::StoreError;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// What one round came to; its JSON form is a promise.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Summary {
    /// How the sources fared.
    pub sources: SourceCounts,
    /// Which failed, and why.
    pub failures: Vec<SourceFailure>,
    /// Entries in all bodies that were read.
    pub entries: usize,
    /// What they were.
    pub items: ItemCounts,
    /// The articles of items that waited for them.
    pub articles: ArticleCounts,
    /// What they told.
    pub stories: StoryCounts,
    /// Stories that owe an alert because of this round.
    pub alerts: usize,
    /// How the outbox stands.
    pub deliveries: DeliveryCounts,
    /// New items that did not become alerts, by reason.
    pub dropped: BTreeMap<DropReason, usize>,
}

/// How the sources fared.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct SourceCounts {
    /// Asked at all.
    pub polled: usize,
    /// Answered with a body.
    pub changed: usize,
    /// Answered that nothing is new.
    pub unchanged: usize,
    /// Could not be reached or read.
    pub failed: usize,
}

/// A source that failed.
#[derive(Debug, Clone, Serialize)]
pub struct SourceFailure {
    /// Which.
    pub source: SourceName,
    /// Why, for a person.
    pub reason: String,
}

/// What the entries were.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct ItemCounts {
    /// Never seen before.
    pub new: usize,
    /// Read differently now.
    pub updated: usize,
    /// Read as before.
    pub known: usize,
}

/// How the articles fared.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct ArticleCounts {
    /// Read.
    pub read: usize,
    /// Could not be read, so that the feed's text has decided.
    pub failed: usize,
}

/// What the items told.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct StoryCounts {
    /// Stories opened.
    pub new: usize,
    /// Stories told again or differently.
    pub updated: usize,
}

/// How the outbox stands.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct DeliveryCounts {
    /// Accepted in this round.
    pub sent: u64,
    /// Waiting.
    pub pending: u64,
    /// Refused or given up in this round.
    pub refused: u64,
}

impl Summary {
    /// Whether at least one source was reached, or there was none to reach.
    #[must_use]
    pub fn reached_any(&self) -> bool {
        self.sources.polled == 0 || self.sources.changed + self.sources.unchanged > 0
    }
}

/// How far a round has come, for a progress display.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Sources done.
    pub done: usize,
    /// Sources in all.
    pub of: usize,
    /// Items never seen before, so far.
    pub new: usize,
    /// Alerts so far.
    pub alerts: usize,
}

/// Polls every source once and delivers what is due. `observe` hears of every source that is done.
pub async fn once(house: &Arc<House>, observe: impl Fn(Progress)) -> Result<Summary, StoreError> {
    let states = house.store.source_states().await?;
    let mut polls: JoinSet<Result<Result<Polled, SourceFailure>, StoreError>> = JoinSet::new();
    for source in &house.config.sources {
        let (inside, source) = (Arc::clone(house), source.clone());
        let wait = states.get(&source.name).and_then(|state| state.wait_until);
        polls.spawn(async move {
            let now = inside.clock.now();
            match wait {
                Some(until) if schedule::still_waits(until, now).is_some() => Ok(Err(SourceFailure {
                    source: source.name,
                    reason: format!("the server asked not to be polled before {until:.0}"),
                })),
                _ => match inside.fetcher.rests_until(&source, now) {
                    Some(until) => Ok(Err(SourceFailure {
                        source: source.name,
                        reason: format!("its server asked not to be polled before {until:.0}"),
                    })),
                    None => poll(&inside, &source, Occasion::Wished).await.map(Ok),
                },
            }
        });
    }
    let mut reads = JoinSet::new();
    let read = |name: SourceName| {
        let inside = Arc::clone(house);
        async move { read_articles(&inside, &name, &CancellationToken::new()).await }
    };
    // What the last process left waiting.
    for name in house.store.sources_awaiting().await? {
        reads.spawn(read(name));
    }
    let mut summary = Summary::default();
    let mut total = Committed::default();
    let mut progress = Progress { of: house.config.sources.len(), ..Progress::default() };
    while let Some(polled) = polls.join_next().await {
        progress.done += 1;
        summary.sources.polled += 1;
        let polled = match polled {
            Ok(Err(error)) => return Err(error),
            Ok(Ok(Ok(polled))) => polled,
            Ok(Ok(Err(waiting))) => {
                summary.sources.failed += 1;
                summary.failures.push(waiting);
                observe(progress);
                continue;
            }
            Err(panicked) => {
                summary.sources.failed += 1;
                tracing::error!(%panicked, "a poll ended in a way that was not foreseen");
                continue;
            }
        };
        match &polled.outcome {
            Outcome::Unchanged(_) => summary.sources.unchanged += 1,
            Outcome::Changed { .. } => summary.sources.changed += 1,
            Outcome::Failed { reason, .. } => {
                summary.sources.failed += 1;
                let source = polled.source.name.clone();
                summary.failures.push(SourceFailure { source, reason: reason.clone() });
            }
        }
        let failures = states.get(&polled.source.name).map_or(0, |state| state.failures);
        let committed = commit(house, &polled, failures).await?;
        if committed.awaited > 0 {
            reads.spawn(read(polled.source.name.clone()));
        }
        total.add(&committed);
        progress.new = total.new;
        progress.alerts = total.alerts;
        observe(progress);
    }
    house.write_quiet().await?;
    while let Some(decided) = reads.join_next().await {
        match decided {
            Ok(decided) => total.add(&decided?),
            Err(panicked) => {
                tracing::error!(%panicked, "the articles of a source were read in a way that was not foreseen");
            }
        }
    }
    summary.articles = ArticleCounts { read: total.articles_read, failed: total.articles_failed };
    summary.failures.sort_by(|one, other| one.source.cmp(&other.source));
    summary.entries = total.entries;
    summary.items = ItemCounts { new: total.new, updated: total.updated, known: total.known };
    summary.stories = StoryCounts { new: total.stories_new, updated: total.stories_updated };
    summary.alerts = total.alerts;
    summary.dropped = total.dropped;
    let mut dispatched = deliver(house).await?;
    // Every source was asked and every way out was tried: nothing more is to be waited for.
    if house.look(Duration::ZERO).await? {
        dispatched += deliver(house).await?;
    }
    let open = house.store.delivery_counts().await?;
    summary.deliveries = DeliveryCounts {
        sent: dispatched.sent,
        refused: dispatched.refused,
        pending: open
            .iter()
            .filter(|(state, _)| matches!(state, DeliveryState::Pending | DeliveryState::InDoubt))
            .map(|(_, number)| number)
            .sum(),
    };
    Ok(summary)
}

/// Delivers what is due. What only the rate of a way out holds back follows when it lets more pass: nobody
/// is there afterwards to send it.
pub(super) async fn deliver(house: &Arc<House>) -> Result<Dispatched, StoreError> {
    let stop = CancellationToken::new();
    let mut dispatched = house.dispatch(&stop).await?;
    // What fails from now on falls due later, and is not waited for.
    let until = house.clock.now();
    while let Some(wait) = house.held_by_rate(until).await? {
        house.clock.pass(wait).await;
        dispatched += house.dispatch(&stop).await?;
    }
    Ok(dispatched)
}

impl House {
    /// How long a way out lets nothing pass that was due at `until`, where only its rate holds that back.
    async fn held_by_rate(&self, until: Timestamp) -> Result<Option<Duration>, StoreError> {
        let attempts = self.store.next_attempts().await?;
        let now = self.clock.now();
        let due: BTreeSet<Way> =
            attempts.iter().filter(|(_, due)| *due <= until).map(|(recipient, _)| recipient.way()).collect();
        let mut soonest: Option<Timestamp> = None;
        for way in &due {
            let Some(outlet) = self.channels.outlet(way) else { continue };
            let outlet = outlet.lock().await;
            if let Some(opens) = outlet.pause(now).filter(|_| outlet.rate.is_some() && outlet.failures == 0) {
                soonest = Some(soonest.map_or(opens, |known| known.min(opens)));
            }
        }
        Ok(soonest.map(|opens| Duration::try_from(opens.duration_since(now)).unwrap_or_default()))
    }
}
