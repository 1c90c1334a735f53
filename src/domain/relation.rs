//! Relations: what a text says between actors, and the evidence for it.

use super::{Actor, Score};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A word that names no kind, action or modality.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no {what}; there are {known}")]
pub struct UnknownTerm {
    /// What was expected ("kind", "action", …).
    pub what: &'static str,
    /// What was written.
    pub word: String,
    /// The words there are, separated by commas.
    pub known: String,
}

/// Declares an enum whose variants have one written form each, used alike in TOML, JSON and SQL.
macro_rules! terms {
    ($(#[$meta:meta])* $name:ident ($what:literal) { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every value there is, in the order of the design.
            pub const ALL: &[$name] = &[$($name::$variant,)+];

            /// The written form.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownTerm;

            fn from_str(word: &str) -> Result<Self, UnknownTerm> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word).ok_or_else(|| UnknownTerm {
                    what: $what,
                    word: word.to_owned(),
                    known: Self::ALL.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", "),
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(super) use terms;

terms! {
    /// What a relation is about.
    Kind ("kind") {
        /// Restrictive measures between states.
        Sanctions = "sanctions",
        /// Co-operation between states, formed or broken.
        Alliance = "alliance",
        /// Tariffs and trade-war measures; off by default.
        Tariff = "tariff",
        /// Blockades; off by default.
        Blockade = "blockade",
    }
}

terms! {
    /// What is done. The CAMEO code beside each is for comparison only.
    Action ("action") {
        /// Sanctions imposed (CAMEO 163).
        Impose = "impose",
        /// Extended, renewed, widened, restored (163).
        Tighten = "tighten",
        /// Threatened, proposed, urged, prepared (1312); never a fact.
        Threaten = "threaten",
        /// Lifted, waived, suspended, eased (085).
        Ease = "ease",
        /// Kept; easing refused (1244).
        Maintain = "maintain",
        /// Relief asked for (1054, 0254).
        DemandRelief = "demand-relief",
        /// Enforced: seizures, prosecutions (171).
        Enforce = "enforce",
        /// Evaded or helped to evade (128).
        Evade = "evade",
        /// Opposed, denounced, answered (052, 053).
        Counter = "counter",
        /// Felt: effects of sanctions, no act of their own.
        Impact = "impact",
        /// An agreement signed or ratified (057).
        Sign = "sign",
        /// Co-operation sought, agreed in principle, planned (030); never a fact.
        Intend = "intend",
        /// Visits, summits, talks (04x).
        Consult = "consult",
        /// Trade, energy, transport (061).
        Trade = "trade",
        /// Joint exercises, basing (062).
        Military = "military",
        /// Arms, aid and loans, from a giver to a taker (07x).
        Supply = "supply",
        /// Backing in words or votes (051).
        Support = "support",
        /// Joining a bloc (050).
        Join = "join",
        /// Recognition; relations opened or restored (054).
        Recognise = "recognise",
        /// Leaving a treaty or bloc (160).
        Withdraw = "withdraw",
        /// Ties cut, diplomats expelled (161, 166).
        Cut = "cut",
        /// Co-operation refused, ties frayed (121).
        Strain = "strain",
    }
}

impl Kind {
    /// Whether the kind is told without a watch that names it.
    #[must_use]
    pub const fn is_on(self) -> bool {
        matches!(self, Kind::Sanctions | Kind::Alliance)
    }
}

impl Action {
    /// The kind an action usually belongs to. `impose`, `tighten`, `threaten`, `ease` and
    /// `maintain` are also what happens to a tariff or a blockade.
    #[must_use]
    pub const fn usual_kind(self) -> Kind {
        match self {
            Action::Impose
            | Action::Tighten
            | Action::Threaten
            | Action::Ease
            | Action::Maintain
            | Action::DemandRelief
            | Action::Enforce
            | Action::Evade
            | Action::Counter
            | Action::Impact => Kind::Sanctions,
            Action::Sign
            | Action::Intend
            | Action::Consult
            | Action::Trade
            | Action::Military
            | Action::Supply
            | Action::Support
            | Action::Join
            | Action::Recognise
            | Action::Withdraw
            | Action::Cut
            | Action::Strain => Kind::Alliance,
        }
    }

    /// Whether an alliance becomes weaker by it.
    #[must_use]
    pub const fn is_weakening(self) -> bool {
        matches!(self, Action::Withdraw | Action::Cut | Action::Strain)
    }
}

terms! {
    /// Whether the text says that it happened.
    Modality ("modality") {
        /// It happened or is happening.
        Fact = "fact",
        /// It is announced, prepared, urged.
        Planned = "planned",
        /// It may happen, or would under a condition.
        Hypothetical = "hypothetical",
        /// It is said not to have happened or not to come.
        Denied = "denied",
        /// It happened long ago and is told as background.
        Historical = "historical",
    }
}

/// How far a thing has come, as far as stories are told apart by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Said not to be.
    Denied,
    /// To come, or possible.
    Planned,
    /// Done, lately or long ago.
    Done,
}

impl Modality {
    /// How far what is told has come.
    #[must_use]
    pub const fn stage(self) -> Stage {
        match self {
            Modality::Denied => Stage::Denied,
            Modality::Planned | Modality::Hypothetical => Stage::Planned,
            Modality::Fact | Modality::Historical => Stage::Done,
        }
    }
}

terms! {
    /// The part of an item in which evidence was found.
    Field ("field") {
        /// The headline.
        Title = "title",
        /// The feed's summary.
        Summary = "summary",
        /// The article's text.
        Body = "body",
    }
}

/// One point of a score: which rule gave it, for which words, where.
///
/// `start` and `end` are byte offsets in the cleaned field; `text` is what stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Name of the rule, as the vocabulary or the engine calls it.
    pub rule: Cow<'static, str>,
    /// The words.
    pub text: String,
    /// Where they stand.
    pub field: Field,
    /// First byte in the cleaned field.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// What it adds to the score; negative for a veto.
    pub weight: Score,
}

/// What a text says between actors.
///
/// For sanctions `from` is always the side whose sanctions they are and `to` the side they hit,
/// whatever the action; who evades, opposes or asks stands in `by`. For alliances `between` holds
/// all parties; where one gives and the other takes, `from` and `to` name them too. `also` names who
/// is told of with it and has no side: who opens the sentence, comments on it, is caught between. A
/// side that is not told is empty. `score` is the sum of the weights in `evidence`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Sanctions or alliance (or a kind that is off by default).
    pub kind: Kind,
    /// What is done.
    pub action: Action,
    /// Who acts on the other side.
    #[serde(default)]
    pub from: BTreeSet<Actor>,
    /// Who is acted on.
    #[serde(default)]
    pub to: BTreeSet<Actor>,
    /// Who evades, opposes, asks.
    #[serde(default)]
    pub by: BTreeSet<Actor>,
    /// All parties of an alliance.
    #[serde(default)]
    pub between: BTreeSet<Actor>,
    /// Who takes part without a side.
    #[serde(default)]
    pub also: BTreeSet<Actor>,
    /// Whether it happened.
    pub modality: Modality,
    /// Sum of the evidence.
    pub score: Score,
    /// Why.
    pub evidence: Vec<Evidence>,
}

/// The highest score of any of these; nothing where there are none.
#[must_use]
pub fn strongest(relations: &[Relation]) -> Score {
    relations.iter().map(|relation| relation.score).max().unwrap_or(Score::ZERO)
}

impl Relation {
    /// Adds evidence, and with it its weight to the score.
    pub fn add(&mut self, evidence: Evidence) {
        self.score += evidence.weight;
        self.evidence.push(evidence);
    }

    /// Every actor that takes part.
    #[must_use]
    pub fn actors(&self) -> BTreeSet<Actor> {
        self.parties().union(&self.also).copied().collect()
    }

    /// Every actor that has a side in it.
    #[must_use]
    pub fn parties(&self) -> BTreeSet<Actor> {
        [&self.from, &self.to, &self.by, &self.between].into_iter().flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_reads_back_what_it_writes() {
        for action in Action::ALL {
            assert_eq!(action.as_str().parse(), Ok(*action));
        }
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
    }

    #[test]
    fn an_unknown_word_is_told_with_what_there_is() {
        let error = "sanction".parse::<Kind>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`sanction` is no kind; there are sanctions, alliance, tariff, blockade"
        );
    }
}
