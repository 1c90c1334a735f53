//! The letter: headers and two parts put together as a message of RFC 5322, byte for byte the same
//! for the same input.

use super::RenderError;
use super::identity::{domain_of, header_domain};
use super::letterhead::{Sender, Unsubscribe};
use super::parts::Parts;
use crate::deliver::address::travelling;
use crate::deliver::clean;
use crate::domain::{MailAddress, MessageId};
use jiff::Timestamp;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MessageBuilder, MultiPart, SinglePart};
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
    /// How to get no more of it; `None` for a notice, which comes once and belongs to no list.
    pub(super) unsubscribe: Option<Unsubscribe<'a>>,
    pub(super) parts: Parts,
}

/// The message's bytes: 7-bit, CRLF, no line over 998 bytes.
pub(super) fn letter(letter: &Letter<'_>) -> Result<Vec<u8>, RenderError> {
    let sender = letter.sender;
    // lettre panics on a line break or NUL in a display name, so none may reach it.
    let name =
        sender.name.as_deref().map(|name| clean::header(name, MAX_NAME)).filter(|name| !name.is_empty());
    let from = Mailbox::new(name, travelling(&sender.address)?);
    let to = Mailbox::new(None, travelling(letter.recipient)?);
    // Mail dates begin in 1970 for lettre; an earlier clock is wrong anyway.
    let date = SystemTime::try_from(letter.date.max(Timestamp::UNIX_EPOCH)).unwrap_or(SystemTime::UNIX_EPOCH);
    let reply_to = match letter.unsubscribe {
        Some(unsubscribe) if *unsubscribe.mail != sender.address => {
            Mailbox::new(None, travelling(unsubscribe.mail)?)
        }
        _ => from.clone(),
    };
    // "=_" never occurs in quoted-printable text.
    let boundary = format!("=_{}", letter.message_id.as_str().split('@').next().unwrap_or_default());
    let mut message = Message::builder();
    if let Some(parent) = letter.thread.last() {
        let line: Vec<_> = letter.thread.iter().map(ToString::to_string).collect();
        message = message.in_reply_to(parent.to_string()).references(line.join(" "));
    }
    message = message
        .from(from)
        .to(to)
        .reply_to(reply_to)
        .date(date)
        .message_id(Some(letter.message_id.to_string()))
        .subject(letter.subject)
        .raw_header(plain_header("Auto-Submitted", "auto-generated".to_owned()))
        .raw_header(plain_header("X-Auto-Response-Suppress", "All".to_owned()));
    if let Some(unsubscribe) = letter.unsubscribe {
        message = list_headers(message, &header_domain(domain_of(&sender.address)), unsubscribe);
    }
    let message = message.multipart(
        MultiPart::alternative()
            .boundary(boundary)
            .singlepart(part(ContentType::TEXT_PLAIN, letter.parts.text.clone()))
            .singlepart(part(ContentType::TEXT_HTML, letter.parts.html.clone())),
    )?;
    Ok(message.formatted())
}

/// What makes a mail one of a list, and how to leave it: by mail, and where there is a page by HTTPS
/// also by a click in the mail program (RFC 8058).
fn list_headers(message: MessageBuilder, domain: &str, unsubscribe: Unsubscribe<'_>) -> MessageBuilder {
    let mailto = format!("<{}>", unsubscribe.mailto());
    let message = message
        .raw_header(plain_header("List-Id", format!("<sanctionwatch.{domain}>")))
        .raw_header(plain_header("Precedence", "list".to_owned()))
        // Gmail counts complaints by it, where the mail is signed; nothing in it tells one reader from
        // another.
        .raw_header(plain_header("Feedback-ID", "alerts:::sanctionwatch".to_owned()));
    match unsubscribe.one_click() {
        None => message.raw_header(plain_header("List-Unsubscribe", mailto)),
        Some(page) => message
            .raw_header(plain_header("List-Unsubscribe", format!("<{page}>,\r\n {mailto}")))
            .raw_header(plain_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())),
    }
}

/// A header of ours, whose value is plain ASCII, folded already. The names are constants
/// of this module: lettre checks them when the header is made.
fn plain_header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

fn part(content_type: ContentType, body: String) -> SinglePart {
    SinglePart::builder().header(content_type).header(ContentTransferEncoding::QuotedPrintable).body(body)
}
