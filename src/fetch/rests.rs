//! Hosts that want to be left alone.
//!
//! A server that answers one source "come later" means that source; where it says so to several, it means
//! everybody who asks it.

use crate::domain::SourceName;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So many sources of a host must have been sent away.
const SEVERAL: usize = 2;

/// No server is left alone for longer; what is further off was set by a clock that was put back since.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// Who was sent away by which host, and until when.
#[derive(Debug, Default)]
pub(super) struct Rests(Mutex<HashMap<String, BTreeMap<SourceName, Timestamp>>>);

impl Rests {
    /// Notes that a host sent a source away.
    pub(super) fn note(&self, host: &str, source: &SourceName, now: Timestamp, wait: Duration) {
        let until = SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok());
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.retain(|_, sources| {
            sources.retain(|_, until| *until > now);
            !sources.is_empty()
        });
        if let Some(until) = until {
            hosts.entry(host.to_owned()).or_default().insert(source.clone(), until);
        }
    }

    /// Until when a host wants to be left alone by everybody.
    pub(super) fn until(&self, host: &str, now: Timestamp) -> Option<Timestamp> {
        let hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waits =
            hosts.get(host)?.values().filter(|until| **until > now && until.duration_since(now) <= LONGEST);
        if waits.clone().count() >= SEVERAL { waits.max().copied() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_rests_once_several_of_its_sources_were_sent_away() {
        let rests = Rests::default();
        let now: Timestamp = "2026-08-12T09:00:00Z".parse().unwrap();
        let later = |minutes| now + SignedDuration::from_mins(minutes);
        let name = |text| SourceName::new(text).unwrap();
        rests.note("example.org", &name("one"), now, Duration::from_mins(10));
        rests.note("example.org", &name("one"), now, Duration::from_mins(20));
        assert_eq!(rests.until("example.org", now), None, "one source is one source");
        rests.note("example.org", &name("two"), now, Duration::from_mins(5));
        assert_eq!(rests.until("example.org", now), Some(later(20)));
        assert_eq!(rests.until("other.example", now), None);
        assert_eq!(rests.until("example.org", later(5)), None, "the second may come again");
        assert_eq!(rests.until("example.org", later(-24 * 60)), None, "the clock was put back");
    }
}
