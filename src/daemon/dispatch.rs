//! The dispatcher: due alerts become deliveries, deliveries are sent, answers are written down.
//!
//! The intent is committed before a message is handed over and the answer after it, so that a crash
//! leaves a delivery pending, in doubt or sent, and never lost. If the intent cannot be committed,
//! nothing is sent. A channel that is down holds its own deliveries and nobody else's.

use super::House;
use super::clock::jitter;
use crate::config::Config;
use crate::deliver::channel::{Channel, FolderChannel, SendError, SetupError, SmtpChannel};
use crate::deliver::render::{self, Letterhead, RenderError, Rendered, Sender, Templates, Unsubscribe};
use crate::domain::{AlertId, Delivery, DeliveryId, DeliveryState, DueAlert, Recipient, SubscriberKey};
use crate::schedule::{self, Retry};
use crate::store::{NewDelivery, Settled, StoreError};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use tokio_util::sync::CancellationToken;

/// Deliveries taken from the outbox at a time.
const BATCH: u32 = 100;

/// In whose name mail is put into a folder, where no mail server names a sender.
const FOLDER_SENDER: &str = "sanctionwatch@localhost";

/// How long alerts that could not be rendered are left alone: only a new version mends that.
const UNRENDERED_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// How long a delivery waits before its channel is looked for again.
const UNCONFIGURED_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// A way out, with its pauses.
#[derive(Debug)]
struct Outlet {
    channel: Channel,
    /// What an operator knows it by: a server, a folder.
    name: String,
    /// Failures of the channel in a row.
    failures: u32,
    /// Until when it is left alone.
    paused: Option<Timestamp>,
}

impl Outlet {
    fn new(channel: Channel, name: String) -> Self {
        Self { channel, name, failures: 0, paused: None }
    }
}

/// The ways out, each held by itself when it is down.
#[derive(Debug)]
pub struct Channels {
    journal: Outlet,
    mail: Option<Outlet>,
    folder: Option<Outlet>,
    sender: Sender,
    unrendered: BTreeMap<SubscriberKey, Timestamp>,
}

/// What a pass of the dispatcher did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dispatched {
    /// Accepted by their channel.
    pub sent: u64,
    /// Refused for good or given up.
    pub refused: u64,
}

impl Channels {
    /// The ways out that the configuration names; the journal is always there.
    pub fn new(config: &Config) -> Result<Self, SetupError> {
        let smtp = config.smtp.clone();
        let sender = match &smtp {
            Some(smtp) => Sender { name: smtp.from_name.clone(), address: smtp.from.clone() },
            None => Sender { name: Some("sanctionwatch".to_owned()), address: FOLDER_SENDER.parse()? },
        };
        let server = smtp.as_ref().map(|smtp| format!("{}:{}", smtp.host, smtp.port)).unwrap_or_default();
        let mail = smtp.map(SmtpChannel::new).transpose()?;
        Ok(Self {
            journal: Outlet::new(Channel::Journal, "the journal".to_owned()),
            mail: mail.map(|channel| Outlet::new(Channel::Smtp(Box::new(channel)), server)),
            folder: config.mail_folder.as_ref().map(|folder| {
                let name = folder.display().to_string();
                Outlet::new(Channel::Folder(FolderChannel::new(folder.clone())), name)
            }),
            sender,
            unrendered: BTreeMap::new(),
        })
    }

    fn outlet(&mut self, recipient: &Recipient) -> Option<&mut Outlet> {
        match recipient {
            Recipient::Journal => Some(&mut self.journal),
            Recipient::Smtp(_) => self.mail.as_mut(),
            Recipient::File(_) => self.folder.as_mut(),
        }
    }

    /// Ends open connections politely; the next pass opens new ones.
    async fn close(&mut self) {
        if let Some(mail) = &mut self.mail {
            mail.channel.close().await;
        }
    }

    /// When the first of the paused channels is tried again.
    fn resumes(&self) -> Option<Timestamp> {
        [Some(&self.journal), self.mail.as_ref(), self.folder.as_ref()]
            .into_iter()
            .flatten()
            .filter_map(|outlet| outlet.paused)
            .min()
    }
}

impl House {
    /// Renders what is due and sends what is open, once through or until `stop`: the message in
    /// flight comes to its end, the others wait. An error is the database's.
    pub async fn dispatch(&self, stop: &CancellationToken) -> Result<Dispatched, StoreError> {
        let mut channels = self.channels.lock().await;
        self.render_due(&mut channels).await?;
        let mut dispatched = Dispatched::default();
        let mut last = DeliveryId(0);
        // In the order of their numbers, each at most once: what a held channel keeps back does
        // not stand in the way of what comes after it.
        loop {
            let open = self.store.open_deliveries(self.clock.now(), last, BATCH).await?;
            if open.is_empty() || stop.is_cancelled() {
                channels.close().await;
                return Ok(dispatched);
            }
            for delivery in &open {
                if stop.is_cancelled() {
                    break;
                }
                last = delivery.id;
                match self.send(&mut channels, delivery).await? {
                    Some(DeliveryState::Sent) => dispatched.sent += 1,
                    Some(DeliveryState::Refused | DeliveryState::GivenUp) => dispatched.refused += 1,
                    Some(DeliveryState::Pending | DeliveryState::InDoubt) | None => {}
                }
            }
        }
    }

    /// When the dispatcher has something to do next, unless the bell rings before.
    pub async fn next_dispatch(&self) -> Result<Option<Timestamp>, StoreError> {
        let resumes = self.channels.lock().await.resumes();
        let due = self.store.next_due().await?;
        let attempt = self.store.next_attempt().await?;
        // What waits for a paused channel is due, but there is nothing to do before it resumes.
        let attempt = match (attempt, resumes) {
            (Some(attempt), Some(resumes)) => Some(attempt.max(resumes)),
            (attempt, _) => attempt,
        };
        Ok([due, attempt].into_iter().flatten().min())
    }

    async fn render_due(&self, channels: &mut Channels) -> Result<(), StoreError> {
        let now = self.clock.now();
        for key in self.store.due_subscribers(now).await? {
            if channels.unrendered.get(&key).is_some_and(|until| *until > now) {
                continue;
            }
            let mut transaction = self.store.begin().await?;
            let alerts = transaction.due_alerts(&key, now).await?;
            match self.rendered(channels, &key, &alerts, now) {
                Ok(batch) => {
                    for (recipient, rendered, alerts) in &batch {
                        let new = NewDelivery {
                            recipient,
                            message_id: &rendered.message_id,
                            subject: &rendered.subject,
                            bytes: &rendered.bytes,
                            alerts,
                            now,
                        };
                        transaction.insert_delivery(new).await?;
                    }
                    transaction.commit().await?;
                    channels.unrendered.remove(&key);
                }
                Err(error) => {
                    tracing::error!(%error, "alerts could not be rendered; they are kept and tried again in an hour");
                    channels.unrendered.insert(key, now.checked_add(UNRENDERED_PAUSE).unwrap_or(now));
                }
            }
        }
        Ok(())
    }

    /// The deliveries for one subscriber: a line each for the journal, one mail for a person.
    fn rendered(
        &self,
        channels: &Channels,
        key: &SubscriberKey,
        alerts: &[DueAlert],
        now: Timestamp,
    ) -> Result<Vec<(Recipient, Rendered, Vec<AlertId>)>, RenderError> {
        let SubscriberKey::Mail(address) = key else {
            return alerts
                .iter()
                .map(|alert| Ok((Recipient::Journal, render::journal(alert)?, vec![alert.id])))
                .collect();
        };
        let subscriber = self.subscriber(key).ok_or(RenderError::NoAddress)?;
        let recipient = if channels.mail.is_some() {
            Recipient::Smtp(address.clone())
        } else {
            Recipient::File(address.clone())
        };
        let letterhead = Letterhead {
            subscriber,
            sender: &channels.sender,
            unsubscribe: Unsubscribe { page: None, mail: &channels.sender.address },
        };
        let rendered = render::mail(alerts, &letterhead, &Templates::embedded(), now)?;
        Ok(vec![(recipient, rendered, alerts.iter().map(|alert| alert.id).collect())])
    }

    /// One attempt; the state it left the delivery in, or `None` where its channel is held.
    async fn send(
        &self,
        channels: &mut Channels,
        delivery: &Delivery,
    ) -> Result<Option<DeliveryState>, StoreError> {
        let now = self.clock.now();
        let Some(outlet) = channels.outlet(&delivery.recipient) else {
            // A channel that was taken out of the configuration may come back.
            let waiting = Settled {
                state: delivery.state,
                due: now.checked_add(UNCONFIGURED_PAUSE).unwrap_or(now),
                attempted: false,
                answer: "its channel is not configured",
            };
            return self.settle(delivery, waiting).await.map(Some);
        };
        if outlet.paused.is_some_and(|until| until > now) {
            return Ok(None);
        }
        let answer = match outlet.channel.offer(delivery).await {
            Err(error) => Err(error),
            Ok(offered) => {
                let mut transaction = self.store.begin().await?;
                let open = transaction.intend(delivery.id).await?;
                transaction.commit().await?;
                if !open {
                    // An operator dropped it since it was taken from the outbox.
                    return Ok(None);
                }
                offered.complete().await
            }
        };
        let now = self.clock.now();
        let error = match answer {
            Ok(answer) => {
                outlet.failures = 0;
                outlet.paused = None;
                let sent = Settled {
                    state: DeliveryState::Sent,
                    due: now,
                    attempted: true,
                    answer: answer.as_str(),
                };
                return self.settle(delivery, sent).await.map(Some);
            }
            Err(error) => error,
        };
        let reason = error.to_string();
        // What was in doubt before and could not be handed over now is in doubt still.
        let open = |error: &SendError| {
            if matches!(error, SendError::InDoubt { .. }) || delivery.state == DeliveryState::InDoubt {
                DeliveryState::InDoubt
            } else {
                DeliveryState::Pending
            }
        };
        let settled = if error.holds_channel() {
            outlet.failures = outlet.failures.saturating_add(1);
            let until = schedule::channel_pause(outlet.failures, now, jitter());
            outlet.paused = Some(until);
            if outlet.failures == 1 {
                tracing::error!(to = outlet.name, %reason, "mail cannot be delivered; it is kept and tried again");
            }
            Settled { state: open(&error), due: until, attempted: false, answer: &reason }
        } else if error.is_permanent() {
            tracing::error!(delivery = %delivery.id, %reason, "a delivery was refused for good");
            Settled { state: DeliveryState::Refused, due: now, attempted: true, answer: &reason }
        } else {
            match schedule::retry(delivery.attempts + 1, delivery.created, now, jitter()) {
                Retry::At(due) => {
                    tracing::warn!(delivery = %delivery.id, %reason, "a delivery is tried again later");
                    Settled { state: open(&error), due, attempted: true, answer: &reason }
                }
                Retry::GiveUp => {
                    tracing::error!(delivery = %delivery.id, %reason, "a delivery was tried for days and is given up");
                    Settled { state: DeliveryState::GivenUp, due: now, attempted: true, answer: &reason }
                }
            }
        };
        self.settle(delivery, settled).await.map(Some)
    }

    async fn settle(&self, delivery: &Delivery, settled: Settled<'_>) -> Result<DeliveryState, StoreError> {
        let mut transaction = self.store.begin().await?;
        transaction.settle(delivery.id, settled).await?;
        transaction.commit().await?;
        Ok(settled.state)
    }
}
