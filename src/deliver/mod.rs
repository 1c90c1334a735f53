//! Deliver: due alerts rendered into bytes (pure), and the channels that send them.
//!
//! Owns: mail, files, the journal. Calls: `domain`, `text`.
