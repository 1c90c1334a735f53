//! Mail through a real Postfix into a real Dovecot's mailboxes, read back over IMAP. Skipped where
//! they are not installed, or where the tests do not run as root.

use crate::support::feeds::{ROADMAP, fixture};
use crate::support::mail::Mail;
use crate::support::mta::Mta;
use crate::support::project::{DESK, Once, Project};
use crate::support::web::{Route, WebServer};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use serde_json::Value;
use std::path::Path;

const SECOND: &str = "second@example.org";

/// A project with news for whoever subscribes, which sends through `mta`.
fn project(mta: &Mta, authority: &Path) -> (WebServer, Project) {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url).with(&mta.settings(authority));
    project.set_password(mta.password());
    (web, project)
}

fn count(once: &Once, path: &str) -> usize {
    usize::try_from(once.number(path)).unwrap()
}

/// The mail in one state, of which there must be some, each with an answer that has all `words`.
#[track_caller]
fn answered(project: &Project, state: &str, words: &[&str]) -> Vec<Value> {
    let mut listed = project.deliveries();
    listed.retain(|delivery| delivery["channel"] == "smtp" && delivery["state"] == state);
    assert!(!listed.is_empty(), "nothing is {state}: {:#?}", project.deliveries());
    for delivery in &listed {
        let answer = delivery["answer"].as_str().unwrap_or_default();
        assert!(words.iter().all(|word| answer.contains(word)), "{words:?}: {delivery:#}");
    }
    listed
}

/// The mailbox of `address` once Postfix has nothing left to deliver: it must hold every delivery
/// that was sent there once, as it was sent but for the lines that servers put above it.
#[track_caller]
fn arrived(project: &Project, mta: &Mta, address: &str) -> Vec<Mail> {
    mta.drain();
    let mails = mta.mailbox(address);
    let mut sent = project.deliveries();
    sent.retain(|delivery| delivery["to"] == address && delivery["state"] == "sent");
    assert_eq!(mails.len(), sent.len(), "{mails:#?}\n{sent:#?}");
    for delivery in &sent {
        let id = format!("<{}>", delivery["message_id"].as_str().unwrap());
        let copies: Vec<_> = mails.iter().filter(|mail| mail.message_id() == id).collect();
        assert_eq!(copies.len(), 1, "copies of {id}: {mails:#?}");
        let shown = project.run(&["deliveries", "show", &delivery["id"].to_string()]).expect_code(0).stdout;
        let above = copies[0].data.strip_suffix(&shown);
        let above = above.unwrap_or_else(|| panic!("not as it was sent:\n{shown}\n{}", copies[0].data));
        let names = above.lines().filter(|line| !line.starts_with([' ', '\t']));
        let names: Vec<_> = names.filter_map(|line| line.split(':').next()).collect();
        assert_eq!(names, ["Return-Path", "Delivered-To", "Received", "Received"], "{above}");
    }
    assert!(mails.iter().all(|mail| mail.encrypted && mail.to == [address]), "{mails:#?}");
    assert!(mails.iter().all(|mail| mail.from == "alerts@example.org"), "{mails:#?}");
    assert_eq!(mails.iter().filter(|mail| mail.tells(ROADMAP)).count(), 1, "{mails:#?}");
    mails
}

#[test]
fn an_alert_arrives_in_the_mailbox_once_as_it_was_sent() {
    let Some(mta) = Mta::start() else { return };
    let (_web, project) = project(&mta, &mta.authority());
    let project = project.subscriber(DESK);

    project.once();

    let mails = arrived(&project, &mta, DESK);
    for name in ["Date", "Subject", "To", "From", "MIME-Version", "Content-Type", "Auto-Submitted"] {
        assert!(mails.iter().all(|mail| mail.header(name).is_some_and(|value| !value.is_empty())), "{name}");
    }
    project.once();
    assert_eq!(arrived(&project, &mta, DESK).len(), mails.len(), "nothing comes a second time");
}

#[test]
fn with_a_wrong_password_mail_is_held_and_goes_out_once_when_it_is_mended() {
    let Some(mta) = Mta::start() else { return };
    let (_web, project) = project(&mta, &mta.authority());
    let project = project.subscriber(DESK);
    project.set_password("not the password");

    let first = project.once();

    let waiting = answered(&project, "pending", &["login", "535"]).len();
    assert_eq!(waiting, count(&first, "deliveries.pending"), "{}", first.ended);
    mta.drain();
    assert_eq!(mta.mailbox(DESK).len(), 0);

    project.set_password(mta.password());
    let second = project.once();

    assert_eq!(second.number("alerts"), 0, "{}", second.ended);
    assert_eq!(arrived(&project, &mta, DESK).len(), waiting, "{}", second.ended);
}

#[test]
fn a_server_of_another_authority_gets_no_mail() {
    let Some(mta) = Mta::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.pem");
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = parameters.self_signed(&KeyPair::generate().unwrap()).unwrap();
    std::fs::write(&other, certificate.pem()).unwrap();
    let (_web, project) = project(&mta, &other);
    let mut project = project.subscriber(DESK);

    let first = project.once();

    let waiting = answered(&project, "pending", &["STARTTLS", "certificate"]).len();
    assert_eq!(waiting, count(&first, "deliveries.pending"), "{}", first.ended);
    mta.drain();
    assert_eq!(mta.mailbox(DESK).len(), 0);

    project.change(&format!("{other:?}"), &format!("{:?}", mta.authority()));
    project.once();
    assert_eq!(arrived(&project, &mta, DESK).len(), waiting);
}

#[test]
fn what_the_server_defers_comes_once_when_the_mailboxes_are_back() {
    let Some(mta) = Mta::start() else { return };
    let (_web, project) = project(&mta, &mta.authority());
    let project = project.subscriber(DESK);
    mta.close_mailboxes();

    project.once();

    let sent = answered(&project, "sent", &["250", "queued"]).len();
    mta.wait_for_log("status=deferred");
    let second = project.once();
    assert_eq!(second.number("deliveries.sent"), 0, "what Postfix has is its own affair: {}", second.ended);

    mta.open_mailboxes();

    assert_eq!(arrived(&project, &mta, DESK).len(), sent);
}

#[test]
fn an_unknown_recipient_is_refused_and_the_others_are_served() {
    const GONE: &str = "gone@example.org";
    let Some(mta) = Mta::start() else { return };
    let (_web, project) = project(&mta, &mta.authority());
    let mut project = project.subscriber(DESK).subscriber(GONE).subscriber(SECOND);

    let first = project.once();

    let refused = answered(&project, "refused", &["550", "unknown"]);
    project.leaves("refused", refused.len());
    assert!(refused.iter().all(|delivery| delivery["to"] == GONE), "{refused:#?}");
    assert!(!first.ended.stderr.contains(GONE), "{}", first.ended);
    arrived(&project, &mta, DESK);
    arrived(&project, &mta, SECOND);
}
