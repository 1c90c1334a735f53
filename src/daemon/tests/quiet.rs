//! Polls that bring nothing new: written together, a moment later, and never over what came after them.

use super::*;

const MORNING: &str = "2026-08-12T09:00:00Z";

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

#[tokio::test]
async fn a_quiet_poll_is_written_with_the_next_that_is_not_quiet() {
    let days = Days::begin(DESK, MORNING).await;
    days.quiet_poll().await;
    assert_eq!(
        days.last_attempt().await.unwrap(),
        at(MORNING),
        "nothing was known of its address: written at once"
    );
    days.after(minutes(20));
    assert!(days.quiet_poll().await.next_poll.is_some());
    assert_eq!(days.last_attempt().await.unwrap(), at(MORNING), "it waits");
    days.house.write_quiet().await.unwrap();
    assert_eq!(days.last_attempt().await.unwrap(), at("2026-08-12T09:20:00Z"));
}

#[tokio::test]
async fn a_quiet_poll_undoes_no_failure_that_came_after_it() {
    let days = Days::begin(DESK, MORNING).await;
    days.quiet_poll().await;
    days.after(minutes(20));
    days.quiet_poll().await;
    let quiet = days.house.quiet.unwritten();
    assert_eq!(quiet.len(), 1);
    days.after(minutes(20));
    let (source, now) = (days.house.config.sources[0].clone(), days.house.clock.now());
    let outcome = Outcome::Failed { reason: "down".to_owned(), retry_after: None, gone: false };
    commit(&days.house, &Polled { source: source.clone(), now, failed: Vec::new(), outcome }, 0)
        .await
        .unwrap();

    // Late, as by somebody who had taken it before.
    let mut transaction = days.house.store.begin().await.unwrap();
    transaction.record_quiet(&quiet).await.unwrap();
    transaction.commit().await.unwrap();
    let state = days.house.store.source_state(&source.name).await.unwrap().unwrap();
    assert_eq!((state.failures, state.last_error.as_deref()), (1, Some("down")));
    assert_eq!(state.last_success.unwrap(), at("2026-08-12T09:20:00Z"), "and it was read before");
}

#[tokio::test]
async fn what_is_quiet_outlives_a_reload() {
    let days = Days::begin(DESK, MORNING).await;
    days.quiet_poll().await;
    days.after(minutes(20));
    days.quiet_poll().await;
    let next = days.house.renewed(days.house.config.clone()).unwrap();
    next.take_over(&days.house, parts::Ended::ByItself).await.unwrap();
    assert_eq!(
        days.last_attempt().await.unwrap(),
        at("2026-08-12T09:20:00Z"),
        "written before the new one begins"
    );
}
