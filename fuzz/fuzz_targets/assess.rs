//! Any headline and summary: scores are the sums of their evidence, and evidence stands where it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sanctionwatch::assess::{Assessor, Input};
use sanctionwatch::config::embedded_vocabulary;
use sanctionwatch::domain::{Field, Language, Score, Thresholds};
use std::sync::LazyLock;

static ASSESSOR: LazyLock<Assessor> =
    LazyLock::new(|| Assessor::new(&embedded_vocabulary(), Thresholds::default()));

fuzz_target!(|texts: (&str, &str)| {
    let (title, summary) = texts;
    let input = Input { title, summary, language: Some(Language::ENGLISH), ..Input::default() };
    let (assessment, text) = ASSESSOR.assess(&input);
    for relation in &assessment.relations {
        let sum: Score = relation.evidence.iter().map(|evidence| evidence.weight).sum();
        assert_eq!(sum, relation.score);
        for evidence in &relation.evidence {
            let field = match evidence.field {
                Field::Title => &text.title,
                Field::Summary => &text.summary,
                Field::Body => &text.body,
            };
            assert_eq!(field.get(evidence.start..evidence.end), Some(evidence.text.as_str()));
        }
    }
});
