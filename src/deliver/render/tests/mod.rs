//! Whole mails and log lines, byte for byte, and the promises they keep whatever a feed says.

mod digest;
mod message;
mod strict;

use super::*;
use crate::deliver::fixtures::{alert, hostile, new_package, no_pact, roadmap, time};
use crate::deliver::sample::sample_alerts;
use crate::domain::{MailAddress, Subscriber, SubscriberKey, WatchName};
use jiff::tz::TimeZone;
use rstest::rstest;
use std::collections::BTreeSet;

const NOW: &str = "2026-11-23T14:12:13Z";

fn subscriber() -> Subscriber {
    let (key, watches) = (
        SubscriberKey::Mail("desk@example.net".parse().unwrap()),
        BTreeSet::from([WatchName::new("Iran and Belarus").unwrap()]),
    );
    Subscriber { time_zone: TimeZone::get("Europe/Berlin").unwrap(), ..Subscriber::usual(key, watches) }
}

fn sender() -> Sender {
    Sender { name: Some("Sanctions watch".into()), address: "alerts@example.org".parse().unwrap() }
}

fn samples() -> Vec<DueAlert> {
    sample_alerts(&WatchName::new("Iran and Belarus").unwrap(), time("2026-11-23T14:11:00Z"))
}

/// What became of an earlier story, of which two messages told.
fn follow_up() -> DueAlert {
    let mut alert = samples().remove(1);
    alert.thread = ["1a2b", "3c4d"].iter().filter_map(|left| MessageId::new(left, "example.org")).collect();
    alert
}

/// A mail without a page to unsubscribe on.
fn rendered(
    alerts: &[DueAlert],
    subscriber: &Subscriber,
    sender: &Sender,
    now: &str,
) -> Result<Rendered, RenderError> {
    let unsubscribe = Unsubscribe { page: None, mail: &sender.address };
    mail(alerts, &Letterhead { subscriber, sender, unsubscribe }, &Templates::embedded(), time(now))
}

/// A mail to the ordinary subscriber, checked.
#[track_caller]
fn mail_of(alerts: &[DueAlert]) -> Rendered {
    let rendered = rendered(alerts, &subscriber(), &sender(), NOW).unwrap();
    strict::check(&rendered, Some(Unsubscribe { page: None, mail: &sender().address }));
    rendered
}

/// A notice to the ordinary subscriber, checked.
#[track_caller]
fn notice_of(about: &Notice<'_>) -> Rendered {
    let rendered = notice(about, &"desk@example.net".parse().unwrap(), &sender(), time(NOW)).unwrap();
    strict::check(&rendered, None);
    rendered
}

/// Mail programs, browsers and other checkers read what is written here.
fn write_for_looking_at(name: &str, rendered: &Rendered) {
    if let Ok(folder) = std::env::var("SANCTIONWATCH_WRITE_MAILS") {
        std::fs::write(format!("{folder}/{name}.eml"), &rendered.bytes).unwrap();
    }
}

/// The message as a person reads it.
fn readable(rendered: &Rendered) -> String {
    message::Message::read(&rendered.bytes).readable()
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
fn a_follow_up_with_a_page_to_unsubscribe_on() {
    let (subscriber, sender, operator) = (subscriber(), sender(), "ops@example.org".parse().unwrap());
    let page = "https://watch.example.org/unsubscribe/8f14e45fceea167a5a36dedd4bea2543".parse().unwrap();
    let unsubscribe = Unsubscribe { page: Some(&page), mail: &operator };
    let letterhead = Letterhead { subscriber: &subscriber, sender: &sender, unsubscribe };
    let rendered = mail(&[follow_up()], &letterhead, &Templates::embedded(), time(NOW)).unwrap();
    let bytes = str::from_utf8(&rendered.bytes).unwrap();
    let folded =
        format!("\r\nList-Unsubscribe: <{page}>,\r\n <mailto:ops@example.org?subject=unsubscribe>\r\n");
    assert!(bytes.contains(&folded), "{bytes}");
    insta::assert_snapshot!(readable(&rendered));
}

#[test]
fn a_follow_up_names_its_whole_thread_and_answers_the_last_message() {
    let mut alert = follow_up();
    alert.thread = (1..=20)
        .filter_map(|number| MessageId::new(&format!("{number:032}"), "a-rather-long-domain.example.org"))
        .collect();
    let message = message::Message::read(&mail_of(std::slice::from_ref(&alert)).bytes);
    let line: Vec<_> = alert.thread.iter().map(ToString::to_string).collect();
    assert_eq!(message.all("References"), [line.join(" ")]);
    assert_eq!(message.all("In-Reply-To"), [line[19].as_str()]);
    // A digest tells of other stories too and belongs to no thread.
    let digest = message::Message::read(&mail_of(&[alert, roadmap()]).bytes);
    assert!(digest.all("In-Reply-To").is_empty() && digest.all("References").is_empty());
}

#[test]
fn a_question_whether_alerts_are_wanted() {
    let watches = ["Iran and Belarus", "China with Russia"].into_iter().filter_map(WatchName::new).collect();
    let question = Notice::Confirm { key: "1", page: None, token: "8f14e45fceea167a", watches: &watches };
    insta::assert_snapshot!(readable(&notice_of(&question)));
}

#[test]
fn a_word_to_the_operator() {
    let lines = [
        "Nothing was polled since Mon 23 November 2026, 07:30: no source could be reached.".to_owned(),
        "Alerts wait until that is mended; nothing is lost.".to_owned(),
    ];
    let word = Notice::Operator { key: "1", subject: "sanctionwatch hears nothing", lines: &lines };
    insta::assert_snapshot!(readable(&notice_of(&word)));
}

#[test]
fn a_hostile_alert() {
    let message = message::Message::read(&mail_of(&[hostile()]).bytes);
    let (text, html) = (&message.text, &message.html);
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<i>"), "{html}");
    assert!(!html.contains("href=\"javascript") && !text.contains("alert(document.cookie)"), "{text}");
    assert!(!text.contains("\nBcc:") && !text.contains("\nX-Evil"), "{text}");
    insta::assert_snapshot!(message.readable());
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
    let early = rendered(&alerts, &subscriber(), &sender(), NOW).unwrap();
    let late = rendered(&alerts, &subscriber(), &sender(), "2026-11-24T14:12:13Z").unwrap();
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
    let rendered = rendered(&[roadmap()], &subscriber(), &sender, NOW).unwrap();
    strict::check(&rendered, Some(Unsubscribe { page: None, mail: &sender.address }));
}

#[test]
fn what_cannot_be_mailed_is_an_error() {
    let nothing = rendered(&[], &subscriber(), &sender(), NOW);
    assert!(matches!(nothing, Err(RenderError::Nothing)));
    let journal = Subscriber { key: SubscriberKey::Journal, ..subscriber() };
    assert!(matches!(rendered(&[roadmap()], &journal, &sender(), NOW), Err(RenderError::NoAddress)));
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

#[test]
fn international_domains_stand_in_headers_in_ascii() {
    let sender = Sender { address: "alerts@bücher.example".parse().unwrap(), ..sender() };
    let operator = "ops@kühe.example".parse().unwrap();
    let unsubscribe = Unsubscribe { page: None, mail: &operator };
    let (subscriber, templates) = (subscriber(), Templates::embedded());
    let letterhead = Letterhead { subscriber: &subscriber, sender: &sender, unsubscribe };
    let rendered = mail(&samples()[..1], &letterhead, &templates, time(NOW)).unwrap();
    let text = String::from_utf8(rendered.bytes).unwrap();
    for header in
        ["From: \"Sanctions watch\" <alerts@xn--bcher-kva.example>", "Reply-To: ops@xn--khe-hoa.example"]
    {
        assert!(text.contains(header), "{header}: {text}");
    }
}
