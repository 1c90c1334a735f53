//! Days at the house with a clock that the test turns: who is told what, when, and when the operator is.

mod ways;

use super::commit::commit;
use super::poll::{Outcome, Polled, assess_all};
use super::*;
use crate::config::check_text;
use crate::domain::{Entry, MailAddress, SubscriberKey, Token, Validators};
use crate::parse::Parsed;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const BASE: &str = "[[source]]\nname = \"Meridian\"\nurl = \"https://example.org/feed\"\nlang = \"en\"\n\
    [[watch]]\nname = \"Iran\"\ncountries = [\"Iran\"]\n\
    [[watch]]\nname = \"Pacts\"\ncountries = [\"Iran\", \"Syria\"]\nkinds = [\"alliance\"]\n\
    [mail]\nfolder = \"mail\"\n";
const DESK: &str = "[[subscriber]]\nemail = \"desk@example.org\"\nwatches = [\"Iran\", \"Pacts\"]\n";

const DRILLS: &str = "China and Iran begin joint naval drills in Gulf of Oman";
const BAN: &str = "US imposes sanctions on Iran over drone exports";
const FLIGHTS: &str = "Iran and Armenia resume direct passenger flights";
const PACT: &str = "Iran and Belarus sign agriculture cooperation agreement in Minsk";
const EXTENDED: &str = "EU extends human rights sanctions on Iran for another year";

/// A house in a folder of its own.
struct Days {
    house: Arc<House>,
    time: Arc<Mutex<Timestamp>>,
    folder: TempDir,
    seen: BTreeSet<String>,
}

impl Days {
    async fn begin(more: &str, now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config =
            check_text(&format!("{BASE}{more}")).unwrap_or_else(|errors| panic!("{errors}")).config;
        config.state = folder.path().join("state.db");
        config.mail_folder = Some(folder.path().join("mail"));
        let time = Arc::new(Mutex::new(now.parse().unwrap()));
        let house = House::open(config, Clock::Fixed(Arc::clone(&time))).await.unwrap();
        Self { house, time, folder, seen: BTreeSet::new() }
    }

    fn at(&self, now: &str) {
        *self.time.lock().unwrap() = now.parse().unwrap();
    }

    fn after(&self, span: SignedDuration) {
        let mut time = self.time.lock().unwrap();
        *time += span;
    }

    /// A source tells something, now.
    async fn tells(&self, title: &str) {
        let (source, now) = (self.house.config.sources[0].clone(), self.house.clock.now());
        let entry = Entry {
            guid: Some(title.to_owned()),
            url: None,
            title: title.to_owned(),
            summary: String::new(),
            published: Some(now),
            language: None,
        };
        let parsed = Parsed { entries: vec![entry], language: None, repairs: Vec::new() };
        let entries = assess_all(&self.house, &source, parsed, now);
        let address = source.addresses[0].clone();
        let outcome = Outcome::Changed { address, validators: Validators::default(), entries };
        let committed = commit(&self.house, &Polled { source, now, outcome }, 0).await.unwrap();
        assert_eq!(committed.stories_new, 1, "{title} is no story of its own");
    }

    /// Subjects of the mails that are new, in no order.
    async fn mails(&mut self) -> Vec<String> {
        self.house.dispatch(&CancellationToken::new()).await.unwrap();
        let mut subjects = Vec::new();
        for delivery in self.house.store.list_deliveries(None, 1000).await.unwrap() {
            let id = delivery.message_id.to_string();
            if delivery.recipient.channel_and_address().0 == "file" && self.seen.insert(id) {
                assert!(self.folder.path().join("mail").exists(), "{delivery:?}");
                subjects.push(delivery.subject);
            }
        }
        subjects
    }
}

const fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

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
async fn the_operator_is_told_once_that_nothing_comes_through_and_once_that_it_does() {
    let text = format!("{DESK}[operator]\nemail = \"ops@example.org\"\nsilence = \"6h\"\n");
    let mut days = Days::begin(&text, "2026-08-12T09:00:00Z").await;
    days.tells(DRILLS).await;
    assert_eq!(days.mails().await.len(), 1);
    days.at("2026-08-12T14:59:00Z");
    days.house.look().await.unwrap();
    assert!(days.mails().await.is_empty());
    for _ in 0..3 {
        days.after(minutes(60));
        days.house.look().await.unwrap();
    }
    let told = days.mails().await;
    assert!(told.len() == 1 && told[0].contains("no source can be read"), "{told:?}");
    let signals = days.house.store.signals().await.unwrap();
    assert!(!days.house.health(&signals, days.house.clock.now()).healthy);
    days.tells(BAN).await;
    days.house.look().await.unwrap();
    let told = days.mails().await;
    assert!(told.iter().any(|subject| subject.contains("sources can be read again")), "{told:?}");
    let signals = days.house.store.signals().await.unwrap();
    assert!(days.house.health(&signals, days.house.clock.now()).healthy);
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
    days.house.look().await.unwrap();
    assert!(days.mails().await.is_empty());
    days.at("2026-08-17T10:30:00Z");
    days.house.look().await.unwrap();
    days.house.look().await.unwrap();
    let told = days.mails().await;
    assert!(told.len() == 1 && told[0].contains("all is well"), "{told:?}");
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
