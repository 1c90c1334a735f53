//! How the sources stand, as the database has it: for monitors and for `status`. Pure.

use crate::domain::{Ailment, Source, SourceName};
use crate::store::SourceState;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// How long no source may be asked though one is due. That is more than one poll takes, than the articles of a single
/// source, read one after the other, and than the wait for a database that is busy.
const PATIENCE: SignedDuration = SignedDuration::from_hours(2);

/// How the configured sources stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// How many are configured.
    pub configured: usize,
    /// Those whose last poll failed, the longest first.
    pub failing: Vec<FailingSource>,
    /// Those that were not asked yet.
    pub not_asked: Vec<SourceName>,
    /// Those that can be read and have had nothing new for long.
    pub stale: Vec<SourceName>,
    /// Those whose servers say that they are gone for good; they fail, too.
    pub gone: Vec<SourceName>,
    /// When any of them was last asked.
    pub last_poll: Option<Timestamp>,
    /// When the first of those that were asked is to be asked again.
    pub next_due: Option<Timestamp>,
    /// When any of them was last reached.
    pub last_success: Option<Timestamp>,
    /// When the newest item was published, or seen where it has no date.
    pub newest: Option<Timestamp>,
}

/// A source that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingSource {
    /// Which.
    pub source: SourceName,
    /// Why, for a person.
    pub reason: String,
    /// Since when.
    pub since: Option<Timestamp>,
}

impl Standing {
    /// How these sources stand by what the database knows of them. What it knows of others does not count.
    #[must_use]
    pub fn of(sources: &[Source], states: &BTreeMap<SourceName, SourceState>) -> Self {
        let mut standing = Self { configured: sources.len(), ..Self::default() };
        let rests = rests(sources, states);
        for source in sources {
            let state = states.get(&source.name).filter(|state| state.last_attempt.is_some());
            let Some(state) = state else {
                standing.not_asked.push(source.name.clone());
                continue;
            };
            let due = state.next_poll.max(rest(source, &rests).unwrap_or(state.next_poll));
            standing.next_due = Some(standing.next_due.map_or(due, |next| next.min(due)));
            if state.failures > 0 {
                standing.failing.push(FailingSource {
                    source: source.name.clone(),
                    reason: state.last_error.clone().unwrap_or_else(|| "no reason is known".to_owned()),
                    since: state.failing_since,
                });
                if state.gone {
                    standing.gone.push(source.name.clone());
                }
            } else if state.ailing == Some(Ailment::Stale) {
                standing.stale.push(source.name.clone());
            }
            standing.last_poll = standing.last_poll.max(state.last_attempt);
            standing.last_success = standing.last_success.max(state.last_success);
            standing.newest = standing.newest.max(state.newest);
        }
        standing.failing.sort_by_key(|failing| failing.since);
        standing
    }

    /// How many of them can be read, as far as they were asked.
    #[must_use]
    pub fn healthy(&self) -> usize {
        self.configured.saturating_sub(self.failing.len() + self.not_asked.len())
    }

    /// Whether none of those that were asked can be read.
    #[must_use]
    pub fn all_fail(&self) -> bool {
        self.healthy() == 0 && !self.failing.is_empty()
    }

    /// Since when a daemon that was started at `started` should have asked a source and has asked none; `None` where
    /// it is in time. `asleep` is how long the machine may have slept meanwhile, and the daemon with it; all its sleep since it was
    /// started is more than that, and makes this patient on a machine that sleeps much.
    #[must_use]
    pub fn overdue(
        &self,
        now: Timestamp,
        started: Option<Timestamp>,
        asleep: SignedDuration,
    ) -> Option<Timestamp> {
        if self.configured == 0 {
            return None;
        }
        let last = self.last_poll.max(started)?;
        let due = self.next_due.map_or(last, |due| due.max(last));
        (now.duration_since(due).saturating_sub(asleep) > PATIENCE).then_some(due)
    }
}

/// Until when the hosts of these sources want to be left alone, by whatever source they were asked.
fn rests<'s>(
    sources: &'s [Source],
    states: &BTreeMap<SourceName, SourceState>,
) -> BTreeMap<&'s str, Timestamp> {
    let mut rests = BTreeMap::new();
    for source in sources {
        let Some(until) = states.get(&source.name).and_then(|state| state.wait_until) else { continue };
        for host in source.hosts() {
            let rest = rests.entry(host).or_insert(until);
            *rest = until.max(*rest);
        }
    }
    rests
}

/// Until when all hosts of a source rest; `None` where one does not.
fn rest(source: &Source, rests: &BTreeMap<&str, Timestamp>) -> Option<Timestamp> {
    source.hosts().map(|host| rests.get(host).copied()).min().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check_text;
    use rstest::rstest;

    const SOURCES: &str = "[[source]]\nname = \"A\"\nurl = \"https://one.example/a\"\n\
                       [[source]]\nname = \"B\"\nurl = \"https://one.example/b\"\n\
                       [[source]]\nname = \"C\"\nurl = \"https://two.example/c\"\n";

    /// How many minutes ago a source was asked, in how many it is due, and in how many its server lets it come again.
    type Asked = (i64, i64, Option<i64>);

    fn standing(now: Timestamp, asked: &[(&str, Asked)]) -> Standing {
        let sources = check_text(SOURCES).unwrap_or_else(|errors| panic!("{errors}")).config.sources;
        let at = |minutes| now + SignedDuration::from_mins(minutes);
        let states = asked.iter().map(|(name, (ago, due, wait))| {
            let state = SourceState {
                last_attempt: Some(at(-ago)),
                wait_until: wait.map(at),
                ..SourceState::at(at(*due))
            };
            (SourceName::new(name).unwrap(), state)
        });
        Standing::of(&sources, &states.collect())
    }

    /// The daemon was started so many minutes ago, and the machine slept for so many; since how many minutes a source
    /// should have been asked.
    #[rstest]
    #[case::in_time(&[("A", (5, 10, None)), ("C", (3, 12, None))], 600, 0, None)]
    #[case::one_hangs_and_the_others_do_not(&[("A", (500, -485, None)), ("C", (3, 12, None))], 600, 0, None)]
    #[case::nobody_is_asked(&[("A", (190, -175, None)), ("C", (185, -170, None))], 600, 0, Some(175))]
    #[case::all_are_due_later(&[("A", (700, 20, None)), ("C", (650, 70, None))], 900, 0, None)]
    #[case::it_was_down(&[("A", (900, -885, None))], 30, 0, None)]
    #[case::it_was_down_and_hangs_since(&[("A", (900, -885, None))], 121, 0, Some(121))]
    #[case::nobody_was_ever_asked(&[], 121, 0, Some(121))]
    #[case::it_has_just_begun(&[], 1, 0, None)]
    #[case::the_machine_slept(&[("A", (600, -585, None))], 700, 500, None)]
    #[case::its_host_rests(&[("A", (400, 200, Some(200))), ("B", (390, -370, None))], 600, 0, None)]
    #[case::another_host_rests(&[("A", (400, 200, Some(200))), ("C", (390, -370, None))], 600, 0, Some(370))]
    fn a_daemon_that_asks_nobody_though_one_is_due_may_hang(
        #[case] asked: &[(&str, Asked)],
        #[case] started: i64,
        #[case] asleep: i64,
        #[case] expected: Option<i64>,
    ) {
        let now: Timestamp = "2026-08-12T09:00:00Z".parse().unwrap();
        let ago = |minutes| now - SignedDuration::from_mins(minutes);
        let overdue =
            standing(now, asked).overdue(now, Some(ago(started)), SignedDuration::from_mins(asleep));
        assert_eq!(overdue, expected.map(ago));
    }

    #[test]
    fn who_was_not_asked_is_neither_well_nor_failing() {
        let now = Timestamp::UNIX_EPOCH;
        let found = standing(now, &[("A", (5, 10, None))]);
        let names: Vec<_> = found.not_asked.iter().map(SourceName::as_str).collect();
        assert_eq!((found.healthy(), names), (1, vec!["B", "C"]));
        assert!(!found.all_fail() && !standing(now, &[]).all_fail());
    }
}
