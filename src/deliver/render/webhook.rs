//! The webhook's form of an alert: one JSON object, the same bytes for the same content.

use super::identity::{Purpose, message_id};
use super::{RenderError, Rendered, subject};
use crate::deliver::clean::{link, one_line};
use crate::deliver::shape;
use crate::deliver::words::relation_line;
use crate::domain::{DueAlert, Kind, Language, Score, Story, ToldBy, WatchName, WebhookName};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// What the object is, for receivers of several sorts.
const TYPE: &str = "sanctionwatch.alert";

const MAX_TITLE: usize = 500;
const MAX_SUMMARY: usize = 4_000;
const MAX_NAME: usize = 200;
/// Most characters of the line that lists show.
const MAX_LINE: usize = 120;

/// An alert as a webhook is told of it. The order of the fields is the order in the text.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind_of_object: &'static str,
    story: i64,
    revision: u32,
    title: String,
    summary: String,
    passage: Option<String>,
    url: Option<&'a str>,
    source: String,
    language: Option<Language>,
    published: Option<Timestamp>,
    first_seen: Timestamp,
    follows: Option<Follows>,
    relations: Vec<Value>,
    countries: BTreeSet<&'static str>,
    kinds: BTreeSet<Kind>,
    score: Score,
    watches: Vec<String>,
    also: Vec<Also>,
}

#[derive(Serialize)]
struct Follows {
    story: i64,
    title: String,
    first_seen: Timestamp,
    /// What became of it, in the words of `group`.
    change: String,
}

#[derive(Serialize)]
struct Also {
    source: String,
    at: Timestamp,
}

/// One alert for one webhook.
pub fn webhook(alert: &DueAlert, name: &WebhookName) -> Result<Rendered, RenderError> {
    let story = &alert.story;
    let lead = subject::lead(story);
    let line = lead.map_or_else(String::new, |lead| format!("{} — ", relation_line(lead)));
    Ok(Rendered {
        message_id: message_id(Purpose::Webhook, name.as_str(), &[story], "webhook")?,
        subject: one_line(&format!("{line}{}", story.title), MAX_LINE),
        bytes: serde_json::to_vec(&body(story, &alert.watches, lead.map_or(Score::ZERO, |lead| lead.score)))?,
    })
}

fn body<'a>(story: &'a Story, watches: &BTreeSet<WatchName>, score: Score) -> Body<'a> {
    Body {
        kind_of_object: TYPE,
        story: story.id.0,
        revision: story.revision,
        title: one_line(&story.title, MAX_TITLE),
        summary: one_line(&story.summary, MAX_SUMMARY),
        passage: story.passage.as_ref().map(|passage| one_line(passage, MAX_SUMMARY)),
        url: link(story.url.as_ref()).map(url::Url::as_str),
        source: one_line(story.source.as_str(), MAX_NAME),
        language: story.language,
        published: story.published,
        first_seen: story.first_seen,
        follows: story.follows.as_ref().map(|earlier| Follows {
            story: earlier.id.0,
            title: one_line(&earlier.title, MAX_TITLE),
            first_seen: earlier.first_seen,
            change: earlier.change.to_string(),
        }),
        relations: story.relations.iter().map(shape::relation).collect(),
        countries: story.actors().iter().map(|actor| actor.code()).collect(),
        kinds: story.relations.iter().map(|relation| relation.kind).collect(),
        score,
        watches: watches.iter().map(|watch| one_line(watch.as_str(), MAX_NAME)).collect(),
        also: story.also.iter().map(also).collect(),
    }
}

fn also(told: &ToldBy) -> Also {
    Also { source: one_line(told.source.as_str(), MAX_NAME), at: told.at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::fixtures::{hostile, new_package, roadmap, time};
    use crate::domain::{Change, Followed, StoryId};

    fn desk_bot() -> WebhookName {
        "Desk bot".parse().unwrap()
    }

    fn told(alert: &DueAlert) -> Value {
        serde_json::from_slice(&webhook(alert, &desk_bot()).unwrap().bytes).unwrap()
    }

    #[test]
    fn an_alert_as_a_program_reads_it() {
        let mut alert = roadmap();
        alert.story.language = Some(Language::ENGLISH);
        alert.story.follows = Some(Followed {
            id: StoryId(7),
            title: "Iran and Belarus to sign\nroadmap".to_owned(),
            first_seen: time("2026-11-20T08:00:00Z"),
            change: Change::CarriedOut,
        });
        insta::assert_snapshot!(serde_json::to_string_pretty(&told(&alert)).unwrap());
    }

    #[test]
    fn the_same_content_gives_the_same_bytes_and_another_webhook_another_id() {
        let (first, second) =
            (webhook(&roadmap(), &desk_bot()).unwrap(), webhook(&roadmap(), &desk_bot()).unwrap());
        assert_eq!(first, second);
        let other = webhook(&roadmap(), &"Other".parse().unwrap()).unwrap();
        assert_eq!(other.bytes, first.bytes);
        assert_ne!(other.message_id, first.message_id);
        assert_ne!(webhook(&new_package(), &desk_bot()).unwrap().message_id, first.message_id);
    }

    #[test]
    fn nothing_hostile_is_told() {
        let rendered = webhook(&hostile(), &desk_bot()).unwrap();
        let text = String::from_utf8(rendered.bytes).unwrap();
        for bad in ["\\u001b", "\u{202E}", "javascript:alert"] {
            assert!(!text.contains(bad), "{bad}: {text}");
        }
        let told: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(told["url"], Value::Null);
        for field in ["title", "summary", "source"] {
            let value = told[field].as_str().unwrap();
            assert!(!value.contains(char::is_control) && !value.is_empty(), "{field}: {value:?}");
        }
        assert!(!rendered.subject.contains(char::is_control));
    }
}
