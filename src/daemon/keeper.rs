//! The keeper: tells the service manager how things stand and, as long as every part goes on, that the daemon
//! is alive. Where one hangs it says nothing, and the service manager ends the process.

use super::House;
use super::clock::LONGEST_SLEEP;
use super::service;
use super::standing::Standing;
use crate::store::StoreError;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long the database is asked how things stand: that the daemon is alive does not wait for it.
const STATUS_TIMEOUT: Duration = Duration::from_secs(5);

/// Keeps watch until `stop`. It never fails: it is the parts that matter.
pub(super) async fn keep(current: watch::Receiver<Arc<House>>, stop: CancellationToken) {
    let wanted = service::watchdog_interval();
    let every = wanted.map_or(LONGEST_SLEEP, |wanted| wanted.min(LONGEST_SLEEP));
    let mut said = String::new();
    let mut told = None;
    while !stop.is_cancelled() {
        let house = Arc::clone(&current.borrow());
        if let Some((part, late)) = house.pulses.overdue(Instant::now()) {
            if told.as_ref() != Some(&part) {
                tracing::error!(part, late_seconds = late.as_secs(), "a part of the daemon hangs");
            }
            told = Some(part);
        } else {
            told = None;
            if wanted.is_some() {
                service::alive();
            }
        }
        let line = tokio::time::timeout(STATUS_TIMEOUT, status(&house)).await.ok().and_then(Result::ok);
        let line = line.unwrap_or_else(|| "the database does not say how things stand".to_owned());
        let refusing = house.writing.refusing().map(|refusing| refusing.to_string());
        let line = refusing.into_iter().chain([line]).collect::<Vec<_>>().join("; ");
        if line != said && service::status(&line) {
            said = line;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(every) => {}
        }
    }
}

/// How things stand, in a line.
async fn status(house: &House) -> Result<String, StoreError> {
    let sources = Standing::of(&house.config.sources, &house.store.source_states().await?);
    let pending = house.store.open_count().await?;
    let alerts: u64 =
        house.store.waiting_alerts().await?.iter().map(|waiting| u64::from(waiting.alerts)).sum();
    let panics = house.panics.load(Ordering::Relaxed);
    Ok(line(&sources, alerts, pending, panics))
}

fn line(sources: &Standing, alerts: u64, deliveries: u64, panics: u64) -> String {
    let counted = |number: u64, what: &str| match number {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    };
    let mut parts = vec![format!("{} of {} sources healthy", sources.healthy(), sources.configured)];
    if !sources.not_asked.is_empty() {
        parts.push(format!("{} not asked yet", sources.not_asked.len()));
    }
    parts.push(format!("{} pending", counted(alerts, "alert")));
    if deliveries > 0 {
        parts.push(format!("{} waiting", counted(deliveries, "message")));
    }
    if panics > 0 {
        parts.push(format!("{} of a part of the program", counted(panics, "failure")));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::standing::FailingSource;
    use crate::domain::SourceName;
    use rstest::rstest;

    /// So many sources, of which so many fail and so many were not asked yet.
    fn sources(configured: usize, failing: usize, not_asked: usize) -> Standing {
        let name = SourceName::new("Harbour Times").unwrap();
        let fails = FailingSource { source: name.clone(), reason: "404".to_owned(), since: None };
        Standing {
            configured,
            failing: vec![fails; failing],
            not_asked: vec![name; not_asked],
            ..Standing::default()
        }
    }

    #[rstest]
    #[case::well(line(&sources(64, 0, 0), 0, 0, 0), "64 of 64 sources healthy, 0 alerts pending")]
    #[case::waiting(line(&sources(64, 3, 0), 2, 1, 0), "61 of 64 sources healthy, 2 alerts pending, 1 message waiting")]
    #[case::begun(line(&sources(64, 1, 60), 0, 0, 0), "3 of 64 sources healthy, 60 not asked yet, 0 alerts pending")]
    #[case::panicked(
        line(&sources(1, 0, 0), 1, 0, 2),
        "1 of 1 sources healthy, 1 alert pending, 2 failures of a part of the program"
    )]
    fn the_status_says_something(#[case] line: String, #[case] expected: &str) {
        assert_eq!(line, expected);
    }
}
