//! Points: what the engine's own rules add to a score, beside the weights of the vocabulary.
//!
//! A relation is reported from three points. A strong noun in a headline brings two, so it needs one
//! party that grammar ties to it; what was only found nearby brings less than what was tied. Chosen
//! by measurement on labelled headlines.

use crate::domain::{Field, Score};

/// The side that is hit stands where grammar puts it: "sanctions on Iran", "hits Iran with …".
pub(super) const TARGET: Score = Score::from_hundredths(150);
/// The side whose sanctions they are stands where grammar puts it: "US sanctions", "imposed by …".
pub(super) const SENDER: Score = Score::from_hundredths(100);
/// A usual target named in the same clause.
pub(super) const TARGET_NEAR: Score = Score::from_hundredths(100);
/// A usual target named elsewhere in the item.
pub(super) const TARGET_FAR: Score = Score::from_hundredths(80);
/// A usual sender named in the same clause.
pub(super) const SENDER_NEAR: Score = Score::from_hundredths(50);
/// The only usual sender named elsewhere in the item.
pub(super) const SENDER_FAR: Score = Score::from_hundredths(25);
/// The source itself acts: a ministry's own page.
pub(super) const SENDER_SOURCE: Score = Score::from_hundredths(100);
/// Who evades, opposes or asks.
pub(super) const OTHER_SIDE: Score = Score::from_hundredths(50);
/// Two parties that grammar ties to the noun: "X and Y sign", "X-Y deal", "deal between X and Y".
pub(super) const PARTIES: Score = Score::from_hundredths(200);
/// Two parties in one clause with the noun, not tied to it.
pub(super) const PARTIES_NEAR: Score = Score::from_hundredths(100);
/// Two parties in one sentence with the noun, in another clause.
pub(super) const PARTIES_APART: Score = Score::from_hundredths(75);
/// One party that joins or leaves what is not an actor itself, such as a treaty.
pub(super) const ONE_PARTY: Score = Score::from_hundredths(75);
/// A noun of so much weight stands for a treaty by itself.
pub(super) const STRONG_NOUN: Score = Score::from_hundredths(200);
/// Subject and object of a verb that is a relation.
pub(super) const SUBJECT_OBJECT: Score = Score::from_hundredths(200);
/// Told as background.
pub(super) const HISTORICAL: Score = Score::from_hundredths(-100);

/// How much of a weight counts in a field: the headline is the news, the body tells around it.
pub(super) const fn field_factor(field: Field) -> f64 {
    match field {
        Field::Title => 1.0,
        Field::Summary => 0.85,
        Field::Body => 0.4,
    }
}

/// How much of a weight counts where a relation is said again.
pub(super) const ECHO: f64 = 0.5;
/// The most that repetition in one field can add.
pub(super) const fn echo_limit(field: Field) -> Score {
    match field {
        Field::Title | Field::Summary => Score::from_hundredths(100),
        Field::Body => Score::from_hundredths(200),
    }
}
