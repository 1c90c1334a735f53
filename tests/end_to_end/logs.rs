//! The log: it names nobody and tells no secret at any level, and programs can read it.

use crate::support::feeds::{OIL, ROADMAP, fixture, rss};
use crate::support::mail::{MailServer, Script};
use crate::support::project::{DESK, LOGIN, PASSWORD, Project};
use crate::support::web::{Route, WebServer};
use rstest::rstest;
use serde_json::Value;
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;

const READER: &str = "Second.Reader@example.org";
const OPERATOR: &str = "chief@example.net";
const SECRET: &str = "a secret of the desk's bot";
const TOKEN: &str = "token-of-the-news-service";

/// What no log may hold, in whatever case.
fn secrets() -> Vec<String> {
    let encoded = ["YWxlcnRz", "Y29ycmVjdCBob3JzZQ", "AGFsZXJ0cwBjb3JyZWN0IGhvcnNl"];
    let names = [DESK, READER, OPERATOR, PASSWORD, SECRET, TOKEN, "key-in-the-query", "token=", "%40example"];
    encoded.iter().chain(&names).map(|secret| secret.to_lowercase()).collect()
}

/// Runs everything that may fail, at the finest level, and gives all that was logged.
fn logged(format: &str) -> String {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let headlines = [ROADMAP, OIL, "Iran and Armenia resume direct passenger flights"];
    let rounds = (1..=headlines.len()).map(|count| rss(&headlines[..count]).into_bytes());
    let news = web.serve("/news.xml", Route::Rounds(rounds.collect()));
    let hook = web.serve(&format!("/hook?token={TOKEN}"), Route::status(503));
    let failing = web.url("/failing.xml?key=key-in-the-query");
    web.serve("/failing.xml?key=key-in-the-query", Route::status(500));
    let mut project = Project::new()
        .source("Meridian", &news)
        .source("Failing", &failing)
        .with(&format!("[operator]\nemail = {OPERATOR:?}"))
        .hasty_subscriber(DESK)
        .hasty_subscriber(READER)
        .smtp_with(&mail, LOGIN)
        .with(&format!(
            "[[webhook]]\nname = \"Desk bot\"\nurl = {hook:?}\nwatches = [\"Iran and Belarus\"]\n\
             secret-credential = \"bot\"\nallow-addresses = [\"127.0.0.0/8\"]"
        ));
    // What failed in a round is asked again when the daemon has waited for its interval.
    project.change("interval = \"1m\"", "interval = \"1s\"");
    std::fs::write(project.path("credentials/bot"), SECRET).unwrap();
    let refusals = |script: &mut Script| {
        script.login = Some("235 2.7.0 welcome");
        script.recipients.insert(DESK, "452 4.2.2 <desk@example.org>: mailbox full");
        script
            .recipients
            .insert(READER, "550 5.1.1 <second.reader@EXAMPLE.ORG>: user desk@example.org unknown in table");
    };
    mail.script(|script| script.login = Some("535 5.7.8 wrong password for desk@example.org"));
    let mut log = String::new();
    let mut round = |project: &Project| {
        let ended = project.run(&["once", "--log", "trace", "--log-format", format]).expect_code(0);
        log.push_str(&ended.stderr);
    };
    round(&project);
    mail.script(refusals);
    for _round in 0..3 {
        round(&project);
    }
    project.run(&["subscribers", "resume", READER]).expect_code(0);
    let daemon = program_of(&project, format);
    daemon.wait_for_line("still failing");
    project.change("countries = [\"Cuba\"]", "countries = [\"desk@example.org\"]");
    project.command(&["check"]);
    daemon.signal("HUP");
    daemon.wait_for_line("the old one stays");
    project.change("countries = [\"desk@example.org\"]", "countries = [\"Cuba\"]");
    project.command(&["check"]);
    log.push_str(&daemon.terminate().expect_code(0).stderr);
    for (state, number) in states(&project) {
        project.leaves(state, number);
    }
    log
}

fn program_of(project: &Project, format: &str) -> crate::support::daemon::Daemon {
    let command = project.command(&["run", "--log", "trace", "--log-format", format]);
    let mut daemon = crate::support::daemon::Daemon::start(command, project.folder());
    daemon.wait_for_notice("READY=1");
    daemon
}

/// What stays behind: this is about what is said of it.
fn states(project: &Project) -> Vec<(&'static str, usize)> {
    let deliveries = project.deliveries();
    let count = |state: &str| deliveries.iter().filter(|one| one["state"] == state).count();
    let all = ["pending", "in-doubt", "refused", "given-up"].map(|state| (state, count(state)));
    all.into_iter().filter(|(_, number)| *number > 0).collect()
}

#[rstest]
#[case::for_people("text")]
#[case::for_programs("json")]
fn nobody_is_named_and_no_secret_told_at_any_level(#[case] format: &str) {
    let log = logged(format);
    // It was all told of, each as it is.
    for told in ["login", "mailbox full", "unknown in table", "is suspended", "still failing", "503"] {
        assert!(log.contains(told), "{told} in {log}");
    }
    let lower = log.to_lowercase();
    for secret in secrets() {
        let line = lower.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret} is told");
    }
    if format == "json" {
        let lines: Vec<Value> =
            log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
        let levels: BTreeSet<&str> = lines.iter().filter_map(|line| line["level"].as_str()).collect();
        assert!(levels.is_superset(&BTreeSet::from(["error", "warn", "info", "debug"])), "{levels:?}");
    }
}

#[test]
fn an_alert_has_its_fields_in_json_and_a_failure_is_told_once() {
    let (web, mut mail) = (WebServer::start(), MailServer::start());
    mail.down();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let mut project = Project::new().source("Meridian", &url).hasty_subscriber(DESK).smtp(&mail);
    let mut command = project.command(&["once"]);
    command.env("SANCTIONWATCH_LOG_FORMAT", "json");
    let ended = crate::support::program::run(command, None).expect_code(0);

    let lines: Vec<Value> = ended.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let alerts: Vec<&Value> = lines
        .iter()
        .filter(|line| line["target"] == "sanctionwatch::alert")
        .map(|line| &line["fields"])
        .collect();
    assert_eq!(alerts.len(), 2, "{ended}");
    let oil = alerts.iter().find(|fields| fields["kinds"] == "sanctions").unwrap();
    assert!(oil["countries"].as_str().is_some_and(|countries| countries.contains("IR")), "{oil}");
    assert!(oil["story"].is_u64() && oil["url"].as_str().is_some_and(|url| url.starts_with("http")), "{oil}");
    let failures = lines.iter().filter(|line| line["level"] == "error").count();
    assert_eq!(failures, 1, "the server that is down: {ended}");
    project.leaves("pending", 1);
}

/// Who asks the journal whether a message has gone.
#[test]
fn each_message_that_was_accepted_is_told_with_what_it_carries_and_not_to_whom() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let news = web.serve("/news.xml", Route::feed(rss(&[ROADMAP, OIL])));
    let hook = web.serve("/hook", Route::status(204));
    let project = Project::new()
        .source("Meridian", &news)
        .subscriber(DESK)
        .with_last("gather = \"0s\"")
        .smtp(&mail)
        .with(&format!(
            "[[webhook]]\nname = \"Desk bot\"\nurl = {hook:?}\nwatches = [\"Iran and Belarus\"]\n\
             secret-credential = \"bot\"\nallow-addresses = [\"127.0.0.0/8\"]"
        ));
    std::fs::write(project.path("credentials/bot"), SECRET).unwrap();
    let ended = project.run(&["once", "--log-format", "json"]).expect_code(0);

    let entries = ended.stderr.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let accepted: Vec<Value> = entries.filter(|entry| entry["message"] == "a message was accepted").collect();
    let sent: BTreeSet<(String, String)> = project
        .deliveries()
        .iter()
        .filter(|delivery| delivery["state"] == "sent" && delivery["channel"] != "journal")
        .map(|delivery| (delivery["id"].to_string(), delivery["alerts"].to_string()))
        .collect();
    let told: BTreeSet<(String, String)> = accepted
        .iter()
        .map(|entry| {
            let numbers = |name: &str| entry["fields"][name].as_str().unwrap().split(',').count().to_string();
            assert_eq!(numbers("stories"), numbers("alerts"), "{entry}");
            (entry["fields"]["delivery"].as_str().unwrap().to_owned(), numbers("alerts"))
        })
        .collect();
    assert_eq!(told, sent, "one line for each: {accepted:#?}");
    assert_eq!(accepted.len(), sent.len(), "{accepted:#?}");
    let ways: BTreeSet<&str> = accepted.iter().filter_map(|entry| entry["fields"]["way"].as_str()).collect();
    assert_eq!(ways, BTreeSet::from(["mail", "the webhook Desk bot"]));
    assert!(!ended.stderr.contains(DESK), "{ended}");
}

/// Also where the level of the log would keep it silent.
#[rstest]
#[case::a_wrong_configuration("countries = [\"Cuba\"]", "countries = [\"Cubba\"]", 78)]
#[case::no_toml("countries = [\"Cuba\"]", "countries = [\"Cuba\"", 78)]
#[case::no_folder("state/sanctionwatch.db", "/dev/null/x.db", 73)]
fn a_start_that_fails_is_told_in_the_form_of_the_log(
    #[case] old: &str,
    #[case] new: &str,
    #[case] code: i32,
) {
    let mut project = Project::new();
    project.leaves_no_usable_state();
    project.change(old, new);
    for command in ["run", "once"] {
        let ended = project.run(&[command, "--log-format", "json", "--log", "off"]).expect_code(code);
        let entries: Vec<Value> =
            ended.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(!entries.is_empty(), "{ended}");
        for entry in entries {
            assert_eq!(entry["level"], "error", "{ended}");
            let place = entry["fields"]["place"].as_str().unwrap_or_default();
            assert_eq!(place.contains("sanctionwatch.toml:"), code == 78, "{ended}");
            assert!(!entry["message"].as_str().unwrap().is_empty(), "{ended}");
        }
    }
}

/// Wrong lines with what nobody who reads a journal is to see, in any place that an error may show.
const INDISCREET: &str = r#"
[[subscriber]]
email = "desk.one@example.org@"
watches = ["desk.two@example.org"]
deliver = "desk.three@example.org"

[[webhook]]
name = "Desk bot"
url = "ftp://chat.example/hooks/path-of-the-hook"
watches = ["desk.four@example.org"]
secret-credential = "hunter two"

[[source]]
name = "By a key"
url = "ftp://news.example/feed?key=key-in-the-query"
headers = { Authorization = "Bearer hunter-three", "X:Y" = "hunter-four" }

[[source]]
name = "By a proxy"
url = "https://news.example/feed"
proxy = "socks4://reader:hunter-five@proxy.example:1080"

[smtp]
host = "alerts:hunter-six@mail.example.org"
password = "hunter-seven"
from = "no address of desk.five@"
"#;

/// What ends a daemon ends in the journal: as errors there, and without secrets or addresses.
#[test]
fn what_ends_a_daemon_is_an_error_in_the_journal_and_tells_no_secret() {
    let project = Project::new().with(INDISCREET);
    let file = std::fs::File::create(project.path("journal")).unwrap();
    let stream = file.metadata().unwrap();
    let mut command = project.command(&["run"]);
    command.env("JOURNAL_STREAM", format!("{}:{}", stream.dev(), stream.ino())).stderr(file);
    crate::support::program::run(command, None).expect_code(78);
    let told = std::fs::read_to_string(project.path("journal")).unwrap();

    let places: BTreeSet<&str> =
        told.lines().filter_map(|line| line.split("sanctionwatch.toml:").nth(1)).collect();
    assert!(places.len() >= 10, "{told}");
    for secret in ["hunter", "desk.", "reader", "alerts:", "path-of-the-hook", "key-in-the-query"] {
        let line = told.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is told");
    }
    let is_entry = |line: &str| line.starts_with("<3>wrong in") || line.starts_with("<4>odd in");
    assert!(told.lines().all(is_entry), "each is a line, without a drawing: {told}");
}

/// The same where it is no error of the configuration that ends it.
#[test]
fn a_path_that_names_somebody_is_told_without_the_name() {
    let mut project = Project::new();
    project.leaves_no_usable_state();
    project.change("state/sanctionwatch.db", "/dev/null/desk@example.org/x.db");
    let ended = project.run(&["run"]).expect_code(73);
    assert!(ended.stderr.contains("/dev/null") && !ended.stderr.contains("desk@"), "{ended}");
}
