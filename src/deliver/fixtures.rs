//! Self-written alerts for the tests of this module.

pub(super) use super::sample::{Sketch, relation};

use crate::domain::{
    Action, AlertId, DueAlert, Modality, SourceName, Story, StoryId, SubscriberKey, ToldBy, WatchName,
};
use jiff::Timestamp;
use std::collections::BTreeSet;

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn told_by(source: &str, at: &str) -> ToldBy {
    ToldBy { source: SourceName::new(source).unwrap(), at: time(at) }
}

/// An alert about a story with this number and headline and no relation yet.
pub(super) fn alert(id: i64, title: &str) -> DueAlert {
    DueAlert {
        id: AlertId(id),
        subscriber: SubscriberKey::Journal,
        story: Story {
            id: StoryId(id),
            revision: 1,
            title: title.to_owned(),
            summary: String::new(),
            passage: None,
            language: None,
            url: format!("https://news.example.org/{id}").parse().ok(),
            source: SourceName::new("Example News").unwrap(),
            also: Vec::new(),
            published: Some(time("2026-11-23T14:05:00Z")),
            first_seen: time("2026-11-23T14:11:00Z"),
            last_seen: time("2026-11-23T14:11:00Z"),
            follows: None,
            relations: Vec::new(),
        },
        watches: BTreeSet::from([WatchName::new("Iran and Belarus").unwrap()]),
        thread: Vec::new(),
    }
}

/// Two states sign, and oppose a third one's sanctions: the story that must always work.
pub(super) fn roadmap() -> DueAlert {
    let mut alert = alert(41, "Iran and Belarus sign cooperation roadmap in Tehran");
    alert.story.summary = "Eight agreements cover trade, mining and transport. Countries under US sanctions \
                           must stand together, the hosts say – “against every pressure”."
        .to_owned();
    alert.story.also = vec![
        told_by("Beispiel-Zeitung", "2026-11-23T14:30:00Z"),
        told_by("Exemple Monde", "2026-11-24T06:05:00Z"),
    ];
    alert.story.relations = vec![
        relation(Action::Sign, Modality::Fact)
            .between("BY IR")
            .because("sign.agreement", "sign cooperation roadmap", 3.0)
            .because("sign.agreement", "Eight agreements", 1.5)
            .done(),
        relation(Action::Counter, Modality::Fact)
            .from("US")
            .to("BY IR")
            .by("BY IR")
            .because("sanctions.counter", "must stand together", 2.0)
            .because("sanctions.noun", "US sanctions", 1.25)
            .because("modality.quote", "the hosts say", -0.25)
            .done(),
    ];
    alert
}

pub(super) fn new_package() -> DueAlert {
    let mut alert = alert(42, "EU prepares a further package of sanctions on Russia");
    alert.story.summary = "Envoys want to agree before the summit.".to_owned();
    alert.story.passage = Some("The package names 40 tankers, three envoys told this newspaper.".to_owned());
    alert.story.published = None;
    alert.watches =
        ["Russia", "Sanctions by the EU"].iter().filter_map(|name| WatchName::new(name)).collect();
    alert.story.relations = vec![
        relation(Action::Tighten, Modality::Planned)
            .from("EU")
            .to("RU")
            .because("sanctions.package", "further package of sanctions", 3.5)
            .done(),
    ];
    alert
}

pub(super) fn no_pact() -> DueAlert {
    let mut alert = alert(43, "پیونگ‌یانگ: هیچ پیمان نظامی با دمشق امضا نشده است");
    alert.story.revision = 2;
    alert.watches = WatchName::new("North Korea").into_iter().collect();
    alert.story.relations = vec![
        relation(Action::Sign, Modality::Denied)
            .between("KP SY")
            .because("sign.pact", "پیمان نظامی", 2.5)
            .done(),
    ];
    alert
}

/// A story whose every text comes from somebody who wants to break something.
pub(super) fn hostile() -> DueAlert {
    let mut alert = alert(
        66,
        "Sanctions\r\nBcc: victim@example.net\r\n\r\n=?utf-8?q?pwn?= \u{1b}[31m\u{202E}gnp.exe <script>alert(1)</script>",
    );
    alert.story.summary =
        format!("</p><img src=x onerror=alert(1)>\u{0} {} {{{{ 7 * 7 }}}}\n.\n", "W".repeat(1200));
    alert.story.passage = Some("</i></p><script>alert(2)</script>\u{202E}\r\nBcc: {{ 7 * 7 }}".to_owned());
    alert.story.url = "javascript:alert(document.cookie)".parse().ok();
    alert.story.source = SourceName::new("\"Evil\"\n<b>News</b>").unwrap();
    alert.story.also = vec![told_by("a\u{2028}b", "2026-11-23T14:30:00Z")];
    alert.watches = WatchName::new("x\r\nX-Evil: 1").into_iter().collect();
    alert.story.relations = vec![
        relation(Action::Impose, Modality::Fact)
            .from("US")
            .to("IR")
            .because("rule<i>", "<a href='javascript:1'>sanctions</a>\r\n", 4.0)
            .done(),
    ];
    alert
}
