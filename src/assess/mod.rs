//! Assess: an item becomes relations, scores and evidence.
//!
//! Owns: the judgement. Calls: `domain`, `text`. Pure: no I/O.
