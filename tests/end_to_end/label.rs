//! `label`: what is said of stories and items is kept, measured by, exported and taken in again.

use crate::support::feeds::{ROADMAP, fixture, rss};
use crate::support::program;
use crate::support::project::Project;
use crate::support::web::{Route, WebServer};
use serde_json::Value;
use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

const BAN: &str = "US imposes sanctions on Iranian oil traders";
const PACT: &str = "Iran and Belarus sign cooperation roadmap on trade";

/// A project whose daemon has told two stories and dropped an item.
fn told(web: &WebServer) -> Project {
    let url = web.serve("/news.xml", Route::feed(rss(&[BAN, PACT, "Travellers avoid Belarus in winter"])));
    let project = Project::new().source("Meridian", &url);
    project.once();
    assert_eq!(project.stories().len(), 2, "{:#?}", project.stories());
    project
}

fn labels(project: &Project) -> Vec<Value> {
    project.run(&["label", "--export"]).expect_code(0).json_lines()
}

#[test]
fn what_is_said_is_measured_by() {
    let web = WebServer::start();
    let project = told(&web);
    let item_of = |title: &str| {
        let dropped = project.run(&["stories", "--dropped", "--json"]).expect_code(0).json_lines();
        let found = dropped.iter().find(|item| item["title"] == title).map(|item| item["id"].clone());
        found.unwrap_or_else(|| panic!("{dropped:#?}")).to_string()
    };
    let dropped = item_of("Travellers avoid Belarus in winter");

    project.run(&["label", "right", "1"]).expect_code(0);
    project.run(&["label", "wrong", "2"]).expect_code(0);
    project
        .run(&["label", "missed", &dropped, "--kind", "sanctions", "--countries", "Belarus,us"])
        .expect_code(0);

    let labels = labels(&project);
    let of = |at: usize| (labels[at]["label"]["verdict"].clone(), labels[at]["label"]["sanctions"].clone());
    assert_eq!(labels.len(), 3);
    assert_eq!(of(1), ("wrong".into(), 0.into()));
    assert_eq!(of(2), ("missed".into(), 2.into()));
    assert_eq!(labels[2]["label"]["countries"], serde_json::json!(["BY", "US"]));
    assert_eq!(labels[2]["title"], "Travellers avoid Belarus in winter");
    let figures = project.run(&["backtest", "--json"]).expect_code(0).json()["labels"].clone();
    assert_eq!(figures["labels"], 3);
    let told = &figures["told"];
    assert_eq!((&told["hit"], &told["missed"], &told["false"]), (&1.into(), &1.into(), &1.into()));
    let shown = project.run(&["backtest"]).expect_code(0);
    for words in ["By 3 labels", "Missed: sanctions (1)", "False: ", "watch Iran and Belarus"] {
        assert!(shown.stdout.contains(words), "{words}: {shown}");
    }

    let name = labels[1]["id"].as_str().unwrap();
    project.run(&["label", "forget", name]).expect_code(0);
    project.run(&["label", "forget", name]).expect_code(64);
    let listed = project.run(&["label", "--list"]).expect_code(0);
    assert!(listed.stdout.contains("missed") && !listed.stdout.contains("wrong"), "{listed}");
}

#[test]
fn labels_go_out_and_come_in_again() {
    let web = WebServer::start();
    let project = told(&web);
    project.run(&["label", "right", "1"]).expect_code(0);
    let elsewhere = r#"{"id": "far", "lang": "de", "published": "2026-11-02", "source": "Morgenblatt", "title": "EU verhängt Sanktionen gegen Belarus", "summary": "", "label": {"sanctions": 2, "alliance": 0, "countries": ["BY", "EU"], "pairs": [["sanctions", "EU", "BY"]], "readings": 1}}"#;
    fs::write(project.path("far.jsonl"), elsewhere).unwrap();

    let taken = project.run(&["label", "--file", "far.jsonl"]).expect_code(0);
    assert!(taken.stdout.contains("1 new, 0 known before; 0 of stored items"), "{taken}");
    let out = project.run(&["label", "--export"]).expect_code(0);
    fs::write(project.path("all.jsonl"), &out.stdout).unwrap();
    let again = project.run(&["label", "--file", "all.jsonl"]).expect_code(0);
    assert!(again.stdout.contains("0 new, 2 known before; 1 of stored items"), "{again}");
    assert_eq!(project.run(&["label", "--export"]).expect_code(0).stdout, out.stdout);

    // A state that was never there is made, and a file of labels is enough to measure by.
    let other = Project::new();
    fs::write(other.path("all.jsonl"), &out.stdout).unwrap();
    let alone = other.run(&["backtest", "--json", "--labels", "all.jsonl"]).expect_code(0).json();
    assert_eq!(
        (&alone["items"], &alone["labels"]["all"]["sanctions"]["missed"]),
        (&2.into(), &0.into()),
        "{alone:#}"
    );
    assert!(!other.state().exists());
    other.run(&["label", "--file", "all.jsonl"]).expect_code(0);
    assert_eq!(labels(&other).len(), 2);
}

#[test]
fn what_is_not_there_cannot_be_labelled() {
    let web = WebServer::start();
    let project = told(&web);
    for command in [
        vec!["label", "right", "99"],
        vec!["label", "right", "99", "--item"],
        vec!["label", "missed", "99"],
        vec!["label", "missed", "1", "--countries", "Belarsu"],
        vec!["label", "missed", "1", "--kind", "war"],
        vec!["label"],
    ] {
        project.run(&command).expect_code(64);
    }
    fs::write(project.path("plain.jsonl"), format!("{{\"id\": 1, \"title\": {ROADMAP:?}}}")).unwrap();
    project.run(&["label", "--file", "plain.jsonl"]).expect_code(65);
    project.run(&["label", "--file", "nowhere.jsonl"]).expect_code(66);
    assert_eq!(labels(&project).len(), 0);
    let news = fixture("news.xml");
    fs::write(project.path("feed.jsonl"), news).unwrap();
    project.run(&["label", "--file", "feed.jsonl"]).expect_code(65);
}

/// `label` on a terminal that `script` makes, and behind it what the terminal's mode is; `None` where there is no
/// `script` here.
fn on_a_terminal(project: &Project) -> Option<Child> {
    let label = project.command(&["label"]);
    let quoted = |part: &std::ffi::OsStr| format!("'{}'", part.to_str().unwrap());
    let line: Vec<String> =
        std::iter::once(label.get_program()).chain(label.get_args()).map(quoted).collect();
    let both = format!("{}; stty -a", line.join(" "));
    let mut script = Command::new("script");
    script.args(["-qec", &both, "/dev/null"]).current_dir(project.folder());
    script.env("TERM", "dumb").env("SHELL", "/bin/sh");
    script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    match script.spawn() {
        Ok(child) => Some(child),
        Err(error) => {
            println!("skipped: no `script` to make a terminal with: {error}");
            None
        }
    }
}

/// Reads until these words have come.
fn until(child: &mut Child, all: &mut String, words: &str) {
    let output = child.stdout.as_mut().unwrap();
    let mut bytes = [0; 1024];
    while !all.contains(words) {
        let read = output.read(&mut bytes).unwrap();
        assert!(read > 0, "it ended before {words:?}: {all}");
        all.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
}

fn press(child: &mut Child, key: &str) {
    let input = child.stdin.as_mut().unwrap();
    input.write_all(key.as_bytes()).unwrap();
    input.flush().unwrap();
}

#[test]
fn on_a_terminal_one_key_says_it_and_the_terminal_is_put_back() {
    let web = WebServer::start();
    let project = told(&web);
    let Some(mut child) = on_a_terminal(&project) else { return };
    let mut all = String::new();
    until(&mut child, &mut all, "1/2");
    press(&mut child, "r");
    until(&mut child, &mut all, "2/2");
    press(&mut child, "u");
    until(&mut child, &mut all, "taken back");
    press(&mut child, "w");
    until(&mut child, &mut all, "wrong");
    press(&mut child, "\u{3}");
    until(&mut child, &mut all, "1 labelled, 1 left");
    until(&mut child, &mut all, "echoke");
    program::wait(&mut child, std::time::Duration::from_mins(1)).unwrap();

    let mode = all.rsplit("1 left").next().unwrap();
    for set in ["isig icanon", " echo "] {
        assert!(mode.contains(set), "{set} is not set again: {mode}");
    }
    let labels = labels(&project);
    assert_eq!(labels.len(), 1, "{labels:#?}");
    assert_eq!(labels[0]["label"]["verdict"], "wrong");
}
