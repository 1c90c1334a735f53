//! A full disk: no mail goes out whose intent could not be committed, the daemon goes on, and once there
//! is room what waits goes out, once, under the Message-ID that it always had.
//!
//! The state lies on a small file system in memory, which the daemon mounts for itself alone: in a mount
//! namespace of its own, and where the tests are not root in a user namespace as well. Tests that may
//! have neither are skipped, and say so.

use super::metrics::ask;
use crate::support::daemon::Daemon;
use crate::support::feeds::{ROADMAP, fixture};
use crate::support::mail::{Gate, Mail, MailServer, Stage};
use crate::support::port::Port;
use crate::support::program;
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Mounts a small disk at `$1` and becomes the program that follows.
const ON_A_SMALL_DISK: &str = r#"mount -t tmpfs -o size=4m tmpfs "$1" && shift && exec "$@""#;

/// Ways to a namespace in which one may mount.
const NAMESPACES: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];

/// What the daemon says of a disk that is full.
const COMPLAINT: &str = "the database cannot be written; trying again";

/// What monitors, the service manager and `status` are told of it.
const TOLD: &str = "the database cannot be written since ";

/// The options of `unshare` that work here.
fn namespace(folder: &Path) -> Option<&'static [&'static str]> {
    NAMESPACES.into_iter().find(|options| {
        let mut tried = Command::new("unshare");
        tried.args(*options).args(["sh", "-c", ON_A_SMALL_DISK, "sh"]).arg(folder).arg("true");
        tried.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    })
}

/// The same command with its state on a small disk.
fn on_a_small_disk(command: &Command, namespace: &[&str], state: &Path) -> Command {
    let mut confined = Command::new("unshare");
    confined.args(namespace).args(["sh", "-c", ON_A_SMALL_DISK, "sh"]).arg(state);
    confined.arg(command.get_program()).args(command.get_args()).env_clear();
    confined.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    confined.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    confined
}

/// Writes until there is no room left.
fn fill(ballast: &Path) {
    let mut file = File::create(ballast).unwrap();
    for size in [64 * 1024, 4096, 1] {
        loop {
            match file.write_all(&vec![0; size]) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// A daemon's folder of state, seen from outside of its namespace.
fn state_of(daemon: &Daemon, state: &Path) -> PathBuf {
    Path::new("/proc").join(daemon.id().to_string()).join("root").join(state.strip_prefix("/").unwrap())
}

/// The Message-IDs of the mails in the outbox, by a copy of the state on the disk outside.
fn outbox(project: &Project, inside: &Path) -> BTreeSet<String> {
    for name in ["sanctionwatch.db", "sanctionwatch.db-wal"] {
        std::fs::copy(inside.join(name), project.path("state").join(name)).unwrap();
    }
    let listed = project.deliveries();
    let mails = listed.iter().filter(|delivery| delivery["channel"] == "smtp");
    mails.map(|delivery| format!("<{}>", delivery["message_id"].as_str().unwrap())).collect()
}

#[test]
fn on_a_full_disk_no_mail_goes_out_and_with_room_again_each_goes_once() {
    let (web, mail, gate, port) =
        (WebServer::start(), MailServer::start(), Gate::at(Stage::Data), Port::reserve());
    mail.script(|script| script.gate = Some(gate.clone()));
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let listen = format!("[listen]\naddress = \"{}\"", port.address());
    let mut project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail).with(&listen);
    // The server keeps the daemon waiting until the disk is full.
    project.change("timeout = \"3s\"\nfrom", "timeout = \"5m\"\nfrom");
    // Polls that bring nothing new want to be written all the time.
    project.change("interval = \"1m\"", "interval = \"1s\"");
    let state = project.path("state");
    std::fs::create_dir(&state).unwrap();
    let Some(namespace) = namespace(&state) else {
        // Not by `println!`, which is shown only where a test fails.
        let _told = writeln!(std::io::stderr(), "disk_full: skipped, no namespace to mount a small disk in");
        return;
    };
    let mut command = on_a_small_disk(&project.command(&["run"]), namespace, &state);
    // The service manager is told every second.
    command.env("WATCHDOG_USEC", "2000000");
    let mut daemon = Daemon::start(command, project.folder());
    daemon.wait_for_notice("READY=1");
    let inside = state_of(&daemon, &state);

    gate.wait_until_reached();
    let waiting = outbox(&project, &inside);
    assert_eq!(waiting.len(), 1);
    let ballast = inside.join("ballast");
    fill(&ballast);
    gate.open();

    daemon.wait_for_line(COMPLAINT);
    let writable = |value: u8| format!("sanctionwatch_database_writable {value}\n");
    assert!(ask(port.address(), "/metrics").2.contains(&writable(0)));
    for path in ["/readyz", "/healthz"] {
        let (status, _, told) = ask(port.address(), path);
        assert!(status == 503 && told.contains(TOLD) && told.contains("disk is full"), "{path}: {told}");
    }
    daemon.wait_for_notice(&format!("STATUS={TOLD}"));
    let config = std::fs::read_to_string(project.path("sanctionwatch.toml")).unwrap();
    let from_outside = config.replacen("state/", &format!("{}/", inside.display()), 1);
    std::fs::write(project.path("from-outside.toml"), from_outside).unwrap();
    let ask_it = |arguments: &[&str]| {
        let mut command = program::command(project.folder());
        command.args(arguments).args(["--config", "from-outside.toml"]);
        program::run(command, None)
    };
    let status = ask_it(&["status"]).expect_code(69);
    assert!(status.stdout.contains(TOLD), "{status}");
    let reload = ask_it(&["reload", "--wait"]).expect_code(0);
    assert!(reload.stdout.contains("works with the new configuration"), "{reload}");
    // It goes on, and comes again.
    mail.wait_for_talk("C DATA", 2);
    assert_eq!(mail.mails().len(), 0, "sent without its intent: {:#?}", mail.talk());
    std::fs::remove_file(&ballast).unwrap();
    mail.wait_for(|mails| mails.iter().any(|mail| mail.tells(ROADMAP)));
    let ids = |mails: &[Mail]| mails.iter().map(Mail::message_id).collect::<BTreeSet<_>>();
    assert_eq!(ids(&mail.mails()), waiting);
    daemon.wait_for_line("the database can be written again");
    assert_eq!(ask(port.address(), "/readyz").0, 200);
    assert!(ask(port.address(), "/metrics").2.contains(&writable(1)));
    // It takes its leave when the answer is written down, which the project sees to when it is dropped.
    mail.wait_for_talk("C QUIT", 1);
    let told = outbox(&project, &inside);
    let ended = daemon.terminate().expect_code(0);

    assert_eq!(told, waiting, "{ended}");
    assert_eq!(mail.mails().len(), waiting.len(), "each once: {:#?}", mail.talk());
}
