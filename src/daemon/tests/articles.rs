//! What an article may change of what its headline says, and what not.

use super::super::articles::with_article;
use super::*;
use crate::assess::Input;

const CUBA: &str = "[[watch]]\nname = \"Cuba\"\ncountries = [\"Cuba\"]\nthreshold = 2.0\n";
const BAN_TEXT: &str = "The United States imposed sanctions on Iran's shipping line on Thursday.";

#[tokio::test]
async fn nobody_is_told_less_for_an_article_that_was_read() {
    let days = Days::begin(CUBA, "2026-08-12T09:00:00Z").await;
    let source = days.house.config.sources[0].clone();
    let judged = |title: &str| {
        let (before, _) = days.house.assessor.assess(&Input { title, ..Input::default() });
        let entry = Entry {
            guid: None,
            url: None,
            title: title.to_owned(),
            summary: String::new(),
            published: None,
            language: None,
        };
        let (after, passage) = with_article(&days.house, &source, &entry, &before, BAN_TEXT);
        let asking = |assessment: &crate::domain::Assessment| {
            days.house.asking(&days.house.told(&assessment.relations), crate::alerting::Text::default())
        };
        (asking(&before), asking(&after), passage)
    };
    let (before, after, passage) = judged("A long night at the harbour");
    assert!(before.is_empty() && !after.is_empty(), "{before:?} {after:?}");
    assert_eq!(passage.as_deref(), Some(BAN_TEXT));
    for title in ["Cuba sanctions remain a topic", "Cuba hopes for an end of sanctions", BAN, PACT] {
        let (before, after, _) = judged(title);
        assert!(after.is_superset(&before), "{title}: {before:?} became {after:?}");
    }
}
