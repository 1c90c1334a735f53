//! A project: a folder with a configuration, a state, and the program run on them.

use super::daemon::Daemon;
use super::mail::MailServer;
use super::program::{self, Ended};
use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The address of the usual subscriber.
pub(crate) const DESK: &str = "desk@example.org";

/// What the credential `smtp-password` holds in a new project.
pub(crate) const PASSWORD: &str = "correct horse";

/// The keys of `[smtp]` that log in with it, over an unencrypted line.
pub(crate) const LOGIN: &str =
    "security = \"none\"\nuser = \"alerts\"\npassword-credential = \"smtp-password\"";

/// The folder of credentials, given to the program as systemd gives it.
const CREDENTIALS: &str = "credentials";

const FETCH: &str = r#"[fetch]
interval = "1m"
timeout = "3s"
contact = "ops@example.org"
allow-addresses = ["127.0.0.0/8"]
"#;

/// Two watches: one that the fixtures' stories match, one that they do not.
const WATCHES: &str = r#"
[[watch]]
name = "Iran and Belarus"
countries = ["Iran", "Belarus"]
kinds = ["sanctions", "alliance"]

[[watch]]
name = "Cuba"
countries = ["Cuba"]
kinds = ["sanctions"]
"#;

/// A project under test. When it is dropped, its deliveries must all have been sent, unless the
/// test told with [`Project::leaves`] what stays behind.
#[derive(Debug)]
pub(crate) struct Project {
    folder: TempDir,
    config: String,
    left: BTreeMap<&'static str, usize>,
    audited: bool,
}

impl Project {
    /// Watches and limits, but no source, no subscriber and no mail.
    pub(crate) fn new() -> Self {
        let config = format!("state = \"state/sanctionwatch.db\"\n\n{FETCH}{WATCHES}");
        let folder = tempfile::Builder::new().prefix("sanctionwatch-test-").tempdir().unwrap();
        std::fs::create_dir(folder.path().join(CREDENTIALS)).unwrap();
        let project = Self { folder, config, left: BTreeMap::new(), audited: true };
        project.set_password(PASSWORD);
        project
    }

    /// What the credential `smtp-password` holds from now on.
    pub(crate) fn set_password(&self, password: &str) {
        let file = self.path(CREDENTIALS).join("smtp-password");
        std::fs::write(&file, format!("{password}\n")).unwrap();
        // As systemd gives it: not for everybody.
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Adds text to the configuration; it must begin with a table.
    pub(crate) fn with(mut self, text: &str) -> Self {
        self.config.push_str(&format!("\n{text}\n"));
        self
    }

    pub(crate) fn source(self, name: &str, url: &str) -> Self {
        self.with(&format!("[[source]]\nname = {name:?}\nurl = {url:?}\nlang = \"en\""))
    }

    pub(crate) fn subscriber(self, address: &str) -> Self {
        self.with(&format!("[[subscriber]]\nemail = {address:?}\nwatches = [\"Iran and Belarus\"]"))
    }

    /// A subscriber whose every alert is a message of its own, at once.
    pub(crate) fn hasty_subscriber(self, address: &str) -> Self {
        self.subscriber(address).with_last("gather = \"0s\"\nmost-per-hour = 10000")
    }

    /// Adds keys to the table that was added last.
    pub(crate) fn with_last(mut self, keys: &str) -> Self {
        self.config.push_str(&format!("{keys}\n"));
        self
    }

    /// Mail through `server`, unencrypted.
    pub(crate) fn smtp(self, server: &MailServer) -> Self {
        self.smtp_with(server, "security = \"none\"")
    }

    /// Mail through `server`, with these further keys.
    pub(crate) fn smtp_with(self, server: &MailServer, keys: &str) -> Self {
        self.with(&format!(
            "[smtp]\nhost = \"localhost\"\nport = {}\ntimeout = \"3s\"\n\
             from = \"Sanctions watch <alerts@example.org>\"\n{keys}",
            server.port()
        ))
    }

    /// Replaces text of the configuration that must be there.
    pub(crate) fn change(&mut self, old: &str, new: &str) {
        assert!(self.config.contains(old), "{old} is not in:\n{}", self.config);
        self.config = self.config.replace(old, new);
    }

    /// From now on so many deliveries are expected to stay behind in `state`.
    pub(crate) fn leaves(&mut self, state: &'static str, count: usize) {
        self.left.insert(state, count);
    }

    /// The state is meant to be unusable: nothing is asked of it at the end.
    pub(crate) fn leaves_no_usable_state(&mut self) {
        self.audited = false;
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.path("state/sanctionwatch.db")
    }

    /// Writes the configuration as it is now, and says where.
    pub(crate) fn write_config(&self) -> PathBuf {
        let file = self.path("sanctionwatch.toml");
        std::fs::write(&file, &self.config).unwrap();
        file
    }

    /// A command of the program on this project's configuration, written afresh.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let file = self.write_config();
        let mut command = program::command(self.folder.path());
        command.args(arguments).arg("--config").arg(file);
        command.env("CREDENTIALS_DIRECTORY", self.path(CREDENTIALS));
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        program::run(self.command(arguments), None)
    }

    /// `once`, which must reach a source.
    #[track_caller]
    pub(crate) fn once(&self) -> Once {
        self.once_ending(0)
    }

    /// `once`, which must end with `code` and tell all the same what came of it.
    #[track_caller]
    pub(crate) fn once_ending(&self, code: i32) -> Once {
        let ended = self.run(&["once", "--json"]).expect_code(code);
        Once { told: ended.json(), ended }
    }

    /// The daemon, ready.
    #[track_caller]
    pub(crate) fn start(&self) -> Daemon {
        let mut daemon = self.begin();
        daemon.wait_for_notice("READY=1");
        daemon
    }

    /// The daemon, as it begins.
    pub(crate) fn begin(&self) -> Daemon {
        Daemon::start(self.command(&["run"]), self.folder.path())
    }

    /// What `deliveries --json` lists.
    #[track_caller]
    pub(crate) fn deliveries(&self) -> Vec<Value> {
        self.run(&["deliveries", "--json", "--most", "10000"]).expect_code(0).json_lines()
    }

    /// What `stories --json` lists.
    #[track_caller]
    pub(crate) fn stories(&self) -> Vec<Value> {
        self.run(&["stories", "--json"]).expect_code(0).json_lines()
    }

    fn audit(&self) {
        if !self.audited || !self.state().exists() {
            return;
        }
        let mut left = BTreeMap::new();
        for delivery in self.deliveries() {
            let state = delivery["state"].as_str().unwrap_or("without a state").to_owned();
            *left.entry(state).or_insert(0) += 1;
        }
        left.remove("sent");
        let expected: BTreeMap<_, _> =
            self.left.iter().map(|(state, count)| ((*state).to_owned(), *count)).collect();
        assert_eq!(left, expected, "deliveries left behind, by state");
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.audit();
        }
    }
}

/// What `once --json` told.
#[derive(Debug)]
pub(crate) struct Once {
    told: Value,
    pub(crate) ended: Ended,
}

impl Once {
    /// The number at a path such as `sources.polled`.
    #[track_caller]
    pub(crate) fn number(&self, path: &str) -> u64 {
        let value = path.split('.').try_fold(&self.told, |value, key| value.get(key));
        value.and_then(Value::as_u64).unwrap_or_else(|| panic!("no number at {path}: {}", self.ended))
    }

    /// The numbers at several paths, in their order.
    #[track_caller]
    pub(crate) fn numbers<const N: usize>(&self, paths: [&str; N]) -> [u64; N] {
        paths.map(|path| self.number(path))
    }

    /// The reasons of failed sources, by source.
    pub(crate) fn failures(&self) -> BTreeMap<String, String> {
        let failures = self.told["failures"].as_array().into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        failures.map(|failure| (text(&failure["source"]), text(&failure["reason"]))).collect()
    }

    /// How many items were dropped for `reason`.
    pub(crate) fn dropped(&self, reason: &str) -> u64 {
        self.told["dropped"][reason].as_u64().unwrap_or(0)
    }
}
