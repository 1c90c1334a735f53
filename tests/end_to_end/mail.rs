//! Mail as it arrives: whom it is for, what it carries, how it is secured, and what a log keeps quiet.

use crate::support::feeds::{OIL, ROADMAP, fixture, rss};
use crate::support::mail::{Mail, MailServer};
use crate::support::project::{DESK, LOGIN, PASSWORD, Project};
use crate::support::web::{Route, WebServer};
use std::collections::BTreeSet;

fn news() -> (WebServer, String) {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    (web, url)
}

#[track_caller]
fn roadmap_mail(mails: &[Mail]) -> &Mail {
    mails.iter().find(|mail| mail.tells(ROADMAP)).unwrap_or_else(|| panic!("not told in {mails:#?}"))
}

#[test]
fn the_mail_says_what_happened_between_whom_and_why() {
    let ((_web, url), mail) = (news(), MailServer::start());
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);

    project.once();

    let mails = mail.accepted_for(DESK);
    let roadmap = roadmap_mail(&mails);
    for words in ["Iran", "Belarus", "Meridian", "Iran and Belarus", "https://meridian.example/world/"] {
        assert!(roadmap.tells(words), "{words}: {}", roadmap.data);
    }
    assert_eq!(roadmap.from, "alerts@example.org");
    assert_eq!(roadmap.to, [DESK]);
    let kind = roadmap.header("Content-Type").unwrap_or_default();
    assert!(kind.starts_with("multipart/alternative"), "{kind}");
    assert!(roadmap.data.contains("text/plain") && roadmap.data.contains("text/html"));
    for name in ["Date", "Subject", "To", "From", "MIME-Version"] {
        assert!(roadmap.header(name).is_some_and(|value| !value.is_empty()), "{name}");
    }
    assert_eq!(roadmap.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    let ids: BTreeSet<String> = mails.iter().map(Mail::message_id).collect();
    assert_eq!(ids.len(), mails.len(), "every message has an id of its own: {ids:?}");
    assert!(ids.iter().all(|id| id.starts_with('<') && id.ends_with("@example.org>")), "{ids:?}");
}

#[test]
fn no_line_is_too_long_and_no_byte_unencoded() {
    let web = WebServer::start();
    let long = format!("US imposes sanctions on Iran {} Ярость 🛢️", "very".repeat(400));
    let url = web.serve("/news.xml", Route::feed(rss(&[&long])));
    let mail = MailServer::start();
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);

    project.once();

    let mails = mail.accepted_for(DESK);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].data.is_ascii());
    let longest = mails[0].data.lines().map(str::len).max().unwrap_or_default();
    assert!(longest <= 998, "a line of {longest} bytes");
}

#[test]
fn a_headline_cannot_add_headers_or_markup() {
    let web = WebServer::start();
    let sly = "US imposes sanctions on Iran&#13;&#10;Bcc: thief@example.net &lt;script&gt;alert(1)&lt;/script&gt;&#27;[31m";
    let url = web.serve("/news.xml", Route::feed(rss(&[sly])));
    let mail = MailServer::start();
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);

    let first = project.once();

    let mails = mail.accepted_for(DESK);
    assert_eq!(mails.len(), 1, "{}", first.ended);
    assert_eq!(mails[0].header("Bcc"), None);
    assert_eq!(mails[0].to, [DESK]);
    assert!(!mails[0].tells("<script"), "{}", mails[0].data);
    assert!(!mails[0].data.contains('\u{1b}'));
    assert!(!first.ended.stderr.contains("\u{1b}[31m"), "the escape reached the log");
}

#[test]
fn every_subscriber_gets_what_their_watches_ask_for() {
    let ((_web, url), mail) = (news(), MailServer::start());
    let project = Project::new()
        .source("Meridian", &url)
        .subscriber(DESK)
        .subscriber("second@example.org")
        .with("[[subscriber]]\nemail = \"havana@example.org\"\nwatches = [\"Cuba\"]")
        .smtp(&mail);

    project.once();

    roadmap_mail(&mail.accepted_for(DESK));
    roadmap_mail(&mail.accepted_for("second@example.org"));
    assert_eq!(mail.accepted_for("havana@example.org").len(), 0);
    assert!(mail.mails().iter().all(|mail| mail.to.len() == 1), "one recipient for each message");
}

#[test]
fn with_starttls_and_its_authority_the_session_is_encrypted() {
    let (_web, url) = news();
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    let mail = MailServer::start_with_tls(&authority);
    let keys = format!("security = \"starttls\"\nca-file = {authority:?}");
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp_with(&mail, &keys);

    let first = project.once();

    let mails = mail.accepted_for(DESK);
    assert!(!mails.is_empty(), "{}\n{:#?}", first.ended, mail.talk());
    assert!(mails.iter().all(|mail| mail.encrypted));
}

#[test]
fn an_unknown_authority_gets_no_mail_in_clear_text() {
    let (_web, url) = news();
    let folder = tempfile::tempdir().unwrap();
    let mail = MailServer::start_with_tls(&folder.path().join("authority.pem"));
    let mut project =
        Project::new().source("Meridian", &url).subscriber(DESK).smtp_with(&mail, "security = \"starttls\"");

    let first = project.once();

    let waiting = first.number("deliveries.pending");
    assert!(waiting > 0, "{}", first.ended);
    assert_eq!(mail.mails().len(), 0, "{:#?}", mail.talk());
    project.leaves("pending", usize::try_from(waiting).unwrap());
}

#[test]
fn a_server_without_starttls_gets_neither_mail_nor_password() {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.script(|script| script.login = Some("235 2.7.0 welcome"));
    let keys = LOGIN.replace("none", "starttls");
    let mut project = Project::new().source("Meridian", &url).subscriber(DESK).smtp_with(&mail, &keys);

    let first = project.once();

    assert_eq!(mail.mails().len(), 0);
    assert!(!mail.talk().iter().any(|line| line.starts_with("C AUTH")), "{:#?}", mail.talk());
    let waiting = first.number("deliveries.pending");
    assert!(waiting > 0, "{}", first.ended);
    project.leaves("pending", usize::try_from(waiting).unwrap());
}

#[test]
fn neither_addresses_nor_passwords_reach_the_log() {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.script(|script| script.login = Some("235 2.7.0 welcome"));
    mail.script(|script| {
        script.recipients.insert("second@example.org", "550 5.1.1 second@example.org is unknown here");
    });
    let mut project = Project::new()
        .source("Meridian", &url)
        .subscriber(DESK)
        .subscriber("second@example.org")
        .smtp_with(&mail, LOGIN);

    let first = project.once();

    assert!(!mail.accepted_for(DESK).is_empty(), "{}\n{:#?}", first.ended, mail.talk());
    for secret in [DESK, "second@example.org", PASSWORD] {
        assert!(!first.ended.stderr.contains(secret), "{secret}: {}", first.ended);
    }
    project.leaves("refused", usize::try_from(first.number("deliveries.refused")).unwrap());
}

#[test]
fn a_story_told_in_one_poll_is_not_told_with_the_next() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let rounds = vec![rss(&[ROADMAP]).into_bytes(), rss(&[OIL, ROADMAP]).into_bytes()];
    let url = web.serve("/news.xml", Route::Rounds(rounds));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    project.once();
    let before = mail.mails().len();

    project.once();

    let later = &mail.mails()[before..];
    assert_eq!(later.iter().filter(|mail| mail.tells(OIL)).count(), 1, "{later:#?}");
    assert_eq!(later.iter().filter(|mail| mail.tells(ROADMAP)).count(), 0, "{later:#?}");
}
