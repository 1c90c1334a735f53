//! Deliveries: what is sent, as rendered bytes for one recipient on one channel.

use super::relation::{UnknownTerm, terms};
use super::{MailAddress, SubscriberKey, Way, WebhookName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Fewest attempts before a delivery is given up: what a broken channel held for days has had none.
pub const FEWEST_ATTEMPTS: u32 = 10;

/// The number under which the store knows a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(pub i64);

impl fmt::Display for DeliveryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A Message-ID without its angle brackets. The same purpose, recipient and content always give the
/// same id, so that a copy can be known as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(String);

impl MessageId {
    /// An id from a rendered hash and a domain, or `None` where either could break a header.
    #[must_use]
    pub fn new(left: &str, domain: &str) -> Option<Self> {
        let plain = |text: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_'))
        };
        (plain(left) && plain(domain)).then(|| Self(format!("{left}@{domain}")))
    }

    /// An id as the store kept it.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The id without angle brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<{}>", self.0)
    }
}

terms! {
    /// How far a delivery has come.
    DeliveryState ("state") {
        /// Waits for its next attempt.
        Pending = "pending",
        /// Handed over, answer unknown: the copy sent again carries the same Message-ID.
        InDoubt = "in-doubt",
        /// Accepted by the channel.
        Sent = "sent",
        /// Refused for good: this recipient or this message.
        Refused = "refused",
        /// Tried for too long.
        GivenUp = "given-up",
    }
}

terms! {
    /// What a delivery is for.
    Purpose ("purpose") {
        /// To tell alerts.
        Alerts = "alerts",
        /// To ask whether an address wants them.
        Confirm = "confirm",
        /// To tell the operator how things stand.
        Operator = "operator",
    }
}

/// Where a delivery goes: the channel, and on it the address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// The log: journald or standard error.
    Journal,
    /// Over SMTP.
    Smtp(MailAddress),
    /// As an `.eml` file in the configured folder.
    File(MailAddress),
    /// To a webhook.
    Webhook(WebhookName),
}

impl Recipient {
    /// The way that leads there.
    #[must_use]
    pub fn way(&self) -> Way {
        match self {
            Recipient::Journal => Way::Journal,
            Recipient::Smtp(_) | Recipient::File(_) => Way::Mail,
            Recipient::Webhook(name) => Way::Webhook(name.clone()),
        }
    }

    /// The channel's name, and the address on it; empty for the journal.
    #[must_use]
    pub fn channel_and_address(&self) -> (&'static str, &str) {
        match self {
            Recipient::Journal => ("journal", ""),
            Recipient::Smtp(address) => ("smtp", address.as_str()),
            Recipient::File(address) => ("file", address.as_str()),
            Recipient::Webhook(name) => ("webhook", name.as_str()),
        }
    }

    /// Whose alerts go there.
    #[must_use]
    pub fn subscriber(&self) -> SubscriberKey {
        match self {
            Recipient::Journal => SubscriberKey::Journal,
            Recipient::Smtp(address) | Recipient::File(address) => SubscriberKey::Mail(address.clone()),
            Recipient::Webhook(name) => SubscriberKey::Webhook(name.clone()),
        }
    }
}

/// What is sent: the alerts due for one subscriber, rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its number.
    pub id: DeliveryId,
    /// What for.
    pub purpose: Purpose,
    /// To whom and how.
    pub recipient: Recipient,
    /// The same for every copy.
    pub message_id: MessageId,
    /// One line that says what it tells.
    pub subject: String,
    /// The bytes to send: a whole message for mail, JSON for the journal and for webhooks.
    pub bytes: Vec<u8>,
    /// How far it has come.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was rendered.
    pub created: Timestamp,
}
