//! Metrics: what the daemon has counted since its start, over all its generations, for a monitor.
//!
//! Counted in memory, where it happens; what can be asked of the database is asked when a monitor asks. No label
//! comes from the web or from the configuration: there are no more numbers than stand here.

mod number;
mod text;

pub(super) use text::Asked;

use super::commit::Committed;
use super::poll::Outcome;
use crate::domain::{DropReason, Recipient};
use number::{Counters, Durations, labels};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, atomic::Ordering};
use std::time::Duration;

labels! {
    /// What a poll came to.
    PollResult {
        /// A new body.
        Changed = "changed",
        /// The same as before.
        Unchanged = "unchanged",
        /// It could not be read.
        Failed = "failed",
    }
}

labels! {
    /// What an entry was.
    ItemResult {
        /// Never seen before.
        New = "new",
        /// It reads differently now.
        Edited = "edited",
        /// As before.
        Known = "known",
    }
}

labels! {
    /// What became of an article.
    ArticleResult {
        /// It was read.
        Read = "read",
        /// It could not be.
        Failed = "failed",
    }
}

labels! {
    /// What became of a story.
    StoryResult {
        /// It was opened.
        New = "new",
        /// It was told again or told differently.
        Updated = "updated",
    }
}

labels! {
    /// By what a message goes.
    Channel {
        /// The log.
        Journal = "journal",
        /// A mail server.
        Smtp = "smtp",
        /// A folder.
        File = "file",
        /// A webhook.
        Webhook = "webhook",
    }
}

labels! {
    /// What an attempt at a delivery came to.
    AttemptResult {
        /// It was accepted.
        Sent = "sent",
        /// It is tried again.
        Later = "later",
        /// It was handed over, and no answer came.
        InDoubt = "in-doubt",
        /// It was refused for good.
        Refused = "refused",
        /// It was tried for too long.
        GivenUp = "given-up",
        /// The way out takes nothing at present.
        Held = "held",
    }
}

labels! {
    /// What came of reading the configuration again.
    ReloadResult {
        /// The new one holds.
        Taken = "taken",
        /// The old one stays.
        Refused = "refused",
    }
}

impl From<&Recipient> for Channel {
    fn from(recipient: &Recipient) -> Self {
        match recipient {
            Recipient::Journal => Self::Journal,
            Recipient::Smtp(_) => Self::Smtp,
            Recipient::File(_) => Self::File,
            Recipient::Webhook(_) => Self::Webhook,
        }
    }
}

/// Bounds of what waits for others, in seconds.
const OF_THE_WEB: &[f64] = &[0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];
/// Bounds of what is done here, in seconds.
const OF_OUR_OWN: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// All that was counted.
#[derive(Debug)]
pub struct Metrics {
    polls: Counters<PollResult>,
    entries: AtomicU64,
    items: Counters<ItemResult>,
    dropped: Counters<DropReason>,
    articles: Counters<ArticleResult>,
    stories: Counters<StoryResult>,
    alerts: AtomicU64,
    /// In the order of [`Channel`].
    attempts: [(Channel, Counters<AttemptResult>); 4],
    reloads: Counters<ReloadResult>,
    polling: Durations,
    assessing: Durations,
    writing: Durations,
    delivering: Durations,
    panics: Arc<AtomicU64>,
}

impl Metrics {
    /// Nothing has happened yet. Panics of parts are counted where they are caught.
    pub(super) fn new(panics: Arc<AtomicU64>) -> Self {
        Self {
            polls: Counters::default(),
            entries: AtomicU64::new(0),
            items: Counters::default(),
            dropped: Counters::default(),
            articles: Counters::default(),
            stories: Counters::default(),
            alerts: AtomicU64::new(0),
            attempts: [Channel::Journal, Channel::Smtp, Channel::File, Channel::Webhook]
                .map(|channel| (channel, Counters::default())),
            reloads: Counters::default(),
            polling: Durations::new(OF_THE_WEB),
            assessing: Durations::new(OF_OUR_OWN),
            writing: Durations::new(OF_OUR_OWN),
            delivering: Durations::new(OF_THE_WEB),
            panics,
        }
    }

    /// A source was asked, and what it said was judged.
    pub(super) fn polled(&self, outcome: &Outcome, took: Duration) {
        let result = match outcome {
            Outcome::Changed { .. } => PollResult::Changed,
            Outcome::Unchanged(_) => PollResult::Unchanged,
            Outcome::Failed { .. } => PollResult::Failed,
        };
        self.polls.add(result, 1);
        self.polling.observe(took);
    }

    /// The entries of a body were read and judged.
    pub(super) fn assessed(&self, took: Duration) {
        self.assessing.observe(took);
    }

    /// A poll was written; `took` includes the wait for its turn.
    pub(super) fn written(&self, committed: &Committed, took: Duration) {
        self.writing.observe(took);
        self.decided(committed);
    }

    /// Items were decided, with their poll or with their articles.
    pub(super) fn decided(&self, committed: &Committed) {
        self.entries.fetch_add(committed.entries as u64, Ordering::Relaxed);
        self.items.add(ItemResult::New, committed.new);
        self.items.add(ItemResult::Edited, committed.updated);
        self.items.add(ItemResult::Known, committed.known);
        self.articles.add(ArticleResult::Read, committed.articles_read);
        self.articles.add(ArticleResult::Failed, committed.articles_failed);
        self.stories.add(StoryResult::New, committed.stories_new);
        self.stories.add(StoryResult::Updated, committed.stories_updated);
        self.alerts.fetch_add(committed.alerts as u64, Ordering::Relaxed);
        for (reason, number) in &committed.dropped {
            self.dropped.add(*reason, *number);
        }
    }

    /// A delivery was attempted.
    pub(super) fn attempted(&self, to: &Recipient, result: AttemptResult, took: Duration) {
        let channel = Channel::from(to);
        if let Some((_, attempts)) = self.attempts.iter().find(|(known, _)| *known == channel) {
            attempts.add(result, 1);
        }
        self.delivering.observe(took);
    }

    /// The configuration was read again.
    pub(super) fn reloaded(&self, result: ReloadResult) {
        self.reloads.add(result, 1);
    }
}
