//! A story as the templates are told it.
//!
//! Feed text enters a mail here and only here: cleaned and cut. The engine escapes it.

use crate::deliver::clean::{self, one_line};
use crate::deliver::languages::language_name;
use crate::deliver::words::{kind_title, relation_line};
use crate::domain::{DueAlert, Language, Modality, Relation, Score, Story};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::BTreeSet;
use url::Url;

const MAX_TITLE: usize = 300;
const MAX_SUMMARY: usize = 700;
const MAX_WORDS: usize = 80;
const MAX_NAME: usize = 80;
const MAX_RELATIONS: usize = 4;
const MAX_EVIDENCE: usize = 5;
const MAX_OTHER_SOURCES: usize = 8;

/// What the templates know a story by; they say what each name means.
#[derive(Serialize)]
pub(super) struct StoryView {
    update: bool,
    follows: Option<FollowsView>,
    title: String,
    lang: String,
    language: String,
    link: Option<String>,
    host: String,
    relations: Vec<RelationView>,
    summary: String,
    passage: Option<String>,
    evidence: Vec<EvidenceView>,
    source: String,
    also: String,
    time: String,
    watches: String,
}

/// The earlier story, and what became of it.
#[derive(Serialize)]
struct FollowsView {
    change: String,
    title: String,
    date: String,
}

#[derive(Serialize)]
struct RelationView {
    kind: &'static str,
    line: String,
    certain: bool,
}

#[derive(Serialize)]
struct EvidenceView {
    words: String,
    rule: String,
}

/// What an alert tells, with its times in `zone`.
pub(super) fn story_view(alert: &DueAlert, zone: &TimeZone) -> StoryView {
    let story = &alert.story;
    let (link, host) = link(story.url.as_ref());
    let foreign = story.language.filter(|language| *language != Language::ENGLISH);
    let watches: Vec<_> = alert.watches.iter().map(|watch| one_line(watch.as_str(), MAX_NAME)).collect();
    StoryView {
        update: story.revision > 1,
        follows: story.follows.as_ref().map(|followed| FollowsView {
            change: followed.change.to_string(),
            title: one_line(&followed.title, MAX_TITLE),
            date: followed.first_seen.to_zoned_datetime(zone.clone()).strftime("%-d %B %Y").to_string(),
        }),
        title: one_line(&story.title, MAX_TITLE),
        lang: story.language.map_or_else(String::new, |language| language.to_string()),
        language: foreign.map_or_else(String::new, language_name),
        link,
        host,
        relations: relations(&story.relations),
        summary: one_line(&story.summary, MAX_SUMMARY),
        passage: story.passage.as_ref().map(|passage| one_line(passage, MAX_SUMMARY)),
        evidence: evidence(&story.relations),
        source: one_line(story.source.as_str(), MAX_NAME),
        also: also(story, zone),
        time: time(story, zone),
        watches: watches.join(", "),
    }
}

/// The link and its host in ASCII, where a reader may safely follow it.
fn link(url: Option<&Url>) -> (Option<String>, String) {
    let safe = clean::link(url);
    let host = safe.and_then(Url::host_str).map(|host| host.trim_start_matches("www.")).unwrap_or_default();
    (safe.map(ToString::to_string), host.to_owned())
}

fn relations(relations: &[Relation]) -> Vec<RelationView> {
    let mut views: Vec<RelationView> = Vec::new();
    for relation in relations {
        let line = relation_line(relation);
        if views.len() < MAX_RELATIONS && !views.iter().any(|view| view.line == line) {
            let kind = kind_title(relation.kind);
            views.push(RelationView { kind, line, certain: relation.modality == Modality::Fact });
        }
    }
    views
}

/// The words that count for the relations, the weightiest first, each once.
fn evidence(relations: &[Relation]) -> Vec<EvidenceView> {
    let mut points: Vec<_> = relations.iter().flat_map(|relation| &relation.evidence).collect();
    points.retain(|point| point.weight > Score::ZERO);
    points.sort_by_key(|point| std::cmp::Reverse(point.weight));
    let mut seen = BTreeSet::new();
    points
        .into_iter()
        .map(|point| EvidenceView {
            words: one_line(&point.text, MAX_WORDS),
            rule: one_line(&point.rule, MAX_NAME),
        })
        .filter(|view| !view.words.is_empty() && seen.insert(view.words.to_lowercase()))
        .take(MAX_EVIDENCE)
        .collect()
}

/// How many other sources told it, and which when: "2: Wire (09:12), Courier (Tue 18:40)".
fn also(story: &Story, zone: &TimeZone) -> String {
    let day = |at: Timestamp| zone.to_datetime(at).date();
    let told_on = day(story.published.unwrap_or(story.first_seen));
    let named: Vec<_> = story
        .also
        .iter()
        .take(MAX_OTHER_SOURCES)
        .map(|told| {
            let form = if day(told.at) == told_on { "%H:%M" } else { "%a %H:%M" };
            let time = told.at.to_zoned_datetime(zone.clone()).strftime(form).to_string();
            format!("{} ({time})", one_line(told.source.as_str(), MAX_NAME))
        })
        .collect();
    let others = match story.also.len() - named.len() {
        0 => String::new(),
        others => format!(" and {others} more"),
    };
    if named.is_empty() {
        String::new()
    } else {
        format!("{}: {}{others}", story.also.len(), named.join(", "))
    }
}

/// When it was published, in the reader's zone; when that is not known, when it was first seen. A
/// date without a time is read as midnight UTC; it is shown as the day it names, in no zone, because
/// west of Greenwich it would become the day before.
fn time(story: &Story, zone: &TimeZone) -> String {
    let show =
        |time: Timestamp| time.to_zoned_datetime(zone.clone()).strftime("%a %-d %B %Y, %H:%M %Z").to_string();
    match story.published {
        None => format!("first seen {}", show(story.first_seen)),
        Some(time) if time.as_second() % (24 * 60 * 60) == 0 => {
            time.to_zoned_datetime(TimeZone::UTC).strftime("%a %-d %B %Y").to_string()
        }
        Some(time) => show(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::fixtures::roadmap;
    use rstest::rstest;

    #[rstest]
    #[case::a_time("2026-08-12T23:30:00Z", "Wed 12 August 2026, 19:30 EDT")]
    #[case::a_day_stays_that_day("2026-08-12T00:00:00Z", "Wed 12 August 2026")]
    fn a_reader_in_new_york_sees(#[case] published: &str, #[case] expected: &str) {
        let mut story = roadmap().story;
        story.published = Some(published.parse().unwrap());
        assert_eq!(time(&story, &TimeZone::get("America/New_York").unwrap()), expected);
    }
}
