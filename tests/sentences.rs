//! The sentences of each language: what is reported, and between whom.
//!
//! `tests/sentences/XX.toml` holds sentences of our own in the shape of headlines, relevant and not. A
//! row with `open = true` is one that the program still gets wrong; when it begins to pass, the mark
//! has to go.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise and counts"
)]

use sanctionwatch::assess::{Assessor, Input};
use sanctionwatch::config::embedded_vocabulary;
use sanctionwatch::domain::{Assessment, Kind, Language, Score, Thresholds};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use toml::{Table, Value};

static ASSESSOR: LazyLock<Assessor> =
    LazyLock::new(|| Assessor::new(&embedded_vocabulary(), Thresholds::default()));

/// The pairs that an assessment states of a kind: directed for sanctions, in order for alliances.
fn stated(assessment: &Assessment, kind: Kind) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    for relation in assessment.relations.iter().filter(|relation| relation.kind == kind) {
        let (left, right) = match kind {
            Kind::Alliance => (&relation.between, &relation.between),
            _ => (&relation.from, &relation.to),
        };
        for from in left {
            for to in right.iter().filter(|to| kind != Kind::Alliance || from < *to) {
                pairs.insert((from.code().to_owned(), to.code().to_owned()));
            }
        }
    }
    pairs
}

/// What is wrong about one kind, if anything.
fn wrong(row: &Table, assessment: &Assessment, kind: Kind) -> Option<String> {
    let result = if kind == Kind::Alliance { assessment.alliance } else { assessment.sanctions };
    let wanted = row.get(kind.as_str());
    if wanted.is_some() != result.reported {
        return Some(format!("{kind} reported: {} with {}", result.reported, result.score));
    }
    let pairs = stated(assessment, kind);
    let wanted = wanted.and_then(Value::as_array).into_iter().flatten();
    let missing: Vec<(String, String)> = wanted
        .map(|pair| {
            let code = |at: usize| pair.get(at).and_then(Value::as_str).expect("two codes").to_owned();
            (code(0), code(1))
        })
        .filter(|pair| !pairs.contains(pair))
        .collect();
    (!missing.is_empty()).then(|| format!("{kind} {missing:?} not in {pairs:?}"))
}

/// Every file of sentences, with its language.
fn files() -> impl Iterator<Item = (Language, Table)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sentences");
    std::fs::read_dir(folder).expect("the folder of sentences").map(|entry| {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a file of sentences");
        let file: Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let language: Language = file["language"].as_str().expect("a language").parse().expect("a language");
        (language, file)
    })
}

/// All sentences of a language in one text, so that as much as can be is said again: what `check` takes for beyond
/// reach is.
#[test]
fn no_score_exceeds_the_ceiling() {
    let vocabulary = embedded_vocabulary();
    for (kind, language) in
        Kind::ALL.iter().flat_map(|kind| vocabulary.languages.keys().map(move |one| (*kind, *one)))
    {
        let ceiling = vocabulary.ceiling(kind, language).expect("a ceiling of the built-in words");
        let usual = Score::from_points(7.0)..Score::from_points(16.0);
        assert!(usual.contains(&ceiling), "{kind} in {language}: {ceiling}");
    }
    for (language, file) in files() {
        let rows = file["sentence"].as_array().expect("sentences");
        let texts: Vec<&str> = rows.iter().filter_map(|row| row["text"].as_str()).collect();
        let all = texts.join(". ");
        let long =
            Input { title: &all, summary: &all, body: &all, language: Some(language), ..Input::default() };
        let short = texts.iter().map(|title| Input {
            title,
            summary: title,
            body: title,
            language: Some(language),
            ..Input::default()
        });
        for input in short.chain([long]) {
            for relation in ASSESSOR.assess(&input).0.relations {
                let ceiling = vocabulary.ceiling(relation.kind, language);
                assert!(ceiling.is_some_and(|ceiling| relation.score <= ceiling), "{relation:#?}");
            }
        }
    }
}

#[test]
fn each_sentence_is_read_as_it_is_meant() {
    let mut problems = Vec::new();
    let mut languages = BTreeSet::new();
    for (language, file) in files() {
        languages.insert(language.to_string());
        let rows = file["sentence"].as_array().expect("sentences");
        let irrelevant =
            rows.iter().filter(|row| row.get("sanctions").or(row.get("alliance")).is_none()).count();
        println!("{language}: {} sentences, {irrelevant} of them not relevant", rows.len());
        assert!(rows.len() >= 40 && irrelevant >= 12, "{language} has too few sentences");
        for row in rows {
            let row = row.as_table().expect("a table");
            let title = row["text"].as_str().expect("a text");
            let input = Input { title, language: Some(language), ..Input::default() };
            let (assessment, _) = ASSESSOR.assess(&input);
            let kinds = [Kind::Sanctions, Kind::Alliance];
            let wrong: Vec<String> = kinds.iter().filter_map(|kind| wrong(row, &assessment, *kind)).collect();
            let open = row.get("open").and_then(Value::as_bool).unwrap_or_default();
            if open && wrong.is_empty() {
                problems.push(format!("{language}: passes, so `open` must go: {title}"));
            } else if !open && !wrong.is_empty() {
                problems.push(format!("{language}: {title}\n    {}", wrong.join("; ")));
            }
        }
    }
    assert!(languages.len() >= 12, "{languages:?}");
    assert!(problems.is_empty(), "{} sentences:\n{}", problems.len(), problems.join("\n"));
}
