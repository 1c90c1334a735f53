//! A mail server that keeps what it accepts, and refuses or breaks off as a test asks it to.

use super::Log;
use super::port::{Listening, Port};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

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

    /// Whether `words` stand in the message, its quoted-printable undone and white space evened.
    pub(crate) fn tells(&self, words: &str) -> bool {
        let plain = unquote(&self.data);
        plain.split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
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

/// How the server behaves. Every reply is a whole line without its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script {
    /// Instead of the greeting; then it hangs up.
    pub(crate) greeting: Option<&'static str>,
    /// To RCPT for this address.
    pub(crate) recipients: BTreeMap<&'static str, &'static str>,
    /// Offers AUTH and answers it like this.
    pub(crate) login: Option<&'static str>,
    /// To a message with these words, after its final dot.
    pub(crate) refused_words: Option<(&'static str, &'static str)>,
    /// Hangs up after the final dot, the message kept.
    pub(crate) cut_after_dot: bool,
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
        Self::begin(Some(certificate(ca_file)))
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
            let _gone = converse(&shared, tls.as_ref(), connection);
        }));
    }

    /// Changes how it behaves from the next session on.
    pub(crate) fn script(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.shared.script.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Every message that came to its final dot.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.shared.mails.all()
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

    /// Waits until `enough` says so of the messages there are.
    pub(crate) fn wait_for(&self, enough: impl Fn(&[Mail]) -> bool) -> Vec<Mail> {
        self.shared.mails.wait(enough).unwrap_or_else(|mails| panic!("not the mail awaited: {mails:#?}"))
    }
}

fn certificate(ca_file: &Path) -> Arc<ServerConfig> {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&authority_key).unwrap();
    std::fs::write(ca_file, root.pem()).unwrap();

    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    let chain = vec![CertificateDer::from(leaf.der().to_vec())];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    Arc::new(config)
}

enum Wire {
    Plain(TcpStream),
    Encrypted(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Wire::Plain(stream) => stream.read(buffer),
            Wire::Encrypted(stream) => stream.read(buffer),
        }
    }
}

impl Wire {
    fn say(&mut self, reply: &str) -> std::io::Result<()> {
        let line = format!("{reply}\r\n");
        match self {
            Wire::Plain(stream) => stream.write_all(line.as_bytes()),
            Wire::Encrypted(stream) => {
                stream.write_all(line.as_bytes())?;
                stream.flush()
            }
        }
    }
}

fn converse(shared: &Shared, tls: Option<&Arc<ServerConfig>>, stream: TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let script = shared.script.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut wire = BufReader::new(Wire::Plain(stream));
    let say = |wire: &mut BufReader<Wire>, reply: &str| {
        shared.talk.push(format!("S {reply}"));
        wire.get_mut().say(reply)
    };
    if let Some(greeting) = script.greeting {
        return say(&mut wire, greeting);
    }
    say(&mut wire, "220 localhost ESMTP")?;
    let (mut from, mut to, mut encrypted) = (String::new(), Vec::new(), false);
    loop {
        let Some(line) = read_line(&mut wire)? else { return Ok(()) };
        shared.talk.push(format!("C {line}"));
        let (verb, rest) = line.split_once([' ', ':']).unwrap_or((&line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => {
                if tls.is_some() && !encrypted {
                    say(&mut wire, "250-STARTTLS")?;
                }
                if script.login.is_some() {
                    say(&mut wire, "250-AUTH PLAIN LOGIN")?;
                }
                say(&mut wire, "250 SIZE 10000000")?;
            }
            "STARTTLS" => {
                let (Some(config), Wire::Plain(_)) = (tls, wire.get_ref()) else {
                    say(&mut wire, "502 5.5.1 not offered")?;
                    continue;
                };
                say(&mut wire, "220 go ahead")?;
                let Wire::Plain(plain) = wire.into_inner() else { return Ok(()) };
                let session = ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
                wire = BufReader::new(Wire::Encrypted(Box::new(StreamOwned::new(session, plain))));
                encrypted = true;
            }
            "AUTH" => {
                if rest.eq_ignore_ascii_case("login") {
                    for prompt in ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"] {
                        say(&mut wire, prompt)?;
                        read_line(&mut wire)?;
                    }
                } else if rest.eq_ignore_ascii_case("plain") {
                    say(&mut wire, "334 ")?;
                    read_line(&mut wire)?;
                }
                say(&mut wire, script.login.unwrap_or("503 5.5.1 not offered"))?;
            }
            "MAIL" => {
                from = address(rest);
                to.clear();
                say(&mut wire, "250 2.1.0 ok")?;
            }
            "RCPT" => {
                let recipient = address(rest);
                if let Some(refusal) = script.recipients.get(recipient.as_str()) {
                    say(&mut wire, refusal)?;
                } else {
                    to.push(recipient);
                    say(&mut wire, "250 2.1.5 ok")?;
                }
            }
            "DATA" if to.is_empty() => say(&mut wire, "503 5.5.1 no recipient")?,
            "DATA" => {
                say(&mut wire, "354 go ahead")?;
                let Some(data) = read_data(&mut wire)? else { return Ok(()) };
                let mut mail =
                    Mail { from: from.clone(), to: to.clone(), data, encrypted, acknowledged: false };
                let refusal = script.refused_words.filter(|(words, _)| mail.tells(words));
                if script.cut_after_dot {
                    shared.mails.push(mail);
                    return Ok(());
                }
                if let Some((_, reply)) = refusal {
                    say(&mut wire, reply)?;
                } else {
                    mail.acknowledged = true;
                    // Kept first: a sender that has the answer can rely on the message being here.
                    shared.mails.push(mail);
                    say(&mut wire, "250 2.0.0 kept")?;
                }
            }
            "RSET" | "NOOP" => say(&mut wire, "250 2.0.0 ok")?,
            "QUIT" => return say(&mut wire, "221 2.0.0 bye"),
            _ => say(&mut wire, "500 5.5.2 what")?,
        }
    }
}

fn read_line(wire: &mut BufReader<Wire>) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let read = wire.by_ref().take(64 * 1024).read_until(b'\n', &mut line)?;
    Ok((read > 0).then(|| String::from_utf8_lossy(&line).trim_end().to_owned()))
}

/// Reads to the final dot; `None` where the client hangs up before it.
fn read_data(wire: &mut BufReader<Wire>) -> std::io::Result<Option<String>> {
    let mut data = Vec::new();
    loop {
        let mut line = Vec::new();
        if wire.read_until(b'\n', &mut line)? == 0 || data.len() > 16 * 1024 * 1024 {
            return Ok(None);
        }
        if line == b".\r\n" {
            return Ok(Some(String::from_utf8_lossy(&data).into_owned()));
        }
        data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

/// The address in `FROM:<a@b> …` or `TO:<a@b> …`.
fn address(text: &str) -> String {
    let inner = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(|| text.trim().to_owned(), |(address, _)| address.to_owned())
}
