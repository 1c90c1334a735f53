//! Subscribers: who gets alerts, for which watches, when.

use super::{Score, WatchName, WebhookName};
use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

/// A mail address that parsed. Two that differ in capitals alone are one: no mail system in use tells them
/// apart, and who has left under the one has left under the other. Shown in logs only redacted: `Debug`
/// hides the local part.
#[derive(Clone)]
pub struct MailAddress {
    written: String,
    key: String,
}

impl MailAddress {
    /// The address as it was written, for an envelope and for people.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The address in small letters, by which it is known.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl PartialEq for MailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for MailAddress {}

impl PartialOrd for MailAddress {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for MailAddress {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl Hash for MailAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl FromStr for MailAddress {
    type Err = lettre::address::AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let written = text.trim().parse::<lettre::Address>()?.to_string();
        Ok(Self { key: written.to_lowercase(), written })
    }
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let domain = self.written.rsplit_once('@').map_or("", |(_, domain)| domain);
        write!(formatter, "…@{domain}")
    }
}

/// Who an alert is owed to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubscriberKey {
    /// The journal: a subscriber to every watch, always there.
    Journal,
    /// A person, known by address over restarts.
    Mail(MailAddress),
    /// A webhook, known by name over restarts.
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

/// Hours in which nothing is sent, in the subscriber's zone. They may run over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// When they begin.
    pub from: Time,
    /// When they end; another time than `from`.
    pub to: Time,
    /// What is at least as strong is sent all the same; `None`: nothing is.
    pub unless: Option<Score>,
}

impl QuietHours {
    /// Whether a time of day lies in them.
    #[must_use]
    pub fn contain(&self, time: Time) -> bool {
        if self.from < self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }
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
    /// When nothing is sent at once. A digest's hour is asked for and not moved.
    pub quiet: Option<QuietHours>,
    /// How long after a message further alerts are gathered into the next one.
    pub gather: Duration,
    /// Most messages in an hour; what is more waits and comes as one.
    pub most_per_hour: NonZeroU32,
    /// Whether nothing is sent before the address was confirmed.
    pub confirm: bool,
}

impl Subscriber {
    /// Somebody for whom all is as usual: at once, in UTC, gathered over two minutes, twelve messages an
    /// hour at most, without quiet hours and without confirmation.
    #[must_use]
    pub fn usual(key: SubscriberKey, watches: BTreeSet<WatchName>) -> Self {
        Self {
            key,
            watches,
            deliver: DeliverWhen::AtOnce,
            time_zone: TimeZone::UTC,
            quiet: None,
            gather: Duration::from_mins(2),
            most_per_hour: NonZeroU32::MIN.saturating_add(11),
            confirm: false,
        }
    }
}

/// What a subscriber was sent of late, and what waits for them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Backlog {
    /// When the first of the alerts falls due that wait, if any wait.
    pub waiting: Option<Timestamp>,
    /// When the messages of late were made, the oldest first.
    pub recent: Vec<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_however_it_is_written_and_kept_as_it_was() {
        let one: MailAddress = "Desk@Example.org".parse().expect("an address");
        let other: MailAddress = "desk@example.org".parse().expect("an address");
        assert_eq!(one, other);
        assert_eq!(BTreeSet::from([one.clone(), other]).len(), 1);
        assert_eq!((one.as_str(), one.key()), ("Desk@Example.org", "desk@example.org"));
    }
}
