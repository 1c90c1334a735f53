//! Cut: written words that hold several words of the vocabulary become several tokens.
//!
//! Owns: Chinese texts without blanks, Arabic prefixes, Korean particles, German compounds and the
//! one-letter names of dyads ("美中", "한미"). Calls: `lexicon`. Pure. Nothing is moved: tokens only
//! get more borders.

use super::lexicon::{Found, Lexicon, Meaning};
use super::tag::{Token, TokenKind};
use crate::domain::{Boundaries, WordClass};

/// Cuts the tokens of a text; `folded` is the text as the lexicon compares it.
pub(super) fn cut(lexicon: &Lexicon, folded: &str, found: &[Found<'_>], tokens: Vec<Token>) -> Vec<Token> {
    let borders = match lexicon.grammar.boundaries {
        Boundaries::None => segments(folded, found),
        Boundaries::Spaces => {
            let mut borders = Vec::new();
            for token in tokens.iter().filter(|token| token.kind == TokenKind::Word) {
                inside(lexicon, folded, found, *token, &mut borders);
            }
            borders
        }
    };
    if borders.is_empty() { tokens } else { split(tokens, &borders) }
}

/// Where words begin and end in a text without blanks: from the left, the longest first.
fn segments(folded: &str, found: &[Found<'_>]) -> Vec<usize> {
    let mut ordered: Vec<(usize, usize)> = found
        .iter()
        .filter(|one| is_apart(folded, one.start, one.end))
        .map(|one| (one.start, one.end))
        .collect();
    ordered.sort_by(|left, right| left.0.cmp(&right.0).then(right.1.cmp(&left.1)));
    let mut borders = Vec::new();
    let mut reached = 0;
    for (start, end) in ordered {
        if start >= reached {
            borders.extend([start, end]);
            reached = end;
        }
    }
    borders.dedup();
    borders
}

/// Latin letters and digits keep their blanks in any script: the "eu" of "euro" is no word.
fn is_apart(folded: &str, start: usize, end: usize) -> bool {
    let latin = |character: Option<char>| character.is_some_and(|c| c.is_ascii_alphanumeric());
    let (before, after) = (folded[..start].chars().next_back(), folded[end..].chars().next());
    let (first, last) = (folded[start..].chars().next(), folded[..end].chars().next_back());
    !(latin(first) && latin(before) || latin(last) && latin(after))
}

/// The borders inside one written word.
fn inside(lexicon: &Lexicon, folded: &str, found: &[Found<'_>], token: Token, borders: &mut Vec<usize>) {
    let grammar = &lexicon.grammar;
    let (from, to) = (token.start, token.end);
    // What only supports or forbids an ambiguous name is no word of its own.
    let is_word =
        |meaning: &Meaning| !matches!(meaning, Meaning::Support(_) | Meaning::Against(_) | Meaning::Head(_));
    let place = |at: usize| found.partition_point(|one| one.start < at);
    let within: Vec<&Found<'_>> = found
        .get(place(from)..place(to))
        .unwrap_or_default()
        .iter()
        .filter(|one| one.meanings.iter().any(is_word))
        .collect();
    if within.iter().any(|one| one.start == from && (one.end >= to || has_ending(lexicon, folded, one, to))) {
        return;
    }
    let longest = within
        .iter()
        .filter(|one| one.start == from || grammar.prefixes.contains(&folded[from..one.start]))
        .filter(|one| {
            one.end >= to
                || grammar.suffixes.contains(&folded[one.end..to])
                || has_ending(lexicon, folded, one, to)
                || changes_script(folded, one, from)
        })
        .max_by_key(|one| one.end.min(to) - one.start);
    if let Some(one) = longest {
        // An ending belongs to its word.
        let ended = !has_ending(lexicon, folded, one, to);
        borders.extend(
            [(one.start, true), (one.end, ended)]
                .iter()
                .filter(|(at, border)| *border && from < *at && *at < to)
                .map(|(at, _)| *at),
        );
        if ended && one.end < to {
            inside(lexicon, folded, found, Token { start: one.end, ..token }, borders);
        }
        return;
    }
    let is_name = |end: usize| {
        within.iter().any(|one| {
            one.start == from && one.end == end && one.meanings.iter().any(|m| matches!(m, Meaning::Name(_)))
        })
    };
    let compound = within.iter().find(|one| {
        let cue = one.meanings.iter().any(|m| matches!(m, Meaning::Cue { compound: true, .. }));
        let linked = folded[from..one.start].strip_suffix('s').map(|head| from + head.len());
        cue && (is_name(one.start) || linked.is_some_and(is_name))
    });
    if let Some(one) = compound {
        borders.push(one.start);
        return;
    }
    short_names(lexicon, folded, &within, token, borders);
}

/// "美업체": in a Korean headline a Chinese letter is a state, whatever follows it.
fn changes_script(folded: &str, one: &Found<'_>, from: usize) -> bool {
    let han = |character: char| matches!(character, '\u{4e00}'..='\u{9fff}');
    let hangul = |character: char| matches!(character, '\u{ac00}'..='\u{d7a3}');
    one.start == from
        && folded[one.start..one.end].chars().all(han)
        && folded[one.end..].chars().next().is_some_and(hangul)
}

/// Whether what follows a pattern in its word may follow it.
fn has_ending(lexicon: &Lexicon, folded: &str, one: &Found<'_>, to: usize) -> bool {
    one.end < to
        && one.meanings.iter().any(|meaning| match meaning {
            Meaning::Cue { open, .. } => *open,
            Meaning::Name(index) => lexicon.ending(*index as usize, &folded[one.end..to]).is_some(),
            _ => false,
        })
}

/// "한미일", "대북": a word that is nothing but names of one letter and words that support them.
fn short_names(
    lexicon: &Lexicon,
    folded: &str,
    within: &[&Found<'_>],
    token: Token,
    borders: &mut Vec<usize>,
) {
    let mut at = token.start;
    let (mut names, mut supports) = (0, 0);
    let mut inner = Vec::new();
    while at < token.end {
        let short = |meaning: &Meaning| match meaning {
            Meaning::Name(index) => lexicon.names.get(*index as usize).is_some_and(|name| name.short),
            _ => false,
        };
        let support = |meaning: &Meaning| *meaning == Meaning::Word(WordClass::ShortSupport);
        let Some(one) = within.iter().find(|one| {
            one.start == at && one.end <= token.end && one.meanings.iter().any(|m| short(m) || support(m))
        }) else {
            // A particle may close the word: "한미가".
            if lexicon.grammar.suffixes.contains(&folded[at..token.end]) {
                break;
            }
            return;
        };
        if one.meanings.iter().any(short) {
            names += 1;
        } else {
            supports += 1;
        }
        at = one.end;
        inner.push(at);
    }
    if names >= 1 && names + supports >= 2 {
        borders.extend(inner.into_iter().filter(|border| *border < token.end));
    }
}

fn split(tokens: Vec<Token>, borders: &[usize]) -> Vec<Token> {
    let mut borders = borders.to_vec();
    borders.sort_unstable();
    borders.dedup();
    let mut cut = Vec::with_capacity(tokens.len() + borders.len());
    for token in tokens {
        let mut start = token.start;
        if token.kind == TokenKind::Word {
            let first = borders.partition_point(|border| *border <= token.start);
            for border in borders[first..].iter().copied().take_while(|border| *border < token.end) {
                cut.push(Token { start, end: border, ..token });
                start = border;
            }
        }
        cut.push(Token { start, ..token });
    }
    cut
}
