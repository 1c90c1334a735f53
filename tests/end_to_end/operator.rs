//! The dead-man signal: what does not come through is told to the operator, to the log and to a monitor, and
//! that it does again. Long times are made by dating what is kept back.

use crate::support::feeds::{OIL, ROADMAP, fixture, rss};
use crate::support::mail::MailServer;
use crate::support::port::Port;
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};
use serde_json::Value;
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::io::{Read, Write};
use std::net::TcpStream;

const OPERATOR: &str = "ops@example.org";
const NO_MAIL: &str = "no mail can be delivered";
const NO_SOURCE: &str = "no source can be read";

/// A project with an operator, whose monitor asks at `port`. No limit is shorter than five minutes.
fn watched(web: &WebServer, mail: &MailServer, port: &Port) -> Project {
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    Project::new().source("Meridian", &url).smtp(mail).with(&format!(
        "[operator]\nemail = {OPERATOR:?}\nsilence = \"5m\"\n[listen]\naddress = \"{}\"",
        port.address()
    ))
}

/// Dates all that is kept an hour back, as if the program had been started an hour later.
fn let_an_hour_pass(project: &Project) {
    const HOUR: &str = "UPDATE source SET last_success = last_success - 3600000000, \
           failing_since = failing_since - 3600000000, next_poll = next_poll - 3600000000; \
         UPDATE delivery SET created = created - 3600000000, due = due - 3600000000; \
         UPDATE alert SET created = created - 3600000000, due = due - 3600000000; \
         UPDATE alarm SET since = since - 3600000000;";
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(project.state());
        let mut connection: SqliteConnection = options.connect().await.unwrap();
        sqlx::raw_sql(HOUR).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

/// What a monitor is told by a daemon that runs for the while.
fn health(project: &Project, port: &Port) -> (u16, Value) {
    let daemon = project.start();
    let mut stream = TcpStream::connect(port.address()).unwrap();
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    daemon.terminate().expect_code(0);
    let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    (status, serde_json::from_str(answer.rsplit("\r\n").next().unwrap_or_default()).unwrap())
}

#[track_caller]
fn assert_healthy(project: &Project, port: &Port) {
    assert_eq!(health(project, port), (200, serde_json::json!({ "healthy": true, "alarms": [] })));
}

#[track_caller]
fn assert_alarm(project: &Project, port: &Port, words: &str) {
    let (status, told) = health(project, port);
    let alarms: Vec<&str> =
        told["alarms"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert_eq!((status, alarms.len()), (503, 1), "{told}");
    assert!(alarms[0].starts_with(words) && alarms[0].contains(" since 20"), "{told}");
}

/// How many mails to the operator have `words` in their subject.
fn told(mail: &MailServer, words: &str) -> usize {
    let is_it = |subject: Option<String>| subject.is_some_and(|subject| subject.contains(words));
    mail.accepted_for(OPERATOR).iter().filter(|mail| is_it(mail.header("Subject"))).count()
}

#[test]
fn a_mail_server_that_is_gone_is_told_of_by_all_that_is_left_and_by_mail_when_it_is_back() {
    let (web, mut mail, port) = (WebServer::start(), MailServer::start(), Port::reserve());
    mail.down();
    let project = watched(&web, &mail, &port).subscriber(DESK);
    let first = project.once();
    assert!(!first.ended.stderr.contains(NO_MAIL), "not after a moment: {}", first.ended);
    let_an_hour_pass(&project);

    let second = project.once();
    assert!(
        second.ended.stderr.contains("ERROR") && second.ended.stderr.contains(NO_MAIL),
        "{}",
        second.ended
    );
    assert_alarm(&project, &port, NO_MAIL);
    let third = project.once();
    assert!(!third.ended.stderr.contains(NO_MAIL), "told once: {}", third.ended);

    mail.up();
    let fourth = project.once();
    assert_eq!(fourth.number("deliveries.pending"), 0, "{}", fourth.ended);
    assert!(mail.accepted_for(DESK).iter().any(|mail| mail.tells(ROADMAP)));
    assert_eq!([told(&mail, NO_MAIL), told(&mail, "mail is delivered again")], [1, 1], "{:#?}", mail.talk());
    let notice = mail.accepted_for(OPERATOR).remove(0);
    assert!(notice.tells("No message was ever accepted."), "{}", notice.text());
    assert!(notice.tells("the channel failed at connecting"), "{}", notice.text());
    assert_healthy(&project, &port);
}

#[test]
fn a_source_that_is_gone_is_told_of_once_and_once_that_it_is_back() {
    let (web, mail, port) = (WebServer::start(), MailServer::start(), Port::reserve());
    let project = watched(&web, &mail, &port);
    project.once();
    assert_healthy(&project, &port);
    web.serve("/news.xml", Route::status(404));
    let_an_hour_pass(&project);

    for _twice in 0..2 {
        let ended = project.once_ending(69).ended;
        assert_eq!(told(&mail, NO_SOURCE), 1, "{ended}");
    }
    let notice = mail.accepted_for(OPERATOR).remove(0);
    assert!(notice.tells("Meridian: ") && notice.tells("404"), "{}", notice.text());
    assert_alarm(&project, &port, NO_SOURCE);

    web.serve("/news.xml", Route::feed(fixture("news.xml")));
    project.once();
    assert_eq!(told(&mail, "sources can be read again"), 1);
    assert_healthy(&project, &port);
}

#[test]
fn a_server_that_refuses_every_alert_for_good_is_told_of_until_it_takes_one() {
    let (web, mail, port) = (WebServer::start(), MailServer::start(), Port::reserve());
    mail.script(|script| script.refused_words = Some((DESK, "550 5.7.26 not authenticated")));
    let mut project = watched(&web, &mail, &port).subscriber(DESK);
    let refused = project.once().number("deliveries.refused");
    assert!(refused > 0);
    project.leaves("refused", usize::try_from(refused).unwrap());
    let_an_hour_pass(&project);

    for _twice in 0..2 {
        project.once();
        assert_eq!([told(&mail, NO_MAIL), told(&mail, "again")], [1, 0], "its own notice ends nothing");
    }
    let notice = mail.accepted_for(OPERATOR).remove(0);
    assert!(notice.tells("550 5.7.26") && notice.tells("deliveries retry"), "{}", notice.text());
    assert_alarm(&project, &port, NO_MAIL);

    mail.script(|script| script.refused_words = None);
    web.serve("/news.xml", Route::feed(rss(&["Iran and Armenia resume direct passenger flights"])));
    project.once();
    assert_eq!(told(&mail, "mail is delivered again"), 1, "{:#?}", mail.talk());
    assert_healthy(&project, &port);
}

#[test]
fn one_mailbox_that_is_full_is_no_alarm_and_a_webhook_that_is_gone_is_one_though_mail_goes() {
    let (web, mail, port, gone) = (WebServer::start(), MailServer::start(), Port::reserve(), Port::reserve());
    mail.script(|script| {
        script.recipients.insert(DESK, "452 4.2.2 mailbox full");
    });
    let mut project = watched(&web, &mail, &port).subscriber(DESK).subscriber("second@example.org");
    project.once();
    assert!(mail.accepted_for("second@example.org").iter().any(|mail| mail.tells(OIL)));
    let_an_hour_pass(&project);
    let ended = project.once().ended;
    assert_eq!(mail.accepted_for(OPERATOR).len(), 0, "{ended}");
    assert_healthy(&project, &port);

    std::fs::write(project.path("credentials/bot"), "a secret of the desk's bot").unwrap();
    project = project.with(&format!(
        "[[webhook]]\nname = \"Desk bot\"\nurl = \"http://{}/\"\nwatches = [\"Iran and Belarus\"]\n\
         secret-credential = \"bot\"\nallow-addresses = [\"127.0.0.0/8\"]",
        gone.address()
    ));
    web.serve("/news.xml", Route::feed(rss(&["Iran and Armenia resume direct passenger flights"])));
    project.once();
    let_an_hour_pass(&project);
    project.once();
    assert_eq!(told(&mail, "the webhook Desk bot takes nothing"), 1, "{:#?}", mail.talk());
    assert_alarm(&project, &port, "the webhook Desk bot takes nothing");
    let waiting = project.deliveries().iter().filter(|one| one["state"] == "pending").count();
    project.leaves("pending", waiting);
}
