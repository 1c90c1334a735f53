//! Patterns of cues: words with choices, "{cut,cuts} ties with".

use std::collections::BTreeSet;
use thiserror::Error;

/// Most texts that one pattern may stand for.
const MOST_TEXTS: usize = 10_000;

/// What a pattern is made of: what stands side by side, and for each the texts of which one stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern<'t> {
    parts: Vec<Vec<&'t str>>,
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadPattern {
    /// It stands for too many texts.
    #[error("`{0}` stands for {1} patterns, more than {MOST_TEXTS}")]
    TooMany(String, usize),
    /// A star, a brace or nothing where words should be.
    #[error("`{0}` is no pattern: a `*` may only begin or end it, a choice is `{{a,b}}`")]
    Misshapen(String),
}

impl<'t> Pattern<'t> {
    /// Reads a pattern.
    pub fn parse(text: &'t str) -> Result<Self, BadPattern> {
        let mut parts: Vec<Vec<&str>> = Vec::new();
        let mut rest = text;
        while let Some((before, (choices, after))) =
            rest.split_once('{').and_then(|(before, behind)| Some((before, behind.split_once('}')?)))
        {
            if !before.is_empty() {
                parts.push(vec![before]);
            }
            parts.push(choices.split(',').collect());
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(vec![rest]);
        }
        let pattern = Self { parts };
        let count = pattern.parts.iter().fold(1_usize, |count, part| count.saturating_mul(part.len()));
        if count > MOST_TEXTS {
            return Err(BadPattern::TooMany(text.to_owned(), count));
        }
        if pattern.is_shapely() { Ok(pattern) } else { Err(BadPattern::Misshapen(text.to_owned())) }
    }

    /// What stands side by side, each with its choices.
    #[must_use]
    pub fn parts(&self) -> &[Vec<&'t str>] {
        &self.parts
    }

    /// Every text it stands for, stars included.
    #[must_use]
    pub fn texts(&self) -> BTreeSet<String> {
        let mut texts = vec![String::new()];
        for part in &self.parts {
            texts = texts
                .iter()
                .flat_map(|text| part.iter().map(move |choice| [text, *choice].concat()))
                .collect();
        }
        texts.into_iter().collect()
    }

    /// Stars stand at the ends only, braces nowhere, and there are words whatever is chosen.
    fn is_shapely(&self) -> bool {
        let last = self.parts.len().saturating_sub(1);
        let inner = |(at, part): (usize, &Vec<&'t str>)| -> Vec<&'t str> {
            let inner = part.iter().map(|text| {
                let text = if at == 0 { text.strip_prefix('*').unwrap_or(text) } else { text };
                if at == last { text.strip_suffix('*').unwrap_or(text) } else { text }
            });
            inner.collect()
        };
        let parts: Vec<Vec<&str>> = self.parts.iter().enumerate().map(inner).collect();
        parts.iter().flatten().all(|text| !text.contains(['*', '{', '}']))
            && parts.iter().any(|part| part.iter().all(|text| !text.trim().is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_written_out() {
        for (written, texts) in [
            ("sanctions", &["sanctions"][..]),
            ("{cut,cuts} ties", &["cut ties", "cuts ties"]),
            ("санкци{я,и*}", &["санкци", "санкция", "санкции*"][1..]),
            ("{,all }{trade,exports}", &["all exports", "all trade", "exports", "trade"]),
            ("*sanktion{en,}*", &["*sanktion*", "*sanktionen*"]),
        ] {
            let expected: BTreeSet<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(Pattern::parse(written).map(|pattern| pattern.texts()), Ok(expected), "{written}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in ["", " ", "**", "fo*o bar", "a{b", "a}b", "{a,{b,c}}", "{,a}", "{a*,b} c", "{,a}*b"] {
            assert!(matches!(Pattern::parse(text), Err(BadPattern::Misshapen(_))), "{text}");
        }
        let many = "{a,b}".repeat(14);
        assert!(matches!(Pattern::parse(&many), Err(BadPattern::TooMany(_, 16_384))));
    }
}
