//! Who is told, and who no more.

use super::*;

#[tokio::test]
async fn who_must_confirm_is_sent_one_question_and_nothing_else_before() {
    let mut days = Days::begin(&format!("{DESK}confirm = true\n"), "2026-08-12T09:00:00Z").await;
    days.tells(DRILLS).await;
    let asked = days.mails().await;
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].to_lowercase().contains("confirm"), "{asked:?}");
    let desk: MailAddress = "desk@example.org".parse().unwrap();
    let mut transaction = days.house.store.begin().await.unwrap();
    transaction.confirm(&desk, days.house.clock.now()).await.unwrap();
    transaction.commit().await.unwrap();
    days.after(minutes(5));
    assert!(days.mails().await.is_empty(), "what was told before is not told now");
    days.tells(BAN).await;
    assert_eq!(days.mails().await.len(), 1);
}

#[tokio::test]
async fn who_is_to_be_asked_again_is_asked_by_the_vigil_once_without_a_restart() {
    let text = format!("{}confirm = true\n", DESK.replace("desk@", "Desk@"));
    let mut days = Days::begin(&text, "2026-08-12T09:00:00Z").await;
    assert_eq!(days.mails().await.len(), 1);
    days.after(minutes(1));
    assert!(!days.house.look(GRACE).await.unwrap());
    let desk: MailAddress = "Desk@example.org".parse().unwrap();
    let mut transaction = days.house.store.begin().await.unwrap();
    assert!(transaction.ask_again(&desk).await.unwrap());
    transaction.commit().await.unwrap();
    assert!(days.house.look(GRACE).await.unwrap());
    assert!(!days.house.look(GRACE).await.unwrap(), "it was asked");
    let asked = days.mails().await;
    assert!(asked.len() == 1 && asked[0].to_lowercase().contains("confirm"), "{asked:?}");
}

#[tokio::test]
async fn who_left_a_watch_hears_of_the_other_and_who_left_all_of_nothing() {
    let mut days = Days::begin(DESK, "2026-08-12T09:00:00Z").await;
    let desk: MailAddress = "desk@example.org".parse().unwrap();
    let iran = crate::domain::WatchName::new("Iran").unwrap();
    let leave = async |days: &Days, watch| {
        let mut transaction = days.house.store.begin().await.unwrap();
        transaction.unsubscribe(&desk, watch, days.house.clock.now()).await.unwrap();
        transaction.commit().await.unwrap();
    };
    leave(&days, Some(&iran)).await;
    days.tells(BAN).await;
    assert!(days.mails().await.is_empty());
    days.tells(PACT).await;
    assert_eq!(days.mails().await.len(), 1, "the other watch asks for it");
    leave(&days, None).await;
    days.after(minutes(90));
    days.tells(FLIGHTS).await;
    assert!(days.mails().await.is_empty());
}

#[tokio::test]
async fn a_watch_that_a_second_source_serves_keeps_the_story_of_one_that_is_left() {
    let text = "[[source]]\nname = \"Wire\"\nurl = \"https://example.com/feed\"\nlang = \"en\"\n\
        [[watch]]\nname = \"Wired\"\ncountries = [\"Iran\"]\nsources = [\"Wire\"]\n\
        [[subscriber]]\nemail = \"desk@example.org\"\nwatches = [\"Iran\", \"Wired\"]\n\
        deliver = { daily = \"07:30\" }\n";
    let mut days = Days::begin(text, "2026-08-12T09:00:00Z").await;
    let desk: MailAddress = "desk@example.org".parse().unwrap();
    let iran = crate::domain::WatchName::new("Iran").unwrap();
    days.tells(BAN).await;
    days.tells(DRILLS).await;
    assert_eq!(days.told_by(1, BAN).await.stories_updated, 1);
    let mut transaction = days.house.store.begin().await.unwrap();
    transaction.unsubscribe(&desk, Some(&iran), days.house.clock.now()).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(days.told_by(1, DRILLS).await.alerts, 1, "only now does a watch ask for it that was not left");
    days.at("2026-08-13T07:30:00Z");
    let digest = days.mails().await;
    assert!(digest.len() == 1 && digest[0].starts_with("2 stories: "), "{digest:?}");
}

#[tokio::test]
async fn who_was_forgotten_is_told_nothing_before_the_restart() {
    let mut days = Days::begin(DESK, "2026-08-12T09:00:00Z").await;
    let desk: MailAddress = "desk@example.org".parse().unwrap();
    let mut transaction = days.house.store.begin().await.unwrap();
    transaction.unsubscribe(&desk, None, days.house.clock.now()).await.unwrap();
    transaction.forget(&desk).await.unwrap();
    transaction.commit().await.unwrap();
    days.tells(BAN).await;
    assert!(days.mails().await.is_empty());
    assert!(days.house.store.waiting_alerts().await.unwrap().is_empty());
}

#[tokio::test]
async fn who_left_stays_away_however_the_address_is_written() {
    let mut days = Days::begin(DESK, "2026-08-12T09:00:00Z").await;
    let desk: MailAddress = "desk@example.org".parse().unwrap();
    let mut transaction = days.house.store.begin().await.unwrap();
    transaction.unsubscribe(&desk, None, days.house.clock.now()).await.unwrap();
    transaction.commit().await.unwrap();
    days = days.again_with(&DESK.replace("desk@", "Desk@")).await;
    days.tells(BAN).await;
    assert!(days.mails().await.is_empty());
    assert_eq!(days.house.store.subscriptions().await.unwrap().len(), 1);

    let mut transaction = days.house.store.begin().await.unwrap();
    transaction.resubscribe(&desk, None).await.unwrap();
    transaction.commit().await.unwrap();
    days.tells(DRILLS).await;
    assert_eq!(days.mails().await.len(), 1);
    let sent = days.house.store.list_deliveries(None, None, 10).await.unwrap();
    let to = sent.iter().map(|delivery| delivery.recipient.channel_and_address().1);
    assert!(to.clone().any(|address| address == "Desk@example.org"), "mail goes to the address as written");
    assert!(to.clone().all(|address| address != "desk@example.org"));
}

#[tokio::test]
async fn who_left_while_a_message_was_in_doubt_gets_it_once_more_at_most() {
    let mut days = Days::begin(DESK, "2026-08-12T09:00:00Z").await;
    let desk: MailAddress = "desk@example.org".parse().unwrap();
    // Where a folder should be is a file: no mail can be written.
    std::fs::write(days.folder.path().join("mail"), "").unwrap();
    days.tells(BAN).await;
    assert_eq!(days.mails().await.len(), 1);
    let found = async |days: &Days| {
        let listed = days.house.store.list_deliveries(None, None, 10).await.unwrap();
        listed.into_iter().find(|one| one.recipient.channel_and_address().0 == "file").unwrap()
    };
    let mut transaction = days.house.store.begin().await.unwrap();
    assert!(transaction.intend(found(&days).await.id).await.unwrap());
    transaction.unsubscribe(&desk, None, days.house.clock.now()).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(found(&days).await.state, DeliveryState::InDoubt, "it may be there already");
    days.after(minutes(20));
    days.mails().await;
    let after = found(&days).await;
    assert_eq!((after.state, after.answer.as_deref()), (DeliveryState::GivenUp, Some("unsubscribed")));
}

#[tokio::test]
async fn what_waits_for_who_has_left_is_not_sent_after_a_restart() {
    let mut days = Days::begin(DESK, "2026-08-12T09:00:00Z").await;
    let desk: MailAddress = "desk@example.org".parse().unwrap();
    days.close_folder();
    days.tells(BAN).await;
    days.pass().await;
    let id = days.house.store.list_deliveries(Some(DeliveryState::Pending), None, 10).await.unwrap()[0].id;
    let now = days.house.clock.now();
    let mut transaction = days.house.store.begin().await.unwrap();
    transaction.unsubscribe(&desk, None, now).await.unwrap();
    // As it was left by a version that knew the two spellings of an address apart.
    assert!(transaction.decide_delivery(id, DeliveryState::Pending, "", now).await.unwrap());
    transaction.commit().await.unwrap();
    days = days.again_with(DESK).await;
    let stopped = days.house.store.delivery(id).await.unwrap().unwrap();
    assert_eq!((stopped.state, stopped.attempts), (DeliveryState::GivenUp, 0));
}

#[tokio::test]
async fn a_link_is_its_subscribers_for_ever() {
    let days = Days::begin(DESK, "2026-08-12T09:00:00Z").await;
    let known = days.house.store.subscriptions().await.unwrap();
    assert_eq!(known.len(), 1);
    let token: &Token = &known[0].token;
    assert_eq!(known[0].address.as_str(), "desk@example.org");
    assert_eq!(days.house.store.subscription_of(token).await.unwrap().as_ref(), Some(&known[0]));
    assert!(days.house.subscriber(&SubscriberKey::Mail(known[0].address.clone())).is_some());
}
