//! HTML fragments to plain text.

use super::Line;
use super::character::{Fate, fate};
use super::entity;
use super::markup::{Piece, Pieces};

/// Most bytes of a text that are looked at; what follows is not read.
pub const MAX_INPUT_BYTES: usize = 256 * 1024;

/// How often markup is removed: feeds escape twice (`&amp;lt;b&amp;gt;`, `&amp;#39;`). The first
/// round then gives `&lt;b&gt;`, the second `<b>`, the third nothing.
const ROUNDS: usize = 3;

/// Plain text of an HTML fragment or of plain text: markup removed, entities decoded (also those
/// escaped twice), white space collapsed, control, invisible and direction-changing characters
/// dropped, at most `max_chars` characters. Blocks, line breaks and unknown elements leave a space,
/// inline elements none; the contents of scripts, styles and frames are dropped. A `<` or `&` that
/// begins neither an element nor a reference is text and stays.
#[must_use]
pub fn plain(html: &str, max_chars: usize) -> String {
    if html.len() <= max_chars.min(MAX_INPUT_BYTES) && is_plain(html) {
        return html.to_owned();
    }
    let mut text = round(bounded(html), usize::MAX);
    for _ in 1..ROUNDS {
        if !text.contains(['<', '&']) {
            break;
        }
        text = round(&text, usize::MAX);
    }
    if let Some((end, _)) = text.char_indices().nth(max_chars) {
        text.truncate(end);
        text.truncate(text.trim_end().len());
    }
    text
}

/// Whether there is nothing to do: single blanks, neither markup nor references, and no character
/// that is dropped or meant as another one.
fn is_plain(text: &str) -> bool {
    let mut space = true;
    let mut rest = text;
    // Most of a text is ASCII, which needs no decoding.
    loop {
        let first = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        let (ascii, other) = rest.split_at(first);
        for byte in ascii.bytes() {
            match byte {
                b' ' if space => return false,
                b'<' | b'&' | ..b' ' | 0x7f.. => return false,
                _ => space = byte == b' ',
            }
        }
        let mut characters = other.chars();
        let Some(character) = characters.next() else { break };
        if matches!(character, '\u{80}'..='\u{9f}') || fate(character) != Fate::Keep {
            return false;
        }
        space = false;
        rest = characters.as_str();
    }
    !space || text.is_empty()
}

fn round(html: &str, max_chars: usize) -> String {
    let mut line = Line::new(max_chars);
    for piece in Pieces::new(html) {
        match piece {
            Piece::Text(text) => entity::decode(text, |character| line.push(character)),
            Piece::Open(tag) if tag.inline => {}
            Piece::Close { inline: true, .. } | Piece::Raw { .. } => {}
            Piece::Open(_) | Piece::Close { .. } => line.space(),
        }
    }
    line.finish()
}

/// The part of a text that is looked at, cut between two characters.
fn bounded(text: &str) -> &str {
    let mut end = text.len().min(MAX_INPUT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("Iran signs a roadmap", "Iran signs a roadmap")]
    #[case::comparison("x < 3 && y > 4", "x < 3 && y > 4")]
    #[case::letters_compared("if x<y then z", "if x<y then z")]
    #[case::company("AT&T, R&D", "AT&T, R&D")]
    #[case::arrow("Minsk <-> Tehran", "Minsk <-> Tehran")]
    #[case::no_element("<BREAKING> Minsk signs", "<BREAKING> Minsk signs")]
    #[case::quotation("<속보> 제재 발표", "<속보> 제재 발표")]
    #[case::inline("<b>San</b>ctions <em>eased</em>", "Sanctions eased")]
    #[case::blocks("<p>One.</p><p>Two.</p>", "One. Two.")]
    #[case::line_break("One<br/>Two<BR>Three", "One Two Three")]
    #[case::table("<table><tr><td>a</td><td>b</td></tr></table>", "a b")]
    #[case::image("a<img src='x' alt=\"y > z\">b", "a b")]
    #[case::script("a<script>if (x < 1) { '<p>no</p>' }</script>b", "a b")]
    #[case::style("<style>p { color: red }</style>text", "text")]
    #[case::unclosed_script("before<script>after", "before")]
    #[case::comment("a<!-- <b>no</b> -->b", "ab")]
    #[case::short_comment("a<!-->b", "ab")]
    #[case::unclosed_comment("a <!-- b", "a")]
    #[case::declarations("<?xml version='1.0'?><!DOCTYPE html>a", "a")]
    #[case::character_data("<![CDATA[Minsk & Tehran]]>", "Minsk & Tehran")]
    #[case::entities(
        "Lukashenko&rsquo;s &quot;visit&quot;&nbsp;&mdash; it&#39;s on",
        "Lukashenko’s \"visit\" — it's on"
    )]
    #[case::escaped_twice("&amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt; it&amp;#39;s", "bold it's")]
    #[case::escaped_once("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;", "One Two")]
    #[case::cut_tag("The deal <a href=\"https://exam", "The deal")]
    #[case::cut_tag_name("The deal <span", "The deal")]
    #[case::cut_tag_name_in_a_name("The deal </", "The deal </")]
    #[case::invisible("z\u{200b}e\u{feff}r\u{ad}o \u{202e}right\u{202c}", "zero right")]
    #[case::controls("a\u{0}b\u{1b}[0mc\u{7f}\td", "ab[0mc d")]
    #[case::latin_controls("choice\u{97}that it\u{92}s", "choice—that it’s")]
    #[case::white_space(" a \u{a0}\u{2028}\r\n b\u{3000} ", "a b")]
    #[case::word_markup("<o:p></o:p>text<st1:place>Minsk</st1:place>", "text Minsk")]
    #[case::nothing("", "")]
    #[case::markup_only("<p><br></p>", "")]
    fn texts(#[case] html: &str, #[case] expected: &str) {
        assert_eq!(plain(html, 500), expected);
    }

    #[test]
    fn cut_by_characters_not_bytes() {
        assert_eq!(plain("Санкции против", 7), "Санкции");
        assert_eq!(plain("Санкции против", 8), "Санкции");
        assert_eq!(plain("<p>日本</p><p>語</p>", 4), "日本 語");
        assert_eq!(plain("anything", 0), "");
    }

    #[test]
    fn input_is_cut_between_characters() {
        let long = format!("a{}", "日".repeat(MAX_INPUT_BYTES));
        assert_eq!(plain(&long, usize::MAX).chars().count(), 1 + (MAX_INPUT_BYTES - 1) / 3);
    }

    /// Each of these takes a tree builder seconds to minutes; here each byte is looked at a fixed
    /// number of times, so the test's time is its own proof.
    #[rstest]
    #[case::lists("<ul><li>")]
    #[case::open_tags("<a ")]
    #[case::open_quotes("<a x=\"")]
    #[case::attributes("<a b ")]
    #[case::comments("<!-")]
    #[case::scripts("<script></scrip")]
    #[case::references("&a&#&#x")]
    #[case::comparisons("x<y ")]
    #[case::closing("</")]
    fn hostile_texts_end(#[case] part: &str) {
        let text = part.repeat(512 * 1024 / part.len());
        assert!(plain(&text, 4000).chars().count() <= 4000);
    }
}
