//! What is written to the operator, and what asks a subscriber for a confirmation: put into the outbox in
//! the transaction that gave the reason.

use super::House;
use super::dispatch::new_delivery;
use super::outlets::page;
use crate::deliver::render::{self, Notice};
use crate::domain::{MailAddress, Purpose, Standing, Subscriber, SubscriberKey};
use crate::store::{NewDelivery, StoreError, Transaction};
use jiff::Timestamp;

/// Something that the operator should know.
#[derive(Debug)]
pub(super) struct OperatorNotice<'a> {
    /// In a few words.
    pub(super) subject: &'a str,
    /// More about it, a line each.
    pub(super) lines: Vec<String>,
    /// Whom it names, if anybody.
    pub(super) about: Option<&'a MailAddress>,
    /// When it was so.
    pub(super) at: Timestamp,
}

impl House {
    /// Writes to the operator, where an address is configured. A notice that cannot be rendered is a fault of
    /// the program and holds up nothing.
    pub(super) async fn tell_operator(
        &self,
        transaction: &mut Transaction,
        notice: &OperatorNotice<'_>,
    ) -> Result<(), StoreError> {
        let Some(address) = &self.config.operator.email else { return Ok(()) };
        let OperatorNotice { subject, lines, about, at } = notice;
        let key = format!("{subject}.{}", at.as_microsecond());
        let notice = Notice::Operator { key: &key, subject, lines };
        match render::notice(&notice, address, &self.sender, *at) {
            Ok(rendered) => {
                let recipient = self.mail_to(address);
                let delivery = new_delivery(Purpose::Operator, &recipient, &rendered, &[], *at);
                transaction.insert_delivery(NewDelivery { about: *about, ..delivery }).await.map(|_| ())
            }
            Err(error) => {
                tracing::error!(%error, "a notice to the operator could not be rendered");
                Ok(())
            }
        }
    }

    /// Asks those for a confirmation whom the operator wants to be asked again. Whether there are any.
    pub(super) async fn ask_the_unasked(&self, now: Timestamp) -> Result<bool, StoreError> {
        let unasked = self.store.unasked().await?;
        let is_unasked = |subscriber: &Subscriber| match &subscriber.key {
            SubscriberKey::Mail(address) => subscriber.confirm && unasked.contains(address),
            SubscriberKey::Journal | SubscriberKey::Webhook(_) => false,
        };
        // Nobody as a rule, and then nothing is written.
        if !self.config.subscribers.iter().any(is_unasked) {
            return Ok(false);
        }
        let mut transaction = self.store.begin().await?;
        self.ask_for_confirmation(&mut transaction, now).await?;
        transaction.commit().await?;
        self.bell.ring();
        Ok(true)
    }

    /// Asks those for a confirmation who are to confirm and were not asked.
    pub(super) async fn ask_for_confirmation(
        &self,
        transaction: &mut Transaction,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for subscriber in self.config.subscribers.iter().filter(|subscriber| subscriber.confirm) {
            let SubscriberKey::Mail(address) = &subscriber.key else { continue };
            let Some(known) = transaction.subscription(address).await? else { continue };
            if known.asked.is_some() || known.standing(true) != Standing::Unconfirmed {
                continue;
            }
            let page = page(&self.config, "confirm", &known.token);
            // Who is asked again gets a message of its own: some mail services hide a second copy.
            let key = format!("{}.{}", known.token.as_str(), now.as_microsecond());
            let notice = Notice::Confirm {
                key: &key,
                page: page.as_ref(),
                token: known.token.as_str(),
                watches: &subscriber.watches,
            };
            match render::notice(&notice, address, &self.sender, now) {
                Ok(rendered) => {
                    let recipient = self.mail_to(address);
                    let delivery = new_delivery(Purpose::Confirm, &recipient, &rendered, &[], now);
                    transaction.insert_delivery(delivery).await?;
                    transaction.note_asked(address, now).await?;
                }
                Err(error) => {
                    tracing::error!(%error, "the question for a confirmation could not be rendered");
                }
            }
        }
        Ok(())
    }
}
