//! Channels: the effects that hand a delivery over.
//!
//! Owns: SMTP, the folder of `.eml` files, the journal, and what their failures mean (`SendError`).
//! Calls: `domain`, `deliver::render` for the journal's record.
//!
//! Sending has two steps, so that the caller can commit its intent between them: `Channel::offer`
//! goes as far as nothing is handed over yet, `Offered::complete` hands over and brings the answer.
//! An `Offered` that is dropped has sent nothing.

mod answer;
mod error;
mod folder;
mod guard;
mod journal;
mod smtp;

#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use error::{SendError, SetupError, Stage};
pub use folder::FolderChannel;
pub use journal::JOURNAL_TARGET;
pub use smtp::SmtpChannel;

use crate::domain::{Delivery, Recipient};

/// A way for deliveries to leave the house. It sends one at a time.
#[derive(Debug)]
pub enum Channel {
    /// To a mail server.
    Smtp(Box<SmtpChannel>),
    /// Into a folder.
    Folder(FolderChannel),
    /// Into the log.
    Journal,
}

/// A delivery that the channel is ready to take: `complete` hands it over, dropping it does not.
#[derive(Debug)]
#[must_use = "nothing is sent before `complete`"]
pub struct Offered<'a>(Step<'a>);

#[derive(Debug)]
enum Step<'a> {
    Smtp(Box<smtp::Transaction<'a>>),
    Folder(&'a FolderChannel, &'a Delivery),
    Journal(&'a Delivery),
}

impl Channel {
    /// Goes as far as nothing is handed over: for SMTP connects or takes the open connection, logs
    /// in, names sender and recipient, and asks to send the message.
    pub async fn offer<'a>(&'a mut self, delivery: &'a Delivery) -> Result<Offered<'a>, SendError> {
        match (self, &delivery.recipient) {
            (Self::Smtp(channel), Recipient::Smtp(address)) => {
                let transaction = channel.offer(address, &delivery.bytes).await?;
                Ok(Offered(Step::Smtp(Box::new(transaction))))
            }
            (Self::Folder(channel), Recipient::File(_)) => Ok(Offered(Step::Folder(channel, delivery))),
            (Self::Journal, Recipient::Journal) => Ok(Offered(Step::Journal(delivery))),
            _ => Err(SendError::Message {
                stage: Stage::Choice,
                answer: Answer::ours("this delivery belongs on another channel"),
            }),
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
            Step::Journal(delivery) => journal::write(delivery),
        }
    }
}
