//! Character references (`&amp;`, `&#39;`, `&#x2019;`) as browsers read them.

use super::character::meant;
use html5ever::data::NAMED_ENTITIES;

/// The longest name HTML knows has 31 letters; digits beyond this are no character anyway.
const MAX_NAME_BYTES: usize = 32;

/// Hands each character of a text to `push`, references decoded.
pub(super) fn decode(text: &str, mut push: impl FnMut(char)) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        before.chars().for_each(&mut push);
        let body = reference.get(1..).unwrap_or_default();
        let length = match body.strip_prefix('#') {
            Some(number) => numeric(number, &mut push).map(|length| length + 1),
            None => named(body, &mut push),
        };
        if let Some(length) = length {
            rest = body.get(length..).unwrap_or_default();
        } else {
            push('&');
            rest = body;
        }
    }
    rest.chars().for_each(push);
}

/// Reads what follows `&#`; gives the bytes read.
fn numeric(text: &str, push: &mut impl FnMut(char)) -> Option<usize> {
    let (digits, radix, lead) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 1),
        None => (text, 10, 0),
    };
    let length = digits.bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
    if length == 0 {
        return None;
    }
    // A number with hundreds of digits overflows: no character, as in a browser.
    let code = u32::from_str_radix(digits.get(..length)?, radix).unwrap_or(u32::MAX);
    push(character(code));
    let semicolon = usize::from(digits.as_bytes().get(length) == Some(&b';'));
    Some(lead + length + semicolon)
}

/// The character of a number; 128 to 159 mean windows-1252, as HTML says.
fn character(code: u32) -> char {
    char::from_u32(code).filter(|c| *c != '\0').map_or(char::REPLACEMENT_CHARACTER, meant)
}

/// Reads what follows `&`; gives the bytes read. Without its semicolon a name counts only where HTML
/// allows that and no letter, digit or `=` follows: `?a=1&copy=2` is an address.
fn named(text: &str, push: &mut impl FnMut(char)) -> Option<usize> {
    let length = text.bytes().take(MAX_NAME_BYTES).take_while(u8::is_ascii_alphanumeric).count();
    let next = text.as_bytes().get(length);
    let end = match next {
        Some(b';') => length + 1,
        Some(b'=') => return None,
        _ => length,
    };
    let (first, second) = NAMED_ENTITIES.get(text.get(..end)?).copied().filter(|(first, _)| *first != 0)?;
    for code in [first, second] {
        if code != 0 {
            push(char::from_u32(code)?);
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::named("R&amp;D &eacute;t&eacute;", "R&D été")]
    #[case::two_characters("&NotEqualTilde;", "≂\u{338}")]
    #[case::decimal("it&#39;s &#8217;", "it's ’")]
    #[case::hexadecimal("&#x2019;&#X41;", "’A")]
    #[case::windows("&#146;&#150;", "’–")]
    #[case::no_semicolon("&#39s &copy 2026 &amp", "'s © 2026 &")]
    #[case::address("?a=1&copy=2&section=3&lt", "?a=1&copy=2&section=3<")]
    #[case::no_reference("AT&T & Q&A; && &; &# &#x; &nosuch;", "AT&T & Q&A; && &; &# &#x; &nosuch;")]
    #[case::no_character("&#0;&#xD800;&#99999999999;", "\u{fffd}\u{fffd}\u{fffd}")]
    #[case::one_round_only("&amp;lt;", "&lt;")]
    fn references(#[case] text: &str, #[case] expected: &str) {
        let mut decoded = String::new();
        decode(text, |character| decoded.push(character));
        assert_eq!(decoded, expected);
    }
}
