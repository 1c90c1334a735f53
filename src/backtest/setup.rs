//! Setup: what a configuration judges, groups and matches with; and the judging, on every core.

use super::Item;
use crate::alerting;
use crate::assess::{Assessor, Input};
use crate::domain::{
    Actor, Assessment, CleanText, IdentityRule, Relation, Source, StoryWindow, Subscriber, Thresholds,
    Vocabulary, Watch,
};
use crate::group::{Features, Report, Rules};
use crate::{parallel, telling};
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

    /// Another configuration with the same words and thresholds: what is compiled of them is shared.
    #[must_use]
    pub fn with_same_words<'o>(
        &self,
        stories: StoryWindow,
        (watches, subscribers): (&'o [Watch], &'o [Subscriber]),
        sources: &'o [Source],
    ) -> Setup<'o> {
        Setup {
            assessor: Arc::clone(&self.assessor),
            rules: Arc::clone(&self.rules),
            stories,
            watches,
            subscribers,
            thresholds: self.thresholds,
            sources: by_name(sources),
        }
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

    fn judge(&self, item: &Item) -> Judged {
        let language = self.source(item).and_then(|source| source.language);
        let input = Input {
            title: &item.entry.title,
            summary: &item.entry.summary,
            body: &item.body,
            language: item.language.or(language).or(item.entry.language),
            published: item.entry.published,
            speaks_for: self.speaks_for(item),
        };
        let (mut assessment, text) = self.assessor.assess(&input);
        if !item.article.is_empty() {
            let with = Input { body: &item.article, ..input };
            let asking = (self.watches, self.thresholds);
            assessment = telling::with_article(&self.assessor, asking, &item.source, &with, &assessment).0;
        }
        let features = self.features(item, &text, &assessment);
        let told = self.told(&assessment.relations);
        Judged { assessment, told, features }
    }

    fn features(&self, item: &Item, text: &CleanText, assessment: &Assessment) -> Features {
        Features::of(&self.rules, Report::new(item.source.as_str(), item.seen, text, assessment))
    }
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

/// The same for a setup with the words of another one, by which the items were judged: what they say is the same,
/// where their sources say the same of them, and no article was read, which depends on the watches.
#[must_use]
pub fn judge_again(
    setup: &Setup<'_>,
    items: &[Item],
    (other, judged): (&Setup<'_>, &[Judged]),
) -> Vec<Judged> {
    let both: Vec<(&Item, &Judged)> = items.iter().zip(judged).collect();
    parallel::map(&both, |(item, judged)| {
        let said = |setup: &Setup<'_>| setup.source(item).map(|source| (source.language, source.speaks_for));
        if !item.article.is_empty() || said(setup) != said(other) {
            return setup.judge(item);
        }
        Judged { told: setup.told(&judged.assessment.relations), ..(*judged).clone() }
    })
}
