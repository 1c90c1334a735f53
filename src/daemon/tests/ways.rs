//! The ways out beside each other: none waits for another, and none for a clock that was ahead.

use super::*;
use crate::domain::{DeliveryState, Way};

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
