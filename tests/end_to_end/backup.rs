//! Backups: a copy of a daemon's state while it works, and a copy put back: checked before, and nothing lost.

use super::bad_state::sql;
use crate::support::feeds::{OIL, ROADMAP, fixture, rss};
use crate::support::mail::MailServer;
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Sources enough, and items, that the first round is a while of writing.
const PARTNERS: [&str; 12] = [
    "Armenia", "Oman", "Turkey", "China", "Qatar", "Iraq", "Serbia", "Cuba", "Brazil", "Kenya", "Chile",
    "Japan",
];
const CROWD: usize = 100;

fn headline(partner: &str) -> String {
    format!("Iran and {partner} sign wheat agreement")
}

fn crowd(web: &WebServer, mail: &MailServer) -> Project {
    let mut project = Project::new().hasty_subscriber(DESK).smtp(mail);
    for partner in PARTNERS {
        let mut headlines = vec![headline(partner)];
        headlines.extend((0..CROWD).map(|number| format!("Bakers of {partner} share recipe {number}")));
        let headlines: Vec<&str> = headlines.iter().map(String::as_str).collect();
        let url = web.serve(&format!("/{partner}.xml"), Route::feed(rss(&headlines)));
        project = project.source(partner, &url);
    }
    project
}

fn back_up(project: &Project, file: &str) -> PathBuf {
    let copy = project.path(file);
    project.run(&["backup", copy.to_str().unwrap()]).expect_code(0);
    copy
}

fn restore(project: &Project, copy: &Path) -> crate::support::program::Ended {
    project.run(&["backup", "--restore", copy.to_str().unwrap()])
}

/// The files that are kept beside the state, without what a running database has there.
fn beside(project: &Project) -> Vec<String> {
    let names = fs::read_dir(project.path("state")).unwrap();
    let mut names: Vec<String> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| ![".lock", ".reload", "-shm"].iter().any(|ending| name.ends_with(ending)));
    names.sort();
    names
}

#[test]
fn a_copy_under_load_is_whole_and_what_was_told_before_it_is_not_told_again() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let project = crowd(&web, &mail);
    let daemon = project.start();
    // In the middle of the first round, and of its mails.
    mail.wait_for(|mails| !mails.is_empty());
    let early = back_up(&project, "early.db");
    let told_all = |tells: &dyn Fn(&str) -> bool| PARTNERS.iter().all(|partner| tells(&headline(partner)));
    let told = mail.wait_for(|mails| told_all(&|line| mails.iter().any(|mail| mail.tells(line))));
    for partner in PARTNERS {
        daemon.wait_for_stories(&[&headline(partner)]);
    }
    let refused = restore(&project, &early).expect_code(75);
    assert!(refused.stderr.contains("in use by another sanctionwatch"), "{refused}");
    daemon.terminate().expect_code(0);
    let late = back_up(&project, "late.db");

    assert_eq!(fs::metadata(&late).unwrap().permissions().mode() & 0o777, 0o600);
    let again = restore(&project, &late).expect_code(0);
    assert!(again.stdout.contains("is kept as"), "{again}");
    let after = project.once();
    assert_eq!(after.number("items.new"), 0, "{}", after.ended);
    assert_eq!(mail.mails().len(), told.len(), "nothing is said twice: {:#?}", mail.talk());

    // An early copy knows less. What it has not seen is told once more, and nothing of it is lost.
    let restored = restore(&project, &early).expect_code(0);
    assert!(restored.stdout.contains("items,"), "{restored}");
    project.once();
    for partner in PARTNERS {
        let line = headline(partner);
        let copies = mail.accepted_for(DESK).iter().filter(|mail| mail.tells(&line)).count();
        assert!((1..=2).contains(&copies), "{line}: {copies}");
    }
}

#[test]
fn a_message_that_waited_in_the_copy_goes_under_the_same_id() {
    let (web, mut mail) = (WebServer::start(), MailServer::start());
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    mail.down();
    project.once();
    let waiting = back_up(&project, "waiting.db");
    mail.up();
    project.once();
    restore(&project, &waiting).expect_code(0);
    project.once();

    let ids: BTreeSet<_> =
        mail.accepted_for(DESK).iter().map(crate::support::mail::Mail::message_id).collect();
    assert_eq!((mail.accepted_for(DESK).len(), ids.len()), (2, 1), "a copy is known as one");
}

#[test]
fn a_file_is_overwritten_only_when_that_is_said_and_never_the_state() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url);
    let copy = project.path("copy.db");
    let copy = copy.to_str().unwrap();
    project.run(&["backup", copy]).expect_code(69);
    project.once();

    fs::write(copy, "a shopping list").unwrap();
    let refused = project.run(&["backup", copy]).expect_code(73);
    assert!(refused.stderr.contains("--force"), "{refused}");
    assert_eq!(fs::read_to_string(copy).unwrap(), "a shopping list");
    let told = project.run(&["backup", copy, "--force", "--json"]).expect_code(0).json();
    assert!(told["items"].as_u64() > Some(0) && told["bytes"].as_u64() > Some(0), "{told}");
    let state = project.state();
    let before = fs::read(&state).unwrap();
    project.run(&["backup", "state/sanctionwatch.db-shm", "--force"]).expect_code(64);
    for own in ["", "-wal", ".lock", "-replacement"] {
        let own = format!("{}{own}", state.display());
        project.run(&["backup", &own, "--force"]).expect_code(64);
        project.run(&["backup", "--restore", &own]).expect_code(if Path::new(&own).exists() {
            64
        } else {
            66
        });
    }
    fs::hard_link(&state, project.path("second-name.db")).unwrap();
    project.run(&["backup", project.path("second-name.db").to_str().unwrap(), "--force"]).expect_code(64);
    assert_eq!(fs::read(&state).unwrap(), before);
    project.run(&["backup", "no/such/folder/copy.db"]).expect_code(73);
    let folder: Vec<_> =
        fs::read_dir(project.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!folder.iter().any(|name| name.to_string_lossy().contains("unfinished")), "{folder:?}");
}

#[test]
fn what_cannot_be_used_is_refused_with_its_reason_and_the_state_is_as_it_was() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url);
    project.once();
    let good = back_up(&project, "good.db");
    let before = (fs::read(project.state()).unwrap(), beside(&project));
    let whole = fs::read(&good).unwrap();
    let damaged = {
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 4096].fill(0x5a);
        bytes
    };
    let write = |name: &str, bytes: &[u8]| {
        let path = project.path(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let foreign = project.path("foreign.db");
    sql(&foreign, "CREATE TABLE recipe (name TEXT); INSERT INTO recipe VALUES ('bread');");
    let newer = write("newer.db", &whole);
    sql(
        &newer,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9000, 'of a later time', 1, x'00', 0);",
    );
    let headless = write("headless.db", &whole);
    sql(&headless, "DROP TABLE alert;");
    let cases = [
        (write("garbage.db", "a shopping list\n".repeat(300).as_bytes()), "is no SQLite database"),
        (write("empty.db", b""), "it is empty"),
        (write("truncated.db", &whole[..whole.len() / 2]), "is damaged or cut off"),
        (write("damaged.db", &damaged), "it is damaged or cut off"),
        (foreign, "another program"),
        (newer, "newer sanctionwatch"),
        (headless, "alert is missing"),
    ];
    for (file, reason) in cases {
        let refused = restore(&project, &file);
        let refused = refused.expect_code(65);
        assert!(refused.stderr.contains(&file.display().to_string()), "{refused}");
        assert!(refused.stderr.contains(reason), "{refused}");
        assert_eq!((fs::read(project.state()).unwrap(), beside(&project)), before, "{}", file.display());
    }
    restore(&project, &project.path("nowhere.db")).expect_code(66);
    assert_eq!(beside(&project), before.1);
}

#[test]
fn a_damaged_state_is_replaced_and_kept() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    project.once();
    let copy = back_up(&project, "copy.db");
    let ruined = b"a shopping list".repeat(500);
    fs::write(project.state(), &ruined).unwrap();
    fs::write(project.path("state/sanctionwatch.db-wal"), "of the old one").unwrap();
    project.run(&["once"]).expect_code(74);
    project.run(&["backup", project.path("useless.db").to_str().unwrap()]).expect_code(74);

    restore(&project, &copy).expect_code(0);

    let kept = beside(&project);
    let kept: Vec<_> = kept.iter().filter(|name| name.starts_with("sanctionwatch.db.")).collect();
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert_eq!(fs::read(project.path("state").join(kept[0])).unwrap(), ruined);
    assert_eq!(fs::read(project.path("state").join(kept[1])).unwrap(), b"of the old one");
    assert_eq!(project.once().number("alerts"), 0);
    let told = mail.accepted_for(DESK);
    assert_eq!(told.iter().filter(|mail| mail.tells(OIL) && mail.tells(ROADMAP)).count(), 1, "{told:#?}");
}

/// More of them: `SANCTIONWATCH_KILLS=300 cargo test --release --test end_to_end -- restore_that_is_killed`.
#[test]
fn a_restore_that_is_killed_leaves_the_old_state_or_the_new_one_whole() {
    let kills = u32::try_from(super::kill::number("SANCTIONWATCH_KILLS", 8)).unwrap();
    let web = WebServer::start();
    let rounds = [rss(&[ROADMAP]), rss(&[ROADMAP, OIL])].map(String::into_bytes);
    let url = web.serve("/news.xml", Route::Rounds(rounds.to_vec()));
    let project = Project::new().source("Meridian", &url);
    project.once();
    let copy = back_up(&project, "copy.db");
    project.once();
    // From here on nobody brings anything new.
    web.serve("/news.xml", Route::status(500));
    let (state, saved) = (project.path("state"), project.path("saved"));
    copied_while_open(&project, &saved);
    let again = || {
        drop(fs::remove_dir_all(&state));
        fs::create_dir(&state).unwrap();
        for entry in fs::read_dir(&saved).unwrap().map(Result::unwrap) {
            fs::copy(entry.path(), state.join(entry.file_name())).unwrap();
        }
    };
    let killed_after = |arguments: &[&str], life: Duration| {
        let mut child = project.command(arguments).spawn().unwrap();
        std::thread::sleep(life);
        child.kill().unwrap();
        child.wait().unwrap();
    };
    again();
    let begun = Instant::now();
    restore(&project, &copy).expect_code(0);
    let whole = begun.elapsed();
    assert_eq!(titles(&project), [ROADMAP]);

    let mut dice = fastrand::Rng::with_seed(u64::from(kills));
    let mut restored = 0;
    for kill in 0..kills {
        again();
        let moment = (f64::from(kill) + dice.f64()) / f64::from(kills);
        killed_after(&["backup", "--restore", copy.to_str().unwrap()], whole.mul_f64(moment));
        // And what mends that is killed, too.
        killed_after(&["once"], whole.mul_f64(dice.f64()));
        project.run(&["once"]).expect_code(69);
        let titles = titles(&project);
        if titles == [ROADMAP] {
            restored += 1;
        } else {
            assert_eq!(titles, [ROADMAP, LAST], "kill {kill} at {moment}");
        }
        let left = beside(&project);
        assert!(
            !left.iter().any(|name| name.contains("unfinished") || name.contains("replacement")),
            "{left:?}"
        );
    }
    println!("restore: {kills} kills, {restored} restored, the others as before");
}

/// A headline that stands in the write-ahead log alone.
const LAST: &str = "What was written last";

/// Copies a state as a kill leaves it: with its last words in the log, not yet folded into the database.
fn copied_while_open(project: &Project, to: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(project.state());
        let mut connection = options.connect().await.unwrap();
        sqlx::query("UPDATE item SET title = $1 WHERE title = $2")
            .bind(LAST)
            .bind(OIL)
            .execute(&mut connection)
            .await
            .unwrap();
        fs::create_dir(to).unwrap();
        for entry in fs::read_dir(project.path("state")).unwrap().map(Result::unwrap) {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
        connection.close().await.unwrap();
    });
    assert!(fs::metadata(to.join("sanctionwatch.db-wal")).unwrap().len() > 0);
}

/// The items of a state, which must be whole.
fn titles(project: &Project) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(project.state());
        let mut connection = options.connect().await.unwrap();
        let found: String =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
        assert_eq!(found, "ok");
        let titles = sqlx::query_scalar("SELECT title FROM item ORDER BY id")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        titles
    })
}
