//! The dispatcher: due alerts become deliveries, deliveries are sent.
//!
//! Each way out has a pass of its own, so that one that is slow or down holds up no other. Rendering and
//! linking are one transaction. What is due for somebody whose way out is held waits and
//! goes as one message when it is free; what falls due in quiet hours waits for their end.

use super::House;
use super::outlets::{Outlet, answered, page};
use super::patience::STEP;
use super::pulse::Pulse;
use crate::alerting;
use crate::deliver::render::{self, Letterhead, RenderError, Rendered, Templates, Unsubscribe};
use crate::domain::{
    AlertId, DeliveryId, DeliveryState, DueAlert, Purpose, Recipient, Subscriber, SubscriberKey, Token, Way,
    strongest,
};
use crate::schedule;
use crate::store::{NewDelivery, StoreError, Transaction};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Deliveries taken from the outbox at a time.
const BATCH: u32 = 100;

/// How long alerts that could not be rendered are left alone: only a new version mends that.
const UNRENDERED_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// What a pass of the dispatcher did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dispatched {
    /// Accepted by their channel.
    pub sent: u64,
    /// Refused for good or given up.
    pub refused: u64,
}

impl std::ops::AddAssign for Dispatched {
    fn add_assign(&mut self, other: Self) {
        self.sent += other.sent;
        self.refused += other.refused;
    }
}

impl House {
    /// Renders what is due and sends what is open, by every way out at the same time, once through or
    /// until `stop`: the messages in flight come to their end, the others wait. An error is the database's.
    pub async fn dispatch(self: &Arc<Self>, stop: &CancellationToken) -> Result<Dispatched, StoreError> {
        let mut passes = JoinSet::new();
        for way in self.channels.ways() {
            let (house, way, stop) = (Arc::clone(self), way.clone(), stop.clone());
            passes.spawn(async move { house.dispatch_by(&way, &stop).await });
        }
        let mut dispatched = Dispatched::default();
        for pass in passes.join_all().await {
            dispatched += pass?;
        }
        Ok(dispatched)
    }

    /// The same by one way out.
    pub(super) async fn dispatch_by(
        &self,
        way: &Way,
        stop: &CancellationToken,
    ) -> Result<Dispatched, StoreError> {
        let mut dispatched = Dispatched::default();
        let Some(outlet) = self.channels.outlet(way) else { return Ok(dispatched) };
        let pulse = self.pulses.begin(way.to_string(), STEP);
        let mut outlet = outlet.lock().await;
        self.render_due(way, &mut outlet, &pulse, stop).await?;
        let mut last = DeliveryId(0);
        // In the order of their numbers, each at most once: what waits does not stand in the way of
        // what comes after it.
        loop {
            pulse.beat(STEP);
            let now = self.clock.now();
            let farthest = now.checked_add(schedule::LONGEST_WAIT).unwrap_or(Timestamp::MAX);
            let open = self.store.open_deliveries(way, now, farthest, last, BATCH).await?;
            if open.is_empty() || outlet.pause(now).is_some() || stop.is_cancelled() {
                outlet.channel.close().await;
                return Ok(dispatched);
            }
            if open.iter().any(|delivery| self.is_astray(&delivery.recipient)) {
                let mut transaction = self.store.begin().await?;
                let redirected = transaction.redirect_mail(self.config.smtp.is_some()).await?;
                transaction.commit().await?;
                tracing::info!(
                    redirected,
                    "mail that waited for another way out leaves by the one configured now"
                );
                continue;
            }
            for delivery in &open {
                if stop.is_cancelled() {
                    break;
                }
                last = delivery.id;
                pulse.beat(self.longest_delivery(way));
                match self.send(&mut outlet, delivery).await? {
                    Some(DeliveryState::Sent) => dispatched.sent += 1,
                    Some(DeliveryState::Refused | DeliveryState::GivenUp) => dispatched.refused += 1,
                    Some(DeliveryState::Pending | DeliveryState::InDoubt) | None => {}
                }
            }
        }
    }

    /// How long handing one message over may take at most: each step of it has a limit of its own.
    fn longest_delivery(&self, way: &Way) -> Duration {
        const STEPS: u32 = 12;
        let limit = match (way, &self.config.smtp) {
            (Way::Mail, Some(smtp)) => smtp.answer_timeout.saturating_add(smtp.timeout.saturating_mul(STEPS)),
            (Way::Mail, None) | (Way::Journal, _) => Duration::ZERO,
            (Way::Webhook(_), _) => self.config.fetch.timeout.saturating_mul(2),
        };
        limit.saturating_add(STEP)
    }

    /// Whether mail was rendered for the server or the folder that is the way out no more: it waited over a
    /// change of the configuration, or an operator has opened it again.
    fn is_astray(&self, recipient: &Recipient) -> bool {
        match recipient {
            Recipient::Smtp(address) | Recipient::File(address) => *recipient != self.mail_to(address),
            Recipient::Journal | Recipient::Webhook(_) => false,
        }
    }

    /// When there is something to do next on a way out, unless the bell rings before.
    pub(super) async fn next_dispatch(&self, way: &Way) -> Result<Option<Timestamp>, StoreError> {
        let Some(outlet) = self.channels.outlet(way) else { return Ok(None) };
        let outlet = outlet.lock().await;
        let now = self.clock.now();
        let attempts = self.store.next_attempts().await?;
        let attempts = attempts
            .into_iter()
            .filter(|(recipient, _)| recipient.way() == *way)
            .map(|(_, attempt)| schedule::still_waits(attempt, now).unwrap_or(now));
        let due = self.store.next_due().await?;
        let due = due
            .into_iter()
            .filter(|(key, _)| self.recipient(key).way() == *way)
            .map(|(key, due)| outlet.unrendered_until(&key, now).map_or(due, |until| due.max(until)));
        // What waits for a way out that is held is due, but there is nothing to do before it is free.
        Ok(due
            .chain(attempts)
            .min()
            .map(|moment| outlet.pause(now).map_or(moment, |until| moment.max(until))))
    }

    async fn render_due(
        &self,
        way: &Way,
        outlet: &mut Outlet,
        pulse: &Pulse,
        stop: &CancellationToken,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        if outlet.pause(now).is_some() {
            return Ok(());
        }
        for key in self.store.due_subscribers(now).await? {
            if stop.is_cancelled() {
                return Ok(());
            }
            pulse.beat(STEP);
            let recipient = self.recipient(&key);
            if recipient.way() != *way || outlet.unrendered_until(&key, now).is_some() {
                continue;
            }
            let mut transaction = self.store.begin().await?;
            let mut alerts = transaction.due_alerts(&key, now).await?;
            if let Some(subscriber) = self.subscriber(&key) {
                alerts = keep_quiet(&mut transaction, subscriber, alerts, now).await?;
            }
            let known = match &key {
                SubscriberKey::Mail(address) => transaction.subscription(address).await?,
                SubscriberKey::Journal | SubscriberKey::Webhook(_) => None,
            };
            let token = known.as_ref().map(|known| &known.token);
            match self.rendered(&key, recipient, &alerts, token, now) {
                Ok(batch) => {
                    for (recipient, rendered, alerts) in &batch {
                        transaction
                            .insert_delivery(new_delivery(Purpose::Alerts, recipient, rendered, alerts, now))
                            .await?;
                    }
                    transaction.commit().await?;
                    outlet.unrendered.remove(&key);
                }
                Err(error) => {
                    tracing::error!(%error, "alerts could not be rendered; they are kept and tried again in an hour");
                    outlet.unrendered.insert(key, now.checked_add(UNRENDERED_PAUSE).unwrap_or(now));
                }
            }
        }
        Ok(())
    }

    /// The deliveries for one subscriber: one for each alert for the journal and for a webhook, one mail
    /// for a person.
    fn rendered(
        &self,
        key: &SubscriberKey,
        recipient: Recipient,
        alerts: &[DueAlert],
        token: Option<&Token>,
        now: Timestamp,
    ) -> Result<Vec<(Recipient, Rendered, Vec<AlertId>)>, RenderError> {
        let each = |render: &dyn Fn(&DueAlert) -> Result<Rendered, RenderError>| {
            alerts.iter().map(|alert| Ok((recipient.clone(), render(alert)?, vec![alert.id]))).collect()
        };
        match key {
            SubscriberKey::Journal => return each(&render::journal),
            SubscriberKey::Webhook(name) => return each(&|alert| render::webhook(alert, name)),
            SubscriberKey::Mail(_) => {}
        }
        if alerts.is_empty() {
            return Ok(Vec::new());
        }
        let subscriber = self.subscriber(key).ok_or(RenderError::NoAddress)?;
        let page = token.and_then(|token| page(&self.config, "unsubscribe", token));
        let unsubscribe = Unsubscribe { page: page.as_ref(), mail: answered(&self.config, &self.sender) };
        let letterhead = Letterhead { subscriber, sender: &self.sender, unsubscribe };
        let rendered = match render::mail(alerts, &letterhead, &self.templates, now) {
            // A template that was tried with samples may still fail at what it had not seen.
            Err(error @ RenderError::Template(_)) if self.templates.are_own() => {
                tracing::error!(%error, "a template of [templates] failed; the mail is made with the program's own");
                render::mail(alerts, &letterhead, &Templates::embedded(), now)?
            }
            rendered => rendered?,
        };
        Ok(vec![(recipient, rendered, alerts.iter().map(|alert| alert.id).collect())])
    }
}

/// What was rendered, as it is put into the outbox.
pub(super) fn new_delivery<'a>(
    purpose: Purpose,
    recipient: &'a Recipient,
    rendered: &'a Rendered,
    alerts: &'a [AlertId],
    now: Timestamp,
) -> NewDelivery<'a> {
    NewDelivery {
        purpose,
        recipient,
        message_id: &rendered.message_id,
        subject: &rendered.subject,
        bytes: &rendered.bytes,
        alerts,
        about: None,
        now,
    }
}

/// The alerts that may be told at `now`; the others fall due when the quiet hours end. They were due before:
/// the daemon was down, or the way out was held.
async fn keep_quiet(
    transaction: &mut Transaction,
    subscriber: &Subscriber,
    alerts: Vec<DueAlert>,
    now: Timestamp,
) -> Result<Vec<DueAlert>, StoreError> {
    let mut told = Vec::with_capacity(alerts.len());
    for alert in alerts {
        match alerting::postponed(subscriber, strongest(&alert.story.relations), now) {
            Some(until) => transaction.postpone(alert.id, until).await?,
            None => told.push(alert),
        }
    }
    Ok(told)
}
