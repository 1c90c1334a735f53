//! Samples: what mails look like, without waiting for news.
//!
//! Owns: self-written alerts that say that they are samples, for `send-test`, for the check of
//! templates and for the tests. Calls: `domain`. Pure, and cannot fail.

use crate::domain::{
    Action, Actor, AlertId, Change, DueAlert, Evidence, Field, Followed, Language, Modality, Relation, Score,
    SourceName, Story, StoryId, SubscriberKey, ToldBy, WatchName,
};
use jiff::{SignedDuration, Timestamp};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Alerts about invented stories, as a mail tells them: one that was signed, one that follows an
/// earlier story, one in another language, one that is only planned. A mail of the first alone is an
/// ordinary alert, of the second alone a follow-up, of all a digest.
#[must_use]
pub fn sample_alerts(watch: &WatchName, now: Timestamp) -> Vec<DueAlert> {
    [roadmap(now), package(now), threat(now), relief(now)]
        .into_iter()
        .flatten()
        .map(|story| DueAlert {
            id: AlertId(story.id.0),
            subscriber: SubscriberKey::Journal,
            story,
            watches: BTreeSet::from([watch.clone()]),
            thread: Vec::new(),
        })
        .collect()
}

fn roadmap(now: Timestamp) -> Option<Story> {
    let relations = vec![
        relation(Action::Sign, Modality::Fact)
            .between("BY IR")
            .because("cooperation-pact", "cooperation roadmap", 2.5)
            .because("sign", "sign", 2.0)
            .because("agreement", "Eight agreements", 1.25)
            .done(),
        relation(Action::Counter, Modality::Fact)
            .from("US")
            .to("BY IR")
            .by("BY IR")
            .because("counter", "stand together", 2.25)
            .because("sanction-noun", "US sanctions", 1.75)
            .done(),
    ];
    Some(Story {
        title: "Sample: Iran and Belarus sign cooperation roadmap in Tehran".to_owned(),
        summary: "This is a sample, not news. Eight agreements cover trade, mining and transport; countries \
                  under US sanctions must stand together, the hosts say."
            .to_owned(),
        passage: None,
        also: vec![
            ToldBy { source: SourceName::new("Sample Courier")?, at: hours_ago(now, 2) },
            ToldBy { source: SourceName::new("Muster-Zeitung")?, at: hours_ago(now, 1) },
        ],
        ..story(1, "Sample Wire", 3, relations, now)?
    })
}

fn package(now: Timestamp) -> Option<Story> {
    let relations = vec![
        relation(Action::Tighten, Modality::Fact)
            .from("EU")
            .to("RU")
            .also("CN")
            .because("sanctions-package", "package of sanctions", 3.0)
            .because("adopt", "adopts", 1.5)
            .done(),
    ];
    Some(Story {
        title: "Sample: EU adopts its next package of sanctions on Russia".to_owned(),
        summary: "This is a sample, not news. The measures also name two banks in China.".to_owned(),
        passage: None,
        follows: Some(Followed {
            id: StoryId(-100),
            title: "Sample: EU prepares another package of sanctions on Russia".to_owned(),
            first_seen: hours_ago(now, 6 * 24),
            change: Change::CarriedOut,
        }),
        ..story(2, "Sample Gazette", 2, relations, now)?
    })
}

fn threat(now: Timestamp) -> Option<Story> {
    let relations = vec![
        relation(Action::Threaten, Modality::Planned)
            .from("RU")
            .to("LT")
            .because("threaten", "угрожает", 2.5)
            .because("sanction-noun", "санкциями", 1.5)
            .done(),
    ];
    Some(Story {
        title: "Пример: Россия угрожает Литве санкциями из-за транзита".to_owned(),
        summary: "Это пример, а не новость.".to_owned(),
        passage: None,
        language: "ru".parse().ok(),
        ..story(3, "Пример новостей", 5, relations, now)?
    })
}

fn relief(now: Timestamp) -> Option<Story> {
    let relations = vec![
        relation(Action::Ease, Modality::Planned)
            .from("US")
            .to("SY")
            .because("lift", "to lift", 2.0)
            .because("sanction-noun", "sanctions", 1.75)
            .done(),
    ];
    Some(Story {
        title: "Sample: US to lift sanctions on two Syrian banks".to_owned(),
        summary: "This is a sample, not news.".to_owned(),
        passage: None,
        published: None,
        ..story(4, "Sample Wire", 1, relations, now)?
    })
}

/// A story in English, published hours ago and seen a little later.
fn story(number: i64, source: &str, hours: i64, relations: Vec<Relation>, now: Timestamp) -> Option<Story> {
    let published = hours_ago(now, hours);
    let seen = published.checked_add(SignedDuration::from_mins(6)).unwrap_or(published);
    Some(Story {
        // The store counts from one: no sample is ever taken for a story of the same number.
        id: StoryId(-number),
        revision: 1,
        title: String::new(),
        summary: String::new(),
        passage: None,
        language: Some(Language::ENGLISH),
        url: format!("https://example.org/sample/{number}").parse().ok(),
        source: SourceName::new(source)?,
        also: Vec::new(),
        published: Some(published),
        first_seen: seen,
        last_seen: seen,
        follows: None,
        relations,
    })
}

fn hours_ago(now: Timestamp, hours: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(now)
}

/// A relation in the making.
#[derive(Debug, Clone)]
pub(super) struct Sketch(Relation);

pub(super) fn relation(action: Action, modality: Modality) -> Sketch {
    Sketch(Relation {
        kind: action.usual_kind(),
        action,
        from: BTreeSet::new(),
        to: BTreeSet::new(),
        by: BTreeSet::new(),
        between: BTreeSet::new(),
        also: BTreeSet::new(),
        modality,
        score: Score::ZERO,
        evidence: Vec::new(),
    })
}

fn actors(codes: &str) -> BTreeSet<Actor> {
    codes.split(' ').filter_map(|code| code.parse().ok()).collect()
}

impl Sketch {
    pub(super) fn from(mut self, codes: &str) -> Self {
        self.0.from = actors(codes);
        self
    }

    pub(super) fn to(mut self, codes: &str) -> Self {
        self.0.to = actors(codes);
        self
    }

    pub(super) fn by(mut self, codes: &str) -> Self {
        self.0.by = actors(codes);
        self
    }

    pub(super) fn between(mut self, codes: &str) -> Self {
        self.0.between = actors(codes);
        self
    }

    pub(super) fn also(mut self, codes: &str) -> Self {
        self.0.also = actors(codes);
        self
    }

    pub(super) fn because(mut self, rule: &'static str, text: &str, points: f64) -> Self {
        let weight = Score::from_points(points);
        self.0.add(Evidence {
            rule: Cow::Borrowed(rule),
            text: text.to_owned(),
            field: Field::Title,
            start: 0,
            end: text.len(),
            weight,
        });
        self
    }

    pub(super) fn done(self) -> Relation {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_there_and_says_what_it_is() {
        let now = "2026-11-23T14:12:13Z".parse().unwrap();
        let alerts = sample_alerts(&WatchName::new("Iran").unwrap(), now);
        assert_eq!(alerts.len(), 4);
        for alert in &alerts {
            assert!(["Sample: ", "Пример: "].iter().any(|mark| alert.story.title.starts_with(mark)));
            assert!(alert.story.url.is_some() && alert.story.first_seen < now);
            assert!(alert.story.relations.iter().all(|relation| relation.actors().len() >= 2));
        }
    }
}
