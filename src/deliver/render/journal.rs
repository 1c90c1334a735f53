//! The journal's form of an alert: one readable line, and the same as fields.

use super::identity::{Purpose, message_id};
use super::{RenderError, Rendered, subject};
use crate::deliver::clean;
use crate::deliver::words::relation_line;
use crate::domain::{DueAlert, Score};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most characters of a headline in the log, and of a line.
const MAX_TITLE: usize = 300;
const MAX_LINE: usize = 600;

/// The fields of an alert in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalRecord {
    /// The story's number.
    pub story: i64,
    /// Its revision, from 1.
    pub revision: u32,
    /// The headline.
    pub title: String,
    /// Kinds of its relations.
    pub kinds: BTreeSet<String>,
    /// Actions of its relations; none in what an earlier version left in the outbox.
    #[serde(default)]
    pub actions: BTreeSet<String>,
    /// Codes of the actors that take part.
    pub countries: BTreeSet<String>,
    /// What it says, in words, strongest first.
    pub relations: Vec<String>,
    /// The strongest relation's score.
    pub score: Score,
    /// The source of the headline.
    pub source: String,
    /// Where it can be read.
    pub url: Option<String>,
    /// The watches that asked for it.
    pub watches: BTreeSet<String>,
}

/// One alert as a line for the log (the subject) with its fields (the bytes, a `JournalRecord`).
pub fn journal(alert: &DueAlert) -> Result<Rendered, RenderError> {
    let story = &alert.story;
    let line = |text: &str| clean::one_line(text, MAX_TITLE);
    let record = JournalRecord {
        story: story.id.0,
        revision: story.revision,
        title: line(&story.title),
        kinds: story.relations.iter().map(|relation| relation.kind.to_string()).collect(),
        actions: story.relations.iter().map(|relation| relation.action.to_string()).collect(),
        countries: story.actors().iter().map(|actor| actor.code().to_owned()).collect(),
        relations: story.relations.iter().map(relation_line).collect(),
        score: subject::lead(story).map_or(Score::ZERO, |lead| lead.score),
        source: line(story.source.as_str()),
        url: clean::link(story.url.as_ref()).map(ToString::to_string),
        watches: alert.watches.iter().map(|watch| line(watch.as_str())).collect(),
    };
    let what = subject::lead(story).map_or_else(String::new, |lead| format!("{} — ", relation_line(lead)));
    let readable = format!("{what}{} ({})", record.title, record.source);
    Ok(Rendered {
        message_id: message_id(Purpose::JournalLine, "journal", &[story], "journal")?,
        subject: clean::one_line(&readable, MAX_LINE),
        bytes: serde_json::to_vec(&record)?,
    })
}
