//! `backtest`: it decides as the daemon did, and touches nothing.

use crate::support::feeds::{ROADMAP, fixture, rss};
use crate::support::mail::MailServer;
use crate::support::program::{self, Ended};
use crate::support::project::{DESK, Project};
use crate::support::shared_folder::shared;
use crate::support::web::{Route, WebServer};
use rstest::rstest;
use serde_json::Value;
use std::fs;
use std::path::Path;

const BAN: &str = r#"{"id": 1, "title": "US imposes sanctions on Iranian oil traders", "published": "2026-11-02T07:00:00Z", "source": "Wire"}"#;
const PACT: &str = r#"{"id": "b", "title": "Iran and Belarus sign cooperation roadmap", "published": "2026-11-03T07:00:00Z", "source": "Wire"}"#;
const RAIN: &str =
    r#"{"id": "c", "title": "Rain ends drought in the south", "published": "2026-11-04T07:00:00Z"}"#;

fn write(project: &Project, name: &str, lines: &[&str]) -> String {
    fs::write(project.path(name), lines.join("\n")).unwrap();
    name.to_owned()
}

/// Who got how many alerts.
fn names(of: &Value) -> Vec<(&str, u64)> {
    let all = of.as_array().unwrap().iter();
    all.map(|one| (one["name"].as_str().unwrap(), one["alerts"].as_u64().unwrap())).collect()
}

#[test]
fn the_replay_decides_as_the_daemon_did() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let news = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let wire = web.serve("/wire.xml", Route::feed(fixture("wire.xml")));
    let project = Project::new().source("Meridian", &news).source("Wire", &wire).subscriber(DESK).smtp(&mail);
    let polled = project.once();
    let before = fs::read(project.state()).unwrap();

    let told = project.run(&["backtest", "--json"]).expect_code(0).json();

    assert_eq!(told["items"], polled.number("items.new"), "{}", polled.ended);
    // What a first poll takes note of as old, a replay takes for news of its own day.
    let stories: Vec<String> = project.stories().iter().map(|story| story["title"].to_string()).collect();
    assert!(told["told"].as_u64().unwrap() >= stories.len() as u64, "{told:#}");
    for reason in ["no-cue", "no-actor", "below-threshold", "no-vocabulary"] {
        assert!(
            told["dropped"][reason].as_u64().unwrap_or(0) >= polled.dropped(reason),
            "{reason}: {told:#}"
        );
    }
    let strongest = told["strongest"].to_string() + &told["weakest"].to_string();
    assert!(strongest.contains(ROADMAP), "{told:#}");
    assert_eq!(fs::read(project.state()).unwrap(), before, "it touches nothing");
    assert_eq!(
        mail.accepted_for(DESK).len(),
        project.deliveries().iter().filter(|one| one["channel"] != "journal").count()
    );
}

/// All of it is of today, so that the daemon's first polls tell what a replay does.
#[test]
fn reasons_and_alerts_are_those_of_the_daemon() {
    let web = WebServer::start();
    let ban = "US imposes sanctions on Iranian oil traders over tanker seizures";
    let copy = "US imposes sanctions on Iranian oil traders over tanker seizures, again";
    let one = [ban, "Iran and Belarus sign cooperation roadmap", "Rain ends drought in the south"];
    let two = ["France and Germany sign pact on tanks", copy, "Football federation threatens sanctions"];
    let project = Project::new()
        .source("Meridian", &web.serve("/one.xml", Route::feed(rss(&one))))
        .source("Courier", &web.serve("/two.xml", Route::feed(rss(&two))));
    let polled = project.once().ended.json();

    let told = project.run(&["backtest", "--json"]).expect_code(0).json();

    assert_eq!(told["dropped"], polled["dropped"], "{told:#}");
    assert_eq!(
        (&told["told"], &told["stories"]),
        (&polled["alerts"], &polled["stories"]["new"]),
        "{polled:#}"
    );
}

#[test]
fn it_does_not_ask_for_the_daemons_lock() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url);
    project.once();
    let daemon = project.start();

    let told = project.run(&["backtest"]).expect_code(0);
    let said = project.run(&["label", "right", "1"]).expect_code(0);

    assert!(told.stdout.contains("would have been told"), "{told}");
    assert!(said.stdout.starts_with("right"), "{said}");
    drop(daemon);
}

#[test]
fn items_come_from_a_file_or_from_standard_input() {
    let project = Project::new();
    let file = write(&project, "items.jsonl", &[BAN, "no item", PACT, RAIN]);

    let ended = project.run(&["backtest", "--json", "--items", &file]).expect_code(0);

    assert!(ended.stderr.contains("line 2: "), "{ended}");
    let told = ended.json();
    assert_eq!(
        (&told["items"], &told["told"], &told["sources"]),
        (&3.into(), &2.into(), &2.into()),
        "{told:#}"
    );
    assert_eq!(names(&told["watches"]), [("Iran and Belarus", 2), ("Cuba", 0)]);
    assert_eq!(names(&told["subscribers"]), [("the journal", 2)]);
    assert_eq!(told["dropped"]["no-cue"], 1);
    let piped = program::run(
        project.command(&["backtest", "--json", "--items", "-"]),
        Some([BAN, PACT, RAIN].join("\n").into_bytes()),
    );
    assert_eq!(piped.expect_code(0).json()["told"], 2);
    let last = project.run(&["backtest", "--json", "--items", &file, "--days", "1"]).expect_code(0).json();
    assert_eq!((&last["items"], &last["told"]), (&2.into(), &1.into()), "{last:#}");
    let since = ["backtest", "--json", "--items", &file, "--since", "2026-11-03"];
    assert_eq!(project.run(&since).expect_code(0).json()["items"], 2);
    assert!(!project.state().exists());
}

#[test]
fn saved_feeds_are_read_as_they_are_polled() {
    let project = Project::new();
    fs::create_dir_all(project.path("feeds/Courier")).unwrap();
    let ban = "US imposes sanctions on Iranian oil traders";
    fs::write(project.path("feeds/Wire.xml"), rss(&[ban])).unwrap();
    // The second poll brings the same item again, and another one.
    fs::write(project.path("feeds/Courier/1.xml"), rss(&["Rain ends drought in the south"])).unwrap();
    let later = rss(&["Iran and Belarus sign cooperation roadmap", "Rain ends drought in the south"]);
    fs::write(project.path("feeds/Courier/2.xml"), later).unwrap();
    fs::write(project.path("feeds/notes.txt"), "no feed").unwrap();

    let ended = project.run(&["backtest", "--json", "--feeds", "feeds"]).expect_code(0);

    assert!(ended.stderr.contains("notes.txt"), "{ended}");
    let told = ended.json();
    assert_eq!(
        (&told["items"], &told["told"], &told["sources"]),
        (&4.into(), &2.into(), &2.into()),
        "{told:#}"
    );
}

#[test]
fn another_configuration_is_compared_story_by_story() {
    let project = Project::new();
    let file = write(&project, "items.jsonl", &[BAN, PACT, RAIN]);
    let narrow = "state = \"state.db\"\n[[watch]]\nname = \"Iran and Belarus\"\ncountries = [\"Iran\", \"Belarus\"]\nkinds = [\"alliance\"]\n";
    fs::write(project.path("narrow.toml"), narrow).unwrap();

    let ended = project.run(&["backtest", "--items", &file, "--against", "narrow.toml"]).expect_code(0);
    for words in [
        "0 appear, 1 disappear, 0 change",
        "US imposes sanctions",
        "not by narrow.toml: Iran and Belarus: asks for alliance, not for sanctions",
    ] {
        assert!(ended.stdout.contains(words), "{words}: {ended}");
    }
    let told = project.run(&["backtest", "--json", "--items", &file, "--against", "narrow.toml"]);
    let told = told.expect_code(0).json();
    let gone = &told["against"]["disappear"][0];
    assert_eq!(gone["why"]["lacks"][0]["mismatches"][0], "kind", "{gone:#}");
    assert_eq!(told["against"]["appear"], serde_json::json!([]));

    let same = project.run(&["backtest", "--items", &file, "--against", "sanctionwatch.toml"]);
    assert!(same.expect_code(0).stdout.contains("nothing differs"));
    fs::write(project.path("wrong.toml"), "[[watch]]\nname = \"Typo\"\ncountries = [\"Belarsu\"]\n").unwrap();
    let wrong = project.run(&["backtest", "--items", &file, "--against", "wrong.toml"]).expect_code(78);
    assert!(wrong.stderr.contains("Belarsu"), "{wrong}");
}

#[rstest]
#[case::no_state(&["backtest"], 74, "there is no such file")]
#[case::no_file(&["backtest", "--items", "nowhere.jsonl"], 66, "nowhere.jsonl")]
#[case::no_folder(&["backtest", "--feeds", "nowhere"], 66, "nowhere")]
#[case::no_labels(&["backtest", "--labels", "nowhere.jsonl"], 66, "nowhere.jsonl")]
#[case::no_date(&["backtest", "--since", "yesterday"], 64, "2026-08-12")]
#[case::two_inputs(&["backtest", "--items", "a", "--feeds", "b"], 64, "--feeds")]
#[case::no_item(&["backtest", "--items", "/dev/null"], 65, "no item")]
fn what_cannot_be_replayed_is_told(#[case] command: &[&str], #[case] code: i32, #[case] words: &str) {
    let project = Project::new();
    let ended = project.run(command).expect_code(code);
    assert!(ended.stderr.contains(words), "{ended}");
    assert!(!project.state().exists(), "nothing is made");
}

#[test]
fn a_state_without_items_is_no_error_and_a_broken_one_is_left_as_it_is() {
    let mut project = Project::new().source("Nowhere", "http://127.0.0.1:9/none.xml");
    project.once_ending(69);
    let told = project.run(&["backtest"]).expect_code(0);
    assert!(told.stdout.contains("no item to replay"), "{told}");
    project.run(&["backtest", "--json"]).expect_code(0);

    project.leaves_no_usable_state();
    for ending in ["", "-wal", "-shm"] {
        let file = format!("{}{ending}", project.state().display());
        let _gone = fs::remove_file(file);
    }
    fs::write(project.state(), "not a database at all").unwrap();
    for command in [["backtest", "--json"], ["label", "--list"]] {
        let ended = project.run(&command).expect_code(74);
        assert!(ended.stderr.contains("not a database"), "{ended}");
    }
    let file = write(&project, "items.jsonl", &[BAN]);
    let ended = project.run(&["backtest", "--items", &file]).expect_code(0);
    assert!(ended.stderr.contains("the stored labels are left out"), "{ended}");
    assert_eq!(fs::read_to_string(project.state()).unwrap(), "not a database at all");
}

fn coloured(ended: &Ended) -> bool {
    ended.stdout.contains('\u{1b}')
}

#[test]
fn nothing_hostile_and_no_colour_reaches_a_pipe() {
    let project = Project::new();
    let hostile = "{\"id\": \"\\u001b[31m\", \"title\": \"US imposes sanctions on \\u001b]0;owned\\u0007Iran\", \"source\": \"\\u001b[5m\"}";
    let file = write(&project, "items.jsonl", &[hostile]);
    let ended = project.run(&["backtest", "--items", &file]).expect_code(0);
    assert!(!coloured(&ended), "{ended:?}");
}

#[test]
fn the_figures_are_those_of_the_scorer() {
    let Some(labelled) = shared("eval/dev.jsonl") else { return };
    let project = Project::new();
    let told = project.run(&["backtest", "--json", "--labels", labelled.to_str().unwrap()]);
    let figures = told.expect_code(0).json()["labels"].clone();
    let assessed = project.run(&["assess", labelled.to_str().unwrap()]).expect_code(0).json_lines();
    let text = fs::read_to_string(Path::new(&labelled)).unwrap();
    for kind in ["sanctions", "alliance"] {
        let (mut hit, mut missed, mut wrong) = (0, 0, 0);
        for (line, said) in text.lines().zip(&assessed) {
            let label: Value = serde_json::from_str(line).unwrap();
            match (label["label"][kind].as_u64(), said[kind]["reported"] == true) {
                (Some(2), true) => hit += 1,
                (Some(2), false) => missed += 1,
                (Some(0), true) => wrong += 1,
                _ => {}
            }
        }
        let counted = &figures["all"][kind];
        assert_eq!(
            (&counted["hit"], &counted["missed"], &counted["false"]),
            (&hit.into(), &missed.into(), &wrong.into())
        );
    }
}
