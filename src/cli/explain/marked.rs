//! Marked: a text, clause by clause, with its names and words shown for what they were taken.
//!
//! Owns: how marks look in colours and in signs. Nothing of the text reaches a terminal uncleaned.

use crate::assess::{Explanation, Mark, Marked, Place};
use crate::cli::paint::{Paint, Tone};
use crate::domain::{CleanText, Field};
use crate::text::part_of_line;
use std::io::{self, Write};

/// The text of a field.
pub(super) fn field_text(text: &CleanText, field: Field) -> &str {
    match field {
        Field::Title => &text.title,
        Field::Summary => &text.summary,
        Field::Body => &text.body,
    }
}

/// Prints the text. Of an article only the clauses are shown in which something is marked.
pub(super) fn print(out: &mut impl Write, explanation: &Explanation, paint: Paint) -> io::Result<()> {
    let mut number = 0;
    for (field, name) in [(Field::Title, "Headline"), (Field::Summary, "Summary"), (Field::Body, "Article")] {
        let text = field_text(&explanation.text, field);
        if text.is_empty() {
            continue;
        }
        writeln!(out, "{}", paint.tone(Tone::Heading, name))?;
        let shown = shown(explanation, field);
        let mut clauses: Vec<Place> =
            explanation.clauses.iter().filter(|clause| clause.field == field).copied().collect();
        if clauses.is_empty() {
            clauses.push(Place { field, start: 0, end: text.len() });
        }
        let mut passed_over = 0;
        for clause in clauses {
            number += 1;
            let within = |mark: &&&Mark| clause.start <= mark.place.start && mark.place.end <= clause.end;
            let marks: Vec<&Mark> = shown.iter().filter(within).copied().collect();
            if field == Field::Body && marks.is_empty() {
                passed_over += 1;
                continue;
            }
            writeln!(out, "{number:4}  {}", line(text, clause, &marks, paint))?;
        }
        if passed_over > 0 {
            let noun = if passed_over == 1 { "clause" } else { "clauses" };
            let rest = format!("and {passed_over} {noun} in which nothing is marked");
            writeln!(out, "      {}", paint.tone(Tone::Faint, &rest))?;
        }
    }
    legend(out, explanation, paint)
}

/// The marks of a field that are shown, none over another: names before words, long words before
/// short ones.
fn shown(explanation: &Explanation, field: Field) -> Vec<&Mark> {
    let mut marks: Vec<&Mark> = explanation.marks.iter().filter(|mark| mark.place.field == field).collect();
    let rank = |mark: &Mark| match mark.what {
        Marked::Actor { .. } => 0,
        Marked::Unsupported { .. } => 1,
        Marked::Mask => 2,
        Marked::Cue { .. } => 3,
    };
    marks.sort_by_key(|mark| {
        (rank(mark), std::cmp::Reverse(mark.place.end - mark.place.start), mark.place.start)
    });
    let mut shown: Vec<&Mark> = Vec::new();
    for mark in marks {
        let apart =
            |known: &&Mark| known.place.end <= mark.place.start || mark.place.end <= known.place.start;
        if shown.iter().all(apart) {
            shown.push(mark);
        }
    }
    shown.sort_by_key(|mark| mark.place.start);
    shown
}

fn line(text: &str, clause: Place, marks: &[&Mark], paint: Paint) -> String {
    let piece = |start: usize, end: usize| part_of_line(text.get(start..end).unwrap_or_default());
    let mut line = String::new();
    let mut at = clause.start;
    for mark in marks {
        line.push_str(&piece(at, mark.place.start));
        line.push_str(&dressed(&mark.what, &piece(mark.place.start, mark.place.end), paint));
        at = mark.place.end;
    }
    line.push_str(&piece(at, clause.end));
    line
}

/// Words as their mark shows them.
fn dressed(what: &Marked, words: &str, paint: Paint) -> String {
    match (what, paint.colour) {
        (Marked::Actor { actor, .. }, true) => {
            format!("{} {}", paint.tone(Tone::Actor, words), paint.tone(Tone::Faint, actor.code()))
        }
        (Marked::Actor { actor, .. }, false) => format!("[{words} {}]", actor.code()),
        (Marked::Unsupported { .. }, _) => paint.tone(Tone::Faint, &format!("({words}?)")),
        (Marked::Mask, _) => paint.tone(Tone::Faint, &format!("{{{words}}}")),
        (Marked::Cue { .. }, true) => paint.tone(Tone::Word, words),
        (Marked::Cue { .. }, false) => format!("_{words}_"),
    }
}

/// What the signs mean that the text has.
fn legend(out: &mut impl Write, explanation: &Explanation, paint: Paint) -> io::Result<()> {
    type Is = fn(&Marked) -> bool;
    let signs: [(Is, &str); 4] = [
        (
            |what| matches!(what, Marked::Actor { .. }),
            if paint.colour { "name CODE: a country or bloc" } else { "[name CODE] a country or bloc" },
        ),
        (
            |what| matches!(what, Marked::Cue { .. }),
            if paint.colour { "underlined: a word of the vocabulary" } else { "_a word of the vocabulary_" },
        ),
        (|what| matches!(what, Marked::Unsupported { .. }), "(an ambiguous name without support?)"),
        (|what| matches!(what, Marked::Mask), "{a phrase that hides names}"),
    ];
    let meant: Vec<&str> = signs
        .iter()
        .filter(|(is, _)| explanation.marks.iter().any(|mark| is(&mark.what)))
        .map(|(_, sign)| *sign)
        .collect();
    if meant.is_empty() {
        return Ok(());
    }
    writeln!(out, "      {}", paint.tone(Tone::Faint, &meant.join(" · ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::{Assessor, Input};
    use crate::config::embedded_vocabulary;
    use crate::domain::Thresholds;

    fn printed(title: &str, colour: bool) -> String {
        let assessor = Assessor::new(&embedded_vocabulary(), Thresholds::default());
        let input = Input { title, language: Some(crate::domain::Language::ENGLISH), ..Input::default() };
        let mut out = Vec::new();
        print(&mut out, &assessor.explain(&input), Paint { colour }).expect("memory has room");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn marks_are_signs_or_colours() {
        let plain = printed("Belarus frees prisoners as US lifts sanctions", false);
        assert!(plain.contains("   1  [Belarus BY] frees _prisoners_\n"), "{plain}");
        assert!(plain.contains("   2  as [US US] _lifts_ _sanctions_\n"), "{plain}");
        let coloured = printed("Belarus frees prisoners as US lifts sanctions", true);
        assert!(coloured.contains("\u{1b}[1;36mBelarus\u{1b}[0m \u{1b}[2mBY\u{1b}[0m"), "{coloured}");
        assert!(coloured.contains("\u{1b}[4;33msanctions\u{1b}[0m"), "{coloured}");
    }

    #[test]
    fn nothing_hostile_reaches_the_terminal() {
        let hostile =
            "Iran \u{1b}]0;owned\u{7}signs \u{9b}31m a \u{202e}pact&#27;[2J with Belarus &amp;#x1b;[5m";
        let plain = printed(hostile, false);
        assert!(
            !plain.contains(|c: char| c.is_control() && c != '\n') && !plain.contains('\u{202e}'),
            "{plain:?}"
        );
        let own = ["1", "1;36", "4;33", "2", "0"];
        let coloured = printed(hostile, true);
        let mut sequences = coloured.split('\u{1b}').skip(1);
        assert!(
            sequences.all(|rest| own.iter().any(|code| rest.starts_with(&format!("[{code}m")))),
            "{coloured:?}"
        );
    }
}
