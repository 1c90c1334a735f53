//! Rests: how one of several addresses of a source is left alone while another one is read.

use super::relation::{UnknownTerm, terms};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

terms! {
    /// Why an address is left alone.
    RestReason ("rest") {
        /// It could not be read.
        Failing = "failing",
        /// Its server asked for it.
        Asked = "asked",
        /// Its server says that it is gone for good.
        Gone = "gone",
    }
}

/// How an address is left alone that gave nothing to read when it was last asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Failures in a row.
    pub failures: u32,
    /// Until when it is not asked.
    pub until: Timestamp,
    /// Why.
    pub reason: RestReason,
}
