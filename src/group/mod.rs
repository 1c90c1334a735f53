//! Group: an item and candidate stories decide new or duplicate.
//!
//! Owns: what is one story. Calls: `domain`, `text`. Pure: no I/O.
