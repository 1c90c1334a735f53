//! Store: SQL and migrations; nothing else writes SQL.
//!
//! Owns: the database file. Calls: `domain`.
