//! The JSON Schema (2020-12), for editors that complete, explain and validate.
//!
//! It says what a value looks like. What only makes sense beside other values (a watch that exists, a duration's
//! range, a selector that parses) is for `check`: whatever the schema refuses, `check` refuses, too.

use super::words;
use crate::config::keys::{Fallback, Key, ROOT, Renamed, Shape, TableKeys};
use crate::config::vocabulary::FILE;
use serde_json::{Map, Value, json};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What `parse` in `duration` reads.
const DURATION: &str = "^\\s*([0-9]+[ywdhms]\\s*)+$";

/// The schema of a configuration file.
pub fn json_schema() -> Value {
    document("sanctionwatch: configuration", &ROOT)
}

/// The schema of a file of words, weights and points.
pub fn vocabulary_json_schema() -> Value {
    document("sanctionwatch: words, weights and points", &FILE)
}

fn document(title: &str, root: &TableKeys) -> Value {
    let mut document = Map::new();
    document.insert("$schema".to_owned(), DIALECT.into());
    document.insert("title".to_owned(), title.into());
    document.insert("description".to_owned(), root.about.into());
    document.extend(table(root));
    Value::Object(document)
}

fn table(keys: &TableKeys) -> Map<String, Value> {
    let mut properties = Map::new();
    for key in keys.keys {
        properties.insert(key.name.to_owned(), Value::Object(property(key)));
        for former in key.renamed {
            properties.insert(former.from.to_owned(), Value::Object(renamed(key, *former)));
        }
    }
    let required: Vec<&str> =
        keys.keys.iter().filter(|key| key.fallback == Fallback::Required).map(|key| key.name).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("additionalProperties".to_owned(), false.into());
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    schema.insert("properties".to_owned(), Value::Object(properties));
    schema
}

fn property(key: &Key) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("title".to_owned(), key.name.into());
    schema.insert("description".to_owned(), description(key).into());
    schema.extend(shape(&key.shape));
    if let Fallback::Value(value) = key.fallback {
        schema.insert("default".to_owned(), literal(value));
    }
    if !key.examples.is_empty() {
        schema.insert("examples".to_owned(), key.examples.iter().map(|example| literal(example)).collect());
    }
    schema
}

fn renamed(key: &Key, former: Renamed) -> Map<String, Value> {
    let mut schema = property(key);
    let until = former.until();
    let told = format!("Called `{}` now; version {until} will not know this name.", key.name);
    schema.insert("title".to_owned(), former.from.into());
    schema.insert("description".to_owned(), told.into());
    schema.insert("deprecated".to_owned(), true.into());
    schema
}

/// The meaning, and behind it what may be written and what holds otherwise.
fn description(key: &Key) -> String {
    let looks = (!matches!(key.shape, Shape::Table(_) | Shape::Tables(_))).then(|| words::shape(&key.shape));
    let facts: Vec<String> = looks.into_iter().chain(words::fallback(key)).collect();
    let facts = facts.join("; ");
    let mut letters = facts.chars();
    match letters.next() {
        Some(first) => format!("{}\n\n{}{}.", key.about, first.to_uppercase(), letters.as_str()),
        None => key.about.to_owned(),
    }
}

fn shape(shape: &Shape) -> Map<String, Value> {
    let schema = match shape {
        Shape::Text(_) => json!({"type": "string", "pattern": "\\S"}),
        Shape::AnyText(_) => json!({"type": "string"}),
        Shape::Matching { pattern, .. } => json!({"type": "string", "pattern": pattern}),
        Shape::Duration { .. } => json!({"type": "string", "pattern": DURATION}),
        Shape::Whole { least, most } => json!({"type": "integer", "minimum": least, "maximum": most}),
        Shape::Number { least, most } => json!({"type": "number", "minimum": least, "maximum": most}),
        Shape::AnyNumber => json!({"type": "number"}),
        Shape::Boolean => json!({"type": "boolean"}),
        Shape::Term(words) => json!({"type": "string", "enum": words()}),
        Shape::List(of) => json!({"type": "array", "items": self::shape(of)}),
        Shape::FilledList(of) => json!({"type": "array", "minItems": 1, "items": self::shape(of)}),
        Shape::OneOrMore(of) => any_of([*of, &Shape::FilledList(of)]),
        Shape::Table(keys) => return table(keys),
        Shape::Tables(keys) => json!({"type": "array", "items": table(keys)}),
        Shape::Entries(of) => json!({"type": "object", "additionalProperties": self::shape(of)}),
        Shape::Named { names, of } => {
            let properties: Map<String, Value> =
                names().into_iter().map(|name| (name.to_owned(), Value::Object(self::shape(of)))).collect();
            json!({"type": "object", "additionalProperties": false, "properties": properties})
        }
        Shape::Either(shapes) => any_of(shapes.iter()),
    };
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

/// One of these; each with its words as title, because where none fits only titles can be told.
fn any_of<'s>(shapes: impl IntoIterator<Item = &'s Shape>) -> Value {
    let titled = shapes.into_iter().map(|one| {
        let mut schema = Map::new();
        schema.insert("title".to_owned(), words::shape(one).into());
        schema.extend(shape(one));
        Value::Object(schema)
    });
    json!({"anyOf": titled.collect::<Vec<_>>()})
}

/// A value that is written in TOML; a test sees to it that all of ours are.
fn literal(written: &str) -> Value {
    let table = toml::from_str::<Map<String, Value>>(&format!("value = {written}"));
    table.ok().and_then(|mut table| table.remove("value")).unwrap_or_default()
}
