//! When a message is sent.

use super::*;
use crate::domain::Way;

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
        Some(Rate::new(std::num::NonZeroU32::MIN.saturating_add(1)));
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
