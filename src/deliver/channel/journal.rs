//! The journal channel: each alert as one log event with fields, wherever the log goes.

use super::{Answer, SendError, Stage};
use crate::deliver::render::JournalRecord;
use crate::domain::Delivery;
use std::collections::BTreeSet;

/// The target of alert events, for filters.
pub const JOURNAL_TARGET: &str = "sanctionwatch::alert";

/// Writes the alert into the log.
pub(super) fn write(delivery: &Delivery) -> Result<Answer, SendError> {
    let record: JournalRecord =
        serde_json::from_slice(&delivery.bytes).map_err(|error| SendError::Message {
            stage: Stage::Write,
            answer: Answer::ours(&format!("not a journal record: {error}")),
        })?;
    let list = |words: &BTreeSet<String>| words.iter().map(String::as_str).collect::<Vec<_>>().join(",");
    tracing::info!(
        target: JOURNAL_TARGET,
        story = record.story,
        revision = record.revision,
        kinds = list(&record.kinds),
        countries = list(&record.countries),
        score = record.score.points(),
        source = record.source,
        url = record.url,
        watches = list(&record.watches),
        "{}",
        delivery.subject
    );
    Ok(Answer::ours("logged"))
}
