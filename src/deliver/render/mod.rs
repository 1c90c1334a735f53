//! Render: due alerts into the bytes of a delivery.
//!
//! Owns: what a mail, a notice, a log line and a webhook's request say. Calls: `domain`, `deliver::words`.
//! Pure: the same alerts, letterhead, templates and time give the same bytes, in whatever order the alerts
//! come, and the Message-ID does not even depend on the time. No error here is mended by trying again.

mod check;
mod digest;
mod identity;
mod journal;
mod letter;
mod letterhead;
mod notice;
mod parts;
mod subject;
mod templates;
mod view;
mod webhook;

#[cfg(test)]
mod tests;

pub use journal::{JournalRecord, journal};
pub use letterhead::{Letterhead, Sender, Unsubscribe};
pub use notice::{Notice, notice};
pub use templates::{TemplateError, TemplatePart, Templates};
pub use webhook::webhook;

use crate::domain::{DueAlert, MessageId};
use jiff::Timestamp;

/// Most bytes of a mail's HTML part as it travels: some mail services cut off what is longer.
pub const MAX_HTML_BYTES: usize = 90 * 1024;

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The same for the same content and recipient.
    pub message_id: MessageId,
    /// One line that says what it tells, at most 120 characters for a mail.
    pub subject: String,
    /// A whole message for mail (RFC 5322, 7-bit, CRLF), a `JournalRecord` as JSON for the journal, a
    /// JSON object for a webhook.
    pub bytes: Vec<u8>,
}

/// Why alerts could not be rendered. Nothing of it passes by itself.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// There was nothing to tell.
    #[error("no alert to render")]
    Nothing,
    /// The subscriber has no mail address: the journal gets lines, not mail.
    #[error("the subscriber has no mail address")]
    NoAddress,
    /// A domain that gives no Message-ID.
    #[error("`{0}` gives no Message-ID")]
    Domain(String),
    /// The template failed: a fault in the program, or in a user's template that its check did not meet.
    #[error("the mail template failed")]
    Template(#[from] minijinja::Error),
    /// The mail library refused the message.
    #[error("the message could not be put together")]
    Message(#[from] lettre::error::Error),
    /// An address that parsed once does not parse again.
    #[error("the address could not be read")]
    Address(#[from] lettre::address::AddressError),
    /// The record could not be written as JSON.
    #[error("the JSON could not be written")]
    Json(#[from] serde_json::Error),
}

/// One mail that tells `alerts` to the letterhead's subscriber, dated `now`.
///
/// Of a story that is due in several revisions only the latest is told.
pub fn mail(
    alerts: &[DueAlert],
    letterhead: &Letterhead<'_>,
    templates: &Templates,
    now: Timestamp,
) -> Result<Rendered, RenderError> {
    let (recipient, sender) = (letterhead.recipient()?, letterhead.sender);
    let alerts = in_order(alerts);
    let stories: Vec<_> = alerts.iter().map(|alert| &alert.story).collect();
    let message_id = identity::message_id(
        identity::Purpose::Alerts,
        recipient.key(),
        &stories,
        identity::domain_of(&sender.address),
    )?;
    let subject = subject::subject(&stories).ok_or(RenderError::Nothing)?;
    let matter = parts::Matter::new(
        &alerts,
        &letterhead.subscriber.time_zone,
        &subject,
        recipient.as_str(),
        letterhead.unsubscribe.view(recipient),
    );
    let bytes = letter::letter(&letter::Letter {
        sender,
        recipient,
        message_id: &message_id,
        subject: &subject,
        date: now,
        thread: thread(&alerts),
        unsubscribe: Some(letterhead.unsubscribe),
        parts: parts::parts(&matter, templates)?,
    })?;
    Ok(Rendered { message_id, subject, bytes })
}

/// The messages that a mail on one story follows; a digest follows none.
fn thread<'a>(alerts: &[&'a DueAlert]) -> &'a [MessageId] {
    match alerts {
        [one] => &one.thread,
        _ => &[],
    }
}

/// The alerts as they are told: one for each story, the strongest first.
fn in_order(alerts: &[DueAlert]) -> Vec<&DueAlert> {
    let mut ordered: Vec<_> = alerts.iter().collect();
    ordered.sort_by_key(|alert| (alert.story.id, std::cmp::Reverse(alert.story.revision), alert.id));
    ordered.dedup_by_key(|alert| alert.story.id);
    ordered.sort_by_key(|alert| std::cmp::Reverse(subject::lead(&alert.story).map(|lead| lead.score)));
    ordered
}
