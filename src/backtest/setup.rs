//! Setup: what a configuration judges, groups and matches with; and the judging, on every core.

use super::Item;
use crate::alerting;
use crate::assess::{Assessor, Contrast, Input};
use crate::domain::{
    Actor, Assessment, CleanText, IdentityRule, Relation, Source, StoryWindow, Subscriber, Thresholds,
    Vocabulary, Watch,
};
use crate::group::{Features, Report, Rules};
use crate::{parallel, telling};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// What of a configuration decides what is told.
#[derive(Debug)]
pub struct Setup<'c> {
    /// The judgement.
    pub assessor: Arc<Assessor>,
    /// What grouping must know of languages and blocs.
    pub rules: Arc<Rules>,
    /// How long stories are told on.
    pub stories: StoryWindow,
    /// The watches.
    pub watches: &'c [Watch],
    /// Who is told, besides the journal.
    pub subscribers: &'c [Subscriber],
    /// From which scores items are reported.
    pub thresholds: Thresholds,
    sources: HashMap<&'c str, &'c Source>,
}

impl<'c> Setup<'c> {
    /// Compiles a vocabulary, which takes most of the time.
    #[must_use]
    pub fn new(
        vocabulary: &Vocabulary,
        (thresholds, stories): (Thresholds, StoryWindow),
        (watches, subscribers): (&'c [Watch], &'c [Subscriber]),
        sources: &'c [Source],
    ) -> Self {
        Self {
            assessor: Arc::new(Assessor::new(vocabulary, thresholds)),
            rules: Arc::new(Rules::new(vocabulary)),
            stories,
            watches,
            subscribers,
            thresholds,
            sources: by_name(sources),
        }
    }

    /// Another configuration beside this one, `own` and `other` being their vocabularies: what is compiled of the
    /// same words is shared. And what the two judge differently.
    #[must_use]
    pub fn beside<'o>(
        &self,
        (own, other): (&Vocabulary, &Vocabulary),
        (thresholds, stories): (Thresholds, StoryWindow),
        (watches, subscribers): (&'o [Watch], &'o [Subscriber]),
        sources: &'o [Source],
    ) -> (Setup<'o>, Contrast) {
        let (assessor, contrast) = self.assessor.beside((own, other), thresholds);
        let rules =
            if contrast.compares_alike() { Arc::clone(&self.rules) } else { Arc::new(Rules::new(other)) };
        let assessor = Arc::new(assessor);
        let sources = by_name(sources);
        (Setup { assessor, rules, stories, watches, subscribers, thresholds, sources }, contrast)
    }

    /// The source of an item, where it is configured.
    fn source(&self, item: &Item) -> Option<&'c Source> {
        self.sources.get(item.source.as_str()).copied()
    }

    /// By what an item is known again.
    pub(super) fn identity(&self, item: &Item) -> IdentityRule {
        self.source(item).map_or(IdentityRule::Auto, |source| source.identity)
    }

    /// In whose name the source of an item acts.
    pub(super) fn speaks_for(&self, item: &Item) -> Option<Actor> {
        self.source(item)?.speaks_for
    }

    /// The relations of which a story is made.
    pub(super) fn told(&self, relations: &[Relation]) -> Vec<Relation> {
        alerting::told(self.watches, self.thresholds, relations)
    }

    /// The item as the assessor takes it, without its article.
    fn input<'i>(&self, item: &'i Item) -> Input<'i> {
        let language = self.source(item).and_then(|source| source.language);
        Input {
            title: &item.entry.title,
            summary: &item.entry.summary,
            body: &item.body,
            language: item.language.or(language).or(item.entry.language),
            published: item.entry.published,
            speaks_for: self.speaks_for(item),
        }
    }

    fn judge(&self, item: &Item) -> Judged {
        let input = self.input(item);
        let (mut assessment, text) = self.assessor.assess(&input);
        if !item.article.is_empty() {
            let with = Input { body: &item.article, ..input };
            let asking = (self.watches, self.thresholds);
            assessment = telling::with_article(&self.assessor, asking, &item.source, &with, &assessment).0;
        }
        let features = Features::of(&self.rules, report(item, &text, &assessment));
        self.judged(assessment, features)
    }

    /// An item by this setup, and by another one.
    fn judge_both(&self, (other, contrast): (&Setup<'_>, &Contrast), item: &Item) -> (Judged, Judged) {
        let (input, input_there) = (self.input(item), other.input(item));
        let is_same_input =
            (input.language, input.speaks_for) == (input_there.language, input_there.speaks_for);
        // Whether an article is read depends on the watches.
        if !item.article.is_empty() || !is_same_input || !contrast.cleans_alike() {
            return (self.judge(item), other.judge(item));
        }
        let (assessment, text, there) = self.assessor.assess_both((&other.assessor, contrast), &input);
        let features = Features::of(&self.rules, report(item, &text, &assessment));
        let same_rules = Arc::ptr_eq(&self.rules, &other.rules);
        let features_there = |assessment: &Assessment| {
            let report = report(item, &text, assessment);
            if same_rules {
                features.of_same_text(&other.rules, report)
            } else {
                Features::of(&other.rules, report)
            }
        };
        let judged_there = match there {
            Some(there) => {
                let features = features_there(&there);
                other.judged(there, features)
            }
            None if same_rules => other.judged(assessment.clone(), features.clone()),
            None => other.judged(assessment.clone(), features_there(&assessment)),
        };
        (self.judged(assessment, features), judged_there)
    }

    fn judged(&self, assessment: Assessment, features: Features) -> Judged {
        Judged { told: self.told(&assessment.relations), assessment, features }
    }
}

fn report<'t>(item: &'t Item, text: &'t CleanText, assessment: &'t Assessment) -> Report<'t> {
    Report::new(item.source.as_str(), item.seen, text, assessment)
}

fn by_name(sources: &[Source]) -> HashMap<&str, &Source> {
    sources.iter().map(|source| (source.name.as_str(), source)).collect()
}

/// An item with what it says and what it is compared by.
#[derive(Debug, Clone)]
pub struct Judged {
    /// What it says.
    pub assessment: Assessment,
    /// The relations of it that are told.
    pub told: Vec<Relation>,
    pub(super) features: Features,
}

/// Judges items on every core; the results stand in their order.
#[must_use]
pub fn judge(setup: &Setup<'_>, items: &[Item]) -> Vec<Judged> {
    parallel::map(items, |item| setup.judge(item))
}

/// Judges items by two setups, each once where both read it alike.
#[must_use]
pub fn judge_both(
    setup: &Setup<'_>,
    beside: (&Setup<'_>, &Contrast),
    items: &[Item],
) -> (Vec<Judged>, Vec<Judged>) {
    parallel::map(items, |item| setup.judge_both(beside, item)).into_iter().unzip()
}

/// Judges items of which some may stand among others that were judged by the same setup.
#[must_use]
pub fn judge_others(setup: &Setup<'_>, items: &[Item], known: (&[Item], &[Judged])) -> Vec<Judged> {
    fn place(item: &Item) -> (&str, &str, Timestamp) {
        (item.source.as_str(), &item.entry.title, item.seen)
    }
    let (known_items, judged) = known;
    let known: HashMap<_, _> =
        known_items.iter().zip(judged).map(|(item, judged)| (place(item), (item, judged))).collect();
    parallel::map(items, |item| {
        let known = known
            .get(&place(item))
            .filter(|(known, _)| setup.input(known) == setup.input(item) && known.article == item.article);
        known.map_or_else(|| setup.judge(item), |(_, judged)| (*judged).clone())
    })
}
