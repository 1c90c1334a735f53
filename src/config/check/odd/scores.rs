//! Thresholds that no item can reach.

use crate::config::reader::Value;
use crate::domain::{Kind, Score, Vocabulary};

/// The scores that no item can exceed, by kind.
pub(in crate::config::check) struct Ceilings(Vec<(Kind, Option<Score>)>);

impl Ceilings {
    /// As weights and points stand.
    pub(in crate::config::check) fn of(vocabulary: &Vocabulary) -> Self {
        Self(Kind::ALL.iter().map(|kind| (*kind, vocabulary.ceiling(*kind))).collect())
    }

    /// Tells of a number of points that nothing of these kinds can reach. `then` is what comes of that ("nothing is
    /// reported").
    pub(in crate::config::check) fn exceeded(
        &self,
        value: Option<Value<'_>>,
        wanted: impl Fn(Kind) -> bool,
        then: &str,
    ) {
        let Some(value) = value else { return };
        let Some(points) = value.number().map(Score::from_points) else { return };
        let ceilings: Option<Vec<Score>> =
            self.0.iter().filter(|(kind, _)| wanted(*kind)).map(|(_, ceiling)| *ceiling).collect();
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
