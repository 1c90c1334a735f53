//! Figures: how right the judgement is by the labels, for a person: each share with how sure it is, and each mistake.

use super::report::item_line;
use super::{Labels, Run, Shown};
use crate::backtest::score::{Counts, Share, Tally};
use crate::backtest::{Mistake, OfWatch, Setup, Subject};
use crate::cli::explain::print_relation;
use crate::cli::output;
use crate::cli::paint::Tone;
use crate::domain::{Relation, strongest};
use std::io::{self, Write};

pub(super) fn print(
    out: &mut impl Write,
    shown: Shown<'_>,
    (run, is_named): (&Run<'_>, bool),
    labels: &Labels,
) -> io::Result<()> {
    let measured = &labels.measured;
    let name = if is_named { format!(": {}", run.name) } else { String::new() };
    let heading = format!("By {}{name}", output::count(labels.items.len(), "label", "labels"));
    writeln!(out, "\n{}", shown.paint.tone(Tone::Heading, &heading))?;
    let mut rows: Vec<(String, Tally)> = kinds("", &measured.all);
    rows.push(("told at all".to_owned(), measured.told));
    rows.push(("countries".to_owned(), measured.all.countries));
    if measured.languages.len() > 1 {
        for (language, counts) in &measured.languages {
            rows.extend(kinds(&format!("{language}: "), counts));
        }
    }
    let mut rows: Vec<_> = rows.into_iter().map(|(name, tally)| (name, tally, false)).collect();
    let watch =
        |one: &OfWatch| (format!("watch {}", output::plain(one.name.as_str())), one.tally, one.is_narrow);
    rows.extend(measured.watches.iter().map(watch));
    // What was neither said nor true has nothing to tell.
    rows.retain(|(_, tally, _)| *tally != Tally::default());
    let width = rows.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or_default();
    writeln!(out, "  {:width$}  {:26}  {:26}  F1", "", "precision (95 %)", "recall (95 %)")?;
    for (name, tally, is_narrow) in &rows {
        let none = || "–".to_owned();
        // What a label does not say nobody can have missed.
        let (recall, f1) = if *is_narrow {
            (none(), none())
        } else {
            (share(tally.recall()), tally.f1().map_or_else(none, number))
        };
        writeln!(out, "  {name:width$}  {:26}  {recall:26}  {f1}", share(tally.precision()))?;
    }
    let pairs = [("pairs right", measured.all.pair_precision), ("pairs found", measured.all.pair_recall)];
    for (name, value) in pairs.into_iter().filter(|(_, value)| value.whole > 0) {
        writeln!(out, "  {name:width$}  {}", share(value))?;
    }
    print_mistakes(out, shown, &run.setup, labels)
}

fn kinds(of: &str, counts: &Counts) -> Vec<(String, Tally)> {
    vec![(format!("{of}sanctions"), counts.sanctions), (format!("{of}alliance"), counts.alliance)]
}

/// "0.975 (0.93–0.99) 118/121".
fn share(share: Share) -> String {
    let Some(value) = share.value() else { return "–".to_owned() };
    let between = share.interval().map_or_else(String::new, |(low, high)| format!(" ({low:.2}–{high:.2})"));
    format!("{}{between} {}/{}", number(value), share.part, share.whole)
}

fn number(value: f64) -> String {
    format!("{value:.3}")
}

/// Each mistake with its evidence, those of kinds first: a watch errs as they do, mostly.
fn print_mistakes(
    out: &mut impl Write,
    shown: Shown<'_>,
    setup: &Setup<'_>,
    labels: &Labels,
) -> io::Result<()> {
    let mut subjects: Vec<(&Subject, bool)> =
        labels.measured.mistakes.iter().map(|mistake| (&mistake.subject, mistake.missed)).collect();
    subjects.sort();
    subjects.dedup();
    for (subject, missed) in subjects {
        let of = |mistake: &&Mistake| mistake.subject == *subject && mistake.missed == missed;
        let all: Vec<&Mistake> = labels.measured.mistakes.iter().filter(of).collect();
        let title = format!("{} {}", if missed { "Missed:" } else { "False:" }, words(subject));
        writeln!(out, "\n{} ({})", shown.paint.tone(Tone::Bad, &title), all.len())?;
        for mistake in all.iter().take(shown.most) {
            let relations: Vec<Relation> = labels.judged[mistake.item]
                .assessment
                .relations
                .iter()
                .filter(|relation| !matches!(subject, Subject::Kind(kind) if relation.kind != *kind))
                .cloned()
                .collect();
            let points = strongest(&relations).to_string();
            writeln!(out, "{}", item_line(&labels.items, mistake.item, &points))?;
            // A watch's mistakes stand above already, with the evidence, where a kind is mistaken.
            if matches!(subject, Subject::Watch(_)) {
                continue;
            }
            if relations.is_empty() {
                let reason = labels.judged[mistake.item].assessment.unreported;
                let words = reason.map_or("nothing was found", output::in_words);
                writeln!(out, "          {words}")?;
            }
            for relation in &relations {
                let lacks = !setup.thresholds.reaches(relation);
                if lacks == missed {
                    print_relation(out, relation)?;
                }
            }
        }
        if all.len() > shown.most {
            writeln!(out, "  and {} more; --most lists more", all.len() - shown.most)?;
        }
    }
    Ok(())
}

fn words(subject: &Subject) -> String {
    match subject {
        Subject::Kind(kind) => kind.to_string(),
        Subject::Told => "told at all".to_owned(),
        Subject::Watch(name) => format!("watch {}", output::plain(name.as_str())),
    }
}
