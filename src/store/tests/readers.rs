//! The battery for people: who confirmed, left or was refused, what they were sent of late; and for health.

use super::*;
use std::collections::BTreeMap;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn desk() -> MailAddress {
    "desk@example.org".parse().expect("an address")
}

fn token() -> Token {
    TOKEN.parse().expect("a token")
}

fn watch(name: &str) -> WatchName {
    WatchName::new(name).expect("a name")
}

async fn subscribed() -> Fixture {
    let fixture = Fixture::new().await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.add_subscription(&desk(), &token(), now()).await.expect("added");
    transaction.commit().await.expect("committed");
    fixture
}

async fn standing(fixture: &Fixture, confirm: bool) -> Standing {
    let found = fixture.store.subscription_of(&token()).await.expect("asked").expect("somebody");
    found.standing(confirm)
}

#[tokio::test]
async fn a_token_stays_what_it_was_over_restarts() {
    let fixture = subscribed().await.reopen().await;
    let other = Token::from_random([7; 16]);
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.add_subscription(&desk(), &other, later(1)).await.expect("nothing new");
    let found = transaction.subscription(&desk()).await.expect("asked").expect("somebody");
    transaction.commit().await.expect("committed");
    assert_eq!((found.token, found.refusals), (token(), 0));
    assert_eq!(fixture.store.subscription_of(&other).await.expect("asked"), None);
    assert_eq!(fixture.store.subscriptions().await.expect("listed").len(), 1);
}

#[tokio::test]
async fn who_must_confirm_stands_by_until_then() {
    let fixture = subscribed().await;
    assert_eq!(standing(&fixture, true).await, Standing::Unconfirmed);
    assert_eq!(standing(&fixture, false).await, Standing::Active);
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.note_asked(&desk(), now()).await.expect("noted");
    transaction.confirm(&desk(), later(1)).await.expect("confirmed");
    transaction.confirm(&desk(), later(2)).await.expect("confirmed again");
    transaction.commit().await.expect("committed");
    let found = fixture.store.subscription_of(&token()).await.expect("asked").expect("somebody");
    assert_eq!((found.asked, found.confirmed), (Some(now()), Some(later(1))));
}

#[tokio::test]
async fn who_is_to_be_asked_again_is_found_however_the_address_is_written() {
    let fixture = subscribed().await;
    let unasked = async || fixture.store.unasked().await.expect("listed");
    assert_eq!(unasked().await, [desk()]);
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.note_asked(&desk(), now()).await.expect("noted");
    transaction.commit().await.expect("committed");
    assert!(unasked().await.is_empty());
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let shouted = "DESK@example.org".parse().expect("an address");
    assert!(transaction.ask_again(&shouted).await.expect("noted"));
    let nobody = "nobody@example.org".parse().expect("an address");
    assert!(!transaction.ask_again(&nobody).await.expect("asked"));
    transaction.commit().await.expect("committed");
    assert_eq!(unasked().await, [desk()]);
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.suspend(&desk(), "550 no such user", now()).await.expect("suspended");
    transaction.commit().await.expect("committed");
    assert!(unasked().await.is_empty(), "the question would not be sent");
}

#[tokio::test]
async fn who_leaves_is_owed_nothing_that_waits_and_stays_away_over_restarts() {
    let fixture = subscribed().await;
    told_story(&fixture.store).await;
    let id = put_out(&fixture.store, "abc").await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.unsubscribe(&desk(), None, later(1)).await.expect("left");
    transaction.commit().await.expect("committed");
    let fixture = fixture.reopen().await;
    assert_eq!(standing(&fixture, false).await, Standing::Unsubscribed);
    assert_eq!(fixture.store.delivery(id).await.expect("asked").expect("it").state, DeliveryState::GivenUp);
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.resubscribe(&desk(), None).await.expect("back");
    transaction.commit().await.expect("committed");
    assert_eq!(standing(&fixture, false).await, Standing::Active);
}

#[tokio::test]
async fn who_leaves_one_watch_keeps_what_another_asks_for() {
    let fixture = subscribed().await;
    told_story(&fixture.store).await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.unsubscribe(&desk(), Some(&watch("Cuba")), now()).await.expect("left");
    assert_eq!(transaction.due_alerts(&reader(), now()).await.expect("alerts").len(), 1);
    for name in &watches() {
        transaction.unsubscribe(&desk(), Some(name), now()).await.expect("left");
    }
    assert!(transaction.due_alerts(&reader(), now()).await.expect("alerts").is_empty());
    let found = transaction.subscription(&desk()).await.expect("asked").expect("somebody");
    assert!(found.left.contains(&watch("Cuba")) && found.left.is_superset(&watches()));
    transaction.resubscribe(&desk(), Some(&watch("Cuba"))).await.expect("back");
    let found = transaction.subscription(&desk()).await.expect("asked").expect("somebody");
    assert_eq!(found.left, watches());
    assert_eq!(found.standing(false), Standing::Active);
}

#[tokio::test]
async fn refusals_count_in_a_row() {
    let fixture = subscribed().await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert_eq!(transaction.count_refusal(&desk()).await.expect("counted"), 1);
    assert_eq!(transaction.count_refusal(&desk()).await.expect("counted"), 2);
    transaction.clear_refusals(&desk()).await.expect("cleared");
    assert_eq!(transaction.count_refusal(&desk()).await.expect("counted"), 1);
    transaction.suspend(&desk(), "550 no such user", later(1)).await.expect("suspended");
    let found = transaction.subscription(&desk()).await.expect("asked").expect("somebody");
    assert_eq!(found.suspended, Some((later(1), "550 no such user".to_owned())));
    transaction.resume(&desk()).await.expect("resumed");
    let found = transaction.subscription(&desk()).await.expect("asked").expect("somebody");
    assert_eq!((found.suspended, found.refusals), (None, 0));
    let nobody = "nobody@example.org".parse().expect("an address");
    assert_eq!(transaction.count_refusal(&nobody).await.expect("counted"), 0);
}

#[tokio::test]
async fn nothing_is_left_of_who_is_forgotten() {
    let fixture = subscribed().await;
    told_story(&fixture.store).await;
    put_out(&fixture.store, "abc").await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.unsubscribe(&desk(), Some(&watch("Cuba")), now()).await.expect("left");
    let gone = transaction.forget(&desk()).await.expect("forgotten");
    assert_eq!(gone, Forgotten { subscription: true, alerts: 1, deliveries: 1 });
    assert_eq!(transaction.forget(&desk()).await.expect("nothing"), Forgotten::default());
    transaction.commit().await.expect("committed");
    assert!(fixture.store.list_deliveries(None, None, 10).await.expect("listed").is_empty());
    assert_eq!(fixture.store.due_subscribers(now()).await.expect("due"), [SubscriberKey::Journal]);
}

#[tokio::test]
async fn who_is_forgotten_takes_the_notices_about_them_along_and_no_others() {
    let fixture = subscribed().await;
    let address = |text: &str| -> MailAddress { text.parse().expect("an address") };
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    for (id, to, about) in [
        ("about", "ops@example.org", Some("Desk@example.org")),
        ("other", "ops@example.org", Some("newsdesk@example.org")),
        ("operator", "desk@example.org", None),
        ("text", "ops@example.org", None),
    ] {
        let about = about.map(address);
        let new = NewDelivery {
            purpose: Purpose::Operator,
            recipient: &Recipient::Smtp(address(to)),
            message_id: &MessageId::new(id, "example.org").expect("an id"),
            subject: "a notice",
            bytes: b"what newsdesk@example.org and desk@example.org said",
            alerts: &[],
            about: about.as_ref(),
            now: now(),
        };
        transaction.insert_delivery(new).await.expect("put out");
    }
    transaction.forget(&desk()).await.expect("forgotten");
    transaction.commit().await.expect("committed");
    let left = fixture.store.list_deliveries(None, None, 10).await.expect("listed");
    let left: Vec<_> = left.iter().map(|one| one.message_id.as_str()).collect();
    assert_eq!(left, ["text@example.org", "operator@example.org", "other@example.org"]);
}

#[tokio::test]
async fn the_backlog_is_what_waits_and_what_was_sent_of_late() {
    let fixture = subscribed().await;
    told_story(&fixture.store).await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let waits = transaction.backlog(&desk(), later(-60)).await.expect("asked");
    assert_eq!(waits, Backlog { waiting: Some(now()), recent: Vec::new() });
    let alert = transaction.due_alerts(&reader(), now()).await.expect("alerts").remove(0).id;
    transaction.postpone(alert, later(5)).await.expect("postponed");
    assert_eq!(transaction.backlog(&desk(), later(-60)).await.expect("asked").waiting, Some(later(5)));
    transaction.postpone(alert, now()).await.expect("postponed");
    transaction.commit().await.expect("committed");
    put_out(&fixture.store, "abc").await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let sent = transaction.backlog(&desk(), later(-60)).await.expect("asked");
    assert_eq!(sent, Backlog { waiting: None, recent: vec![now()] });
    assert_eq!(transaction.backlog(&desk(), now()).await.expect("asked"), Backlog::default());
}

#[tokio::test]
async fn a_mute_stops_a_message_that_waits_and_tells_nothing_else() {
    let fixture = subscribed().await;
    let story = told_story(&fixture.store).await;
    let id = put_out(&fixture.store, "abc").await;
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let other = SubscriberKey::Mail("other@example.org".parse().expect("an address"));
    assert_eq!(transaction.mute(story, Some(&other), now()).await.expect("muted"), 0);
    assert_eq!(transaction.mute(story, Some(&reader()), now()).await.expect("muted"), 1);
    transaction.commit().await.expect("committed");
    assert_eq!(fixture.store.delivery(id).await.expect("asked").expect("it").state, DeliveryState::GivenUp);
}

#[tokio::test]
async fn signals_tell_what_waits_and_what_was_accepted() {
    let fixture = subscribed().await;
    told_story(&fixture.store).await;
    let id = put_out(&fixture.store, "abc").await;
    let signals = fixture.store.signals(later(1)).await.expect("asked");
    let waits = Undelivered {
        to: reader(),
        to_operator: false,
        stuck: Stuck::Open,
        answer: None,
        fresh: true,
        made: now(),
        due: now(),
        count: 1,
    };
    let unrendered = Undelivered { to: SubscriberKey::Journal, stuck: Stuck::Due, ..waits.clone() };
    assert_eq!(signals.undelivered, [unrendered.clone(), waits]);
    assert!(signals.accepted.is_empty());
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let sent = Settled { state: DeliveryState::Sent, due: later(3), attempted: true, answer: "250" };
    transaction.settle(id, sent).await.expect("settled");
    assert!(transaction.raise_alarm("nothing-polled", now()).await.expect("raised"));
    assert!(!transaction.raise_alarm("nothing-polled", later(9)).await.expect("known"));
    transaction.note_summary(later(4)).await.expect("noted");
    transaction.commit().await.expect("committed");
    let signals = fixture.store.signals(later(3)).await.expect("asked");
    assert_eq!(signals.undelivered, [unrendered]);
    assert_eq!(signals.accepted, BTreeMap::from([(Way::Mail, later(3))]));
    assert_eq!(signals.raised.get("nothing-polled"), Some(&now()));
    assert!(fixture.store.signals(later(2)).await.expect("asked").accepted.is_empty(), "by a wrong clock");
    assert_eq!(fixture.store.last_summary(later(5)).await.expect("asked"), Some(later(4)));
    assert_eq!(fixture.store.last_summary(later(3)).await.expect("asked"), None, "by a wrong clock");
    let activity = fixture.store.activity(later(-60)).await.expect("counted");
    assert_eq!((activity.stories, activity.sent, activity.lost, activity.waiting), (1, 1, 0, 0));
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    assert!(transaction.clear_alarm("nothing-polled").await.expect("cleared"));
    assert!(!transaction.clear_alarm("nothing-polled").await.expect("gone"));
}

/// Puts one message out and settles it.
async fn settled(
    fixture: &Fixture,
    id: &str,
    recipient: &Recipient,
    state: DeliveryState,
    times: u32,
    at: i64,
) {
    let mut transaction = fixture.store.begin().await.expect("a transaction");
    let new = NewDelivery {
        purpose: Purpose::Alerts,
        recipient,
        message_id: &MessageId::new(id, "example.org").expect("an id"),
        subject: "x",
        bytes: b"x",
        alerts: &[],
        about: None,
        now: later(at),
    };
    let id = transaction.insert_delivery(new).await.expect("put out");
    for attempt in 1..=times {
        let state = if attempt == times { state } else { DeliveryState::Pending };
        let settled = Settled { state, due: later(at), attempted: true, answer: "550 no" };
        transaction.settle(id, settled).await.expect("settled");
    }
    transaction.commit().await.expect("committed");
}

#[tokio::test]
async fn what_was_lost_is_what_was_refused_or_tried_for_long_and_is_still_wanted() {
    use DeliveryState::{GivenUp, Refused, Sent};
    let fixture = subscribed().await;
    let mail = Recipient::Smtp(desk());
    let bot = Recipient::Webhook("Desk bot".parse().expect("a name"));
    settled(&fixture, "a", &mail, Refused, 1, 1).await;
    settled(&fixture, "b", &mail, Sent, 1, 2).await;
    settled(&fixture, "c", &bot, Refused, 1, 3).await;
    settled(&fixture, "d", &mail, Refused, 1, 4).await;
    settled(&fixture, "e", &mail, GivenUp, FEWEST_ATTEMPTS, 5).await;
    settled(&fixture, "f", &mail, GivenUp, FEWEST_ATTEMPTS - 1, 6).await;
    let lost = async || {
        let signals = fixture.store.signals(later(60)).await.expect("asked");
        signals
            .undelivered
            .into_iter()
            .map(|lost| (lost.to, lost.stuck, lost.made, lost.count))
            .collect::<Vec<_>>()
    };
    // "a" was made before mail last accepted something; "f" was dropped before it was tried for days.
    let of_bot = (bot.subscriber(), Stuck::Lost, later(3), 1);
    assert_eq!(lost().await, [(reader(), Stuck::Lost, later(4), 2), of_bot.clone()]);
    let activity = fixture.store.activity(now()).await.expect("counted");
    assert_eq!((activity.sent, activity.lost), (1, 4));

    let mut transaction = fixture.store.begin().await.expect("a transaction");
    transaction.unsubscribe(&desk(), None, later(7)).await.expect("left");
    transaction.commit().await.expect("committed");
    assert_eq!(lost().await, [of_bot], "nothing is missed by who has left");
}

#[rstest::rstest]
#[case::in_vain(None, 1)]
#[case::dropped(Some(DROPPED), 0)]
#[case::a_watch_that_was_left(Some("unsubscribed"), 0)]
#[case::muted(Some("its story was muted"), 0)]
#[case::removed(Some("no longer a subscriber"), 0)]
#[tokio::test]
async fn what_was_given_up_because_nobody_wants_it_is_not_lost_however_often_it_was_tried(
    #[case] decided: Option<&str>,
    #[case] lost: u32,
) {
    let fixture = subscribed().await;
    let mail = Recipient::Smtp(desk());
    let state = if decided.is_some() { DeliveryState::Pending } else { DeliveryState::GivenUp };
    settled(&fixture, "a", &mail, state, FEWEST_ATTEMPTS, 1).await;
    if let Some(answer) = decided {
        let id = fixture.store.list_deliveries(None, None, 1).await.expect("listed")[0].id;
        let mut transaction = fixture.store.begin().await.expect("a transaction");
        let given_up = transaction.decide_delivery(id, DeliveryState::GivenUp, answer, later(2)).await;
        assert!(given_up.expect("decided"));
        transaction.commit().await.expect("committed");
    }
    assert_eq!(fixture.store.activity(now()).await.expect("counted").lost, lost);
    let undelivered = fixture.store.signals(later(60)).await.expect("asked").undelivered;
    assert_eq!(undelivered.iter().map(|one| one.count).sum::<u32>(), lost, "{undelivered:?}");
}
