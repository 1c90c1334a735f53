//! SMTP: what goes over the wire, and what each fault of a server means.

use super::peer::{Act, Peer};
use super::{delivery, send};
use crate::deliver::channel::{Channel, SendError, SetupError, SmtpChannel, Stage};
use crate::deliver::fixtures::time;
use crate::domain::{Delivery, Recipient, Secret, SmtpSecurity, SmtpSettings};
use Act::{Cut, Flood, Hang, LongLine, Say, StartTls, StartTlsAndMore};
use Stage::{Body, Connect, Data, Login, Sender};
use rstest::rstest;
use std::time::Duration;

/// Shorter than what a server that hangs takes.
const IMPATIENT: Duration = Duration::from_millis(300);

const MAIL: &[u8] = b"Subject: x\r\n\r\n.leading dot\r\nlast line\r\n";

fn to(address: &str) -> Delivery {
    delivery(Recipient::Smtp(address.parse().unwrap()), MAIL)
}

fn settings(peer: &Peer) -> SmtpSettings {
    SmtpSettings {
        most_per_minute: std::num::NonZeroU32::MAX,
        host: peer.address.ip().to_string(),
        port: peer.address.port(),
        security: SmtpSecurity::None,
        login: None,
        from_name: None,
        from: "alerts@example.org".parse().unwrap(),
        timeout: Duration::from_secs(20),
        answer_timeout: Duration::from_secs(20),
        ca_file: None,
    }
}

fn channel(settings: SmtpSettings) -> Channel {
    Channel::Smtp(Box::new(SmtpChannel::new(settings).unwrap()))
}

fn login() -> (String, Secret) {
    ("watcher".into(), Secret::new("wordpass".into()))
}

/// "class stage", which says all that the dispatcher decides on.
fn class(error: &SendError) -> (&'static str, Option<Stage>) {
    match error {
        SendError::Channel { stage, .. } => ("channel", Some(*stage)),
        SendError::Temporary { stage, .. } => ("temporary", Some(*stage)),
        SendError::Recipient { .. } => ("recipient", None),
        SendError::Message { stage, .. } => ("message", Some(*stage)),
        SendError::InDoubt { .. } => ("in doubt", None),
    }
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_rendered_and_the_next_takes_the_same_connection() {
    let peer = Peer::start(&[]).await;
    let mut channel = channel(settings(&peer));
    let answer = send(&mut channel, &to("desk@example.net")).await.unwrap();
    assert_eq!(answer.as_str(), "250 2.0.0 queued");
    send(&mut channel, &to("other@example.net")).await.unwrap();
    channel.close().await;
    let heard = peer.heard();
    assert_eq!(heard.messages, [str::from_utf8(MAIL).unwrap(); 2]);
    assert_eq!(heard.connections, 1);
    let commands: Vec<_> = heard.commands.iter().skip(1).map(String::as_str).collect();
    assert_eq!(
        commands,
        [
            "MAIL FROM:<alerts@example.org>",
            "RCPT TO:<desk@example.net>",
            "DATA",
            "RSET",
            "MAIL FROM:<alerts@example.org>",
            "RCPT TO:<other@example.net>",
            "DATA",
            "QUIT"
        ]
    );
}

#[tokio::test]
async fn an_offer_that_is_dropped_sends_nothing() {
    let peer = Peer::start(&[]).await;
    let mut channel = channel(settings(&peer));
    drop(channel.offer(&to("desk@example.net"), time("2026-11-23T14:12:20Z")).await.unwrap());
    send(&mut channel, &to("desk@example.net")).await.unwrap();
    let heard = peer.heard();
    assert_eq!((heard.messages.len(), heard.connections), (1, 2));
}

#[rstest]
#[case::busy(&[("greeting", Say("421 4.3.2 try later"))], "channel", Some(Connect))]
#[case::no_service(&[("greeting", Say("554 no service"))], "channel", Some(Connect))]
#[case::nul_bytes(&[("greeting", Flood("\0\0\0\0\0\0\0\0"))], "channel", Some(Connect))]
#[case::endless_banner(&[("greeting", Flood("220-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"))], "channel", Some(Connect))]
#[case::endless_line(&[("greeting", Flood("220 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))], "channel", Some(Connect))]
#[case::no_smtp(&[("greeting", Say("HTTP/1.1 400 Bad Request"))], "channel", Some(Connect))]
#[case::closed_at_once(&[("greeting", Cut)], "channel", Some(Connect))]
#[case::ehlo_refused(&[("EHLO", Say("502 no"))], "channel", Some(Connect))]
#[case::long_line(&[("MAIL", LongLine)], "channel", Some(Sender))]
#[case::sender_later(&[("MAIL", Say("452 4.3.1 insufficient storage"))], "temporary", Some(Sender))]
#[case::too_big(&[("MAIL", Say("552 5.3.4 message too big"))], "message", Some(Sender))]
#[case::sender_refused(&[("MAIL", Say("553 5.7.1 not owned by user"))], "channel", Some(Sender))]
#[case::login_wanted(&[("MAIL", Say("530 5.7.0 authentication required"))], "channel", Some(Sender))]
#[case::greylisted(&[("RCPT", Say("450 4.2.0 greylisted"))], "temporary", Some(Stage::Recipient))]
#[case::no_such_user(&[("RCPT", Say("550 5.1.1 no such user"))], "recipient", None)]
#[case::no_relay(&[("RCPT", Say("554 5.7.1 Relay access denied"))], "temporary", Some(Stage::Recipient))]
#[case::sender_refused_late(
    &[("RCPT", Say("553 5.7.1 <alerts@example.org>: Sender address rejected: not owned by user x"))],
    "temporary",
    Some(Stage::Recipient)
)]
#[case::blocked_late(&[("RCPT", Say("554 5.7.1 Client host [192.0.2.1] blocked"))], "temporary", Some(Stage::Recipient))]
#[case::closing(&[("RCPT", Say("421 4.4.2 shutting down"))], "channel", Some(Stage::Recipient))]
#[case::cut_at_recipient(&[("RCPT", Cut)], "channel", Some(Stage::Recipient))]
#[case::data_later(&[("DATA", Say("451 4.3.0 try later"))], "temporary", Some(Data))]
#[case::data_refused(&[("DATA", Say("554 5.7.1 no"))], "message", Some(Data))]
#[case::data_not_understood(&[("DATA", Say("250 what"))], "channel", Some(Data))]
#[case::mailbox_full(&[(".", Say("552 5.2.2 mailbox full"))], "message", Some(Body))]
#[case::spam(&[(".", Say("554 5.7.1 spam"))], "message", Some(Body))]
#[case::text_later(&[(".", Say("451 4.3.0 try later"))], "temporary", Some(Body))]
#[case::closing_after_dot(&[(".", Say("421 4.3.0 shutting down"))], "channel", Some(Body))]
#[case::cut_after_dot(&[(".", Cut)], "in doubt", None)]
#[case::nonsense_after_dot(&[(".", Say("OK"))], "in doubt", None)]
#[case::odd_code_after_dot(&[(".", Say("354 go on"))], "in doubt", None)]
#[case::endless_after_dot(&[(".", Flood("250 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))], "in doubt", None)]
#[tokio::test]
async fn a_fault_is_classed_by_stage(
    #[case] script: &[(&'static str, Act)],
    #[case] expected: &'static str,
    #[case] stage: Option<Stage>,
) {
    let peer = Peer::start(script).await;
    let error = send(&mut channel(settings(&peer)), &to("desk@example.net")).await.unwrap_err();
    assert_eq!(class(&error), (expected, stage), "{error}");
    assert!(!error.answer().as_str().contains("no answer within"), "known at once, not by waiting: {error}");
    assert_eq!(error.is_permanent(), matches!(expected, "recipient" | "message"));
    assert_eq!(error.holds_channel(), expected == "channel");
}

#[rstest]
#[case::at_greeting("greeting", "channel", Some(Connect))]
#[case::at_recipient("RCPT", "channel", Some(Stage::Recipient))]
#[case::after_dot(".", "in doubt", None)]
#[tokio::test]
async fn a_server_that_hangs_is_left(
    #[case] verb: &'static str,
    #[case] expected: &'static str,
    #[case] stage: Option<Stage>,
) {
    let peer = Peer::start(&[(verb, Hang)]).await;
    let impatient = SmtpSettings { timeout: IMPATIENT, answer_timeout: IMPATIENT, ..settings(&peer) };
    let error = send(&mut channel(impatient), &to("desk@example.net")).await.unwrap_err();
    assert_eq!(class(&error), (expected, stage), "{error}");
    assert_eq!(error.answer().as_str(), "no answer within 300ms");
    assert_eq!(error.rest(), Some(Duration::ZERO), "the next would wait as long");
}

#[tokio::test]
async fn a_server_may_take_longer_over_a_whole_message_than_over_a_step() {
    let peer = Peer::start(&[(".", Act::Late(Duration::from_secs(3), "250 2.0.0 scanned"))]).await;
    let settings = SmtpSettings { timeout: Duration::from_secs(2), ..settings(&peer) };
    let answer = send(&mut channel(settings), &to("desk@example.net")).await.unwrap();
    assert_eq!(answer.as_str(), "250 2.0.0 scanned");
}

#[tokio::test]
async fn a_mail_whose_dot_was_never_written_is_not_in_doubt() {
    let peer = Peer::start(&[("DATA", Act::Deaf("354 go on"))]).await;
    let impatient = SmtpSettings { timeout: IMPATIENT, answer_timeout: IMPATIENT, ..settings(&peer) };
    // More than the buffers of a connection hold.
    let mut mail = to("desk@example.net");
    mail.bytes = vec![b'x'; 32 * 1024 * 1024];
    let error = send(&mut channel(impatient), &mail).await.unwrap_err();
    assert_eq!(class(&error), ("channel", Some(Body)), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_holds_the_channel() {
    let gone = settings(&Peer::start(&[]).await);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = send(&mut channel(SmtpSettings { port, ..gone }), &to("desk@example.net")).await.unwrap_err();
    assert_eq!(class(&error), ("channel", Some(Connect)), "{error}");
}

#[tokio::test]
async fn a_refused_recipient_does_not_cost_the_connection() {
    let peer = Peer::start(&[("RCPT", Say("550 5.1.1 <desk@example.net> unknown, desk is gone"))]).await;
    let mut channel = channel(settings(&peer));
    for _ in 0..2 {
        let error = send(&mut channel, &to("desk@example.net")).await.unwrap_err();
        assert_eq!(error.answer().as_str(), "550 5.1.1 <…> unknown, … is gone");
    }
    assert_eq!(peer.heard().connections, 1);
}

#[tokio::test]
async fn a_connection_that_died_while_parked_is_opened_anew() {
    let peer = Peer::start(&[("RSET", Cut)]).await;
    let mut channel = channel(settings(&peer));
    for _ in 0..2 {
        send(&mut channel, &to("desk@example.net")).await.unwrap();
    }
    let heard = peer.heard();
    assert_eq!((heard.messages.len(), heard.connections), (2, 2));
}

#[tokio::test]
async fn international_addresses_need_a_server_that_takes_them() {
    let peer = Peer::start(&[]).await;
    let error = send(&mut channel(settings(&peer)), &to("büro@example.net")).await.unwrap_err();
    assert_eq!(class(&error), ("recipient", None), "{error}");
    let peer = Peer::start(&[("EHLO", Say("250-peer\r\n250 SMTPUTF8"))]).await;
    send(&mut channel(settings(&peer)), &to("büro@example.net")).await.unwrap();
    assert!(peer.heard().commands.contains(&"MAIL FROM:<alerts@example.org> SMTPUTF8".to_owned()));
}

#[tokio::test]
async fn an_international_domain_goes_to_any_server_in_ascii() {
    let peer = Peer::start(&[]).await;
    let from = "alerts@bücher.example".parse().unwrap();
    let mut channel = channel(SmtpSettings { from, ..settings(&peer) });
    for recipient in ["desk@example.net", "desk@kühe.example"] {
        send(&mut channel, &to(recipient)).await.unwrap();
    }
    let commands = peer.heard().commands;
    for line in ["MAIL FROM:<alerts@xn--bcher-kva.example>", "RCPT TO:<desk@xn--khe-hoa.example>"] {
        assert!(commands.iter().any(|command| command == line), "{line}: {commands:?}");
    }
}

#[tokio::test]
async fn a_sender_that_the_server_cannot_take_is_no_recipients_fault() {
    let peer = Peer::start(&[]).await;
    let from = "büro@example.org".parse().unwrap();
    let mut channel = channel(SmtpSettings { from, ..settings(&peer) });
    for recipient in ["desk@example.net", "büro@example.net"] {
        let error = send(&mut channel, &to(recipient)).await.unwrap_err();
        assert_eq!(class(&error), ("channel", Some(Sender)), "{error}");
    }
}

#[rstest]
#[case::refused(&[("AUTH", Say("535 5.7.8 authentication failed for watcher"))], "535 5.7.8 authentication failed for …")]
#[case::not_now(&[("AUTH", Say("454 4.7.0 later"))], "454 4.7.0 later")]
#[case::not_offered(&[("EHLO", Say("250 peer"))], "No compatible authentication mechanism was found")]
#[tokio::test]
async fn a_login_that_fails_holds_the_channel_and_costs_no_mail(
    #[case] script: &[(&'static str, Act)],
    #[case] answer: &str,
) {
    let peer = Peer::start(script).await;
    let error =
        send(&mut channel(SmtpSettings { login: Some(login()), ..settings(&peer) }), &to("desk@example.net"))
            .await
            .unwrap_err();
    assert_eq!((class(&error), error.answer().as_str()), (("channel", Some(Login)), answer));
    assert!(peer.heard().messages.is_empty());
}

/// Settings that trust the peer's authority, or another peer's.
async fn secured(peer: &Peer, security: SmtpSecurity, trusted: bool) -> (SmtpSettings, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    let ca = if trusted { peer.ca.clone() } else { Peer::start(&[]).await.ca };
    std::fs::write(&ca_file, ca).unwrap();
    (SmtpSettings { security, login: Some(login()), ca_file: Some(ca_file), ..settings(peer) }, folder)
}

const STARTTLS: Act = Say("250-peer\r\n250-STARTTLS\r\n250 AUTH PLAIN");

#[rstest]
#[case::starttls(SmtpSecurity::StartTls)]
#[case::tls(SmtpSecurity::Tls)]
#[tokio::test]
async fn a_server_with_a_trusted_certificate_gets_login_and_mail(#[case] security: SmtpSecurity) {
    let script = [("EHLO", STARTTLS), ("STARTTLS", StartTls)];
    let peer = Peer::start_at(&script, security == SmtpSecurity::Tls).await;
    let (settings, _folder) = secured(&peer, security, true).await;
    send(&mut channel(settings), &to("desk@example.net")).await.unwrap();
    let heard = peer.heard();
    assert_eq!(heard.messages.len(), 1);
    assert!(heard.commands.iter().any(|line| line.starts_with("AUTH PLAIN ")), "{:?}", heard.commands);
}

#[rstest]
#[case::not_offered(&[], SmtpSecurity::StartTls, true, Stage::StartTls)]
#[case::refused(&[("EHLO", STARTTLS), ("STARTTLS", Say("454 no TLS now"))], SmtpSecurity::StartTls, true, Stage::StartTls)]
#[case::plain_after_all(&[("EHLO", STARTTLS), ("STARTTLS", Say("220 begin"))], SmtpSecurity::StartTls, true, Stage::StartTls)]
#[case::injected(&[("EHLO", STARTTLS), ("STARTTLS", StartTlsAndMore)], SmtpSecurity::StartTls, true, Stage::StartTls)]
#[case::wrong_authority(&[("EHLO", STARTTLS), ("STARTTLS", StartTls)], SmtpSecurity::StartTls, false, Stage::StartTls)]
#[case::wrong_authority_tls(&[], SmtpSecurity::Tls, false, Connect)]
#[tokio::test]
async fn without_trusted_tls_neither_password_nor_mail_leaves(
    #[case] script: &[(&'static str, Act)],
    #[case] security: SmtpSecurity,
    #[case] trusted: bool,
    #[case] stage: Stage,
) {
    let peer = Peer::start_at(script, security == SmtpSecurity::Tls).await;
    let (settings, _folder) = secured(&peer, security, trusted).await;
    let error = send(&mut channel(settings), &to("desk@example.net")).await.unwrap_err();
    assert_eq!(class(&error), ("channel", Some(stage)), "{error}");
    let heard = peer.heard();
    assert!(heard.messages.is_empty());
    assert!(!heard.commands.iter().any(|line| line.starts_with("AUTH")), "{:?}", heard.commands);
}

#[tokio::test]
async fn a_certificate_authority_file_that_is_none_is_told_at_the_start() {
    let peer = Peer::start(&[]).await;
    let (good, folder) = secured(&peer, SmtpSecurity::StartTls, true).await;
    let missing = SmtpSettings { ca_file: Some(folder.path().join("missing.pem")), ..good.clone() };
    assert!(matches!(SmtpChannel::new(missing), Err(SetupError::ReadCa { .. })));
    std::fs::write(good.ca_file.as_ref().unwrap(), "no certificate").unwrap();
    assert!(matches!(SmtpChannel::new(good), Err(SetupError::BadCa { .. })));
}

#[test]
fn neither_address_nor_password_shows_in_debug_output() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let peer = runtime.block_on(Peer::start(&[]));
    let shown = format!("{:?}", channel(SmtpSettings { login: Some(login()), ..settings(&peer) }));
    assert!(!shown.contains("wordpass") && !shown.contains("alerts@"), "{shown}");
}
