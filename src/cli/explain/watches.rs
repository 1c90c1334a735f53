//! Watches: which ask for what a text says, which do not, and why not.

use crate::alerting::{Asked, Mismatch};
use crate::cli::output;
use crate::cli::paint::{Paint, Tone};
use crate::config::Config;
use crate::deliver::words::relation_line;
use crate::domain::{Actor, Assessment, Relation, Thresholds, Watch};
use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::{self, Write};

/// Most countries or actions that a reason names.
const MOST_NAMED: usize = 4;

pub(super) fn print(
    out: &mut impl Write,
    config: &Config,
    assessment: &Assessment,
    watches: &[Asked<'_>],
    paint: Paint,
) -> io::Result<()> {
    writeln!(out, "\n{}", paint.tone(Tone::Heading, "Watches"))?;
    if watches.is_empty() {
        return writeln!(out, "  none is configured");
    }
    if assessment.relations.is_empty() {
        return writeln!(out, "  none can match: no relation was found");
    }
    let width = watches.iter().map(|asked| asked.watch.name.as_str().chars().count()).max().unwrap_or(0);
    // Those that match first; the others in the order of the configuration.
    let (matching, others): (Vec<_>, Vec<_>) = watches.iter().partition(|asked| asked.matches());
    for asked in matching.into_iter().chain(others) {
        let Some((index, list)) = asked.nearest() else { continue };
        let Some(relation) = assessment.relations.get(index) else { continue };
        let name = output::plain(asked.watch.name.as_str());
        if list.is_empty() {
            let sign = paint.tone(Tone::Good, "yes");
            writeln!(out, "  {sign}  {name:width$}  {}", relation_line(relation))?;
        } else {
            let sign = paint.tone(Tone::Bad, "no");
            let reasons: Vec<String> =
                list.iter().map(|one| reason(*one, asked.watch, relation, config.thresholds)).collect();
            // Where nobody is concerned it does not matter which relation comes nearest.
            let several = assessment.relations.len() > 1 && !list.contains(&Mismatch::Countries);
            let of = if several { format!(" ({})", relation_line(relation)) } else { String::new() };
            writeln!(out, "  {sign}   {name:width$}  {}{of}", reasons.join("; "))?;
        }
    }
    Ok(())
}

/// Why a watch does not ask for a relation, as a person reads it.
pub(in crate::cli) fn reason(
    mismatch: Mismatch,
    watch: &Watch,
    relation: &Relation,
    thresholds: Thresholds,
) -> String {
    match mismatch {
        Mismatch::Kind => format!("asks for {}, not for {}", list(&watch.kinds), relation.kind),
        Mismatch::Action => format!("asks for {}, not for {}", list(&watch.actions), relation.action),
        Mismatch::Score => {
            let usual = thresholds.of(relation.kind).unwrap_or(thresholds.sanctions);
            let whose = if watch.threshold.is_some() { "this watch" } else { "it" };
            format!("{} of the {} points {whose} takes", relation.score, watch.threshold.unwrap_or(usual))
        }
        Mismatch::Countries => format!("{} takes no part", names(&watch.countries)),
        Mismatch::Modality => format!("asks for {}, not for {}", list(&watch.modalities), relation.modality),
        Mismatch::Direction => format!("{} is not {}", names(&watch.countries), watch.direction),
        Mismatch::Words => format!("does not hold {}", any_of(&watch.words)),
        Mismatch::Without => format!("holds {}", any_of(&watch.without)),
        Mismatch::Source => format!("is not told by {}", any_of(&watch.sources)),
        Mismatch::Partners => format!("with {}, who takes no part", names(&watch.with)),
    }
}

/// "Iran or Belarus"; of many the first are named.
fn names(actors: &BTreeSet<Actor>) -> String {
    let names: Vec<&str> = actors.iter().map(|actor| actor.name()).collect();
    match names.get(MOST_NAMED..) {
        Some(more) if !more.is_empty() => {
            format!("{} or any of {} more", names[..MOST_NAMED].join(", "), more.len())
        }
        _ => names.join(" or "),
    }
}

fn any_of(terms: &BTreeSet<impl Display>) -> String {
    terms.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

fn list(terms: &BTreeSet<impl Display>) -> String {
    terms.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Action, Direction, Kind, Modality, Score, SourceName, WatchName};
    use rstest::rstest;

    fn actors(codes: &[&str]) -> BTreeSet<Actor> {
        codes.iter().map(|code| code.parse().expect("a code")).collect()
    }

    #[rstest]
    #[case(Mismatch::Kind, "asks for sanctions, not for alliance")]
    #[case(Mismatch::Action, "asks for impose, ease, not for sign")]
    #[case(Mismatch::Score, "2.5 of the 6.0 points this watch takes")]
    #[case(Mismatch::Countries, "Cuba or Syria takes no part")]
    #[case(Mismatch::Modality, "asks for planned, denied, not for fact")]
    #[case(Mismatch::Direction, "Cuba or Syria is not acting")]
    #[case(Mismatch::Words, "does not hold oil")]
    #[case(Mismatch::Without, "holds drone*")]
    #[case(Mismatch::Source, "is not told by Meridian")]
    #[case(Mismatch::Partners, "with Germany, Spain, France, Italy or any of 1 more, who takes no part")]
    fn each_reason_is_told(#[case] mismatch: Mismatch, #[case] expected: &str) {
        let watch = Watch {
            name: WatchName::new("Watch").expect("a name"),
            countries: actors(&["CU", "SY"]),
            with: actors(&["DE", "ES", "FR", "IT", "PL"]),
            kinds: BTreeSet::from([Kind::Sanctions]),
            actions: BTreeSet::from([Action::Impose, Action::Ease]),
            modalities: BTreeSet::from([Modality::Planned, Modality::Denied]),
            direction: Direction::Acting,
            words: BTreeSet::from(["oil".parse().expect("a word")]),
            without: BTreeSet::from(["drone*".parse().expect("a word")]),
            sources: BTreeSet::from([SourceName::new("Meridian").expect("a name")]),
            full_text: false,
            threshold: Some(Score::from_points(6.0)),
        };
        let relation = Relation {
            kind: Kind::Alliance,
            action: Action::Sign,
            from: BTreeSet::new(),
            to: BTreeSet::new(),
            by: BTreeSet::new(),
            between: actors(&["BY", "IR"]),
            also: BTreeSet::new(),
            modality: Modality::Fact,
            score: Score::from_points(2.5),
            evidence: Vec::new(),
        };
        let thresholds = Thresholds::default();
        assert_eq!(reason(mismatch, &watch, &relation, thresholds), expected);
        let usual = Watch { threshold: None, ..watch };
        let told = reason(Mismatch::Score, &usual, &relation, thresholds);
        assert_eq!(told, format!("2.5 of the {} points it takes", thresholds.alliance));
    }
}
