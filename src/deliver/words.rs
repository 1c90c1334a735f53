//! Words for relations: what happened, between whom, and whether it did, as a person would say it.
//!
//! Owns: the plain words for actions, modalities and sides. Calls: `domain`. Pure.

use crate::domain::{Action, Actor, Kind, Modality, Relation};
use std::collections::BTreeSet;

/// Most actors named on one side; the others are counted.
const MAX_NAMED: usize = 4;

/// One line that says kind, action, sides and modality: "Alliance · signed: Belarus ↔ Iran",
/// "Sanctions · opposed by Belarus and Iran: United States → Belarus, Iran",
/// "Sanctions · to be tightened on Russia". Sides that are not told are left out; who takes part
/// without a side follows in brackets.
#[must_use]
pub fn relation_line(relation: &Relation) -> String {
    let mut line = sides_line(relation);
    if !relation.also.is_empty() {
        line.push_str(" (also concerns ");
        line.push_str(&and_list(&relation.also));
        line.push(')');
    }
    line
}

fn sides_line(relation: &Relation) -> String {
    let mut line = format!("{} · {}", kind_title(relation.kind), what(relation));
    if !relation.by.is_empty() {
        line.push_str(" by ");
        line.push_str(&and_list(&relation.by));
    }
    let sides = match (relation.from.is_empty(), relation.to.is_empty(), relation.kind) {
        (true, true, _) if relation.between.is_empty() => return line,
        (true, true, _) => format!(": {}", join(&names(&relation.between), " ↔ ")),
        (false, false, _) => {
            format!(": {} → {}", join(&names(&relation.from), ", "), join(&names(&relation.to), ", "))
        }
        (true, false, Kind::Alliance) | (false, true, Kind::Alliance) => {
            let sides = [&relation.from, &relation.to, &relation.between].into_iter().flatten();
            format!(": {}", join(&names(&sides.copied().collect()), " ↔ "))
        }
        (true, false, _) if relation.to == relation.by => return line,
        (true, false, _) => format!(" on {}", and_list(&relation.to)),
        (false, true, _) if relation.by.is_empty() && acts_by_sender(relation.action) => {
            format!(" by {}", and_list(&relation.from))
        }
        (false, true, _) => format!(": those of {}", and_list(&relation.from)),
    };
    line.push_str(&sides);
    line
}

/// Whether the side whose sanctions they are is the one who does it; for the other actions it is who
/// stands in `by`, and where nobody does, "opposed by US" would say the contrary.
const fn acts_by_sender(action: Action) -> bool {
    !matches!(action, Action::Counter | Action::Evade | Action::DemandRelief | Action::Impact)
}

/// Who takes part, short enough for a subject: "Belarus – Iran", "US → Iran", "Iran, Russia against
/// US"; empty where nobody is told.
#[must_use]
pub fn sides_short(relation: &Relation) -> String {
    sides(relation, short_name)
}

/// Who takes part, as a heading: "Belarus – Iran", "United States → Iran"; empty where nobody is told.
#[must_use]
pub fn sides_long(relation: &Relation) -> String {
    sides(relation, Actor::name)
}

/// Several parties as a heading that tells no direction: "Iran – United States".
#[must_use]
pub fn parties_line(parties: &BTreeSet<Actor>) -> String {
    join(&names(parties), " – ")
}

fn sides(relation: &Relation, name: fn(Actor) -> &'static str) -> String {
    let named = |side: &BTreeSet<Actor>| side.iter().map(|actor| name(*actor)).collect::<Vec<_>>();
    let list = |side: &BTreeSet<Actor>| join(&named(side), ", ");
    let (from, to, by) = (list(&relation.from), list(&relation.to), list(&relation.by));
    if relation.action == Action::Counter && !by.is_empty() && !from.is_empty() {
        return format!("{by} against {from}");
    }
    match (from.is_empty(), to.is_empty()) {
        (false, false) => format!("{from} → {to}"),
        _ if !relation.between.is_empty() => join(&named(&relation.between), " – "),
        _ if !by.is_empty() => by,
        (true, _) => to,
        (false, true) => from,
    }
}

/// What happened, short enough for a subject: "signed", "sanctions imposed", "tariffs to be
/// tightened". The sides stand before it.
#[must_use]
pub fn action_short(relation: &Relation) -> String {
    match relation.kind {
        Kind::Alliance => what(relation),
        kind => format!("{} {}", kind.as_str(), what(relation)),
    }
}

/// The kind as a heading.
#[must_use]
pub const fn kind_title(kind: Kind) -> &'static str {
    match kind {
        Kind::Sanctions => "Sanctions",
        Kind::Alliance => "Alliance",
        Kind::Tariff => "Tariff",
        Kind::Blockade => "Blockade",
    }
}

/// What is done, and whether it was.
fn what(relation: &Relation) -> String {
    let (subject, done) = action_words(relation.action);
    let phrase = match relation.modality {
        // What is threatened or sought is planned in the word itself.
        Modality::Planned | Modality::Hypothetical
            if matches!(relation.action, Action::Threaten | Action::Intend) =>
        {
            done.to_owned()
        }
        Modality::Fact => done.to_owned(),
        Modality::Planned => format!("to be {done}"),
        Modality::Hypothetical => format!("might be {done}"),
        Modality::Denied => format!("not {done} (denied)"),
        Modality::Historical => format!("{done} earlier"),
    };
    if subject.is_empty() { phrase } else { format!("{subject} {phrase}") }
}

/// What the action is done to (empty where that is the kind itself), and its participle.
const fn action_words(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::Impose => ("", "imposed"),
        Action::Tighten => ("", "tightened"),
        Action::Threaten => ("", "threatened"),
        Action::Ease => ("", "eased"),
        Action::Maintain => ("", "kept in place"),
        Action::DemandRelief => ("relief", "demanded"),
        Action::Enforce => ("", "enforced"),
        Action::Evade => ("", "evaded"),
        Action::Counter => ("", "opposed"),
        Action::Impact => ("", "felt"),
        Action::Sign => ("", "signed"),
        Action::Intend => ("co-operation", "sought"),
        Action::Consult => ("talks", "held"),
        Action::Trade => ("trade ties", "deepened"),
        Action::Military => ("military ties", "deepened"),
        Action::Supply => ("arms, aid or loans", "supplied"),
        Action::Support => ("support", "given"),
        Action::Join => ("bloc", "joined"),
        Action::Recognise => ("relations", "opened"),
        Action::Withdraw => ("treaty or bloc", "left"),
        Action::Cut => ("ties", "cut"),
        Action::Strain => ("ties", "strained"),
    }
}

/// The name a subject has room for.
fn short_name(actor: Actor) -> &'static str {
    match actor.code() {
        "US" => "US",
        "GB" => "UK",
        "AE" => "UAE",
        _ => actor.name(),
    }
}

fn names(actors: &BTreeSet<Actor>) -> Vec<&'static str> {
    actors.iter().map(|actor| actor.name()).collect()
}

/// "A", "A, B", "A, B, C, D +2".
fn join(names: &[&str], separator: &str) -> String {
    match names.get(MAX_NAMED..) {
        Some(others) if !others.is_empty() => {
            format!("{} +{}", names[..MAX_NAMED].join(separator), others.len())
        }
        _ => names.join(separator),
    }
}

/// "A", "A and B", "A, B and C", "A, B, C, D and 2 others".
fn and_list(actors: &BTreeSet<Actor>) -> String {
    let names = names(actors);
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] if names.len() <= MAX_NAMED => format!("{} and {last}", first.join(", ")),
        _ => {
            let others = names.len() - MAX_NAMED;
            let noun = if others == 1 { "other" } else { "others" };
            format!("{} and {others} {noun}", names[..MAX_NAMED].join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::fixtures::relation;
    use Action::{
        Consult, Counter, DemandRelief, Ease, Evade, Impose, Intend, Sign, Supply, Threaten, Tighten,
    };
    use Modality::{Denied, Fact, Historical, Hypothetical, Planned};
    use rstest::rstest;

    #[rstest]
    #[case::sign(relation(Sign, Fact).between("BY IR"), "Alliance · signed: Belarus ↔ Iran")]
    #[case::counter(
        relation(Counter, Fact).from("US").to("BY IR").by("BY IR"),
        "Sanctions · opposed by Belarus and Iran: United States → Belarus, Iran"
    )]
    #[case::impose(relation(Impose, Fact).from("US").to("IR"), "Sanctions · imposed: United States → Iran")]
    #[case::planned(relation(Tighten, Planned).from("EU").to("RU"), "Sanctions · to be tightened: EU → Russia")]
    #[case::might(relation(Ease, Hypothetical).from("US").to("SY"), "Sanctions · might be eased: United States → Syria")]
    #[case::denied(relation(Sign, Denied).between("IR RU"), "Alliance · not signed (denied): Iran ↔ Russia")]
    #[case::historical(relation(Impose, Historical).from("US").to("CU"), "Sanctions · imposed earlier: United States → Cuba")]
    #[case::threaten(relation(Threaten, Planned).from("US").to("IN"), "Sanctions · threatened: United States → India")]
    #[case::intend(relation(Intend, Hypothetical).between("CN RU"), "Alliance · co-operation sought: China ↔ Russia")]
    #[case::talks(relation(Consult, Planned).between("KP RU"), "Alliance · talks to be held: North Korea ↔ Russia")]
    #[case::gives(
        relation(Supply, Fact).between("IR RU").from("IR").to("RU"),
        "Alliance · arms, aid or loans supplied: Iran → Russia"
    )]
    #[case::only_to(relation(Impose, Fact).to("BY RU"), "Sanctions · imposed on Belarus and Russia")]
    #[case::only_from(relation(Impose, Fact).from("US"), "Sanctions · imposed by United States")]
    #[case::opposed_by_nobody_told(relation(Counter, Fact).from("US"), "Sanctions · opposed: those of United States")]
    #[case::felt_by_nobody_told(relation(Action::Impact, Fact).from("US"), "Sanctions · felt: those of United States")]
    #[case::no_side_in_an_alliance(
        relation(Supply, Fact).from("IR").between("IR RU").also("DE"),
        "Alliance · arms, aid or loans supplied: Iran ↔ Russia (also concerns Germany)"
    )]
    #[case::who_has_no_side(
        relation(Ease, Fact).from("US").to("RU").also("DE UA"),
        "Sanctions · eased: United States → Russia (also concerns Germany and Ukraine)"
    )]
    #[case::evade_only_by(relation(Evade, Fact).by("KP"), "Sanctions · evaded by North Korea")]
    #[case::evade_whose(relation(Evade, Fact).by("KP").from("UN"), "Sanctions · evaded by North Korea: those of UN")]
    #[case::relief(
        relation(DemandRelief, Fact).by("IR").to("IR"),
        "Sanctions · relief demanded by Iran"
    )]
    #[case::nobody(relation(Sign, Fact), "Alliance · signed")]
    #[case::many(
        relation(Impose, Fact).from("EU").to("BY CN IR KP MM RU"),
        "Sanctions · imposed: EU → Belarus, China, Iran, North Korea +2"
    )]
    fn a_relation_reads_as_a_person_would_say_it(
        #[case] relation: crate::deliver::fixtures::Sketch,
        #[case] expected: &str,
    ) {
        assert_eq!(relation_line(&relation.done()), expected);
    }

    #[rstest]
    #[case(relation(Sign, Fact).between("BY IR"), "Belarus – Iran", "signed")]
    #[case(relation(Impose, Fact).from("US").to("IR"), "US → Iran", "sanctions imposed")]
    #[case(relation(Counter, Fact).from("US").by("BY IR"), "Belarus, Iran against US", "sanctions opposed")]
    #[case(relation(Counter, Fact).by("BY IR"), "Belarus, Iran", "sanctions opposed")]
    #[case(relation(Impose, Planned).to("RU"), "Russia", "sanctions to be imposed")]
    #[case(relation(Impose, Fact), "", "sanctions imposed")]
    fn a_subject_is_short(
        #[case] relation: crate::deliver::fixtures::Sketch,
        #[case] sides: &str,
        #[case] action: &str,
    ) {
        let relation = relation.done();
        assert_eq!((sides_short(&relation).as_str(), action_short(&relation).as_str()), (sides, action));
    }

    #[test]
    fn a_heading_has_room_for_whole_names() {
        let relation = relation(Impose, Fact).from("US").to("GB").done();
        assert_eq!(sides_long(&relation), "United States → United Kingdom");
        assert_eq!(parties_line(&relation.parties()), "United Kingdom – United States");
    }

    #[test]
    fn every_action_has_words_in_every_modality() {
        for action in Action::ALL {
            for modality in Modality::ALL {
                let line = relation_line(&relation(*action, *modality).between("BY IR").done());
                assert!(!line.contains("  ") && line.contains("Belarus ↔ Iran"), "{line}");
            }
        }
    }
}
