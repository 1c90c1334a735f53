//! The journal channel: each alert as an entry with fields, in journald where the service manager gave
//! us one, else as one event of the log.

use super::journald::Entry;
use super::{Answer, SendError, Stage};
use crate::deliver::clean::one_line;
use crate::deliver::render::JournalRecord;
use crate::domain::Delivery;
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

/// The target of alert events, for filters.
pub const JOURNAL_TARGET: &str = "sanctionwatch::alert";

/// Where journald takes entries with fields.
pub const JOURNAL_SOCKET: &str = "/run/systemd/journal/socket";

/// What our alerts are known by among all entries of a journal, in every version and on every machine.
const MESSAGE_ID: &str = "6f672c18f51e44e88660ff1c777df12e";

/// A notice: normal, and worth being seen.
const PRIORITY: &str = "5";

/// Most characters of one value.
const MAX_VALUE: usize = 2_000;

/// Writes alerts where the log goes.
#[derive(Debug, Clone)]
pub enum JournalChannel {
    /// As an event of our own log, with the fields that it has room for.
    Log,
    /// To journald at this socket, with fields that repeat: whoever asks it for one country finds the
    /// alerts that name several.
    Journald(PathBuf),
}

impl JournalChannel {
    /// To the journald of this machine.
    #[must_use]
    pub fn journald() -> Self {
        Self::Journald(PathBuf::from(JOURNAL_SOCKET))
    }

    pub(super) async fn write(&self, delivery: &Delivery) -> Result<Answer, SendError> {
        let record: JournalRecord =
            serde_json::from_slice(&delivery.bytes).map_err(|error| SendError::Message {
                stage: Stage::Write,
                answer: Answer::ours(&format!("not a journal record: {error}")),
            })?;
        let Self::Journald(socket) = self else {
            log(delivery, &record);
            return Ok(Answer::ours("logged"));
        };
        let failed = |error: io::Error| SendError::Channel {
            stage: Stage::Write,
            answer: Answer::ours(&format!("{}: {error}", socket.display())),
        };
        let (entry, path) = (entry(delivery, &record), socket.clone());
        tokio::task::spawn_blocking(move || entry.send(&path))
            .await
            .map_err(|error| failed(io::Error::other(error)))?
            .map_err(failed)?;
        Ok(Answer::ours("in the journal"))
    }
}

/// The alert as an entry, a field for each country, kind, action, relation and watch.
fn entry(delivery: &Delivery, record: &JournalRecord) -> Entry {
    let mut entry = Entry::default();
    let mut field = |name, value: &str| entry.field(name, &one_line(value, MAX_VALUE));
    field("MESSAGE", &delivery.subject);
    field("PRIORITY", PRIORITY);
    field("SYSLOG_IDENTIFIER", "sanctionwatch");
    field("MESSAGE_ID", MESSAGE_ID);
    field("SANCTIONWATCH_DELIVERY", delivery.message_id.as_str());
    field("SANCTIONWATCH_STORY", &record.story.to_string());
    field("SANCTIONWATCH_REVISION", &record.revision.to_string());
    field("SANCTIONWATCH_SCORE", &record.score.to_string());
    field("SANCTIONWATCH_SOURCE", &record.source);
    if let Some(url) = &record.url {
        field("SANCTIONWATCH_URL", url);
    }
    for (name, values) in [
        ("SANCTIONWATCH_COUNTRY", &record.countries),
        ("SANCTIONWATCH_KIND", &record.kinds),
        ("SANCTIONWATCH_ACTION", &record.actions),
    ] {
        for value in values {
            field(name, value);
        }
    }
    for relation in &record.relations {
        field("SANCTIONWATCH_RELATION", relation);
    }
    for watch in &record.watches {
        field("SANCTIONWATCH_WATCH", watch);
    }
    entry
}

/// The alert as one event of the log.
fn log(delivery: &Delivery, record: &JournalRecord) {
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
}
