//! Outlets: the ways out, each with its pauses, so that one that is down holds up no other.

use super::log::goes_to_journal;
use crate::config::Config;
use crate::deliver::channel::{
    Channel, FolderChannel, JournalChannel, SetupError, SmtpChannel, WebhookChannel,
};
use crate::deliver::render::Sender;
use crate::domain::{FetchSettings, MailAddress, SubscriberKey, Token, Way, Webhook};
use crate::net::Client;
use crate::schedule::{self, Rate};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Mutex;
use url::Url;

/// In whose name mail is put into a folder, where no mail server names a sender.
const FOLDER_SENDER: &str = "sanctionwatch@localhost";

/// In whose name mail is sent.
pub fn sender(config: &Config) -> Result<Sender, SetupError> {
    Ok(match &config.smtp {
        Some(smtp) => Sender { name: smtp.from_name.clone(), address: smtp.from.clone() },
        None => Sender { name: Some("sanctionwatch".to_owned()), address: FOLDER_SENDER.parse()? },
    })
}

/// Who reads the answers to what a sender sends: the operator, where an address is configured.
pub fn answered<'a>(config: &'a Config, sender: &'a Sender) -> &'a MailAddress {
    config.operator.email.as_ref().unwrap_or(&sender.address)
}

/// The page of a subscriber's link, where readers can reach the daemon.
#[must_use]
pub fn page(config: &Config, what: &str, token: &Token) -> Option<Url> {
    let base = config.listen.as_ref()?.public_url.as_ref()?;
    base.join(&format!("{what}/{}", token.as_str())).ok()
}

/// A way out, with its pauses.
#[derive(Debug)]
pub(super) struct Outlet {
    pub(super) channel: Channel,
    /// What an operator knows it by: a server, a folder, a webhook's name.
    pub(super) name: String,
    /// Failures of the channel in a row.
    pub(super) failures: u32,
    /// Until when it is left alone: it failed, or has had its messages for this minute.
    pub(super) paused: Option<Timestamp>,
    /// Whether the operator was told that it is down.
    pub(super) told: bool,
    /// How many messages a minute may bring.
    pub(super) rate: Option<Rate>,
    /// Whose alerts could not be rendered, and until when they are left alone.
    pub(super) unrendered: BTreeMap<SubscriberKey, Timestamp>,
}

impl Outlet {
    fn new(channel: Channel, name: String) -> Self {
        Self {
            channel,
            name,
            failures: 0,
            paused: None,
            told: false,
            rate: None,
            unrendered: BTreeMap::new(),
        }
    }

    fn inherit(&mut self, before: &Self) {
        self.failures = before.failures;
        self.paused = before.paused;
        self.told = before.told;
        self.rate.clone_from(&before.rate);
    }

    /// Until when it is left alone, where it is at `now`.
    pub(super) fn pause(&self, now: Timestamp) -> Option<Timestamp> {
        self.paused.and_then(|until| schedule::still_waits(until, now))
    }

    /// Until when a subscriber's alerts are left alone that could not be rendered.
    pub(super) fn unrendered_until(&self, key: &SubscriberKey, now: Timestamp) -> Option<Timestamp> {
        self.unrendered.get(key).and_then(|until| schedule::still_waits(*until, now))
    }
}

/// The ways out. Each is worked on by itself, one message at a time: what takes its time in one holds up
/// none of the others.
#[derive(Debug)]
pub struct Channels {
    outlets: BTreeMap<Way, Mutex<Outlet>>,
}

impl Channels {
    /// The ways out that the configuration names; the journal is always there.
    pub fn new(config: &Config) -> Result<Self, SetupError> {
        let journal = if goes_to_journal() { JournalChannel::journald() } else { JournalChannel::Log };
        let journal = Outlet::new(Channel::Journal(journal), "the journal".to_owned());
        let mut outlets = webhooks(config)?;
        outlets.push((Way::Journal, journal));
        if let Some(smtp) = config.smtp.clone() {
            let (name, rate) = (format!("{}:{}", smtp.host, smtp.port), Rate::new(smtp.most_per_minute));
            let channel = Channel::Smtp(Box::new(SmtpChannel::new(smtp)?));
            outlets.push((Way::Mail, Outlet { rate: Some(rate), ..Outlet::new(channel, name) }));
        }
        if let Some(folder) = &config.mail_folder {
            let channel = Channel::Folder(FolderChannel::new(folder.clone()));
            outlets.push((Way::Mail, Outlet::new(channel, folder.display().to_string())));
        }
        let outlets = outlets.into_iter().map(|(way, outlet)| (way, Mutex::new(outlet))).collect();
        Ok(Self { outlets })
    }

    /// Which there are.
    pub(super) fn ways(&self) -> impl Iterator<Item = &Way> {
        self.outlets.keys()
    }

    /// Takes over how the ways out have fared that are as they were: their pauses, what went of late, and what the
    /// operator was told of them. One that is at work just now has no pause to take over.
    pub(super) fn inherit(&self, old: &Self, is_same: impl Fn(&Way) -> bool) {
        for (way, outlet) in self.outlets.iter().filter(|(way, _)| is_same(way)) {
            let before = old.outlet(way).map(Mutex::try_lock);
            if let (Some(Ok(before)), Ok(mut outlet)) = (before, outlet.try_lock()) {
                outlet.inherit(&before);
            }
        }
    }

    /// What is at the end of a way; `None` where it is not configured.
    pub(super) fn outlet(&self, way: &Way) -> Option<&Mutex<Outlet>> {
        self.outlets.get(way)
    }
}

/// An outlet for each webhook, over one client. The ranges that sources may be polled at are no ranges
/// that webhooks may be called at, and the proxy is for sources, too.
fn webhooks(config: &Config) -> Result<Vec<(Way, Outlet)>, SetupError> {
    if config.webhooks.is_empty() {
        return Ok(Vec::new());
    }
    let settings = FetchSettings { allow_addresses: Vec::new(), proxy: None, ..config.fetch.clone() };
    let client = Arc::new(Client::new(&settings)?);
    let outlet = |webhook: &Webhook| {
        let channel = WebhookChannel::new(webhook.clone(), Arc::clone(&client))?;
        let name = format!("the webhook {}", webhook.name);
        Ok((Way::Webhook(webhook.name.clone()), Outlet::new(Channel::Webhook(Box::new(channel)), name)))
    };
    config.webhooks.iter().map(outlet).collect()
}
