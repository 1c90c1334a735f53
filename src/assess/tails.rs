//! Tails: what may follow the beginning of a pattern with several choices.
//!
//! Owns: how "{cut,cuts,severs} {all,its} ties {with,to}" is kept: its beginnings stand in the index,
//! once each, and what follows them here, once for all of them. Written out it would be as many
//! patterns as the choices multiply to. Of `lexicon` it knows only what a pattern means. Pure.

use super::lexicon::{Meaning, number};
use std::ops::Range;

/// What may follow the beginnings of patterns.
#[derive(Debug, Default)]
pub(super) struct Tails {
    all: Vec<Tail>,
    /// What stands side by side in a tail: where its choices are.
    parts: Vec<Range<u32>>,
    choices: Vec<Choice>,
    /// The texts of the choices one behind another.
    texts: String,
}

#[derive(Debug)]
struct Tail {
    parts: Range<u32>,
    /// What the whole means where it ends there, and where any ending may follow.
    closed: Meaning,
    open: Meaning,
}

#[derive(Debug)]
struct Choice {
    start: u32,
    end: u32,
    /// Any ending may follow.
    open: bool,
}

impl Tails {
    /// Adds a tail of a cue's pattern, and says its number. `parts` are written as texts are compared.
    pub(super) fn add(&mut self, parts: &[Vec<&str>], cue: u32, compound: bool) -> u32 {
        let first = number(self.parts.len());
        for part in parts {
            let from = number(self.choices.len());
            for text in part {
                let open = text.ends_with('*');
                let start = number(self.texts.len());
                self.texts.push_str(text.trim_end_matches('*'));
                self.choices.push(Choice { start, end: number(self.texts.len()), open });
            }
            self.parts.push(from..number(self.choices.len()));
        }
        let meaning = |open| Meaning::Cue { index: cue, open, compound };
        let parts = first..number(self.parts.len());
        self.all.push(Tail { parts, closed: meaning(false), open: meaning(true) });
        number(self.all.len() - 1)
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.all.shrink_to_fit();
        self.parts.shrink_to_fit();
        self.choices.shrink_to_fit();
        self.texts.shrink_to_fit();
    }

    /// Calls `found` with the end and the meaning of everything that a tail allows at a byte of a text.
    ///
    /// Goes on from each place once, whichever choices led there: a pattern of many choices that are
    /// alike could otherwise be walked in more ways than a text has bytes.
    pub(super) fn follow<'a>(
        &'a self,
        tail: u32,
        text: &str,
        at: usize,
        found: &mut impl FnMut(usize, &'a Meaning),
    ) {
        let Some(tail) = self.all.get(tail as usize) else { return };
        let mut reached = vec![(at, false)];
        for part in self.parts.get(tail.parts.start as usize..tail.parts.end as usize).unwrap_or_default() {
            let choices = self.choices.get(part.start as usize..part.end as usize).unwrap_or_default();
            let mut next: Vec<(usize, bool)> = Vec::new();
            for (at, _) in reached {
                let rest = text.as_bytes().get(at..).unwrap_or_default();
                for choice in choices {
                    let wanted = choice.start as usize..choice.end as usize;
                    let wanted = self.texts.as_bytes().get(wanted).unwrap_or_default();
                    let end = (at + wanted.len(), choice.open);
                    if rest.starts_with(wanted) && !next.contains(&end) {
                        next.push(end);
                    }
                }
            }
            reached = next;
        }
        for (end, open) in reached {
            found(end, if open { &tail.open } else { &tail.closed });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_allowed_is_found() {
        let mut tails = Tails::default();
        let tail = tails.add(&[vec!["", "all "], vec!["ties", "tie*"], vec![" with", ""]], 7, false);
        let ends = |text: &str| {
            let mut ends = Vec::new();
            tails.follow(tail, text, 0, &mut |end, meaning| ends.push((end, *meaning)));
            ends.sort_by_key(|(end, _)| *end);
            ends.into_iter().map(|(end, _)| end).collect::<Vec<_>>()
        };
        assert_eq!(ends("all ties with them"), [7, 8, 13]);
        assert_eq!(ends("ties"), [3, 4]);
        assert_eq!(ends("knots"), [] as [usize; 0]);
    }

    #[test]
    fn choices_that_are_alike_are_walked_once() {
        let mut tails = Tails::default();
        let tail = tails.add(&vec![vec!["", " a"]; 40], 7, false);
        let mut count = 0;
        tails.follow(tail, &" a".repeat(100), 0, &mut |_, _| count += 1);
        assert_eq!(count, 41);
    }
}
