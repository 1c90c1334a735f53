//! The table of faults, `tests/faults.toml`: what it names exists.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// So many are known: 62 of a catalogue, and what was met besides. A number that is missing was forgotten.
const FAULTS: u32 = 66;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    what: String,
    then: Option<String>,
    #[serde(default)]
    tests: Vec<String>,
    #[serde(default)]
    boot: Vec<String>,
    waits: Option<String>,
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn faults() -> BTreeMap<u32, Fault> {
    let table: BTreeMap<String, Fault> = toml::from_str(&read("tests/faults.toml")).unwrap();
    table.into_iter().map(|(number, fault)| (number.parse().unwrap(), fault)).collect()
}

/// The names of the functions that are tests, each as often as there is one.
fn tests() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join("src"), root.join("tests")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.extend(tests_of(&fs::read_to_string(path).unwrap()));
            }
        }
    }
    found
}

/// The function after each mark of a test; other marks and comments may stand between.
fn tests_of(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut marked = false;
    for line in code.lines().map(str::trim_start) {
        marked |= ["#[test]", "#[rstest]", "#[tokio::test"].iter().any(|mark| line.starts_with(mark));
        let name = line.trim_start_matches("async ").strip_prefix("fn ");
        if let Some((name, _)) = name.filter(|_| marked).and_then(|rest| rest.split_once('(')) {
            found.push(name.to_owned());
            marked = false;
        }
    }
    found
}

#[test]
fn every_fault_has_a_test_or_a_reason() {
    let faults = faults();
    assert!(faults.keys().copied().eq(1..=FAULTS), "{:?}", faults.keys());
    for (number, fault) in faults {
        let shown = !fault.tests.is_empty() || !fault.boot.is_empty();
        assert!(shown || fault.waits.is_some(), "{number}, {}: no test and no reason", fault.what);
        assert_eq!(shown, fault.then.is_some(), "{number}, {}: what is expected then?", fault.what);
    }
}

#[test]
fn every_test_that_is_named_exists() {
    let (tests, drive) = (tests(), read("tests/boot/guest/drive.sh"));
    for (number, fault) in faults() {
        for name in &fault.tests {
            // Of two tests of one name, one could go without a word.
            let count = tests.iter().filter(|test| *test == name).count();
            assert_eq!(count, 1, "{number}, {}: so many tests are called {name}", fault.what);
        }
        for check in &fault.boot {
            let expected = drive.contains(&format!("expect \"{check}\""));
            assert!(expected, "{number}, {}: the boot test has no check {check:?}", fault.what);
        }
    }
}

#[test]
fn tests_are_told_from_their_helpers() {
    let code = "fn helper() {}\n#[rstest]\n#[case(1)]\n#[tokio::test]\nasync fn shown(#[case] one: u8) {}\nfn other() {}";
    assert_eq!(tests_of(code), ["shown"]);
}
