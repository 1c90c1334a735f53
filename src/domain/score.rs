//! Scores: sums of evidence weights, exact to a hundredth.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

/// A score or a weight in hundredths of a point.
///
/// Whole hundredths, so that a score is exactly the sum of its evidence and never a rounding of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Score(i32);

impl Score {
    /// No points.
    pub const ZERO: Score = Score(0);

    /// A score of `hundredths` hundredths of a point.
    #[must_use]
    pub const fn from_hundredths(hundredths: i32) -> Self {
        Self(hundredths)
    }

    /// The score nearest to `points`; limited to ±10,000 points, and not-a-number is zero.
    #[must_use]
    pub fn from_points(points: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "clamped to a range that an i32 holds; NaN casts to zero"
        )]
        let hundredths = (points * 100.0).round().clamp(-1e6, 1e6) as i32;
        Self(hundredths)
    }

    /// The score in points.
    #[must_use]
    pub fn points(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// The score in hundredths of a point.
    #[must_use]
    pub const fn hundredths(self) -> i32 {
        self.0
    }

    /// The score times `factor`, rounded to a hundredth.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self::from_points(self.points() * factor)
    }
}

impl Add for Score {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Score {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Score {
    fn sum<I: Iterator<Item = Self>>(scores: I) -> Self {
        scores.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Score {
    /// One decimal as a reader wants it ("4.5"), two where the second is not zero.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 % 10 == 0 {
            write!(formatter, "{:.1}", self.points())
        } else {
            write!(formatter, "{:.2}", self.points())
        }
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.points())
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self::from_points)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_tenths_is_exact() {
        let sum: Score = std::iter::repeat_n(Score::from_points(0.1), 30).sum();
        assert_eq!(sum, Score::from_points(3.0));
    }

    #[test]
    fn shows_one_decimal_or_two() {
        assert_eq!(Score::from_points(4.5).to_string(), "4.5");
        assert_eq!(Score::from_points(-0.25).to_string(), "-0.25");
        assert_eq!(Score::from_points(f64::NAN), Score::ZERO);
    }
}
