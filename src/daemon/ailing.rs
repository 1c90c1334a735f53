//! What ails single sources: told to the operator once when it begins and once when it is over, many in one
//! message. Whether one ails is decided purely; that nothing at all can be read is no source's fault.

use super::House;
use super::operator::OperatorNotice;
use super::outage::Outage;
use crate::domain::{Ailment, Source};
use crate::store::{SourceState, StoreError};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Fewest polls in a row that must have failed: a source that is polled once a day has a bad day.
const FEWEST_FAILURES: u32 = 4;

/// What ails a source at `now`. A failure that has not lasted long enough changes nothing, and one that an `outage`
/// explains counts from its end.
fn ailment(
    source: &Source,
    state: &SourceState,
    failing_after: Duration,
    outage: Option<Outage>,
    now: Timestamp,
) -> Option<Ailment> {
    let longer_ago = |moment: Timestamp, span: Duration| {
        SignedDuration::try_from(span).is_ok_and(|span| now.duration_since(moment) >= span)
    };
    if state.failures == 0 {
        let stale = state.newest.is_some_and(|newest| longer_ago(newest, source.stale_after));
        return stale.then_some(Ailment::Stale);
    }
    if state.gone {
        return Some(Ailment::Gone);
    }
    let since = |since: Timestamp| match outage {
        Some(outage) if outage.explains(since) => outage.until,
        _ => since,
    };
    let long = state.failing_since.map(since).is_some_and(|since| longer_ago(since, failing_after));
    if long && state.failures >= FEWEST_FAILURES {
        return Some(Ailment::Failing);
    }
    state.ailing
}

/// What is said of a source whose ailment has changed.
fn told(
    source: &Source,
    state: &SourceState,
    now: Option<Ailment>,
    time: impl Fn(Timestamp) -> String,
) -> String {
    let name = source.name.as_str();
    let since = state.failing_since.map(&time).unwrap_or_default();
    let error = state.last_error.as_deref().unwrap_or("no reason is known");
    match now {
        None if state.ailing == Some(Ailment::Stale) => format!("{name}: has news again."),
        None => format!("{name}: is read again."),
        Some(Ailment::Failing) => {
            format!("{name}: cannot be read since {since}, {} times in a row: {error}", state.failures)
        }
        Some(Ailment::Gone) => {
            format!("{name}: {error}. It is asked once a day; the configuration wants another address.")
        }
        Some(Ailment::Stale) => {
            let newest = state.newest.map(&time).unwrap_or_default();
            format!("{name}: can be read, and its newest item is of {newest}. Has it moved?")
        }
    }
}

impl House {
    /// Tells the operator of the sources that ail since the last look, and of those that do no more. Whether
    /// there was something to tell.
    pub(super) async fn visit_sources(&self, now: Timestamp) -> Result<bool, StoreError> {
        let states = self.store.source_states().await?;
        let mut changed = Vec::new();
        for source in &self.config.sources {
            let Some(state) = states.get(&source.name) else { continue };
            let failing_after = self.config.operator.source_failing;
            let found = ailment(source, state, failing_after, self.network.last_outage(), now);
            if found != state.ailing {
                changed.push((source, state, found));
            }
        }
        if changed.is_empty() {
            return Ok(false);
        }
        let ailing = changed.iter().filter(|(.., found)| found.is_some()).count();
        let subject = subject(ailing, changed.len() - ailing);
        // What is worse stands first.
        changed.sort_by_key(|(source, _, found)| (found.is_none(), *found, &source.name));
        let lines: Vec<String> = changed
            .iter()
            .map(|(source, state, found)| told(source, state, *found, |at| self.operator_time(at)))
            .collect();
        for line in &lines {
            tracing::warn!("{line}");
        }
        let mut transaction = self.store.begin().await?;
        for (source, _, found) in &changed {
            transaction.note_ailment(&source.name, *found).await?;
        }
        self.tell_operator(
            &mut transaction,
            &OperatorNotice { subject: &subject, lines, about: None, at: now },
        )
        .await?;
        transaction.commit().await?;
        self.bell.ring();
        Ok(true)
    }
}

fn subject(ailing: usize, well: usize) -> String {
    let sources = |number| if number == 1 { "1 source".to_owned() } else { format!("{number} sources") };
    match (ailing, well) {
        (0, well) => format!(
            "{} well again",
            if well == 1 { "1 source is".to_owned() } else { format!("{well} sources are") }
        ),
        (ailing, 0) => format!("{} to be looked at", sources(ailing)),
        (ailing, well) => format!("{} to be looked at, {well} well again", sources(ailing)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check_text;
    use rstest::rstest;

    /// How a source stands: failures in a row and for how many hours, whether it is gone, how many days ago
    /// its newest item was, and what the operator knows.
    type Standing = (u32, i64, bool, Option<i64>, Option<Ailment>);

    #[rstest]
    #[case::well((0, 0, false, Some(1), None), None)]
    #[case::never_an_item((0, 0, false, None, None), None)]
    #[case::a_bad_night((9, 20, false, Some(1), None), None)]
    #[case::few_polls((3, 80, false, Some(1), None), None)]
    #[case::failing((4, 24, false, Some(1), None), Some(Ailment::Failing))]
    #[case::failing_goes_on((40, 240, false, Some(20), Some(Ailment::Failing)), Some(Ailment::Failing))]
    #[case::gone_at_once((1, 0, true, Some(1), None), Some(Ailment::Gone))]
    #[case::gone_and_then_silent((2, 1, false, Some(1), Some(Ailment::Gone)), Some(Ailment::Gone))]
    #[case::gone_and_read_again((0, 0, false, Some(1), Some(Ailment::Gone)), None)]
    #[case::stale((0, 0, false, Some(30), None), Some(Ailment::Stale))]
    #[case::stale_and_a_bad_poll((1, 0, false, Some(30), Some(Ailment::Stale)), Some(Ailment::Stale))]
    #[case::news_again((0, 0, false, Some(0), Some(Ailment::Stale)), None)]
    #[case::read_again((0, 0, false, Some(2), Some(Ailment::Failing)), None)]
    fn what_ails(
        #[case] (failures, hours, gone, newest, ailing): Standing,
        #[case] expected: Option<Ailment>,
    ) {
        let text = "[[source]]\nname = \"S\"\nurl = \"https://example.org/\"\n[[watch]]\nname = \"W\"\ncountries = [\"Iran\"]\n";
        let config = check_text(text).unwrap_or_else(|errors| panic!("{errors}")).config;
        let now: Timestamp = "2026-08-12T09:00:00Z".parse().unwrap();
        let ago = |hours| now - SignedDuration::from_hours(hours);
        let state = SourceState {
            failures,
            failing_since: (failures > 0).then(|| ago(hours)),
            gone,
            newest: newest.map(|days| ago(days * 24)),
            ailing,
            ..SourceState::at(now)
        };
        assert_eq!(ailment(&config.sources[0], &state, Duration::from_hours(24), None, now), expected);
    }

    #[rstest]
    #[case(1, 0, "1 source to be looked at")]
    #[case(0, 1, "1 source is well again")]
    #[case(2, 3, "2 sources to be looked at, 3 well again")]
    fn subjects(#[case] ailing: usize, #[case] well: usize, #[case] expected: &str) {
        assert_eq!(subject(ailing, well), expected);
    }
}
