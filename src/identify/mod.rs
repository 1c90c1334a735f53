//! Identify: an entry becomes keys; keys and what the store knows decide new, edit or known.
//!
//! Owns: identity. Calls: `domain`, `text`. Pure: no I/O.
//!
//! No single key can be trusted: guids are missing, all equal, or new at each poll; links carry
//! tracking parameters or all point at the home page; titles are edited. So an entry gets every key
//! it can have, a key that several entries of one poll share is no key in that poll, and the
//! decision names the strongest key that speaks.

mod canonical;
mod decide;
mod keys;

pub use canonical::canonical_url;
pub use decide::{GuidRecord, Identity, ReadAt, decide};
pub use keys::{EntryKeys, batch_keys};
