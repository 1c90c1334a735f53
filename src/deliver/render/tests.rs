//! Whole mails and log lines, byte for byte, and the promises they keep whatever a feed says.

use super::*;
use crate::deliver::fixtures::{alert, hostile, new_package, no_pact, roadmap, time};
use crate::domain::WatchName;
use jiff::tz::TimeZone;
use rstest::rstest;
use std::collections::BTreeSet;

fn subscriber() -> Subscriber {
    let key = SubscriberKey::Mail("desk@example.net".parse().unwrap());
    let watches = BTreeSet::from([WatchName::new("Iran and Belarus").unwrap()]);
    Subscriber { time_zone: TimeZone::get("Europe/Berlin").unwrap(), ..Subscriber::usual(key, watches) }
}

fn sender() -> Sender {
    Sender { name: Some("Sanctions watch".into()), address: "alerts@example.org".parse().unwrap() }
}

fn mail_of(alerts: &[DueAlert]) -> Rendered {
    let rendered = mail(alerts, &subscriber(), &sender(), time("2026-11-23T14:12:13Z")).unwrap();
    // For looking at: mail programs, browsers and RFC checkers read what is written here.
    if let Ok(folder) = std::env::var("SANCTIONWATCH_WRITE_MAILS") {
        std::fs::write(format!("{folder}/{}.eml", rendered.message_id.as_str()), &rendered.bytes).unwrap();
    }
    assert_well_formed(&rendered);
    rendered
}

/// The message with its quoted-printable parts decoded, so that a person can read the snapshot.
fn readable(rendered: &Rendered) -> String {
    let text = str::from_utf8(&rendered.bytes).unwrap().replace("\r\n", "\n");
    let (headers, body) = text.split_once("\n\n").unwrap();
    let mut bytes = format!("{headers}\n\n").into_bytes();
    for line in body.replace("=\n", "").lines() {
        let mut pieces = line.split('=');
        if line.starts_with("--=_") || line.starts_with("Content-Type: ") {
            bytes.extend(line.bytes());
        } else {
            bytes.extend(pieces.next().unwrap().bytes());
            for piece in pieces {
                bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
                bytes.extend(piece[2..].bytes());
            }
        }
        bytes.push(b'\n');
    }
    String::from_utf8(bytes).unwrap()
}

fn assert_well_formed(rendered: &Rendered) {
    let bytes = &rendered.bytes;
    assert!(bytes.is_ascii(), "7-bit");
    let text = str::from_utf8(bytes).unwrap();
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "CRLF only");
    assert!(!text.contains(|letter: char| letter.is_control() && letter != '\r' && letter != '\n'));
    assert!(text.split("\r\n").all(|line| line.len() <= 998), "line length");
    assert!(rendered.subject.chars().count() <= 120);
    let headers: Vec<_> = text.split("\r\n\r\n").next().unwrap().split("\r\n").collect();
    for name in ["From", "To", "Reply-To", "Date", "Message-ID", "Subject", "MIME-Version", "List-Id"] {
        let prefix = format!("{name}: ");
        assert_eq!(headers.iter().filter(|line| line.starts_with(&prefix)).count(), 1, "{name}");
    }
    let html = text.rsplit("text/html").next().unwrap();
    assert!(html.len() <= MAX_HTML_BYTES + 1_000, "{} bytes of HTML", html.len());
}

#[test]
fn one_alert() {
    insta::assert_snapshot!(readable(&mail_of(&[roadmap()])));
}

#[test]
fn a_digest_of_three() {
    insta::assert_snapshot!(readable(&mail_of(&[no_pact(), new_package(), roadmap()])));
}

#[test]
fn a_hostile_alert() {
    let rendered = mail_of(&[hostile()]);
    let text = readable(&rendered);
    let html = text.rsplit("text/html").next().unwrap();
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<i>"), "{html}");
    assert!(!html.contains("href=\"javascript") && !text.contains("alert(document.cookie)"), "{text}");
    assert!(!text.contains("\nBcc:") && !text.contains("\nX-Evil"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn the_bytes_of_a_mail_on_the_wire() {
    insta::assert_snapshot!(
        String::from_utf8(mail_of(&[new_package()]).bytes).unwrap().replace("\r\n", "\n")
    );
}

#[test]
fn the_same_alerts_give_the_same_bytes_in_any_order() {
    let (forward, back) = (mail_of(&[roadmap(), new_package()]), mail_of(&[new_package(), roadmap()]));
    assert_eq!(forward, back);
}

#[test]
fn a_later_date_changes_the_date_and_not_the_id() {
    let alerts = [roadmap()];
    let early = mail(&alerts, &subscriber(), &sender(), time("2026-11-23T14:12:13Z")).unwrap();
    let late = mail(&alerts, &subscriber(), &sender(), time("2026-11-24T14:12:13Z")).unwrap();
    assert_eq!(early.message_id, late.message_id);
    let change = str::from_utf8(&early.bytes).unwrap().replace("Mon, 23 Nov", "Tue, 24 Nov");
    assert_eq!(change.as_bytes(), late.bytes);
    assert_ne!(early.bytes, late.bytes);
}

#[test]
fn of_two_revisions_of_a_story_the_latest_is_told() {
    let (old, mut new) = (roadmap(), roadmap());
    new.story.revision = 2;
    new.story.title = "Iran and Belarus deny a roadmap".into();
    assert_eq!(mail_of(&[old, new.clone()]), mail_of(&[new]));
}

#[test]
fn a_flood_is_cut_to_a_size_that_mail_services_show_whole() {
    let flood: Vec<_> = (1..=3_000)
        .map(|id| {
            let mut one = roadmap();
            one.story.id = crate::domain::StoryId(id);
            one.story.title = format!("История номер {id} {}", "о санкциях ".repeat(20));
            one.story.summary = "Ж".repeat(900);
            one
        })
        .collect();
    let rendered = mail_of(&flood);
    let text = readable(&rendered);
    assert!(rendered.subject.starts_with("3000 stories: Belarus – Iran"), "{}", rendered.subject);
    assert!(text.contains("too many for one mail."), "{}", &text[text.len() - 500..]);
    assert!(text.contains("История номер 1 ") && text.contains("\nAlso:\n"));
}

#[rstest]
#[case::line_feed("a\nb")]
#[case::crlf("a\r\nBcc: x@example.net")]
#[case::nul("a\0b")]
#[case::quotes("\"a\" <b@example.net>")]
#[case::encoded_word("=?utf-8?q?=00?=")]
#[case::nothing("\u{200B}")]
#[case::long(&"ä".repeat(400))]
fn no_display_name_breaks_a_header(#[case] name: &str) {
    let sender = Sender { name: Some(name.to_owned()), ..sender() };
    let rendered = mail(&[roadmap()], &subscriber(), &sender, time("2026-11-23T14:12:13Z")).unwrap();
    assert_well_formed(&rendered);
    assert!(!String::from_utf8(rendered.bytes).unwrap().contains("\r\nBcc"));
}

#[test]
fn what_cannot_be_mailed_is_an_error() {
    let now = time("2026-11-23T14:12:13Z");
    assert!(matches!(mail(&[], &subscriber(), &sender(), now), Err(RenderError::Nothing)));
    let journal = Subscriber { key: SubscriberKey::Journal, ..subscriber() };
    assert!(matches!(mail(&[roadmap()], &journal, &sender(), now), Err(RenderError::NoAddress)));
}

#[test]
fn the_journal_says_it_in_one_line_and_in_fields() {
    let rendered = journal(&roadmap()).unwrap();
    assert_eq!(
        rendered.subject,
        "Alliance · signed: Belarus ↔ Iran — Iran and Belarus sign cooperation roadmap in Tehran (Example News)"
    );
    let record: JournalRecord = serde_json::from_slice(&rendered.bytes).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&record).unwrap());
}

#[test]
fn no_control_character_reaches_the_journal() {
    let rendered = journal(&hostile()).unwrap();
    let fields = String::from_utf8(rendered.bytes).unwrap();
    for text in [&rendered.subject, &fields] {
        assert!(!text.contains(|letter: char| letter.is_control() || letter == '\u{202E}'), "{text:?}");
    }
    assert!(!fields.contains("\\n") && !fields.contains("\\u001b"), "{fields}");
    assert_eq!(journal(&alert(7, "No relation")).unwrap().subject, "No relation (Example News)");
}
