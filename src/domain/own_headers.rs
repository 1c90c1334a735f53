//! Headers of the operator's own, for the servers of one source.

use reqwest::header::{AUTHORIZATION, HeaderMap};

/// What goes along with requests to the servers at which a source is configured, and to no other. Every
/// value is marked as sensitive, so that `Debug` hides it.
#[derive(Debug, Clone, Default)]
pub struct OwnHeaders {
    /// The headers, the one that logs in among them.
    pub headers: HeaderMap,
    /// How it logs in, where it does.
    pub login: Option<Login>,
}

impl OwnHeaders {
    /// Whether a login is configured that this process may not see.
    #[must_use]
    pub fn is_login_unseen(&self) -> bool {
        self.login.is_some() && !self.headers.contains_key(AUTHORIZATION)
    }
}

/// How a source logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// With a user name and a password.
    Password,
    /// With a token.
    Token,
}

impl Login {
    /// The key of the configuration that names its secret.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Password => "password-credential",
            Self::Token => "token-credential",
        }
    }

    /// What its secret is called.
    #[must_use]
    pub const fn secret(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Token => "token",
        }
    }
}
