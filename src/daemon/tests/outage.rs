//! The network goes and comes back.

use super::*;
use crate::daemon::source_loop::source_loop;
use crate::domain::Ailment;
use crate::store::SourceState;
use std::time::{Duration, Instant};

/// A source that is asked once a week, at an address where nobody answers.
const NOBODY: &str = "[[source]]\nname = \"Nobody\"\nurl = \"http://127.0.0.1:9/rss\"\ninterval = \"7d\"\n\
                      allow-addresses = [\"127.0.0.0/8\"]\n[[watch]]\nname = \"Iran\"\ncountries = [\"Iran\"]\n";

/// The state of a source, once it has failed so often.
async fn failed(house: &House, source: &Source, times: u32) -> SourceState {
    loop {
        let state = house.store.source_state(&source.name).await.unwrap();
        if let Some(state) = state.filter(|state| state.failures >= times) {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_failed_in_an_outage_is_asked_soon_after_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = check_text(NOBODY).unwrap_or_else(|errors| panic!("{errors}")).config;
    config.state = folder.path().join("state.db");
    let from: Timestamp = "2026-08-12T09:00:00Z".parse().unwrap();
    // A week takes half a minute.
    let house =
        House::open(config, Clock::Hurried { from, begun: Instant::now(), times: 20_000 }).await.unwrap();
    house.network.recall(Some(from));
    let source = house.config.sources[0].clone();
    let stop = CancellationToken::new();
    let polls = tokio::spawn(source_loop(Arc::clone(&house), source.clone(), 1, stop.clone()));
    let first = failed(&house, &source, 1).await;
    assert!(first.next_poll >= from + SignedDuration::from_hours(7 * 24));

    house.network.reached(first.failing_since, house.clock.now() + minutes(6));

    let second = failed(&house, &source, 2).await;
    assert!(second.last_attempt < Some(first.next_poll), "{second:?}");
    stop.cancel();
    polls.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_an_outage_explains_is_told_of_no_source() {
    let days = Days::begin("[operator]\nemail = \"ops@example.org\"\n", "2026-08-12T09:00:00Z").await;
    let source = days.house.config.sources[0].clone();
    let name = &source.name;
    let fails = || async {
        let outcome = Outcome::Failed { reason: "down".to_owned(), retry_after: None, gone: false };
        let now = days.house.clock.now();
        let polled = Polled { source: source.clone(), now, failed: Vec::new(), outcome };
        commit(&days.house, &polled, 1).await.unwrap()
    };
    days.house.network.recall(Some(days.house.clock.now()));
    for _ in 0..5 {
        days.at("2026-08-13T09:00:00Z");
        fails().await;
    }
    let ails = || async { days.house.store.source_state(name).await.unwrap().unwrap().ailing };
    let since = days.house.store.source_state(name).await.unwrap().unwrap().failing_since;
    days.at("2026-08-14T12:00:00Z");
    days.house.network.reached(since, days.house.clock.now());
    days.house.visit_sources(days.house.clock.now()).await.unwrap();
    assert_eq!(ails().await, None, "the network was away");
    days.at("2026-08-15T12:00:00Z");
    fails().await;
    days.house.visit_sources(days.house.clock.now()).await.unwrap();
    assert_eq!(ails().await, Some(Ailment::Failing), "a day later it is the source");
}
