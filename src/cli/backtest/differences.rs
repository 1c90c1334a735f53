//! Differences: what another configuration would tell, for a person, with what made the difference.

use super::report::{item_line, reader, says, score, watch_names};
use super::{Run, Shown};
use crate::backtest::{Difference, Lack, Story, Why};
use crate::cli::explain::{reason, signed};
use crate::cli::output;
use crate::cli::paint::Tone;
use crate::domain::{Evidence, SubscriberKey, Thresholds, WatchName};
use std::collections::BTreeSet;
use std::io::{self, Write};

pub(super) fn print(
    out: &mut impl Write,
    shown: Shown<'_>,
    (before, after): (&Run<'_>, &Run<'_>),
    differences: &[Difference<'_>],
) -> io::Result<()> {
    let sort = |difference: &&Difference<'_>| (difference.before.is_some(), difference.after.is_some());
    let of = |wanted| differences.iter().filter(move |one| sort(one) == wanted).collect::<Vec<_>>();
    let (appear, disappear, change) = (of((false, true)), of((true, false)), of((true, true)));
    let heading = shown.paint.tone(Tone::Heading, &format!("Against {}", after.name));
    if differences.is_empty() {
        return writeln!(out, "\n{heading}\n  nothing differs");
    }
    writeln!(
        out,
        "\n{heading}\n  {} appear, {} disappear, {} change",
        appear.len(),
        disappear.len(),
        change.len()
    )?;
    for (title, tone, differences) in [
        ("Appear", Tone::Good, appear),
        ("Disappear", Tone::Bad, disappear),
        ("Change", Tone::Heading, change),
    ] {
        if differences.is_empty() {
            continue;
        }
        writeln!(out, "\n{}", shown.paint.tone(tone, title))?;
        for difference in differences {
            print_one(out, shown, (before, after), difference)?;
        }
    }
    Ok(())
}

fn print_one(
    out: &mut impl Write,
    shown: Shown<'_>,
    (before, after): (&Run<'_>, &Run<'_>),
    difference: &Difference<'_>,
) -> io::Result<()> {
    let story = |run: &'_ Run<'_>, at: Option<usize>| -> Option<Story> {
        at.and_then(|at| run.replay.stories.get(at)).cloned()
    };
    let (was, is) = (story(before, difference.before), story(after, difference.after));
    let points = match (score(was.as_ref()), score(is.as_ref())) {
        (Some(was), Some(is)) if was != is => format!("{was} → {is}"),
        (Some(score), _) | (None, Some(score)) => score.to_string(),
        (None, None) => String::new(),
    };
    writeln!(out, "{}", item_line(shown.items, difference.item, &points))?;
    match (&was, &is) {
        (Some(was), Some(is)) if says(&was.says) != says(&is.says) => {
            writeln!(out, "          said: {}", says(&was.says))?;
            writeln!(out, "          says: {}", says(&is.says))?;
        }
        (_, Some(story)) | (Some(story), None) => writeln!(out, "          {}", says(&story.says))?,
        (None, None) => {}
    }
    if was.is_some() && is.is_some() {
        sets(out, "watches", names(&difference.watches_gone), names(&difference.watches_come))?;
        sets(out, "told to", readers(&difference.readers_gone), readers(&difference.readers_come))?;
    } else {
        let (watches, whom) = if is.is_some() {
            (&difference.watches_come, &difference.readers_come)
        } else {
            (&difference.watches_gone, &difference.readers_gone)
        };
        writeln!(out, "          for {}; to {}", names(watches), readers(whom))?;
    }
    if let Some(why) = &difference.why {
        for (silent, line) in because(why, shown, (before, after), difference) {
            writeln!(out, "          not by {}: {line}", silent.name)?;
        }
    }
    for (word, tone, evidence) in
        [("gone", Tone::Bad, &difference.gone), ("new ", Tone::Good, &difference.come)]
    {
        for evidence in evidence {
            writeln!(out, "          {} {}", shown.paint.tone(tone, word), evidence_line(evidence))?;
        }
    }
    Ok(())
}

/// Why a configuration does not tell an item, or not by a watch; each reason with the configuration.
fn because<'r, 'c>(
    why: &Why<'_>,
    shown: Shown<'_>,
    (before, after): (&'r Run<'c>, &'r Run<'c>),
    difference: &Difference<'_>,
) -> Vec<(&'r Run<'c>, String)> {
    let silent = if difference.after.is_some() { before } else { after };
    match why {
        Why::Says(reason) => vec![(silent, format!("{} ({reason})", output::in_words(*reason)))],
        Why::Lacks(lacks) => {
            let run =
                |lack: &Lack<'_>| if difference.watches_gone.contains(&lack.name) { after } else { before };
            let line = |lack| (run(lack), lacking(lack, run(lack).setup.thresholds));
            lacks.iter().map(line).collect()
        }
        Why::PartOf(story) => {
            let lead = silent.replay.stories.get(*story).and_then(|story| shown.items.get(story.lead));
            let title = lead.map(|item| output::plain(&item.entry.title)).unwrap_or_default();
            vec![(silent, format!("part of the story “{title}”"))]
        }
    }
}

fn lacking(lack: &Lack<'_>, thresholds: Thresholds) -> String {
    let name = output::plain(lack.name.as_str());
    match &lack.nearest {
        None => format!("{name}: there is no such watch"),
        Some((watch, relation, mismatches)) => {
            let reasons: Vec<String> =
                mismatches.iter().map(|one| reason(*one, watch, relation, thresholds)).collect();
            format!("{name}: {}", reasons.join("; "))
        }
    }
}

fn evidence_line(evidence: &Evidence) -> String {
    let text = output::plain(&evidence.text);
    let weight = signed(evidence.weight);
    format!(
        "{weight:>6}  {:28} “{text}”  ({} {}–{})",
        evidence.rule, evidence.field, evidence.start, evidence.end
    )
}

fn sets(out: &mut impl Write, what: &str, gone: String, come: String) -> io::Result<()> {
    for (word, names) in [("no longer", gone), ("also", come)] {
        if !names.is_empty() {
            writeln!(out, "          {what}, {word}: {names}")?;
        }
    }
    Ok(())
}

fn names(watches: &BTreeSet<WatchName>) -> String {
    watch_names(watches)
}

fn readers(keys: &BTreeSet<SubscriberKey>) -> String {
    keys.iter().map(reader).collect::<Vec<_>>().join(", ")
}
