//! journald: what its socket is sent, read back by a reader of our own.

use super::{delivery, send};
use crate::deliver::channel::{Channel, JournalChannel, SendError};
use crate::deliver::fixtures::{hostile, roadmap};
use crate::deliver::render;
use crate::domain::{Delivery, DueAlert, Recipient};
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

fn entry_of(alert: &DueAlert) -> Delivery {
    let rendered = render::journal(alert).unwrap();
    let mut delivery = delivery(Recipient::Journal, &rendered.bytes);
    delivery.subject = rendered.subject;
    delivery
}

/// The fields that a journal at a socket of its own reads from a delivery.
async fn fields(delivery: &Delivery) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let journal = UnixDatagram::bind(&path).unwrap();
    journal.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let answer = send(&mut Channel::Journal(JournalChannel::Journald(path)), delivery).await.unwrap();
    assert_eq!(answer.as_str(), "in the journal");
    let mut bytes = vec![0; 256 * 1024];
    let length = journal.recv(&mut bytes).unwrap();
    parsed(&bytes[..length])
}

/// Reads an entry as journald does: "NAME=value", or the name, eight bytes of length and the value.
fn parsed(mut bytes: &[u8]) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
        let line = &bytes[..end];
        bytes = &bytes[end + 1..];
        if let Some(equals) = line.iter().position(|byte| *byte == b'=') {
            fields.push((text(&line[..equals]), text(&line[equals + 1..])));
        } else {
            let length = usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap();
            fields.push((text(line), text(&bytes[8..8 + length])));
            bytes = &bytes[8 + length + 1..];
        }
    }
    fields
}

#[tokio::test]
async fn an_alert_has_a_field_for_each_country_and_each_watch() {
    let told = fields(&entry_of(&roadmap())).await;
    let told: Vec<String> = told.iter().map(|(name, value)| format!("{name}={value}")).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    MESSAGE=Alliance · signed: Belarus ↔ Iran — Iran and Belarus sign cooperation roadmap in Tehran (Example News)
    PRIORITY=5
    SYSLOG_IDENTIFIER=sanctionwatch
    MESSAGE_ID=6f672c18f51e44e88660ff1c777df12e
    SANCTIONWATCH_DELIVERY=0123456789abcdef@example.org
    SANCTIONWATCH_STORY=41
    SANCTIONWATCH_REVISION=1
    SANCTIONWATCH_SCORE=4.5
    SANCTIONWATCH_SOURCE=Example News
    SANCTIONWATCH_URL=https://news.example.org/41
    SANCTIONWATCH_COUNTRY=BY
    SANCTIONWATCH_COUNTRY=IR
    SANCTIONWATCH_COUNTRY=US
    SANCTIONWATCH_KIND=alliance
    SANCTIONWATCH_KIND=sanctions
    SANCTIONWATCH_ACTION=counter
    SANCTIONWATCH_ACTION=sign
    SANCTIONWATCH_RELATION=Alliance · signed: Belarus ↔ Iran
    SANCTIONWATCH_RELATION=Sanctions · opposed by Belarus and Iran: United States → Belarus, Iran
    SANCTIONWATCH_WATCH=Iran and Belarus
    ");
}

#[tokio::test]
async fn a_hostile_alert_adds_no_field() {
    let told = fields(&entry_of(&hostile())).await;
    let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "MESSAGE",
            "PRIORITY",
            "SYSLOG_IDENTIFIER",
            "MESSAGE_ID",
            "SANCTIONWATCH_DELIVERY",
            "SANCTIONWATCH_STORY",
            "SANCTIONWATCH_REVISION",
            "SANCTIONWATCH_SCORE",
            "SANCTIONWATCH_SOURCE",
            "SANCTIONWATCH_COUNTRY",
            "SANCTIONWATCH_COUNTRY",
            "SANCTIONWATCH_KIND",
            "SANCTIONWATCH_ACTION",
            "SANCTIONWATCH_RELATION",
            "SANCTIONWATCH_WATCH",
        ]
    );
    let clean = |value: &str| !value.contains(|letter: char| letter.is_control() || letter == '\u{202E}');
    assert!(told.iter().all(|(_, value)| clean(value)), "{told:?}");
}

#[tokio::test]
async fn what_was_put_into_the_outbox_uncleaned_adds_no_field_either() {
    let record = serde_json::json!({
        "story": 1, "revision": 1, "title": "a", "kinds": ["x\nPRIORITY=0"], "countries": ["IR\n_UID=0"],
        "relations": ["a\nb"], "score": 3.0, "source": "s\r\nMESSAGE=forged", "url": null, "watches": ["w"],
    });
    let mut delivery = delivery(Recipient::Journal, &serde_json::to_vec(&record).unwrap());
    delivery.subject = "one\nPRIORITY=0".into();
    let told = fields(&delivery).await;
    let values = |name: &str| -> Vec<&str> {
        told.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    };
    assert_eq!(values("PRIORITY"), ["5"]);
    assert_eq!(values("MESSAGE"), ["one PRIORITY=0"]);
    assert_eq!(values("_UID"), [""; 0]);
    assert_eq!(values("SANCTIONWATCH_COUNTRY"), ["IR _UID=0"]);
}

#[tokio::test]
async fn an_alert_that_is_too_big_is_shortened() {
    let mut alert = roadmap();
    let relation = alert.story.relations[0].clone();
    alert.story.relations = std::iter::repeat_n(relation, 2_000).collect();
    let told = fields(&entry_of(&alert)).await;
    let relations = told.iter().filter(|(name, _)| name == "SANCTIONWATCH_RELATION").count();
    assert!((100..1_000).contains(&relations), "{relations}");
    assert!(told.iter().any(|(name, value)| name == "SANCTIONWATCH_COUNTRY" && value == "IR"));
}

#[tokio::test]
async fn a_journal_that_is_not_there_holds_the_channel() {
    let folder = tempfile::tempdir().unwrap();
    let mut channel = Channel::Journal(JournalChannel::Journald(folder.path().join("socket")));
    let error = send(&mut channel, &entry_of(&roadmap())).await.unwrap_err();
    assert!(matches!(error, SendError::Channel { .. }), "{error}");
}
