//! `label`: what is said of stories and items is kept, measured by, exported and taken in again.

use crate::support::feeds::{ROADMAP, fixture, rss};
use crate::support::program;
use crate::support::project::Project;
use crate::support::web::{Route, WebServer};
use rstest::rstest;
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
    let dropped = dropped(&project, "Travellers avoid Belarus in winter");

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

/// The item of this headline, as `stories --dropped` lists it.
fn dropped(project: &Project, title: &str) -> String {
    let dropped = project.run(&["stories", "--dropped", "--json"]).expect_code(0).json_lines();
    let found = dropped.iter().find(|item| item["title"] == title).map(|item| item["id"].clone());
    found.unwrap_or_else(|| panic!("{dropped:#?}")).to_string()
}

#[test]
fn options_of_all_commands_stand_before_and_behind() {
    let web = WebServer::start();
    let project = told(&web);
    let file = project.path("sanctionwatch.toml");
    let file = file.to_str().unwrap();
    for arguments in [
        vec!["label", "--config", file, "right", "1"],
        vec!["label", "right", "1", "--config", file],
        vec!["--config", file, "label", "right", "1"],
        vec!["label", "--log", "warn", "--config", file, "right", "1"],
    ] {
        let mut command = program::command(project.folder());
        command.args(&arguments);
        let said = program::run(command, None).expect_code(0);
        assert!(said.stdout.starts_with("right"), "{arguments:?}: {said}");
    }
    for option in [vec!["--dropped"], vec!["--days", "3"], vec!["--file", "labels.jsonl"], vec!["--list"]] {
        let refused = project.run(&[&["label"], &option[..], &["right", "1"]].concat()).expect_code(64);
        assert!(refused.stderr.contains(option[0]), "{refused}");
    }
}

#[test]
fn a_miss_is_of_what_was_not_told_and_of_a_kind_that_labels_know() {
    let web = WebServer::start();
    let project = told(&web);
    let lead =
        project.run(&["stories", "show", "1", "--json"]).expect_code(0).json()["items"][0]["id"].to_string();

    let refused = project.run(&["label", "missed", &lead]).expect_code(64);
    assert!(
        refused.stderr.contains("was told in story 1: say `label right 1` or `label wrong 1`"),
        "{refused}"
    );
    let silent = dropped(&project, "Travellers avoid Belarus in winter");
    for kind in ["tariff", "blockade"] {
        let refused = project.run(&["label", "missed", &silent, "--kind", kind]).expect_code(64);
        assert!(refused.stderr.contains("labels know of sanctions and alliance only"), "{refused}");
    }
    assert_eq!(labels(&project).len(), 0);

    let open = project.run(&["label", "missed", &silent]).expect_code(0);
    assert!(open.stderr.contains(&format!("only with `label missed {silent} --kind sanctions`")), "{open}");
    let said = project.run(&["label", "missed", &silent, "--kind", "alliance"]).expect_code(0);
    assert_eq!(said.stderr, "");
    assert_eq!(labels(&project)[0]["label"]["alliance"], 2);
}

#[test]
fn what_was_rightly_not_told_is_of_no_kind_or_left_open() {
    let elsewhere = "US imposes sanctions on Venezuelan banks";
    let web = WebServer::start();
    let url =
        web.serve("/news.xml", Route::feed(rss(&[BAN, elsewhere, "Travellers avoid Belarus in winter"])));
    let project = Project::new().source("Meridian", &url);
    project.once();
    let said = |word: &str, title: &str| {
        project.run(&["label", word, &dropped(&project, title), "--item"]).expect_code(0);
        let labels = labels(&project);
        let label = labels.iter().find(|label| label["title"] == title).unwrap()["label"].clone();
        let maybe = label["countries_maybe"].as_array().unwrap().len();
        (label["verdict"].clone(), label["sanctions"].clone(), label["alliance"].clone(), maybe)
    };

    let silent = "Travellers avoid Belarus in winter";
    assert_eq!(said("right", silent), ("right".into(), 0.into(), 0.into(), 0));
    assert_eq!(said("right", elsewhere), ("right".into(), 1.into(), 0.into(), 2), "nobody asks for it");
    assert_eq!(said("wrong", elsewhere), ("missed".into(), 2.into(), 1.into(), 2));
}

/// What the story says is what the word is about, whatever the configuration would tell of it now.
#[test]
fn a_word_on_a_told_story_stands_though_it_would_be_told_no_more() {
    let web = WebServer::start();
    let project = told(&web).with("[thresholds]\nsanctions = 50\nalliance = 50\n");
    project.run(&["label", "right", "1"]).expect_code(0);
    project.run(&["label", "wrong", "2"]).expect_code(0);
    let labels = labels(&project);
    let of = |at: usize, key: &str| labels[at]["label"][key].clone();
    assert_eq!((of(0, "verdict"), of(1, "verdict")), ("right".into(), "wrong".into()), "{labels:#?}");
    assert!(of(0, "sanctions") == 2 || of(0, "alliance") == 2, "{labels:#?}");
    assert_eq!((of(1, "sanctions"), of(1, "alliance")), (0.into(), 0.into()), "{labels:#?}");
}

#[rstest]
#[case::no_truth(r#"{"sanctions": 7, "alliance": 0}"#, "its label: 7 is no truth")]
#[case::half_a_label(r#"{"sanctions": 2}"#, "missing field `alliance`")]
#[case::no_code(
    r#"{"sanctions": 2, "alliance": 0, "countries": ["Belarus"]}"#,
    "`Belarus` is no code of a country or bloc; did you mean BY?"
)]
#[case::no_code_in_a_pair(
    r#"{"sanctions": 2, "alliance": 0, "pairs": [["sanctions", "US", "XQ"]]}"#,
    "`XQ` is no code"
)]
#[case::no_kind(
    r#"{"sanctions": 2, "alliance": 0, "pairs": [["sanction", "US", "BY"]]}"#,
    "not with `sanction`"
)]
fn of_a_file_with_a_wrong_label_nothing_is_stored(#[case] label: &str, #[case] reason: &str) {
    let good = r#"{"id": 1, "title": "EU bans Belarusian potash", "label": {"sanctions": 2, "alliance": 0, "countries": ["BY", "EU"]}}"#;
    let bare = r#"{"id": 2, "title": "Rain"}"#;
    let project = Project::new();
    let wrong = format!(r#"{{"id": 3, "title": "US bans Belarusian potash", "label": {label}}}"#);
    fs::write(project.path("some.jsonl"), [good, bare, &wrong].join("\n")).unwrap();

    let refused = project.run(&["label", "--file", "some.jsonl"]).expect_code(65);

    assert!(refused.stderr.contains("line 3: ") && refused.stderr.contains(reason), "{refused}");
    assert!(refused.stderr.contains("1 line cannot be read; nothing is stored"), "{refused}");
    assert!(!project.state().exists());
}

#[test]
fn an_id_stands_once_in_a_file() {
    let line =
        |id: &str| format!(r#"{{"id": {id}, "title": "Rain", "label": {{"sanctions": 0, "alliance": 0}}}}"#);
    let project = Project::new();
    fs::write(project.path("twice.jsonl"), [line("1"), line("2"), line("\"1\"")].join("\n")).unwrap();

    let refused = project.run(&["label", "--file", "twice.jsonl"]).expect_code(65);

    assert!(refused.stderr.contains("line 3: its id 1 is that of line 1, too"), "{refused}");
    fs::write(
        project.path("once.jsonl"),
        [line("1"), line("2"), r#"{"id": 3, "title": "Sun"}"#.to_owned()].join("\n"),
    )
    .unwrap();
    let taken = project.run(&["label", "--file", "once.jsonl"]).expect_code(0);
    assert!(taken.stdout.starts_with("2 labels taken in: 2 new"), "{taken}");
    assert!(taken.stderr.contains("1 line has no `label`"), "{taken}");
}

/// `label` on a terminal that `script` makes, and behind it what the terminal's mode is; `None` where there is no
/// `script` here. Its number as a process stands in `label.pid`.
fn on_a_terminal(project: &Project, arguments: &[&str]) -> Option<Child> {
    let label = project.command(arguments);
    let quoted = |part: &std::ffi::OsStr| format!("'{}'", part.to_str().unwrap());
    let line: Vec<String> =
        std::iter::once(label.get_program()).chain(label.get_args()).map(quoted).collect();
    let both = format!("sh -c \"echo \\$\\$ > label.pid; exec {}\"; stty -a", line.join(" "));
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

/// The terminal's mode, which stands behind these words, is what it was.
#[track_caller]
fn is_put_back(all: &str, behind: &str) {
    let mode = all.rsplit(behind).next().unwrap();
    for set in ["isig icanon", " echo "] {
        assert!(mode.contains(set), "{set} is not set again: {mode}");
    }
}

#[rstest]
#[case::hangup("HUP")]
#[case::quit("QUIT")]
#[case::terminate("TERM")]
#[case::interrupt("INT")]
fn a_signal_leaves_the_terminal_as_it_was(#[case] signal: &str) {
    let web = WebServer::start();
    let project = told(&web);
    let Some(mut child) = on_a_terminal(&project, &["label"]) else { return };
    let mut all = String::new();
    until(&mut child, &mut all, "1/2");
    let number = fs::read_to_string(project.path("label.pid")).unwrap();
    let sent = Command::new("kill").args(["-s", signal, number.trim()]).status().unwrap();
    assert!(sent.success());
    until(&mut child, &mut all, "0 labelled, 2 left");
    until(&mut child, &mut all, "echoke");
    program::wait(&mut child, std::time::Duration::from_mins(1)).unwrap();
    is_put_back(&all, "2 left");
    assert!(!all.contains("SIG"), "nothing is logged into what somebody reads: {all}");
}

#[test]
fn on_a_terminal_a_miss_without_words_is_asked_for_its_kind() {
    let web = WebServer::start();
    let project = told(&web);
    let Some(mut child) = on_a_terminal(&project, &["label", "--dropped"]) else { return };
    let mut all = String::new();
    until(&mut child, &mut all, "Travellers avoid Belarus in winter");
    press(&mut child, "m");
    until(&mut child, &mut all, "of which kind?");
    press(&mut child, "a");
    until(&mut child, &mut all, "1 labelled, 0 left");
    until(&mut child, &mut all, "echoke");
    program::wait(&mut child, std::time::Duration::from_mins(1)).unwrap();
    let labels = labels(&project);
    assert_eq!(
        (&labels[0]["label"]["verdict"], &labels[0]["label"]["alliance"]),
        (&"missed".into(), &2.into())
    );
}

#[test]
fn on_a_terminal_one_key_says_it_and_the_terminal_is_put_back() {
    let web = WebServer::start();
    let project = told(&web);
    let Some(mut child) = on_a_terminal(&project, &["label"]) else { return };
    let mut all = String::new();
    until(&mut child, &mut all, "1/2");
    // F2 and F3 say nothing, and end nothing.
    press(&mut child, "\u{1b}OQ\u{1b}OR");
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

    is_put_back(&all, "1 left");
    let labels = labels(&project);
    assert_eq!(labels.len(), 1, "{labels:#?}");
    assert_eq!(labels[0]["label"]["verdict"], "wrong");
}
