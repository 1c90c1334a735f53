//! The Message-ID: a hash of what a delivery is for, who gets it, and what it tells.

use super::RenderError;
use crate::domain::{MailAddress, MessageId, Story};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Hexadecimal digits of the left part: 128 bits, so that no two contents ever share one.
const DIGITS: usize = 32;

/// What a delivery is for; a new purpose never shares an id with an old one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// Alerts, by mail.
    Alerts,
    /// One alert, in the log.
    JournalLine,
    /// One alert, to a webhook.
    Webhook,
    /// A question whether someone wants alerts.
    Confirm,
    /// A word to the operator.
    Operator,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Purpose::Alerts => "alerts",
            Purpose::JournalLine => "journal-line",
            Purpose::Webhook => "webhook",
            Purpose::Confirm => "confirm",
            Purpose::Operator => "operator",
        }
    }
}

/// The id for these stories, in their revisions, to this recipient. Neither the time nor the order
/// of the stories changes it. When a story was first seen is part of what it is: a database that was
/// started afresh counts from one again, and a reader's mailbox must not take its first story for a
/// copy of the old one.
pub(super) fn message_id(
    purpose: Purpose,
    recipient: &str,
    stories: &[&Story],
    domain: &str,
) -> Result<MessageId, RenderError> {
    let told: BTreeSet<_> =
        stories.iter().map(|story| (story.id, story.revision, story.first_seen.as_microsecond())).collect();
    let told = told.into_iter().map(|(id, revision, first_seen)| format!("{id}.{revision}.{first_seen}"));
    hashed(purpose, recipient, told, domain)
}

/// The id for a notice to this recipient: one for each key.
pub(super) fn notice_id(
    purpose: Purpose,
    recipient: &str,
    key: &str,
    domain: &str,
) -> Result<MessageId, RenderError> {
    hashed(purpose, recipient, std::iter::once(key.to_owned()), domain)
}

fn hashed(
    purpose: Purpose,
    recipient: &str,
    told: impl Iterator<Item = String>,
    domain: &str,
) -> Result<MessageId, RenderError> {
    let mut hash = Sha256::new();
    hash.update(purpose.as_str());
    // No address, name or number holds a NUL, so that no two lists run into the same bytes.
    hash.update([0]);
    hash.update(recipient);
    for part in told {
        hash.update([0]);
        hash.update(part);
    }
    let mut digits = String::with_capacity(2 * DIGITS);
    for byte in hash.finalize() {
        // Writing into a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits.truncate(DIGITS);
    let plain = header_domain(domain);
    MessageId::new(&digits, &plain).ok_or(RenderError::Domain(plain))
}

/// The domain of an address.
pub(super) fn domain_of(address: &MailAddress) -> &str {
    address.as_str().rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// A domain as it may stand in a header: international names in their ASCII form, and an address
/// literal ("[192.0.2.1]") without what only an envelope may hold.
pub(super) fn header_domain(domain: &str) -> String {
    if let Ok(url::Host::Domain(ascii)) = url::Host::parse(domain) {
        return ascii;
    }
    domain
        .trim_matches(['[', ']'])
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '-' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::fixtures::{new_package, roadmap};
    use rstest::rstest;

    fn id(stories: &[&Story], recipient: &str) -> String {
        message_id(Purpose::Alerts, recipient, stories, "example.org").unwrap().as_str().to_owned()
    }

    #[test]
    fn order_and_words_do_not_change_an_id() {
        let (first, second) = (roadmap().story, new_package().story);
        let mut reworded = first.clone();
        reworded.title = "Another headline".into();
        reworded.published = None;
        let expected = id(&[&first, &second], "a@example.org");
        assert_eq!(id(&[&second, &first], "a@example.org"), expected);
        assert_eq!(id(&[&reworded, &second], "a@example.org"), expected);
        assert_eq!(expected.find('@'), Some(DIGITS));
    }

    #[test]
    fn recipient_revision_stories_and_purpose_change_an_id() {
        let (first, second) = (roadmap().story, new_package().story);
        let mut revised = first.clone();
        revised.revision = 2;
        let mut of_a_new_database = first.clone();
        of_a_new_database.first_seen += jiff::SignedDuration::from_secs(1);
        let ids = BTreeSet::from([
            id(&[&first], "a@example.org"),
            id(&[&first], "b@example.org"),
            id(&[&revised], "a@example.org"),
            id(&[&of_a_new_database], "a@example.org"),
            id(&[&second], "a@example.org"),
            id(&[&first, &second], "a@example.org"),
            message_id(Purpose::JournalLine, "a@example.org", &[&first], "example.org").unwrap().to_string(),
        ]);
        assert_eq!(ids.len(), 7);
    }

    #[test]
    fn key_recipient_and_purpose_change_the_id_of_a_notice() {
        let id = |purpose, recipient, key| notice_id(purpose, recipient, key, "example.org").unwrap();
        let first = id(Purpose::Confirm, "a@example.org", "1");
        assert_eq!(id(Purpose::Confirm, "a@example.org", "1"), first);
        assert_ne!(id(Purpose::Confirm, "a@example.org", "2"), first);
        assert_ne!(id(Purpose::Confirm, "b@example.org", "1"), first);
        assert_ne!(id(Purpose::Operator, "a@example.org", "1"), first);
    }

    #[rstest]
    #[case("example.org", "example.org")]
    #[case("Example.ORG", "example.org")]
    #[case("bücher.example", "xn--bcher-kva.example")]
    #[case("[192.0.2.1]", "192.0.2.1")]
    #[case("[IPv6:2001:db8::1]", "IPv6-2001-db8--1")]
    fn every_domain_of_an_address_can_stand_in_a_header(#[case] domain: &str, #[case] expected: &str) {
        assert_eq!(header_domain(domain), expected);
        assert!(MessageId::new("0", expected).is_some());
    }
}
