//! The definitions, the reader and the schema say the same: each default, each example and each wrong value is put
//! into a configuration, and both judge it.

use super::json_schema;
use crate::config::check::World;
use crate::config::environment::Environment;
use crate::config::keys::{Fallback, Key, Shape, TABLES, TableKeys};
use crate::config::load::check;
use crate::config::{Config, ConfigErrors, Loaded, Severity};
use crate::domain::Vocabulary;
use boon::{Compiler, SchemaIndex, Schemas};
use std::path::Path;
use std::sync::Arc;
use toml::{Table, Value};

/// What is right as it stands, with everything that a key may refer to.
const BASE: &str = r#"
source = [{ name = "Al Jazeera", url = "https://example.org/feed.xml" }]
watch = [{ name = "Iran and Belarus", countries = ["Iran"] }]
subscriber = [{ email = "desk@example.org", watches = ["Iran and Belarus"] }]
mail = { folder = "mail" }
"#;

/// What a table holds beside the key that is tried, so that nothing else is missing.
const BESIDE: &[(&str, &str, &str)] = &[
    ("[fetch]", "proxy-user", "proxy = 'http://p.example.org:1'\nproxy-password-credential = 'p'"),
    ("[fetch]", "proxy-password-credential", "proxy = 'http://p.example.org:1'\nproxy-user = 'u'"),
    ("[[source]]", "user", "password-credential = 'p'"),
    ("[[source]]", "password-credential", "user = 'u'"),
    ("[[source]]", "robots", "full-text = true"),
    ("[[source]]", "item", "page = 'https://example.org/'\ntitle = 'a'"),
    ("[[source]]", "items", "json = 'https://example.org/'\ntitle = 'a'"),
    ("[[source]]", "title", "page = 'https://example.org/'\nitem = 'a'"),
    ("[[source]]", "link", "page = 'https://example.org/'\nitem = 'a'\ntitle = 'a'"),
    ("[[source]]", "date", "page = 'https://example.org/'\nitem = 'a'\ntitle = 'a'"),
    ("[[source]]", "summary", "page = 'https://example.org/'\nitem = 'a'\ntitle = 'a'"),
    ("[smtp]", "user", "password-credential = 'p'"),
    ("[smtp]", "password-credential", "user = 'u'"),
    ("[operator]", "summary", "email = 'ops@example.org'"),
];

fn parsed(text: &str) -> Table {
    toml::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn value(written: &str) -> Value {
    parsed(&format!("value = {written}")).remove("value").expect("a value")
}

/// The required keys of a table, with their first examples, and what a key needs beside it.
fn around(table: &TableKeys, key: &str) -> Table {
    let required = table.keys.iter().filter(|known| known.fallback == Fallback::Required);
    let mut around: Table = required.map(|known| (known.name.to_owned(), value(known.examples[0]))).collect();
    for (_, _, beside) in BESIDE.iter().filter(|(of, name, _)| *of == table.table && *name == key) {
        around.extend(parsed(beside));
    }
    around
}

/// A configuration in which a table holds `entries`; nothing else is wrong in it.
fn document(table: &TableKeys, mut entries: Table) -> Table {
    let mut base = parsed(BASE);
    let mut source = |key: &str, value: Value| {
        let sources = base.get_mut("source").and_then(Value::as_array_mut).expect("sources");
        let source = sources[0].as_table_mut().expect("a source");
        source.insert(key.to_owned(), value);
    };
    match table.table {
        "the file" => base.extend(entries),
        "page" => source("page", entries.into()),
        "json" => source("json", entries.into()),
        "headers" => source("headers", Table::from_iter([("X-Key".to_owned(), entries.into())]).into()),
        "[[source]]" => {
            for form in [("page", "item"), ("json", "items")] {
                // A form that is written as an address has its rules beside it.
                if entries.get(form.0).is_some_and(|form| !form.is_table()) {
                    entries.entry("title").or_insert("a".into());
                    entries.entry(form.1).or_insert("a".into());
                }
            }
            for (key, value) in entries {
                source(&key, value);
            }
        }
        "deliver" | "quiet" | "[[subscriber]]" => {
            let key = table.table;
            let people = base.get_mut("subscriber").and_then(Value::as_array_mut).expect("people");
            let person = people[0].as_table_mut().expect("a person");
            if table.table.starts_with('[') {
                person.extend(entries);
            } else {
                person.insert(key.to_owned(), entries.into());
            }
        }
        "[[watch]]" | "[[webhook]]" => {
            let key = table.table.trim_matches(['[', ']']);
            base.insert(key.to_owned(), Value::Array(vec![entries.into()]));
        }
        name => {
            let key = name.trim_matches(['[', ']']);
            if key == "smtp" {
                base.remove("mail");
            }
            base.insert(key.to_owned(), entries.into());
        }
    }
    base
}

/// The real check, in a world in which every file that is named is there.
fn judged(document: &Table) -> Result<Loaded, ConfigErrors> {
    let text = toml::to_string(document).expect("TOML");
    let main = Path::new("sanctionwatch.toml");
    let read = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        Ok(match name {
            _ if path == main => text.clone(),
            "my-words.toml" => "language = \"en\"".to_owned(),
            "ca.pem" => "-----BEGIN CERTIFICATE-----".to_owned(),
            _ if path.extension().is_some_and(|own| own == "toml") => String::new(),
            _ => "a secret of some thirty-two bytes".to_owned(),
        })
    };
    let environment = Environment::of_variables([]);
    check(main, &World { environment: &environment, read: &read, is_open: &|_| false })
}

/// The schema, compiled.
struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    fn new() -> Self {
        let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
        compiler.add_resource("schema.json", json_schema()).expect("a resource");
        let index = compiler.compile("schema.json", &mut schemas).unwrap_or_else(|error| panic!("{error}"));
        Self { schemas, index }
    }

    fn refuses(&self, document: &Table) -> Option<String> {
        let json = serde_json::to_value(document).expect("JSON");
        self.schemas.validate(&json, self.index).err().map(|error| error.to_string())
    }
}

fn every_key() -> impl Iterator<Item = (&'static TableKeys, &'static Key)> {
    TABLES.iter().flat_map(|table| table.keys.iter().map(|key| (*table, key)))
}

fn with(table: &TableKeys, key: &Key, name: &str, tried: Value) -> Table {
    let mut entries = around(table, key.name);
    entries.insert(name.to_owned(), tried);
    document(table, entries)
}

/// Without the words, which are large and the same everywhere.
fn shown(config: Config) -> String {
    format!("{:?}", Config { vocabulary: Arc::new(Vocabulary::default()), ..config })
}

#[test]
fn every_default_is_what_holds_without_it() {
    for (table, key) in every_key() {
        let Fallback::Value(default) = key.fallback else { continue };
        let place = format!("`{} = {default}` of {}", key.name, table.table);
        let without = judged(&document(table, around(table, key.name)));
        let given = judged(&with(table, key, key.name, value(default)));
        let meant = |loaded: Result<Loaded, ConfigErrors>| match loaded {
            Ok(loaded) => shown(loaded.config),
            Err(errors) => panic!("{place}: {errors}"),
        };
        assert_eq!(meant(given), meant(without), "{place}");
    }
}

#[test]
fn every_example_and_every_default_is_right() {
    let schema = Schema::new();
    for (table, key) in every_key() {
        let default = match key.fallback {
            Fallback::Value(default) => Some(default),
            _ => None,
        };
        for written in key.examples.iter().copied().chain(default) {
            let place = format!("`{} = {written}` of {}", key.name, table.table);
            let document = with(table, key, key.name, value(written));
            if let Err(errors) = judged(&document) {
                panic!("{place}: {errors}");
            }
            assert_eq!(schema.refuses(&document), None, "{place}");
        }
    }
}

/// Values that a shape does not allow, and that the schema can tell.
fn wrong(shape: &Shape) -> Vec<Value> {
    let int = |number: u64| i64::try_from(number).map(Value::from).expect("a number of TOML");
    match shape {
        Shape::Text(_) => vec![5.into(), " ".into()],
        Shape::AnyText(_) => vec![5.into()],
        Shape::Matching { .. } | Shape::Duration { .. } => vec![5.into(), "!".into()],
        Shape::Whole { least, most } => {
            let below = least.checked_sub(1).map_or(Value::from(-1), int);
            vec![below, int(most + 1), "5".into(), 5.5.into()]
        }
        Shape::Number { least, most } => vec![(least - 0.5).into(), (most + 0.5).into(), "5".into()],
        Shape::AnyNumber => vec!["5".into()],
        Shape::Boolean => vec!["yes".into(), 1.into()],
        Shape::Term(_) => vec!["no-such-word".into(), 5.into()],
        Shape::List(of) => wrong_elements(of).into_iter().chain(["x".into()]).collect(),
        Shape::FilledList(of) => {
            wrong_elements(of).into_iter().chain([Value::Array(Vec::new()), "x".into()]).collect()
        }
        Shape::OneOrMore(of) => wrong_elements(of).into_iter().chain([Value::Array(Vec::new())]).collect(),
        Shape::Table(_) | Shape::Tables(_) | Shape::Entries(_) | Shape::Named { .. } | Shape::Either(_) => {
            vec![5.into()]
        }
    }
}

fn wrong_elements(of: &Shape) -> Vec<Value> {
    wrong(of).into_iter().map(|element| Value::Array(vec![element])).collect()
}

#[test]
fn what_is_beyond_a_range_or_no_word_of_a_set_is_refused_by_both() {
    let schema = Schema::new();
    let mut tried = 0;
    for (table, key) in every_key() {
        for value in wrong(&key.shape) {
            let place = format!("`{} = {value}` of {}", key.name, table.table);
            let document = with(table, key, key.name, value);
            assert!(judged(&document).is_err(), "the check takes {place}");
            assert!(schema.refuses(&document).is_some(), "the schema takes {place}");
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
}

#[test]
fn durations_beyond_their_range_are_refused_by_the_check() {
    for (table, key) in every_key() {
        let Shape::Duration { least, most } = key.shape else { continue };
        let below = least.as_secs().checked_sub(1);
        for seconds in below.into_iter().chain([most.as_secs() + 1]) {
            let document = with(table, key, key.name, format!("{seconds}s").into());
            assert!(judged(&document).is_err(), "`{} = {seconds}s` of {}", key.name, table.table);
        }
    }
}

#[test]
fn an_unknown_key_is_refused_by_both_in_every_table() {
    let schema = Schema::new();
    for table in TABLES {
        let mut entries = around(table, "");
        entries.insert("no-such-key".to_owned(), 1.into());
        let document = document(table, entries);
        assert!(judged(&document).is_err(), "{}", table.table);
        assert!(schema.refuses(&document).is_some(), "{}", table.table);
    }
}

#[test]
fn an_old_name_is_understood_told_of_and_marked_as_deprecated() {
    let schema = Schema::new();
    let printed = json_schema().to_string();
    for (table, key) in every_key() {
        for former in key.renamed {
            let given = value(key.examples[0]);
            let old = with(table, key, former.from, given.clone());
            let loaded = judged(&old).unwrap_or_else(|errors| panic!("{}: {errors}", former.from));
            let new = judged(&with(table, key, key.name, given.clone())).expect("the new name");
            assert_eq!(shown(loaded.config), shown(new.config), "{}", former.from);
            let told: Vec<&str> = loaded.warnings.iter().map(|warning| warning.message.as_str()).collect();
            assert_eq!(told, [format!("`{}` is called `{}` now", former.from, key.name)]);
            assert_eq!(new.warnings.count(Severity::Warning), 0);
            assert_eq!(schema.refuses(&old), None);

            let mut both = with(table, key, former.from, given.clone());
            let key_of_table = table.table.trim_matches(['[', ']']);
            both[key_of_table].as_table_mut().expect("a table").insert(key.name.to_owned(), given);
            let errors = judged(&both).expect_err("both names");
            let told: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
            assert_eq!(told, [format!("`{}` and `{}` are the same key", former.from, key.name)]);
            assert!(printed.contains(&format!("\"title\":\"{}\"", former.from)), "{printed}");
            assert!(printed.contains("\"deprecated\":true"), "{printed}");
        }
    }
}
