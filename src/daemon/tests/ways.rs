//! The ways out beside each other: none waits for another, and none for a clock that was ahead.

use super::*;
use crate::config::Config;
use crate::domain::{DeliveryState, MessageId, Purpose, Recipient, Way};
use crate::store::NewDelivery;

async fn states(days: &Days) -> Vec<(&'static str, DeliveryState)> {
    let listed = days.house.store.list_deliveries(None, None, 1000).await.unwrap();
    let mut states: Vec<_> =
        listed.iter().map(|delivery| (delivery.recipient.channel_and_address().0, delivery.state)).collect();
    states.sort_unstable_by_key(|(channel, _)| *channel);
    states
}

#[tokio::test]
async fn a_message_in_flight_on_one_way_out_holds_up_nothing_on_another() {
    let days = Days::begin(DESK, "2026-08-12T09:00:00Z").await;
    let in_flight = days.house.channels.outlet(&Way::Mail).unwrap().lock().await;
    days.tells(DRILLS).await;
    let stop = CancellationToken::new();
    days.house.dispatch_by(&Way::Journal, &stop).await.unwrap();
    assert_eq!(states(&days).await, [("journal", DeliveryState::Sent)]);
    assert_eq!(days.house.next_dispatch(&Way::Journal).await.unwrap(), None);
    drop(in_flight);
    days.house.dispatch_by(&Way::Mail, &stop).await.unwrap();
    assert_eq!(states(&days).await, [("file", DeliveryState::Sent), ("journal", DeliveryState::Sent)]);
}

#[tokio::test]
async fn mail_that_is_sent_again_leaves_by_the_way_that_is_configured_now() {
    let days = Days::begin(DESK, "2026-08-12T09:00:00Z").await;
    let now = days.house.clock.now();
    let recipient = Recipient::Smtp("desk@example.org".parse().unwrap());
    let new = NewDelivery {
        purpose: Purpose::Alerts,
        recipient: &recipient,
        message_id: &MessageId::new("a", "example.org").unwrap(),
        subject: "x",
        bytes: b"x",
        alerts: &[],
        about: None,
        now,
    };
    let refused = Settled { state: DeliveryState::Refused, due: now, attempted: true, answer: "550 no" };
    let mut transaction = days.house.store.begin().await.unwrap();
    let id = transaction.insert_delivery(new).await.unwrap();
    transaction.settle(id, refused).await.unwrap();
    transaction.commit().await.unwrap();
    // There is a folder and no server now.
    days.pass().await;
    assert_eq!(states(&days).await, [("smtp", DeliveryState::Refused)], "what is settled stays as it was");
    let mut transaction = days.house.store.begin().await.unwrap();
    assert!(transaction.decide_delivery(id, DeliveryState::Pending, "sent again", now).await.unwrap());
    transaction.commit().await.unwrap();
    days.pass().await;
    assert_eq!(states(&days).await, [("file", DeliveryState::Sent)]);
}

#[tokio::test]
async fn a_clock_that_was_put_back_holds_up_no_way_out() {
    let days = Days::begin(DESK, "2026-08-14T09:00:00Z").await;
    let in_the_way = days.folder.path().join("mail");
    std::fs::write(&in_the_way, "").unwrap();
    days.tells(DRILLS).await;
    let stop = CancellationToken::new();
    days.house.dispatch(&stop).await.unwrap();
    assert_eq!(states(&days).await, [("file", DeliveryState::Pending), ("journal", DeliveryState::Sent)]);
    std::fs::remove_file(&in_the_way).unwrap();
    days.house.dispatch(&stop).await.unwrap();
    assert_eq!(states(&days).await[0].1, DeliveryState::Pending, "the folder is left alone for a while");

    days.at("2026-08-12T09:00:00Z");
    let next = days.house.next_dispatch(&Way::Mail).await.unwrap();
    assert_eq!(next, Some(days.house.clock.now()));
    days.house.dispatch(&stop).await.unwrap();
    assert_eq!(states(&days).await[0].1, DeliveryState::Sent);
}

#[tokio::test]
async fn everyone_who_listens_hears_the_bell_also_when_it_rang_before() {
    let days = Days::begin("", "2026-08-12T09:00:00Z").await;
    let (mut one, mut other) = (days.house.bell.listen(), days.house.bell.listen());
    days.house.bell.ring();
    one.hear().await;
    other.hear().await;
}

#[tokio::test]
async fn a_reload_forgets_no_pause_of_a_way_out_that_is_as_it_was() {
    let days = Days::begin(DESK, "2026-08-12T09:00:00Z").await;
    let until = Some("2026-08-12T09:30:00Z".parse().unwrap());
    let mail = |house: &House| house.channels.outlet(&Way::Mail).unwrap().try_lock().unwrap().paused;
    days.house.channels.outlet(&Way::Mail).unwrap().lock().await.paused = until;
    let same = days.house.renewed(days.house.config.clone()).unwrap();
    same.take_over(&days.house, parts::Ended::ByItself).await.unwrap();
    assert_eq!(mail(&same), until);
    let elsewhere = days.folder.path().join("elsewhere");
    let other = Config { mail_folder: Some(elsewhere), ..days.house.config.clone() };
    let other = days.house.renewed(other).unwrap();
    other.take_over(&days.house, parts::Ended::ByItself).await.unwrap();
    assert_eq!(mail(&other), None);
}
