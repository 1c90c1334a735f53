//! The letter: headers and two parts put together as a message of RFC 5322, byte for byte the same
//! for the same input.

use super::identity::{domain_of, header_domain};
use super::view::Parts;
use super::{RenderError, Sender};
use crate::deliver::clean;
use crate::domain::{MailAddress, MessageId};
use jiff::Timestamp;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use std::fmt::Write;
use std::time::SystemTime;

/// Most characters of the sender's display name.
const MAX_NAME: usize = 60;

/// What goes into a message.
pub(super) struct Letter<'a> {
    pub(super) sender: &'a Sender,
    pub(super) recipient: &'a MailAddress,
    pub(super) message_id: &'a MessageId,
    /// Cleaned already.
    pub(super) subject: &'a str,
    pub(super) date: Timestamp,
    /// The messages that it follows, oldest first: it answers the last one.
    pub(super) thread: &'a [MessageId],
    pub(super) parts: Parts,
}

/// The message's bytes: 7-bit, CRLF, no line over 998 bytes.
pub(super) fn letter(letter: &Letter<'_>) -> Result<Vec<u8>, RenderError> {
    let sender = letter.sender;
    // lettre panics on a line break or NUL in a display name, so none may reach it.
    let name =
        sender.name.as_deref().map(|name| clean::header(name, MAX_NAME)).filter(|name| !name.is_empty());
    let from = Mailbox::new(name, sender.address.as_str().parse()?);
    let to = Mailbox::new(None, letter.recipient.as_str().parse()?);
    // Mail dates begin in 1970 for lettre; an earlier clock is wrong anyway.
    let date = SystemTime::try_from(letter.date.max(Timestamp::UNIX_EPOCH)).unwrap_or(SystemTime::UNIX_EPOCH);
    let list = header_domain(domain_of(&sender.address));
    // "=_" never occurs in quoted-printable text.
    let boundary = format!("=_{}", letter.message_id.as_str().split('@').next().unwrap_or_default());
    let mut message = Message::builder();
    if let Some(parent) = letter.thread.last() {
        let line: Vec<_> = letter.thread.iter().map(ToString::to_string).collect();
        message = message.in_reply_to(parent.to_string()).references(line.join(" "));
    }
    let message = message
        .from(from.clone())
        .to(to)
        .reply_to(from)
        .date(date)
        .message_id(Some(letter.message_id.to_string()))
        .subject(letter.subject)
        .raw_header(plain_header("List-Id", format!("<sanctionwatch.{list}>")))
        .raw_header(plain_header("List-Unsubscribe", format!("<{}>", unsubscribe_link(&sender.address))))
        .raw_header(plain_header("Auto-Submitted", "auto-generated".to_owned()))
        .raw_header(plain_header("X-Auto-Response-Suppress", "All".to_owned()))
        .raw_header(plain_header("Precedence", "list".to_owned()))
        .multipart(
            MultiPart::alternative()
                .boundary(boundary)
                .singlepart(part(ContentType::TEXT_PLAIN, letter.parts.text.clone()))
                .singlepart(part(ContentType::TEXT_HTML, letter.parts.html.clone())),
        )?;
    Ok(message.formatted())
}

/// A header of ours, whose value is plain ASCII without spaces to fold at. The names are constants
/// of this module: lettre checks them when the header is made.
fn plain_header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

fn part(content_type: ContentType, body: String) -> SinglePart {
    SinglePart::builder().header(content_type).header(ContentTransferEncoding::QuotedPrintable).body(body)
}

/// Where a reader writes to get no more mail.
pub(super) fn unsubscribe_link(sender: &MailAddress) -> String {
    let mut link = String::from("mailto:");
    for byte in sender.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@+".contains(&byte) {
            link.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(link, "%{byte:02X}");
        }
    }
    link.push_str("?subject=unsubscribe");
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_break_out_of_the_unsubscribe_link() {
        let plain: MailAddress = "alerts+watch@example.org".parse().unwrap();
        assert_eq!(unsubscribe_link(&plain), "mailto:alerts+watch@example.org?subject=unsubscribe");
        let odd: MailAddress = "a&b?c@example.org".parse().unwrap();
        assert_eq!(unsubscribe_link(&odd), "mailto:a%26b%3Fc@example.org?subject=unsubscribe");
    }
}
