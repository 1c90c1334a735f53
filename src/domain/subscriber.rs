//! Subscribers: who gets alerts, for which watches, when.

use super::{WatchName, WebhookName};
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A mail address that parsed. Shown in logs only redacted: `Debug` hides the local part.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailAddress(String);

impl MailAddress {
    /// The address as it goes on an envelope.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MailAddress {
    type Err = lettre::address::AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim().parse::<lettre::Address>().map(|address| Self(address.to_string()))
    }
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let domain = self.0.rsplit_once('@').map_or("", |(_, domain)| domain);
        write!(formatter, "…@{domain}")
    }
}

/// Who an alert is owed to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubscriberKey {
    /// The journal: a subscriber to every watch, always there.
    Journal,
    /// A person, known by address over reloads.
    Mail(MailAddress),
    /// A webhook, known by name over reloads.
    Webhook(WebhookName),
}

/// When a subscriber's alerts fall due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliverWhen {
    /// As soon as they are known.
    AtOnce,
    /// Every day at this time of the subscriber's zone.
    Daily(Time),
    /// Every week on this day and time of the subscriber's zone.
    Weekly(Weekday, Time),
}

/// Who gets alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// To whom.
    pub key: SubscriberKey,
    /// For which watches; never empty.
    pub watches: BTreeSet<WatchName>,
    /// When.
    pub deliver: DeliverWhen,
    /// In which zone times are meant and shown.
    pub time_zone: TimeZone,
}
