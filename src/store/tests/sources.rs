//! What is known of sources: their polls, their rhythm, their addresses.

use super::*;

#[tokio::test]
async fn quiet_polls_are_written_together() {
    let fixture = Fixture::new().await;
    let pace = |minutes| Pace { interval: Some(Duration::from_mins(minutes)), ..Pace::default() };
    let quiet = |name, minutes| QuietPoll {
        source: source(name),
        now: later(minutes),
        next_poll: later(minutes + 15),
        pace: pace(20),
    };
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let failed = PollRecord {
        source: &source("News"),
        now: now(),
        next_poll: later(15),
        wait_until: Some(later(60)),
        error: Some("down"),
        gone: true,
        pace: None,
        body: None,
    };
    transaction.record_poll(failed).await.expect("recorded");
    let body = BodyRecord { entries: 3, repairs: &[], guids: (1, 0), newest: None };
    let read = PollRecord { source: &source("Wire"), error: None, body: Some(body), ..failed };
    transaction.record_poll(read).await.expect("recorded");
    transaction.record_quiet(&[quiet("News", 20), quiet("Wire", 21)]).await.expect("recorded");
    transaction.record_quiet(&[]).await.expect("nothing");
    transaction.commit().await.expect("committed");

    let states = fixture.store.source_states().await.expect("states");
    for (name, minutes, entries) in [("News", 20, None), ("Wire", 21, Some(3))] {
        let expected = SourceState {
            last_attempt: Some(later(minutes)),
            last_success: Some(later(minutes)),
            pace: pace(20),
            entries,
            ..SourceState::at(later(minutes + 15))
        };
        assert_eq!(states[&source(name)], expected);
    }
}

#[tokio::test]
async fn a_source_remembers_its_failures_and_its_validators() {
    let fixture = Fixture::new().await;
    let name = source("News");
    let address = "https://example.org/rss".parse().expect("a link");
    let validators = Validators { etag: Some("W/\"x\"".to_owned()), last_modified: None };
    let poll = |error, minutes| PollRecord {
        source: &name,
        now: later(minutes),
        next_poll: later(minutes + 15),
        wait_until: None,
        error,
        gone: false,
        pace: None,
        body: None,
    };
    let body =
        |entries, repairs| Some(BodyRecord { entries, repairs, guids: (7, 2), newest: Some(later(-5)) });
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert_eq!(transaction.polled_before(&name).await.expect("asked"), PolledBefore::default());
    transaction
        .record_poll(PollRecord { body: body(3, &[Repair::BareAmpersand, Repair::NoDates]), ..poll(None, 0) })
        .await
        .expect("recorded");
    let moved = Some(Moved { to: "https://example.net/rss".parse().expect("a link"), times: 2 });
    let rest = Some(Rest { failures: 3, until: later(90), reason: RestReason::Asked });
    let known = KnownAddress { validators, digest: Some("ab".to_owned()), moved, rest };
    transaction.keep_address(&name, &address, &known).await.expect("kept");
    let asked = Asked { every: Some(Duration::from_mins(30)), ..Asked::default() };
    let pace = Pace { interval: Some(Duration::from_mins(20)), asked, read_at: Some(address.clone()) };
    transaction
        .record_poll(PollRecord { pace: Some(&pace), ..poll(Some("down"), 1) })
        .await
        .expect("recorded");
    transaction.record_poll(poll(Some("still down"), 2)).await.expect("recorded");
    let before = PolledBefore { last_success: Some(now()), pace: pace.clone(), guids: (7, 2) };
    assert_eq!(transaction.polled_before(&name).await.expect("asked"), before);
    transaction.commit().await.expect("committed");
    let state = &fixture.store.source_states().await.expect("states")[&name];
    assert_eq!((state.failures, state.failing_since), (2, Some(later(1))));
    assert_eq!((state.last_error.as_deref(), state.entries), (Some("still down"), Some(3)));
    assert_eq!(state.repairs, [Repair::BareAmpersand, Repair::NoDates], "of the last body that was read");
    assert_eq!(state.next_poll, later(17));
    assert_eq!(state.pace, pace);
    let kept = fixture.store.addresses(&name).await.expect("addresses");
    assert_eq!(kept["https://example.org/rss"], known);

    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.record_poll(poll(None, 3)).await.expect("recorded");
    transaction.commit().await.expect("committed");
    let state = &fixture.store.source_states().await.expect("states")[&name];
    assert_eq!((state.failures, state.failing_since, state.last_success), (0, None, Some(later(3))));
    assert_eq!(state.repairs.len(), 2, "nothing new says nothing of the body");

    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.record_poll(PollRecord { body: body(4, &[]), ..poll(None, 4) }).await.expect("recorded");
    transaction.commit().await.expect("committed");
    let state = &fixture.store.source_states().await.expect("states")[&name];
    assert_eq!((state.entries, state.repairs.as_slice()), (Some(4), [].as_slice()), "it was mended");
}
