//! What a service manager, a shell or a crowded machine may do to the daemon: standard streams that are closed or that
//! nobody reads, few file descriptors.

use crate::support::daemon::Daemon;
use crate::support::feeds::{ROADMAP, rss};
use crate::support::mail::MailServer;
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};
use rstest::rstest;
use std::process::{Command, Stdio};

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
