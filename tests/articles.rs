//! What is read from real news pages, held to a bar. They stay outside the repository; where they are absent, the
//! test says that it was skipped.
#![allow(clippy::print_stdout, reason = "what was measured is worth reading")]

#[path = "../examples/articles/score.rs"]
mod score;
#[path = "support/shared_folder.rs"]
mod shared_folder;

/// What the texts of the pages are worth at least.
const LEAST_F1: f64 = 0.94;

#[test]
fn the_texts_of_real_pages_are_found() {
    let Some(folder) = shared_folder::shared("pages") else { return };
    let measured = score::measure(&folder).unwrap();
    println!("{measured:#?}, F1 {:.3}, {:?} a page", measured.f1(), measured.time);
    assert!(measured.pages > 0 && measured.f1() >= LEAST_F1, "{measured:#?}");
}

#[test]
fn sequences_of_words_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("articles")).unwrap();
    let page =
        "<html><title>Pact</title><article><h1>Pact</h1><p>One two three four five.</p></article></html>";
    for stem in ["a", "b"] {
        std::fs::write(folder.path().join(format!("articles/{stem}.html")), page).unwrap();
    }
    let truth = r#"{"a": {"articleBody": "one TWO three, four five"}, "b": {"articleBody": "Two three four five six"}}"#;
    std::fs::write(folder.path().join("articles-truth.json"), truth).unwrap();
    let measured = score::measure(folder.path()).unwrap();
    let rounded = |share: f64| format!("{share:.2}");
    assert_eq!((rounded(measured.precision), rounded(measured.recall)), ("0.75".into(), "0.75".into()));
    assert_eq!((measured.pages, measured.unread.len()), (2, 0));
    assert_eq!(rounded(measured.f1()), "0.75");
}
