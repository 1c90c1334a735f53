//! A mail server that keeps what it accepts, and refuses or breaks off as a test asks it to.

mod script;
mod session;
mod wire;

pub(crate) use script::{Act, Fault, Gate, Moments, Script, Stage};

use super::Log;
use super::port::{Listening, Port};
use rustls::ServerConfig;
use session::Session;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// A message as it came to its final dot.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// Headers and body, dots unstuffed.
    pub(crate) data: String,
    /// The session was encrypted.
    pub(crate) encrypted: bool,
    /// The sender was told that it was accepted.
    pub(crate) acknowledged: bool,
}

impl Mail {
    /// The value of a header, unfolded.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let head = self.data.split("\r\n\r\n").next().unwrap_or_default();
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        unfolded.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    pub(crate) fn message_id(&self) -> String {
        self.header("Message-ID").unwrap_or_default()
    }

    /// The message with its quoted-printable undone.
    pub(crate) fn text(&self) -> String {
        unquote(&self.data)
    }

    /// Whether `words` stand in the message, its quoted-printable undone and white space evened.
    pub(crate) fn tells(&self, words: &str) -> bool {
        self.text().split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
    }
}

fn unquote(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let mut plain = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let quoted = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let value = quoted.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let (b'=', Some(value)) = (first, value) {
            plain.push(value);
            rest = &after[2..];
        } else {
            plain.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[derive(Debug, Default)]
struct Shared {
    script: Mutex<Script>,
    mails: Log<Mail>,
    /// The commands of every session, and what was said about them, for a failed test to show.
    talk: Log<String>,
}

/// A mail server on a loopback port of its own.
#[derive(Debug)]
pub(crate) struct MailServer {
    port: Port,
    shared: Arc<Shared>,
    tls: Option<Arc<ServerConfig>>,
    listening: Option<Listening>,
}

impl MailServer {
    /// A server that takes everything, without encryption.
    pub(crate) fn start() -> Self {
        Self::begin(None)
    }

    /// A server that offers STARTTLS, with a certificate for `localhost` signed by an authority of
    /// its own, which is written to `ca_file`.
    pub(crate) fn start_with_tls(ca_file: &Path) -> Self {
        Self::begin(Some(wire::certificate(ca_file)))
    }

    fn begin(tls: Option<Arc<ServerConfig>>) -> Self {
        let mut server =
            Self { port: Port::reserve(), shared: Arc::new(Shared::default()), tls, listening: None };
        server.up();
        server
    }

    pub(crate) fn port(&self) -> u16 {
        self.port.address().port()
    }

    /// Refuses connections from now on.
    pub(crate) fn down(&mut self) {
        self.listening = None;
    }

    /// Accepts connections, on the same port as ever.
    pub(crate) fn up(&mut self) {
        let (shared, tls) = (self.shared.clone(), self.tls.clone());
        self.listening = Some(self.port.listen(move |connection, _stop| {
            // A client that hangs up in the middle is no fault of the server's.
            let _gone = Session::new(&shared, tls.as_ref(), connection).and_then(|mut session| session.run());
        }));
    }

    /// Changes how it behaves from the next session on.
    pub(crate) fn script(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.shared.script.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Has one thing go wrong from the next session on.
    pub(crate) fn fault(&self, fault: Fault) {
        self.script(|script| script.faults.push(fault));
    }

    /// Has nothing go wrong at a stage any more.
    pub(crate) fn mend(&self) {
        self.script(|script| script.faults.clear());
    }

    /// Every message that came to its final dot.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.shared.mails.all()
    }

    /// The same without the first `known`.
    pub(crate) fn mails_after(&self, known: usize) -> Vec<Mail> {
        self.shared.mails.after(known)
    }

    /// The messages to `recipient` that were accepted.
    pub(crate) fn accepted_for(&self, recipient: &str) -> Vec<Mail> {
        let is_theirs = |mail: &Mail| mail.acknowledged && mail.to.iter().any(|to| to == recipient);
        self.mails().into_iter().filter(is_theirs).collect()
    }

    /// What was said, one line each.
    pub(crate) fn talk(&self) -> Vec<String> {
        self.shared.talk.all()
    }

    /// Waits until `line` was said so many times.
    pub(crate) fn wait_for_talk(&self, line: &str, count: usize) {
        let enough = |talk: &[String]| talk.iter().filter(|said| *said == line).count() >= count;
        if let Err(talk) = self.shared.talk.wait(enough) {
            panic!("not {count} times {line:?}: {talk:#?}");
        }
    }

    /// Waits until `enough` says so of the messages there are.
    pub(crate) fn wait_for(&self, enough: impl Fn(&[Mail]) -> bool) -> Vec<Mail> {
        self.shared.mails.wait(enough).unwrap_or_else(|mails| panic!("not the mail awaited: {mails:#?}"))
    }
}
