//! Thresholds that no item can reach.

use crate::config::reader::Value;
use crate::domain::{Kind, Language, Score, Vocabulary};
use std::collections::{BTreeMap, BTreeSet};

/// The scores that no item can exceed, by language and kind.
pub(in crate::config::check) struct Ceilings(BTreeMap<(Language, Kind), Option<Score>>);

/// What may be reached: of these kinds, in texts of these languages, or of any.
#[derive(Debug, Clone, Default)]
pub(in crate::config::check) struct Wanted {
    pub(super) kinds: BTreeSet<Kind>,
    pub(super) languages: Option<BTreeSet<Language>>,
}

impl Wanted {
    /// Of one kind, in any language.
    pub(in crate::config::check) fn of(kind: Kind) -> Self {
        Self { kinds: BTreeSet::from([kind]), languages: None }
    }

    /// What either wants.
    pub(super) fn or(self, other: Self) -> Self {
        let kinds = self.kinds.union(&other.kinds).copied().collect();
        let both = self.languages.zip(other.languages);
        Self { kinds, languages: both.map(|(one, other)| one.union(&other).copied().collect()) }
    }

    fn includes(&self, language: Language, kind: Kind) -> bool {
        let speaks = self.languages.as_ref().is_none_or(|languages| languages.contains(&language));
        speaks && self.kinds.contains(&kind)
    }
}

impl Ceilings {
    /// As weights and points stand.
    pub(in crate::config::check) fn of(vocabulary: &Vocabulary) -> Self {
        let all =
            vocabulary.languages.keys().flat_map(|language| Kind::ALL.iter().map(|kind| (*language, *kind)));
        Self(all.map(|(language, kind)| ((language, kind), vocabulary.ceiling(kind, language))).collect())
    }

    /// Tells of a number of points that nothing which is wanted can reach. `then` is what comes of that ("nothing is
    /// reported").
    pub(in crate::config::check) fn exceeded(&self, value: Option<Value<'_>>, wanted: &Wanted, then: &str) {
        let Some(value) = value else { return };
        let Some(points) = value.number().map(Score::from_points) else { return };
        let asked = self.0.iter().filter(|((language, kind), _)| wanted.includes(*language, *kind));
        let ceilings: Option<Vec<Score>> = asked.map(|(_, ceiling)| *ceiling).collect();
        let Some(ceiling) = ceilings.and_then(|all| all.into_iter().max()) else { return };
        if points > ceiling {
            value.mark.odd(
                format!("no item can score {points}: {then}"),
                format!(
                    "with the words as they are, no score exceeds {ceiling}; 3.0 is usual, and 6.0 is strong"
                ),
            );
        }
    }
}
