//! Settings that more than one module needs, as the configuration means them.

use super::{Interval, MailAddress};
use ipnet::IpNet;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// A text that never reaches a log: `Debug` hides it and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the one place that must send it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// How sources are fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchSettings {
    /// Put into the User-Agent, so that a server's owner can reach the operator.
    pub contact: Option<String>,
    /// Time between two polls of a source, unless the source says otherwise.
    pub interval: Interval,
    /// Least time between the beginnings of two requests to one host; hosts on this machine do without.
    pub host_pause: Duration,
    /// Most time for one request, redirects and body included.
    pub timeout: Duration,
    /// Most bytes of a body, counted after decompression.
    pub most_body_bytes: u64,
    /// Most redirects followed for one request.
    pub most_redirects: u8,
    /// Most requests at a time, over all hosts.
    pub most_requests: usize,
    /// Most requests at a time to one host.
    pub most_requests_per_host: usize,
    /// How old a source's newest item may grow before the operator is told, unless the source says otherwise.
    pub stale_after: Duration,
    /// Most articles read after one poll of a source; the items beyond are decided by what the feed says.
    pub most_articles: usize,
    /// Private or special address ranges that every source may be polled at.
    pub allow_addresses: Vec<IpNet>,
    /// On a first poll, what is older than this is recorded and not alerted.
    pub first_poll_window: Duration,
    /// On later polls, what is dated this long before the last success is recorded and not alerted.
    pub late_window: Duration,
    /// A TLS certificate authority file trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Over what sources are asked; `None`: directly.
    pub proxy: Option<ProxySettings>,
}

/// A proxy that sources are asked over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxySettings {
    /// Its address: http, https or socks5h, a host and a port.
    pub address: Url,
    /// User name and password, where it asks for them.
    pub login: Option<(String, Secret)>,
}

impl Default for FetchSettings {
    /// What holds where the configuration says nothing, or where there is none.
    fn default() -> Self {
        const DAY: Duration = Duration::from_hours(24);
        Self {
            contact: None,
            interval: Interval { least: Duration::from_mins(15), most: Duration::from_mins(30) },
            host_pause: Duration::from_secs(1),
            timeout: Duration::from_secs(30),
            most_body_bytes: 10 * 1024 * 1024,
            most_redirects: 5,
            most_requests: 16,
            most_requests_per_host: 2,
            most_articles: 10,
            allow_addresses: Vec::new(),
            first_poll_window: DAY,
            late_window: 7 * DAY,
            stale_after: 30 * DAY,
            ca_file: None,
            proxy: None,
        }
    }
}

/// How the connection to the mail server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// Upgraded with STARTTLS; refused where the server does not offer it.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// Not at all; for a relay on the same machine.
    None,
}

/// How mail is handed to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpSettings {
    /// The server's host name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: SmtpSecurity,
    /// User name and password, where the server asks for them.
    pub login: Option<(String, Secret)>,
    /// The sender's display name, where one is given.
    pub from_name: Option<String>,
    /// The sender's address; its domain names the Message-IDs.
    pub from: MailAddress,
    /// Most time for each step of a conversation.
    pub timeout: Duration,
    /// Most time for the answer to a whole message: a server may look through it first, and who hangs up
    /// before the answer sends a message again that was taken.
    pub answer_timeout: Duration,
    /// Most messages in a minute.
    pub most_per_minute: NonZeroU32,
    /// A TLS certificate authority file trusted besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// Where the daemon listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenSettings {
    /// Address and port.
    pub address: SocketAddr,
    /// Where readers reach it, as a base that ends in `/`; `None`: readers cannot.
    pub public_url: Option<Url>,
    /// Whether monitors are told numbers there.
    pub metrics: bool,
}

/// Who is told when something is wrong, and when it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorSettings {
    /// To whom; `None`: only the log.
    pub email: Option<MailAddress>,
    /// How long nothing may be polled, or nothing delivered, before that is an alarm.
    pub silence: Duration,
    /// How long a source must have failed before it is told of.
    pub source_failing: Duration,
    /// When a summary of the week is sent, if wished.
    pub summary: Option<(Weekday, Time)>,
    /// In which zone times are meant and shown.
    pub time_zone: TimeZone,
}

impl Default for OperatorSettings {
    /// Nobody by mail, six hours for all and a day for a source.
    fn default() -> Self {
        Self {
            email: None,
            silence: Duration::from_hours(6),
            source_failing: Duration::from_hours(24),
            summary: None,
            time_zone: TimeZone::UTC,
        }
    }
}
