//! The keys of `[[watch]]`.

use super::key::{Key, Shape, TableKeys};
use crate::domain::{Action, Direction, Kind, Modality};

/// Points that a relation may have to reach.
pub(super) const POINTS: Shape = Shape::Number { least: 0.0, most: 100.0 };

const COUNTRY: Shape = Shape::Text("a country or bloc: name, code or demonym");
const WORD: Shape = Shape::Text("a word or a phrase");

fn kinds() -> Vec<&'static str> {
    Kind::ALL.iter().map(|kind| kind.as_str()).collect()
}

fn actions() -> Vec<&'static str> {
    Action::ALL.iter().map(|action| action.as_str()).collect()
}

fn modalities() -> Vec<&'static str> {
    Modality::ALL.iter().map(|modality| modality.as_str()).collect()
}

fn directions() -> Vec<&'static str> {
    Direction::ALL.iter().map(|direction| direction.as_str()).collect()
}

pub(in crate::config) static WATCH: TableKeys = TableKeys {
    table: "[[watch]]",
    about: "What you care about. An item alerts where one of its relations meets all that a watch says.",
    keys: &[
        Key::new(
            "name",
            Shape::Text("a name in one line"),
            "Unique; the same name over restarts is the same watch.",
        )
        .required()
        .such_as(&["\"Iran and Belarus\""]),
        Key::new(
            "countries",
            Shape::FilledList(&COUNTRY),
            "Any of these takes part: names, codes or demonyms (\"Iran\", \"IR\", \"Iranian\"), or blocs (\"EU\", \
             \"NATO\", \"BRICS\").",
        )
        .required()
        .such_as(&["[\"Iran\"]", "[\"IR\", \"Belarusian\", \"EU\"]"]),
        Key::new("with", Shape::List(&COUNTRY), "And one of these too, as another party; empty: anyone.")
            .usually("[]")
            .such_as(&["[\"United States\"]"]),
        Key::new("kinds", Shape::FilledList(&Shape::Term(kinds)), "Only relations of these kinds.")
            .usually("[\"sanctions\", \"alliance\"]")
            .such_as(&["[\"sanctions\"]"]),
        Key::new(
            "actions",
            Shape::List(&Shape::Term(actions)),
            "Only these; empty: all. Sanctions: impose, tighten, threaten, ease, maintain, demand-relief, enforce, \
             evade, counter, impact. Alliance: sign, intend, consult, trade, military, supply, support, join, \
             recognise, withdraw, cut, strain.",
        )
        .usually("[]")
        .such_as(&["[\"impose\", \"sign\"]"]),
        Key::new(
            "modalities",
            Shape::FilledList(&Shape::Term(modalities)),
            "Only what is told so: as a fact, planned, hypothetical, denied, or historical.",
        )
        .usually("[\"fact\", \"planned\", \"hypothetical\", \"denied\", \"historical\"]")
        .such_as(&["[\"fact\", \"planned\"]"]),
        Key::new(
            "direction",
            Shape::Term(directions),
            "On which side the countries stand: `acting` (whose sanctions they are; who evades or opposes them; who \
             gives), `targeted` (whom they hit; who takes), or `any`. In an alliance without a giver every party is on \
             both sides.",
        )
        .usually("\"any\"")
        .such_as(&["\"targeted\""]),
        Key::new(
            "words",
            Shape::FilledList(&WORD),
            "Headline or summary holds one of these, as whole words in any case; a final `*` stands for any ending \
             (\"drone*\").",
        )
        .otherwise("whatever it says")
        .such_as(&["[\"uranium\", \"drone*\"]"]),
        Key::new("without", Shape::FilledList(&WORD), "And none of these.").such_as(&["[\"football\"]"]),
        Key::new(
            "sources",
            Shape::FilledList(&Shape::Text("the name of a source")),
            "Only what one of these sources tells.",
        )
        .otherwise("all")
        .such_as(&["[\"Al Jazeera\"]"]),
        Key::new("through-blocs", Shape::Boolean, "Whether \"EU\" also counts for each of its members.")
            .usually("false")
            .such_as(&["true"]),
        Key::new(
            "full-text",
            Shape::Boolean,
            "Whether the article is read of what this watch may ask for, before that is decided.",
        )
        .usually("false")
        .such_as(&["true"]),
        Key::new(
            "threshold",
            POINTS,
            "Points a relation must reach. Beside one that reaches its kind's, weaker ones of the item are left out \
             (`kept-from`, `kept-beside` in points.toml).",
        )
        .otherwise("that of its kind in [thresholds]")
        .such_as(&["4.0", "5"]),
    ],
};
