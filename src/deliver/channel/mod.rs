//! Channels: the effects that hand a delivery over.
//!
//! Owns: SMTP, the folder of `.eml` files, the journal, webhooks, and what their failures mean
//! (`SendError`). Calls: `domain`, `net`, `deliver::render` for the journal's record.
//!
//! What every channel promises, so that the caller can commit its intent between two steps:
//!
//! 1. [`Channel::offer`] goes as far as nothing is handed over yet, and fails where that is far enough
//!    to know that it would be in vain. An [`Offered`] that is dropped has sent nothing.
//! 2. The caller commits that it is about to hand over. What a crash interrupts from here on is in doubt.
//! 3. [`Offered::complete`] hands the delivery over, once, and brings the answer. Only an error of
//!    [`SendError::InDoubt`] leaves open whether it arrived; all others say that it did not.
//!
//! A channel sends one delivery at a time and never tries again by itself. It is an enum and no trait:
//! all its kinds are known here, and the two steps borrow from each other. One more is a file with
//! `offer` and `complete`, a row here, and an outlet in `daemon::dispatch`.

mod answer;
mod error;
mod folder;
mod guard;
mod journal;
mod journald;
mod smtp;
mod webhook;

#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use error::{SendError, SetupError, Stage};
pub use folder::FolderChannel;
pub use journal::{JOURNAL_SOCKET, JOURNAL_TARGET, JournalChannel};
pub use journald::Entry as JournalEntry;
pub use smtp::SmtpChannel;
pub use webhook::WebhookChannel;

use crate::domain::{Delivery, Recipient};
use jiff::Timestamp;

/// A way for deliveries to leave the house. It sends one at a time.
#[derive(Debug)]
pub enum Channel {
    /// To a mail server.
    Smtp(Box<SmtpChannel>),
    /// Into a folder.
    Folder(FolderChannel),
    /// Into the log or the journal.
    Journal(JournalChannel),
    /// To a webhook.
    Webhook(Box<WebhookChannel>),
}

/// A delivery that the channel is ready to take: `complete` hands it over, dropping it does not.
#[derive(Debug)]
#[must_use = "nothing is sent before `complete`"]
pub struct Offered<'a>(Step<'a>);

#[derive(Debug)]
enum Step<'a> {
    Smtp(Box<smtp::Transaction<'a>>),
    Folder(&'a FolderChannel, &'a Delivery),
    Journal(&'a JournalChannel, &'a Delivery),
    Webhook(Box<webhook::Request<'a>>),
}

impl Channel {
    /// Goes as far as nothing is handed over: for SMTP connects or takes the open connection, logs
    /// in, names sender and recipient, and asks to send the message; for a webhook signs the request,
    /// dated `now`.
    pub async fn offer<'a>(
        &'a mut self,
        delivery: &'a Delivery,
        now: Timestamp,
    ) -> Result<Offered<'a>, SendError> {
        match (self, &delivery.recipient) {
            (Self::Smtp(channel), Recipient::Smtp(address)) => {
                let transaction = channel.offer(address, &delivery.bytes).await?;
                Ok(Offered(Step::Smtp(Box::new(transaction))))
            }
            (Self::Folder(channel), Recipient::File(_)) => Ok(Offered(Step::Folder(channel, delivery))),
            (Self::Journal(channel), Recipient::Journal) => Ok(Offered(Step::Journal(channel, delivery))),
            (Self::Webhook(channel), Recipient::Webhook(name)) => {
                Ok(Offered(Step::Webhook(Box::new(channel.offer(name, delivery, now)?))))
            }
            _ => Err(wrong_channel()),
        }
    }

    /// Ends an open connection politely. Sending goes on working: the next offer opens a new one.
    pub async fn close(&mut self) {
        if let Self::Smtp(channel) = self {
            channel.close().await;
        }
    }
}

impl Offered<'_> {
    /// Hands the delivery over and waits for the answer.
    pub async fn complete(self) -> Result<Answer, SendError> {
        match self.0 {
            Step::Smtp(transaction) => transaction.complete().await,
            Step::Folder(channel, delivery) => channel.write(delivery).await,
            Step::Journal(channel, delivery) => channel.write(delivery).await,
            Step::Webhook(request) => request.complete().await,
        }
    }
}

fn wrong_channel() -> SendError {
    SendError::Message {
        stage: Stage::Choice,
        answer: Answer::ours("this delivery belongs on another channel"),
    }
}
