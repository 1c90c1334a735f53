//! Tokens: a text cut at blanks and punctuation, and what each piece is.

use super::{Token, TokenKind};
use crate::assess::lexicon::Lexicon;
use crate::domain::WordClass;

pub(super) fn tokenize(lexicon: &Lexicon, text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 5 + 1);
    let mut end = 0;
    while let Some(character) = text[end..].chars().next() {
        let start = end;
        end += character.len_utf8();
        if character.is_whitespace() {
            continue;
        }
        let kind = if character.is_alphanumeric() {
            end = word_end(text, start, end);
            TokenKind::Word
        } else {
            let rest = &text[end..];
            let after_word =
                tokens.last().is_some_and(|last| last.end == start && last.kind == TokenKind::Word);
            match character {
                '\'' if after_word
                    && (rest.starts_with('s') || rest.starts_with('S'))
                    && !rest[1..].starts_with(char::is_alphanumeric) =>
                {
                    end += 1;
                    TokenKind::Possessive
                }
                '\'' if after_word && text[..start].ends_with('s') && rest.starts_with(' ') => {
                    TokenKind::Possessive
                }
                // "Öl- und Gassanktionen": the rest of the word follows later.
                '-' if after_word && rest.starts_with(' ') => TokenKind::Hyphen,
                // "USA:s": Swedish writes the genitive so after an abbreviation.
                ':' if after_word
                    && rest.starts_with('s')
                    && !rest[1..].starts_with(char::is_alphanumeric) =>
                {
                    end += 1;
                    TokenKind::Possessive
                }
                '-' | '/' | '\u{2013}' | '\u{b7}' | '\u{30fb}'
                    if after_word && rest.starts_with(char::is_alphanumeric) =>
                {
                    TokenKind::Hyphen
                }
                '\u{2013}' | '-' | ':' | ';' | '|' | '\u{61b}' => TokenKind::Break,
                ',' | '\u{60c}' | '\u{3001}' => TokenKind::Comma,
                '.' if rest.starts_with("..") => {
                    end += rest.len() - rest.trim_start_matches('.').len();
                    TokenKind::Break
                }
                '.' if is_full_stop(lexicon, tokens.last().map(|last| &text[last.start..last.end]), rest) => {
                    TokenKind::Stop
                }
                '!' | '?' | '\u{3002}' | '\u{61f}' | '\u{6d4}' => TokenKind::Stop,
                '\'' | '"' | '(' | ')' | '[' | ']' | '\u{300a}'..='\u{3011}' => TokenKind::Quote,
                _ => TokenKind::Other,
            }
        };
        tokens.push(Token { start, end, kind, classes: 0, mention: 0 });
    }
    tokens
}

/// Where the word ends of which the first character ends at `end`.
fn word_end(text: &str, start: usize, mut end: usize) -> usize {
    loop {
        // Most words are plain ASCII: their letters need no look at what follows.
        end += text[end..].bytes().take_while(u8::is_ascii_alphanumeric).count();
        let mut rest = text[end..].chars();
        let Some(next) = rest.next() else { return end };
        let (word, rest) = (&text[start..end], rest.as_str());
        let continued = next.is_alphanumeric()
            || (matches!(next, '.' | ',')
                && word.chars().all(char::is_numeric)
                && rest.starts_with(|c: char| c.is_numeric()))
            || (next == '.' && is_initials(word, rest));
        if !continued {
            return end;
        }
        end += next.len_utf8();
    }
}

/// "U" of "U.S.": single letters with full stops between them.
fn is_initials(before: &str, rest: &str) -> bool {
    let letter = before.rsplit('.').next().is_some_and(|last| {
        let mut letters = last.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
    });
    let next_letter = {
        let mut following = rest.chars();
        following.next().is_some_and(char::is_uppercase)
            && following.next().is_none_or(|c| !c.is_alphanumeric())
    };
    letter && (next_letter || before.contains('.'))
}

fn is_full_stop(lexicon: &Lexicon, word: Option<&str>, rest: &str) -> bool {
    let ends = rest.is_empty()
        || rest.starts_with(['"', '\'', ')'])
        || (rest.starts_with(' ') && rest.trim_start().starts_with(|c: char| !c.is_lowercase()));
    let short = || {
        word.is_some_and(|word| {
            // An initial is short; the dots of an ellipsis are none.
            word.chars().count() == 1 && word != "."
                || lexicon.lists(WordClass::Abbreviation, &word.to_lowercase())
        })
    };
    ends && !short()
}
