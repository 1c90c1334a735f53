//! SMTP: one connection to the configured server, kept open from one mail to the next.
//!
//! Built on lettre's connection rather than its transport: the transport sends a whole mail in one
//! call and does not say at which stage it failed, and the intent must be committed before the dot.
//! Each step of the conversation ends within the configured time, the answer to a message within its own.

use super::guard::Guard;
use super::{Answer, SendError, SetupError, Stage};
use crate::deliver::address::travelling;
use crate::domain::{MailAddress, SmtpSecurity, SmtpSettings};
use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;

/// Sends over SMTP, one mail at a time.
pub struct SmtpChannel {
    settings: SmtpSettings,
    sender: Address,
    security: Security,
    /// Open, and not in the middle of a mail.
    parked: Option<AsyncSmtpConnection>,
}

enum Security {
    None,
    StartTls(TlsParameters),
    Tls(TlsParameters),
}

/// A mail that the server has agreed to take: only its text is missing.
pub(super) struct Transaction<'a> {
    channel: &'a mut SmtpChannel,
    connection: AsyncSmtpConnection,
    recipient: &'a MailAddress,
    message: &'a [u8],
}

impl fmt::Debug for SmtpChannel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SmtpChannel").field("host", &self.settings.host).finish_non_exhaustive()
    }
}

impl fmt::Debug for Transaction<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Transaction").field("channel", &self.channel).finish_non_exhaustive()
    }
}

impl SmtpChannel {
    /// Prepares sending: reads the certificate authority file, connects to nothing yet.
    pub fn new(settings: SmtpSettings) -> Result<Self, SetupError> {
        let sender = travelling(&settings.from)?;
        let security = match settings.security {
            SmtpSecurity::None => Security::None,
            SmtpSecurity::StartTls => Security::StartTls(tls_parameters(&settings)?),
            SmtpSecurity::Tls => Security::Tls(tls_parameters(&settings)?),
        };
        Ok(Self { settings, sender, security, parked: None })
    }

    /// Goes as far as the server's leave to send the message.
    pub(super) async fn offer<'a>(
        &'a mut self,
        recipient: &'a MailAddress,
        message: &'a [u8],
    ) -> Result<Transaction<'a>, SendError> {
        let mut connection = self.ready().await?;
        match self.envelope(&mut connection, recipient).await {
            Ok(()) => Ok(Transaction { channel: self, connection, recipient, message }),
            Err(error) => {
                if !error.holds_channel() {
                    self.parked = Some(connection);
                }
                Err(error)
            }
        }
    }

    /// Ends the connection with QUIT.
    pub(super) async fn close(&mut self) {
        if let Some(mut connection) = self.parked.take() {
            // The connection ends either way; an answer to QUIT changes nothing.
            let _ = tokio::time::timeout(self.settings.timeout, connection.quit()).await;
        }
    }

    /// The open connection where it still answers, else a new one.
    async fn ready(&mut self) -> Result<AsyncSmtpConnection, SendError> {
        if let Some(mut connection) = self.parked.take() {
            let reset = tokio::time::timeout(self.settings.timeout, connection.command("RSET\r\n")).await;
            if matches!(reset, Ok(Ok(_))) {
                return Ok(connection);
            }
        }
        self.connect().await
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let settings = &self.settings;
        let server = (settings.host.as_str(), settings.port);
        let hello = ClientId::default();
        let mut loopback = false;
        let mut connection = match &self.security {
            Security::Tls(tls) => {
                let connect = AsyncSmtpConnection::connect_tokio1(
                    server,
                    Some(settings.timeout),
                    &hello,
                    Some(tls.clone()),
                    None,
                );
                self.step(Stage::Connect, None, connect).await?
            }
            Security::None | Security::StartTls(_) => {
                let stream = tokio::time::timeout(settings.timeout, TcpStream::connect(server))
                    .await
                    .map_err(|_| late(Stage::Connect, settings.timeout))?
                    .map_err(|error| broken(Stage::Connect, &error))?;
                // A conversation of short lines suffers most from waiting to fill a packet.
                stream.set_nodelay(true).map_err(|error| broken(Stage::Connect, &error))?;
                loopback = stream.peer_addr().is_ok_and(|address| address.ip().is_loopback());
                let connect =
                    AsyncSmtpConnection::connect_with_transport(Box::new(Guard::new(stream)), &hello);
                self.step(Stage::Connect, None, connect).await?
            }
        };
        if let Security::StartTls(tls) = &self.security {
            if !connection.can_starttls() {
                return Err(refuse(Stage::StartTls, "the server does not offer STARTTLS"));
            }
            self.step(Stage::StartTls, None, connection.starttls(tls.clone(), &hello)).await?;
        }
        if let Some((user, password)) = &settings.login {
            if !connection.is_encrypted() && !loopback {
                return Err(refuse(Stage::Login, "no password is sent over an unencrypted connection"));
            }
            let credentials = Credentials::new(user.clone(), password.expose().to_owned());
            let login = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            self.step(Stage::Login, None, login).await?;
        }
        Ok(connection)
    }

    /// MAIL FROM, RCPT TO, DATA.
    async fn envelope(
        &self,
        connection: &mut AsyncSmtpConnection,
        recipient: &MailAddress,
    ) -> Result<(), SendError> {
        let refused = |answer: &str| SendError::Recipient { answer: Answer::ours(answer) };
        let address = travelling(recipient).map_err(|_| refused("the address could not be read"))?;
        let mut parameters = Vec::new();
        let is_plain = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        if !is_plain(&self.sender) || !is_plain(&address) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                // Our own address is in every mail: no recipient is to blame for it.
                return Err(if is_plain(&self.sender) {
                    refused("the server takes no international addresses (SMTPUTF8)")
                } else {
                    refuse(Stage::Sender, "the server takes no international sender (SMTPUTF8)")
                });
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let private = Some(recipient);
        let mail = Mail::new(Some(self.sender.clone()), parameters);
        let answer = self.step(Stage::Sender, private, connection.command(mail)).await?;
        expect(Stage::Sender, &answer, 2)?;
        let answer =
            self.step(Stage::Recipient, private, connection.command(Rcpt::new(address, Vec::new()))).await?;
        expect(Stage::Recipient, &answer, 2)?;
        let answer = self.step(Stage::Data, private, connection.command(Data)).await?;
        expect(Stage::Data, &answer, 3)
    }

    /// Runs one step within the configured time, and classes its failure by stage.
    async fn step<T>(
        &self,
        stage: Stage,
        private: Option<&MailAddress>,
        step: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
    ) -> Result<T, SendError> {
        match tokio::time::timeout(self.settings.timeout, step).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(match self.refusal(stage, &error, private) {
                Some(refused) => refused,
                None => broken(stage, &error),
            }),
            Err(_) => Err(late(stage, self.settings.timeout)),
        }
    }

    /// What the server's refusal means, where the error is one.
    fn refusal(
        &self,
        stage: Stage,
        error: &lettre::transport::smtp::Error,
        recipient: Option<&MailAddress>,
    ) -> Option<SendError> {
        let code = error.status()?;
        let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        let user = self.settings.login.as_ref().map(|(user, _)| format!("{user}@"));
        let private: Vec<_> = recipient.map(MailAddress::as_str).into_iter().chain(user.as_deref()).collect();
        let answer = Answer::of_server(&format!("{code} {text}"), &private);
        Some(SendError::refused(stage, code.into(), &text, answer))
    }
}

impl Transaction<'_> {
    /// Sends the message and its final dot, and waits for the answer.
    pub(super) async fn complete(mut self) -> Result<Answer, SendError> {
        // lettre ends the message's last line itself.
        let message = self.message.strip_suffix(b"\r\n").unwrap_or(self.message);
        let dot_follows = AtomicBool::new(false);
        // Asked for more once the message is written: from here on the dot may arrive.
        let parts = std::iter::once(message).chain(std::iter::from_fn(|| {
            dot_follows.store(true, Ordering::Relaxed);
            None
        }));
        let SmtpSettings { timeout: limit, answer_timeout: patience, .. } = self.channel.settings;
        let result = {
            let mut sending = pin!(self.connection.message_iter(parts));
            match tokio::time::timeout(limit, &mut sending).await {
                Err(_) if dot_follows.load(Ordering::Relaxed) => {
                    let rest = patience.saturating_sub(limit);
                    tokio::time::timeout(rest, sending).await.map_err(|_| late(Stage::Body, patience))
                }
                ended => ended.map_err(|_| late(Stage::Body, limit)),
            }
        };
        // A server that was silent for so long would be as long for the next.
        let rest = result.is_err().then_some(Duration::ZERO);
        let unanswered = |error: SendError| {
            if dot_follows.load(Ordering::Relaxed) {
                SendError::InDoubt { answer: error.answer().clone(), rest }
            } else {
                error
            }
        };
        match result {
            Err(late) => Err(unanswered(late)),
            Ok(Err(error)) => match self.channel.refusal(Stage::Body, &error, Some(self.recipient)) {
                Some(error) => {
                    if !error.holds_channel() {
                        self.channel.parked = Some(self.connection);
                    }
                    Err(error)
                }
                None => Err(unanswered(broken(Stage::Body, &error))),
            },
            Ok(Ok(response)) => {
                expect(Stage::Body, &response, 2).map_err(unanswered)?;
                self.channel.parked = Some(self.connection);
                Ok(Answer::of_server(&joined(&response), &[self.recipient.as_str()]))
            }
        }
    }
}

fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, SetupError> {
    let mut builder = TlsParametersBuilder::new(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let pem = std::fs::read(path).map_err(|source| SetupError::ReadCa { path: path.clone(), source })?;
        let bad = || SetupError::BadCa { path: path.clone() };
        // A file without a certificate gives none and no error.
        let begin = b"-----BEGIN CERTIFICATE-----";
        if !pem.windows(begin.len()).any(|window| window == begin) {
            return Err(bad());
        }
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|_| bad())?);
    }
    Ok(builder.build()?)
}

/// An error unless the answer's code begins with `digit`: what else is positive at another stage
/// means that server and client do not talk about the same thing any more.
fn expect(stage: Stage, response: &Response, digit: u16) -> Result<(), SendError> {
    if u16::from(response.code()) / 100 == digit {
        return Ok(());
    }
    Err(SendError::Channel { stage, answer: Answer::of_server(&joined(response), &[]) })
}

fn joined(response: &Response) -> String {
    format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" "))
}

fn refuse(stage: Stage, why: &str) -> SendError {
    SendError::Channel { stage, answer: Answer::ours(why) }
}

fn broken(stage: Stage, error: &(dyn std::error::Error + 'static)) -> SendError {
    SendError::Channel { stage, answer: Answer::of_error(error) }
}

fn late(stage: Stage, limit: Duration) -> SendError {
    refuse(stage, &format!("no answer within {limit:?}"))
}
