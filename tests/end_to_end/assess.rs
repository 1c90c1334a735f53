//! `assess`, the filter: its shape is a promise to pipes.

use crate::support::feeds::{FOOTBALL, OIL, ROADMAP};
use crate::support::program::{self, Ended};
use crate::support::project::Project;
use crate::support::shared_folder::shared;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ROADMAP_SUMMARY: &str = "Presidents Raisi and Lukashenko signed eight accords on trade, mining and \
    transport. Nations under United States sanctions should join hands and break that weapon, the host \
    told his guest.";

fn assess(arguments: &[&str], input: impl Into<Vec<u8>>) -> Ended {
    let project = Project::new();
    let command = project.command(&[&["assess"], arguments].concat());
    program::run(command, Some(input.into()))
}

fn lines(items: &[Value]) -> String {
    items.iter().map(|item| format!("{item}\n")).collect()
}

fn strings(value: &Value) -> BTreeSet<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[track_caller]
fn relation<'a>(answer: &'a Value, kind: &str, action: &str) -> &'a Value {
    let relations = answer["relations"].as_array().expect("relations are a list");
    relations
        .iter()
        .find(|relation| relation["kind"] == kind && relation["action"] == action)
        .unwrap_or_else(|| panic!("no {kind} {action} in {answer:#}"))
}

#[test]
fn the_story_that_must_always_work() {
    let item = json!({"id": "roadmap", "title": ROADMAP, "summary": ROADMAP_SUMMARY});

    let answers = assess(&[], lines(&[item])).expect_code(0).json_lines();

    let answer = &answers[0];
    assert_eq!(answer["alliance"]["reported"], true, "{answer:#}");
    assert_eq!(answer["sanctions"]["reported"], true, "{answer:#}");
    let signed = relation(answer, "alliance", "sign");
    assert!(strings(&signed["between"]).is_superset(&BTreeSet::from(["BY", "IR"])), "{signed:#}");
    assert_eq!(signed["modality"], "fact");
    let countered = relation(answer, "sanctions", "counter");
    assert_eq!(strings(&countered["from"]), BTreeSet::from(["US"]), "{countered:#}");
    assert!(strings(&countered["by"]).contains("IR"), "{countered:#}");
    assert!(strings(&answer["countries"]).is_superset(&BTreeSet::from(["BY", "IR"])), "{answer:#}");
}

#[test]
fn answers_come_in_the_order_of_the_questions_with_their_ids() {
    let titles = [OIL, ROADMAP, FOOTBALL];
    let items: Vec<Value> =
        (0..500).map(|number| json!({"id": format!("n{number}"), "title": titles[number % 3]})).collect();

    let answers = assess(&[], lines(&items)).expect_code(0).json_lines();

    let ids = |values: &[Value]| values.iter().map(|value| value["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&answers), ids(&items));
    for (answer, item) in answers.iter().zip(&items) {
        let expected = item["title"] != FOOTBALL;
        assert_eq!(
            answer["sanctions"]["reported"] == true || answer["alliance"]["reported"] == true,
            expected
        );
    }
}

#[test]
fn every_answer_has_every_field_of_the_promise() {
    let items = [json!({"id": "oil", "title": OIL, "lang": "en"}), json!({"id": "ball", "title": FOOTBALL})];

    let answers = assess(&[], lines(&items)).expect_code(0).json_lines();

    let keys = |value: &Value| value.as_object().map(|map| map.keys().cloned().collect::<BTreeSet<_>>());
    let set = |keys: &[&str]| Some(keys.iter().map(ToString::to_string).collect::<BTreeSet<_>>());
    for answer in &answers {
        let known = set(&["id", "lang", "sanctions", "alliance", "countries", "relations"]);
        let given = keys(answer).unwrap();
        assert!(known.unwrap().is_subset(&given), "{answer:#}");
        assert_eq!(keys(&answer["sanctions"]), set(&["reported", "score"]));
        assert_eq!(keys(&answer["alliance"]), set(&["reported", "score"]));
    }
    let imposed = relation(&answers[0], "sanctions", "impose");
    assert_eq!(strings(&imposed["from"]), BTreeSet::from(["US"]));
    assert_eq!(strings(&imposed["to"]), BTreeSet::from(["IR"]));
    assert!(imposed["by"].is_array(), "a side that is not told is an empty list: {imposed:#}");
    let evidence = keys(&imposed["evidence"][0]);
    assert_eq!(evidence, set(&["rule", "text", "field", "start", "end", "weight"]));
    assert_eq!(answers[1]["relations"], json!([]), "{:#}", answers[1]);
    assert_eq!(answers[1]["sanctions"]["reported"], false);
}

#[test]
fn a_line_that_is_no_item_is_answered_and_the_others_go_on() {
    let good = json!({"id": "a", "title": OIL}).to_string();
    let mut input = format!("{good}\nnot json\n{{\"id\": \"b\"}}\n[1, 2]\n").into_bytes();
    input.extend_from_slice(b"{\"id\": \"\xff\", \"title\": \"x\"}\n");
    input.extend_from_slice(good.as_bytes());

    let ended = assess(&[], input).expect_code(65);

    let answers = ended.json_lines();
    assert_eq!(answers.len(), 6, "{ended}");
    for (answer, number) in answers.iter().zip(1..) {
        if matches!(number, 1 | 6) {
            assert_eq!(answer["id"], "a");
        } else {
            assert_eq!(answer["line"], number, "{answer}");
            assert!(answer["error"].as_str().is_some_and(|error| !error.is_empty()), "{answer}");
        }
    }
}

#[test]
fn nothing_in_gives_nothing_out() {
    let ended = assess(&[], "").expect_code(0);
    assert!(ended.stdout.is_empty(), "{ended}");
}

/// A cleaned field, as `--with-text` adds it.
fn field<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer["text"][name].as_str().unwrap_or_else(|| panic!("no cleaned {name}: {answer:#}"))
}

#[track_caller]
fn assert_evidence_holds(answer: &Value) {
    let hundredths = |value: &Value| {
        let points = value.as_f64().unwrap_or_else(|| panic!("no number in {answer:#}"));
        format!("{points:.2}")
    };
    for relation in answer["relations"].as_array().into_iter().flatten() {
        let evidence = relation["evidence"].as_array().expect("evidence is a list");
        assert!(!evidence.is_empty(), "{relation:#}");
        let sum: f64 = evidence.iter().filter_map(|point| point["weight"].as_f64()).sum();
        assert_eq!(format!("{sum:.2}"), hundredths(&relation["score"]), "{relation:#}");
        for point in evidence {
            let place = |key: &str| usize::try_from(point[key].as_u64().unwrap()).unwrap();
            let text = field(answer, point["field"].as_str().unwrap());
            assert_eq!(text.get(place("start")..place("end")), point["text"].as_str(), "{point:#}");
        }
    }
}

#[test]
fn scores_are_sums_and_offsets_are_bytes_of_the_cleaned_fields() {
    let items = [
        json!({"id": 1, "title": "Größere Lücke — US imposes sanctions on Iran’s “shadow fleet”",
               "summary": "<p>The <b>United States</b> &amp; the EU imposed sanctions on Belarus.</p>"}),
        json!({"id": 2, "title": ROADMAP, "summary": ROADMAP_SUMMARY, "body": ROADMAP_SUMMARY.repeat(3)}),
        json!({"id": 3, "title": "\u{1F6E2} \u{202E}EU lifts sanctions on Syria\u{0}"}),
    ];

    let answers = assess(&["--with-text"], lines(&items)).expect_code(0).json_lines();

    assert!(answers.iter().any(|answer| answer["relations"].as_array().is_some_and(|list| !list.is_empty())));
    for answer in &answers {
        assert_evidence_holds(answer);
    }
    assert!(!field(&answers[0], "summary").contains('<'));
}

#[test]
fn hostile_lines_are_answered_in_good_time() {
    let items = [
        json!({"id": "long", "title": "sanctions ".repeat(100_000)}),
        json!({"id": "deep", "title": "x", "summary": "<div>".repeat(100_000)}),
        json!({"id": "one word", "title": "Iran".repeat(250_000)}),
        json!({"id": "entities", "title": "&amp;".repeat(200_000)}),
    ];
    let started = std::time::Instant::now();

    let answers = assess(&[], lines(&items)).expect_code(0).json_lines();

    assert_eq!(answers.len(), items.len());
    // Far from any honest duration: a text that is read in quadratic time takes minutes.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn the_stream_of_a_fortnight_runs_through() {
    let Some(stream) = shared("news/stream-2026-08.jsonl") else { return };
    let input = std::fs::read(stream).unwrap();
    let count = input.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();

    let answers = assess(&["--with-text"], input).expect_code(0).json_lines();

    assert_eq!(answers.len(), count);
    for answer in &answers {
        assert_evidence_holds(answer);
    }
    let reported = |kind: &str| answers.iter().filter(|answer| answer[kind]["reported"] == true).count();
    println!(
        "{count} items: {} sanctions, {} alliances reported",
        reported("sanctions"),
        reported("alliance")
    );
    assert!(reported("sanctions") > 0 && reported("alliance") > 0);
}
