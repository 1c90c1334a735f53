//! The page that a monitor reads. The names are a promise: README.md and the example of alert rules have them.

use super::Metrics;
use super::number::{Counters, Durations, Label};
use crate::daemon::standing::Standing;
use crate::serve::{Exposition, Family, Kind};
use crate::store::Gauges;
use jiff::Timestamp;
use std::sync::atomic::Ordering;

/// What is asked when a monitor asks.
#[derive(Debug)]
pub(in crate::daemon) struct Asked<'a> {
    /// How the sources stand.
    pub(in crate::daemon) sources: &'a Standing,
    /// How the outbox and the file stand.
    pub(in crate::daemon) gauges: &'a Gauges,
    /// How many alarms stand.
    pub(in crate::daemon) alarms: usize,
    /// Whether the database takes what is written.
    pub(in crate::daemon) writable: bool,
    /// How often it refused.
    pub(in crate::daemon) refusals: u64,
    /// When the process began.
    pub(in crate::daemon) started: Timestamp,
    /// When it is asked.
    pub(in crate::daemon) now: Timestamp,
}

impl Metrics {
    /// The whole page.
    pub(in crate::daemon) fn page(&self, asked: &Asked<'_>) -> String {
        let mut page = Exposition::default();
        about_the_program(&mut page, asked);
        self.about_sources(&mut page, asked);
        self.about_items(&mut page, asked);
        self.about_deliveries(&mut page, asked);
        self.about_itself(&mut page, asked);
        page.finish()
    }

    fn about_sources(&self, page: &mut Exposition, asked: &Asked<'_>) {
        let (sources, now) = (asked.sources, asked.now);
        gauge(page, "sanctionwatch_sources", "Sources that are configured.", sources.configured);
        gauge(
            page,
            "sanctionwatch_sources_failing",
            "Sources whose last poll failed.",
            sources.failing.len(),
        );
        gauge(
            page,
            "sanctionwatch_sources_stale",
            "Sources that can be read and have had nothing new for long.",
            sources.stale.len(),
        );
        gauge(
            page,
            "sanctionwatch_sources_gone",
            "Sources whose servers say that they are gone for good; they fail, too.",
            sources.gone.len(),
        );
        age(
            page,
            "sanctionwatch_last_reading_age_seconds",
            "Time since any source was last reached; absent before the first time.",
            sources.last_success,
            now,
        );
        by_word(
            &mut page.family("sanctionwatch_polls_total", Kind::Counter, "Polls of sources."),
            "outcome",
            &self.polls,
        );
        durations(
            page,
            "sanctionwatch_poll_duration_seconds",
            "Time from asking a source until what it said was judged.",
            &self.polling,
        );
    }

    fn about_items(&self, page: &mut Exposition, asked: &Asked<'_>) {
        let entries = self.entries.load(Ordering::Relaxed);
        let alerts = self.alerts.load(Ordering::Relaxed);
        counter(page, "sanctionwatch_entries_total", "Entries in the bodies that were read.", entries);
        let mut items = page.family("sanctionwatch_items_total", Kind::Counter, "What the entries were.");
        by_word(&mut items, "state", &self.items);
        let mut dropped = page.family(
            "sanctionwatch_items_dropped_total",
            Kind::Counter,
            "New items that did not become alerts.",
        );
        by_word(&mut dropped, "reason", &self.dropped);
        let mut articles = page.family(
            "sanctionwatch_articles_total",
            Kind::Counter,
            "Articles that were asked for before their items were decided.",
        );
        by_word(&mut articles, "outcome", &self.articles);
        let mut stories =
            page.family("sanctionwatch_stories_total", Kind::Counter, "Stories opened, and told on.");
        by_word(&mut stories, "state", &self.stories);
        counter(page, "sanctionwatch_alerts_total", "Stories that were owed to somebody.", alerts);
        age(
            page,
            "sanctionwatch_newest_item_age_seconds",
            "Time since the newest item of any source was published, or first seen where it has no date; absent before the first one.",
            asked.sources.newest,
            asked.now,
        );
        durations(
            page,
            "sanctionwatch_assess_duration_seconds",
            "Time in which the entries of one body were read and judged.",
            &self.assessing,
        );
        durations(
            page,
            "sanctionwatch_transaction_duration_seconds",
            "Time in which a poll was written, the wait for its turn included.",
            &self.writing,
        );
    }

    fn about_deliveries(&self, page: &mut Exposition, asked: &Asked<'_>) {
        let gauges = asked.gauges;
        gauge(
            page,
            "sanctionwatch_alerts_waiting",
            "Alerts that wait for a message: a digest's hour, or the next one.",
            gauges.alerts_waiting,
        );
        let mut states = page.family(
            "sanctionwatch_deliveries",
            Kind::Gauge,
            "Messages in the outbox and those that left it.",
        );
        for (state, number) in &gauges.deliveries {
            states.sample(&[("state", state.as_str())], number);
        }
        let oldest = gauges.oldest_open.map_or(0, |made| seconds(made, asked.now));
        gauge(
            page,
            "sanctionwatch_oldest_pending_delivery_age_seconds",
            "Time since the oldest message that waits was made; 0 where none does.",
            oldest,
        );
        let mut attempts = page.family(
            "sanctionwatch_delivery_attempts_total",
            Kind::Counter,
            "Attempts to deliver a message.",
        );
        for (channel, counters) in &self.attempts {
            for (outcome, number) in counters.read() {
                attempts.sample(&[("channel", channel.word()), ("outcome", outcome)], number);
            }
        }
        durations(
            page,
            "sanctionwatch_delivery_duration_seconds",
            "Time of one attempt to deliver a message.",
            &self.delivering,
        );
    }

    fn about_itself(&self, page: &mut Exposition, asked: &Asked<'_>) {
        let panics = self.panics.load(Ordering::Relaxed);
        gauge(
            page,
            "sanctionwatch_alarms",
            "Alarms that stand: nothing is read, or a way out takes nothing.",
            asked.alarms,
        );
        counter(
            page,
            "sanctionwatch_part_panics_total",
            "Parts of the daemon that failed in a way that was not foreseen, and were started again.",
            panics,
        );
        let mut reloads =
            page.family("sanctionwatch_reloads_total", Kind::Counter, "Readings of a changed configuration.");
        by_word(&mut reloads, "outcome", &self.reloads);
        gauge(
            page,
            "sanctionwatch_database_bytes",
            "Size of the database, without its write-ahead log.",
            asked.gauges.bytes,
        );
        gauge(
            page,
            "sanctionwatch_database_writable",
            "1 where the database takes what is written, 0 where the disk is full or somebody locks it.",
            u8::from(asked.writable),
        );
        counter(
            page,
            "sanctionwatch_database_refusals_total",
            "How often the database refused what time may mend; it is tried again.",
            asked.refusals,
        );
    }
}

fn about_the_program(page: &mut Exposition, asked: &Asked<'_>) {
    page.family("sanctionwatch_build_info", Kind::Gauge, "Which version runs.")
        .sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    gauge(
        page,
        "process_start_time_seconds",
        "When the process began, in seconds since 1970.",
        asked.started.as_second(),
    );
}

fn gauge(page: &mut Exposition, name: &'static str, help: &str, value: impl std::fmt::Display) {
    page.family(name, Kind::Gauge, help).sample(&[], value);
}

fn counter(page: &mut Exposition, name: &'static str, help: &str, value: u64) {
    page.family(name, Kind::Counter, help).sample(&[], value);
}

fn by_word<L: Label>(family: &mut Family<'_>, label: &'static str, counters: &Counters<L>) {
    for (word, number) in counters.read() {
        family.sample(&[(label, word)], number);
    }
}

fn durations(page: &mut Exposition, name: &'static str, help: &str, durations: &Durations) {
    let (buckets, all) = durations.read();
    page.family(name, Kind::Histogram, help).histogram(&[], buckets.into_iter(), all);
}

/// An age, where there is something that can have one.
fn age(page: &mut Exposition, name: &'static str, help: &str, since: Option<Timestamp>, now: Timestamp) {
    let mut family = page.family(name, Kind::Gauge, help);
    if let Some(since) = since {
        family.sample(&[], seconds(since, now));
    }
}

/// What is dated later than now is new.
fn seconds(since: Timestamp, now: Timestamp) -> i64 {
    now.duration_since(since).as_secs().max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::commit::Committed;
    use crate::daemon::metrics::{AttemptResult, ReloadResult};
    use crate::daemon::poll::Outcome;
    use crate::domain::{DeliveryState, DropReason, Recipient};
    use jiff::SignedDuration;
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::time::Duration;

    /// The page of a daemon that has done a little of everything.
    fn page() -> String {
        let metrics = Metrics::new(Arc::default());
        let failed = Outcome::Failed { reason: "gone".to_owned(), retry_after: None, gone: false };
        metrics.polled(&failed, Duration::from_millis(300));
        metrics.assessed(Duration::from_millis(4));
        let dropped = BTreeMap::from([(DropReason::NoCue, 7)]);
        let committed =
            Committed { entries: 10, new: 8, known: 2, alerts: 1, dropped, ..Committed::default() };
        metrics.written(&committed, Duration::from_micros(900));
        let took = Duration::from_secs(90);
        metrics.attempted(&Recipient::Journal, AttemptResult::Sent, took);
        metrics.reloaded(ReloadResult::Taken);
        let now: Timestamp = "2026-08-12T09:00:00Z".parse().unwrap();
        let ago = |minutes| Some(now - SignedDuration::from_mins(minutes));
        let sources =
            Standing { configured: 3, last_success: ago(1), newest: ago(-1), ..Standing::default() };
        let gauges = Gauges {
            deliveries: vec![(DeliveryState::Pending, 2), (DeliveryState::Sent, 40)],
            oldest_open: ago(20),
            bytes: 8192,
            ..Gauges::default()
        };
        let started = now - SignedDuration::from_hours(1);
        metrics.page(&Asked {
            sources: &sources,
            gauges: &gauges,
            alarms: 1,
            writable: true,
            refusals: 3,
            started,
            now,
        })
    }

    #[test]
    fn a_monitor_reads_all_that_was_counted() {
        let page = page().replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!(page);
    }

    #[test]
    fn the_example_of_alert_rules_asks_for_numbers_that_there_are() {
        let rules = include_str!("../../../config/prometheus/sanctionwatch.rules.yml");
        let page = page();
        let asked: Vec<&str> = rules.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).collect();
        assert!(asked.len() >= 6, "{asked:?}");
        let of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        for rule in asked {
            let names =
                rule.split(|letter| !of_name(letter)).filter(|word| word.starts_with("sanctionwatch_"));
            for name in names {
                assert!(page.contains(&format!("# TYPE {name} ")), "{name} of {rule}");
            }
            for outcome in rule.split('"').skip(1).step_by(2).flat_map(|values| values.split('|')) {
                let known = outcome == "sanctionwatch" || page.contains(&format!("=\"{outcome}\""));
                assert!(known, "{outcome} of {rule}");
            }
        }
    }
}
