//! Labels: what a person says of an item, against which judgements are measured.

use super::relation::{UnknownTerm, terms};
use super::{Actor, ItemId, Kind, Language};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

terms! {
    /// What the analyst said of what the program did.
    Verdict ("verdict") {
        /// Rightly told; of an item that was not told: rightly not.
        Right = "right",
        /// Told, and should not have been.
        Wrong = "wrong",
        /// Not told, and should have been.
        Missed = "missed",
    }
}

/// Whether an item is about a kind. Written as 0, 1 and 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Truth {
    /// It is not.
    #[default]
    No,
    /// Readers may differ, or nobody has said: it counts neither way.
    Borderline,
    /// It is.
    Yes,
}

impl Serialize for Truth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(match self {
            Truth::No => 0,
            Truth::Borderline => 1,
            Truth::Yes => 2,
        })
    }
}

impl<'de> Deserialize<'de> for Truth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            0 => Ok(Truth::No),
            1 => Ok(Truth::Borderline),
            2 => Ok(Truth::Yes),
            other => Err(serde::de::Error::custom(format!("{other} is no truth: 0 no, 1 borderline, 2 yes"))),
        }
    }
}

/// What stands in a pair for a side that is not told.
const UNTOLD: &str = "?";

/// A kind and two parties by their codes: who sends and who is hit, or two allies in the order of their
/// codes; "?" where a side is not told.
pub type Pair = (String, String, String);

/// What a person says of an item. Countries stand as their codes, so that a stored one that this program does not know
/// any more is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Label {
    /// Whether it is about sanctions.
    pub sanctions: Truth,
    /// Whether it is about an alliance.
    pub alliance: Truth,
    /// Who takes part.
    #[serde(default)]
    pub countries: BTreeSet<String>,
    /// Who may be said to: they count neither way.
    #[serde(default)]
    pub countries_maybe: BTreeSet<String>,
    /// Between whom.
    #[serde(default)]
    pub pairs: BTreeSet<Pair>,
    /// Between whom it may be said to be.
    #[serde(default)]
    pub pairs_maybe: BTreeSet<Pair>,
    /// What was said of what the program did, where the label came of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

impl Label {
    /// The kinds that are asked about.
    pub const KINDS: [Kind; 2] = [Kind::Sanctions, Kind::Alliance];

    /// What the label says about a kind; kinds that are off were never asked about.
    #[must_use]
    pub fn of(&self, kind: Kind) -> Truth {
        match kind {
            Kind::Sanctions => self.sanctions,
            Kind::Alliance => self.alliance,
            Kind::Tariff | Kind::Blockade => Truth::Borderline,
        }
    }

    /// What stands for a country and is no code of one.
    pub fn strange_countries(&self) -> impl Iterator<Item = &str> {
        let sides = self.pairs.iter().chain(&self.pairs_maybe).flat_map(|(_, one, other)| [one, other]);
        let sides = sides.filter(|side| *side != UNTOLD);
        let all = self.countries.iter().chain(&self.countries_maybe).chain(sides).map(String::as_str);
        all.filter(|code| code.parse::<Actor>().is_err())
    }

    /// What stands for a kind of a pair and is none that is asked about.
    pub fn strange_kinds(&self) -> impl Iterator<Item = &str> {
        let all = self.pairs.iter().chain(&self.pairs_maybe).map(|(kind, _, _)| kind.as_str());
        all.filter(|word| !Self::KINDS.iter().any(|kind| kind.as_str() == *word))
    }

    /// The pairs whose sides are both told.
    #[must_use]
    pub fn asked(&self) -> BTreeSet<Pair> {
        let told = |pair: &&Pair| pair.1 != UNTOLD && pair.2 != UNTOLD;
        self.pairs.iter().filter(told).cloned().collect()
    }

    /// Whether it is about either kind.
    #[must_use]
    pub fn is_relevant(&self) -> bool {
        self.sanctions == Truth::Yes || self.alliance == Truth::Yes
    }
}

/// A label with the text that it is about, so that it outlives the item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// By what it is known here and elsewhere.
    pub name: String,
    /// The item, where the store has it.
    pub item: Option<ItemId>,
    /// The language it was read in.
    pub language: Option<Language>,
    /// When it was published, where that is known.
    pub published: Option<Timestamp>,
    /// Which source published it; empty where that is not known.
    pub source: String,
    /// The headline.
    pub title: String,
    /// The summary; may be empty.
    pub summary: String,
    /// What was said of it.
    pub label: Label,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::codes(r#"{"countries": ["BY", "EU"], "countries_maybe": ["US"]}"#, &[], &[])]
    #[case::names(r#"{"countries": ["BY", "Belarus"], "countries_maybe": ["us"]}"#, &["Belarus", "us"], &[])]
    #[case::a_side_may_be_untold(r#"{"pairs": [["sanctions", "?", "BY"]]}"#, &[], &[])]
    #[case::sides(r#"{"pairs": [["alliance", "UK", "BY"]], "pairs_maybe": [["alliance", "BY", ""]]}"#, &["UK", ""], &[])]
    #[case::kinds(r#"{"pairs": [["sanction", "US", "BY"]], "pairs_maybe": [["tariff", "?", "?"]]}"#, &[], &["sanction", "tariff"])]
    fn what_is_no_code_and_no_kind_is_found(
        #[case] written: &str,
        #[case] countries: &[&str],
        #[case] kinds: &[&str],
    ) {
        let written = written.replacen('{', r#"{"sanctions": 0, "alliance": 0, "#, 1);
        let label: Label = serde_json::from_str(&written).expect("a label");
        assert_eq!(label.strange_countries().collect::<Vec<_>>(), countries);
        assert_eq!(label.strange_kinds().collect::<Vec<_>>(), kinds);
    }
}
