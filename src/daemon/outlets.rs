//! Outlets: the ways out, each with its pauses, so that one that is down holds up no other.

use super::log::goes_to_journal;
use crate::config::Config;
use crate::deliver::channel::{
    Channel, FolderChannel, JournalChannel, SetupError, SmtpChannel, WebhookChannel,
};
use crate::deliver::render::Sender;
use crate::domain::{FetchSettings, MailAddress, Recipient, SubscriberKey, Token, Webhook, WebhookName};
use crate::net::Client;
use crate::schedule::Rate;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
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
}

impl Outlet {
    fn new(channel: Channel, name: String) -> Self {
        Self { channel, name, failures: 0, paused: None, told: false, rate: None }
    }

    /// Whether it is left alone at `now`.
    pub(super) fn is_paused(&self, now: Timestamp) -> bool {
        self.paused.is_some_and(|until| until > now)
    }
}

/// The ways out.
#[derive(Debug)]
pub struct Channels {
    journal: Outlet,
    mail: Option<Outlet>,
    folder: Option<Outlet>,
    webhooks: BTreeMap<WebhookName, Outlet>,
    /// Whose alerts could not be rendered, and until when they are left alone.
    pub(super) unrendered: BTreeMap<SubscriberKey, Timestamp>,
}

impl Channels {
    /// The ways out that the configuration names; the journal is always there.
    pub fn new(config: &Config) -> Result<Self, SetupError> {
        let mail = config.smtp.clone().map(|smtp| {
            let (name, rate) = (format!("{}:{}", smtp.host, smtp.port), Rate::new(smtp.most_per_minute));
            let channel = Channel::Smtp(Box::new(SmtpChannel::new(smtp)?));
            Ok::<_, SetupError>(Outlet { rate: Some(rate), ..Outlet::new(channel, name) })
        });
        let journal = if goes_to_journal() { JournalChannel::journald() } else { JournalChannel::Log };
        Ok(Self {
            journal: Outlet::new(Channel::Journal(journal), "the journal".to_owned()),
            mail: mail.transpose()?,
            folder: config.mail_folder.as_ref().map(|folder| {
                let name = folder.display().to_string();
                Outlet::new(Channel::Folder(FolderChannel::new(folder.clone())), name)
            }),
            webhooks: webhooks(config)?,
            unrendered: BTreeMap::new(),
        })
    }

    /// The way out to a recipient; `None` where it is not configured.
    pub(super) fn outlet(&mut self, recipient: &Recipient) -> Option<&mut Outlet> {
        match recipient {
            Recipient::Journal => Some(&mut self.journal),
            Recipient::Smtp(_) => self.mail.as_mut(),
            Recipient::File(_) => self.folder.as_mut(),
            Recipient::Webhook(name) => self.webhooks.get_mut(name),
        }
    }

    /// Ends open connections politely; the next pass opens new ones.
    pub(super) async fn close(&mut self) {
        if let Some(mail) = &mut self.mail {
            mail.channel.close().await;
        }
    }
}

/// An outlet for each webhook, over one client. The ranges that sources may be polled at are no ranges
/// that webhooks may be called at.
fn webhooks(config: &Config) -> Result<BTreeMap<WebhookName, Outlet>, SetupError> {
    if config.webhooks.is_empty() {
        return Ok(BTreeMap::new());
    }
    let settings = FetchSettings { allow_addresses: Vec::new(), ..config.fetch.clone() };
    let client = Arc::new(Client::new(&settings)?);
    let outlet = |webhook: &Webhook| {
        let channel = WebhookChannel::new(webhook.clone(), Arc::clone(&client))?;
        let name = format!("the webhook {}", webhook.name);
        Ok((webhook.name.clone(), Outlet::new(Channel::Webhook(Box::new(channel)), name)))
    };
    config.webhooks.iter().map(outlet).collect()
}
