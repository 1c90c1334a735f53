//! Window: the items of the last days, found by what they have in common with a new one.
//!
//! Owns: the indexes. Calls: `bands`, `features`, `frequency`, `told`. Held in
//! memory, within bounds; it is rebuilt from what the store knows at start. Cost does not grow with
//! what it holds: only the newest [`NEWEST`] items with a term are looked at, and only [`RARE`] terms.

use super::bands::bands;
use super::features::Features;
use super::frequency::{Frequency, TermNumber};
use super::told::Told;
use super::weighed::{Norms, Weighed};
use super::words::KnownHash;
use crate::domain::{ItemId, StoryId, StoryWindow};
use jiff::Timestamp;
use std::cell::Cell;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

/// So many of an item's rarest terms are looked up.
const RARE: usize = 10;
/// So many of the newest items that have a term are looked at.
const NEWEST: usize = 48;
/// What of its whole weight an item must share with another in its rare terms to be looked at.
const LEAST_SHARED: f32 = 0.06;
/// So many of the newest items that share a band are looked at: a headline of one column stands there
/// every day.
const CROWDED: usize = 8;
/// How much a window held at a time, to go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    entries: usize,
    untold: usize,
}

/// An item's place in the window: counts up for ever.
pub(super) type Serial = u64;

/// An item of the window.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) item: ItemId,
    pub(super) story: StoryId,
    /// How well it fitted its story when it came.
    fit: f32,
    pub(super) features: Features,
    /// The headline's terms, then the summary's.
    terms: Box<[Weighed]>,
    norms: Cell<Norms>,
    /// Its bands, each with the item that had it last before.
    bands: Box<[(u64, Option<Serial>)]>,
    /// Where it stands as it was edited; what stands there may have been taken back.
    edited: Option<Serial>,
}

/// After so many items what the terms of an item weigh is added up again: a word of a great event becomes
/// common within an hour.
const NORMS_LAST: Serial = 16;

/// The items of the last days.
#[derive(Debug, Default)]
pub struct Window {
    bounds: StoryWindow,
    entries: VecDeque<Entry>,
    /// Items that make no story, and are counted: when, and their terms.
    untold: VecDeque<(Timestamp, Box<[TermNumber]>)>,
    /// The serial of the first entry.
    first: Serial,
    frequency: Frequency,
    with_term: Vec<VecDeque<Serial>>,
    /// The newest item with each band; the one before it stands with that item.
    with_band: HashMap<u64, Serial, KnownHash>,
    stories: HashMap<StoryId, Told, KnownHash>,
    latest: Option<Timestamp>,
    scratch: Scratch,
}

/// Room for counting that is used again and again.
#[derive(Debug, Default)]
struct Scratch {
    /// The weight of each term in the item that is asked about: whole, and in its headline alone.
    weights: Vec<(f32, f32)>,
    /// For each entry what it shares with that item, and which entries share anything.
    shared: Vec<f32>,
    sharing: Vec<usize>,
}

/// How alike an item and another are.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Alike {
    /// Headline and lead together.
    pub(super) whole: f32,
    /// Headlines alone.
    pub(super) title: f32,
    /// What they share of what is told, from 0 to 1: words that say neither who nor of what kind.
    pub(super) told: f32,
    /// One of them tells nothing but who and of what kind.
    pub(super) plain: bool,
}

/// An item that is asked about, with its terms weighed.
#[derive(Debug)]
pub(super) struct Asked {
    terms: Vec<Weighed>,
    bands: Vec<u64>,
    norms: Norms,
}

impl Window {
    /// An empty window.
    #[must_use]
    pub fn new(bounds: StoryWindow) -> Self {
        Self { bounds, ..Self::default() }
    }

    /// How many items it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn bounds(&self) -> StoryWindow {
        self.bounds
    }

    /// Weighs the terms of an item. Until [`Self::keep`] or [`Self::forget`] the item is counted.
    pub(super) fn ask(&mut self, features: &Features) -> Asked {
        let numbers = self.frequency.add(&features.terms, &features.at_large);
        if self.with_term.len() < self.frequency.len() {
            self.with_term.resize_with(self.frequency.len(), VecDeque::new);
            self.scratch.weights.resize(self.frequency.len(), (0.0, 0.0));
        }
        let weighed = |(at, number): (usize, TermNumber)| {
            let tells = features.terms.get(at).is_some_and(|term| !features.at_large.contains(term));
            Weighed::new(number, at < features.title_terms, tells)
        };
        let terms: Vec<Weighed> = numbers.into_iter().enumerate().map(weighed).collect();
        let norms = Norms::of(&terms, &self.frequency, self.next());
        let all = self.frequency.all();
        for term in &terms {
            let weight = self.frequency.weight(all, term.number()) * term.share();
            if let Some(slot) = self.scratch.weights.get_mut(term.number() as usize) {
                *slot = (weight, if term.in_title() { weight } else { 0.0 });
            }
        }
        Asked { bands: bands(&features.title_words, &features.words), norms, terms }
    }

    /// Takes an item in that was asked about. `fit` is how well it fits its story.
    pub(super) fn keep(&mut self, asked: Asked, item: ItemId, story: StoryId, features: Features, fit: f32) {
        self.clear(&asked);
        let serial = self.next();
        for term in &asked.terms {
            if let Some(with) = self.with_term.get_mut(term.number() as usize) {
                with.push_back(serial);
            }
        }
        let bands = asked.bands.iter().map(|band| (*band, self.with_band.insert(*band, serial))).collect();
        let when = features.when;
        self.latest = self.latest.max(Some(when));
        self.stories.entry(story).or_insert_with(|| Told::at(when)).take(serial, when, fit);
        self.entries.push_back(Entry {
            item,
            story,
            fit,
            features,
            norms: Cell::new(asked.norms),
            terms: asked.terms.into(),
            bands,
            edited: None,
        });
    }

    /// Notes that an item was edited, which comes next as it is now: as it was it is compared no more.
    pub(super) fn supersede(&mut self, item: ItemId) {
        let next = self.next();
        let mut newest_first = self.entries.iter_mut().rev();
        if let Some(entry) = newest_first.find(|entry| entry.item == item) {
            entry.edited = Some(next);
        }
    }

    /// Whether an item stands as it was last seen.
    fn is_current(&self, entry: &Entry) -> bool {
        entry.edited.and_then(|serial| self.entry(serial)).is_none_or(|later| later.item != entry.item)
    }

    /// Lets an item go that was asked about.
    pub(super) fn forget(&mut self, asked: &Asked) {
        self.clear(asked);
        self.frequency.remove(asked.terms.iter().map(|term| term.number()));
    }

    fn clear(&mut self, asked: &Asked) {
        for term in &asked.terms {
            if let Some(slot) = self.scratch.weights.get_mut(term.number() as usize) {
                *slot = (0.0, 0.0);
            }
        }
    }

    /// Counts the words of an item that makes no story: how rare a word is, all news tell.
    pub fn count(&mut self, features: &Features) {
        let asked = self.ask(features);
        self.clear(&asked);
        let numbers = asked.terms.iter().map(|term| term.number()).collect();
        self.untold.push_back((features.when, numbers));
    }

    /// Lets go what is older than a story can be followed, and what is more than may be held.
    pub fn evict(&mut self) {
        while let Some(oldest) = self.entries.front() {
            let latest = self.latest.unwrap_or(oldest.features.when);
            let old = apart(latest, oldest.features.when) > self.bounds.follows_within;
            if !old && self.entries.len() <= self.bounds.items {
                break;
            }
            if let Some(entry) = self.entries.pop_front() {
                let serial = self.first;
                self.first += 1;
                self.unlink(&entry, serial);
            }
        }
        while let Some((when, _)) = self.untold.front() {
            let old = self.latest.is_some_and(|latest| apart(latest, *when) > self.bounds.told_within);
            if !old && self.untold.len() <= self.bounds.items {
                break;
            }
            if let Some((_, terms)) = self.untold.pop_front() {
                self.frequency.remove(terms.iter().copied());
            }
        }
    }

    /// How much is held now.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { entries: self.entries.len(), untold: self.untold.len() }
    }

    /// Takes back what came since a mark; nothing may have been evicted since.
    pub fn rewind(&mut self, mark: Mark) {
        let mut changed = BTreeSet::new();
        while self.entries.len() > mark.entries {
            let serial = self.next() - 1;
            let Some(entry) = self.entries.pop_back() else { break };
            self.unlink(&entry, serial);
            changed.insert(entry.story);
        }
        while self.untold.len() > mark.untold {
            let Some((_, terms)) = self.untold.pop_back() else { break };
            self.frequency.remove(terms.iter().copied());
        }
        if changed.is_empty() {
            return;
        }
        // What was dropped for what is taken back is put together again.
        self.latest = self.entries.iter().map(|entry| entry.features.when).max();
        self.stories.retain(|story, _| !changed.contains(story));
        for (serial, entry) in (self.first..).zip(&self.entries) {
            if changed.contains(&entry.story) {
                let when = entry.features.when;
                let told = self.stories.entry(entry.story).or_insert_with(|| Told::at(when));
                told.take(serial, when, entry.fit);
            }
        }
    }

    fn unlink(&mut self, entry: &Entry, serial: Serial) {
        for term in &entry.terms {
            if let Some(with) = self.with_term.get_mut(term.number() as usize) {
                if with.front() == Some(&serial) {
                    with.pop_front();
                } else if with.back() == Some(&serial) {
                    with.pop_back();
                }
            }
        }
        self.frequency.remove(entry.terms.iter().map(|term| term.number()));
        for (band, before) in &entry.bands {
            // An older item is the end of its chain: whoever walks it stops where there is no item.
            if self.with_band.get(band) == Some(&serial) {
                match before.filter(|before| *before >= self.first) {
                    Some(before) => self.with_band.insert(*band, before),
                    None => self.with_band.remove(band),
                };
            }
        }
        if let Some(told) = self.stories.get_mut(&entry.story) {
            told.items = told.items.saturating_sub(1);
            told.kept.retain(|(kept, _)| *kept != serial);
            if told.items == 0 {
                self.stories.remove(&entry.story);
            }
        }
    }

    /// The serial of the item that comes next.
    fn next(&self) -> Serial {
        self.first + self.entries.len() as Serial
    }

    fn place_of(&self, serial: Serial) -> Option<usize> {
        usize::try_from(serial.checked_sub(self.first)?).ok()
    }

    fn entry(&self, serial: Serial) -> Option<&Entry> {
        self.entries.get(self.place_of(serial)?)
    }

    /// The items that may be copies: those that share a band.
    pub(super) fn like(&self, asked: &Asked) -> Vec<&Entry> {
        let mut serials: Vec<Serial> = Vec::new();
        for band in &asked.bands {
            let mut next = self.with_band.get(band).copied();
            for _ in 0..CROWDED {
                let Some((serial, entry)) = next.and_then(|serial| Some((serial, self.entry(serial)?)))
                else {
                    break;
                };
                serials.push(serial);
                next = entry.bands.iter().find(|(one, _)| one == band).and_then(|(_, before)| *before);
            }
        }
        serials.sort_unstable();
        serials.dedup();
        let found = serials.into_iter().filter_map(|serial| self.entry(serial));
        found.filter(|entry| self.is_current(entry)).collect()
    }

    /// The stories that share most of an item's rare terms, at most so many, the likeliest first.
    pub(super) fn near(&mut self, asked: &Asked, most: usize) -> Vec<StoryId> {
        let mut rare: Vec<(TermNumber, f32)> = asked
            .terms
            .iter()
            .map(|term| term.number())
            .filter(|number| self.frequency.items_with(*number) > 1)
            .map(|number| {
                (number, self.scratch.weights.get(number as usize).map_or(0.0, |weights| weights.0))
            })
            .collect();
        rare.sort_by(|left, right| right.1.total_cmp(&left.1));
        rare.truncate(RARE);
        let mut sharing = std::mem::take(&mut self.scratch.sharing);
        self.scratch.shared.resize(self.entries.len(), 0.0);
        for (number, weight) in rare {
            let with = self.with_term.get(number as usize).into_iter().flatten();
            for serial in with.rev().take(NEWEST) {
                let Some(place) = self.place_of(*serial) else { continue };
                let Some(shared) = self.scratch.shared.get_mut(place) else { continue };
                if *shared == 0.0 {
                    sharing.push(place);
                }
                *shared += weight * weight;
            }
        }
        let enough = asked.norms.whole * asked.norms.whole * LEAST_SHARED;
        let mut best: Vec<(StoryId, f32)> = Vec::new();
        for place in sharing.drain(..) {
            let Some(shared) = self.scratch.shared.get_mut(place).map(std::mem::take) else { continue };
            if shared < enough {
                continue;
            }
            if let Some(entry) = self.entries.get(place).filter(|entry| self.is_current(entry)) {
                best.push((entry.story, shared));
            }
        }
        self.scratch.sharing = sharing;
        // Of each story the item that shares most.
        best.sort_unstable_by(|left, right| left.0.cmp(&right.0).then(right.1.total_cmp(&left.1)));
        best.dedup_by_key(|(story, _)| *story);
        best.sort_unstable_by(|left, right| right.1.total_cmp(&left.1).then(right.0.cmp(&left.0)));
        best.into_iter().take(most).map(|(story, _)| story).collect()
    }

    pub(super) fn story(&self, id: StoryId) -> Option<&Told> {
        self.stories.get(&id)
    }

    /// The items of a story that are compared, the newest last.
    pub(super) fn kept<'w>(&'w self, told: &'w Told) -> impl DoubleEndedIterator<Item = &'w Entry> {
        told.kept.iter().filter_map(|(serial, _)| self.entry(*serial)).filter(|entry| self.is_current(entry))
    }

    /// What the terms of an item of the window weigh, added up not long ago.
    fn norms(&self, entry: &Entry) -> Norms {
        let now = self.next();
        let known = entry.norms.get();
        if now < known.at + NORMS_LAST {
            return known;
        }
        let norms = Norms::of(&entry.terms, &self.frequency, now);
        entry.norms.set(norms);
        norms
    }

    /// How alike the item that is asked about and another are: the cosine of their weighted terms.
    pub(super) fn alike(&self, asked: &Asked, entry: &Entry) -> Alike {
        let (mut dot, mut title_dot, mut told_dot) = (0.0, 0.0, 0.0);
        let all = self.frequency.all();
        for term in &entry.terms {
            let (whole, title) =
                self.scratch.weights.get(term.number() as usize).copied().unwrap_or_default();
            if whole == 0.0 {
                continue;
            }
            let weight = self.frequency.weight(all, term.number()) * term.share();
            dot += weight * whole;
            title_dot += if term.in_title() { weight * title } else { 0.0 };
            told_dot += if term.tells() { weight * whole } else { 0.0 };
        }
        let norms = self.norms(entry);
        let cosine =
            |dot: f32, one: f32, other: f32| if dot > 0.0 { (dot / (one * other)).min(1.0) } else { 0.0 };
        // Where an item tells nothing but who and of what kind, another one of the kind tells no other thing.
        let plain = asked.norms.told == 0.0 || norms.told == 0.0;
        Alike {
            whole: cosine(dot, asked.norms.whole, norms.whole),
            title: cosine(title_dot, asked.norms.title, norms.title),
            plain,
            told: if plain { 1.0 } else { cosine(told_dot, asked.norms.told, norms.told) },
        }
    }
}

/// How far two moments are apart.
pub(super) fn apart(one: Timestamp, other: Timestamp) -> Duration {
    one.duration_since(other).unsigned_abs()
}
