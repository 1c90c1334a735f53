//! Notices: mails that tell no news. A question before the first alert, a word to the operator.

use super::identity::{Purpose, domain_of, notice_id};
use super::letter::{Letter, letter};
use super::letterhead::{Sender, page_link, shell_word};
use super::parts::{Parts, encoded_length};
use super::subject::MAX_SUBJECT;
use super::templates::engine;
use super::{MAX_HTML_BYTES, RenderError, Rendered};
use crate::deliver::clean;
use crate::domain::{MailAddress, WatchName};
use jiff::Timestamp;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;
use std::collections::BTreeSet;
use url::Url;

/// Most characters of a line, and most bytes of all lines as they travel.
const MAX_LINE: usize = 600;
const MAX_LINES_BYTES: usize = MAX_HTML_BYTES / 3 * 2;
/// What the markup of a line takes.
const LINE_MARKUP: usize = 150;
/// Most characters of a watch's name.
const MAX_NAME: usize = 80;
/// Most watches named; the others are counted.
const MAX_WATCHES: usize = 20;

/// What a mail says that tells no news. Notices with the same key to the same recipient are copies of
/// one another: they have the same Message-ID.
#[derive(Debug, Clone, Copy)]
pub enum Notice<'a> {
    /// Whether the recipient wants alerts; nothing else is sent before the answer.
    Confirm {
        /// What makes this question another one than an earlier one.
        key: &'a str,
        /// The page to answer on, with the token. None where no public URL is configured: then the
        /// operator confirms with the token.
        page: Option<&'a Url>,
        /// What the operator hands to `subscribers confirm`.
        token: &'a str,
        /// What the alerts would be for.
        watches: &'a BTreeSet<WatchName>,
    },
    /// Something the operator should know.
    Operator {
        /// What makes this message another one than an earlier one.
        key: &'a str,
        /// What it is about.
        subject: &'a str,
        /// What there is to say, a paragraph each; an empty one is left out.
        lines: &'a [String],
    },
}

/// What the templates of a notice are told.
#[derive(Debug, Default, Serialize)]
struct NoticeView {
    title: String,
    before: Vec<String>,
    /// Named one by one.
    list: Vec<String>,
    button: Option<Button>,
    /// Who has to do what, and the command for it.
    command: Option<(String, String)>,
    after: Vec<String>,
    footer: String,
}

#[derive(Debug, Serialize)]
struct Button {
    label: &'static str,
    link: String,
}

/// A notice as a mail to `recipient`, dated `now`.
pub fn notice(
    notice: &Notice<'_>,
    recipient: &MailAddress,
    sender: &Sender,
    now: Timestamp,
) -> Result<Rendered, RenderError> {
    let (purpose, key, subject, view) = match *notice {
        Notice::Confirm { key, page, token, watches } => {
            let subject = confirm_subject(watches);
            (Purpose::Confirm, key, subject, confirm(page, token, watches, recipient))
        }
        Notice::Operator { key, subject, lines } => {
            (Purpose::Operator, key, clean::header(subject, MAX_SUBJECT), operator(subject, lines, recipient))
        }
    };
    let message_id = notice_id(purpose, recipient.as_str(), key, domain_of(&sender.address))?;
    let bytes = letter(&Letter {
        sender,
        recipient,
        message_id: &message_id,
        subject: &subject,
        date: now,
        thread: &[],
        unsubscribe: None,
        parts: parts(&subject, &view)?,
    })?;
    Ok(Rendered { message_id, subject, bytes })
}

fn parts(subject: &str, view: &NoticeView) -> Result<Parts, RenderError> {
    let mut engine = engine()?;
    engine.add_template("notice.html", include_str!("../templates/notice.html"))?;
    engine.add_template("notice.txt", include_str!("../templates/notice.txt"))?;
    let told = context! { subject, notice => Serde(view) };
    let render = |name| engine.get_template(name)?.render(&told);
    Ok(Parts { text: render("notice.txt")?, html: render("notice.html")? })
}

fn names(watches: &BTreeSet<WatchName>) -> impl Iterator<Item = String> {
    watches.iter().map(|watch| clean::one_line(watch.as_str(), MAX_NAME))
}

fn confirm_subject(watches: &BTreeSet<WatchName>) -> String {
    let about = match watches.len() {
        count @ 4.. => format!("{count} watches"),
        _ => names(watches).collect::<Vec<_>>().join(", "),
    };
    clean::header(&format!("Please confirm: alerts for {about}"), MAX_SUBJECT)
}

fn confirm(
    page: Option<&Url>,
    token: &str,
    watches: &BTreeSet<WatchName>,
    recipient: &MailAddress,
) -> NoticeView {
    let mut list: Vec<String> = names(watches).take(MAX_WATCHES).collect();
    if watches.len() > list.len() {
        list.push(format!("and {} more", watches.len() - list.len()));
    }
    let button = page
        .and_then(page_link)
        .map(|link| Button { label: "Yes, send me these alerts", link: link.to_owned() });
    let token = clean::one_line(token, MAX_LINE);
    let command = button.is_none().then(|| {
        (
            "If you want them, answer this mail. The operator of this service then runs:".to_owned(),
            format!("sanctionwatch subscribers confirm {}", shell_word(&token)),
        )
    });
    NoticeView {
        title: "Please confirm that you want these alerts".to_owned(),
        before: vec![
            "You are to be told by mail which countries sanction, ally with or turn from each other. The \
             alerts are for:"
                .to_owned(),
        ],
        list,
        button,
        command,
        after: vec!["If you do not want them, ignore this mail: nothing more comes.".to_owned()],
        footer: format!(
            "Sent by sanctionwatch to {recipient}, whose address was entered for these alerts.",
            recipient = recipient.as_str()
        ),
    }
}

fn operator(subject: &str, lines: &[String], recipient: &MailAddress) -> NoticeView {
    let said: Vec<String> =
        lines.iter().map(|line| clean::one_line(line, MAX_LINE)).filter(|line| !line.is_empty()).collect();
    let mut room = MAX_LINES_BYTES;
    let mut fits = |line: &&String| {
        let left = room.checked_sub(encoded_length(line) + LINE_MARKUP);
        room = left.unwrap_or(0);
        left.is_some()
    };
    let mut before: Vec<String> = said.iter().take_while(|line| fits(line)).cloned().collect();
    if said.len() > before.len() {
        before.push(format!("And {} lines more.", said.len() - before.len()));
    }
    NoticeView {
        title: clean::one_line(subject, MAX_SUBJECT),
        before,
        footer: format!("Sent by sanctionwatch to {}, as its operator.", recipient.as_str()),
        ..NoticeView::default()
    }
}
