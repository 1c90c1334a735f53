//! Schedule: outcome, history and now decide when to poll, or to try a delivery, again.
//!
//! Owns: every waiting time. Calls: `domain`. Pure: no I/O, no clock, no randomness of its own.
