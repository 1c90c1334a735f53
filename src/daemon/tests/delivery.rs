//! When a message is sent.

use super::*;
use crate::domain::{MessageId, Purpose, Recipient, Way};
use crate::store::NewDelivery;
use std::num::NonZeroU32;

#[tokio::test]
async fn the_first_alert_comes_at_once_and_a_burst_behind_it_as_one() {
    let mut days = Days::begin(DESK, "2026-08-12T09:00:00Z").await;
    days.tells(DRILLS).await;
    assert_eq!(days.mails().await.len(), 1);
    days.after(SignedDuration::from_secs(10));
    days.tells(BAN).await;
    days.after(SignedDuration::from_secs(40));
    days.tells(FLIGHTS).await;
    assert!(days.mails().await.is_empty(), "a minute later all is still gathered");
    days.after(minutes(2));
    let gathered = days.mails().await;
    assert_eq!(gathered.len(), 1, "{gathered:?}");
    assert!(gathered[0].starts_with("2 stories: "), "{gathered:?}");
    days.after(minutes(10));
    days.tells(EXTENDED).await;
    assert_eq!(days.mails().await.len(), 1, "long after the last it comes at once again");
}

#[tokio::test]
async fn what_is_more_than_the_most_of_an_hour_comes_as_one_when_it_is_over() {
    let text = format!("{DESK}gather = \"0s\"\nmost-per-hour = 2\n");
    let mut days = Days::begin(&text, "2026-08-12T09:00:00Z").await;
    for (title, mails) in [(DRILLS, 1), (BAN, 1), (FLIGHTS, 0), (EXTENDED, 0)] {
        days.tells(title).await;
        assert_eq!(days.mails().await.len(), mails, "{title}");
        days.after(minutes(10));
    }
    // It is 09:40.
    days.at("2026-08-12T09:59:59Z");
    assert!(days.mails().await.is_empty());
    days.at("2026-08-12T10:00:00Z");
    let rest = days.mails().await;
    assert!(rest.len() == 1 && rest[0].starts_with("2 stories: "), "{rest:?}");
}

#[tokio::test]
async fn quiet_hours_keep_the_weak_and_let_the_strong_through() {
    // What was due while the way out was closed keeps them, too.
    let text = format!(
        "{DESK}time-zone = \"Europe/Berlin\"\nquiet = {{ from = \"22:00\", to = \"07:00\", unless = 6.0 }}\n"
    );
    let mut days = Days::begin(&text, "2026-08-12T19:59:59Z").await;
    days.tells(FLIGHTS).await;
    days.at("2026-08-12T21:00:00Z");
    assert!(days.mails().await.is_empty(), "it was due before them and was not sent before them");
    days.tells(PACT).await;
    assert_eq!(days.mails().await.len(), 1, "strong enough");
    days.at("2026-08-13T05:00:00Z");
    assert_eq!(days.mails().await.len(), 1);
}

#[tokio::test]
async fn a_digest_that_was_slept_through_comes_once_when_the_server_wakes() {
    let text = format!("{DESK}time-zone = \"Europe/Berlin\"\ndeliver = {{ daily = \"07:30\" }}\n");
    let mut days = Days::begin(&text, "2026-08-12T04:00:00Z").await;
    days.tells(DRILLS).await;
    days.tells(BAN).await;
    assert!(days.mails().await.is_empty());
    days.at("2026-08-12T07:12:00Z");
    let digest = days.mails().await;
    assert!(digest.len() == 1 && digest[0].starts_with("2 stories: "), "{digest:?}");
    days.tells(FLIGHTS).await;
    days.at("2026-08-13T05:29:59Z");
    assert!(days.mails().await.is_empty(), "the next one is tomorrow's");
    days.at("2026-08-13T05:30:00Z");
    assert_eq!(days.mails().await.len(), 1);
}

#[tokio::test]
async fn one_story_is_one_mail_however_many_watches_ask_for_it() {
    let mut days = Days::begin(DESK, "2026-08-12T09:00:00Z").await;
    days.tells(PACT).await;
    assert_eq!(days.mails().await.len(), 1);
    days.after(minutes(90));
    assert!(days.mails().await.is_empty());
}

#[tokio::test]
async fn what_only_the_rate_holds_back_goes_when_it_lets_more_pass() {
    let more: String = ["a", "b", "c", "d"].map(|name| DESK.replace("desk@", &format!("{name}@"))).concat();
    let days = Days::begin(&format!("{DESK}{more}"), "2026-08-12T09:00:00Z").await;
    days.house.channels.outlet(&Way::Mail).unwrap().lock().await.rate =
        Some(Rate::new(NonZeroU32::MIN.saturating_add(1)));
    days.tells(DRILLS).await;
    let begun = days.house.clock.now();
    let dispatched = deliver(&days.house).await.unwrap();
    assert_eq!((dispatched.sent, dispatched.refused), (6, 0), "five mails and the log");
    assert_eq!(days.house.clock.now().duration_since(begun), minutes(2), "two a minute");

    // A way out that fails is not waited for.
    days.tells(BAN).await;
    days.after(minutes(5));
    days.close_folder();
    let begun = days.house.clock.now();
    assert_eq!(deliver(&days.house).await.unwrap().sent, 1, "the log");
    assert_eq!(days.house.clock.now(), begun);
}

#[tokio::test]
async fn a_clock_that_leaps_sends_one_digest_for_a_day_and_loses_none() {
    let text = format!("{DESK}time-zone = \"Europe/Berlin\"\ndeliver = {{ daily = \"07:30\" }}\n");
    let mut days = Days::begin(&text, "2026-08-12T04:00:00Z").await;
    days.tells(DRILLS).await;
    days.at("2026-08-12T05:30:00Z");
    assert_eq!(days.mails().await.len(), 1);
    // Two hours back: the hour of the digest comes a second time.
    days.at("2026-08-12T03:30:00Z");
    days.tells(BAN).await;
    days.at("2026-08-12T05:29:59Z");
    assert!(days.mails().await.is_empty());
    days.at("2026-08-12T05:30:00Z");
    let second = days.mails().await;
    assert!(second.len() == 1 && !second[0].contains("drills"), "what is new since, and no copy: {second:?}");
    // A day ahead and back again.
    days.tells(FLIGHTS).await;
    days.at("2026-08-13T12:00:00Z");
    assert_eq!(days.mails().await.len(), 1);
    days.at("2026-08-12T12:00:00Z");
    assert!(days.mails().await.is_empty());
    days.tells(EXTENDED).await;
    days.at("2026-08-13T05:30:00Z");
    assert_eq!(days.mails().await.len(), 1);
}

/// The last Sunday of October has two hours from two to three.
#[tokio::test]
async fn a_digest_in_the_hour_that_comes_twice_comes_once() {
    let text = format!("{DESK}time-zone = \"Europe/Berlin\"\ndeliver = {{ daily = \"02:30\" }}\n");
    let mut days = Days::begin(&text, "2026-10-24T22:00:00Z").await;
    days.tells(DRILLS).await;
    days.at("2026-10-25T00:30:00Z");
    assert_eq!(days.mails().await.len(), 1);
    days.tells(BAN).await;
    days.at("2026-10-25T01:30:00Z");
    assert!(days.mails().await.is_empty(), "half past two again, in winter time");
    days.at("2026-10-26T01:30:00Z");
    assert_eq!(days.mails().await.len(), 1);
}

#[tokio::test]
async fn what_an_outage_has_left_goes_out_oldest_first_at_the_allowed_rate() {
    const MOST: u32 = 60;
    // More of them take their time on the disk.
    let waiting: u32 =
        std::env::var("SANCTIONWATCH_WAITING").ok().and_then(|number| number.parse().ok()).unwrap_or(500);
    let days = Days::begin(DESK, "2026-08-12T09:00:00Z").await;
    let start = days.house.clock.now();
    let recipient = Recipient::File("desk@example.org".parse().unwrap());
    let mut transaction = days.house.store.begin().await.unwrap();
    for number in 0..waiting {
        let message_id = MessageId::new(&format!("waiting-{number}"), "example.org").unwrap();
        let delivery = NewDelivery {
            purpose: Purpose::Alerts,
            recipient: &recipient,
            message_id: &message_id,
            subject: "waits",
            bytes: b"Subject: waits\r\n\r\n",
            alerts: &[],
            about: None,
            now: days.house.clock.now(),
        };
        transaction.insert_delivery(delivery).await.unwrap();
    }
    transaction.commit().await.unwrap();
    days.house.channels.outlet(&Way::Mail).unwrap().lock().await.rate = NonZeroU32::new(MOST).map(Rate::new);

    for minute in 1..=waiting.div_ceil(MOST) {
        days.pass().await;
        // Whoever asks again within the minute gets no more out of it.
        days.after(SignedDuration::from_secs(30));
        days.pass().await;
        assert_eq!(
            days.house.store.open_count().await.unwrap(),
            u64::from(waiting.saturating_sub(minute * MOST))
        );
        days.after(SignedDuration::from_secs(30));
    }
    let sent = days.house.store.list_deliveries(Some(DeliveryState::Sent), None, waiting).await.unwrap();
    let sent: Vec<(String, Timestamp)> =
        sent.iter().rev().map(|sent| (sent.message_id.as_str().to_owned(), sent.due)).collect();
    let expected = (0..waiting).map(|number| {
        let minute = SignedDuration::from_mins(i64::from(number / MOST));
        (format!("waiting-{number}@example.org"), start + minute)
    });
    assert!(sent.iter().cloned().eq(expected), "oldest first, so many a minute: {sent:?}");
}
