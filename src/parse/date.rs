//! Dates as feeds and pages write them.
//!
//! One reader for all formats: it takes a text apart and looks what it has. Feeds mix RFC 822,
//! RFC 3339 and whatever their programs print, and the readers of crates each miss half of the odd
//! ones or guess (`CRATES.md` §3.6). No zone means UTC, a date alone means midnight UTC, numbers
//! with points or slashes put the day first unless that cannot be. A date in words may be followed by
//! other text, as on listing pages ("September 23, 2026 - Sanctions List Updates").

mod names;

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp, tz::Offset};
use names::{afternoon, half_behind, is_between, is_hour_unit, is_time_unit, is_weekday, month, zone};

/// Most characters looked at; no real date is longer, and readers of dates have been attacked by length.
const MAX_CHARS: usize = 64;

/// Reads a date. `None` where none is told, or one that no calendar has.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let text: String = text.trim().chars().take(MAX_CHARS).map(names::ascii_digit).collect();
    let mut found = Found::default();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let step = if first.is_ascii_digit() {
            found.number(rest)?
        } else if first.is_alphabetic() {
            match found.word(rest) {
                Some(length) => length,
                None => break,
            }
        } else {
            found.sign(first, rest)
        };
        rest = rest.get(step..)?;
    }
    found.timestamp()
}

/// What was found so far.
#[derive(Default)]
struct Found {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<Time>,
    /// 24:00, or an hour after noon: added to the time.
    later: SignedDuration,
    offset: Option<Offset>,
    /// What stands before a time where it stands there: whether it is one after noon.
    afternoon: Option<bool>,
    /// A word behind the date said that a time follows.
    announced: bool,
}

impl Found {
    fn has_date(&self) -> bool {
        self.year.is_some() && self.month.is_some() && self.day.is_some()
    }

    fn timestamp(&self) -> Option<Timestamp> {
        let date = Date::new(self.year?, self.month?, self.day?).ok()?;
        let local = DateTime::from_parts(date, self.time.unwrap_or(Time::midnight()));
        let offset = self.offset.unwrap_or(Offset::UTC);
        offset.to_timestamp(local.checked_add(self.later).ok()?).ok()
    }

    /// Takes what begins with a digit; gives its length. `None`: this is no date.
    fn number(&mut self, rest: &str) -> Option<usize> {
        let length = digits(rest);
        let after = rest.get(length..)?;
        let value = rest.get(..length)?;
        if let Some(minutes) = after.strip_prefix(':')
            && self.time.is_none()
            && digits(minutes) == 2
        {
            return self.clock(rest, length);
        }
        let separator = after.chars().next();
        if self.has_date()
            && self.time.is_none()
            && length <= 2
            && let Some(used) = self.other_clock(rest, length)
        {
            return Some(used);
        }
        // "2026年10月2日", "2026년 10월 2일": each number says itself what it is.
        let unit = match separator {
            Some('年' | '년') if self.year.is_none() => year(value).map(|year| self.year = Some(year)),
            Some('月' | '월') if self.month.is_none() => {
                value.parse().ok().map(|month| self.month = Some(month))
            }
            Some('日' | '일' | '号') if self.day.is_none() => {
                value.parse().ok().map(|day| self.day = Some(day))
            }
            _ => None,
        };
        if unit.is_some() {
            return Some(length + separator.map_or(0, char::len_utf8));
        }
        if let Some(separator @ ('-' | '.' | '/')) = separator
            && !self.has_date()
            && let Some(used) = self.numeric_date(value, after.get(1..)?, separator)
        {
            return Some(used);
        }
        match (length, self.has_date()) {
            (8 | 14, false) => {
                self.set(value.get(..4)?, value.get(4..6)?, value.get(6..8)?)?;
                if length == 14 {
                    self.compact_time(value.get(8..)?)?;
                }
            }
            (4, false) if self.year.is_none() => self.year = value.parse().ok(),
            (1 | 2, _) if self.day.is_none() => self.day = value.parse().ok(),
            // RFC 822 had years of two digits; they follow the month.
            (2, _) if self.year.is_none() && self.month.is_some() => self.year = year(value),
            (6 | 4, true) if self.time.is_none() => self.compact_time(value)?,
            _ => {}
        }
        Some(length)
    }

    /// `2026-10-02`, `26-10-02`, `02.10.2026`, `2026. 10. 2.`, `10/23/2026`; gives the length used.
    fn numeric_date(&mut self, first: &str, rest: &str, separator: char) -> Option<usize> {
        // Blanks stand behind points only.
        let trimmed = |text: &'_ str| if separator == '.' { text.len() - text.trim_start().len() } else { 0 };
        let whole = rest.len();
        let rest = rest.get(trimmed(rest)..)?;
        let second_length = digits(rest);
        let second = rest.get(..second_length).filter(|text| !text.is_empty() && text.len() <= 2)?;
        let third_text = rest.get(second_length..)?.strip_prefix(separator)?;
        let third_text = third_text.get(trimmed(third_text)..)?;
        let third_length = digits(third_text);
        let third = third_text.get(..third_length).filter(|text| !text.is_empty())?;
        let year_first = first.len() == 4 || (separator == '-' && first.len() == 2 && third.len() == 2);
        if year_first {
            self.set(first, second, third)?;
        } else if third.len() == 4 || third.len() == 2 {
            // The day comes first unless the second number can be no month.
            let month_first = second.parse::<u8>().is_ok_and(|number| number > 12);
            if month_first { self.set(third, first, second)? } else { self.set(third, second, first)? }
        } else {
            return None;
        }
        Some(first.len() + 1 + whole - (third_text.len() - third_length))
    }

    fn set(&mut self, year_text: &str, month: &str, day: &str) -> Option<()> {
        let (year, month, day) = (year(year_text)?, month.parse().ok()?, day.parse().ok()?);
        Date::new(year, month, day).ok()?;
        (self.year, self.month, self.day) = (Some(year), Some(month), Some(day));
        Some(())
    }

    /// `9:05`, `09:05:30.25`, `24:00`, with what says before or after noon.
    fn clock(&mut self, rest: &str, hour_length: usize) -> Option<usize> {
        let hour: i8 = rest.get(..hour_length)?.parse().ok()?;
        let mut used = hour_length + 1;
        let minute: i8 = rest.get(used..used + 2)?.parse().ok()?;
        used += 2;
        let mut second: i8 = 0;
        if let Some(text) = rest.get(used..)?.strip_prefix(':')
            && digits(text) == 2
        {
            // A leap second is the last of its minute.
            second = text.get(..2)?.parse::<i8>().ok()?.min(59);
            used += 3;
            if let Some(fraction) = rest.get(used..)?.strip_prefix(['.', ',']) {
                used += 1 + digits(fraction);
            }
        }
        used += self.set_time((hour, minute, second), rest.get(used..)?)?;
        Some(used)
    }

    /// What no colon divides, behind a date: `15h30`, `15 h`, `15时30分`, `3시 30분`; and with a point, `10.45`,
    /// where a word before or behind says that it is a time. Gives the length used.
    fn other_clock(&mut self, rest: &str, hour_length: usize) -> Option<usize> {
        let hour: i8 = rest.get(..hour_length)?.parse().ok()?;
        let after = rest.get(hour_length..)?;
        if let Some(minutes) = after.strip_prefix('.') {
            let says_so =
                || minutes.get(2..).is_some_and(|tail| tail.trim_start().to_lowercase().starts_with("uhr"));
            return (digits(minutes) == 2 && (self.announced || says_so()))
                .then(|| self.clock(rest, hour_length))
                .flatten();
        }
        let unit = after.trim_start();
        let letters = unit.find(|character: char| !character.is_alphabetic()).unwrap_or(unit.len());
        if !is_hour_unit(&unit.get(..letters)?.to_lowercase()) {
            return None;
        }
        let behind = unit.get(letters..)?.trim_start();
        let (minute, tail) = match digits(behind) {
            2 if !behind.get(2..)?.starts_with([':', '.', '/', '-']) => {
                (behind.get(..2)?.parse().ok()?, behind.get(2..)?)
            }
            _ => (0, unit.get(letters..)?),
        };
        let half = self.set_time((hour, minute, 0), tail)?;
        Some(rest.len() - tail.len() + half)
    }

    /// Takes a time, with what stands behind it or stood before it of the halves of the day; gives the length of
    /// what stands behind.
    fn set_time(&mut self, (mut hour, minute, second): (i8, i8, i8), tail: &str) -> Option<usize> {
        let behind = half_behind(tail);
        if let Some(afternoon) = behind.map(|(afternoon, _)| afternoon).or(self.afternoon) {
            if afternoon && hour < 12 {
                self.later = SignedDuration::from_hours(12);
            } else if !afternoon && hour == 12 {
                hour = 0;
            }
        }
        if hour == 24 {
            hour = 0;
            self.later = SignedDuration::from_hours(24);
        }
        self.time = Some(Time::new(hour, minute, second, 0).ok()?);
        Some(behind.map_or(0, |(_, length)| length))
    }

    /// `1005` or `100530`.
    fn compact_time(&mut self, text: &str) -> Option<()> {
        let second = text.get(4..6).map_or(Some(0), |text| text.parse().ok())?;
        self.time =
            Some(Time::new(text.get(..2)?.parse().ok()?, text.get(2..4)?.parse().ok()?, second, 0).ok()?);
        Some(())
    }

    /// Takes a word; gives its length. `None`: the date is over, other text begins.
    fn word(&mut self, rest: &str) -> Option<usize> {
        let length = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let word = rest.get(..length)?.to_lowercase();
        // A later name wins: "mar., 23 nov." begins with a Tuesday.
        if !self.has_date()
            && let Some(month) = month(&word, self.month)
        {
            self.month = Some(month);
        } else if self.time.is_some()
            && self.offset.is_none()
            && let Some(minutes) = zone(&word)
        {
            self.offset = Offset::from_seconds(minutes * 60).ok();
        } else if let Some(afternoon) = afternoon(&word) {
            self.afternoon = Some(afternoon);
        } else if self.has_date() && self.time.is_none() && is_between(&word) {
            self.announced = true;
        } else if self.has_date() && !is_weekday(&word) && !is_time_unit(&word) {
            // A zone's unknown name, or other text.
            return None;
        }
        Some(length)
    }

    /// Takes a sign between words and numbers; gives its length.
    fn sign(&mut self, first: char, rest: &str) -> usize {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        if let ('+' | '-' | '−', true) = (first, self.time.is_some())
            && let Some((offset, length)) = offset(after)
        {
            let seconds = if first == '+' { offset } else { -offset };
            // No place on earth is further than 14 hours from UTC; what says so is not believed.
            if seconds.abs() <= 14 * 3600 {
                self.offset = Offset::from_seconds(seconds).ok();
            }
            return first.len_utf8() + length;
        }
        if first == '(' {
            return rest.find(')').map_or(rest.len(), |end| end + 1);
        }
        first.len_utf8()
    }
}

/// How many ASCII digits a text begins with.
fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// A year of four digits, or of two as RFC 2822 reads them (50 to 99 are of the last century).
fn year(text: &str) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 if year < 50 => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    }
}

/// `+02:00`, `+0200`, `+02`, without its sign; seconds and length.
fn offset(text: &str) -> Option<(i32, usize)> {
    let length = digits(text);
    let (hours, minutes, used) = match length {
        1 | 2 => match text.get(length..)?.strip_prefix(':') {
            Some(minutes) if digits(minutes) == 2 => (text.get(..length)?, minutes.get(..2)?, length + 3),
            _ => (text.get(..length)?, "0", length),
        },
        3 | 4 => (text.get(..length - 2)?, text.get(length - 2..length)?, length),
        _ => return None,
    };
    Some((hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60, used))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::rss("Mon, 23 Nov 2026 10:05:30 GMT", "2026-11-23T10:05:30Z")]
    #[case::rss_offset("Mon, 23 Nov 2026 10:05:30 +0530", "2026-11-23T04:35:30Z")]
    #[case::wrong_weekday("Tue, 23 Nov 2026 10:05:30 -0500", "2026-11-23T15:05:30Z")]
    #[case::long_names("Monday, 23 November 2026 10:05:30 EST", "2026-11-23T15:05:30Z")]
    #[case::no_seconds("23 Nov 2026 10:00", "2026-11-23T10:00:00Z")]
    #[case::summer_time("Fri, 02 Oct 2026 10:45:00 CEST", "2026-10-02T08:45:00Z")]
    #[case::two_digit_year("02 Oct 26 10:45:00 UT", "2026-10-02T10:45:00Z")]
    #[case::last_century("02 Oct 98 10:45:00 GMT", "1998-10-02T10:45:00Z")]
    #[case::midnight_written_as_24("Fri, 02 Oct 2026 24:00:00 GMT", "2026-10-03T00:00:00Z")]
    #[case::leap_second("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z")]
    #[case::single_digit_hour("Fri, 2 Oct 2026 9:05:00 +0000", "2026-10-02T09:05:00Z")]
    #[case::comment("Fri, 02 Oct 2026 10:45:00 +0200 (CEST)", "2026-10-02T08:45:00Z")]
    #[case::gmt_and_offset("Fri Oct 02 2026 10:45:00 GMT+0200 (MESZ)", "2026-10-02T08:45:00Z")]
    #[case::unix_date("Fri Oct  2 10:45:00 UTC 2026", "2026-10-02T10:45:00Z")]
    #[case::iso("2026-10-02T10:45:00Z", "2026-10-02T10:45:00Z")]
    #[case::iso_offset("2026-10-02T10:45:00.123456+02:00", "2026-10-02T08:45:00Z")]
    #[case::iso_offset_after_fraction("2026-10-02T10:45:00.5+0530", "2026-10-02T05:15:00Z")]
    #[case::iso_no_colon("2026-10-02T10:45:00-0400", "2026-10-02T14:45:00Z")]
    #[case::iso_hours("2026-10-02T10:45-04", "2026-10-02T14:45:00Z")]
    #[case::iso_no_zone("2026-10-02T10:45:00", "2026-10-02T10:45:00Z")]
    #[case::iso_space("2026-10-02 10:45:00 +0200", "2026-10-02T08:45:00Z")]
    #[case::iso_date("2026-10-02", "2026-10-02T00:00:00Z")]
    #[case::iso_zone_name("2026-10-02 10:45:00 UTC", "2026-10-02T10:45:00Z")]
    #[case::compact("20261002T104500Z", "2026-10-02T10:45:00Z")]
    #[case::compact_date("20261002", "2026-10-02T00:00:00Z")]
    #[case::compact_whole("20261002104500", "2026-10-02T10:45:00Z")]
    #[case::short_year("26-10-02  10:45", "2026-10-02T10:45:00Z")]
    #[case::dotted("02.10.2026 10:45", "2026-10-02T10:45:00Z")]
    #[case::dotted_short("2.10.26", "2026-10-02T00:00:00Z")]
    #[case::slashed("02/10/2026", "2026-10-02T00:00:00Z")]
    #[case::slashed_american("10/23/2026 3:05 PM", "2026-10-23T15:05:00Z")]
    #[case::slashed_year_first("2026/10/02 10:45", "2026-10-02T10:45:00Z")]
    #[case::words("October 2, 2026", "2026-10-02T00:00:00Z")]
    #[case::ordinal("2nd October 2026", "2026-10-02T00:00:00Z")]
    #[case::hyphens("02-Oct-2026 10:45", "2026-10-02T10:45:00Z")]
    #[case::afternoon("Oct. 2, 2026, 3:05 p.m. EDT", "2026-10-02T19:05:00Z")]
    #[case::past_midnight("Oct 2, 2026 12:05 AM", "2026-10-02T00:05:00Z")]
    #[case::noon("Oct 2, 2026 12:05 PM", "2026-10-02T12:05:00Z")]
    #[case::listing("September 23, 2026 - Sanctions List Updates", "2026-09-23T00:00:00Z")]
    #[case::listing_with_figures("September 23, 2026 - Counter 12 of 2025", "2026-09-23T00:00:00Z")]
    #[case::leading_words("Published: 2 October 2026 at 10:45", "2026-10-02T10:45:00Z")]
    #[case::unbelievable_zone("Fri, 02 Oct 2026 10:45:00 +9999", "2026-10-02T10:45:00Z")]
    #[case::unknown_zone("Fri, 02 Oct 2026 10:45:00 XYZ", "2026-10-02T10:45:00Z")]
    #[case::white_space("\n  Fri, 02 Oct 2026\n10:45:00 GMT ", "2026-10-02T10:45:00Z")]
    #[case::portuguese("Seg, 24 Set 2018 19:20:00 -0300", "2018-09-24T22:20:00Z")]
    #[case::german("17. März 2026", "2026-03-17T00:00:00Z")]
    #[case::french_tuesday("mar., 24 nov. 2026 10:45:00 +0100", "2026-11-24T09:45:00Z")]
    #[case::russian("2 октября 2026, 10:45", "2026-10-02T10:45:00Z")]
    #[case::dotted_with_blanks("2. 10. 2026 10:45", "2026-10-02T10:45:00Z")]
    #[case::year_first_with_points("2026. 10. 2. 10:45", "2026-10-02T10:45:00Z")]
    #[case::year_one("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z")]
    fn dates(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(read(text).map(|time| time.to_string()).as_deref(), Some(expected), "{text}");
    }

    #[rstest]
    #[case::empty("")]
    #[case::words("yesterday")]
    #[case::relative("2 hours ago")]
    #[case::no_such_day("31 Feb 2026 10:00:00 GMT")]
    #[case::no_such_month("2026-13-01")]
    #[case::no_such_hour("2026-10-02T25:00:00Z")]
    #[case::negative("-1")]
    #[case::month_alone("October 2026")]
    #[case::time_alone("10:45")]
    #[case::no_letters("....////----")]
    #[case::beyond_the_calendar("99999-01-01T00:00:00Z")]
    fn no_dates(#[case] text: &str) {
        assert_eq!(read(text), None, "{text}");
    }

    #[test]
    fn long_texts_are_cut() {
        let comments = "(".repeat(64 * 1024);
        assert_eq!(read(&comments), None);
        let late = format!("{}2026-10-02", "x ".repeat(40));
        assert_eq!(read(&late), None);
    }
}
