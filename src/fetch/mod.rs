//! Fetch: one conditional GET for a source, politely.
//!
//! Owns: per-host limits and validators. Calls: `domain`, `net`.
