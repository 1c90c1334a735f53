//! Identify: an entry becomes keys; keys and what the store knows decide new, edit or known.
//!
//! Owns: identity. Calls: `domain`, `text`. Pure: no I/O.
