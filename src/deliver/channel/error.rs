//! Why a delivery did not go out, classed by stage, and so what to do next.

use super::Answer;
use crate::domain::WebhookName;
use crate::net::NetError;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Where in the conversation it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Before any channel: the delivery was given to the wrong one.
    Choice,
    /// Name, connection, TLS from the first byte, greeting, EHLO.
    Connect,
    /// STARTTLS and the handshake after it.
    StartTls,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA, up to the server's leave to go on.
    Data,
    /// The message and the answer to its final dot.
    Body,
    /// A webhook's request and the answer to it.
    Request,
    /// A file or a log line.
    Write,
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Choice => "choosing the channel",
            Self::Connect => "connecting",
            Self::StartTls => "STARTTLS",
            Self::Login => "login",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Body => "the message",
            Self::Request => "the request",
            Self::Write => "writing",
        })
    }
}

/// Why a delivery did not go out. Only `Recipient` and `Message` are for good.
///
/// `rest` says that others would hardly fare better now, and how long the channel wants to be left
/// alone at least; `None` that they may be tried at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The channel does not work for anybody: name, connection, TLS, greeting, login, 421, a sender
    /// that is not allowed; a webhook's 401, 403 and 404. Everything is held; no delivery is to blame.
    #[error("the channel failed at {stage}: {answer}")]
    Channel {
        /// Where.
        stage: Stage,
        /// What was answered.
        answer: Answer,
    },
    /// Refused for now (4xx by mail, or a 5xx at RCPT TO that blames us and not the address; a webhook's
    /// 408, 425, 429 and 5xx). This delivery is tried again later; others may pass.
    #[error("refused for now at {stage}: {answer}")]
    Temporary {
        /// Where.
        stage: Stage,
        /// What was answered.
        answer: Answer,
        /// Whether the channel rests.
        rest: Option<Duration>,
    },
    /// This recipient is refused for good (5xx to RCPT TO, a webhook that is gone).
    #[error("the recipient was refused: {answer}")]
    Recipient {
        /// What was answered.
        answer: Answer,
    },
    /// This message is refused for good (5xx to DATA or its content, or 552 to MAIL FROM; a webhook's
    /// other 4xx, and a redirect).
    #[error("the message was refused at {stage}: {answer}")]
    Message {
        /// Where.
        stage: Stage,
        /// What was answered.
        answer: Answer,
    },
    /// Handed over, and no answer came: it may have arrived. A copy carries the same Message-ID.
    #[error("handed over, but no answer came: {answer}")]
    InDoubt {
        /// What came instead.
        answer: Answer,
        /// Whether the channel rests.
        rest: Option<Duration>,
    },
}

impl SendError {
    /// No further try will do: the recipient or the message is refused.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::Recipient { .. } | Self::Message { .. })
    }

    /// Nothing else would pass either: everything on the channel is held until it works again.
    #[must_use]
    pub const fn holds_channel(&self) -> bool {
        matches!(self, Self::Channel { .. })
    }

    /// How long the channel is left alone at least; `None` where others may be tried at once.
    #[must_use]
    pub const fn rest(&self) -> Option<Duration> {
        match self {
            Self::Channel { .. } => Some(Duration::ZERO),
            Self::Temporary { rest, .. } | Self::InDoubt { rest, .. } => *rest,
            Self::Recipient { .. } | Self::Message { .. } => None,
        }
    }

    /// What was answered.
    #[must_use]
    pub const fn answer(&self) -> &Answer {
        match self {
            Self::Channel { answer, .. }
            | Self::Temporary { answer, .. }
            | Self::Recipient { answer }
            | Self::Message { answer, .. }
            | Self::InDoubt { answer, .. } => answer,
        }
    }

    /// What a refusal with this code and text means at this stage (RFC 5321 §4.2, RFC 4954 §6).
    pub(super) fn refused(stage: Stage, code: u16, text: &str, answer: Answer) -> Self {
        match (stage, code) {
            // Closing down, wanting a login, or lost in the conversation: no delivery's fault.
            (_, 421 | 503 | 530 | 534 | 535 | 538) => Self::Channel { stage, answer },
            (Stage::Sender | Stage::Recipient | Stage::Data | Stage::Body, 400..=499) => {
                Self::Temporary { stage, answer, rest: None }
            }
            (Stage::Recipient, 500..=599) if blames_us(text) => Self::Temporary { stage, answer, rest: None },
            (Stage::Recipient, 500..=599) => Self::Recipient { answer },
            // Too big. Any other refusal of MAIL FROM is one of our sender, so of every mail.
            (Stage::Sender, 552) | (Stage::Data | Stage::Body, 500..=599) => Self::Message { stage, answer },
            _ => Self::Channel { stage, answer },
        }
    }
}

/// Whether a refusal of a recipient speaks of the sending side: Postfix keeps what it has against
/// client, greeting and sender until RCPT TO, and no server relays for who has not logged in. The
/// address may be fine, so the delivery is kept; it could be this address alone, so others go on.
fn blames_us(text: &str) -> bool {
    const SIGNS: [&str; 5] = ["relay", "sender address", "sender verify", "client host", "helo command"];
    let text = text.to_ascii_lowercase();
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// Why a channel could not be set up. The configuration has to change.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The certificate authority file could not be read.
    #[error("the certificate authority file {} could not be read", path.display())]
    ReadCa {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The certificate authority file holds no certificates that can be used.
    #[error("the certificate authority file {} holds no usable certificate", path.display())]
    BadCa {
        /// Which.
        path: PathBuf,
    },
    /// TLS cannot be set up: no certificate authorities on this system, or a host that is no name.
    #[error("TLS to the mail server could not be set up: {0}")]
    Tls(lettre::transport::smtp::Error),
    /// The sender's address could not be read.
    #[error("the sender's address could not be read")]
    Sender(#[from] lettre::address::AddressError),
    /// Webhooks cannot be called at all.
    #[error("the client for webhooks could not be set up")]
    Client(#[from] NetError),
    /// A key that cannot sign.
    #[error("the secret of the webhook {name} cannot sign")]
    Key {
        /// Which.
        name: WebhookName,
        /// Why.
        source: hmac::digest::InvalidLength,
    },
}

// Not by `#[from]`: such an error says its causes itself.
impl From<lettre::transport::smtp::Error> for SetupError {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        Self::Tls(error)
    }
}
