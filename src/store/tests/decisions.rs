//! The battery for decisions: leaving, muting and dropping against what waits, is rendered or is in flight.

use super::*;

fn desk() -> MailAddress {
    "desk@example.org".parse().expect("an address")
}

fn watch(name: &str) -> WatchName {
    WatchName::new(name).expect("a name")
}

/// A store that knows the reader, to whom a story is owed.
async fn owed() -> (Fixture, StoryId) {
    let fixture = Fixture::new().await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.add_subscription(&desk(), &Token::from_random([1; 16]), now()).await.expect("added");
    transaction.commit().await.expect("committed");
    let story = told_story(&fixture.store).await;
    (fixture, story)
}

/// A copy of the story comes that a watch asks for. Whether the reader is owed it only now.
async fn copy_for(fixture: &Fixture, story: StoryId, name: &str, minutes: i64) -> bool {
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let asked = BTreeSet::from([watch(name)]);
    let new = transaction.owe(story, &reader(), &asked, later(minutes), later(minutes)).await.expect("owed");
    transaction.commit().await.expect("committed");
    new
}

async fn leave(fixture: &Fixture, name: Option<&str>) {
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.unsubscribe(&desk(), name.map(watch).as_ref(), later(1)).await.expect("left");
    transaction.commit().await.expect("committed");
}

/// The watches for which the reader is owed something, of each alert.
async fn waiting(fixture: &Fixture) -> Vec<BTreeSet<WatchName>> {
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let alerts = transaction.due_alerts(&reader(), later(60)).await.expect("alerts");
    alerts.into_iter().map(|alert| alert.watches).collect()
}

async fn state(fixture: &Fixture, id: DeliveryId) -> DeliveryState {
    fixture.store.delivery(id).await.expect("asked").expect("a delivery").state
}

#[tokio::test]
async fn a_watch_that_asks_for_a_story_later_keeps_it_when_the_first_one_is_left() {
    let (fixture, story) = owed().await;
    assert!(!copy_for(&fixture, story, "Cuba", 5).await, "it was owed before");
    assert_eq!(waiting(&fixture).await, [BTreeSet::from([watch("Cuba"), watch("Iran")])]);
    leave(&fixture, Some("Iran")).await;
    assert_eq!(waiting(&fixture).await.len(), 1);
    leave(&fixture, Some("Cuba")).await;
    assert!(waiting(&fixture).await.is_empty());
}

#[tokio::test]
async fn a_watch_that_asks_for_a_story_after_the_first_one_was_left_gets_it() {
    let (fixture, story) = owed().await;
    leave(&fixture, Some("Iran")).await;
    assert!(waiting(&fixture).await.is_empty());
    assert!(copy_for(&fixture, story, "Cuba", 5).await);
    assert_eq!(waiting(&fixture).await, [BTreeSet::from([watch("Cuba")])]);
    let due = fixture.store.next_due().await.expect("due");
    assert!(due.contains(&(reader(), later(5))), "{due:?}");
}

#[tokio::test]
async fn what_was_told_is_not_owed_again_by_another_watch() {
    let (fixture, story) = owed().await;
    put_out(&fixture.store, "abc").await;
    assert!(!copy_for(&fixture, story, "Cuba", 5).await);
    assert!(waiting(&fixture).await.is_empty());
}

#[tokio::test]
async fn a_message_of_a_watch_that_was_left_is_not_sent() {
    let (fixture, story) = owed().await;
    let id = put_out(&fixture.store, "abc").await;
    leave(&fixture, Some("Cuba")).await;
    assert_eq!(state(&fixture, id).await, DeliveryState::Pending, "it tells of another watch");
    leave(&fixture, Some("Iran")).await;
    assert_eq!(state(&fixture, id).await, DeliveryState::GivenUp);
    // Nothing was told by it: a watch that they still have may ask for its story.
    assert!(copy_for(&fixture, story, "Belarus", 5).await);
    let again = put_out_at(&fixture.store, "abc", later(5)).await;
    assert_eq!(state(&fixture, again).await, DeliveryState::Pending);
}

#[tokio::test]
async fn a_message_that_tells_of_a_watch_that_is_kept_is_sent() {
    let (fixture, story) = owed().await;
    copy_for(&fixture, story, "Cuba", 5).await;
    let id = put_out(&fixture.store, "abc").await;
    leave(&fixture, Some("Iran")).await;
    assert_eq!(state(&fixture, id).await, DeliveryState::Pending);
    assert!(!copy_for(&fixture, story, "Cuba", 9).await, "it is under way");
}

#[tokio::test]
async fn a_watch_that_asks_for_a_story_while_its_message_waits_keeps_it_when_the_first_one_is_left() {
    let (fixture, story) = owed().await;
    let id = put_out(&fixture.store, "abc").await;
    assert!(!copy_for(&fixture, story, "Cuba", 5).await, "it is under way");
    leave(&fixture, Some("Iran")).await;
    assert_eq!(state(&fixture, id).await, DeliveryState::Pending, "the other watch asks for it");
    leave(&fixture, Some("Cuba")).await;
    assert_eq!(state(&fixture, id).await, DeliveryState::GivenUp);
}

#[rstest::rstest]
#[tokio::test]
async fn a_watch_that_asks_for_a_story_while_its_message_is_in_flight_keeps_it(
    #[values(DeliveryState::Pending, DeliveryState::InDoubt)] answer: DeliveryState,
) {
    let (fixture, story) = owed().await;
    let id = put_out(&fixture.store, "abc").await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert!(transaction.intend(id).await.expect("intended"));
    transaction.commit().await.expect("committed");
    assert!(!copy_for(&fixture, story, "Cuba", 5).await, "it is under way");
    leave(&fixture, Some("Iran")).await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let settled = Settled { state: answer, due: later(5), attempted: true, answer: "452 mailbox full" };
    transaction.settle(id, settled).await.expect("settled");
    assert!(!transaction.give_up_unwanted(id, later(5)).await.expect("looked at"));
    transaction.commit().await.expect("committed");
    assert_eq!(state(&fixture, id).await, answer);
}

#[tokio::test]
async fn a_newer_revision_that_is_told_takes_the_older_alert_with_it() {
    let (fixture, story) = owed().await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let older = transaction.due_alerts(&reader(), now()).await.expect("alerts").remove(0).id;
    transaction.postpone(older, later(30)).await.expect("postponed");
    let (lead, _) = transaction.said(story).await.expect("said");
    transaction.revise_story(story, lead, &[relation(7.0)], true, now()).await.expect("revised");
    assert!(transaction.owe(story, &reader(), &watches(), now(), now()).await.expect("owed anew"));
    transaction.commit().await.expect("committed");
    let id = put_out(&fixture.store, "abc").await;
    assert!(waiting(&fixture).await.is_empty(), "it is not told twice");
    let listed = fixture.store.list_deliveries(None, None, 10).await.expect("listed");
    assert_eq!((listed[0].id, listed[0].alerts), (id, 2));
    let due = fixture.store.next_due().await.expect("due");
    assert_eq!(due, [(SubscriberKey::Journal, now())]);
}

#[tokio::test]
async fn what_an_operator_sends_again_has_all_its_tries_again() {
    let (fixture, _) = owed().await;
    let id = put_out(&fixture.store, "abc").await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    for state in [DeliveryState::Pending, DeliveryState::GivenUp] {
        let settled = Settled { state, due: later(1), attempted: true, answer: "452 mailbox full" };
        transaction.settle(id, settled).await.expect("settled");
    }
    let again = transaction.decide_delivery(id, DeliveryState::Pending, "sent again", later(2)).await;
    assert!(again.expect("decided"));
    transaction.commit().await.expect("committed");
    let delivery = fixture.store.delivery(id).await.expect("asked").expect("a delivery");
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Pending, 0));
}

#[tokio::test]
async fn what_was_sent_meanwhile_cannot_be_dropped() {
    let (fixture, _) = owed().await;
    let id = put_out(&fixture.store, "abc").await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let sent = Settled { state: DeliveryState::Sent, due: later(1), attempted: true, answer: "250 ok" };
    transaction.settle(id, sent).await.expect("settled");
    let dropped = transaction.decide_delivery(id, DeliveryState::GivenUp, "dropped", later(2)).await;
    assert!(!dropped.expect("asked"));
    transaction.commit().await.expect("committed");
    assert_eq!(state(&fixture, id).await, DeliveryState::Sent);
}

/// What is decided while a message is handed over.
#[derive(Debug, Clone, Copy)]
enum Meanwhile {
    Nothing,
    Leaves,
    LeavesWatch(&'static str),
    Suspended,
    Mutes,
    Drops,
    Forgets,
}

async fn decide(fixture: &Fixture, story: StoryId, id: DeliveryId, meanwhile: Meanwhile) {
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    match meanwhile {
        Meanwhile::Nothing => {}
        Meanwhile::Leaves => transaction.unsubscribe(&desk(), None, later(1)).await.expect("left"),
        Meanwhile::LeavesWatch(name) => {
            transaction.unsubscribe(&desk(), Some(&watch(name)), later(1)).await.expect("left");
        }
        Meanwhile::Suspended => transaction.suspend(&desk(), "on leave", later(1)).await.expect("suspended"),
        Meanwhile::Mutes => {
            transaction.mute(story, Some(&reader()), later(1)).await.expect("muted");
        }
        Meanwhile::Drops => {
            let dropped = transaction.decide_delivery(id, DeliveryState::GivenUp, "dropped", later(1)).await;
            assert!(dropped.expect("decided"));
        }
        Meanwhile::Forgets => {
            transaction.forget(&desk()).await.expect("forgotten");
        }
    }
    transaction.commit().await.expect("committed");
}

#[rstest::rstest]
#[case::a_passing_fault(Meanwhile::Nothing, DeliveryState::Pending, Some(DeliveryState::Pending))]
#[case::no_answer(Meanwhile::Nothing, DeliveryState::InDoubt, Some(DeliveryState::InDoubt))]
#[case::who_left(Meanwhile::Leaves, DeliveryState::Pending, Some(DeliveryState::GivenUp))]
#[case::who_left_in_doubt(Meanwhile::Leaves, DeliveryState::InDoubt, Some(DeliveryState::GivenUp))]
#[case::who_left_too_late(Meanwhile::Leaves, DeliveryState::Sent, Some(DeliveryState::Sent))]
#[case::another_watch(Meanwhile::LeavesWatch("Cuba"), DeliveryState::Pending, Some(DeliveryState::Pending))]
#[case::its_watch(Meanwhile::LeavesWatch("Iran"), DeliveryState::Pending, Some(DeliveryState::GivenUp))]
#[case::suspended(Meanwhile::Suspended, DeliveryState::Pending, Some(DeliveryState::GivenUp))]
#[case::muted(Meanwhile::Mutes, DeliveryState::Pending, Some(DeliveryState::GivenUp))]
#[case::muted_in_doubt(Meanwhile::Mutes, DeliveryState::InDoubt, Some(DeliveryState::GivenUp))]
#[case::dropped(Meanwhile::Drops, DeliveryState::Pending, Some(DeliveryState::GivenUp))]
#[case::dropped_in_doubt(Meanwhile::Drops, DeliveryState::InDoubt, Some(DeliveryState::GivenUp))]
#[case::dropped_and_refused(Meanwhile::Drops, DeliveryState::Refused, Some(DeliveryState::GivenUp))]
#[case::dropped_too_late(Meanwhile::Drops, DeliveryState::Sent, Some(DeliveryState::Sent))]
#[case::forgotten(Meanwhile::Forgets, DeliveryState::Pending, None)]
#[tokio::test]
async fn a_late_answer_does_not_undo_what_was_decided_meanwhile(
    #[case] meanwhile: Meanwhile,
    #[case] answer: DeliveryState,
    #[case] expected: Option<DeliveryState>,
) {
    let (fixture, story) = owed().await;
    let id = put_out(&fixture.store, "abc").await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert!(transaction.intend(id).await.expect("intended"));
    transaction.commit().await.expect("committed");
    decide(&fixture, story, id, meanwhile).await;

    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let settled = Settled { state: answer, due: later(5), attempted: true, answer: "what the server said" };
    transaction.settle(id, settled).await.expect("settled");
    transaction.give_up_unwanted(id, later(2)).await.expect("looked at");
    transaction.commit().await.expect("committed");
    let found = fixture.store.delivery(id).await.expect("asked").map(|delivery| delivery.state);
    assert_eq!(found, expected);
}
