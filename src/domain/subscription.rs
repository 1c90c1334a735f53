//! Subscriptions: what the state knows of a subscriber by mail, beside what the configuration says.

use super::relation::{UnknownTerm, terms};
use super::{MailAddress, WatchName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::fmt::Write;
use std::str::FromStr;

/// What the links in a subscriber's mails are known by: 128 random bits in hexadecimal digits. Whoever
/// has it may end the subscription, so that `Debug` hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(String);

const TOKEN_BYTES: usize = 16;

impl Token {
    /// A token of random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; TOKEN_BYTES]) -> Self {
        let mut digits = String::with_capacity(2 * TOKEN_BYTES);
        for byte in bytes {
            // Writing into a String cannot fail.
            let _ = write!(digits, "{byte:02x}");
        }
        Self(digits)
    }

    /// The digits, for a link or a column.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that no link of ours holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token has 32 hexadecimal digits")]
pub struct BadToken;

impl FromStr for Token {
    type Err = BadToken;

    fn from_str(text: &str) -> Result<Self, BadToken> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        (text.len() == 2 * TOKEN_BYTES && digits).then(|| Self(text.to_owned())).ok_or(BadToken)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

terms! {
    /// Whether a subscriber is told anything.
    Standing ("standing") {
        /// They are.
        Active = "active",
        /// Not before the address was confirmed.
        Unconfirmed = "unconfirmed",
        /// Not any more: the address was refused for good several times, or the operator said so.
        Suspended = "suspended",
        /// Not any more: they asked for it.
        Unsubscribed = "unsubscribed",
    }
}

/// What the state knows of a subscriber by mail. It outlives restarts and changes of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Whose it is.
    pub address: MailAddress,
    /// What the links in their mails are known by.
    pub token: Token,
    /// When they were asked to confirm the address.
    pub asked: Option<Timestamp>,
    /// When they did.
    pub confirmed: Option<Timestamp>,
    /// When they were suspended, and why.
    pub suspended: Option<(Timestamp, String)>,
    /// How often in a row the address was refused for good.
    pub refusals: u32,
    /// When they unsubscribed from everything.
    pub unsubscribed: Option<Timestamp>,
    /// The watches that they unsubscribed from.
    pub left: BTreeSet<WatchName>,
}

impl Subscription {
    /// Whether they are told anything; `confirm` says that the configuration asks for a confirmation.
    #[must_use]
    pub fn standing(&self, confirm: bool) -> Standing {
        if self.unsubscribed.is_some() {
            Standing::Unsubscribed
        } else if self.suspended.is_some() {
            Standing::Suspended
        } else if confirm && self.confirmed.is_none() {
            Standing::Unconfirmed
        } else {
            Standing::Active
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn a_token_is_digits_and_nothing_else() {
        let token = Token::from_random([0xab; TOKEN_BYTES]);
        assert_eq!(token.as_str().parse(), Ok(token.clone()));
        assert_eq!(token.as_str(), "ab".repeat(TOKEN_BYTES));
        for text in ["", "ab", &"AB".repeat(TOKEN_BYTES), &"zz".repeat(TOKEN_BYTES)] {
            assert_eq!(text.parse::<Token>(), Err(BadToken), "{text}");
        }
        assert!(!format!("{token:?}").contains("ab"));
    }

    #[rstest]
    #[case::usual(false, false, false, false, Standing::Active)]
    #[case::asked(true, false, false, false, Standing::Unconfirmed)]
    #[case::confirmed(true, true, false, false, Standing::Active)]
    #[case::suspended(true, true, true, false, Standing::Suspended)]
    #[case::who_left_stays_away(false, true, true, true, Standing::Unsubscribed)]
    fn stands(
        #[case] confirm: bool,
        #[case] confirmed: bool,
        #[case] suspended: bool,
        #[case] unsubscribed: bool,
        #[case] expected: Standing,
    ) {
        let at = Timestamp::UNIX_EPOCH;
        let subscription = Subscription {
            address: "a@example.org".parse().expect("an address"),
            token: Token::from_random([0; TOKEN_BYTES]),
            asked: None,
            confirmed: confirmed.then_some(at),
            suspended: suspended.then(|| (at, "refused".to_owned())),
            refusals: 0,
            unsubscribed: unsubscribed.then_some(at),
            left: BTreeSet::new(),
        };
        assert_eq!(subscription.standing(confirm), expected);
    }
}
