//! One session of the mail server with a client.

use super::script::{Act, Script, Stage};
use super::wire::Wire;
use super::{Mail, Shared};
use rustls::ServerConfig;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::net::TcpStream;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// How long the server waits for a client that neither speaks nor listens.
const IDLE: Duration = Duration::from_secs(20);

/// A session; an error ends it.
pub(super) struct Session<'a> {
    shared: &'a Shared,
    tls: Option<&'a Arc<ServerConfig>>,
    script: Script,
    wire: BufReader<Wire>,
    from: String,
    to: Vec<String>,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        shared: &'a Shared,
        tls: Option<&'a Arc<ServerConfig>>,
        stream: TcpStream,
    ) -> std::io::Result<Self> {
        stream.set_read_timeout(Some(IDLE))?;
        stream.set_write_timeout(Some(IDLE))?;
        let script = shared.script.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let wire = BufReader::new(Wire::Plain(stream));
        Ok(Self { shared, tls, script, wire, from: String::new(), to: Vec::new() })
    }

    pub(super) fn run(&mut self) -> std::io::Result<()> {
        if !self.struck(Stage::Greeting)? {
            self.say("220 localhost ESMTP")?;
        }
        while let Some(line) = self.hear()? {
            self.answer(&line)?;
        }
        Ok(())
    }

    fn answer(&mut self, line: &str) -> std::io::Result<()> {
        let (verb, rest) = line.split_once([' ', ':']).unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => {
                if self.tls.is_some() && !self.wire.get_ref().is_encrypted() {
                    self.say("250-STARTTLS")?;
                }
                if self.script.login.is_some() {
                    self.say("250-AUTH PLAIN LOGIN")?;
                }
                self.say("250 SIZE 10000000")
            }
            "STARTTLS" if self.struck(Stage::StartTls)? => Ok(()),
            "STARTTLS" => match self.tls {
                Some(config) if !self.wire.get_ref().is_encrypted() => {
                    self.say("220 go ahead")?;
                    self.wire = BufReader::new(self.wire.get_ref().encrypt(config)?);
                    Ok(())
                }
                _ => self.say("502 5.5.1 not offered"),
            },
            "AUTH" => self.log_in(rest),
            "MAIL" if self.struck(Stage::Sender)? => Ok(()),
            "MAIL" => {
                self.from = address(rest);
                self.to.clear();
                self.say("250 2.1.0 ok")
            }
            "RCPT" if self.struck(Stage::Recipient)? => Ok(()),
            "RCPT" => {
                let recipient = address(rest);
                if let Some(refusal) = self.script.recipients.get(recipient.as_str()) {
                    self.say(refusal)
                } else {
                    self.to.push(recipient);
                    self.say("250 2.1.5 ok")
                }
            }
            "DATA" if self.to.is_empty() => self.say("503 5.5.1 no recipient"),
            "DATA" if self.struck(Stage::Data)? => Ok(()),
            "DATA" => self.take_message(),
            "RSET" if self.struck(Stage::Reset)? => Ok(()),
            "RSET" | "NOOP" => self.say("250 2.0.0 ok"),
            "QUIT" => {
                self.say("221 2.0.0 bye")?;
                Err(over())
            }
            _ => self.say("500 5.5.2 what"),
        }
    }

    fn log_in(&mut self, rest: &str) -> std::io::Result<()> {
        if rest.eq_ignore_ascii_case("login") {
            for prompt in ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"] {
                self.say(prompt)?;
                self.hear_nothing_of_it()?;
            }
        } else if rest.eq_ignore_ascii_case("plain") {
            self.say("334 ")?;
            self.hear_nothing_of_it()?;
        }
        self.say(self.script.login.unwrap_or("503 5.5.1 not offered"))
    }

    fn take_message(&mut self) -> std::io::Result<()> {
        self.say("354 go ahead")?;
        if let Some(act) = self.script.fault(Stage::Text) {
            self.read_line()?;
            self.act(act)?;
            return Err(over());
        }
        let data = self.read_data()?;
        let (from, to) = (self.from.clone(), self.to.clone());
        let encrypted = self.wire.get_ref().is_encrypted();
        let mut mail = Mail { from, to, data, encrypted, acknowledged: false };
        if let Some(act) = self.script.fault(Stage::Dot) {
            if !act.is_answer() {
                self.shared.mails.push(mail);
            }
            return self.act(act);
        }
        if let Some((_, refusal)) = self.script.refused_words.filter(|(words, _)| mail.tells(words)) {
            return self.say(refusal);
        }
        mail.acknowledged = true;
        // Kept first: a sender that has the answer can rely on the message being here.
        self.shared.mails.push(mail);
        let moments = self.script.around_dot.clone();
        if let Some(moments) = &moments {
            moments.pass();
        }
        self.say("250 2.0.0 kept")?;
        if let Some(moments) = &moments {
            moments.pass();
        }
        Ok(())
    }

    /// Whether something else was done at this stage than what should be.
    fn struck(&mut self, stage: Stage) -> std::io::Result<bool> {
        match self.script.fault(stage) {
            Some(act) => self.act(act).map(|()| true),
            None => Ok(false),
        }
    }

    fn act(&mut self, act: Act) -> std::io::Result<()> {
        match act {
            Act::Say(reply) => return self.say(reply),
            Act::Bye(reply) => self.say(reply)?,
            Act::Cut => {}
            Act::Silence => while self.read_line()?.is_some() {},
            Act::Flood(bytes) => {
                let bytes = bytes.repeat(64);
                // Until the client has enough and goes away.
                loop {
                    self.wire.get_mut().send(bytes.as_bytes())?;
                }
            }
            Act::LongLine => {
                let line = format!("250 {}\r\n", "a".repeat(5_000_000));
                self.wire.get_mut().send(line.as_bytes())?;
            }
        }
        Err(over())
    }

    fn say(&mut self, reply: &str) -> std::io::Result<()> {
        if let Some(moments) = &self.script.before_replies {
            moments.pass();
        }
        self.shared.talk.push(format!("S {reply}"));
        self.wire.get_mut().send(format!("{reply}\r\n").as_bytes())
    }

    fn hear(&mut self) -> std::io::Result<Option<String>> {
        let line = self.read_line()?;
        if let Some(line) = &line {
            self.shared.talk.push(format!("C {line}"));
        }
        Ok(line)
    }

    /// Secrets are not for the list of what was said.
    fn hear_nothing_of_it(&mut self) -> std::io::Result<()> {
        self.read_line().map(drop)
    }

    fn read_line(&mut self) -> std::io::Result<Option<String>> {
        let mut line = Vec::new();
        let read = self.wire.by_ref().take(64 * 1024).read_until(b'\n', &mut line)?;
        Ok((read > 0).then(|| String::from_utf8_lossy(&line).trim_end().to_owned()))
    }

    /// Reads to the final dot.
    fn read_data(&mut self) -> std::io::Result<String> {
        let mut data = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.wire.read_until(b'\n', &mut line)? == 0 || data.len() > 16 * 1024 * 1024 {
                return Err(over());
            }
            if line == b".\r\n" {
                return Ok(String::from_utf8_lossy(&data).into_owned());
            }
            data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
}

fn over() -> std::io::Error {
    ErrorKind::ConnectionAborted.into()
}

/// The address in `FROM:<a@b> …` or `TO:<a@b> …`.
fn address(text: &str) -> String {
    let inner = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(|| text.trim().to_owned(), |(address, _)| address.to_owned())
}
