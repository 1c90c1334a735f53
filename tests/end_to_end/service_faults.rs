//! What a service manager, a shell or a crowded machine may do to the daemon: standard streams that are closed or that
//! nobody reads, few file descriptors, few threads, a source that hangs among many.

use super::metrics::ask;
use crate::support::daemon::Daemon;
use crate::support::feeds::{ROADMAP, rss};
use crate::support::mail::MailServer;
use crate::support::port::Port;
use crate::support::program::{self, as_user};
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};
use rstest::rstest;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Instant;

/// `run` on a project, by a shell that does something first.
fn run_after(project: &Project, first: &str) -> Command {
    let run = project.command(&["run"]);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{first}; exec \"$0\" \"$@\"")]).arg(run.get_program()).args(run.get_args());
    command.current_dir(project.folder()).env_clear();
    command.envs(run.get_envs().map(|(name, value)| (name, value.unwrap_or_default())));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[rstest]
#[case::closed("exec <&- >&- 2>&-")]
#[case::full("exec >/dev/full 2>/dev/full")]
fn without_standard_streams_mail_goes_out_all_the_same(#[case] first: &str) {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = web.serve("/news.xml", Route::feed(rss(&[ROADMAP])));
    let project = Project::new().source("Meridian", &url).hasty_subscriber(DESK).smtp(&mail);

    let mut daemon = Daemon::start(run_after(&project, first), project.folder());
    daemon.wait_for_notice("READY=1");
    mail.wait_for(|mails| mails.iter().any(|mail| mail.tells(ROADMAP)));
    daemon.wait_for_notice("STATUS=1 of 1 sources healthy, 0 alerts pending");
    daemon.terminate().expect_code(0);
}

#[test]
fn a_log_that_nobody_reads_any_more_ends_nothing() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = web.serve("/news.xml", Route::feed(rss(&[ROADMAP])));
    let project = Project::new().source("Meridian", &url).hasty_subscriber(DESK).smtp(&mail);

    let mut command = project.command(&["run"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    command.stdout(writer.try_clone().unwrap()).stderr(writer);
    let mut daemon = Daemon::start(command, project.folder());
    daemon.wait_for_notice("READY=1");
    mail.wait_for(|mails| mails.iter().any(|mail| mail.tells(ROADMAP)));
    daemon.wait_for_notice("STATUS=1 of 1 sources healthy, 0 alerts pending");
    daemon.terminate().expect_code(0);
}

#[test]
fn with_few_file_descriptors_every_source_is_read_and_nothing_is_lost() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let mut project = Project::new().hasty_subscriber(DESK).smtp(&mail);
    for number in 0..60 {
        let headline = if number == 59 { ROADMAP } else { "Rain expected in the north over the weekend" };
        let url = web.serve(&format!("/{number}.xml"), Route::feed(rss(&[headline])));
        project = project.source(&format!("Source {number}"), &url);
    }

    let mut daemon = Daemon::start(run_after(&project, "ulimit -n 64"), project.folder());
    daemon.wait_for_notice("READY=1");
    mail.wait_for(|mails| mails.iter().any(|mail| mail.tells(ROADMAP)));
    daemon.wait_for_notice("STATUS=60 of 60 sources healthy");
    daemon.terminate().expect_code(0);
}

/// `run` where so many threads may run at most, as a user of its own: of whoever else uses its id, threads would be
/// counted, too. `None`, which is printed, where that cannot be had.
fn run_with_threads(project: &Project, most: usize) -> Option<Command> {
    let id = 1_000_000_000 + std::process::id();
    let limit = format!("ulimit -p {most} 2>/dev/null || ulimit -u {most}");
    let mut command = run_after(project, &limit);
    if !as_user(id, &mut command) {
        println!("skipped: only root can run it as a user of its own");
        return None;
    }
    for entry in ["", "credentials", "credentials/smtp-password", "sanctionwatch.toml"] {
        std::os::unix::fs::chown(project.path(entry), Some(id), Some(id)).unwrap();
    }
    let probe = Command::new(command.get_program())
        .args(["-c", "exec \"$0\" --version"])
        .arg(env!("CARGO_BIN_EXE_sanctionwatch"))
        .stdout(Stdio::null())
        .uid(id)
        .gid(id)
        .status();
    if !probe.is_ok_and(|status| status.success()) {
        println!("skipped: another user cannot run the program where it was built");
        return None;
    }
    Some(command)
}

#[test]
fn without_threads_a_start_says_so_and_may_be_tried_again() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(rss(&[ROADMAP])));
    let mut project = Project::new().source("Meridian", &url);
    project.leaves_no_usable_state();
    for most in 1..=3 {
        let Some(command) = run_with_threads(&project, most) else { return };
        let ended = program::run(command, None).expect_code(75);
        assert!(ended.stderr.contains("gives this process no more threads"), "{ended}");
    }
    assert_eq!(web.all_requests().len(), 0);
}

/// So many as it needs at least, and one: for documents, names and files together.
#[test]
fn with_one_thread_to_spare_everything_is_read_and_told() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let mut project = Project::new().hasty_subscriber(DESK).smtp(&mail);
    for number in 0..20 {
        let headline = if number == 19 { ROADMAP } else { "Rain expected in the north over the weekend" };
        let url = web.serve(&format!("/{number}.xml"), Route::feed(rss(&[headline])));
        project = project.source(&format!("Source {number}"), &url);
    }
    let workers = std::thread::available_parallelism().unwrap().get().min(4);
    let (own, database) = (1, 5);
    let Some(command) = run_with_threads(&project, own + workers + database + 1) else { return };

    let daemon = Daemon::start(command, project.folder());
    mail.wait_for(|mails| mails.iter().any(|mail| mail.tells(ROADMAP)));
    for number in 0..20 {
        web.wait_for_requests(&format!("/{number}.xml"), 1);
    }
    let ended = daemon.terminate().expect_code(0);
    assert!(!ended.stderr.contains("ERROR"), "{ended}");
}

/// One of five hundred takes the request and says nothing, for longer than the test may last.
#[test]
fn one_source_that_hangs_among_five_hundred_holds_up_nobody() {
    const SOURCES: usize = 500;
    let (web, mail, port) = (WebServer::start(), MailServer::start(), Port::reserve());
    let address = port.address();
    let mut project = Project::new()
        .hasty_subscriber(DESK)
        .smtp(&mail)
        .source("Hang", &web.serve("/hang.xml", Route::Hang))
        .with(&format!("[listen]\naddress = \"{address}\""));
    project.change("timeout = \"3s\"\ncontact", "timeout = \"10m\"\nhost-pause = \"0s\"\ncontact");
    for number in 1..SOURCES {
        let headline = if number == SOURCES - 1 { ROADMAP } else { "Rain expected in the north" };
        let url = web.serve(&format!("/{number}.xml"), Route::feed(rss(&[headline])));
        project = project.source(&format!("Source {number}"), &url);
    }

    let mut daemon = project.start();
    web.wait_for_requests("/hang.xml", 1);
    mail.wait_for(|mails| mails.iter().any(|mail| mail.tells(ROADMAP)));
    for number in 1..SOURCES {
        web.wait_for_requests(&format!("/{number}.xml"), 1);
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(ask(address, path).0, 200, "{path}");
    }
    daemon.wait_for_notice("STATUS=499 of 500 sources healthy, 1 not asked yet, 0 alerts pending");
    daemon.wait_for_stories(&[ROADMAP]);
    let begun = Instant::now();
    daemon.terminate().expect_code(0);

    assert!(begun.elapsed().as_secs() < 30, "{:?}: the unit waits 45 s", begun.elapsed());
    assert_eq!(web.requests("/hang.xml").len(), 1, "it hung to the end");
}
