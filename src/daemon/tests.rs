//! Days at the house with a clock that the test turns: who is told what, when, and when the operator is.

use super::commit::commit;
use super::once::deliver;
use super::poll::{Answered, Outcome, Polled, assess_all};
use super::vigil::{GRACE, vigil_loop};
use super::*;
use crate::config::check_text;
use crate::domain::{Asked, DeliveryState, Entry, KnownAddress, MailAddress, Source, SubscriberKey, Token};
use crate::parse::Parsed;
use crate::schedule::Rate;
use crate::store::{PollRecord, Settled};
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

fn answered(source: &Source) -> Answered {
    Answered { address: source.addresses[0].clone(), known: KnownAddress::default(), fresh_for: None }
}

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
        let parsed =
            Parsed { entries: vec![entry], language: None, repairs: Vec::new(), asked: Asked::default() };
        let entries = assess_all(&self.house, &source, parsed, now);
        let outcome = Outcome::Changed { answered: answered(&source), asked: Asked::default(), entries };
        let committed = commit(&self.house, &Polled { source, now, outcome }, 0).await.unwrap();
        assert_eq!(committed.stories_new, 1, "{title} is no story of its own");
    }

    /// The source is read, and tells nothing new.
    async fn touch(&self) {
        let (source, now) = (self.house.config.sources[0].clone(), self.house.clock.now());
        let outcome = Outcome::Unchanged(answered(&source));
        commit(&self.house, &Polled { source, now, outcome }, 0).await.unwrap();
    }

    async fn pass(&self) {
        self.house.dispatch(&CancellationToken::new()).await.unwrap();
    }

    /// Mail cannot be written from now on.
    fn close_folder(&self) {
        let folder = self.folder.path().join("mail");
        if folder.exists() {
            std::fs::rename(&folder, self.folder.path().join("kept")).unwrap();
        }
        std::fs::write(folder, "in the way").unwrap();
    }

    fn open_folder(&self) {
        std::fs::remove_file(self.folder.path().join("mail")).unwrap();
    }

    /// What `/healthz` says is wrong.
    async fn health(&self) -> Vec<String> {
        let now = self.house.clock.now();
        self.house.health(&self.house.store.signals(now).await.unwrap(), now).alarms
    }

    /// Subjects of the mails that are new, in no order.
    async fn mails(&mut self) -> Vec<String> {
        self.house.dispatch(&CancellationToken::new()).await.unwrap();
        let mut subjects = Vec::new();
        for delivery in self.house.store.list_deliveries(None, None, 1000).await.unwrap() {
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
    let poll = PollRecord { source, now, next_poll: now, wait_until: None, error, entries: None };
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
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
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
async fn what_only_the_rate_holds_back_goes_when_it_lets_more_pass() {
    let more: String = ["a", "b", "c", "d"].map(|name| DESK.replace("desk@", &format!("{name}@"))).concat();
    let days = Days::begin(&format!("{DESK}{more}"), "2026-08-12T09:00:00Z").await;
    let desk: MailAddress = "desk@example.org".parse().unwrap();
    {
        let mut channels = days.house.channels.lock().await;
        let outlet = channels.outlet(&days.house.mail_to(&desk)).unwrap();
        outlet.rate = Some(Rate::new(std::num::NonZeroU32::MIN.saturating_add(1)));
    }
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
async fn a_link_is_its_subscribers_for_ever() {
    let days = Days::begin(DESK, "2026-08-12T09:00:00Z").await;
    let known = days.house.store.subscriptions().await.unwrap();
    assert_eq!(known.len(), 1);
    let token: &Token = &known[0].token;
    assert_eq!(known[0].address.as_str(), "desk@example.org");
    assert_eq!(days.house.store.subscription_of(token).await.unwrap().as_ref(), Some(&known[0]));
    assert!(days.house.subscriber(&SubscriberKey::Mail(known[0].address.clone())).is_some());
}
