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
//! 4. Developments: what would be the same event but for a veto that the table of [`development`]
//!    knows, or has the parties and the kind of an earlier story and comes after it in that table.
//!
//! No merge passes a veto ([`clash`]).

mod bands;
mod clash;
mod development;
mod exact;
mod features;
mod frequency;
mod rules;
#[cfg(test)]
mod tests;
mod window;
mod words;

use crate::domain::{Change, ItemId, StoryId};
pub use clash::Veto;
pub use exact::{REPEATED_WITHIN, WINDOW, same_story};
pub use features::{Features, Report};
pub use rules::Rules;
use std::cmp::Reverse;
pub use window::Window;
use window::{Asked, Entry, apart};

/// The share of common words from which a headline, or headline and lead, copy another (word-set
/// overlap; 95 of 100 pairs whose weighted cosine is above .8 have it, of random pairs none).
const COPY: f32 = 0.6;
/// Fewest words that a copy shares.
const COPY_WORDS: usize = 4;

/// How alike an item must be to a story to tell the same event. The figures of this rule were found on
/// 313 and 340 items of August 2026 that were put into stories by hand, as those of a logistic model
/// with rounded weights.
const SAME_EVENT: f32 = 0.285;
/// What a day of a story's age asks in addition: news of one event runs for about three days.
const A_DAY: f32 = 0.07;
/// What a headline asks in addition that asks or explains instead of telling.
const ASKING: f32 = 0.055;
/// What it is worth that a story's items begin with the same actor, and what it costs if with another.
const SAME_OPENER: f32 = 0.0175;
/// Shares of the better half of a story's items, of the headline that is most alike, of the newest.
const SHARES: (f32, f32, f32) = (0.65, 0.27, 0.08);
/// Headlines so alike that what they differ in is what they tell.
const READS_ALIKE: f32 = 0.65;
/// How alike a development must be to what it follows.
const FOLLOWS: f32 = 0.16;
/// Stories that are looked at.
const STORIES: usize = 10;

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

    /// The story that the item joins; `None` where it opens one.
    #[must_use]
    pub fn joins(&self) -> Option<StoryId> {
        match self.grouping {
            Grouping::Duplicate(story) | Grouping::SameEvent(story) => Some(story),
            Grouping::New | Grouping::Development(..) => None,
        }
    }
}

/// How well an item fits a story.
struct Fit {
    score: f32,
    like: ItemId,
    veto: Option<Veto>,
    change: Option<Change>,
}

impl Window {
    /// Decides where an item belongs and takes it in. `opens` gives the number of the story that it opens,
    /// should it open one; `joined` a story that is known already to be its own.
    pub fn place(
        &mut self,
        rules: &Rules,
        item: ItemId,
        features: Features,
        joined: Option<StoryId>,
        opens: impl FnOnce(&Placing) -> StoryId,
    ) -> (StoryId, Placing) {
        let asked = self.ask(&features);
        let placing = match joined {
            Some(story) => Placing { grouping: Grouping::Duplicate(story), score: 1.0, ..Placing::NEW },
            None => self.decide(rules, &asked, &features),
        };
        let story = placing.joins().unwrap_or_else(|| opens(&placing));
        let fit = if placing.joins().is_some() { placing.score } else { 1.0 };
        self.keep(asked, item, story, features, fit);
        (story, placing)
    }

    /// Decides where an item would belong, without taking it in.
    pub fn weigh(&mut self, rules: &Rules, features: &Features) -> Placing {
        let asked = self.ask(features);
        let placing = self.decide(rules, &asked, features);
        self.forget(&asked);
        placing
    }

    fn decide(&mut self, rules: &Rules, asked: &Asked, features: &Features) -> Placing {
        if let Some(copied) = self.copied(rules, asked, features) {
            return copied;
        }
        let mut stories = self.near(asked, STORIES);
        stories.sort_unstable();
        let mut fits: Vec<(StoryId, Fit)> =
            stories.into_iter().filter_map(|id| Some((id, self.fit(rules, asked, features, id)?))).collect();
        fits.sort_by(|left, right| right.1.score.total_cmp(&left.1.score));
        let least = |asks: bool| SAME_EVENT + if asks { ASKING } else { 0.0 };
        let enough = |fit: &Fit| fit.score >= least(features.asks);
        let nearest =
            fits.first().filter(|(_, fit)| enough(fit)).map(|(_, fit)| (fit.like, fit.score, fit.veto));
        if let Some((story, fit)) = fits.iter().find(|(_, fit)| enough(fit) && fit.veto.is_none()) {
            let grouping = Grouping::SameEvent(*story);
            return Placing { grouping, like: Some(fit.like), score: fit.score, veto: None };
        }
        let (like, score, veto) =
            nearest.map_or((None, 0.0, None), |(like, score, veto)| (Some(like), score, veto));
        let follows = fits
            .iter()
            .filter(|(_, fit)| fit.score >= FOLLOWS)
            .find_map(|(story, fit)| Some((*story, fit.change?, fit)));
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
        let within = |entry: &&Entry| apart(features.when, entry.features.when) <= self.bounds().told_within;
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

    /// How well an item fits a story; `None` where nothing of it is near.
    #[expect(clippy::cast_precision_loss, reason = "a handful of items")]
    fn fit(&self, rules: &Rules, asked: &Asked, features: &Features, id: StoryId) -> Option<Fit> {
        let told = self.story(id)?;
        let entries: Vec<&Entry> = self.kept(told).collect();
        let mut alike: Vec<(f32, f32, &Entry)> = entries
            .iter()
            .map(|entry| {
                let alike = self.alike(asked, entry);
                (alike.whole, alike.title, *entry)
            })
            .collect();
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
        let score = SHARES.0 * better + SHARES.1 * title + SHARES.2 * newest + SAME_OPENER * openers;
        let veto_of = |entry: &Entry, title: f32| {
            clash::between(rules, features, &entry.features, title >= READS_ALIKE)
        };
        let vetoes: Vec<(Option<Veto>, &Entry)> =
            alike.iter().map(|(_, title, entry)| (veto_of(entry, *title), *entry)).collect();
        let against = vetoes.iter().filter(|(veto, _)| veto.is_some()).count();
        // The item most alike decides, or more than half of them.
        let veto = vetoes.first().and_then(|(veto, _)| *veto).or_else(|| {
            let most = (against * 2 > vetoes.len()).then(|| vetoes.iter().find_map(|(veto, _)| *veto));
            most.flatten()
        });
        let over = apart(features.when, told.newest) > self.bounds().told_within;
        let change = self.change(rules, features, &vetoes, veto, over);
        let late = if over { SAME_EVENT } else { 0.0 };
        Some(Fit { score: score - A_DAY * age.min(3.0) - late, like: most.item, veto, change })
            .map(|fit| if over && fit.change.is_some() { Fit { score: score, ..fit } } else { fit })
    }

    /// What became of a story, if the item tells a development of it.
    fn change(
        &self,
        rules: &Rules,
        features: &Features,
        vetoes: &[(Option<Veto>, &Entry)],
        veto: Option<Veto>,
        over: bool,
    ) -> Option<Change> {
        if veto == Some(Veto::Pair) {
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
}

/// The share of the terms of two sorted lists that are in both, and how many these are.
#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn share(one: &[words::Term], other: &[words::Term]) -> (f32, usize) {
    let shared = one.iter().filter(|term| other.binary_search(term).is_ok()).count();
    let all = one.len() + other.len() - shared;
    (if all == 0 { 0.0 } else { shared as f32 / all as f32 }, shared)
}
