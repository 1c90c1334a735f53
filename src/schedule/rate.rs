//! How many messages a minute may bring.

use jiff::{SignedDuration, Timestamp};
use std::num::NonZeroU32;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// So many a minute: as fast as may be up to that number, then nothing until the minute is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    most: NonZeroU32,
    /// When the minute began, and how many it has brought.
    minute: Option<(Timestamp, u32)>,
}

impl Rate {
    /// So many a minute.
    #[must_use]
    pub const fn new(most: NonZeroU32) -> Self {
        Self { most, minute: None }
    }

    /// Takes one of the minute's number. Where all are taken: when the next minute begins.
    pub fn take(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        // A clock that was put back begins a new minute.
        let running = self.minute.filter(|(begin, _)| *begin <= now && now.duration_since(*begin) < MINUTE);
        let (begin, used) = running.unwrap_or((now, 0));
        if used >= self.most.get() {
            return Err(begin.checked_add(MINUTE).unwrap_or(begin));
        }
        self.minute = Some((begin, used + 1));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(count: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(count)
    }

    #[test]
    fn a_minute_brings_so_many_and_the_next_as_many_again() {
        let mut rate = Rate::new(NonZeroU32::MIN.saturating_add(1));
        assert_eq!(rate.take(second(100)), Ok(()));
        assert_eq!(rate.take(second(130)), Ok(()));
        assert_eq!(rate.take(second(159)), Err(second(160)));
        assert_eq!(rate.take(second(160)), Ok(()));
        assert_eq!(rate.take(second(161)), Ok(()));
        assert_eq!(rate.take(second(162)), Err(second(220)));
    }

    #[test]
    fn a_clock_that_was_put_back_holds_nothing_up() {
        let mut rate = Rate::new(NonZeroU32::MIN);
        assert_eq!(rate.take(second(7200)), Ok(()));
        assert_eq!(rate.take(second(0)), Ok(()));
    }
}
