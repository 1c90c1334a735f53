//! The one HTTP client and its guard: schemes, addresses, redirects, caps, time.
//!
//! Owns: every outgoing HTTP request. Calls: `domain`. Errors say what the server or the network
//! did; whether to try again is [`NetError::is_temporary`], and nothing is tried again here.
//!
//! The guard has three places, because no one of them sees everything: an address written in a URL
//! never reaches the resolver, so URLs are checked before each hop; names are resolved by us and only
//! checked addresses are handed to the connection, so a name that changes its mind between check and
//! connection has nothing to change; and there is no proxy, which resolves for itself, unless the operator
//! configures one (`proxy` says what is checked then).

mod client;
mod error;
mod freshness;
mod guard;
mod proxy;
mod question;
mod resolve;
mod retry_after;
mod trail;

pub use client::{Client, Response};
pub use error::NetError;
pub use freshness::fresh_for;
pub use guard::{check_url, is_allowed};
pub use question::{Confided, Question};
pub use retry_after::retry_after;
pub use trail::Trail;
