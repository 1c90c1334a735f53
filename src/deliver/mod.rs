//! Deliver: due alerts rendered into bytes, and the channels that send the bytes.
//!
//! Owns: the words for relations (`words`) and their JSON (`shape`), mail, log lines and webhooks'
//! requests (`render`, pure: the same alerts give the same bytes), alerts that show what a mail looks like
//! (`sample`), and SMTP, the folder of `.eml` files, the journal and webhooks (`channel`, the effects).
//! Calls: `domain`, and `net` to call webhooks. Rendering fails only on what no retry mends (`RenderError`); sending tells by
//! `SendError` what to do next: hold the channel, try the delivery later, or refuse it for good.

mod address;
pub mod channel;
mod clean;
mod languages;
pub mod render;
pub mod sample;
pub mod shape;
pub mod words;

#[cfg(test)]
mod fixtures;
