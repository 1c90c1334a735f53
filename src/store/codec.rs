//! How domain values stand in columns.

use super::StoreError;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::str::FromStr;

/// Microseconds since 1970.
pub(super) fn micros(moment: Timestamp) -> i64 {
    moment.as_microsecond()
}

/// The moment of a column.
pub(super) fn moment(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(bad("time"))
}

/// The moment of a column that may be empty.
pub(super) fn moment_if(micros: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    micros.map(moment).transpose()
}

/// A value from its written form.
pub(super) fn term<T: FromStr<Err: Display>>(what: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(bad(what))
}

/// A value as JSON.
pub(super) fn json(what: &'static str, value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(bad(what))
}

/// A value from JSON.
pub(super) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(bad(what))
}

/// A count from a column that SQL keeps signed.
pub(super) fn count(what: &'static str, number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(bad(what))
}

/// An error that names the value.
pub(super) fn bad<E: Display>(what: &'static str) -> impl FnOnce(E) -> StoreError {
    move |error| StoreError::BadValue { what, detail: error.to_string() }
}
