//! The keys of a file of words, weights and points: what the reader accepts and the JSON Schema tells.
//! `config/vocabulary/README.md` explains them at length.

use crate::config::keys::{Key, Shape, TableKeys};
use crate::domain::{
    Action, Boundaries, Comma, CueRole, Kind, Markers, Modality, Modifiers, Points, Side, VerbPlace,
    WordClass,
};

/// Most points that one piece of evidence may bring.
pub(super) const MOST_POINTS: f64 = 10.0;

const WORDS: Shape = Shape::List(&Shape::Text("a word or a phrase"));
const NAMES: Shape = Shape::List(&Shape::Text("a name"));
const CODE: Shape = Shape::Text("the code of a country or bloc");
const CODES: Shape = Shape::List(&CODE);
const LETTERS: Shape = Shape::List(&Shape::Text("letters"));
const DATE: Shape = Shape::Matching { what: "a date", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" };

/// The words of closed sets, for the definitions below.
macro_rules! words {
    ($($name:ident = $term:ident;)+) => {
        $(fn $name() -> Vec<&'static str> {
            $term::ALL.iter().map(|term| term.as_str()).collect()
        })+
    };
}

words! {
    actions = Action;
    boundaries = Boundaries;
    commas = Comma;
    kinds = Kind;
    markers = Markers;
    modalities = Modality;
    modifiers = Modifiers;
    roles = CueRole;
    sides = Side;
    verb_places = VerbPlace;
    word_classes = WordClass;
}

fn points() -> Vec<&'static str> {
    Points::KEYS.to_vec()
}

pub(in crate::config) static FILE: TableKeys = TableKeys {
    table: "the file",
    about: "Words, weights and points, read over what is built in. config/vocabulary/README.md explains every key.",
    keys: &[
        Key::new(
            "language",
            Shape::Matching { what: "a language code of two letters", pattern: "^[A-Za-z]{2}([-_].*)?$" },
            "For everything in the file; needed but where there are only `[points]`.",
        )
        .such_as(&["\"en\""]),
        Key::new(
            "usual-senders",
            CODES,
            "Actors that often impose sanctions: an untold \"X sanctions\" is theirs.",
        )
        .such_as(&["[\"US\", \"EU\"]"]),
        Key::new("usual-targets", CODES, "Actors that sanctions often hit: an untold target is one of them.")
            .such_as(&["[\"IR\", \"RU\"]"]),
        Key::new("masks", NAMES, "Phrases that contain a name and mean no actor.")
            .such_as(&["[\"Iran Avenue\"]"]),
        Key::new("remove-masks", NAMES, "Masks of an earlier file that this one does not want.")
            .such_as(&["[\"Iran Avenue\"]"]),
        Key::new("grammar", Shape::Table(&GRAMMAR), "How the language puts its words together."),
        Key::new(
            "words",
            Shape::Named { names: word_classes, of: &WORDS },
            "Small words, by what they say about the words around them.",
        )
        .such_as(&["{ target = [\"on\", \"against\"] }"]),
        Key::new(
            "remove-words",
            Shape::Named { names: word_classes, of: &WORDS },
            "Small words of an earlier file that this one does not want.",
        )
        .such_as(&["{ target = [\"on\"] }"]),
        Key::new("actor", Shape::Tables(&ACTOR), "Names of a country or bloc."),
        Key::new("cue", Shape::Tables(&CUE), "Words that point to a relation."),
        Key::new(
            "points",
            Shape::Named { names: points, of: &Shape::Number { least: -MOST_POINTS, most: MOST_POINTS } },
            "What the frames add to a score; config/points.toml explains each.",
        )
        .such_as(&["{ sender = 1.25, opinion-max = 0 }"]),
        Key::new(
            "opinion",
            Shape::Entries(&Shape::AnyNumber),
            "Weights of a linear model that looks at an alliance a second time.",
        )
        .such_as(&["{ \"w:treaty\" = 0.5 }"]),
    ],
};

pub(super) static GRAMMAR: TableKeys = TableKeys {
    table: "[grammar]",
    about: "How the language puts its words together. Each key may be left out; the default is English.",
    keys: &[
        Key::new("boundaries", Shape::Term(boundaries), "What separates words.")
            .usually("\"spaces\"")
            .such_as(&["\"none\""]),
        Key::new("modifiers", Shape::Term(modifiers), "Where a bare name stands that modifies a noun.")
            .usually("\"before\"")
            .such_as(&["\"after\""]),
        Key::new("markers", Shape::Term(markers), "Where the words stand that say what part a name takes.")
            .usually("\"before\"")
            .such_as(&["\"after\""]),
        Key::new("verb", Shape::Term(verb_places), "Where the verb stands.")
            .usually("\"middle\"")
            .such_as(&["\"last\""]),
        Key::new("comma", Shape::Term(commas), "What a comma between two names means.")
            .usually("\"lists\"")
            .such_as(&["\"divides\""]),
        Key::new("endings", LETTERS, "What a final `*` of a name may stand for; nothing is always allowed.")
            .such_as(&["[\"a\", \"e\"]"]),
        Key::new("genitive-endings", LETTERS, "What may follow any name and makes it a possessor.")
            .such_as(&["[\"s\"]"]),
        Key::new("prefixes", LETTERS, "What is written together before a word and is a word of its own.")
            .such_as(&["[\"대\"]"]),
        Key::new("suffixes", LETTERS, "The same behind a name or a noun.").such_as(&["[\"에\"]"]),
        Key::new(
            "ordinals",
            WORDS,
            "The ordinal numbers in words, from the first on; forms of one number apart by `|`.",
        )
        .such_as(&["[\"first\", \"second\"]"]),
        Key::new("numbers", WORDS, "The numbers in words, from two on; forms as above.")
            .such_as(&["[\"two\", \"three\"]"]),
        Key::new(
            "opposites",
            WORDS,
            "Words that say the contrary of each other, forms on both sides of a `/`.",
        )
        .such_as(&["[\"rises|rose / falls|fell\"]"]),
        Key::new("ordinal-endings", LETTERS, "What behind a number makes it an ordinal.")
            .such_as(&["[\"th\"]"]),
        Key::new("ordinal-marks", LETTERS, "What before a number makes it an ordinal.")
            .such_as(&["[\"No.\", \"#\"]"]),
        Key::new("same-letters", LETTERS, "Letters that are one: all of a group count as its last.")
            .such_as(&["[\"ёе\"]"]),
    ],
};

pub(super) static ACTOR: TableKeys = TableKeys {
    table: "[[actor]]",
    about: "Names of a country or bloc. A final `*` stands for one of the language's `endings`.",
    keys: &[
        Key::new("code", CODE, "Which one: ISO 3166 alpha-2, or the bloc's code.")
            .required()
            .such_as(&["\"IR\""]),
        Key::new("names", NAMES, "Its own names.").such_as(&["[\"Iran\"]"]),
        Key::new("demonyms", NAMES, "Its people and the adjective.")
            .such_as(&["[\"Iranian\", \"Iranians\"]"]),
        Key::new("capitals", NAMES, "Its capital, standing for the government.").such_as(&["[\"Tehran\"]"]),
        Key::new("institutions", NAMES, "Ministries, agencies, metonyms, armed groups.")
            .such_as(&["[\"Kremlin\"]"]),
        Key::new("leaders", Shape::List(&Shape::Table(&LEADER)), "Who speaks for it.")
            .such_as(&["[{ name = \"Khamenei\" }]"]),
        Key::new("firms", NAMES, "Firms or ships that stand for it where they are sanctioned.")
            .such_as(&["[\"Gazprom\"]"]),
        Key::new("ambiguous", Shape::List(&Shape::Table(&AMBIGUOUS)), "Names that count only with support.")
            .such_as(&["[{ surface = \"Georgia\", against = [\"Atlanta\"] }]"]),
        Key::new("short", NAMES, "Names of one letter, which count only beside another one.")
            .such_as(&["[\"美\"]"]),
        Key::new("members", CODES, "Of a bloc: its members.").such_as(&["[\"BE\", \"FR\"]"]),
        Key::new("remove", NAMES, "Names that an earlier file has.").such_as(&["[\"Persia\"]"]),
    ],
};

pub(super) static LEADER: TableKeys = TableKeys {
    table: "leaders",
    about: "Who speaks for a state, and from when to when.",
    keys: &[
        Key::new("name", Shape::Text("a name"), "As news write it.").required().such_as(&["\"Khamenei\""]),
        Key::new("from", DATE, "The first day.").such_as(&["\"1989-06-04\""]),
        Key::new("to", DATE, "The last day.").such_as(&["\"2024-05-19\""]),
    ],
};

pub(super) static AMBIGUOUS: TableKeys = TableKeys {
    table: "ambiguous",
    about: "A name that counts only with support.",
    keys: &[
        Key::new("surface", Shape::Text("a name"), "The name, as it stands among the actor's names.")
            .required()
            .such_as(&["\"Georgia\""]),
        Key::new(
            "support",
            WORDS,
            "Any of these in the item supports it, as does another name of the same actor.",
        )
        .such_as(&["[\"Tbilisi\"]"]),
        Key::new("against", WORDS, "Any of these in the item forbids it.").such_as(&["[\"Atlanta\"]"]),
        Key::new(
            "state-support",
            Shape::Boolean,
            "Whether another state in the same clause supports it, too.",
        )
        .usually("true")
        .such_as(&["false"]),
    ],
};

pub(super) static CUE: TableKeys = TableKeys {
    table: "[[cue]]",
    about: "Words that point to a relation, under one rule's name.",
    keys: &[
        Key::new("rule", Shape::Text("a name"), "Its name in the evidence; several cues may have one.")
            .required()
            .such_as(&["\"sanction-noun\""]),
        Key::new("role", Shape::Term(roles), "What it does.")
            .otherwise("must be given, but where there is only `remove`")
            .such_as(&["\"noun\""]),
        Key::new("kind", Shape::Term(kinds), "The kind it speaks of.")
            .otherwise("all of them")
            .such_as(&["\"sanctions\""]),
        Key::new("action", Shape::Term(actions), "What is done.").such_as(&["\"impose\""]),
        Key::new("modality", Shape::Term(modalities), "Whether it happened.").such_as(&["\"planned\""]),
        Key::new("subject", Shape::Term(sides), "Which side the verb's subject is.")
            .usually("\"from\"")
            .such_as(&["\"to\""]),
        Key::new("weight", Shape::AnyNumber, "Points in a headline; negative ones speak against it.")
            .usually("0")
            .such_as(&["2.0"]),
        Key::new("links", WORDS, "Words that introduce the other party.").such_as(&["[\"with\"]"]),
        Key::new(
            "needs",
            Shape::Text("a rule"),
            "The rule of a `context` that must stand in the same sentence.",
        )
        .such_as(&["\"arms\""]),
        Key::new(
            "match",
            Shape::List(&Shape::Text("a pattern")),
            "The words: `{a,b}` is a choice, `*` any ending.",
        )
        .such_as(&["[\"sanction{,s}\", \"embargo*\"]"]),
        Key::new("remove", WORDS, "Words that an earlier file has.").such_as(&["[\"embargo\"]"]),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys::{Fallback, TableKeys};
    use crate::config::{add_vocabulary, vocabulary_json_schema};
    use crate::domain::Vocabulary;
    use boon::{Compiler, Schemas};

    /// A file in which a key of a table has a value, and which table that is.
    const PLACES: &[(&str, &TableKeys)] = &[
        ("KEY = VALUE\n", &FILE),
        ("[grammar]\nKEY = VALUE\n", &GRAMMAR),
        ("[[actor]]\ncode = \"IR\"\nKEY = VALUE\n", &ACTOR),
        ("[[actor]]\ncode = \"IR\"\nleaders = [{ name = \"A\", KEY = VALUE }]\n", &LEADER),
        ("[[actor]]\ncode = \"IR\"\nambiguous = [{ surface = \"A\", KEY = VALUE }]\n", &AMBIGUOUS),
        ("[[cue]]\nrule = \"arms\"\nrole = \"context\"\nKEY = VALUE\n", &CUE),
    ];

    /// What an example takes away must be there before.
    const BEFORE: &str = "language = \"en\"\nmasks = [\"Iran Avenue\"]\nwords = { target = [\"on\"] }\n\
        [[actor]]\ncode = \"IR\"\nnames = [\"Persia\"]\n\
        [[cue]]\nrule = \"arms\"\nrole = \"context\"\nmatch = [\"embargo\"]\n";

    fn file(place: &str, key: &str, value: &str) -> String {
        let mut text = place.replace("KEY", key).replace("VALUE", value);
        // A key that the place has anyway is given once.
        if place.contains(&format!("\n{key} = ")) {
            let own = format!("\n{key} = {value}\n");
            let lines: Vec<&str> =
                place.lines().filter(|line| !line.starts_with(&format!("{key} = "))).collect();
            text = lines.join("\n").replace("\nKEY = VALUE", &own);
        }
        if key == "language" { text } else { format!("language = \"en\"\n{text}") }
    }

    fn refused(text: &str) -> (bool, bool) {
        let mut vocabulary = Vocabulary::default();
        assert_eq!(add_vocabulary(&mut vocabulary, BEFORE), []);
        let by_reader = !add_vocabulary(&mut vocabulary, text).is_empty();
        let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
        compiler.add_resource("schema.json", vocabulary_json_schema()).expect("a resource");
        let index = compiler.compile("schema.json", &mut schemas).expect("a schema");
        let document: serde_json::Value =
            toml::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        (by_reader, schemas.validate(&document, index).is_err())
    }

    #[test]
    fn every_example_is_right_for_the_reader_and_by_the_schema() {
        for (place, table) in PLACES {
            for key in table.keys {
                let inline = place.contains("{ name") || place.contains("{ surface");
                // In a table in one line a key cannot be given twice.
                if inline && matches!(key.name, "name" | "surface") {
                    continue;
                }
                let default = match key.fallback {
                    Fallback::Value(default) => Some(default),
                    _ => None,
                };
                for example in key.examples.iter().copied().chain(default) {
                    let text = file(place, key.name, example);
                    assert_eq!(refused(&text), (false, false), "{text}");
                }
            }
        }
    }

    #[test]
    fn a_wrong_value_or_key_is_refused_by_both() {
        for (place, table) in PLACES {
            for key in table.keys.iter().filter(|key| !matches!(key.name, "name" | "surface")) {
                let text = file(place, key.name, "1979-05-27");
                assert_eq!(refused(&text), (true, true), "{text}");
                if let Shape::Term(_) = key.shape {
                    let text = file(place, key.name, "\"no-such-word\"");
                    assert_eq!(refused(&text), (true, true), "{text}");
                }
            }
            let text = file(place, "no-such-key", "1");
            assert_eq!(refused(&text), (true, true), "{text}");
        }
        for text in ["points = { sender = 11 }\n", "words = { targe = [\"on\"] }\nlanguage = \"en\"\n"] {
            assert_eq!(refused(text), (true, true), "{text}");
        }
    }
}
