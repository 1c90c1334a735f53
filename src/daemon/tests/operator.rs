//! When the operator is told.

use super::*;
use crate::store::StoreError;
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn the_operator_is_told_once_that_nothing_comes_through_and_once_that_it_does() {
    let text = format!("{DESK}[operator]\nemail = \"ops@example.org\"\nsilence = \"6h\"\n");
    let mut days = Days::begin(&text, "2026-08-12T09:00:00Z").await;
    days.tells(DRILLS).await;
    assert_eq!(days.mails().await.len(), 1);
    days.at("2026-08-12T14:59:00Z");
    days.house.look(GRACE).await.unwrap();
    assert!(days.mails().await.is_empty());
    for _ in 0..3 {
        days.after(minutes(60));
        days.house.look(GRACE).await.unwrap();
    }
    let told = days.mails().await;
    assert!(told.len() == 1 && told[0].contains("no source can be read"), "{told:?}");
    let signals = days.house.store.signals(days.house.clock.now()).await.unwrap();
    assert!(!days.house.health(&signals, days.house.clock.now()).healthy);
    days.tells(BAN).await;
    days.house.look(GRACE).await.unwrap();
    let told = days.mails().await;
    assert!(told.iter().any(|subject| subject.contains("sources can be read again")), "{told:?}");
    let signals = days.house.store.signals(days.house.clock.now()).await.unwrap();
    assert!(days.house.health(&signals, days.house.clock.now()).healthy);
}

#[tokio::test]
async fn the_operator_is_told_afterwards_that_the_database_could_not_be_written_for_long() {
    let text = format!("{DESK}[operator]\nemail = \"ops@example.org\"\n");
    let mut days = Days::begin(&text, "2026-08-12T09:00:00Z").await;
    let writing = Arc::clone(&days.house.writing);
    writing.refused(&StoreError::Sql(sqlx::Error::PoolTimedOut), days.house.clock.now());
    days.after(minutes(90));
    days.house.look(GRACE).await.unwrap();
    assert!(days.mails().await.is_empty(), "it is not over");
    writing.can_be_written(days.house.clock.now());
    days.after(minutes(30));
    for expected in [1, 0] {
        days.house.look(GRACE).await.unwrap();
        let told = days.mails().await;
        assert_eq!(told.len(), expected, "{told:?}");
        assert!(told.iter().all(|subject| subject.contains("the database can be written again")), "{told:?}");
    }
}

#[tokio::test]
async fn a_week_is_summed_up_once_also_when_its_hour_was_slept_through() {
    // A Wednesday.
    let text = format!("{DESK}[operator]\nemail = \"ops@example.org\"\nsummary = \"Mon 08:00\"\n");
    let mut days = Days::begin(&text, "2026-08-12T09:00:00Z").await;
    days.tells(DRILLS).await;
    days.mails().await;
    days.at("2026-08-17T07:59:00Z");
    days.tells(BAN).await;
    days.mails().await;
    days.house.look(GRACE).await.unwrap();
    assert!(days.mails().await.is_empty());
    days.at("2026-08-17T10:30:00Z");
    days.house.look(GRACE).await.unwrap();
    days.house.look(GRACE).await.unwrap();
    let told = days.mails().await;
    assert!(told.len() == 1 && told[0].contains("all is well"), "{told:?}");
}

#[tokio::test]
async fn a_week_is_summed_up_also_where_each_look_is_a_process_of_its_own() {
    let text = format!("{DESK}[operator]\nemail = \"ops@example.org\"\nsummary = \"Mon 08:00\"\n");
    // A Wednesday.
    let mut days = Days::begin(&text, "2026-08-12T09:00:00Z").await;
    for (time, is_told) in [
        ("2026-08-12T09:00:00Z", false),
        ("2026-08-17T07:59:00Z", false),
        ("2026-08-17T08:30:00Z", true),
        ("2026-08-18T09:00:00Z", false),
        ("2026-08-24T08:00:00Z", true),
    ] {
        days.at(time);
        days = days.again_with(&text).await;
        days.touch().await;
        days.house.look(Duration::ZERO).await.unwrap();
        let told = days.mails().await;
        assert_eq!(told.len(), usize::from(is_told), "{time}: {told:?}");
        assert!(told.iter().all(|subject| subject.contains("all is well")), "{told:?}");
    }
}

#[tokio::test]
async fn a_summary_counts_neither_sources_that_were_removed_nor_readers_who_left() {
    let text = format!("{DESK}[operator]\nemail = \"ops@example.org\"\nsummary = \"Mon 08:00\"\n");
    let mut days = Days::begin(&text, "2026-08-16T09:00:00Z").await;
    days.close_folder();
    days.tells(DRILLS).await;
    days.pass().await;
    days.open_folder();
    let now = days.house.clock.now();
    let mut transaction = days.house.store.begin().await.unwrap();
    transaction.unsubscribe(&"desk@example.org".parse().unwrap(), None, now).await.unwrap();
    let source = &crate::domain::SourceName::new("Old feed").unwrap();
    let error = Some("404 Not Found");
    let poll = PollRecord {
        source,
        now,
        next_poll: now,
        wait_until: None,
        error,
        gone: false,
        pace: None,
        body: None,
    };
    transaction.record_poll(poll).await.unwrap();
    transaction.commit().await.unwrap();
    days.at("2026-08-17T08:00:00Z");
    days.tells(BAN).await;
    days.house.look(GRACE).await.unwrap();
    let told = days.mails().await;
    assert!(told.iter().any(|subject| subject.contains("all is well")), "{told:?}");
}

#[tokio::test]
async fn mail_that_goes_nowhere_is_told_of_once_whatever_the_log_takes_until_it_goes_again() {
    let text = format!("{DESK}[operator]\nemail = \"ops@example.org\"\nsilence = \"6h\"\n");
    let mut days = Days::begin(&text, "2026-08-12T09:00:00Z").await;
    days.close_folder();
    days.tells(DRILLS).await;
    days.pass().await;
    for hour in 1..=24 {
        days.after(minutes(60));
        // A source is read and the log is told something all the time.
        days.touch().await;
        days.pass().await;
        let told = days.house.look(GRACE).await.unwrap();
        assert_eq!(told, hour == 7, "{hour}");
        let alarms = days.health().await;
        let since = ["no mail can be delivered since 2026-08-12T09:00:00Z"];
        assert_eq!(alarms, &since[..usize::from(hour > 6)], "{hour}");
    }
    // As after a restart: what was known is neither ended nor told again.
    *days.house.steady.lock().unwrap() = days.house.clock.now();
    assert!(!days.house.look(GRACE).await.unwrap());
    assert_eq!(days.health().await.len(), 1);

    days.open_folder();
    days.after(minutes(30));
    let told = days.mails().await;
    assert!(told.len() == 2 && told.iter().any(|told| told.contains("no mail can be delivered")), "{told:?}");
    assert!(days.health().await.is_empty());
    assert!(days.house.look(GRACE).await.unwrap());
    let told = days.mails().await;
    assert!(told.len() == 1 && told[0].contains("mail is delivered again"), "{told:?}");
    assert!(!days.house.look(GRACE).await.unwrap());
}

#[tokio::test]
async fn an_alarm_is_not_ended_by_the_notice_of_it_and_lapses_when_nothing_waits() {
    let text = format!("{DESK}[operator]\nemail = \"ops@example.org\"\nsilence = \"6h\"\n");
    let mut days = Days::begin(&text, "2026-08-12T09:00:00Z").await;
    days.close_folder();
    days.tells(DRILLS).await;
    days.pass().await;
    let desk = &days.house.store.list_deliveries(Some(DeliveryState::Pending), None, 10).await.unwrap()[0];
    let refused = Settled {
        state: DeliveryState::Refused,
        due: days.house.clock.now(),
        attempted: true,
        answer: "the message was refused at the message: 550 5.7.26 not authenticated",
    };
    let mut transaction = days.house.store.begin().await.unwrap();
    transaction.settle(desk.id, refused).await.unwrap();
    transaction.commit().await.unwrap();
    days.open_folder();
    days.after(minutes(6 * 60 + 1));
    days.touch().await;
    assert!(days.house.look(GRACE).await.unwrap());
    let told = days.mails().await;
    assert!(told.iter().any(|told| told.contains("no mail can be delivered")), "{told:?}");
    for _ in 0..24 {
        days.after(minutes(60));
        days.touch().await;
        assert!(!days.house.look(GRACE).await.unwrap(), "the notice was accepted, and is no reader's mail");
    }
    let mut transaction = days.house.store.begin().await.unwrap();
    let desk: MailAddress = "desk@example.org".parse().unwrap();
    transaction.unsubscribe(&desk, None, days.house.clock.now()).await.unwrap();
    transaction.commit().await.unwrap();
    days.after(minutes(1));
    assert!(days.house.look(GRACE).await.unwrap());
    let told = days.mails().await;
    assert!(told.len() == 1 && told[0].contains("nothing waits for mail any more"), "{told:?}");
}

#[tokio::test]
async fn the_vigil_goes_on_when_the_clock_is_put_back() {
    let text = format!("{DESK}[operator]\nemail = \"ops@example.org\"\nsilence = \"5m\"\n");
    let days = Days::begin(&text, "2026-08-12T09:00:00Z").await;
    days.touch().await;
    let stop = CancellationToken::new();
    let vigil = tokio::spawn(vigil_loop(Arc::clone(&days.house), stop.clone()));
    // This clock is moved on by whoever lets time pass, so that the loop runs as fast as it can.
    let until = async |is_over: &dyn Fn(Timestamp) -> bool| {
        while !is_over(days.house.clock.now()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let begun = days.house.clock.now();
    until(&|now| now > begun).await;
    days.at("2026-08-10T09:00:00Z");
    let back = days.house.clock.now();
    until(&|now| now < begun && now.duration_since(back) > minutes(40)).await;
    stop.cancel();
    vigil.await.unwrap().unwrap();
    let raised = days.house.store.alarms().await.unwrap();
    assert!(raised.contains_key("nothing-polled"), "{raised:?}");
}

#[tokio::test]
async fn the_operator_hears_once_of_a_source_that_fails_for_long_and_once_that_it_is_well() {
    let text = format!(
        "{DESK}[operator]\nemail = \"ops@example.org\"\n[[source]]\nname = \"Other\"\nurl = \"https://example.net/\"\n"
    );
    let mut days = Days::begin(&text, "2026-08-12T09:00:00Z").await;
    days.mails().await;
    let other = days.house.config.sources[1].name.clone();
    let fails = async |days: &Days, error: Option<&str>, gone| {
        let now = days.house.clock.now();
        let mut transaction = days.house.store.begin().await.unwrap();
        let poll = PollRecord {
            source: &other,
            now,
            next_poll: now,
            wait_until: None,
            error,
            gone,
            pace: None,
            body: None,
        };
        transaction.record_poll(poll).await.unwrap();
        transaction.commit().await.unwrap();
    };
    let look = async |days: &mut Days| {
        days.touch().await;
        days.house.look(Duration::ZERO).await.unwrap();
        days.mails().await
    };
    for _hours in 0..4 {
        fails(&days, Some("the server answers 500 (server error)"), false).await;
        assert!(look(&mut days).await.is_empty());
        days.after(minutes(6 * 60));
    }
    assert_eq!(look(&mut days).await, ["1 source to be looked at"]);
    days.after(minutes(6 * 60));
    fails(&days, Some("the server answers 500 (server error)"), false).await;
    assert!(look(&mut days).await.is_empty(), "told once");
    fails(&days, Some("the server answers 410 (gone for good)"), true).await;
    assert_eq!(look(&mut days).await, ["1 source to be looked at"], "it is worse now");
    fails(&days, None, false).await;
    assert_eq!(look(&mut days).await, ["1 source is well again"]);
    assert!(look(&mut days).await.is_empty());
}
