//! Ways out: what goes out, or fails to, together.

use super::webhook::BadWebhookName;
use super::{SubscriberKey, WebhookName};
use std::fmt;
use std::str::FromStr;

/// What stands before a webhook's name in a way's written form.
const WEBHOOK: &str = "webhook:";

/// A way out. Mail is one way for all addresses, each webhook is one of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// To people: over SMTP or into a folder.
    Mail,
    /// To one webhook.
    Webhook(WebhookName),
    /// Into the log.
    Journal,
}

impl Way {
    /// The form that is kept, which parses.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::Mail => "mail".to_owned(),
            Self::Webhook(name) => format!("{WEBHOOK}{name}"),
            Self::Journal => "journal".to_owned(),
        }
    }
}

impl From<&SubscriberKey> for Way {
    fn from(subscriber: &SubscriberKey) -> Self {
        match subscriber {
            SubscriberKey::Mail(_) => Self::Mail,
            SubscriberKey::Webhook(name) => Self::Webhook(name.clone()),
            SubscriberKey::Journal => Self::Journal,
        }
    }
}

impl FromStr for Way {
    type Err = BadWebhookName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "mail" => Ok(Self::Mail),
            "journal" => Ok(Self::Journal),
            other => other.strip_prefix(WEBHOOK).ok_or(BadWebhookName)?.parse().map(Self::Webhook),
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mail => formatter.write_str("mail"),
            Self::Webhook(name) => write!(formatter, "the webhook {name}"),
            Self::Journal => formatter.write_str("the journal"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for way in [Way::Mail, Way::Journal, Way::Webhook("Desk bot".parse().expect("a name"))] {
            assert_eq!(way.written().parse(), Ok(way));
        }
        assert!("other".parse::<Way>().is_err());
    }
}
