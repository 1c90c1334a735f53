//! The two parts of a mail: what the templates are told, how much of it fits, and the templates.
//!
//! Feed text enters here and only here: cleaned, cut, and escaped by the template engine.

use super::letter::unsubscribe_link;
use super::{MAX_HTML_BYTES, RenderError, Sender};
use crate::deliver::clean::one_line;
use crate::deliver::words::{kind_title, relation_line};
use crate::domain::{DueAlert, MailAddress, Modality, Relation, Score, Story, Subscriber};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Output, State, Value, context};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write;
use url::Url;

const MAX_TITLE: usize = 300;
const MAX_SUMMARY: usize = 700;
const MAX_WORDS: usize = 80;
const MAX_NAME: usize = 80;
/// A link longer than this is left out: mail programs break it.
const MAX_LINK: usize = 1_500;
const MAX_RELATIONS: usize = 4;
const MAX_EVIDENCE: usize = 5;
const MAX_OTHER_SOURCES: usize = 8;
/// Most stories told by their headline alone, after those told in full.
const MAX_HEADLINES: usize = 100;

/// Both parts of a mail, saying the same.
pub(super) struct Parts {
    pub(super) text: String,
    pub(super) html: String,
}

#[derive(Serialize)]
struct StoryView {
    update: bool,
    follows: Option<FollowsView>,
    title: String,
    link: Option<String>,
    host: String,
    relations: Vec<RelationView>,
    summary: String,
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

/// The parts of a mail about `alerts`. As many stories are told in full as fit, then headlines as
/// many as fit, and the others are counted.
pub(super) fn parts(
    alerts: &[&DueAlert],
    subscriber: &Subscriber,
    recipient: &MailAddress,
    sender: &Sender,
    subject: &str,
) -> Result<Parts, RenderError> {
    let views: Vec<Value> =
        alerts.iter().map(|alert| Serde(story_view(alert, &subscriber.time_zone)).into()).collect();
    let mut environment = Environment::new();
    environment.set_formatter(escape);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_template("mail.html", include_str!("../templates/mail.html"))?;
    environment.add_template("mail.txt", include_str!("../templates/mail.txt"))?;
    let (html, text) = (environment.get_template("mail.html")?, environment.get_template("mail.txt")?);
    let told = |full: usize, headlines: usize| {
        context! {
            subject,
            stories => views[..full].to_vec(),
            headlines => views[full..full + headlines].to_vec(),
            more => views.len() - full - headlines,
            recipient => recipient.as_str(),
            unsubscribe => unsubscribe_link(&sender.address),
        }
    };
    // A third is left to the headlines where not all stories fit in full.
    let fits = |full, headlines, limit| -> Result<bool, RenderError> {
        Ok(encoded_length(&html.render(told(full, headlines))?) <= limit)
    };
    let (mut full, mut headlines) = (views.len(), 0);
    if !fits(full, 0, MAX_HTML_BYTES)? {
        full = most(1, full, |full| fits(full, 0, MAX_HTML_BYTES / 3 * 2))?;
        headlines =
            most(0, MAX_HEADLINES.min(views.len() - full), |count| fits(full, count, MAX_HTML_BYTES))?;
    }
    Ok(Parts { text: text.render(told(full, headlines))?, html: html.render(told(full, headlines))? })
}

/// The largest count in `least..=most` that fits, by halving; `least` where none does.
fn most(
    least: usize,
    most: usize,
    fits: impl Fn(usize) -> Result<bool, RenderError>,
) -> Result<usize, RenderError> {
    let (mut low, mut high) = (least, most);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if fits(middle)? {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(low)
}

/// Bytes of a text in quoted-printable, soft line breaks (three bytes in 76) included.
fn encoded_length(text: &str) -> usize {
    let bytes: usize =
        text.bytes().map(|byte| if byte.is_ascii() && byte != b'=' { 1 } else { 3 }).sum::<usize>();
    bytes + bytes / 25 + 2 * text.matches('\n').count()
}

fn story_view(alert: &DueAlert, zone: &TimeZone) -> StoryView {
    let story = &alert.story;
    let (link, host) = link(story.url.as_ref());
    let watches: Vec<_> = alert.watches.iter().map(|watch| one_line(watch.as_str(), MAX_NAME)).collect();
    StoryView {
        update: story.revision > 1,
        follows: story.follows.as_ref().map(|followed| FollowsView {
            change: followed.change.to_string(),
            title: one_line(&followed.title, MAX_TITLE),
            date: followed.first_seen.to_zoned_datetime(zone.clone()).strftime("%-d %B %Y").to_string(),
        }),
        title: one_line(&story.title, MAX_TITLE),
        link,
        host,
        relations: relations(&story.relations),
        summary: one_line(&story.summary, MAX_SUMMARY),
        evidence: evidence(&story.relations),
        source: one_line(story.source.as_str(), MAX_NAME),
        also: also(story, zone),
        time: time(story, zone),
        watches: watches.join(", "),
    }
}

/// The link and its host in ASCII. Only what a reader may safely follow: http and https, without a
/// user name that could pass for a host.
fn link(url: Option<&Url>) -> (Option<String>, String) {
    let safe = url.filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.as_str().len() <= MAX_LINK
    });
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

/// Writes a value into a template: escaped in HTML, as it is in plain text. Unlike the engine's own
/// escaping it leaves `/` alone, which does no harm and would make every link unreadable.
fn escape(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    let text = value.to_string();
    if state.auto_escape() == &AutoEscape::None {
        return Ok(out.write_str(&text)?);
    }
    for letter in text.chars() {
        match letter {
            '&' => out.write_str("&amp;")?,
            '<' => out.write_str("&lt;")?,
            '>' => out.write_str("&gt;")?,
            '"' => out.write_str("&quot;")?,
            '\'' => out.write_str("&#39;")?,
            _ => out.write_char(letter)?,
        }
    }
    Ok(())
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
