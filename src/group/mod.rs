//! Group: an item and the stories of the last days decide: new, a copy, the same event, a development.
//!
//! Owns: what is one story. Calls: `domain`. Pure: no I/O; the window of items that it compares with is
//! handed in. In this order:
//!
//! 1. Items that share a link, a text or a headline ([`same_story`]; the store knows them).
//! 2. Copies: most words of the headlines, or of headline and lead, are the same, and no count or name
//!    clashes.
//! 3. The same event: alike enough to what a story's best-fitting and newest items say, the more so
//!    the older the story is.
//! 4. Developments: what would be the same event but for a veto that the table of `development`
//!    knows, or has the parties and the kind of an earlier story and comes after it in that table.
//!
//! No merge passes a veto (`clash`).

mod bands;
mod clash;
mod development;
mod exact;
mod features;
mod frequency;
mod roles;
mod rules;
mod spelled;
#[cfg(test)]
mod tests;
mod told;
mod weighed;
mod window;
mod words;

use crate::domain::{Change, ItemId, Placed, StoryId};
pub use clash::Veto;
pub use exact::{REPEATED_WITHIN, WINDOW, same_story};
pub use features::{Features, Report};
pub use roles::agreed;
pub use rules::Rules;
use std::cmp::Reverse;
use window::{Asked, Entry, apart};
pub use window::{Mark, Window};

/// The share of common words from which a headline, or headline and lead, copy another (word-set
/// overlap; 95 of 100 pairs whose weighted cosine is above .8 have it, of random pairs none).
const COPY: f32 = 0.6;
/// Fewest words that a copy shares.
const COPY_WORDS: usize = 4;

/// How alike an item must be to a story to tell the same event. The figures of this rule were found on
/// 313 and 340 items of August 2026 that were put into stories by hand, as those of a logistic model
/// with rounded weights.
const SAME_EVENT: f32 = 0.225;
/// What a day of a story's age asks in addition: news of one event runs for about three days.
const A_DAY: f32 = 0.07;
/// What a headline asks in addition that asks or explains instead of telling.
const ASKING: f32 = 0.055;
/// What it is worth that a story's items begin with the same actor, and what it costs if with another.
const SAME_OPENER: f32 = 0.0175;
/// Shares of the better half of a story's items, of the headline that is most alike, of the newest.
const SHARES: (f32, f32, f32) = (0.65, 0.27, 0.08);
/// What an item shares at least with one of a story of what is told, beside who and of what kind it is.
const LEAST_TOLD: f32 = 0.08;
/// Headlines so alike that what they differ in is what they tell.
const READS_ALIKE: f32 = 0.65;
/// How alike a development must be to what it follows.
const FOLLOWS: f32 = 0.16;
/// Stories so nearly as alike as the most alike one may be followed instead.
const FOLLOWS_NEARLY: f32 = 0.15;
/// Stories that are looked at.
const STORIES: usize = 8;

/// Where an item belongs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Grouping {
    /// It opens a story.
    New,
    /// It copies an item of this story.
    Duplicate(StoryId),
    /// It tells the event of this story in other words.
    SameEvent(StoryId),
    /// It opens a story that follows this one.
    Development(StoryId, Change),
}

/// Where an item belongs, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placing {
    /// Where it belongs.
    pub grouping: Grouping,
    /// The item it is most like, where one is near.
    pub like: Option<ItemId>,
    /// How alike it is to it or to its story, from 0 to 1.
    pub score: f32,
    /// What forbade the nearest merge.
    pub veto: Option<Veto>,
}

impl Placing {
    const NEW: Self = Self { grouping: Grouping::New, like: None, score: 0.0, veto: None };

    /// The placing of an item whose story is known by its keys.
    #[must_use]
    pub const fn known(story: StoryId) -> Self {
        Self { grouping: Grouping::Duplicate(story), score: 1.0, ..Self::NEW }
    }

    /// The word for how the item came to its story.
    #[must_use]
    pub const fn placed(&self) -> Placed {
        match self.grouping {
            Grouping::New => Placed::New,
            Grouping::Duplicate(_) => Placed::Duplicate,
            Grouping::SameEvent(_) => Placed::SameEvent,
            Grouping::Development(..) => Placed::Development,
        }
    }

    /// The story that the item joins; `None` where it opens one.
    #[must_use]
    pub fn joins(&self) -> Option<StoryId> {
        match self.grouping {
            Grouping::Duplicate(story) | Grouping::SameEvent(story) => Some(story),
            Grouping::New | Grouping::Development(..) => None,
        }
    }
}

/// An item that was decided on and is in no story yet.
#[derive(Debug)]
pub struct Considered {
    /// Where it belongs.
    pub placing: Placing,
    features: Features,
    asked: Asked,
}

/// How well an item is taken to fit its story that was put there before the program started.
const RESTORED_FIT: f32 = 0.5;

/// How well an item fits a story.
struct Fit {
    score: f32,
    /// The story is too old to be told on, not to be followed.
    over: bool,
    like: ItemId,
    veto: Option<Veto>,
    change: Option<Change>,
}

impl Window {
    /// Decides where an item belongs and takes it in; `opens` is the number of the story that it opens,
    /// should it open one.
    pub fn place(
        &mut self,
        rules: &Rules,
        item: ItemId,
        features: Features,
        opens: StoryId,
    ) -> (StoryId, Placing) {
        let considered = self.consider(rules, features);
        let placing = considered.placing;
        let story = placing.joins().unwrap_or(opens);
        self.settle(considered, item, story);
        (story, placing)
    }

    /// Decides where an item belongs. What was considered must be settled or dismissed before the next.
    #[must_use]
    pub fn consider(&mut self, rules: &Rules, features: Features) -> Considered {
        let asked = self.ask(&features);
        let placing = self.decide(rules, &asked, &features);
        Considered { placing, features, asked }
    }

    /// Takes an item in as one of a story.
    pub fn settle(&mut self, considered: Considered, item: ItemId, story: StoryId) {
        let Considered { placing, features, asked } = considered;
        let fit = if placing.joins() == Some(story) { placing.score } else { 1.0 };
        self.keep(asked, item, story, features, fit);
    }

    /// Lets an item go that makes no story.
    pub fn dismiss(&mut self, considered: &Considered) {
        self.forget(&considered.asked);
    }

    /// Takes an item of a story in again, as it was edited: as it was nothing is compared with it any more.
    pub fn replace(&mut self, item: ItemId, story: StoryId, features: Features) {
        self.supersede(item);
        self.restore(item, story, features);
    }

    /// Takes an item in whose story is known.
    pub fn restore(&mut self, item: ItemId, story: StoryId, features: Features) {
        let asked = self.ask(&features);
        self.keep(asked, item, story, features, RESTORED_FIT);
    }

    fn decide(&mut self, rules: &Rules, asked: &Asked, features: &Features) -> Placing {
        if let Some(copied) = self.copied(rules, asked, features) {
            return copied;
        }
        let stories = self.near(asked, STORIES).into_iter();
        let mut fits: Vec<(StoryId, Fit)> =
            stories.filter_map(|id| Some((id, self.fit(rules, asked, features, id)?))).collect();
        fits.sort_by(|left, right| right.1.score.total_cmp(&left.1.score).then(left.0.cmp(&right.0)));
        let least = SAME_EVENT + if features.asks { ASKING } else { 0.0 };
        let enough = |fit: &Fit| !fit.over && fit.score >= least;
        let nearest =
            fits.first().filter(|(_, fit)| enough(fit)).map(|(_, fit)| (fit.like, fit.score, fit.veto));
        if let Some((story, fit)) = fits.iter().find(|(_, fit)| enough(fit) && fit.veto.is_none()) {
            let grouping = Grouping::SameEvent(*story);
            return Placing { grouping, like: Some(fit.like), score: fit.score, veto: None };
        }
        let (like, score, veto) =
            nearest.map_or((None, 0.0, None), |(like, score, veto)| (Some(like), score, veto));
        // Of several that it may come of the latest: what is lifted is what was imposed, not the threat.
        let changed = || fits.iter().filter_map(|(story, fit)| Some((*story, fit.change?, fit)));
        let best = changed().map(|(.., fit)| fit.score).fold(0.0, f32::max);
        let follows = changed()
            .filter(|(.., fit)| fit.score >= FOLLOWS.max(best - FOLLOWS_NEARLY))
            .max_by_key(|(story, ..)| (self.story(*story).map(|told| told.newest), *story));
        match follows {
            Some((story, change, fit)) => Placing {
                grouping: Grouping::Development(story, change),
                like: Some(fit.like),
                score: fit.score,
                veto: fit.veto,
            },
            None => Placing { grouping: Grouping::New, like, score, veto },
        }
    }

    /// The item that this one copies, if any.
    fn copied(&self, rules: &Rules, asked: &Asked, features: &Features) -> Option<Placing> {
        let within = |entry: &&Entry| {
            !self.was_told_by_source(features, entry.story)
                && apart(features.when, entry.features.when) <= self.bounds().told_within
        };
        let overlap = |entry: &Entry| {
            let other = &entry.features;
            let (title, shared) = share(&features.title_words, &other.title_words);
            let (whole, all) = share(&features.words, &other.words);
            let by_title = if shared >= COPY_WORDS { title } else { 0.0 };
            // A lead as long as news leads are says more than a headline does.
            let by_whole = if all >= COPY_WORDS * 2 { whole } else { 0.0 };
            by_title.max(by_whole)
        };
        let copies = self.like(asked).into_iter().filter(within).filter_map(|entry| {
            let share = overlap(entry);
            let clashes = || {
                clash::in_copies(features, &entry.features)
                    || clash::between(rules, features, &entry.features, true).is_some()
            };
            (share >= COPY && !clashes()).then_some((share, entry))
        });
        let best = copies.max_by(|(one, left), (other, right)| {
            one.total_cmp(other).then(Reverse(left.item).cmp(&Reverse(right.item)))
        });
        best.map(|(share, entry)| Placing {
            grouping: Grouping::Duplicate(entry.story),
            like: Some(entry.item),
            score: share,
            veto: None,
        })
    }

    /// Whether a story was told to the letter by the source that tells an item, and not just before: official
    /// bodies repeat their headlines, each time of something else.
    fn was_told_by_source(&self, features: &Features, story: StoryId) -> bool {
        if features.source.is_none() {
            return false;
        }
        let again = |entry: &Entry| {
            let earlier = &entry.features;
            features.source == earlier.source
                && features.title_words == earlier.title_words
                && apart(features.when, earlier.when) > REPEATED_WITHIN.unsigned_abs()
        };
        self.story(story).is_some_and(|told| self.kept(told).any(again))
    }

    /// What forbids an item to join a story that shares a key with it.
    #[must_use]
    pub fn forbids(&self, rules: &Rules, features: &Features, story: StoryId) -> Option<Veto> {
        let told = self.story(story)?;
        let mut vetoes = self.kept(told).map(|entry| clash::between(rules, features, &entry.features, true));
        let newest = vetoes.next_back()??;
        vetoes.all(|veto| veto.is_some()).then_some(newest)
    }

    /// How well an item fits a story; `None` where nothing of it is near.
    #[expect(clippy::cast_precision_loss, reason = "a handful of items")]
    fn fit(&self, rules: &Rules, asked: &Asked, features: &Features, id: StoryId) -> Option<Fit> {
        let bounds = self.bounds();
        let told = self.story(id)?;
        let since = apart(features.when, told.newest);
        if since > bounds.follows_within {
            return None;
        }
        let entries: Vec<&Entry> = self.kept(told).collect();
        let (mut shares, mut plain): (f32, bool) = (0.0, false);
        let mut alike: Vec<(f32, f32, &Entry)> = entries
            .iter()
            .map(|entry| {
                let alike = self.alike(asked, entry);
                shares = shares.max(alike.told);
                plain |= alike.plain;
                (alike.whole, alike.title, *entry)
            })
            .collect();
        // Who is named is not what is told: another language's news of the same two is no telling on.
        if shares < LEAST_TOLD || self.was_told_by_source(features, id) {
            return None;
        }
        let newest = alike.last()?.0;
        let title = alike.iter().map(|(_, title, _)| *title).fold(0.0, f32::max);
        alike.sort_by(|left, right| right.0.total_cmp(&left.0));
        let half = alike.len().div_ceil(2);
        let better = alike.iter().take(half).map(|(whole, ..)| whole).sum::<f32>() / half as f32;
        let most = alike.first()?.2;
        let openers: f32 = entries
            .iter()
            .map(|entry| match (features.opener, entry.features.opener) {
                (Some(one), Some(other)) if one == other => 1.0,
                (Some(_), Some(_)) => -1.0,
                _ => 0.0,
            })
            .sum::<f32>()
            / entries.len() as f32;
        let age = features.when.duration_since(told.first).as_secs_f32().max(0.0) / 86_400.0;
        let score =
            (SHARES.0 * better + SHARES.1 * title + SHARES.2 * newest + SAME_OPENER * openers).min(1.0);
        let veto_of = |entry: &Entry, title: f32| {
            clash::between(rules, features, &entry.features, plain || title >= READS_ALIKE)
        };
        let vetoes: Vec<(Option<Veto>, &Entry)> =
            alike.iter().map(|(_, title, entry)| (veto_of(entry, *title), *entry)).collect();
        let against = vetoes.iter().filter(|(veto, _)| veto.is_some()).count();
        // The item most alike decides, or more than half of them.
        let veto = vetoes.first().and_then(|(veto, _)| *veto).or_else(|| {
            let most = (against * 2 > vetoes.len()).then(|| vetoes.iter().find_map(|(veto, _)| *veto));
            most.flatten()
        });
        let over = since > bounds.told_within;
        let change = change(rules, features, &vetoes, veto, over);
        let late = if over { 0.0 } else { A_DAY * age.min(3.0) };
        Some(Fit { score: score - late, over, like: most.item, veto, change })
    }
}

/// What became of a story, if the item tells a development of it.
fn change(
    rules: &Rules,
    features: &Features,
    vetoes: &[(Option<Veto>, &Entry)],
    veto: Option<Veto>,
    over: bool,
) -> Option<Change> {
    // What was told before it cannot come of it.
    if veto == Some(Veto::Pair) || vetoes.iter().any(|(_, entry)| entry.features.when > features.when) {
        return None;
    }
    let known = vetoes.iter().find(|(one, _)| one.is_some() && *one == veto);
    if let Some((Some(veto), entry)) = known {
        return development::between(rules, &entry.features, features, *veto);
    }
    // Told in other words or days later, what differs in stage or polarity is a development as well.
    let (_, entry) = vetoes.first().filter(|_| over)?;
    let differs = clash::between(rules, features, &entry.features, true)?;
    development::between(rules, &entry.features, features, differs)
}

/// The share of the terms of two sorted lists that are in both, and how many these are.
#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn share(one: &[words::Term], other: &[words::Term]) -> (f32, usize) {
    let shared = one.iter().filter(|term| other.binary_search(term).is_ok()).count();
    let all = one.len() + other.len() - shared;
    (if all == 0 { 0.0 } else { shared as f32 / all as f32 }, shared)
}
