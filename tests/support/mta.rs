//! A real Postfix with a real Dovecot behind it, as `tests/mta/real-mta.sh` runs them, and its
//! mailboxes, read over IMAP.

use super::PATIENCE;
use super::mail::Mail;
use super::port::Port;
use super::program::{self, Ended};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mta/real-mta.sh");

/// The exit code of the script where Postfix or Dovecot is missing.
const MISSING: i32 = 77;

/// The variable under which a test that would be skipped fails: both were installed for it.
const REQUIRED: &str = "SANCTIONWATCH_MTA_REQUIRED";

/// Both servers, on loopback ports of their own, with mailboxes for `alerts`, `desk` and `second` at
/// example.org; dropping it stops them.
#[derive(Debug)]
pub(crate) struct Mta {
    folder: TempDir,
    smtp: Port,
    imap: Port,
    told: BTreeMap<String, String>,
}

impl Mta {
    /// The servers, ready, or `None` where they are not installed, which is said on standard error; where they
    /// must be, the test fails.
    pub(crate) fn start() -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("sanctionwatch-mta-").tempdir().unwrap();
        let mut mta = Self { folder, smtp: Port::reserve(), imap: Port::reserve(), told: BTreeMap::new() };
        let ports = [&mta.smtp, &mta.imap].map(|port| port.address().port().to_string());
        let started = mta.script("start", &ports);
        if started.code == Some(MISSING) {
            let why = started.stderr.trim();
            assert!(std::env::var_os(REQUIRED).is_none(), "{REQUIRED} is set, and there is none: {why}");
            // Not by `eprintln!`: of a test that passes, nobody is shown that.
            let mut shown = std::io::stderr();
            writeln!(shown, "{}: {why}", current_test()).unwrap();
            return None;
        }
        let started = started.expect_code(0);
        let pairs = started.stdout.lines().filter_map(|line| line.split_once('='));
        mta.told = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Some(mta)
    }

    /// `[smtp]` of a configuration that sends through it and knows servers by `authority`. The
    /// password is a credential.
    pub(crate) fn settings(&self, authority: &Path) -> String {
        format!(
            "[smtp]\nhost = \"localhost\"\nport = {}\ntimeout = \"30s\"\n\
             from = \"Sanctions watch <alerts@example.org>\"\nsecurity = \"starttls\"\n\
             ca-file = \"{}\"\nuser = {:?}\npassword-credential = \"smtp-password\"",
            self.smtp.address().port(),
            authority.display(),
            self.told("SMTP_USER"),
        )
    }

    /// The certificate of the authority that vouches for it.
    pub(crate) fn authority(&self) -> PathBuf {
        self.told("CA_FILE").into()
    }

    /// Of every one of its users.
    pub(crate) fn password(&self) -> &str {
        self.told("PASSWORD")
    }

    /// Takes the mailboxes away; Postfix goes on taking mail.
    pub(crate) fn close_mailboxes(&self) {
        self.script("close-mailboxes", &[]).expect_code(0);
    }

    /// Brings the mailboxes back, and has Postfix try again what it has deferred.
    pub(crate) fn open_mailboxes(&self) {
        self.script("open-mailboxes", &[]).expect_code(0);
        self.script("flush", &[]).expect_code(0);
    }

    /// Waits until Postfix has nothing left to deliver.
    #[track_caller]
    pub(crate) fn drain(&self) {
        self.script("drain", &[]).expect_code(0);
    }

    /// Waits until Postfix has logged `words`.
    #[track_caller]
    pub(crate) fn wait_for_log(&self, words: &str) {
        let deadline = Instant::now() + PATIENCE;
        let log = || std::fs::read_to_string(self.folder.path().join("mail.log")).unwrap_or_default();
        while !log().contains(words) {
            assert!(Instant::now() < deadline, "{words} was never logged:\n{}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The messages in a mailbox, read over IMAP, with the envelopes that they were delivered in.
    pub(crate) fn mailbox(&self, user: &str) -> Vec<Mail> {
        let mut imap = Imap::connect(&self.imap, &self.authority());
        imap.ask(&format!("LOGIN {user} {}", self.password()));
        imap.ask("EXAMINE INBOX");
        let messages = imap.ask("UID FETCH 1:* (BODY.PEEK[])");
        imap.ask("LOGOUT");
        messages.into_iter().map(delivered).collect()
    }

    fn script(&self, action: &str, arguments: &[String]) -> Ended {
        let mut command = Command::new("bash");
        command.arg(SCRIPT).arg(action).arg(self.folder.path()).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        program::run(command, None)
    }

    fn told(&self, name: &str) -> &str {
        self.told.get(name).unwrap_or_else(|| panic!("the script did not tell {name}: {:?}", self.told))
    }
}

impl Drop for Mta {
    fn drop(&mut self) {
        let stopped = self.script("stop", &[]);
        if !std::thread::panicking() {
            stopped.expect_code(0);
        }
    }
}

/// The test that runs in this thread.
fn current_test() -> String {
    std::thread::current().name().unwrap_or("a test").to_owned()
}

fn delivered(message: Vec<u8>) -> Mail {
    let data = String::from_utf8(message).unwrap();
    // RFC 3848: by ESMTP, secured, authenticated.
    let encrypted = data.contains("with ESMTPSA");
    let mut mail = Mail { from: String::new(), to: Vec::new(), data, encrypted, acknowledged: true };
    let address = |name| mail.header(name).unwrap_or_default().trim_matches(['<', '>']).to_owned();
    (mail.from, mail.to) = (address("Return-Path"), vec![address("Delivered-To")]);
    mail
}

/// As much of IMAP as reads a mailbox (RFC 9051).
struct Imap(BufReader<StreamOwned<ClientConnection, TcpStream>>);

impl Imap {
    fn connect(port: &Port, authority: &Path) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let session = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
        let stream = TcpStream::connect(port.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut imap = Self(BufReader::new(StreamOwned::new(session, stream)));
        let greeting = imap.line();
        assert!(greeting.starts_with("* OK"), "{greeting}");
        imap
    }

    /// The literals of the answer, of which each message is one.
    fn ask(&mut self, command: &str) -> Vec<Vec<u8>> {
        let stream = self.0.get_mut();
        stream.write_all(format!("a {command}\r\n").as_bytes()).unwrap();
        stream.flush().unwrap();
        let mut literals = Vec::new();
        loop {
            let line = self.line();
            if let Some(result) = line.strip_prefix("a ") {
                assert!(result.starts_with("OK"), "{command}: {line}");
                return literals;
            }
            let length = line.strip_suffix('}').and_then(|line| line.rsplit_once('{'));
            if let Some((_, length)) = length {
                let mut literal = vec![0; length.parse().unwrap()];
                self.0.read_exact(&mut literal).unwrap();
                literals.push(literal);
            }
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.0.read_line(&mut line).unwrap() > 0, "the IMAP server hung up");
        line.trim_end().to_owned()
    }
}
