//! The battery for what waits for people who have left under another spelling of their address.

use super::*;

async fn write(fixture: &Fixture, statements: &[&'static str]) {
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    for sql in statements {
        sqlx::query(*sql).execute(transaction.connection()).await.expect("written");
    }
    transaction.commit().await.expect("committed");
}

/// As at the start of the daemon.
async fn start(fixture: &Fixture) -> u64 {
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let spelled = transaction.spell_addresses().await.expect("spelled");
    transaction.stop_what_nobody_wants(later(9)).await.expect("stopped");
    transaction.commit().await.expect("committed");
    spelled
}

#[rstest::rstest]
#[case::unsubscribed("UPDATE subscription SET unsubscribed = 1", Some("unsubscribed"))]
#[case::suspended("UPDATE subscription SET suspended = 1, suspended_why = 'x'", Some("suspended"))]
#[case::its_watch(
    "INSERT INTO watch_left (address, watch, since) VALUES ('desk@example.org', 'Iran', 1)",
    Some("unsubscribed")
)]
#[case::another_watch(
    "INSERT INTO watch_left (address, watch, since) VALUES ('desk@example.org', 'Cuba', 1)",
    None
)]
#[tokio::test]
async fn what_waits_for_who_has_left_is_stopped_at_the_start(
    #[case] left: &'static str,
    #[case] answer: Option<&str>,
    #[values(false, true)] rendered: bool,
) {
    let fixture = Fixture::new().await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let desk = "desk@example.org".parse().expect("an address");
    transaction.add_subscription(&desk, &Token::from_random([1; 16]), now()).await.expect("added");
    transaction.commit().await.expect("committed");
    told_story(&fixture.store).await;
    let id = if rendered { Some(put_out(&fixture.store, "abc").await) } else { None };
    write(&fixture, &[left]).await;
    assert_eq!(start(&fixture).await, 0);
    if id.is_some() {
        let listed = fixture.store.list_deliveries(None, None, 9).await.expect("listed").remove(0);
        let expected = if answer.is_some() { DeliveryState::GivenUp } else { DeliveryState::Pending };
        assert_eq!((listed.state, listed.answer.as_deref()), (expected, answer));
    }
    let waiting = fixture.store.waiting_alerts().await.expect("listed").len();
    assert_eq!(waiting, usize::from(answer.is_none() && !rendered));
    let due = fixture.store.next_due().await.expect("due");
    assert!(due.contains(&(SubscriberKey::Journal, now())), "the log is told: {due:?}");
}

#[tokio::test]
async fn who_was_known_by_a_spelling_that_the_database_lowered_is_known_by_their_own() {
    let fixture = Fixture::new().await;
    let story = told_story(&fixture.store).await;
    assert_eq!(story, StoryId(1));
    write(
        &fixture,
        &[
            "INSERT INTO subscription (address, token, added, asked, unsubscribed) \
             VALUES ('bÜro@example.org', '00000000000000000000000000000001', 1, 1, 5)",
            "INSERT INTO subscription (address, token, added, confirmed) \
             VALUES ('büro@example.org', '00000000000000000000000000000002', 9, 3)",
            "INSERT INTO subscription (address, token, added) \
             VALUES ('Öl@example.org', '00000000000000000000000000000003', 1)",
            "INSERT INTO watch_left (address, watch, since) VALUES ('bÜro@example.org', 'Cuba', 1), \
             ('büro@example.org', 'Cuba', 2), ('Öl@example.org', 'Cuba', 2)",
            "INSERT INTO delivery (channel, address, subscriber, message_id, subject, bytes, state, created, due) \
             VALUES ('smtp', 'BÜRO@example.org', 'bÜro@example.org', 'a', '', x'', 'pending', 0, 0), \
             ('webhook', 'Üro', 'webhook:Üro', 'b', '', x'', 'pending', 0, 0)",
            "INSERT INTO alert (story, subscriber, revision, watches, created, due, delivery) VALUES \
             (1, 'bÜro@example.org', 1, '[\"Iran\"]', 0, 0, 1), (1, 'webhook:Üro', 1, '[\"Iran\"]', 0, 0, 2), \
             (1, 'büro@example.org', 1, '[\"Iran\"]', 0, 0, NULL), (1, 'Öl@example.org', 1, '[\"Iran\"]', 0, 0, NULL)",
            "INSERT INTO story_mute (story, subscriber, since) \
             VALUES (1, 'bÜro@example.org', 0), (1, 'büro@example.org', 0), (1, 'Öl@example.org', 0)",
        ],
    )
    .await;
    assert_eq!(start(&fixture).await, 2);
    assert_eq!(start(&fixture).await, 0, "once");
    let people = fixture.store.subscriptions().await.expect("listed");
    let known: Vec<_> = people.iter().map(|one| (one.address.as_str(), one.left.len())).collect();
    assert_eq!(known, [("büro@example.org", 1), ("öl@example.org", 1)]);
    assert_eq!(people[0].standing(true), Standing::Unsubscribed);
    assert!(people[0].asked.is_some() && people[0].confirmed.is_some(), "{people:?}");
    assert!(people[0].token.as_str().ends_with('2'), "{people:?}");
    let states = fixture.store.list_deliveries(None, None, 9).await.expect("listed");
    let states: Vec<_> =
        states.iter().map(|one| (one.recipient.channel_and_address().0, one.state)).collect();
    assert_eq!(states, [("webhook", DeliveryState::Pending), ("smtp", DeliveryState::GivenUp)]);
    let waiting = fixture.store.waiting_alerts().await.expect("listed");
    let waiting: Vec<_> = waiting.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(waiting, ["desk@example.org", "öl@example.org"]);
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert!(
        transaction.is_muted(story, &SubscriberKey::Mail(people[1].address.clone())).await.expect("asked")
    );
}
