//! `check`, `schema`, and what is odd in a configuration: what is printed, for people and for programs, and where.

use crate::support::feeds::{ROADMAP, rss};
use crate::support::program::{self, Ended};
use crate::support::project::Project;
use crate::support::web::{Route, WebServer};
use serde_json::{Value, json};

const URL: &str = "https://meridian.example/rss";

/// An old name and a threshold that nothing reaches.
const ODD: &str =
    "[thresholds]\nsanctions = 60.0\n\n[smtp]\nhost = \"mail.example.org\"\nfrom = \"a@example.org\"";

fn odd() -> Project {
    let mut project = Project::new().source("Meridian", URL).with(ODD);
    project.change("interval = \"1m\"", "interval = \"1m\"\nmax-redirects = 3");
    project
}

#[test]
fn warnings_are_told_at_their_places_and_refuse_nothing() {
    let ended = odd().run(&["check"]).expect_code(0);

    for words in [
        "warning: `max-redirects` is called `most-redirects` now",
        "sanctionwatch.toml:5:1",
        "5 | max-redirects = 3",
        "help: write `most-redirects`; version",
        "warning: no item can score 60.0: none is reported",
        "2 warnings",
    ] {
        assert!(ended.stderr.contains(words), "{words}: {ended}");
    }
    assert!(ended.stdout.contains("can be used, with 2 warnings. 1 source"), "{ended}");
}

#[test]
fn strict_takes_warnings_for_errors() {
    let ended = odd().run(&["check", "--strict"]).expect_code(78);
    assert!(ended.stdout.contains("2 warnings, and --strict takes them for errors"), "{ended}");
    let fine = Project::new().source("Meridian", URL).run(&["check", "--strict"]).expect_code(0);
    assert!(fine.stdout.contains(": fine. ") && fine.stderr.is_empty(), "{fine}");
}

#[test]
fn errors_and_warnings_are_told_together() {
    let project = odd().with("[[watch]]\nname = \"Typo\"\ncountries = [\"Belarsu\"]");

    let ended = project.run(&["check"]).expect_code(78);

    assert!(ended.stderr.contains("error: unknown country `Belarsu`"), "{ended}");
    assert!(ended.stderr.contains("warning: `max-redirects` is called"), "{ended}");
    assert!(ended.stderr.contains("1 problem, 1 warning"), "{ended}");
}

#[test]
fn a_program_gets_one_object() {
    let ended = odd().run(&["check", "--json"]).expect_code(0);

    let report = ended.json();
    assert_eq!(report["ok"], true);
    let counts =
        json!({"errors": 0, "warnings": 2, "sources": 1, "watches": 2, "subscribers": 0, "webhooks": 0});
    assert_eq!(report["counts"], counts);
    assert!(report["files"][0].as_str().unwrap().ends_with("sanctionwatch.toml"), "{report}");
    assert_eq!(report["errors"], json!([]));
    let warning = &report["warnings"][0];
    assert_eq!((&warning["line"], &warning["column"]), (&json!(5), &json!(1)));
    assert_eq!(warning["severity"], "warning");
    assert_eq!(warning["message"], "`max-redirects` is called `most-redirects` now");
    assert!(warning["help"].as_str().unwrap().starts_with("write `most-redirects`"), "{warning}");

    let strict = odd().run(&["check", "--json", "--strict"]).expect_code(78).json();
    assert_eq!((&strict["ok"], &strict["counts"]["warnings"]), (&json!(false), &json!(2)));
}

#[test]
fn a_program_gets_errors_and_no_counts_of_what_cannot_be_used() {
    let project = odd().with("[[watch]]\nname = \"Typo\"\ncountries = [\"Belarsu\"]");

    let report = project.run(&["check", "--json"]).expect_code(78).json();

    assert_eq!(report["ok"], false);
    assert_eq!(report["counts"]["errors"], 1);
    assert_eq!(report["counts"]["sources"], Value::Null);
    assert_eq!(report["errors"][0]["severity"], "error");
    assert_eq!(report["errors"][0]["message"], "unknown country `Belarsu`");
}

#[test]
fn a_template_that_fails_is_an_error_for_programs_too() {
    let project = Project::new().source("Meridian", URL).with("[templates]\ntext = \"own.txt\"");
    std::fs::write(project.path("own.txt"), "{{ no.such.thing }").unwrap();

    let report = project.run(&["check", "--json"]).expect_code(78).json();

    assert_eq!((&report["ok"], &report["counts"]["errors"]), (&json!(false), &json!(1)));
    assert!(report["errors"][0]["message"].as_str().unwrap().contains("own.txt"), "{report}");
}

#[test]
fn the_log_tells_what_is_odd_once_and_reload_prints_it() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(rss(&[ROADMAP])));
    let project = Project::new().source("Meridian", &url);
    let mut project = project.with("[thresholds]\nalliance = 2.5\nsanctions = 60.0");
    let mut daemon = project.start();
    daemon.wait_for_stories(&[ROADMAP]);

    project.change("alliance = 2.5", "alliance = 60.0");
    let told = project.run(&["reload", "--wait"]).expect_code(0);
    daemon.wait_for_notice("RELOADING=1");
    daemon.wait_for_notice("READY=1");
    let ended = daemon.terminate().expect_code(0);

    assert!(told.stderr.contains("warning: no item can score 60.0"), "{told}");
    assert!(told.stderr.contains("2 warnings"), "{told}");
    let lines = |words: &str| ended.stderr.lines().filter(|line| line.contains(words)).count();
    assert_eq!(
        lines("odd in the configuration: no item can score 60.0"),
        3,
        "one at the start, two behind it: {ended}"
    );
}

fn schema(arguments: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program::command(folder.path());
    command.arg("schema").args(arguments);
    program::run(command, None)
}

#[test]
fn schemas_and_the_reference_page_need_no_configuration() {
    let configuration = schema(&[]).expect_code(0).json();
    let interval = &configuration["properties"]["fetch"]["properties"]["interval"];
    assert_eq!(interval["default"], "15m");
    assert!(interval["description"].as_str().unwrap().contains("Time between two polls"), "{interval}");
    let words = schema(&["--vocabulary"]).expect_code(0).json();
    assert!(words["properties"]["cue"]["items"]["properties"]["rule"].is_object());
    let page = schema(&["--reference"]).expect_code(0);
    assert!(page.stdout.contains("\n### `most-redirects`\n"), "{page}");
    schema(&["--reference", "--vocabulary"]).expect_code(64);
}

#[test]
fn what_each_watch_would_have_told_of_late_stands_beside_it() {
    let web = WebServer::start();
    let url = web.serve("/rss", Route::feed(rss(&[ROADMAP])));
    let project = Project::new().source("Wire", &url);
    let before = project.run(&["check"]).expect_code(0);
    assert!(!before.stdout.contains("would have told"), "{before}");
    project.once();
    let deliveries = project.deliveries().len();

    let after = project.run(&["check"]).expect_code(0);

    assert!(after.stdout.contains("What it would have told of the 1 item of"), "{after}");
    assert!(after.stdout.contains("    1    1.0  1 on "), "{after}");
    let told = project.run(&["check", "--json"]).expect_code(0).json();
    let watches = told["volume"]["watches"].as_array().unwrap();
    assert_eq!((told["volume"]["items"].as_u64(), watches.len()), (Some(1), 2), "{told}");
    assert!(watches.iter().all(|watch| watch["alerts"].as_u64() <= Some(1)), "{told}");
    assert_eq!(project.deliveries().len(), deliveries, "nothing is sent by it");
}
