//! Parse: bytes become entries, or an error that says what they are instead.
//!
//! Owns: decoding, repair, feeds, pages, dates. Calls: `domain`, `text`. Pure: no I/O.
