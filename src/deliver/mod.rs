//! Deliver: due alerts rendered into bytes, and the channels that send the bytes.
//!
//! Owns: the words for relations (`words`), mail and log lines (`render`, pure: the same alerts give
//! the same bytes), alerts that show what a mail looks like (`sample`), and SMTP, the folder of `.eml`
//! files and the journal (`channel`, the effects).
//! Calls: `domain`. Rendering fails only on what no retry mends (`RenderError`); sending tells by
//! `SendError` what to do next: hold the channel, try the delivery later, or refuse it for good.

pub mod channel;
mod clean;
mod languages;
pub mod render;
pub mod sample;
pub mod words;

#[cfg(test)]
mod fixtures;
