//! A state that cannot be used: a clear error, the fitting exit code, and the file left as it was.

use crate::support::daemon::Daemon;
use crate::support::feeds::{OIL, ROADMAP, fixture, rss};
use crate::support::mail::MailServer;
use crate::support::program::{self, Ended};
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// `EX_CANTCREAT`, `EX_IOERR` and `EX_NOPERM` of sysexits: which fits depends on what went wrong.
const STATE_CODES: [i32; 3] = [73, 74, 77];

fn project(web: &WebServer) -> Project {
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    Project::new().source("Meridian", &url)
}

#[track_caller]
fn assert_refused(ended: &Ended, path: &Path) {
    assert!(ended.code.is_some_and(|code| STATE_CODES.contains(&code)), "{ended}");
    assert!(ended.stderr.contains(&path.display().to_string()), "the error names the file: {ended}");
    assert!(!ended.stderr.contains("panicked at"), "{ended}");
}

/// The same command behind what a shell does first.
fn behind(script: &str, command: &Command) -> Command {
    let mut confined = Command::new("sh");
    confined
        .args(["-c", &format!("{script}; exec \"$@\""), "sh"])
        .arg(command.get_program())
        .args(command.get_args());
    confined.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        confined.current_dir(folder);
    }
    confined
}

/// No file may grow beyond so many blocks of 512 bytes: writes fail as they do on a full disk. The signal that would
/// end the program is ignored, because a full disk sends none.
fn disk_of(blocks: u64) -> String {
    format!("trap '' XFSZ; ulimit -f {blocks}")
}

pub(crate) fn sql(path: &Path, statements: &'static str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let mut connection: SqliteConnection = options.connect().await.unwrap();
        sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let web = WebServer::start();
    let mut project = project(&web);
    project.leaves_no_usable_state();
    std::fs::create_dir(project.path("state")).unwrap();
    let text = "a shopping list, not a database\n".repeat(300);
    std::fs::write(project.state(), &text).unwrap();

    for command in ["once", "run"] {
        assert_refused(&project.run(&[command]), &project.state());
        assert_eq!(std::fs::read_to_string(project.state()).unwrap(), text);
    }
    assert_eq!(web.all_requests().len(), 0, "nothing is polled that could not be kept");
}

#[test]
fn a_database_of_another_program_is_refused_and_left_as_it_is() {
    let web = WebServer::start();
    let mut project = project(&web);
    project.leaves_no_usable_state();
    std::fs::create_dir(project.path("state")).unwrap();
    sql(&project.state(), "CREATE TABLE recipe (name TEXT); INSERT INTO recipe VALUES ('bread');");
    let before = std::fs::read(project.state()).unwrap();

    let ended = project.run(&["once", "--json"]);

    assert_refused(&ended, &project.state());
    assert_eq!(std::fs::read(project.state()).unwrap(), before);
}

#[test]
fn a_damaged_database_is_refused_and_left_as_it_is() {
    let web = WebServer::start();
    let mut project = project(&web);
    project.once();
    project.leaves_no_usable_state();
    let mut bytes = std::fs::read(project.state()).unwrap();
    for byte in bytes.iter_mut().skip(100) {
        *byte = 0x5a;
    }
    std::fs::write(project.state(), &bytes).unwrap();

    let ended = project.run(&["once", "--json"]);

    assert_refused(&ended, &project.state());
    assert_eq!(std::fs::read(project.state()).unwrap(), bytes);
}

#[test]
fn a_database_newer_than_the_program_is_refused_and_left_as_it_is() {
    let web = WebServer::start();
    let mut project = project(&web);
    project.once();
    project.leaves_no_usable_state();
    sql(
        &project.state(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9000, 'of a later time', 1, x'00', 0); PRAGMA wal_checkpoint(TRUNCATE);",
    );
    let before = std::fs::read(project.state()).unwrap();

    let ended = project.run(&["once", "--json"]);

    assert_refused(&ended, &project.state());
    assert!(ended.stderr.contains("newer"), "{ended}");
    assert_eq!(std::fs::read(project.state()).unwrap(), before);
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let web = WebServer::start();
    let mut project = project(&web);
    project.leaves_no_usable_state();
    std::fs::write(project.path("state"), "a file where the folder should be").unwrap();

    assert_refused(&project.run(&["once", "--json"]), &project.path("state"));
}

#[test]
fn a_read_only_folder_is_told_and_its_state_left_as_it_is() {
    let web = WebServer::start();
    let mut project = project(&web);
    project.once();
    project.leaves_no_usable_state();
    let mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for file in std::fs::read_dir(project.path("state")).unwrap() {
        mode(&file.unwrap().path(), 0o444);
    }
    mode(&project.path("state"), 0o555);
    mode(project.folder(), 0o755);
    let before = std::fs::read(project.state()).unwrap();
    let mut command = project.command(&["once", "--json"]);
    mode(&project.path("sanctionwatch.toml"), 0o644);
    program::as_user(65534, &mut command);

    let ended = match command.output() {
        Ok(output) => Ended::from(output),
        Err(error) => {
            println!("skipped: another user cannot run the program where it was built: {error}");
            mode(&project.path("state"), 0o755);
            return;
        }
    };
    mode(&project.path("state"), 0o755);

    assert_refused(&ended, &project.path("state"));
    assert_eq!(std::fs::read(project.state()).unwrap(), before);
}

#[test]
fn with_the_disk_full_nothing_is_lost_and_nothing_is_sent_that_is_not_kept() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let quiet: Vec<String> =
        (0..1500).map(|number| format!("Bakers share recipe {number} of their bread")).collect();
    let quiet: Vec<&str> = quiet.iter().map(String::as_str).collect();
    let crowd = [&quiet[..], &[OIL, ROADMAP]].concat();
    let rounds = [rss(&["Harbour city opens library"]), rss(&crowd)].map(String::into_bytes);
    let url = web.serve("/news.xml", Route::Rounds(rounds.to_vec()));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    project.once();

    let blocks = std::fs::metadata(project.state()).unwrap().len() / 512 + 64;
    let mut limited = behind(&disk_of(blocks), &project.command(&["once", "--json"]));
    let ended = Ended::from(limited.output().unwrap());
    assert!(ended.code.is_some_and(|code| code != 0), "{ended}");
    assert!(!ended.stderr.contains("panicked at"), "{ended}");
    assert_eq!(mail.mails().len(), 0, "sent without a record: {ended}");

    let after = project.once();

    let told = mail.accepted_for(DESK);
    assert_eq!(told.iter().filter(|mail| mail.tells(OIL)).count(), 1, "{}", after.ended);
    assert_eq!(told.iter().filter(|mail| mail.tells(ROADMAP)).count(), 1, "{}", after.ended);
}

/// A file of the state that is there and holds nothing was lost or made by hand: to begin afresh would be to send again
/// what was sent.
#[test]
fn a_state_that_was_lost_is_told_by_every_command_and_not_begun_afresh() {
    let web = WebServer::start();
    let mut project = project(&web);
    project.once();
    let copy = project.path("copy.db");
    let copied: [&str; 2] = ["backup", copy.to_str().unwrap()];
    project.run(&copied).expect_code(0);
    project.leaves_no_usable_state();
    std::fs::write(project.state(), "").unwrap();

    for command in ["once", "run", "status", "stories", "deliveries", "sources"] {
        let ended = project.run(&[command]);
        assert_refused(&ended, &project.state());
        assert!(ended.stderr.contains("it is empty") && ended.stderr.contains("backup --restore"), "{ended}");
        assert_eq!(std::fs::metadata(project.state()).unwrap().len(), 0, "{command} leaves it as it is");
    }
    project.run(&[&copied[..], &["--restore"]].concat()).expect_code(0);
    assert_eq!(project.once().number("items.new"), 0, "and the way back is one");
}

#[test]
fn a_start_on_a_full_disk_says_so_once_and_leaves_nothing_half_made() {
    let web = WebServer::start();
    let project = project(&web);
    std::fs::create_dir(project.path("state")).unwrap();
    let full = || {
        let ended = Ended::from(behind(&disk_of(0), &project.command(&["run"])).output().unwrap());
        assert_refused(&ended, &project.state());
        let told =
            [ended.stderr.matches("the disk may be full").count(), ended.stderr.matches("(code").count()];
        assert_eq!(told, [1, 1], "{ended}");
    };
    let files = || {
        let entries = std::fs::read_dir(project.path("state")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
    };

    full();
    assert_eq!(files(), ["sanctionwatch.db.lock"], "no state that would be taken for a lost one");
    project.once();
    // What SQLite keeps beside a database has no room, either.
    full();
}

/// Whoever begins with a state by hand has no unit that sees to it.
#[test]
fn what_a_state_is_made_of_is_for_its_owner_alone_whatever_the_umask() {
    let web = WebServer::start();
    let project = project(&web);
    let open = |arguments: &[&str]| behind("umask 0000", &project.command(arguments));
    let (first, second) = (project.path("first.db"), project.path("second.db"));
    let private = |wanted: &[&Path]| {
        let entries = std::fs::read_dir(project.path("state")).unwrap();
        let found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        assert!(wanted.iter().all(|path| path.exists()), "{found:?}");
        for path in found.iter().map(PathBuf::as_path).chain([first.as_path()]) {
            let mode = std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}: {mode:o}", path.display());
        }
    };
    let named = |ending: &str| project.path(&format!("state/sanctionwatch.db{ending}"));

    let mut daemon = Daemon::start(open(&["run"]), project.folder());
    daemon.wait_for_notice("READY=1");
    program::run(open(&["backup", first.to_str().unwrap()]), None).expect_code(0);
    program::run(open(&["reload", "--wait"]), None).expect_code(0);
    private(&["", "-wal", "-shm", ".lock", ".reload"].map(named).each_ref().map(PathBuf::as_path));
    daemon.terminate().expect_code(0);
    std::fs::rename(project.state(), &second).unwrap();
    std::fs::set_permissions(&second, std::fs::Permissions::from_mode(0o666)).unwrap();
    program::run(open(&["backup", second.to_str().unwrap(), "--restore"]), None).expect_code(0);
    private(&[&project.state()]);

    // What an administrator has opened stays so.
    std::fs::set_permissions(project.state(), std::fs::Permissions::from_mode(0o640)).unwrap();
    project.once();
    assert_eq!(std::fs::metadata(project.state()).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_second_daemon_on_the_same_state_is_refused() {
    let web = WebServer::start();
    let project = project(&web);
    let first = project.start();

    let second = program::run(project.command(&["run"]), None).expect_code(75);
    let once = program::run(project.command(&["once", "--json"]), None).expect_code(75);

    for ended in [second, once] {
        assert!(ended.stderr.contains("sanctionwatch.db"), "{ended}");
    }
    first.terminate().expect_code(0);
    project.start().terminate().expect_code(0);
}
