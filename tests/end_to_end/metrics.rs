//! What monitors are told: numbers in Prometheus' format, whether the daemon is at work, and `status`.

use crate::support::feeds::{OIL, ROADMAP, fixture, rss};
use crate::support::mail::{Gate, MailServer, Stage};
use crate::support::port::Port;
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// The status, the head and the body of an answer.
pub(crate) fn ask(address: SocketAddr, path: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    (status, head.to_lowercase(), body.to_owned())
}

/// Every number of a page by its name and labels. Panics where a line is not one of the format.
fn numbers(page: &str) -> BTreeMap<String, f64> {
    let is_name = |text: &str| {
        text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
            && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    let (mut kinds, mut found) = (BTreeMap::new(), BTreeMap::new());
    let mut of_family = "";
    assert!(page.ends_with('\n'));
    for line in page.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, text) = help.split_once(' ').unwrap();
            assert!(is_name(name) && text.ends_with('.'), "{line}");
            of_family = name;
            continue;
        }
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&kind) && name == of_family, "{line}");
            assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
            assert_eq!(kinds.insert(name.to_owned(), kind), None, "{line}: a second time");
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
        let (name, labels) = match sample.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}').unwrap_or_else(|| panic!("{line}"))),
            None => (sample, ""),
        };
        for label in labels.split(',').filter(|label| !label.is_empty()) {
            let (name, value) = label.split_once('=').unwrap();
            assert!(
                is_name(name) && value.len() >= 2 && value.starts_with('"') && value.ends_with('"'),
                "{line}"
            );
        }
        let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        let family = family.filter(|family| kinds.get(*family) == Some(&"histogram")).unwrap_or(name);
        assert!(is_name(name) && family == of_family && kinds.contains_key(family), "{line}");
        assert_eq!(found.insert(sample.to_owned(), value), None, "{line}: a second time");
    }
    found
}

fn listening(project: Project, port: &Port) -> Project {
    project.with(&format!("[listen]\naddress = \"{}\"", port.address()))
}

#[test]
fn a_monitor_reads_what_was_polled_judged_and_delivered() {
    let (web, mail, port) = (WebServer::start(), MailServer::start(), Port::reserve());
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let gone = web.serve("/gone.xml", Route::status(404));
    mail.script(|script| {
        script.recipients.insert("second@example.org", "452 4.2.2 mailbox full");
    });
    let project = Project::new().source("Meridian", &url).source("Gone", &gone).smtp(&mail);
    let mut project = listening(project.hasty_subscriber(DESK).hasty_subscriber("second@example.org"), &port);
    let daemon = project.start();
    let stories = [ROADMAP, OIL];
    mail.wait_for(|mails| stories.iter().all(|story| mails.iter().any(|mail| mail.tells(story))));
    daemon.wait_for_stories(&stories);
    daemon.wait_for_line("is tried again later");
    daemon.wait_for_line("Gone cannot be read");
    project.change("countries = [\"Cuba\"]", "countries = [\"Cubba\"]");
    project.command(&["reload"]);
    daemon.signal("HUP");
    daemon.wait_for_line("the old one stays");
    project.change("countries = [\"Cubba\"]", "countries = [\"Cuba\"]");

    let (status, head, page) = ask(port.address(), "/metrics");
    assert_eq!(status, 200, "{page}");
    assert!(head.contains("content-type: text/plain; version=0.0.4"), "{head}");
    let found = numbers(&page);
    let expected = [
        ("sanctionwatch_polls_total{outcome=\"changed\"}", 1.0),
        ("sanctionwatch_polls_total{outcome=\"failed\"}", 1.0),
        ("sanctionwatch_sources", 2.0),
        ("sanctionwatch_sources_failing", 1.0),
        ("sanctionwatch_poll_duration_seconds_count", 2.0),
        ("sanctionwatch_transaction_duration_seconds_count", 2.0),
        ("sanctionwatch_assess_duration_seconds_count", 1.0),
        ("sanctionwatch_items_total{state=\"new\"}", 5.0),
        ("sanctionwatch_entries_total", 5.0),
        ("sanctionwatch_alerts_total", 2.0),
        ("sanctionwatch_stories_total{state=\"new\"}", 3.0),
        ("sanctionwatch_items_dropped_total{reason=\"baseline\"}", 1.0),
        ("sanctionwatch_items_dropped_total{reason=\"muted\"}", 0.0),
        ("sanctionwatch_delivery_attempts_total{channel=\"journal\",outcome=\"sent\"}", 2.0),
        ("sanctionwatch_reloads_total{outcome=\"refused\"}", 1.0),
        ("sanctionwatch_reloads_total{outcome=\"taken\"}", 0.0),
        ("sanctionwatch_part_panics_total", 0.0),
        ("sanctionwatch_alarms", 0.0),
    ];
    for (name, value) in expected {
        assert_eq!(found.get(name), Some(&value), "{name} in\n{page}");
    }
    for name in [
        "sanctionwatch_newest_item_age_seconds",
        "sanctionwatch_database_bytes",
        "process_start_time_seconds",
        "sanctionwatch_deliveries{state=\"sent\"}",
        "sanctionwatch_deliveries{state=\"pending\"}",
        "sanctionwatch_delivery_attempts_total{channel=\"smtp\",outcome=\"later\"}",
    ] {
        assert!(found.get(name).is_some_and(|value| *value > 0.0), "{name} in\n{page}");
    }
    let told: BTreeSet<char> = page.chars().filter(|letter| "@/".contains(*letter)).collect();
    assert_eq!(told, BTreeSet::new(), "neither addresses nor links:\n{page}");
    assert!(!page.contains("Meridian"), "{page}");
    daemon.terminate().expect_code(0);
    let waiting = project.deliveries().iter().filter(|one| one["state"] == "pending").count();
    project.leaves("pending", waiting);
}

#[test]
fn numbers_are_switched_off_by_one_key() {
    let (web, port) = (WebServer::start(), Port::reserve());
    let url = web.serve("/news.xml", Route::feed(rss(&[ROADMAP])));
    let project = listening(Project::new().source("Meridian", &url), &port).with_last("metrics = false");
    let daemon = project.start();
    assert_eq!(ask(port.address(), "/metrics").0, 404);
    assert_eq!(ask(port.address(), "/readyz").0, 200);
    daemon.wait_for_stories(&[ROADMAP]);
    daemon.terminate().expect_code(0);
}

#[test]
fn who_asks_hears_that_the_end_has_begun() {
    let (web, mail, port, gate) =
        (WebServer::start(), MailServer::start(), Port::reserve(), Gate::at(Stage::Dot));
    mail.script(|script| script.gate = Some(gate.clone()));
    let url = web.serve("/news.xml", Route::feed(rss(&[ROADMAP])));
    let mut project = Project::new().source("Meridian", &url).hasty_subscriber(DESK).smtp(&mail);
    project.change("timeout = \"3s\"\nfrom", "timeout = \"5m\"\nfrom");
    let project = listening(project, &port);
    let daemon = project.start();
    gate.wait_until_reached();
    daemon.wait_for_stories(&[ROADMAP]);
    assert_eq!(ask(port.address(), "/readyz").0, 200);
    assert!(numbers(&ask(port.address(), "/metrics").2).contains_key("sanctionwatch_alarms"));

    daemon.signal("TERM");
    daemon.wait_for_line("SIGTERM: ending");
    let (status, _, said) = ask(port.address(), "/readyz");
    assert_eq!((status, said.as_str()), (503, "not at work\n"));
    gate.open();
    daemon.terminate().expect_code(0);
    assert_eq!(mail.mails().len(), 1, "{:#?}", mail.talk());
}

#[test]
fn status_tells_how_things_stand() {
    let (web, mut mail, port) = (WebServer::start(), MailServer::start(), Port::reserve());
    mail.down();
    let url = web.serve("/news.xml", Route::feed(rss(&[ROADMAP])));
    let gone = web.serve("/gone.xml", Route::status(404));
    let project = Project::new().source("Meridian", &url).source("Gone", &gone).smtp(&mail);
    let mut project = listening(project.hasty_subscriber(DESK), &port);
    let nothing = project.run(&["status"]).expect_code(69);
    assert!(nothing.stdout.contains("No daemon runs on"), "{nothing}");
    let daemon = project.start();
    daemon.wait_for_line("Gone cannot be read");
    daemon.wait_for_stories(&[ROADMAP]);
    daemon.wait_for_line("nothing can be delivered");

    let told = project.run(&["status", "--json"]).expect_code(0).json();
    assert_eq!(told["daemon"]["pid"], daemon.id(), "{told}");
    assert_eq!((&told["healthy"], &told["listener"]["answers"]), (&true.into(), &true.into()), "{told}");
    assert_eq!([&told["sources"]["configured"], &told["sources"]["healthy"]], [2, 1], "{told}");
    assert_eq!(told["sources"]["failing"][0]["source"], "Gone", "{told}");
    assert_eq!(told["deliveries"]["pending"], 1, "{told}");
    for key in ["/daemon/since", "/sources/last_poll", "/sources/newest_item", "/deliveries/oldest"] {
        assert!(told.pointer(key).is_some_and(serde_json::Value::is_string), "{key} of {told}");
    }
    let text = project.run(&["status"]).expect_code(0);
    for words in
        ["The daemon runs: process", "Sources: 1 of 2 healthy", "✗ Gone:", "404", "1 waiting, 0 in doubt"]
    {
        assert!(text.stdout.contains(words), "{words}: {text}");
    }

    // What the file says now is not what the daemon works with: it is not reached.
    let elsewhere = Port::reserve();
    project.change(&port.address().to_string(), &elsewhere.address().to_string());
    let deaf = project.run(&["status"]).expect_code(69);
    assert!(deaf.stdout.contains("It does not answer at"), "{deaf}");
    project.change(&elsewhere.address().to_string(), &port.address().to_string());
    daemon.terminate().expect_code(0);
    let stopped = project.run(&["status", "--json"]).expect_code(69).json();
    assert_eq!((&stopped["daemon"], &stopped["sources"]["healthy"]), (&serde_json::Value::Null, &1.into()));
    project.leaves("pending", 1);
}
