//! Pulses: whether every part of the daemon goes on. Each part says how long its next step may take at most;
//! one that has said nothing for longer hangs, and then the service manager is not told that all is well.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The pulses of all parts.
#[derive(Debug, Default)]
pub(super) struct Pulses {
    parts: Mutex<Parts>,
}

#[derive(Debug, Default)]
struct Parts {
    next: u64,
    by_number: BTreeMap<u64, Part>,
}

#[derive(Debug)]
struct Part {
    name: String,
    /// When it must have spoken again.
    until: Instant,
}

impl Pulses {
    /// A pulse for a part that has just begun, and may take so long for its first step.
    pub(super) fn begin(self: &Arc<Self>, name: String, most: Duration) -> Pulse {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let number = parts.next;
        parts.next += 1;
        parts.by_number.insert(number, Part { name, until: Instant::now() + most });
        Pulse { number, pulses: Arc::clone(self) }
    }

    /// A part that should have spoken before `now`, with how long ago that was; the longest where there are
    /// several.
    pub(super) fn overdue(&self, now: Instant) -> Option<(String, Duration)> {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let late = parts.by_number.values().filter(|part| part.until < now);
        late.min_by_key(|part| part.until)
            .map(|part| (part.name.clone(), now.saturating_duration_since(part.until)))
    }
}

/// The pulse of one part; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Pulse {
    number: u64,
    pulses: Arc<Pulses>,
}

impl Pulse {
    /// The part goes on; its next step takes at most so long.
    pub(super) fn beat(&self, most: Duration) {
        let mut parts = self.pulses.parts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(part) = parts.by_number.get_mut(&self.number) {
            part.until = Instant::now() + most;
        }
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        let mut parts = self.pulses.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.by_number.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_has_not_spoken_in_time_hangs_and_who_has_ended_does_not() {
        const MINUTE: Duration = Duration::from_mins(1);
        let pulses = Arc::new(Pulses::default());
        let (poller, sender) =
            (pulses.begin("poller".to_owned(), MINUTE), pulses.begin("sender".to_owned(), MINUTE));
        let later = |minutes: u64| Instant::now() + Duration::from_mins(minutes) + Duration::from_secs(1);
        assert_eq!(pulses.overdue(Instant::now()), None);
        sender.beat(5 * MINUTE);
        let overdue = pulses.overdue(later(2)).expect("one hangs");
        assert!(overdue.0 == "poller" && overdue.1 >= MINUTE, "{overdue:?}");
        poller.beat(10 * MINUTE);
        assert_eq!(pulses.overdue(later(6)).expect("the other hangs").0, "sender");
        drop(sender);
        assert_eq!(pulses.overdue(later(6)), None);
    }
}
