//! Clash: what forbids two items to be one story, however alike they read.
//!
//! Owns: the vetoes of the design: pair, direction, polarity, stage, ordinal; and for copies counts and
//! names. Calls: `domain`, `features`, `rules`. Pure. Vetoes are of what is told between actors; but two
//! headlines that are one but for a word and its contrary differ in polarity, whatever they tell of.

use super::features::{Claim, Features};
use super::rules::{Contrary, Rules};
use super::{share, words};
use crate::domain::{Action, Actor, Kind, Stage};
use serde::Serialize;

/// What two items clash in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Veto {
    /// Other parties: Iran–Belarus, Iran–Russia.
    Pair,
    /// Sender and target exchanged.
    Direction,
    /// Imposed and lifted, signed and withdrawn from, passed and rejected.
    Polarity,
    /// Planned and done, or told and denied.
    Stage,
    /// The 12th and the 13th.
    Ordinal,
}

/// Whether a measure grows or shrinks, a tie is made or cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Polarity {
    Onwards,
    Backwards,
    /// Opposed, evaded, talked about: goes with either.
    Neither,
}

impl Claim {
    pub(super) fn polarity(&self) -> Polarity {
        match self.action {
            Action::Impose
            | Action::Tighten
            | Action::Threaten
            | Action::Maintain
            | Action::Enforce
            | Action::Sign
            | Action::Intend
            | Action::Trade
            | Action::Military
            | Action::Supply
            | Action::Support
            | Action::Join
            | Action::Recognise => Polarity::Onwards,
            Action::Ease | Action::Withdraw | Action::Cut | Action::Strain => Polarity::Backwards,
            Action::DemandRelief | Action::Evade | Action::Counter | Action::Impact | Action::Consult => {
                Polarity::Neither
            }
        }
    }

    pub(super) fn stage(&self) -> Stage {
        match (self.modality.stage(), self.action) {
            (Stage::Done, Action::Threaten | Action::Intend) => Stage::Planned,
            (stage, _) => stage,
        }
    }

    /// Whether who acts in one is hit in the other, both ways.
    pub(super) fn is_reverse_of(&self, other: &Self) -> bool {
        meet(&self.from, &other.to) && meet(&self.to, &other.from)
    }

    /// Whether two claims speak of the same parties, as far as both tell them.
    pub(super) fn has_parties_of(&self, other: &Self, rules: &Rules) -> bool {
        let stand_for = |one: &[Actor], other: &[Actor]| {
            one.iter().any(|left| other.iter().any(|right| rules.stands_for(*left, *right)))
        };
        if self.kind == Kind::Alliance {
            let shared = self.from.iter().filter(|actor| other.from.contains(actor)).count();
            return shared >= 2.min(self.from.len()).min(other.from.len());
        }
        let side =
            |one: &[Actor], other: &[Actor]| one.is_empty() || other.is_empty() || stand_for(one, other);
        side(&self.from, &other.from) && side(&self.to, &other.to)
    }
}

/// Whether two sides have an actor in common.
fn meet(one: &[Actor], other: &[Actor]) -> bool {
    one.iter().any(|actor| other.contains(actor))
}

/// What forbids two items to be one story. `alike` says that they read so alike that what little differs
/// is what is told; where they do not, a difference of polarity or stage may be one of wording.
pub(super) fn between(rules: &Rules, one: &Features, other: &Features, alike: bool) -> Option<Veto> {
    if ordinals(one, other).is_some() {
        return Some(Veto::Ordinal);
    }
    if contrary(one, other) {
        return Some(Veto::Polarity);
    }
    let pairs = || one.claims.iter().flat_map(|left| other.claims.iter().map(move |right| (left, right)));
    let same_kind = || pairs().filter(|(left, right)| left.kind == right.kind);
    let differ = |(left, right): &(&Claim, &Claim)| differ(rules, (one, left), (other, right), alike);
    if same_kind().any(|pair| differ(&pair).is_none()) {
        return None;
    }
    let in_titles = |(left, right): &(&Claim, &Claim)| left.in_title && right.in_title;
    if let Some(pair) = same_kind().find(in_titles) {
        return differ(&pair);
    }
    // One side sanctions, the other allies, and not the same two: what is alike is the third that both name.
    let others = |(left, right): &(&Claim, &Claim)| are_others(rules, (one, left), (other, right));
    let mut told = pairs().filter(in_titles).peekable();
    (told.peek().is_some() && told.all(|pair| others(&pair))).then_some(Veto::Pair)
}

/// Whether who takes part in one claim is not even named in the other's item, on both sides.
fn are_others(rules: &Rules, (one, left): (&Features, &Claim), (other, right): (&Features, &Claim)) -> bool {
    let unnamed = |claim: &Claim, item: &Features| claim.actors().any(|actor| !item.names(rules, actor));
    unnamed(left, other) && unnamed(right, one)
}

/// What two claims of one kind differ in.
fn differ(
    rules: &Rules,
    (one, left): (&Features, &Claim),
    (other, right): (&Features, &Claim),
    alike: bool,
) -> Option<Veto> {
    // Who puts tariffs on whom is read less surely.
    if left.kind == Kind::Sanctions
        && left.is_reverse_of(right)
        && !meet(&left.from, &right.from)
        && !meet(&left.to, &right.to)
    {
        return Some(Veto::Direction);
    }
    if are_others(rules, (one, left), (other, right)) {
        return Some(Veto::Pair);
    }
    let denied = (left.stage() == Stage::Denied) != (right.stage() == Stage::Denied);
    if denied && left.has_parties_of(right, rules) {
        return Some(Veto::Stage);
    }
    if !alike || !left.has_parties_of(right, rules) {
        return None;
    }
    // "Germany expels two Vietnamese diplomats" and the other way round.
    let has_doer = |claim: &Claim| {
        matches!(
            claim.action,
            Action::Cut | Action::Strain | Action::Withdraw | Action::Supply | Action::Support
        )
    };
    let (doer, other_doer) = (one.opener, other.opener);
    let exchanged = doer != other_doer
        && doer.is_some_and(|doer| right.actors().any(|actor| actor == doer))
        && other_doer.is_some_and(|doer| left.actors().any(|actor| actor == doer));
    if left.kind == Kind::Alliance && left.action == right.action && has_doer(left) && exchanged {
        return Some(Veto::Direction);
    }
    let opposite = matches!(
        (left.polarity(), right.polarity()),
        (Polarity::Onwards, Polarity::Backwards) | (Polarity::Backwards, Polarity::Onwards)
    );
    if opposite {
        return Some(Veto::Polarity);
    }
    (left.stage() != right.stage()).then_some(Veto::Stage)
}

/// The first ordinals of two headlines that count the same thing and differ.
pub(super) fn ordinals(one: &Features, other: &Features) -> Option<(u32, u32)> {
    let pairs = one.ordinals.iter().flat_map(|left| other.ordinals.iter().map(move |right| (left, right)));
    let mut same = pairs.filter(|(left, right)| left.counted.iter().any(|term| right.counted.contains(term)));
    let agree = same.clone().any(|(left, right)| left.value == right.value);
    same.next().filter(|_| !agree).map(|(left, right)| (left.value, right.value))
}

/// The share of the other words that two headlines have in common at least that say the contrary of each
/// other. Of 1,500 headlines that were edited two say the contrary so and mean the same.
const SAME_BESIDES: f32 = 0.75;

/// Whether two headlines say the contrary in the same words: "Senate passes resolution", "… rejects …".
fn contrary(one: &Features, other: &Features) -> bool {
    let says = |item: &Features, side: Contrary| item.turns.iter().any(|turn| turn.contrary == side);
    one.turns.iter().map(|turn| turn.contrary).any(|side| {
        let against = Contrary { first: !side.first, ..side };
        let opposed = says(other, against) && !says(other, side) && !says(one, against);
        opposed && share(&one.title_without(side.pair), &other.title_without(side.pair)).0 >= SAME_BESIDES
    })
}

/// Whether two headlines count differently, or name differently, so that neither copies the other:
/// "kills 14", "kills 6".
pub(super) fn in_copies(one: &Features, other: &Features) -> bool {
    counts(&one.counts, &other.counts) || names(one, other) || objects(one, other)
}

/// Whether what two headlines tell is more different than common: "US sanctions Iraqi bank", "… militia".
fn objects(one: &Features, other: &Features) -> bool {
    let beyond = |one: &Features, other: &Features| {
        one.told_in_title().filter(|word| other.words.binary_search(word).is_err()).count()
    };
    let (left, right) = (beyond(one, other), beyond(other, one));
    let common = one.told_in_title().count() - left;
    left.min(right) >= common.max(1)
}

fn counts(one: &[u32], other: &[u32]) -> bool {
    let within = |one: &[u32], other: &[u32]| one.iter().all(|number| other.contains(number));
    !within(one, other) && !within(other, one)
}

/// How alike two names are that are one in other letters: "Zelensky", "Zelenskyy".
const SAME_NAME: f64 = 0.75;

fn names(one: &Features, other: &Features) -> bool {
    let actors =
        |one: &Features, other: &Features| one.named.iter().any(|actor| !other.named.contains(actor));
    if one.opener.is_some() && other.opener.is_some() && actors(one, other) && actors(other, one) {
        return true;
    }
    let (left, right) = (words::names(&one.title), words::names(&other.title));
    let lacks = |names: &[String], others: &[String], title: &str| {
        let title = title.to_lowercase();
        names.iter().any(|name| {
            let like = |other: &String| strsim::normalized_levenshtein(name, other) >= SAME_NAME;
            !others.iter().any(like) && !title.contains(name.as_str())
        })
    };
    lacks(&left, &right, &other.title) && lacks(&right, &left, &one.title)
}
