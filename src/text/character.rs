//! What becomes of a single character of a text from the web.

use html5ever::data::C1_REPLACEMENTS;

/// What a character is turned into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It stays.
    Keep,
    /// It is white space of some kind.
    Space,
    /// It shows nothing, or changes how the rest shows.
    Drop,
}

/// What a C1 control is meant to be: windows-1252 read as Latin-1, or `&#150;` in XML, which means
/// U+0096 there and a dash to whoever wrote it.
pub(super) fn meant(character: char) -> char {
    let index = u32::from(character).checked_sub(0x80).and_then(|index| usize::try_from(index).ok());
    index.and_then(|index| C1_REPLACEMENTS.get(index).copied().flatten()).unwrap_or(character)
}

/// White space of every kind is a space; controls, zero-width characters (the Persian non-joiner
/// too: writers use it unevenly, and a word must be found either way), direction marks and
/// overrides, soft hyphens, tags and non-characters are dropped.
pub(super) fn fate(character: char) -> Fate {
    match character {
        '\u{180e}' => Fate::Space,
        _ if character.is_whitespace() => Fate::Space,
        _ if character.is_control() => Fate::Drop,
        '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fffe}'
        | '\u{ffff}'
        | '\u{e0000}'..='\u{e0fff}' => Fate::Drop,
        _ => Fate::Keep,
    }
}
