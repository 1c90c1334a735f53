//! Looking: commands that only look leave no trace in the state, and need no more than to read it.

use crate::support::feeds::{OIL, fixture};
use crate::support::program::{self, Ended};
use crate::support::project::Project;
use crate::support::web::{Route, WebServer};
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::SystemTime;

/// Every command that only looks.
const ALL: [&[&str]; 13] = [
    &["backtest"],
    &["check"],
    &["deliveries"],
    &["explain", "1"],
    &["explain", "--story", "1"],
    &["label", "--export"],
    &["label", "--list"],
    &["sources"],
    &["status"],
    &["stories"],
    &["stories", "--dropped"],
    &["stories", "search", "oil"],
    &["subscribers"],
];

/// Those of which each reads in its own way.
const SOME: [&[&str]; 3] = [&["check"], &["status"], &["stories"]];

fn project(web: &WebServer) -> Project {
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    Project::new().source("Meridian", &url)
}

/// The files of the state, each with its bytes and when it was written.
fn files(project: &Project) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let files = fs::read_dir(project.path("state")).unwrap().map(|file| file.unwrap().path());
    files
        .map(|file| {
            let (bytes, written) =
                (fs::read(&file).unwrap(), fs::metadata(&file).unwrap().modified().unwrap());
            (file, (bytes, written))
        })
        .collect()
}

/// The same, without the index of the log, which whoever reads beside a daemon marks.
fn written(project: &Project) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut files = files(project);
    files.retain(|file, _| !file.to_string_lossy().ends_with("-shm"));
    files
}

/// What SQLite keeps beside a database that is in use.
fn of_a_log(project: &Project) -> Vec<PathBuf> {
    let is_beside = |file: &PathBuf| {
        ["-wal", "-shm", "-journal"].iter().any(|ending| file.to_string_lossy().ends_with(ending))
    };
    files(project).into_keys().filter(is_beside).collect()
}

/// Everybody may read the configuration and the state, and write nothing of it.
fn for_readers(project: &Project) {
    let mode = |path: PathBuf, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    mode(project.folder().to_owned(), 0o755);
    mode(project.path("state"), 0o755);
    for file in files(project).into_keys() {
        mode(file, 0o644);
    }
}

/// `None` where another user cannot run the program where it was built.
fn run_as_nobody(project: &Project, arguments: &[&str]) -> Option<Ended> {
    let mut command = project.command(arguments);
    fs::set_permissions(project.path("sanctionwatch.toml"), Permissions::from_mode(0o644)).unwrap();
    program::as_user(65534, &mut command);
    match command.output() {
        Ok(output) => Some(output.into()),
        Err(error) => {
            println!("skipped: another user cannot run the program where it was built: {error}");
            None
        }
    }
}

/// Whether a command has told what is there, too.
#[track_caller]
fn has_told(ended: Ended, arguments: &[&str], runs: bool) {
    let code = if arguments == ["status"] && !runs { 69 } else { 0 };
    let ended = ended.expect_code(code);
    match arguments {
        ["check"] => assert!(ended.stdout.contains("What it would have told of the"), "{ended}"),
        ["stories" | "backtest"] => {
            assert!(ended.stdout.contains(OIL), "{arguments:?}: {ended}");
        }
        _ => {}
    }
}

#[test]
fn who_looks_leaves_a_state_that_nobody_uses_as_it_is() {
    let web = WebServer::start();
    let project = project(&web);
    project.once();
    let before = files(&project);
    assert_eq!(of_a_log(&project), Vec::<PathBuf>::new());
    for arguments in ALL {
        has_told(project.run(arguments), arguments, false);
        assert_eq!(files(&project).keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
        assert!(files(&project) == before, "{arguments:?} has written");
    }
    project.run(&["backup", project.path("copy.db").to_str().unwrap()]).expect_code(0);
    assert!(files(&project) == before, "a backup has written");
}

#[test]
fn who_may_only_read_can_look() {
    let web = WebServer::start();
    let project = project(&web);
    project.once();
    for_readers(&project);
    let before = files(&project);
    for arguments in ALL {
        let Some(ended) = run_as_nobody(&project, arguments) else { return };
        has_told(ended, arguments, false);
    }
    assert!(files(&project) == before);
}

#[test]
fn who_looks_sees_what_a_daemon_has_written_and_writes_nothing_beside_it() {
    let web = WebServer::start();
    let project = project(&web);
    let daemon = project.start();
    daemon.wait_for_line(OIL);
    // What it writes behind the last story comes at its end.
    let log = fs::metadata(project.path("state/sanctionwatch.db-wal")).unwrap();
    assert!(log.len() > 0, "the stories are in the log alone");
    for_readers(&project);
    let database = fs::read(project.state()).unwrap();
    for arguments in SOME {
        has_told(project.run(arguments), arguments, true);
        let Some(ended) = run_as_nobody(&project, arguments) else { break };
        has_told(ended, arguments, true);
    }
    assert!(fs::read(project.state()).unwrap() == database);
    daemon.terminate().expect_code(0);
    assert_eq!(of_a_log(&project), Vec::<PathBuf>::new());
}

/// SQLite keeps its log beside what the link leads to.
#[test]
fn a_state_that_is_a_link_is_read_with_its_log() {
    let web = WebServer::start();
    let project = project(&web);
    let real = project.path("elsewhere.db");
    fs::create_dir_all(project.path("state")).unwrap();
    std::os::unix::fs::symlink(&real, project.state()).unwrap();
    let daemon = project.start();
    daemon.wait_for_line(OIL);
    assert!(fs::metadata(project.path("elsewhere.db-wal")).unwrap().len() > 0);
    has_told(project.run(&["stories"]), &["stories"], true);
    daemon.terminate().expect_code(0);
}

#[test]
fn what_a_killed_daemon_left_in_the_log_is_seen_and_left_there() {
    let web = WebServer::start();
    let project = project(&web);
    let daemon = project.start();
    daemon.wait_for_line(OIL);
    daemon.kill();
    for_readers(&project);
    let before = written(&project);
    assert!(!before[&project.path("state/sanctionwatch.db-wal")].0.is_empty());
    for arguments in SOME {
        if let Some(ended) = run_as_nobody(&project, arguments) {
            has_told(ended, arguments, false);
        }
        has_told(project.run(arguments), arguments, false);
        assert!(written(&project) == before, "{arguments:?} has written");
    }
    assert_eq!(project.once().number("alerts"), 0, "the next daemon knows what was told");
}

/// Whoever may not look at the state is told that, and not that there is none.
#[test]
fn a_state_that_may_not_be_looked_at_is_not_taken_for_none() {
    let web = WebServer::start();
    let project = project(&web);
    project.once();
    for_readers(&project);
    fs::set_permissions(project.path("state"), Permissions::from_mode(0o700)).unwrap();
    let copy = project.path("copy.db");
    for arguments in [&["backup", copy.to_str().unwrap()][..], &["sources"], &["status"], &["stories"]] {
        let Some(ended) = run_as_nobody(&project, arguments) else { return };
        assert!(ended.code != Some(0) && ended.stderr.contains("ermission denied"), "{arguments:?}: {ended}");
    }
}
