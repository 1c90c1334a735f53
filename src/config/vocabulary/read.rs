//! Reads a vocabulary or actor file with every problem told at its place.

use super::claims::{Claim, Claimed};
use super::file::{File, Given};
use super::keys::{self, MOST_POINTS};
use super::reader::Reader;
use crate::domain::{
    Action, Actor, ActorWords, Ambiguous, Cue, CueRole, Grammar, Kind, LanguageWords, Modality, Pattern,
    Points, Score, Side, Surface, SurfaceKind, WordClass,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Tables whose words are of a language.
const OF_LANGUAGE: &[&str] =
    &["grammar", "masks", "remove-masks", "actor", "words", "remove-words", "cue", "opinion"];

/// What a file says; `None` where it does not say its language and needs to.
pub(super) fn file(reader: &mut Reader, table: &DeTable<'_>) -> Option<File> {
    reader.known(table, &keys::FILE);
    let needed = OF_LANGUAGE.iter().any(|key| table.contains_key(*key)) || !table.contains_key("points");
    let language = if needed || table.contains_key("language") {
        let value = reader.required(table, "language", "language = \"en\"");
        value.and_then(|value| reader.parsed(value))
    } else {
        None
    };
    let mut words = LanguageWords::default();
    words.masks.extend(reader.strings(table, "masks"));
    let mut file = File {
        language,
        words,
        grammar: table
            .get("grammar")
            .and_then(|value| reader.table(value))
            .map(|table| (grammar(reader, table), given(table))),
        cues: Vec::new(),
        points: points(reader, table),
        usual_senders: actors(reader, table, "usual-senders"),
        usual_targets: actors(reader, table, "usual-targets"),
        members: BTreeMap::new(),
        removed_masks: reader.strings(table, "remove-masks"),
        removed_surfaces: Vec::new(),
        removed_words: word_classes(reader, table, "remove-words"),
        removed_patterns: BTreeMap::new(),
        claims: claims(table, "remove-masks", Claimed::Mask),
    };
    if let Some(classes) = table.get("remove-words").and_then(|value| value.get_ref().as_table()) {
        for (key, _) in classes {
            if let Ok(class) = WordClass::from_str(key.get_ref()) {
                let word = |word: String| Claimed::Word(class, lower(&word));
                file.claims.extend(claims(classes, key.get_ref(), word));
            }
        }
    }
    for entry in reader.tables(table, "actor") {
        read_actor(reader, entry, &mut file);
    }
    file.words.opinion = opinion(reader, table);
    file.words.words = word_classes(reader, table, "words");
    for entry in reader.tables(table, "cue") {
        read_cue(reader, entry, &mut file);
    }
    (file.language.is_some() || !needed).then_some(file)
}

/// What the strings of a list claim; what is no string is told of elsewhere.
fn claims(table: &DeTable<'_>, key: &str, claimed: impl Fn(String) -> Claimed) -> Vec<Claim> {
    let values = table.get(key).and_then(|value| value.get_ref().as_array()).into_iter().flatten();
    let claim = |value: &Spanned<DeValue<'_>>| {
        Some(Claim { span: value.span(), what: claimed(value.get_ref().as_str()?.to_owned()) })
    };
    values.filter_map(claim).collect()
}

fn given(table: &DeTable<'_>) -> Given {
    table.iter().map(|(key, _)| key.get_ref().to_string()).collect()
}

fn points(reader: &mut Reader, table: &DeTable<'_>) -> Vec<(String, Score)> {
    let Some(points) = table.get("points").and_then(|value| reader.table(value)) else { return Vec::new() };
    reader.only(points, Points::KEYS);
    let mut read = Vec::new();
    for key in Points::KEYS {
        let Some(number) = reader.number(points, key) else { continue };
        let least = if *key == "historical" { -MOST_POINTS } else { 0.0 };
        if (least..=MOST_POINTS).contains(&number) {
            read.push(((*key).to_owned(), Score::from_points(number)));
        } else {
            let span = points.get(*key).map(Spanned::span);
            reader.problem(span, format!("`{key}` must be between {least} and {MOST_POINTS}"), None);
        }
    }
    read
}

fn opinion(reader: &mut Reader, table: &DeTable<'_>) -> BTreeMap<String, Score> {
    let Some(weights) = table.get("opinion").and_then(|value| reader.table(value)) else {
        return BTreeMap::new();
    };
    let features = weights.iter().map(|(key, _)| key.get_ref().to_string());
    features
        .filter_map(|name| Some((name.clone(), Score::from_points(reader.number(weights, &name)?))))
        .collect()
}

fn word_classes(
    reader: &mut Reader,
    table: &DeTable<'_>,
    key: &str,
) -> BTreeMap<WordClass, BTreeSet<String>> {
    let mut words: BTreeMap<WordClass, BTreeSet<String>> = BTreeMap::new();
    let Some(classes) = table.get(key).and_then(|value| reader.table(value)) else { return words };
    for (key, _) in classes {
        match WordClass::from_str(key.get_ref()) {
            Ok(class) => {
                let listed = reader.strings(classes, key.get_ref());
                words.entry(class).or_default().extend(listed.iter().map(|word| lower(word)));
            }
            Err(error) => reader.problem(Some(key.span()), error.to_string(), None),
        }
    }
    words
}

fn grammar(reader: &mut Reader, table: &DeTable<'_>) -> Grammar {
    reader.known(table, &keys::GRAMMAR);
    let usual = Grammar::default();
    let mut terms = OptionalTerms { reader, entry: table };
    let boundaries = terms.term("boundaries").unwrap_or(usual.boundaries);
    let modifiers = terms.term("modifiers").unwrap_or(usual.modifiers);
    let markers = terms.term("markers").unwrap_or(usual.markers);
    let verb = terms.term("verb").unwrap_or(usual.verb);
    let comma = terms.term("comma").unwrap_or(usual.comma);
    let mut same_letters = BTreeMap::new();
    let same = |group: &str| {
        let mut lengths = group.chars().map(char::len_utf8);
        let first = lengths.next();
        if lengths.all(|length| Some(length) == first) {
            Ok(group.to_owned())
        } else {
            Err(format!("the letters of `{group}` take different numbers of bytes"))
        }
    };
    for group in reader.understood(table, "same-letters", same) {
        let mut letters = group.chars().rev();
        let Some(one) = letters.next() else { continue };
        same_letters.extend(letters.map(|other| (other, one)));
    }
    let ordinals = reader.strings(table, "ordinals");
    let numbers = reader.strings(table, "numbers");
    let opposites = reader.understood(table, "opposites", opposites);
    let mut set = |key| reader.strings(table, key).into_iter().collect::<BTreeSet<String>>();
    Grammar {
        boundaries,
        modifiers,
        markers,
        verb,
        comma,
        endings: set("endings"),
        genitive_endings: set("genitive-endings"),
        prefixes: set("prefixes"),
        suffixes: set("suffixes"),
        ordinals,
        numbers,
        opposites,
        ordinal_endings: set("ordinal-endings"),
        ordinal_marks: set("ordinal-marks"),
        same_letters,
    }
}

fn actors(reader: &mut Reader, table: &DeTable<'_>, key: &str) -> Option<BTreeSet<Actor>> {
    let values: Vec<&Spanned<DeValue<'_>>> = reader.array(table, key)?;
    Some(values.into_iter().filter_map(|value| reader.parsed(value)).collect())
}

fn read_actor(reader: &mut Reader, entry: &DeTable<'_>, file: &mut File) {
    reader.known(entry, &keys::ACTOR);
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
        let listed = reader.understood(entry, key, name);
        words.surfaces.extend(listed.into_iter().map(|text| Surface { text, kind, from: None, to: None }));
    }
    for leader in reader.tables(entry, "leaders") {
        reader.known(leader, &keys::LEADER);
        let name =
            reader.required(leader, "name", "name = \"Khamenei\"").and_then(|value| reader.text(value));
        let from = date(reader, leader, "from");
        let to = date(reader, leader, "to");
        if let Some(text) = name {
            words.surfaces.push(Surface { text, kind: SurfaceKind::Leader, from, to });
        }
    }
    for ambiguous in reader.tables(entry, "ambiguous") {
        reader.known(ambiguous, &keys::AMBIGUOUS);
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
    words.short.extend(reader.strings(entry, "short"));
    let removed = reader.strings(entry, "remove");
    let members = actors(reader, entry, "members");
    let Some(code) = code else { return };
    file.claims.extend(claims(entry, "remove", |name| Claimed::Name(code, name)));
    file.removed_surfaces.extend(removed.into_iter().map(|surface| (code, surface)));
    file.members.entry(code).or_default().extend(members.into_iter().flatten());
    if file.members.get(&code).is_some_and(BTreeSet::is_empty) {
        file.members.remove(&code);
    }
    let known = file.words.actors.entry(code).or_default();
    known.surfaces.extend(words.surfaces);
    known.ambiguous.extend(words.ambiguous);
    known.short.extend(words.short);
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
    reader.known(entry, &keys::CUE);
    let rule =
        reader.required(entry, "rule", "rule = \"sanction-noun\"").and_then(|value| reader.text(value));
    let removed: Vec<String> = reader.understood(entry, "remove", texts).into_iter().flatten().collect();
    let patterns: BTreeSet<String> = reader.understood(entry, "match", pattern).into_iter().collect();
    if let Some(rule) = &rule {
        file.removed_patterns.entry(rule.clone()).or_default().extend(removed.iter().cloned());
        let pattern = |text: String| Claimed::Pattern(rule.clone(), lower(&text));
        file.claims.extend(claims(entry, "remove", pattern));
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
    let links = reader.strings(entry, "links").iter().map(|link| lower(link)).collect();
    let needs = entry.get("needs").and_then(|value| {
        let rule = reader.text(value)?;
        file.claims.push(Claim { span: value.span(), what: Claimed::Context(rule.clone()) });
        Some(rule)
    });
    if let (Some(rule), Some(role)) = (rule, role) {
        let cue = Cue { rule, role, kind, action, modality, subject, weight, links, needs, patterns };
        file.cues.push((cue, given(entry)));
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

/// Lower case, but for "İ": its lower case is two characters, which texts do not hold.
fn lower(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else if text.contains('\u{130}') {
        text.split('\u{130}').map(str::to_lowercase).collect::<Vec<_>>().join("\u{130}")
    } else {
        text.to_lowercase()
    }
}

/// A name, or what is wrong about it: a `*` may stand at its end only, and choices are for cues.
fn name(text: &str) -> Result<String, String> {
    let name = text.strip_suffix('*').unwrap_or(text);
    if name.trim().is_empty() || name.contains(['*', '{', '}']) {
        return Err(format!("`{text}` is no name: a `*` may only end it, and there are no choices in names"));
    }
    Ok(text.to_owned())
}

/// The forms of a word and those of its contrary, or what is wrong about them.
fn opposites(text: &str) -> Result<(String, String), String> {
    let written = |side: &str| side.split('|').all(|form| !matches!(form.trim(), "" | "*"));
    match text.split_once('/') {
        Some((one, other)) if !other.contains('/') && written(one) && written(other) => {
            Ok((one.trim().to_owned(), other.trim().to_owned()))
        }
        _ => Err(format!("`{text}` is no pair of opposites: write it as \"rises|rose / falls|fell\"")),
    }
}

/// A pattern of a cue in lower case, or what is wrong about it.
fn pattern(text: &str) -> Result<String, String> {
    let lower = lower(text);
    // A joiner of no width may be left out in texts, so without it the pattern must be one as well.
    Pattern::parse(&lower.replace('\u{200c}', "")).map(|_| ()).map_err(|error| error.to_string())?;
    Ok(lower)
}

/// All that a pattern stands for.
fn texts(text: &str) -> Result<BTreeSet<String>, String> {
    Pattern::parse(&lower(text)).map(|pattern| pattern.texts()).map_err(|error| error.to_string())
}
