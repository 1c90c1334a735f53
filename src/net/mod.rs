//! The one HTTP client and its guard: schemes, addresses, redirects, caps, time.
//!
//! Owns: every outgoing HTTP request. Calls: `domain`.
