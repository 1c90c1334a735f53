//! Durations as an operator writes them: "90s", "15m", "24h", "180d", "4w", "2y", "1h 30m".

use super::reader::Value;
use super::wording::quoted;
use std::ops::RangeInclusive;
use std::time::Duration;

/// The units, longest first, in seconds. A year is 365 days: retention and windows need no calendar.
const UNITS: &[(char, u64)] =
    &[('y', 365 * 86400), ('w', 7 * 86400), ('d', 86400), ('h', 3600), ('m', 60), ('s', 1)];

pub(super) const SECOND: Duration = Duration::from_secs(1);
pub(super) const MINUTE: Duration = Duration::from_mins(1);
pub(super) const HOUR: Duration = Duration::from_hours(1);
pub(super) const DAY: Duration = Duration::from_hours(24);

/// So many days.
pub(super) const fn days(number: u64) -> Duration {
    Duration::from_hours(number * 24)
}

/// So many years of 365 days.
pub(super) const fn years(number: u64) -> Duration {
    days(number * 365)
}

/// Whole numbers with a unit each; white space between them is free. `None` for anything else.
fn parse(text: &str) -> Option<Duration> {
    let mut total: u64 = 0;
    let mut number: Option<u64> = None;
    let mut parts = 0;
    for letter in text.trim().chars() {
        if let Some(digit) = letter.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(u64::from(digit))?);
        } else if letter == ' ' && number.is_none() {
        } else {
            let (_, seconds) = UNITS.iter().find(|(unit, _)| *unit == letter)?;
            total = total.checked_add(number.take()?.checked_mul(*seconds)?)?;
            parts += 1;
        }
    }
    (number.is_none() && parts > 0).then_some(Duration::from_secs(total))
}

/// The shortest way to write a duration that these messages need.
pub(super) fn written(duration: Duration) -> String {
    let seconds = duration.as_secs();
    UNITS
        .iter()
        .find(|(unit, size)| *unit != 'w' && seconds >= *size && seconds.is_multiple_of(*size))
        .map_or_else(|| format!("{seconds}s"), |(unit, size)| format!("{}{unit}", seconds / size))
}

impl Value<'_> {
    /// A duration, of the range that the key has.
    pub(super) fn duration(&self) -> Option<Duration> {
        self.duration_of(self.duration_range())
    }

    /// A duration of a range.
    pub(super) fn duration_of(&self, range: RangeInclusive<Duration>) -> Option<Duration> {
        let text = self.string()?;
        let range_text = || format!("from {} to {}", written(*range.start()), written(*range.end()));
        let Some(duration) = parse(text) else {
            return self.wrong(
                format!("{} is no duration", quoted(text)),
                "a whole number and a unit (s, m, h, d, w or y), such as \"15m\" or \"24h\"",
            );
        };
        if !range.contains(&duration) {
            return self.wrong(format!("`{}` is out of range: {}", self.key, quoted(text)), range_text());
        }
        Some(duration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("15m", Some(900))]
    #[case("1h 30m", Some(5400))]
    #[case("1h30m", Some(5400))]
    #[case("2y", Some(730 * 86400))]
    #[case("4w", Some(28 * 86400))]
    #[case("0s", Some(0))]
    #[case("", None)]
    #[case("15", None)]
    #[case("m", None)]
    #[case("15 m", None)]
    #[case("-15m", None)]
    #[case("1.5h", None)]
    #[case("15min", None)]
    #[case("99999999999999999999y", None)]
    #[case("9999999999999999999y", None)]
    fn a_duration_is_numbers_with_units(#[case] text: &str, #[case] seconds: Option<u64>) {
        assert_eq!(parse(text), seconds.map(Duration::from_secs));
    }

    #[test]
    fn messages_use_the_largest_unit_that_fits() {
        assert_eq!(written(Duration::from_mins(10)), "10m");
        assert_eq!(written(years(2)), "2y");
        assert_eq!(written(Duration::from_secs(90)), "90s");
    }
}
