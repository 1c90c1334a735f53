//! What cannot be read of a configuration: each command says what and why, and a daemon that runs goes on as it was.

use crate::support::feeds::{OIL, ROADMAP, rss};
use crate::support::mail::MailServer;
use crate::support::program::{self, Ended, as_user};
use crate::support::project::{DESK, LOGIN, Project};
use crate::support::web::{Route, WebServer};
use rstest::rstest;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

const TEXT: &str = "{% for group in groups %}{% for story in group.stories %}{{ story.title }}\n{% endfor %}{% endfor %}\n\
    No more: {{ unsubscribe.mail }}\n";

/// A configuration of several files, and one file that they name and that everything needs.
fn project(web: &WebServer, mail: &MailServer) -> Project {
    let url = web.serve("/news.xml", Route::feed(rss(&[ROADMAP])));
    let mut project =
        Project::new().hasty_subscriber(DESK).smtp_with(mail, LOGIN).with("[templates]\ntext = \"mail.txt\"");
    project.change("state = \"state/", "include = [\"more/sources.toml\"]\nstate = \"state/");
    fs::write(project.path("mail.txt"), TEXT).unwrap();
    fs::create_dir(project.path("more")).unwrap();
    let source = format!("[[source]]\nname = \"Meridian\"\nurl = {url:?}\nlang = \"en\"\n");
    fs::write(project.path("more/sources.toml"), source).unwrap();
    project
}

/// A command on the files as they stand: [`Project::command`] would write one of them.
fn command(project: &Project, arguments: &[&str]) -> Command {
    let mut command = program::command(project.folder());
    command.args(arguments).arg("--config").arg(project.path("sanctionwatch.toml"));
    command.env("CREDENTIALS_DIRECTORY", project.path("credentials"));
    command
}

fn run(project: &Project, arguments: &[&str]) -> Ended {
    program::run(command(project, arguments), None)
}

/// What is put in the place of a file.
#[derive(Debug, Clone, Copy)]
enum Instead {
    Nothing,
    Folder,
    File,
    /// A link to itself.
    Circle,
}

impl Instead {
    fn put(self, path: &Path) {
        match self {
            Self::Nothing => {}
            Self::Folder => fs::create_dir(path).unwrap(),
            Self::File => fs::write(path, "").unwrap(),
            Self::Circle => symlink(path, path).unwrap(),
        }
    }

    fn take_away(self, path: &Path) {
        match self {
            Self::Nothing => {}
            Self::Folder => fs::remove_dir(path).unwrap(),
            Self::File | Self::Circle => fs::remove_file(path).unwrap(),
        }
    }
}

#[rstest]
#[case::the_file("sanctionwatch.toml", Instead::Folder, "it is not a file")]
#[case::the_file_in_a_circle("sanctionwatch.toml", Instead::Circle, "Too many levels of symbolic links")]
#[case::no_file("sanctionwatch.toml", Instead::Nothing, "it does not exist")]
#[case::the_folder_of_sources("more", Instead::File, "Not a directory")]
#[case::sources("more/sources.toml", Instead::Folder, "it is not a file")]
#[case::a_template("mail.txt", Instead::Circle, "Too many levels of symbolic links")]
#[case::a_secret(
    "credentials/smtp-password",
    Instead::Folder,
    "the password cannot be read where `password-credential` points: it is not a file"
)]
fn what_cannot_be_read_is_told_and_the_daemon_goes_on_as_it_was(
    #[case] name: &str,
    #[case] instead: Instead,
    #[case] reason: &str,
) {
    let (web, mail) = (WebServer::start(), MailServer::start());
    mail.script(|script| script.login = Some("235 2.7.0 welcome"));
    let project = project(&web, &mail);
    let daemon = project.start();
    mail.wait_for(|mails| mails.iter().any(|mail| mail.tells(ROADMAP)));
    daemon.wait_for_stories(&[ROADMAP]);

    let (file, away) = (project.path(name), project.path("away"));
    fs::rename(&file, &away).unwrap();
    instead.put(&file);
    let commands: &[&[&str]] = &[&["run"], &["once"], &["check"], &["reload", "--wait"]];
    for arguments in commands {
        let told = run(&project, arguments).expect_code(78);
        assert!(told.stderr.contains(reason), "{arguments:?}: {told}");
        let shown = if name.starts_with("credentials") { "sanctionwatch.toml" } else { name };
        assert!(told.stderr.contains(shown), "{arguments:?}: {told}");
    }
    daemon.signal("HUP");
    daemon.wait_for_line("the old one stays");
    instead.take_away(&file);
    fs::rename(&away, &file).unwrap();
    web.serve("/news.xml", Route::feed(rss(&[ROADMAP, OIL])));
    run(&project, &["reload", "--wait"]).expect_code(0);
    daemon.terminate().expect_code(0);
    assert_eq!(mail.mails().iter().filter(|mail| mail.tells(ROADMAP)).count(), 1, "nothing is said twice");
}

/// The same where files are closed to the user as whom it runs.
#[test]
fn a_file_or_a_folder_that_is_closed_to_the_user_is_told() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let project = project(&web, &mail);
    let mode = |name: &str, mode| {
        fs::set_permissions(project.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    project.write_config();
    mode("", 0o755);
    for (name, closed, open, words) in [
        ("sanctionwatch.toml", 0o000, 0o644, "cannot read it: permission denied\n"),
        ("more/sources.toml", 0o000, 0o644, "more/sources.toml: permission denied\n"),
        ("more", 0o000, 0o755, "permission denied to enter a folder above it"),
    ] {
        mode(name, closed);
        for arguments in [&["check"], &["run"], &["once"]] {
            let mut command = command(&project, arguments);
            as_user(65534, &mut command);
            match command.output() {
                Ok(output) => {
                    let told = Ended::from(output).expect_code(78);
                    assert!(told.stderr.contains(words), "{name}: {told}");
                }
                Err(error) => {
                    println!("skipped: another user cannot run the program where it was built: {error}");
                }
            }
        }
        mode(name, open);
    }
    mode("", 0o700);
}

/// Without the data of the machine only UTC is a zone, and who has another one is told what to install.
#[test]
fn without_the_data_of_time_zones_utc_is_known_and_of_others_it_is_told_what_to_install() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = web.serve("/news.xml", Route::feed(rss(&[ROADMAP])));
    let mut project =
        Project::new().source("Meridian", &url).subscriber(DESK).with_last("time-zone = \"UTC\"").smtp(&mail);
    let without = |project: &Project, arguments: &[&str]| {
        fs::create_dir_all(project.path("empty")).unwrap();
        let whole = project.command(arguments);
        let mut command = Command::new("unshare");
        let script = "mount --bind empty /usr/share/zoneinfo || exit 99; exec \"$0\" \"$@\"";
        command.args(["--mount", "sh", "-c", script]).arg(whole.get_program()).args(whole.get_args());
        command.current_dir(project.folder()).env("NOTIFY_SOCKET", "");
        command.output().map(Ended::from).ok().filter(|ended| ended.code != Some(99) && ended.code != Some(1))
    };
    let Some(checked) = without(&project, &["check"]) else {
        println!("skipped: what is mounted cannot be changed here");
        return;
    };
    checked.expect_code(0);
    without(&project, &["once"]).unwrap().expect_code(0);
    assert_eq!(mail.accepted_for(DESK).len(), 1);

    project.change("time-zone = \"UTC\"", "time-zone = \"Europe/Berlin\"");
    for command in ["check", "run"] {
        let told = without(&project, &[command]).unwrap().expect_code(78);
        assert!(told.stderr.contains("there is no time zone `Europe/Berlin`"), "{told}");
        assert!(told.stderr.contains("install its `tzdata` package"), "{told}");
    }
}

/// The environment's own zone is nobody's: a mail is in its subscriber's, the log in UTC.
#[test]
fn the_time_zone_of_the_environment_is_nobodys() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(rss(&[ROADMAP])));
    let told = |zone: &[(&str, &str)]| {
        let mail = MailServer::start();
        let project = Project::new()
            .source("Meridian", &url)
            .subscriber(DESK)
            .with_last("time-zone = \"Asia/Kolkata\"")
            .smtp(&mail);
        let mut command = project.command(&["once"]);
        command.envs(zone.iter().copied());
        let ended = program::run(command, None).expect_code(0);
        assert!(ended.stderr.lines().all(|line| line.contains("Z ")), "{ended}");
        let mails = mail.accepted_for(DESK);
        let lines = mails.iter().flat_map(|mail| mail.text().lines().map(str::to_owned).collect::<Vec<_>>());
        lines.filter(|line| line.contains("IST")).collect::<Vec<_>>()
    };

    let expected = told(&[]);
    assert!(!expected.is_empty());
    assert_eq!(told(&[("TZ", "Pacific/Kiritimati")]), expected);
    assert_eq!(told(&[("TZ", ":nonsense"), ("TZDIR", "/nowhere")]), expected);
}
