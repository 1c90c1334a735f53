//! The way of one question over redirects.

use std::time::Duration;
use url::Url;

/// Where a question is, and how it came there.
#[derive(Debug)]
pub struct Trail {
    pub(super) url: Url,
    /// Where the redirects that say so have moved the address for good.
    pub(super) moved: Option<Url>,
    /// Every redirect so far was for good.
    pub(super) for_good: bool,
    /// Redirects that may still be followed.
    pub(super) redirects_left: u8,
    /// What is left of the time for all hops.
    pub(super) time_left: Duration,
}

impl Trail {
    /// Where is asked next.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }
}
