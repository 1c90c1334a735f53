//! An item's article: what the item says with it.

use crate::alerting::{self, Text};
use crate::assess::{Assessor, Input, lead_end};
use crate::domain::{Assessment, Field, SourceName, Thresholds, Watch};
use crate::text;

/// Most characters of the sentence that is shown of an article.
const MAX_PASSAGE_CHARS: usize = 400;

/// What an entry, of which headline and summary say `before`, says with the text of its article; and the
/// sentence that tells what these did not.
pub fn with_article(
    assessor: &Assessor,
    (watches, thresholds): (&[Watch], Thresholds),
    source: &SourceName,
    input: &Input<'_>,
    before: &Assessment,
) -> (Assessment, Option<String>) {
    let (after, clean) = assessor.assess(input);
    // Nobody is told less for an article that was read.
    let text = Text { title: input.title, summary: input.summary, source: Some(source) };
    let asking = |assessment: &Assessment| {
        let told = alerting::told(watches, thresholds, &assessment.relations);
        alerting::asking(watches, thresholds, &told, text)
    };
    if !asking(&after).is_superset(&asking(before)) {
        return (before.clone(), None);
    }
    if before.unreported.is_none() || after.unreported.is_some() {
        return (fuller(before, after), None);
    }
    match passage(&after, &clean.body) {
        Some(passage) => (after, Some(passage)),
        None => (before.clone(), None),
    }
}

/// The sentence from which the strongest relation was read, where it stands in the article's lead: what comes
/// behind that is background, which a headline that says something else was not written over.
fn passage(assessment: &Assessment, body: &str) -> Option<String> {
    let strongest = assessment.relations.iter().max_by_key(|relation| relation.score)?;
    let read = strongest.evidence.iter().filter(|evidence| evidence.field == Field::Body);
    let weightiest = read.max_by_key(|evidence| evidence.weight)?;
    let in_lead = weightiest.start < lead_end(body);
    in_lead.then(|| text::one_line(text::sentence_at(body, weightiest.start), MAX_PASSAGE_CHARS))
}

/// What holds of an item: what it says with its article, unless that tells less than the headline did. An
/// article speaks of much, and what the headline says is the news.
fn fuller(before: &Assessment, with_article: Assessment) -> Assessment {
    let kept = |before: bool, now: bool| !before || now;
    let all = kept(before.sanctions.reported, with_article.sanctions.reported)
        && kept(before.alliance.reported, with_article.alliance.reported)
        && (before.unreported.is_some() || with_article.countries.is_superset(&before.countries));
    if all { with_article } else { before.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DropReason, KindResult, Named, Score};
    use rstest::rstest;

    fn says(kinds: (bool, bool), countries: &[&str]) -> Assessment {
        let result = |reported| KindResult { reported, score: Score::ZERO };
        let unreported = (!kinds.0 && !kinds.1).then_some(DropReason::BelowThreshold);
        Assessment {
            lang: None,
            sanctions: result(kinds.0),
            alliance: result(kinds.1),
            countries: countries.iter().map(|code| code.parse().expect("a code")).collect(),
            named: Named::default(),
            relations: Vec::new(),
            unreported,
        }
    }

    #[rstest]
    #[case::decided(says((false, false), &["CU"]), says((true, false), &["US", "IR"]), true)]
    #[case::more(says((true, false), &["US", "IR"]), says((true, true), &["US", "IR", "BY"]), true)]
    #[case::a_kind_less(says((true, false), &["US", "IR"]), says((false, true), &["US", "IR"]), false)]
    #[case::a_party_less(says((true, false), &["US", "IR"]), says((true, false), &["US"]), false)]
    #[case::nothing(says((true, false), &["US", "IR"]), says((false, false), &[]), false)]
    fn an_article_takes_nothing_from_what_the_headline_says(
        #[case] before: Assessment,
        #[case] with_article: Assessment,
        #[case] expected: bool,
    ) {
        let taken = with_article.clone();
        assert_eq!(fuller(&before, with_article) == taken, expected);
    }

    #[test]
    fn the_sentence_shown_is_the_one_that_weighs_most() {
        let vocabulary = crate::config::check_text("").expect("a configuration").config.vocabulary;
        let assessor = Assessor::new(&vocabulary, Thresholds::default());
        let body = "It rained. Iran and Belarus signed a cooperation roadmap on Thursday. Nobody else came.";
        let input = Input { title: "A long night", body, ..Input::default() };
        let (assessment, clean) = assessor.assess(&input);
        let shown = passage(&assessment, &clean.body).expect("a sentence");
        assert_eq!(shown, "Iran and Belarus signed a cooperation roadmap on Thursday.");
        assert_eq!(passage(&says((false, false), &[]), body), None);
        let (behind, clean) = {
            let body = format!("{} {body}", "It rained all day in the town. ".repeat(60));
            assessor.assess(&Input { title: "A long night", body: &body, ..Input::default() })
        };
        assert!(!behind.relations.is_empty(), "it is read there, too");
        assert_eq!(passage(&behind, &clean.body), None);
    }
}
