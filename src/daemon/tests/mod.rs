//! Days at the house with a clock that the test turns: who is told what, when, and when the operator is.

mod articles;
mod delivery;
mod operator;
mod outage;
mod quiet;
mod readers;
mod series;
mod ways;

use super::commit::{Committed, commit};
use super::once::deliver;
use super::poll::{Answered, Outcome, Polled, assess_all};
use super::vigil::{GRACE, vigil_loop};
use super::*;
use crate::config::check_text;
use crate::domain::{Asked, DeliveryState, Entry, KnownAddress, MailAddress, Source, SubscriberKey, Token};
use crate::parse::{Parsed, PassedOver};
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
    Answered {
        address: source.addresses[0].url.clone(),
        is_new: false,
        known: KnownAddress::default(),
        fresh_for: None,
    }
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
        let time = Arc::new(Mutex::new(now.parse().unwrap()));
        let house = open(&folder, more, &time).await;
        Self { house, time, folder, seen: BTreeSet::new() }
    }

    /// The daemon stops, its file is changed, and it starts again.
    async fn again_with(self, more: &str) -> Self {
        let Self { house, time, folder, seen } = self;
        house.close().await;
        drop(house);
        let house = open(&folder, more, &time).await;
        Self { house, time, folder, seen }
    }

    fn at(&self, now: &str) {
        *self.time.lock().unwrap() = now.parse().unwrap();
    }

    fn after(&self, span: SignedDuration) {
        let mut time = self.time.lock().unwrap();
        *time += span;
    }

    /// The first source tells something new, now.
    async fn tells(&self, title: &str) {
        assert_eq!(self.told_by(0, title).await.stories_new, 1, "{title} is no story of its own");
    }

    /// A source tells something, now.
    async fn told_by(&self, source: usize, title: &str) -> Committed {
        let (source, now) = (self.house.config.sources[source].clone(), self.house.clock.now());
        let entry = Entry {
            guid: Some(title.to_owned()),
            url: None,
            title: title.to_owned(),
            summary: String::new(),
            published: Some(now),
            language: None,
        };
        let parsed = Parsed {
            entries: vec![entry],
            language: None,
            repairs: Vec::new(),
            asked: Asked::default(),
            passed_over: PassedOver::default(),
        };
        let entries = assess_all(&self.house, &source, parsed, now);
        let outcome = Outcome::Changed {
            answered: answered(&source),
            asked: Asked::default(),
            repairs: Vec::new(),
            entries,
            slot: None,
        };
        commit(&self.house, &Polled { source, now, failed: Vec::new(), outcome }, 0).await.unwrap()
    }

    /// The source is read, and tells nothing new.
    async fn touch(&self) {
        let (source, now) = (self.house.config.sources[0].clone(), self.house.clock.now());
        let outcome = Outcome::Unchanged(answered(&source));
        commit(&self.house, &Polled { source, now, failed: Vec::new(), outcome }, 0).await.unwrap();
        self.house.write_quiet().await.unwrap();
    }

    /// The source is asked as a poll asks it, and has nothing new; the write of that may wait.
    async fn quiet_poll(&self) -> Committed {
        let (source, now) = (self.house.config.sources[0].clone(), self.house.clock.now());
        self.house.addresses(&source.name).await.unwrap();
        let outcome = Outcome::Unchanged(answered(&source));
        commit(&self.house, &Polled { source, now, failed: Vec::new(), outcome }, 0).await.unwrap()
    }

    /// When the state has the first source polled last.
    async fn last_attempt(&self) -> Option<Timestamp> {
        let source = self.house.config.sources[0].name.clone();
        self.house.store.source_state(&source).await.unwrap().and_then(|state| state.last_attempt)
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

async fn open(folder: &TempDir, more: &str, time: &Arc<Mutex<Timestamp>>) -> Arc<House> {
    let mut config = check_text(&format!("{BASE}{more}")).unwrap_or_else(|errors| panic!("{errors}")).config;
    config.state = folder.path().join("state.db");
    config.mail_folder = Some(folder.path().join("mail"));
    House::open(config, Clock::Fixed(Arc::clone(time))).await.unwrap()
}

const fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}
