//! Polls that brought nothing.

use crate::domain::{Login, OwnHeaders};
use crate::net::{NetError, Response};
use std::fmt;
use std::time::Duration;

/// A poll that brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// No answer.
    #[error(transparent)]
    Net(#[from] NetError),
    /// An answer that is no success.
    #[error("the server answers {status}{}", reason(*status))]
    Status {
        /// The status code.
        status: u16,
        /// How long the server wants to be left alone, at most a day.
        retry_after: Option<Duration>,
    },
    /// The server wants a login, or another one.
    #[error("the server answers {status}{}{problem}", reason(*status))]
    Login {
        /// The status code, 401 or 403.
        status: u16,
        /// What is wrong with the login.
        problem: LoginProblem,
    },
    /// The server's robots.txt does not let programs read it.
    #[error("its robots.txt does not allow {path} to programs; where its owner agrees, set `robots = false`")]
    Disallowed {
        /// The host, where a redirect led to another, and the path.
        path: String,
    },
    /// The server's robots.txt cannot be had at the moment; till then nothing is allowed.
    #[error("the robots.txt of {host} cannot be read, and without it no page is: {detail}")]
    RobotsUnread {
        /// The host.
        host: String,
        /// Why.
        detail: String,
        /// How long the server wants to be left alone, at most a day.
        retry_after: Option<Duration>,
    },
    /// "Nothing new" to a request that did not ask for that: a confused cache.
    #[error("the server answers 304 (not modified) to a request that named no earlier version")]
    NotModifiedUnasked,
}

impl FetchError {
    /// Whether the same request may succeed later without anyone changing something.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Net(error) => error.is_temporary(),
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Login { .. } | Self::Disallowed { .. } => false,
            Self::RobotsUnread { .. } | Self::NotModifiedUnasked => true,
        }
    }

    /// Whether the server says that the document is gone and will not come back.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Status { status: 410, .. })
    }

    /// How long the server wants to be left alone, where it said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } | Self::RobotsUnread { retry_after, .. } => *retry_after,
            Self::Net(_) | Self::Login { .. } | Self::Disallowed { .. } | Self::NotModifiedUnasked => None,
        }
    }
}

/// What may be wrong with a login that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginProblem {
    /// None is configured.
    Missing,
    /// One is configured that this process may not see.
    Unseen(Login),
    /// A redirect led to a server that is told nothing.
    LeftBehind {
        /// Its host.
        host: String,
    },
    /// The server does not take it.
    Refused(Login),
    /// The server does not take what the configured headers say.
    Headers,
}

impl fmt::Display for LoginProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => {
                write!(formatter, ": give `user` and `password-credential`, or `token-credential`")
            }
            Self::Unseen(login) => {
                write!(formatter, ": the {} of `{}` cannot be seen from here", login.secret(), login.key())
            }
            Self::LeftBehind { host } => write!(
                formatter,
                ": it led to {host}, and logins and headers go to the configured address only"
            ),
            Self::Refused(login) => {
                write!(formatter, ": the {} of `{}` was refused", login.secret(), login.key())
            }
            Self::Headers => write!(formatter, ": what `headers` say was refused"),
        }
    }
}

impl LoginProblem {
    /// What is wrong where a source was answered so; `None` where the answer is not about a login.
    pub(super) fn of(own: &OwnHeaders, response: &Response) -> Option<Self> {
        let given = own.login.is_some() || !own.headers.is_empty();
        match (response.status, own.login) {
            (401, None) if !given => Some(Self::Missing),
            (401 | 403, Some(login)) if own.is_login_unseen() => Some(Self::Unseen(login)),
            (401 | 403, _) if given && !response.confided => {
                Some(Self::LeftBehind { host: response.url.host_str().unwrap_or_default().to_owned() })
            }
            (401 | 403, Some(login)) => Some(Self::Refused(login)),
            (401 | 403, None) if given => Some(Self::Headers),
            _ => None,
        }
    }
}

/// A status in words, where an operator may not know the number.
pub(super) fn reason(status: u16) -> &'static str {
    match status {
        401 => " (login required)",
        403 => " (forbidden)",
        404 => " (not found)",
        407 => " (the proxy wants a login: `proxy-user` and `proxy-password-credential`, or other ones)",
        410 => " (gone for good)",
        429 => " (too many requests)",
        451 => " (blocked for legal reasons)",
        500 => " (server error)",
        502 | 504 => " (its gateway has a problem)",
        503 => " (unavailable at the moment)",
        _ => "",
    }
}
