//! Compare: two configurations over the same items: what appears, disappears and changes, and why.
//!
//! Owns: which story of the one is which of the other, and what made the difference. Pure.

use super::{Fate, Item, Judged, Replay, Setup, Story};
use crate::alerting::{Asked, Mismatch, Text};
use crate::domain::{DropReason, Evidence, Relation, Score, SubscriberKey, Watch, WatchName};
use std::collections::BTreeSet;

/// One configuration with what came of the items.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The configuration.
    pub setup: &'a Setup<'a>,
    /// The items as it judges them.
    pub judged: &'a [Judged],
    /// What became of them.
    pub replay: &'a Replay,
}

/// A story that is told by one configuration alone, or differently by both.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference<'a> {
    /// The story as the present configuration tells it; `None` where it does not: the story appears.
    pub before: Option<usize>,
    /// The story as the other one tells it; `None` where it does not: the story disappears.
    pub after: Option<usize>,
    /// The item that shows it: the one that tells the story, where it is told.
    pub item: usize,
    /// Evidence for what that item says that the other configuration does not find.
    pub gone: Vec<Evidence>,
    /// Evidence that only the other one finds.
    pub come: Vec<Evidence>,
    /// Why the one that does not tell the story does not; where both do, why by fewer watches.
    pub why: Option<Why<'a>>,
    /// The watches that only the present configuration tells it by.
    pub watches_gone: BTreeSet<WatchName>,
    /// The watches that only the other one tells it by.
    pub watches_come: BTreeSet<WatchName>,
    /// Who is told by the present configuration alone.
    pub readers_gone: BTreeSet<SubscriberKey>,
    /// Who is told by the other one alone.
    pub readers_come: BTreeSet<SubscriberKey>,
}

/// Why an item is not told.
#[derive(Debug, Clone, PartialEq)]
pub enum Why<'a> {
    /// The item says nothing, or nothing that concerns anybody.
    Says(DropReason),
    /// Of what it says no watch asks for anything: each watch that the other configuration tells it by, and what
    /// it lacks here.
    Lacks(Vec<Lack<'a>>),
    /// It belongs to this story here, which was told by another item, or stands for an old one.
    PartOf(usize),
}

/// What a watch misses in an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Lack<'a> {
    /// The watch's name.
    pub name: WatchName,
    /// The watch here, the relation that comes nearest and why it is not asked for; `None` where there is no such
    /// watch.
    pub nearest: Option<(&'a Watch, Relation, Vec<Mismatch>)>,
}

/// Everything that differs, what appears first, then what disappears, then what changes; each in the order of
/// the stories.
#[must_use]
pub fn compare<'a>(items: &[Item], before: Side<'a>, after: Side<'a>) -> Vec<Difference<'a>> {
    let partner_of_after = partners(before.replay, after.replay);
    let mut has_partner = vec![false; before.replay.stories.len()];
    for partner in partner_of_after.iter().flatten() {
        has_partner[*partner] = true;
    }
    let told = |replay: &'a Replay| {
        let stories = replay.stories.iter().enumerate();
        stories.filter(|(_, story)| story.is_told()).map(|(at, _)| at)
    };
    let context = Context { items, before, after };
    let appears = told(after.replay)
        .filter(|story| partner_of_after[*story].is_none())
        .map(|story| context.one_sided(story, true));
    let disappears =
        told(before.replay).filter(|story| !has_partner[*story]).map(|story| context.one_sided(story, false));
    let changes = told(after.replay).filter_map(|story| context.changed(partner_of_after[story]?, story));
    appears.chain(disappears).chain(changes).collect()
}

/// For each told story of the one after, the told story of the one before that is the same: it shares an item,
/// the earliest such, and is nobody else's.
fn partners(before: &Replay, after: &Replay) -> Vec<Option<usize>> {
    let mut taken = BTreeSet::new();
    let mut partners = vec![None; after.stories.len()];
    for (at, story) in after.stories.iter().enumerate().filter(|(_, story)| story.is_told()) {
        let candidates = story.items.iter().filter_map(|item| before.fates.get(*item)?.story());
        let partner = candidates
            .filter(|candidate| before.stories.get(*candidate).is_some_and(Story::is_told))
            .find(|candidate| !taken.contains(candidate));
        if let Some(partner) = partner {
            taken.insert(partner);
            partners[at] = Some(partner);
        }
    }
    partners
}

struct Context<'i, 'a> {
    items: &'i [Item],
    before: Side<'a>,
    after: Side<'a>,
}

impl<'a> Context<'_, 'a> {
    /// A story that one side alone tells: the one after where it `appears`.
    fn one_sided(&self, at: usize, appears: bool) -> Difference<'a> {
        let (tells, silent) = if appears { (self.after, self.before) } else { (self.before, self.after) };
        let story = &tells.replay.stories[at];
        // By which it was told first: the one that tells it best may have come later.
        let alert = tells.replay.alerts.iter().find(|alert| alert.story == at);
        let item = alert.map_or(story.lead, |alert| alert.item);
        let watches: BTreeSet<WatchName> = story.watches().into_iter().cloned().collect();
        let readers: BTreeSet<SubscriberKey> = story.told_to.keys().cloned().collect();
        let why = self.why(silent, item, &watches);
        let (gone, come) = self.evidence(item);
        let (mut watches_gone, mut watches_come) = (watches, BTreeSet::new());
        let (mut readers_gone, mut readers_come) = (readers, BTreeSet::new());
        if appears {
            std::mem::swap(&mut watches_gone, &mut watches_come);
            std::mem::swap(&mut readers_gone, &mut readers_come);
        }
        Difference {
            before: (!appears).then_some(at),
            after: appears.then_some(at),
            item,
            gone,
            come,
            why: Some(why),
            watches_gone,
            watches_come,
            readers_gone,
            readers_come,
        }
    }

    /// A story that both tell, where they tell it differently.
    fn changed(&self, before: usize, after: usize) -> Option<Difference<'a>> {
        let (one, other) = (&self.before.replay.stories[before], &self.after.replay.stories[after]);
        let watches = |story: &Story| story.watches().into_iter().cloned().collect::<BTreeSet<_>>();
        let (was, is) = (watches(one), watches(other));
        let same_words = one.says.len() == other.says.len()
            && one.says.iter().zip(&other.says).all(|(one, other)| says_the_same(one, other));
        if was == is && same_words && one.told_to.keys().eq(other.told_to.keys()) {
            return None;
        }
        let (gone, come) = self.evidence(other.lead);
        let readers = |story: &Story| story.told_to.keys().cloned().collect::<BTreeSet<_>>();
        let (told, tells) = (readers(one), readers(other));
        let (watches_gone, watches_come): (BTreeSet<_>, BTreeSet<_>) =
            (was.difference(&is).cloned().collect(), is.difference(&was).cloned().collect());
        let mut lacks = self.lacks(self.after, other.lead, &watches_gone);
        lacks.extend(self.lacks(self.before, one.lead, &watches_come));
        Some(Difference {
            before: Some(before),
            after: Some(after),
            item: other.lead,
            gone,
            come,
            why: (!lacks.is_empty()).then_some(Why::Lacks(lacks)),
            watches_gone,
            watches_come,
            readers_gone: told.difference(&tells).cloned().collect(),
            readers_come: tells.difference(&told).cloned().collect(),
        })
    }

    /// Why a side does not tell an item that the other tells by these watches.
    fn why(&self, silent: Side<'a>, item: usize, watches: &BTreeSet<WatchName>) -> Why<'a> {
        let fate = silent.replay.fates.get(item).copied();
        let fate = match fate {
            Some(Fate::Again(earlier)) => silent.replay.fates.get(earlier).copied(),
            fate => fate,
        };
        let reason = match fate {
            Some(Fate::Untold(DropReason::Duplicate, Some(story)) | Fate::Told(story)) => {
                return Why::PartOf(story);
            }
            Some(Fate::Untold(reason, _)) => reason,
            Some(Fate::Again(_)) | None => DropReason::Duplicate,
        };
        let judged = &silent.judged[item];
        if judged.assessment.relations.is_empty()
            || !matches!(reason, DropReason::BelowThreshold | DropReason::NoWatch)
        {
            return Why::Says(reason);
        }
        Why::Lacks(self.lacks(silent, item, watches))
    }

    /// What each of these watches misses in an item, as a side has them.
    fn lacks(&self, silent: Side<'a>, item: usize, watches: &BTreeSet<WatchName>) -> Vec<Lack<'a>> {
        let entry = &self.items[item].entry;
        let source = Some(&self.items[item].source);
        let text = Text { title: &entry.title, summary: &entry.summary, source };
        let relations = &silent.judged[item].assessment.relations;
        let asked = Asked::all(silent.setup.watches, silent.setup.thresholds, relations, text);
        let lack = |name: &WatchName| {
            let here = asked.iter().find(|asked| asked.watch.name == *name);
            let nearest = here.and_then(|asked| {
                let (relation, list) = asked.nearest()?;
                Some((asked.watch, relations.get(relation)?.clone(), list.to_vec()))
            });
            Lack { name: name.clone(), nearest }
        };
        watches.iter().map(lack).collect()
    }

    /// The evidence for what an item says that only one side finds: of the one before, of the one after.
    fn evidence(&self, item: usize) -> (Vec<Evidence>, Vec<Evidence>) {
        let of = |side: Side<'_>| -> Vec<Evidence> {
            let relations = &side.judged[item].assessment.relations;
            let evidence = relations.iter().flat_map(|relation| &relation.evidence);
            evidence.filter(|evidence| evidence.weight != Score::ZERO).cloned().collect()
        };
        let (before, mut come) = (of(self.before), of(self.after));
        let mut gone = Vec::new();
        for evidence in before {
            match come.iter().position(|other| *other == evidence) {
                Some(at) => drop(come.remove(at)),
                None => gone.push(evidence),
            }
        }
        (gone, come)
    }
}

/// Whether two relations read alike, score included; the evidence may differ.
fn says_the_same(one: &Relation, other: &Relation) -> bool {
    let bare = |relation: &Relation| Relation { evidence: Vec::new(), ..relation.clone() };
    bare(one) == bare(other)
}
