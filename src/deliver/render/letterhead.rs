//! The letterhead: in whose name mail is sent, to whom, and how to get no more of it.

use super::RenderError;
use crate::domain::{MailAddress, Subscriber, SubscriberKey};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Write;
use url::Url;

/// A page with a longer address is not offered: its header line could not be folded, and no line may
/// hold more than 998 bytes.
const MAX_PAGE: usize = 900;

/// In whose name mail is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The display name, where one is configured.
    pub name: Option<String>,
    /// The address; its domain names the Message-IDs.
    pub address: MailAddress,
}

/// What stands on every mail of alerts, whatever it tells.
#[derive(Debug, Clone, Copy)]
pub struct Letterhead<'a> {
    /// To whom.
    pub subscriber: &'a Subscriber,
    /// In whose name.
    pub sender: &'a Sender,
    /// How to get no more of it.
    pub unsubscribe: Unsubscribe<'a>,
}

/// How a subscriber gets no more mail.
#[derive(Debug, Clone, Copy)]
pub struct Unsubscribe<'a> {
    /// The page for it, with the subscriber's own token: a POST without login unsubscribes. None where
    /// no public URL is configured.
    pub page: Option<&'a Url>,
    /// Where a person writes else, and where answers go: the operator's address, or the sender's.
    pub mail: &'a MailAddress,
}

impl<'a> Letterhead<'a> {
    /// The subscriber's address.
    pub(super) fn recipient(&self) -> Result<&'a MailAddress, RenderError> {
        match &self.subscriber.key {
            SubscriberKey::Mail(address) => Ok(address),
            SubscriberKey::Journal | SubscriberKey::Webhook(_) => Err(RenderError::NoAddress),
        }
    }
}

/// The ways to get no more mail, as the templates are told them.
#[derive(Debug, Clone, Serialize)]
pub(super) struct UnsubscribeView {
    page: Option<String>,
    mail: String,
    mailto: String,
    command: String,
}

impl UnsubscribeView {
    /// What a template is tried with: with the page or without.
    pub(super) fn sample(with_page: bool) -> Self {
        Self {
            page: with_page.then(|| "https://watch.example.org/unsubscribe/sample".to_owned()),
            mail: "operator@example.org".to_owned(),
            mailto: "mailto:operator@example.org?subject=unsubscribe".to_owned(),
            command: "sanctionwatch subscribers unsubscribe reader@example.org".to_owned(),
        }
    }

    /// Whether a mail says how to get no more of it: by the page where there is one, or by mail.
    pub(super) fn is_told_by(&self, mail: &str) -> bool {
        self.page.as_deref().is_some_and(|page| mail.contains(page)) || mail.contains(&self.mail)
    }
}

impl<'a> Unsubscribe<'a> {
    pub(super) fn view(&self, recipient: &MailAddress) -> UnsubscribeView {
        UnsubscribeView {
            page: self.page.and_then(page_link).map(ToOwned::to_owned),
            mail: self.mail.as_str().to_owned(),
            mailto: self.mailto(),
            command: format!("sanctionwatch subscribers unsubscribe {}", shell_word(recipient.as_str())),
        }
    }

    /// The page, where a mail program may post to it by itself: RFC 8058 wants HTTPS.
    pub(super) fn one_click(&self) -> Option<&'a str> {
        self.page.filter(|page| page.scheme() == "https").and_then(page_link)
    }

    /// Where a reader writes to get no more mail.
    pub(super) fn mailto(&self) -> String {
        let mut link = String::from("mailto:");
        for byte in self.mail.as_str().bytes() {
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
}

/// A page of ours as a link: http or https, and short enough.
pub(super) fn page_link(page: &Url) -> Option<&str> {
    let fits = matches!(page.scheme(), "http" | "https") && page.as_str().len() <= MAX_PAGE;
    fits.then(|| page.as_str())
}

/// A word of a command, as it can be pasted into a shell: an address may hold `|` and `$`.
pub(super) fn shell_word(word: &str) -> Cow<'_, str> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "@._+-=:/".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn unsubscribe<'a>(page: Option<&'a Url>, mail: &'a MailAddress) -> Unsubscribe<'a> {
        Unsubscribe { page, mail }
    }

    #[rstest]
    #[case("alerts+watch@example.org", "mailto:alerts+watch@example.org?subject=unsubscribe")]
    #[case("a&b?c@example.org", "mailto:a%26b%3Fc@example.org?subject=unsubscribe")]
    fn an_address_cannot_break_out_of_the_unsubscribe_link(#[case] address: &str, #[case] expected: &str) {
        assert_eq!(unsubscribe(None, &address.parse().unwrap()).mailto(), expected);
    }

    #[rstest]
    #[case::https("https://watch.example.org/u/abc", true, true)]
    #[case::http_is_no_one_click("http://watch.example.org/u/abc", true, false)]
    #[case::another_scheme("ftp://watch.example.org/u/abc", false, false)]
    #[case::too_long(&format!("https://watch.example.org/{}", "a".repeat(900)), false, false)]
    fn a_page_is_offered(#[case] page: &str, #[case] shown: bool, #[case] one_click: bool) {
        let (page, mail) = (page.parse().unwrap(), "ops@example.org".parse().unwrap());
        let unsubscribe = unsubscribe(Some(&page), &mail);
        assert_eq!(unsubscribe.view(&mail).page.is_some(), shown);
        assert_eq!(unsubscribe.one_click().is_some(), one_click);
    }

    #[rstest]
    #[case("desk@example.org", "desk@example.org")]
    #[case("a|b$c@example.org", "'a|b$c@example.org'")]
    #[case("o'hara@example.org", r"'o'\''hara@example.org'")]
    fn a_command_can_be_pasted(#[case] word: &str, #[case] expected: &str) {
        assert_eq!(shell_word(word), expected);
    }
}
