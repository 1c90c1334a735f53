//! Reload: the daemon takes a new configuration whole or not at all, and loses and repeats nothing over it.

use crate::support::feeds::{OIL, ROADMAP, rss};
use crate::support::mail::{Gate, MailServer, Stage};
use crate::support::port::Port;
use crate::support::program;
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};

const SECOND: &str = "second@example.org";

/// A source that tells this one thing.
fn source(web: &WebServer, path: &str, headline: &str) -> String {
    web.serve(path, Route::feed(rss(&[headline])))
}

#[test]
fn a_new_source_and_a_new_subscriber_come_without_a_restart_and_nothing_is_said_twice() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = source(&web, "/news.xml", ROADMAP);
    let mut project = Project::new().source("Meridian", &url).hasty_subscriber(DESK).smtp(&mail);
    let mut daemon = project.start();
    mail.wait_for(|mails| mails.iter().any(|mail| mail.tells(ROADMAP)));
    daemon.wait_for_stories(&[ROADMAP]);

    project = project.source("Courier", &source(&web, "/courier.xml", OIL)).hasty_subscriber(SECOND);
    let told = project.run(&["reload", "--wait"]).expect_code(0);
    assert!(told.stdout.contains("works with the new configuration"), "{told}");
    daemon.wait_for_notice("RELOADING=1");
    daemon.wait_for_notice("READY=1");
    mail.wait_for(|mails| mails.iter().filter(|mail| mail.tells(OIL)).count() == 2);
    daemon.wait_for_stories(&[OIL]);
    let ended = daemon.terminate().expect_code(0);

    assert!(ended.stderr.contains("the configuration was read again sources=2"), "{ended}");
    assert_eq!(ended.stderr.lines().filter(|line| line.contains(ROADMAP)).count(), 1, "{ended}");
    let to = |person: &str, headline: &str| {
        mail.accepted_for(person).iter().filter(|mail| mail.tells(headline)).count()
    };
    assert_eq!((to(DESK, ROADMAP), to(DESK, OIL)), (1, 1));
    assert_eq!((to(SECOND, ROADMAP), to(SECOND, OIL)), (0, 1), "a new subscriber does not look back");
}

#[test]
fn a_wrong_file_changes_nothing_and_says_where_it_is_wrong() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = source(&web, "/news.xml", ROADMAP);
    let mut project = Project::new().source("Meridian", &url).hasty_subscriber(DESK).smtp(&mail);
    let mut daemon = project.start();
    mail.wait_for(|mails| !mails.is_empty());
    daemon.wait_for_stories(&[ROADMAP]);

    project.change("countries = [\"Cuba\"]", "countries = [\"Cubba\"]");
    let told = project.run(&["reload", "--wait"]).expect_code(78);
    assert!(told.stderr.contains("Cubba") && told.stderr.contains("did you mean"), "{told}");
    assert!(!told.stdout.contains("new configuration"), "{told}");
    // Also who signals it without asking first does it no harm.
    daemon.signal("HUP");
    daemon.wait_for_notice("RELOADING=1");
    daemon.wait_for_notice("READY=1");
    daemon.wait_for_line("the old one stays");
    project.change("countries = [\"Cubba\"]", "countries = [\"Cuba\"]");
    project.run(&["reload", "--wait"]).expect_code(0);
    daemon.terminate().expect_code(0);

    assert_eq!(mail.mails().len(), 1, "nothing is said twice over three reloads");
}

/// A drawing with its lines run into each other says nothing.
#[test]
fn a_refused_configuration_is_told_in_the_log_by_words_and_place() {
    let mut project = Project::new();
    let daemon = project.start();
    project.change("countries = [\"Cuba\"]", "countries = [\"Cuba\"");
    project.write_config();
    daemon.signal("HUP");
    daemon.wait_for_line("the old one stays");
    project.change("countries = [\"Cuba\"\n", "countries = [\"Cuba\"]\n");
    project.write_config();
    let ended = daemon.terminate().expect_code(0);

    let line = ended.stderr.lines().find(|line| line.contains("the old one stays")).unwrap();
    let (_, place) = line.split_once("sanctionwatch.toml:").unwrap_or_else(|| panic!("no place: {line}"));
    let numbers: Vec<_> = place.split(':').take(2).map(str::parse::<u32>).collect();
    assert!(numbers.len() == 2 && numbers.iter().all(Result::is_ok), "line and column: {line}");
    assert!(!line.contains("-->") && !line.contains('^'), "{line}");
}

#[test]
fn what_only_the_daemon_can_see_is_its_verdict() {
    let (web, taken) = (WebServer::start(), Port::reserve());
    let _in_use = taken.listen(|_, _| {});
    let url = source(&web, "/news.xml", ROADMAP);
    let mut project = Project::new().source("Meridian", &url);
    let daemon = project.start();
    daemon.wait_for_stories(&[ROADMAP]);

    let address = taken.address();
    project = project.with(&format!("[listen]\naddress = \"{address}\""));
    let told = project.run(&["reload", "--wait"]).expect_code(78);
    assert!(told.stderr.contains("keeps the old configuration: cannot listen at"), "{told}");
    let free = Port::reserve();
    project.change(&address.to_string(), &free.address().to_string());
    project.run(&["reload", "--wait"]).expect_code(0);
    TcpStream::connect(free.address()).unwrap();
    project.change("state/sanctionwatch.db", "state/other.db");
    let elsewhere = project.run(&["reload", "--wait"]).expect_code(69);
    assert!(elsewhere.stderr.contains("no daemon runs on"), "{elsewhere}");
    daemon.signal("HUP");
    daemon.wait_for_line("`state` cannot be changed");
    project.change("state/other.db", "state/sanctionwatch.db");
    daemon.terminate().expect_code(0);
}

#[test]
fn a_message_in_flight_comes_to_its_end_beside_a_reload() {
    let (web, mail, gate) = (WebServer::start(), MailServer::start(), Gate::at(Stage::Dot));
    mail.script(|script| script.gate = Some(gate.clone()));
    let url = source(&web, "/news.xml", ROADMAP);
    let mut project = Project::new().source("Meridian", &url).hasty_subscriber(DESK).smtp(&mail);
    project.change("timeout = \"3s\"\nfrom", "timeout = \"5m\"\nfrom");
    let daemon = project.start();
    gate.wait_until_reached();

    project = project.source("Courier", &source(&web, "/courier.xml", OIL));
    project.run(&["reload", "--wait"]).expect_code(0);
    daemon.wait_for_stories(&[OIL]);
    assert_eq!(mail.mails().len(), 0, "it is in flight still");
    gate.open();
    mail.wait_for(|mails| [ROADMAP, OIL].iter().all(|story| mails.iter().any(|mail| mail.tells(story))));
    daemon.terminate().expect_code(0);

    assert_eq!(mail.mails().len(), 2, "each once: {:#?}", mail.talk());
}

#[test]
fn who_was_removed_is_told_no_more() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = source(&web, "/news.xml", ROADMAP);
    let mut project =
        Project::new().source("Meridian", &url).hasty_subscriber(DESK).hasty_subscriber(SECOND).smtp(&mail);
    mail.script(|script| {
        script.recipients.insert(SECOND, "451 4.2.0 later");
    });
    let daemon = project.start();
    mail.wait_for(|mails| mails.iter().any(|mail| mail.tells(ROADMAP)));
    daemon.wait_for_line("is tried again later");

    project.change(&format!("email = \"{SECOND}\""), "email = \"third@example.org\"");
    project.run(&["reload", "--wait"]).expect_code(0);
    daemon.terminate().expect_code(0);

    project.leaves("given-up", 1);
    assert_eq!(mail.accepted_for(SECOND).len(), 0);
}

#[test]
fn the_service_manager_hears_that_every_part_goes_on_and_how_things_stand() {
    let web = WebServer::start();
    let project = Project::new().source("Meridian", &source(&web, "/news.xml", ROADMAP));
    let mut command = project.command(&["run"]);
    command.env("WATCHDOG_USEC", "400000");
    let mut daemon = crate::support::daemon::Daemon::start(command, project.folder());

    daemon.wait_for_notice("READY=1");
    daemon.wait_for_notice("STATUS=1 of 1 sources healthy, 0 alerts pending");
    for _beat in 0..3 {
        daemon.wait_for_notice("WATCHDOG=1");
    }
    daemon.wait_for_stories(&[ROADMAP]);
    daemon.terminate().expect_code(0);
}

/// The daemon's files take it a while after the first was read, and it reads them all the time, because somebody else
/// signals it. Who asks has a file of his own that is right, so that each verdict is the daemon's.
#[test]
fn whoever_asks_for_a_reload_gets_a_verdict_on_files_as_new_as_the_question() {
    const ROUNDS: usize = 2;
    let web = WebServer::start();
    let url = source(&web, "/news.xml", ROADMAP);
    let mut project = Project::new().source("Meridian", &url);
    let long = "# A line that says nothing and is read all the same.\n".repeat(70_000);
    for name in ["a", "b", "c", "d"] {
        std::fs::write(project.path(&format!("{name}.toml")), &long).unwrap();
    }
    let include = "include = [\"a.toml\", \"b.toml\", \"c.toml\", \"d.toml\"]\nstate = \"state/";
    project.change("state = \"state/", include);
    let mut daemon = project.start();
    daemon.wait_for_stories(&[ROADMAP]);
    let file = project.path("sanctionwatch.toml");
    let right = std::fs::read_to_string(&file).unwrap();
    let wrong = right.replace("\"Cuba\"]", "\"Cubba\"]");
    let put = |text: &str| {
        std::fs::write(project.path("new.toml"), text).unwrap();
        std::fs::rename(project.path("new.toml"), &file).unwrap();
    };
    let own = project.path("own.toml");
    std::fs::write(
        &own,
        format!("state = \"state/sanctionwatch.db\"\n[[source]]\nname = \"M\"\nurl = {url:?}\n"),
    )
    .unwrap();
    let ask = || {
        let mut command = program::command(project.folder());
        command.args(["reload", "--wait", "--config"]).arg(&own);
        program::run(command, None)
    };
    let over = AtomicBool::new(false);

    std::thread::scope(|scope| {
        let _end = End(&over);
        let (daemon, over) = (&mut daemon, &over);
        scope.spawn(move || {
            while !over.load(Ordering::SeqCst) {
                daemon.signal("HUP");
                // Somebody must take what it tells: it waits for that.
                daemon.wait_for_notice("READY=1");
            }
        });
        for _round in 0..ROUNDS {
            put(&wrong);
            let told = [(); 2].map(|()| scope.spawn(ask));
            for told in told {
                let told = told.join().unwrap().expect_code(78);
                assert!(told.stderr.contains("keeps the old configuration"), "{told}");
            }
            put(&right);
            ask().expect_code(0);
        }
    });
    daemon.terminate().expect_code(0);
}

/// Says that it is over when it is, also where a test stops at a surprise.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn an_address_that_includes_the_present_one_takes_a_restart_and_that_is_told() {
    let (web, port) = (WebServer::start(), Port::reserve());
    let url = source(&web, "/news.xml", ROADMAP);
    let address = port.address();
    let mut project =
        Project::new().source("Meridian", &url).with(&format!("[listen]\naddress = \"{address}\""));
    let daemon = project.start();

    project.change(&address.to_string(), &format!("0.0.0.0:{}", address.port()));
    let told = project.run(&["reload", "--wait"]).expect_code(78);
    assert!(told.stderr.contains(&format!("while the daemon listens at {address}")), "{told}");
    assert!(told.stderr.contains("Restart it for that"), "{told}");
    TcpStream::connect(address).unwrap();
    daemon.terminate().expect_code(0);
}
