//! The shipped configuration: it loads, it is complete, and it shows every key there is.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use sanctionwatch::config::{
    Environment, Loaded, TABLES, json_schema, load, reference, vocabulary_json_schema,
};
use sanctionwatch::domain::{ActorKind, Source, SourceForm};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const FILE: &str = "sanctionwatch.toml";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config")
}

fn shipped() -> Loaded {
    load(&folder().join(FILE), &Environment::of_variables([])).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Every (table, key) that stands in the file, active or commented out.
fn written_keys() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let mut table = "the file".to_owned();
    for line in fs::read_to_string(folder().join(FILE)).unwrap().lines() {
        let line = line.trim_start_matches(['#', ' ']).trim_end();
        if line.starts_with('[') && line.ends_with(']') {
            line.clone_into(&mut table);
            found.insert(("the file".to_owned(), line.trim_matches(['[', ']']).to_owned()));
        }
        let Some((key, value)) = line.split_once(" = ") else { continue };
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
            continue;
        }
        found.insert((table.clone(), key.to_owned()));
        if key == "headers" {
            // Its keys are the operator's own; what each may hold is not.
            found.extend(value.contains("{credential = ").then(|| (key.to_owned(), "credential".to_owned())));
        }
        let inner = value.strip_prefix("{ ").and_then(|inner| inner.split_once(" }")).map(|(inner, _)| inner);
        for (inner, _) in
            inner.into_iter().flat_map(|inner| inner.split(", ")).filter_map(|one| one.split_once(" = "))
        {
            found.insert((key.to_owned(), inner.to_owned()));
        }
    }
    found
}

#[test]
fn it_loads_and_has_what_an_analyst_expects() {
    let config = shipped().config;
    assert!(config.sources.len() >= 60, "{} sources", config.sources.len());
    let languages: BTreeSet<_> = config.sources.iter().filter_map(|source| source.language).collect();
    assert!(languages.len() >= 5, "{languages:?}");
    let watches: Vec<&str> = config.watches.iter().map(|watch| watch.name.as_str()).collect();
    assert_eq!(
        watches,
        ["Iran", "Belarus", "Russia", "China", "North Korea", "Syria", "Venezuela", "Cuba", "Myanmar"]
    );
    let codes: Vec<&str> =
        config.watches.iter().flat_map(|watch| &watch.countries).map(|actor| actor.code()).collect();
    assert_eq!(codes, ["IR", "BY", "RU", "CN", "KP", "SY", "VE", "CU", "MM"]);
    assert!(config.smtp.is_none() && config.mail_folder.is_none() && config.subscribers.is_empty());
    assert!(config.fetch.allow_addresses.is_empty());
}

#[test]
fn official_bodies_speak_for_their_states() {
    const OFFICIAL: &[&str] = &[
        ".gov",
        ".gov.uk",
        ".europa.eu",
        ".gov.cn",
        ".admin.ch",
        ".canada.ca",
        ".go.kr",
        ".gov.ua",
        ".un.org",
    ];
    let sources = shipped().config.sources;
    let is_official = |source: &Source| {
        let host = source.addresses[0].url.host_str().unwrap_or_default();
        OFFICIAL.iter().any(|end| host.ends_with(end))
    };
    for source in sources.iter().filter(|source| is_official(source)) {
        assert!(source.speaks_for.is_some(), "{} speaks for nobody", source.name);
    }
    let speakers: BTreeSet<_> = sources.iter().filter_map(|source| source.speaks_for).collect();
    assert!(speakers.len() >= 8, "{speakers:?}");
    assert!(speakers.iter().any(|actor| actor.kind() == ActorKind::Bloc));
    let mut addresses = sources.iter().flat_map(|source| &source.addresses);
    assert!(addresses.any(|address| matches!(*address.form, SourceForm::Page(_))));
}

#[test]
fn every_key_that_is_known_is_shown() {
    let written = written_keys();
    for table in TABLES {
        for key in table.keys {
            assert!(
                written.contains(&(table.table.to_owned(), key.name.to_owned())),
                "`{}` of {} does not stand in config/",
                key.name,
                table.table
            );
        }
    }
}

/// The text of a file of the project, and the command that prints what it must hold.
fn same(path: &str, printed: &str, command: &str) {
    let written = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default();
    assert!(written == printed, "{path} is not what `sanctionwatch {command}` prints: write it anew");
}

#[test]
fn the_schemas_and_the_reference_page_are_what_the_program_prints() {
    let pretty = |schema| serde_json::to_string_pretty(&schema).unwrap() + "\n";
    same("config/sanctionwatch.schema.json", &pretty(json_schema()), "schema");
    same("config/vocabulary.schema.json", &pretty(vocabulary_json_schema()), "schema --vocabulary");
    same("docs/configuration.md", &reference(), "schema --reference");
}

#[test]
fn every_key_is_in_the_schema_and_on_the_reference_page() {
    let schema = json_schema().to_string();
    let page = reference();
    for table in TABLES {
        let name = if table.table == "the file" {
            "The top of the file".to_owned()
        } else {
            format!("`{}`", table.table)
        };
        let heading = format!("\n## {name}\n");
        let (_, section) = page.split_once(&heading).unwrap_or_else(|| panic!("no section {}", table.table));
        let section = section.split("\n## ").next().unwrap();
        for key in table.keys {
            let title = format!("{{\"title\":\"{}\",\"description\":\"", key.name);
            assert!(schema.contains(&title), "`{}` is not in the schema", key.name);
            if section.contains(&format!("](#{}): {}", key.name, key.about)) {
                continue;
            }
            let (_, entry) = section
                .split_once(&format!("\n### `{}`\n", key.name))
                .unwrap_or_else(|| panic!("{}", key.name));
            assert!(entry.trim_start().starts_with(key.about), "{}", key.name);
        }
    }
}

#[test]
fn it_gives_no_warning_and_names_its_schema() {
    let loaded = shipped();
    assert_eq!(loaded.warnings.iter().count(), 0, "{}", loaded.warnings.render(false));
    for path in loaded.files {
        let first = fs::read_to_string(&path).unwrap().lines().next().unwrap_or_default().to_owned();
        let named = first.strip_prefix("#:schema ").unwrap_or_else(|| panic!("{}: {first}", path.display()));
        let schema = path.parent().unwrap().join(named);
        assert!(schema.ends_with("sanctionwatch.schema.json") && schema.is_file(), "{}", schema.display());
    }
}

#[test]
fn every_key_that_is_shown_is_known() {
    for (table, key) in written_keys() {
        let known = TABLES.iter().find(|known| known.table == table);
        assert!(
            known.is_some_and(|known| known.key(&key).is_some()),
            "`{key}` of {table} stands in config/ and is not known"
        );
    }
}

fn packs() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder().join("sources")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_pack_is_a_configuration_of_sources_and_is_included() {
    let names: Vec<_> = packs().iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["agencies.toml", "official.toml", "regional.toml"]);
    for path in packs() {
        let loaded = load(&path, &Environment::of_variables([])).unwrap_or_else(|errors| panic!("{errors}"));
        assert!(loaded.config.sources.len() >= 20, "{}", path.display());
        assert!(loaded.config.watches.is_empty(), "{}", path.display());
        let official = path.ends_with("official.toml");
        for source in &loaded.config.sources {
            assert_eq!(source.speaks_for.is_some(), official, "{} in {}", source.name, path.display());
            assert!(source.language.is_some(), "{} has no language", source.name);
        }
    }
    let loaded = shipped();
    assert!(packs().iter().all(|path| loaded.files.contains(path)), "{:?}", loaded.files);
}

#[test]
fn no_two_sources_of_the_packs_share_a_name_or_an_address() {
    let sources = shipped().config.sources;
    let names: BTreeSet<String> = sources.iter().map(|source| source.name.as_str().to_lowercase()).collect();
    assert_eq!(names.len(), sources.len());
    let addresses: Vec<&str> =
        sources.iter().flat_map(|source| &source.addresses).map(|address| address.url.as_str()).collect();
    assert_eq!(addresses.iter().collect::<BTreeSet<_>>().len(), addresses.len());
}

#[test]
fn every_source_says_when_it_was_seen() {
    let texts: Vec<String> = packs().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let begins = |line: &&str| ["url = ", "page = ", "json = "].iter().any(|key| line.starts_with(key));
    let addresses: Vec<&str> = texts.iter().flat_map(|text| text.lines()).filter(begins).collect();
    assert_eq!(addresses.len(), shipped().config.sources.len());
    for line in addresses {
        let known =
            ["\" # seen 20", "\" # in use 20", "\" # not seen"].iter().any(|mark| line.contains(mark));
        assert!(known, "{line}");
    }
}
