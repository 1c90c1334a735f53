//! Vocabulary and actor files: TOML tables of words become `domain::Vocabulary`.
//!
//! Owns: the format of `config/vocabulary/*.toml` and `config/actors/*.toml`, and the embedded
//! defaults. A file either adds wholly to a vocabulary or, with any problem, not at all.

use super::Problem;
use super::vocabulary_reader::Reader;
use crate::domain::{
    Action, Actor, ActorWords, Ambiguous, Cue, CueRole, Kind, Language, LanguageWords, Modality, Score, Side,
    Surface, SurfaceKind, Vocabulary, WordClass,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The files that are compiled in: name and text.
pub const EMBEDDED: &[(&str, &str)] = &[
    ("config/vocabulary/en.toml", include_str!("../../config/vocabulary/en.toml")),
    ("config/actors/en.toml", include_str!("../../config/actors/en.toml")),
    ("config/actors/facts/en.toml", include_str!("../../config/actors/facts/en.toml")),
    ("config/actors/blocs.toml", include_str!("../../config/actors/blocs.toml")),
];

/// The vocabulary that is compiled in. A test proves that its files have no problem.
#[must_use]
pub fn embedded_vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    for (_, text) in EMBEDDED {
        add_vocabulary(&mut vocabulary, text);
    }
    vocabulary
}

/// Adds a vocabulary or actor file to a vocabulary; with any problem nothing is added.
///
/// What a file says is added to what is known; `remove` lists in its tables take words away, so that
/// a user's file can mend the embedded one without copying it.
pub fn add_vocabulary(vocabulary: &mut Vocabulary, text: &str) -> Vec<Problem> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader::default();
    for error in &errors {
        reader.problem(error.span(), error.message().to_owned(), None);
    }
    let file = if errors.is_empty() { read_file(&mut reader, table.get_ref()) } else { None };
    if let (true, Some(file)) = (reader.problems.is_empty(), file) {
        file.merge_into(vocabulary);
    }
    reader.problems
}

/// What one file says.
struct File {
    language: Language,
    words: LanguageWords,
    usual_senders: Option<BTreeSet<Actor>>,
    usual_targets: Option<BTreeSet<Actor>>,
    members: BTreeMap<Actor, BTreeSet<Actor>>,
    removed_masks: Vec<String>,
    removed_surfaces: Vec<(Actor, String)>,
    removed_patterns: Vec<(String, String)>,
}

impl File {
    fn merge_into(self, vocabulary: &mut Vocabulary) {
        let words = vocabulary.languages.entry(self.language).or_default();
        for (rule, pattern) in &self.removed_patterns {
            for cue in words.cues.iter_mut().filter(|cue| cue.rule == *rule) {
                cue.patterns.remove(pattern);
            }
        }
        for (actor, surface) in &self.removed_surfaces {
            if let Some(names) = words.actors.get_mut(actor) {
                names.surfaces.retain(|known| known.text != *surface);
                names.ambiguous.retain(|known| known.surface != *surface);
            }
        }
        words.masks.retain(|mask| !self.removed_masks.contains(mask));
        words.masks.extend(self.words.masks);
        for (class, more) in self.words.words {
            words.words.entry(class).or_default().extend(more);
        }
        for (actor, more) in self.words.actors {
            let names = words.actors.entry(actor).or_default();
            names.surfaces.extend(more.surfaces);
            names.ambiguous.extend(more.ambiguous);
        }
        for cue in self.words.cues {
            match words.cues.iter_mut().find(|known| known.rule == cue.rule && known.role == cue.role) {
                Some(known) => {
                    let mut patterns = std::mem::take(&mut known.patterns);
                    patterns.extend(cue.patterns.iter().cloned());
                    *known = Cue { patterns, ..cue };
                }
                None => words.cues.push(cue),
            }
        }
        vocabulary.usual_senders.extend(self.usual_senders.into_iter().flatten());
        vocabulary.usual_targets.extend(self.usual_targets.into_iter().flatten());
        for (bloc, members) in self.members {
            vocabulary.members.entry(bloc).or_default().extend(members);
        }
    }
}

fn read_file(reader: &mut Reader, table: &DeTable<'_>) -> Option<File> {
    reader.only(
        table,
        &["language", "masks", "remove-masks", "actor", "words", "cue", "usual-senders", "usual-targets"],
    );
    let language =
        reader.required(table, "language", "language = \"en\"").and_then(|value| reader.parsed(value));
    let mut words = LanguageWords::default();
    words.masks.extend(reader.strings(table, "masks"));
    let mut file = File {
        language: language.unwrap_or(Language::ENGLISH),
        words,
        usual_senders: actors(reader, table, "usual-senders"),
        usual_targets: actors(reader, table, "usual-targets"),
        members: BTreeMap::new(),
        removed_masks: reader.strings(table, "remove-masks"),
        removed_surfaces: Vec::new(),
        removed_patterns: Vec::new(),
    };
    for entry in reader.tables(table, "actor") {
        read_actor(reader, entry, &mut file);
    }
    if let Some(classes) = table.get("words").and_then(|value| reader.table(value)) {
        for (key, _) in classes {
            match WordClass::from_str(key.get_ref()) {
                Ok(class) => {
                    let listed = reader.strings(classes, key.get_ref());
                    file.words
                        .words
                        .entry(class)
                        .or_default()
                        .extend(listed.iter().map(|word| word.to_lowercase()));
                }
                Err(error) => reader.problem(Some(key.span()), error.to_string(), None),
            }
        }
    }
    for entry in reader.tables(table, "cue") {
        read_cue(reader, entry, &mut file);
    }
    language.map(|_| file)
}

fn actors(reader: &mut Reader, table: &DeTable<'_>, key: &str) -> Option<BTreeSet<Actor>> {
    let values: Vec<&Spanned<DeValue<'_>>> = reader.array(table, key)?;
    Some(values.into_iter().filter_map(|value| reader.parsed(value)).collect())
}

fn read_actor(reader: &mut Reader, entry: &DeTable<'_>, file: &mut File) {
    reader.only(
        entry,
        &[
            "code",
            "names",
            "demonyms",
            "capitals",
            "institutions",
            "leaders",
            "firms",
            "ambiguous",
            "members",
            "remove",
        ],
    );
    let code =
        reader.required(entry, "code", "code = \"IR\"").and_then(|value| reader.parsed::<Actor>(value));
    let mut words = ActorWords::default();
    for (key, kind) in [
        ("names", SurfaceKind::Name),
        ("demonyms", SurfaceKind::Demonym),
        ("capitals", SurfaceKind::Capital),
        ("institutions", SurfaceKind::Institution),
        ("firms", SurfaceKind::Firm),
    ] {
        let listed = reader.strings(entry, key);
        words.surfaces.extend(listed.into_iter().map(|text| Surface { text, kind, from: None, to: None }));
    }
    for leader in reader.tables(entry, "leaders") {
        reader.only(leader, &["name", "from", "to"]);
        let name =
            reader.required(leader, "name", "name = \"Khamenei\"").and_then(|value| reader.text(value));
        let from = date(reader, leader, "from");
        let to = date(reader, leader, "to");
        if let Some(text) = name {
            words.surfaces.push(Surface { text, kind: SurfaceKind::Leader, from, to });
        }
    }
    for ambiguous in reader.tables(entry, "ambiguous") {
        reader.only(ambiguous, &["surface", "support", "against", "state-support"]);
        let surface = reader
            .required(ambiguous, "surface", "surface = \"Georgia\"")
            .and_then(|value| reader.text(value));
        let support = reader.strings(ambiguous, "support");
        let against = reader.strings(ambiguous, "against");
        let state_support = reader.flag(ambiguous, "state-support").unwrap_or(true);
        if let Some(surface) = surface {
            words.ambiguous.push(Ambiguous { surface, support, against, state_support });
        }
    }
    let removed = reader.strings(entry, "remove");
    let members = actors(reader, entry, "members");
    let Some(code) = code else { return };
    file.removed_surfaces.extend(removed.into_iter().map(|surface| (code, surface)));
    file.members.entry(code).or_default().extend(members.into_iter().flatten());
    if file.members.get(&code).is_some_and(BTreeSet::is_empty) {
        file.members.remove(&code);
    }
    let known = file.words.actors.entry(code).or_default();
    known.surfaces.extend(words.surfaces);
    known.ambiguous.extend(words.ambiguous);
}

fn date(reader: &mut Reader, table: &DeTable<'_>, key: &str) -> Option<Date> {
    let value = table.get(key)?;
    let text = reader.text(value)?;
    let parsed = text.parse();
    if parsed.is_err() {
        let help = Some("write it as \"2024-05-19\"".to_owned());
        reader.problem(Some(value.span()), format!("`{text}` is no date"), help);
    }
    parsed.ok()
}

fn read_cue(reader: &mut Reader, entry: &DeTable<'_>, file: &mut File) {
    reader.only(
        entry,
        &[
            "rule", "role", "kind", "action", "modality", "subject", "weight", "links", "needs", "match",
            "remove",
        ],
    );
    let rule =
        reader.required(entry, "rule", "rule = \"sanction-noun\"").and_then(|value| reader.text(value));
    let patterns: BTreeSet<String> =
        reader.strings(entry, "match").iter().flat_map(|text| expand(text)).collect();
    let removed: Vec<String> = reader.strings(entry, "remove").iter().flat_map(|text| expand(text)).collect();
    if let Some(rule) = &rule {
        file.removed_patterns.extend(removed.iter().map(|pattern| (rule.clone(), pattern.clone())));
    }
    if patterns.is_empty() && !removed.is_empty() {
        return;
    }
    let role =
        reader.required(entry, "role", "role = \"noun\"").and_then(|value| reader.parsed::<CueRole>(value));
    let mut optional = OptionalTerms { reader, entry };
    let kind = optional.term::<Kind>("kind");
    let action = optional.term::<Action>("action");
    let modality = optional.term::<Modality>("modality");
    let subject = optional.term::<Side>("subject").unwrap_or(Side::From);
    let weight = reader.number(entry, "weight").map_or(Score::ZERO, Score::from_points);
    let links = reader.strings(entry, "links");
    let needs = entry.get("needs").and_then(|value| reader.text(value));
    if let (Some(rule), Some(role)) = (rule, role) {
        file.words.cues.push(Cue {
            rule,
            role,
            kind,
            action,
            modality,
            subject,
            weight,
            links,
            needs,
            patterns,
        });
    }
}

/// Reads keys that may be absent and hold one of a closed set of words.
struct OptionalTerms<'a, 'i> {
    reader: &'a mut Reader,
    entry: &'a DeTable<'i>,
}

impl OptionalTerms<'_, '_> {
    fn term<T: FromStr<Err: std::fmt::Display>>(&mut self, key: &str) -> Option<T> {
        let value = self.entry.get(key)?;
        self.reader.parsed(value)
    }
}

/// Writes out `{a,b}` in a pattern: "{cut,cuts} ties" is "cut ties" and "cuts ties".
fn expand(pattern: &str) -> Vec<String> {
    let pattern = pattern.to_lowercase();
    let Some((before, rest)) = pattern.split_once('{') else { return vec![pattern] };
    let Some((choices, after)) = rest.split_once('}') else { return vec![pattern] };
    choices.split(',').flat_map(|choice| expand(&format!("{before}{choice}{after}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_files_have_no_problem() {
        let mut vocabulary = Vocabulary::default();
        for (name, text) in EMBEDDED {
            assert_eq!(add_vocabulary(&mut vocabulary, text), [], "{name}");
        }
        assert_eq!(vocabulary, embedded_vocabulary());
        let english = &vocabulary.languages[&Language::ENGLISH];
        assert!(english.actors.len() > 100 && english.cues.len() > 30);
        for cue in &english.cues {
            let context =
                |rule: &String| english.cues.iter().any(|c| c.role == CueRole::Context && c.rule == *rule);
            assert!(cue.needs.as_ref().is_none_or(context), "`{}` needs an unknown context", cue.rule);
            let kind = cue.action.map(Action::usual_kind);
            let shared = matches!(cue.kind, Some(Kind::Tariff | Kind::Blockade));
            assert!(shared || kind.is_none() || kind == cue.kind, "`{}` has another kind's action", cue.rule);
        }
    }

    #[test]
    fn every_problem_is_told_with_its_place() {
        let text = "languag = \"en\"\n[[actor]]\ncode = \"XX\"\nname = [\"X\"]\nfirms = \"Y\"\n\
                    leaders = [{ name = \"Z\", from = \"last year\" }]\n\
                    [[cue]]\nrule = \"r\"\nrole = \"non\"\nweight = \"3\"\nmatch = [\"\"]\n[words]\nof = [\"of\"]\n";
        let mut vocabulary = Vocabulary::default();
        let problems = add_vocabulary(&mut vocabulary, text);
        let told: Vec<(&str, &str)> = problems
            .iter()
            .map(|problem| (problem.span.clone().map_or("", |span| &text[span]), problem.message.as_str()))
            .collect();
        for (place, message) in [
            ("languag", "unknown key `languag`"),
            ("languag", "`language` is missing"),
            ("\"XX\"", "`XX` is not the code of a country or bloc"),
            ("name", "unknown key `name`"),
            ("\"Y\"", "expected a list, found string"),
            ("\"last year\"", "`last year` is no date"),
            ("\"3\"", "expected a number, found string"),
            ("\"\"", "an empty string"),
        ] {
            assert!(told.contains(&(place, message)), "{place}: {message}\n{told:#?}");
        }
        assert!(told.iter().any(|(place, _)| *place == "\"non\""), "{told:#?}");
        assert!(told.iter().any(|(place, _)| *place == "of"), "{told:#?}");
        let helped = problems.iter().find(|problem| problem.message == "unknown key `name`");
        assert_eq!(helped.and_then(|problem| problem.help.as_deref()), Some("did you mean `names`?"));
        assert_eq!(vocabulary, Vocabulary::default(), "a file with problems adds nothing");
    }

    #[test]
    fn a_text_that_is_no_toml_is_a_problem() {
        let mut vocabulary = Vocabulary::default();
        assert!(!add_vocabulary(&mut vocabulary, "language = \"en").is_empty());
        assert_eq!(vocabulary, Vocabulary::default());
    }

    #[test]
    fn a_users_file_adds_and_takes_away() {
        let mut vocabulary = embedded_vocabulary();
        let text = "language = \"en\"\nmasks = [\"Iran Avenue\"]\n[[actor]]\ncode = \"NR\"\n\
                    names = [\"Naoero\"]\n[[actor]]\ncode = \"IR\"\nremove = [\"Iran\"]\n\
                    [[cue]]\nrule = \"sanction-noun\"\nremove = [\"sanctions\"]\n";
        assert_eq!(add_vocabulary(&mut vocabulary, text), []);
        let english = &vocabulary.languages[&Language::ENGLISH];
        let iran: Actor = "IR".parse().unwrap();
        assert!(english.masks.contains("Iran Avenue"));
        assert_eq!(vocabulary.resolve("naoero").map(Actor::code), Some("NR"));
        assert!(english.actors[&iran].surfaces.iter().all(|surface| surface.text != "Iran"));
        let nouns = english.cues.iter().find(|cue| cue.rule == "sanction-noun").unwrap();
        assert!(!nouns.patterns.contains("sanctions") && nouns.patterns.contains("sanction"));
    }

    #[test]
    fn countries_are_found_as_they_are_written() {
        let vocabulary = embedded_vocabulary();
        for (written, code) in [
            ("Iran", "IR"),
            ("ir", "IR"),
            (" iranian ", "IR"),
            ("TEHRAN", "IR"),
            ("eu", "EU"),
            ("Türkiye", "TR"),
        ] {
            assert_eq!(vocabulary.resolve(written).map(Actor::code), Some(code), "{written}");
        }
        assert_eq!(vocabulary.resolve("Irann"), None);
        assert_eq!(
            vocabulary.suggest("Irann").map(|(name, actor)| (name, actor.code())),
            Some(("Iran", "IR"))
        );
        assert_eq!(vocabulary.suggest("xyzzyplugh"), None);
        let belgium = "BE".parse().unwrap();
        let blocs: Vec<&str> = vocabulary.blocs_of(belgium).into_iter().map(Actor::code).collect();
        assert!(blocs.contains(&"EU") && blocs.contains(&"NATO"), "{blocs:?}");
    }
}
