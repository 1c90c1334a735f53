//! The channels against a scripted mail server, a folder and a log.

mod journald;
mod peer;
mod smtp;
mod webhook;

use super::*;
use crate::deliver::fixtures::{roadmap, time};
use crate::deliver::render;
use crate::domain::{Delivery, DeliveryId, DeliveryState, MessageId, Recipient};
use std::io::Write;
use std::sync::{Arc, Mutex};

pub(super) fn delivery(recipient: Recipient, bytes: &[u8]) -> Delivery {
    Delivery {
        purpose: crate::domain::Purpose::Alerts,
        id: DeliveryId(1),
        recipient,
        message_id: MessageId::new("0123456789abcdef", "example.org").unwrap(),
        subject: "Belarus – Iran: signed".into(),
        bytes: bytes.to_vec(),
        state: DeliveryState::Pending,
        attempts: 0,
        created: time("2026-11-23T14:12:13Z"),
    }
}

fn to_file(bytes: &[u8]) -> Delivery {
    delivery(Recipient::File("desk@example.net".parse().unwrap()), bytes)
}

async fn send(channel: &mut Channel, delivery: &Delivery) -> Result<Answer, SendError> {
    channel.offer(delivery, time("2026-11-23T14:12:20Z")).await?.complete().await
}

#[tokio::test]
async fn a_folder_holds_each_message_once_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mail = folder.path().join("mail");
    let mut channel = Channel::Folder(FolderChannel::new(mail.clone()));
    for bytes in [b"first".as_slice(), b"again"] {
        send(&mut channel, &to_file(bytes)).await.unwrap();
    }
    let names: Vec<_> = std::fs::read_dir(&mail).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["0123456789abcdef@example.org.eml"]);
    assert_eq!(std::fs::read(mail.join(&names[0])).unwrap(), b"again");
}

#[tokio::test]
async fn an_offer_to_a_folder_that_is_dropped_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut channel = Channel::Folder(FolderChannel::new(folder.path().to_owned()));
    drop(channel.offer(&to_file(b"mail"), time("2026-11-23T14:12:20Z")).await.unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn no_message_id_leads_out_of_the_folder() {
    let channel = FolderChannel::new("mail".into());
    let path = channel.path_of(&MessageId::from_stored("../../etc/x\0@y".into()));
    assert_eq!(path, std::path::Path::new("mail/.._.._etc_x_@y.eml"));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_holds_the_channel() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let mut channel = Channel::Folder(FolderChannel::new(file.join("mail")));
    let error = send(&mut channel, &to_file(b"mail")).await.unwrap_err();
    assert!(error.holds_channel() && !error.is_permanent(), "{error}");
}

#[tokio::test]
async fn a_delivery_on_the_wrong_channel_is_refused() {
    let mut channel = Channel::Journal(JournalChannel::Log);
    let error = send(&mut channel, &to_file(b"mail")).await.unwrap_err();
    assert!(error.is_permanent(), "{error}");
}

/// A log that a test can read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_journal_gets_one_readable_line_with_fields() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone())
        .finish();
    let rendered = render::journal(&roadmap()).unwrap();
    let mut delivery = delivery(Recipient::Journal, &rendered.bytes);
    delivery.subject = rendered.subject;
    let guard = tracing::subscriber::set_default(subscriber);
    send(&mut Channel::Journal(JournalChannel::Log), &delivery).await.unwrap();
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert_eq!(
        text.trim_start(),
        "INFO sanctionwatch::alert: Alliance · signed: Belarus ↔ Iran — Iran and Belarus sign cooperation \
         roadmap in Tehran (Example News) story=41 revision=1 kinds=\"alliance,sanctions\" \
         countries=\"BY,IR,US\" score=4.5 source=\"Example News\" url=\"https://news.example.org/41\" \
         watches=\"Iran and Belarus\"\n"
    );
}

#[tokio::test]
async fn what_is_no_record_is_not_logged() {
    let error = send(&mut Channel::Journal(JournalChannel::Log), &delivery(Recipient::Journal, b"{}")).await;
    assert!(error.unwrap_err().is_permanent());
}
