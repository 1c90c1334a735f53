//! The other commands: what they print, and the exit codes that a script relies on.

use crate::support::feeds::{ROADMAP, fixture};
use crate::support::program;
use crate::support::project::Project;
use crate::support::web::{Route, WebServer};
use rstest::rstest;
use std::path::Path;

#[rstest]
#[case::run("run")]
#[case::once("once")]
#[case::check("check")]
#[case::schema("schema")]
#[case::demo("demo")]
#[case::assess("assess")]
#[case::explain("explain")]
#[case::sources("sources")]
#[case::import_opml("import-opml")]
#[case::stories("stories")]
#[case::deliveries("deliveries")]
fn every_command_explains_itself(#[case] command: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut help = program::command(folder.path());
    help.args([command, "--help"]);

    let ended = program::run(help, None).expect_code(0);

    assert!(ended.stdout.contains("Usage:"), "{ended}");
    assert!(ended.stdout.lines().count() > 5, "worth reading: {ended}");
}

#[test]
fn a_command_that_is_none_is_a_usage_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program::command(folder.path());
    command.arg("poll-everything");

    let ended = program::run(command, None).expect_code(64);

    assert!(ended.stderr.contains("poll-everything"), "{ended}");
}

#[test]
fn check_says_what_it_read() {
    let project = Project::new().source("Meridian", "https://meridian.example/rss");

    let ended = project.run(&["check"]).expect_code(0);

    assert!(ended.stdout.contains("1 source") && ended.stdout.contains("2 watches"), "{ended}");
    assert!(!project.state().exists(), "check touches no state");
}

#[rstest]
#[case::check("check")]
#[case::once("once")]
#[case::run("run")]
fn all_errors_of_a_configuration_are_told_at_once(#[case] command: &str) {
    let project = Project::new()
        .source("Meridian", "https://meridian.example/rss")
        .with("[[watch]]\nname = \"Typo\"\ncountries = [\"Belarsu\"]\nkinds = [\"sanctions\"]")
        .with("[[subscriber]]\nemail = \"desk@example.org\"\nwatches = [\"Nobody's\"]\ncolour = \"red\"");

    let ended = project.run(&[command]).expect_code(78);

    for words in ["sanctionwatch.toml", "Belarsu", "Belarus", "Nobody's", "colour"] {
        assert!(ended.stderr.contains(words), "{words}: {ended}");
    }
    assert!(!project.state().exists(), "nothing is begun");
}

#[test]
fn a_missing_configuration_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program::command(folder.path());
    command.args(["once", "--config", "nowhere.toml"]);

    let ended = program::run(command, None);

    // EX_NOINPUT or EX_CONFIG: both are sysexits for a configuration that is not there.
    assert!(matches!(ended.code, Some(66 | 78)), "{ended}");
    assert!(ended.stderr.contains("nowhere.toml"), "{ended}");
}

#[test]
fn stories_and_sources_are_listed_for_readers_and_for_programs() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url);
    project.once();

    let stories = project.stories();
    assert!(stories.iter().any(|story| story["title"] == ROADMAP), "{stories:#?}");
    let sources = project.run(&["sources", "--json"]).expect_code(0).json_lines();
    assert_eq!(sources.len(), 1, "{sources:#?}");
    assert!(sources[0].to_string().contains("Meridian"));
    for (command, words) in [("stories", ROADMAP), ("sources", "Meridian"), ("deliveries", "sent")] {
        let ended = project.run(&[command]).expect_code(0);
        assert!(ended.stdout.contains(words), "{command}: {ended}");
    }
}

#[test]
fn once_prints_a_summary_a_person_can_read() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let broken = web.serve("/broken.xml", Route::status(500));
    let project = Project::new().source("Meridian", &url).source("Broken", &broken);

    let ended = project.run(&["once"]).expect_code(0);

    for words in ["Broken", "500", "1 reached", "Not told"] {
        assert!(ended.stdout.contains(words), "{words}: {ended}");
    }
}

#[test]
fn the_demo_needs_no_network_and_shows_what_came_out_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program::command(folder.path());
    command.args(["demo", "--folder", "demo"]);

    let ended = program::run(command, None).expect_code(0);

    assert!(ended.stdout.contains("Iran") && ended.stdout.contains("Belarus"), "{ended}");
    assert!(ended.stdout.contains("no-cue"), "what was not told has its reason: {ended}");
    let mails = find(folder.path(), "eml");
    assert!(!mails.is_empty(), "{ended}");
    for mail in mails {
        let name = mail.file_name().unwrap().to_string_lossy().into_owned();
        assert!(ended.stdout.contains(&name), "{name} is shown: {ended}");
    }
}

fn find(folder: &Path, extension: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(find(&path, extension));
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found
}
