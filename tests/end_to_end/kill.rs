//! Kill: the daemon killed again and again, at moments that a seed chooses, while it starts, polls and
//! sends. In the end every alert was accepted, each under one Message-ID, and a kill has cost at most
//! one copy more, because one connection is open at a time (RFC 1047: no sender can do better).
//!
//! As often as you like, here a thousand times, in about ten minutes:
//! `SANCTIONWATCH_KILLS=1000 cargo test --release --test end_to_end -- kill --nocapture`.
//! `SANCTIONWATCH_KILL_SEED` chooses other moments.

use crate::support::events::headline;
use crate::support::feeds::{rss, slug};
use crate::support::mail::{MailServer, Moments};
use crate::support::program;
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

const PEOPLE: [&str; 2] = [DESK, "second@example.org"];

/// Sources with news that nobody has read. A start polls them one after the other within 1.2 s.
const SOURCES: usize = 24;

/// How long after it is ready the daemon is killed at the latest.
const LIFE: Duration = Duration::from_millis(400);

/// So many lives have one that ends before the daemon is ready, the first one included.
const ONE_EARLY_IN: u64 = 5;

/// The longest that the mail server takes for an answer after a final dot, and before it listens again.
const SLOW: Duration = Duration::from_millis(25);

/// Items held in memory are as few as may be: events that are further apart are not compared.
const STORIES: &str = "[stories]\ntold-within = \"1h\"\nfollows-within = \"1h\"\nmost-items = 100";

pub(crate) fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|error| panic!("{variable}: {error}")),
        Err(_) => default,
    }
}

#[test]
fn killed_at_any_moment_it_tells_everything_under_one_id() {
    let (kills, seed) = (number("SANCTIONWATCH_KILLS", 30), number("SANCTIONWATCH_KILL_SEED", 1));
    let mut dice = fastrand::Rng::with_seed(seed);
    let (mut news, mail) = (News::new(seed), MailServer::start());
    mail.script(|script| script.around_dot = Some(Moments::new(seed, SLOW)));
    let mut project = PEOPLE
        .iter()
        .fold(Project::new(), |project, person| project.hasty_subscriber(person))
        .smtp(&mail)
        .with(STORIES);
    project.change("state = \"state/", "include = [\"sources.toml\"]\nstate = \"state/");
    // The world is well: a busy machine must not look like a fault of it.
    project.change("timeout = \"3s\"", "timeout = \"60s\"");
    let start = time_of_a_start();
    let mut arrived = Arrived::default();
    let mut seen_in_doubt = 0;

    for life in 0..kills {
        news.go_on(&arrived, &project);
        let mut daemon = project.begin();
        if life % ONE_EARLY_IN == 0 {
            std::thread::sleep(start.mul_f64(dice.f64()));
        } else {
            daemon.wait_for_notice("READY=1");
            std::thread::sleep(LIFE.mul_f64(dice.f64()));
        }
        let logged = daemon.kill();

        let complaints = ["ERROR", "WARN", "panicked"];
        // That nobody subscribes to the second watch is told at each start, and no complaint.
        let is_odd = |line: &str| line.contains("odd in the configuration");
        let complaint = |line: &&String| complaints.iter().any(|word| line.contains(word)) && !is_odd(line);
        assert_eq!(logged.iter().find(complaint), None, "life {life}: {logged:#?}");
        let in_doubt = in_doubt(&project.state());
        assert!(in_doubt <= 1, "{in_doubt} in doubt after life {life}, with one connection");
        seen_in_doubt += in_doubt;
        arrived.take_in(&mail);
    }

    let last = project.once();
    assert_eq!(last.numbers(["deliveries.pending", "deliveries.refused"]), [0, 0], "{}", last.ended);
    arrived.take_in(&mail);
    println!(
        "kill: {kills} kills (seed {seed}), {} stories in {} feeds ({} read again after a kill), {} alerts, \
         {} messages accepted, {} of them extra copies, {seen_in_doubt} in doubt seen at a restart",
        news.headlines.len(),
        news.written,
        news.read_again(),
        news.headlines.len() * PEOPLE.len(),
        arrived.accepted,
        arrived.copies,
    );
    for headline in &news.headlines {
        for person in PEOPLE {
            let ids = arrived.ids.get(&(person.to_owned(), slug(headline))).map_or(0, BTreeSet::len);
            assert_eq!(ids, 1, "Message-IDs of {headline:?} for {person}");
        }
    }
    assert_eq!(arrived.ids.len(), news.headlines.len() * PEOPLE.len(), "nothing but what was published");
    assert!(arrived.copies <= seen_in_doubt, "only what is in doubt is sent again");
    assert!(arrived.copies <= kills, "one connection, so one copy for each kill at the most");

    project.once();
    assert_eq!(mail.mails_after(arrived.accepted).len(), 0, "everything is settled");
}

#[test]
fn what_is_told_to_be_killed_in_is_one_story_each() {
    let project = Project::new().with(STORIES);
    let items: String = (0..400)
        .map(|number| json!({"id": number.to_string(), "title": headline(number), "lang": "en"}))
        .map(|item| format!("{item}\n"))
        .collect();
    let run = |command: &str| program::run(project.command(&[command]), Some(items.clone().into_bytes()));

    for (number, placed) in run("group").expect_code(0).json_lines().into_iter().enumerate() {
        assert_eq!(placed["why"], "new", "{}: {placed}", headline(number));
    }
    for (number, assessed) in run("assess").expect_code(0).json_lines().into_iter().enumerate() {
        let reported = |kind: &str| assessed[kind]["reported"] == true;
        assert!(reported("sanctions") || reported("alliance"), "{}: {assessed}", headline(number));
        assert_eq!(assessed["countries"].as_array().map(Vec::len), Some(2), "{}", headline(number));
    }
}

/// How long the daemon takes until it is ready, here and now.
fn time_of_a_start() -> Duration {
    let mut project = Project::new();
    project.leaves_no_usable_state();
    let begun = Instant::now();
    project.start().kill();
    begun.elapsed()
}

/// Mails in doubt. The file is opened as the daemon's own check at its start opens it, for reading only,
/// which leaves the write-ahead log for the next life to recover from.
fn in_doubt(state: &Path) -> u64 {
    // Killed when it had just made the file: nothing was ever put into it.
    let journal = state.with_file_name("sanctionwatch.db-journal");
    if !state.exists() || journal.exists() {
        return 0;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(state).read_only(true);
        let mut connection = options.connect().await.unwrap();
        let outbox: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'delivery'")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        let mut in_doubt = 0;
        if outbox > 0 {
            in_doubt = sqlx::query_scalar(
                "SELECT count(*) FROM delivery WHERE state = 'in-doubt' AND channel = 'smtp'",
            )
            .fetch_one(&mut connection)
            .await
            .unwrap();
        }
        connection.close().await.unwrap();
        u64::try_from(in_doubt).unwrap()
    })
}

/// A web of feeds that are read once and followed by new ones.
struct News {
    web: WebServer,
    dice: fastrand::Rng,
    headlines: Vec<String>,
    /// Feeds that there ever were.
    written: usize,
    /// Those with news that has not arrived: their number, and what they tell.
    open: Vec<(usize, Vec<String>)>,
}

impl News {
    fn new(seed: u64) -> Self {
        Self {
            web: WebServer::start(),
            dice: fastrand::Rng::with_seed(!seed),
            headlines: Vec::new(),
            written: 0,
            open: Vec::new(),
        }
    }

    /// Puts a new feed into the place of every one whose news has arrived, and writes the sources.
    fn go_on(&mut self, arrived: &Arrived, project: &Project) {
        self.open.retain(|(_, headlines)| !headlines.iter().all(|headline| arrived.everywhere(headline)));
        while self.open.len() < SOURCES {
            let from = self.headlines.len();
            let told: Vec<String> = (from..from + self.dice.usize(1..=2)).map(headline).collect();
            let body = rss(&told.iter().map(String::as_str).collect::<Vec<_>>());
            self.web.serve(&path(self.written), Route::feed(body));
            self.headlines.extend(told.iter().cloned());
            self.open.push((self.written, told));
            self.written += 1;
        }
        let sources: String = self
            .open
            .iter()
            .map(|(number, _)| {
                let url = self.web.url(&path(*number));
                format!("[[source]]\nname = \"Wire {number}\"\nurl = {url:?}\nlang = \"en\"\n")
            })
            .collect();
        std::fs::write(project.path("sources.toml"), sources).unwrap();
    }

    /// Bodies that were asked for once more, because a kill came before what they told was kept.
    fn read_again(&self) -> usize {
        let requests = self.web.all_requests();
        let read: Vec<&str> = requests
            .iter()
            .filter(|request| request.status == 200)
            .map(|request| request.path.as_str())
            .collect();
        read.len() - read.iter().collect::<BTreeSet<_>>().len()
    }
}

fn path(number: usize) -> String {
    format!("/wire-{number}.xml")
}

/// What the mail server has accepted.
#[derive(Default)]
struct Arrived {
    accepted: usize,
    /// Messages that had been accepted before.
    copies: u64,
    /// The text of each message, as a hash, by its id.
    texts: BTreeMap<String, Vec<u8>>,
    /// The ids under which a person was told a story.
    ids: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Arrived {
    fn take_in(&mut self, mail: &MailServer) {
        for message in mail.mails_after(self.accepted) {
            self.accepted += 1;
            let (id, text) = (message.message_id(), Sha256::digest(&message.data).to_vec());
            if let Some(before) = self.texts.insert(id.clone(), text.clone()) {
                assert_eq!(before, text, "a copy is the same byte for byte: {}", message.data);
                self.copies += 1;
            }
            let plain = message.text();
            for link in plain.split("https://news.example/").skip(1) {
                let slug = link.split(|letter: char| !letter.is_ascii_alphanumeric()).next();
                let story = (message.to.concat(), slug.unwrap_or_default().to_owned());
                self.ids.entry(story).or_default().insert(id.clone());
            }
        }
    }

    fn everywhere(&self, headline: &str) -> bool {
        PEOPLE.iter().all(|person| self.ids.contains_key(&((*person).to_owned(), slug(headline))))
    }
}
