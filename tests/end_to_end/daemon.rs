//! The daemon's life: it polls, tells, ends when asked, and loses nothing when it is killed.

use crate::support::feeds::{OIL, ROADMAP, fixture};
use crate::support::mail::{Act, Fault, Mail, MailServer, Stage};
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::collections::BTreeSet;
use std::fs::File;
use std::time::{Duration, Instant};

#[test]
fn it_polls_tells_and_ends_cleanly_on_sigterm() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);

    let daemon = project.start();
    mail.wait_for(|mails| [ROADMAP, OIL].iter().all(|story| mails.iter().any(|mail| mail.tells(story))));
    daemon.wait_for_stories(&[ROADMAP, OIL]);
    let ended = daemon.terminate().expect_code(0);

    assert!(ended.stderr.contains(ROADMAP), "the log tells it as well: {ended}");
    assert!(ended.stdout.is_empty(), "standard output is for who asks: {ended}");
}

#[test]
fn sigterm_ends_it_while_a_source_hangs() {
    let web = WebServer::start();
    let url = web.serve("/hang.xml", Route::Hang);
    let mut project = Project::new().source("Hang", &url);
    project.change("timeout = \"3s\"", "timeout = \"50s\"");

    let daemon = project.start();
    web.wait_for_requests("/hang.xml", 1);
    let started = Instant::now();
    daemon.terminate().expect_code(0);

    // The unit's TimeoutStopSec is 45 s, the source's time-out 50 s: it must not wait for the source.
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_stop_while_the_state_is_opened_is_obeyed_at_once() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url);
    project.once();
    let asked = web.all_requests().len();
    let lock = File::open(project.path("state/sanctionwatch.db.lock")).unwrap();
    // Who writes has to wait: ten seconds for each try.
    let options = SqliteConnectOptions::new().filename(project.state());
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();

    let daemon = project.begin();
    // From the moment when nobody else can have the lock it opens the state.
    while lock.try_lock().is_ok() {
        lock.unlock().unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let started = Instant::now();
    let ended = daemon.terminate().expect_code(0);

    assert!(started.elapsed() < Duration::from_secs(9), "{:?}: {ended}", started.elapsed());
    assert!(ended.stderr.contains("SIGTERM: ending"), "{ended}");
    assert_eq!(web.all_requests().len(), asked);
}

#[test]
fn killed_while_mail_is_in_the_air_it_tells_each_story_after_all() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    mail.fault(Fault::always(Stage::Dot, Act::Cut));
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);

    let daemon = project.start();
    let first = mail.wait_for(|mails| !mails.is_empty());
    daemon.kill();
    mail.mend();
    project.once();

    let accepted = mail.accepted_for(DESK);
    let ids = |mails: &[Mail]| mails.iter().map(Mail::message_id).collect::<BTreeSet<_>>();
    assert!(ids(&first).is_subset(&ids(&accepted)), "the copy carries the same id");
    assert_eq!(ids(&accepted).len(), accepted.len(), "one accepted copy of each");
    for story in [ROADMAP, OIL] {
        assert_eq!(accepted.iter().filter(|mail| mail.tells(story)).count(), 1, "{story}");
    }
}

#[test]
fn killed_in_the_middle_of_a_poll_it_misses_nothing() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let hanging = web.serve("/hang.xml", Route::Hang);
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project =
        Project::new().source("Hang", &hanging).source("Meridian", &url).subscriber(DESK).smtp(&mail);

    let daemon = project.start();
    web.wait_for_requests("/news.xml", 1);
    daemon.kill();
    web.serve("/hang.xml", Route::feed(fixture("wire.xml")));
    project.once();

    let accepted = mail.accepted_for(DESK);
    for story in [ROADMAP, OIL] {
        let ids: BTreeSet<_> =
            accepted.iter().filter(|mail| mail.tells(story)).map(Mail::message_id).collect();
        assert_eq!(ids.len(), 1, "{story}: {accepted:#?}");
    }
}
