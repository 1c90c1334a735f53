//! The house keeps its walls: who imports whom, what a module says first, how long a file may be.
#![allow(
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise, in its helpers as well"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The walls that `src/lib.rs` states: what each module of the top level may import. `"*"` is
/// everything. Whoever moves a wall moves it here and there.
const WALLS: &[(&str, &[&str])] = &[
    ("alerting", &["domain", "text"]),
    ("assess", &["domain", "parallel", "text"]),
    ("backtest", &["alerting", "assess", "domain", "group", "identify", "parallel", "telling", "text"]),
    ("cli", &["*"]),
    ("config", &["domain", "parallel", "text"]),
    ("daemon", &["*"]),
    ("deliver", &["domain", "net", "text"]),
    ("domain", &[]),
    ("fetch", &["domain", "net"]),
    ("group", &["domain", "text"]),
    ("identify", &["domain", "text"]),
    ("net", &["domain"]),
    ("parallel", &[]),
    ("parse", &["domain", "text"]),
    ("schedule", &["domain", "text"]),
    ("serve", &["*"]),
    ("store", &["domain"]),
    ("telling", &["alerting", "assess", "domain", "group", "text"]),
    ("text", &[]),
];

/// A longer file does more than one thing, as a rule.
const LONG: usize = 450;

struct SourceFile {
    path: PathBuf,
    text: String,
}

impl SourceFile {
    /// The module of the top level it belongs to; `None` for `lib.rs` and `main.rs`.
    fn module(&self) -> Option<&str> {
        let mut parts = self.path.components().filter_map(|part| part.as_os_str().to_str());
        let first = parts.next()?;
        match parts.next() {
            Some(_) => Some(first),
            None => first.strip_suffix(".rs").filter(|name| !matches!(*name, "lib" | "main")),
        }
    }
}

fn source_files() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text =
                    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                let path = path.strip_prefix(&root).map(Path::to_path_buf).unwrap_or(path);
                files.push(SourceFile { path, text });
            }
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    files
}

/// What a file brings into the program. The walls are those of what ships: its tests may use the
/// embedded vocabulary, which the configuration reads.
fn shipped(file: &SourceFile) -> &str {
    let is_test =
        file.path.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")));
    if is_test { "" } else { file.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default() }
}

/// The code without comments and without what stands between quotes, so that neither a doc link nor
/// a text can look like an import.
fn code(text: &str) -> String {
    let mut code = String::new();
    for line in text.lines() {
        let mut quoted = false;
        let mut previous = ' ';
        for letter in line.chars() {
            if letter == '"' && previous != '\\' && previous != '\'' {
                quoted = !quoted;
            } else if letter == '/' && previous == '/' && !quoted {
                break;
            } else if !quoted {
                code.push(letter);
            }
            previous = letter;
        }
        code.push('\n');
    }
    code
}

/// The modules of the top level that a text names by `crate::…`, alone or in braces.
fn imports(text: &str) -> BTreeSet<String> {
    let code = code(text);
    let mut found = BTreeSet::new();
    for (at, mark) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|letter| letter == '$' || letter == '_' || letter.is_alphanumeric()) {
            continue;
        }
        let rest = &code[at + mark.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            found.extend(first_names(group));
        } else {
            found.extend(name_at(rest));
        }
    }
    found
}

/// The first name of each path of a brace group that has just been opened.
fn first_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut at_start = true;
    for (at, letter) in group.char_indices() {
        match letter {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => at_start = true,
            letter if at_start && depth == 0 && !letter.is_whitespace() => {
                names.extend(name_at(&group[at..]));
                at_start = false;
            }
            _ => {}
        }
    }
    names
}

fn name_at(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    // Macros and items of the crate's root are not modules.
    name.chars().next().is_some_and(char::is_lowercase).then_some(name)
}

#[test]
fn nobody_imports_through_a_wall() {
    let walls: BTreeMap<&str, &[&str]> = WALLS.iter().copied().collect();
    let files = source_files();
    let mut breaches = Vec::new();
    for file in &files {
        let Some(module) = file.module() else { continue };
        let Some(allowed) = walls.get(module) else {
            breaches.push(format!("{module} has no walls: state them in src/lib.rs and here"));
            continue;
        };
        for import in imports(shipped(file)) {
            let is_ours = walls.contains_key(import.as_str()) && import != module;
            if is_ours && !allowed.contains(&"*") && !allowed.contains(&import.as_str()) {
                breaches.push(format!("src/{} imports {import}", file.path.display()));
            }
        }
    }
    assert!(files.len() > 20, "read {} files only", files.len());
    assert!(breaches.is_empty(), "{breaches:#?}");
}

#[test]
fn every_module_says_first_what_it_is() {
    let silent: Vec<_> = source_files()
        .into_iter()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| file.path)
        .collect();
    assert!(silent.is_empty(), "no `//!` in the first line of {silent:#?}");
}

#[test]
fn files_stay_short() {
    let mut lengths: Vec<(usize, PathBuf)> =
        source_files().into_iter().map(|file| (file.text.lines().count(), file.path)).collect();
    lengths.sort();
    let median = lengths[lengths.len() / 2].0;
    let long: Vec<_> = lengths.iter().filter(|(length, _)| *length > LONG).collect();
    println!("{} files, median {median} lines, {} over {LONG}: {long:?}", lengths.len(), long.len());
    assert!(long.len() * 10 <= lengths.len(), "more than one in ten is over {LONG} lines: {long:#?}");
}

#[test]
fn imports_are_found_in_every_form() {
    let found = |text| imports(text).into_iter().collect::<Vec<_>>();
    assert_eq!(found("use crate::store::Store;"), ["store"]);
    assert_eq!(
        found("use crate::{domain::{Actor, Kind}, net,\n    text as words};"),
        ["domain", "net", "text"]
    );
    assert_eq!(found("fn run() { crate::daemon::wake(); }"), ["daemon"]);
    assert_eq!(found("pub(in crate::assess) fn run() {}"), ["assess"]);
    assert_eq!(found("//! see crate::store\n/* x */ let a = \"crate::net\"; // crate::net"), [""; 0]);
    assert_eq!(found("use crate::Thing; $crate::store::x; mycrate::store::x"), [""; 0]);
}
