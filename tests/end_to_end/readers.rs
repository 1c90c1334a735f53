//! Readers: what they ask for, how they leave and come, and what becomes of an address that is refused.

use crate::support::feeds::{OIL, ROADMAP, fixture, rss};
use crate::support::mail::{Mail, MailServer};
use crate::support::port::Port;
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

const DRILLS: &str = "China and Iran begin joint naval drills in Gulf of Oman";
const FLIGHTS: &str = "Iran and Armenia resume direct passenger flights";
const EXTENDED: &str = "EU extends human rights sanctions on Iran for another year";

fn news(web: &WebServer) -> String {
    web.serve("/news.xml", Route::feed(fixture("news.xml")))
}

/// One headline more in every round.
fn rounds(web: &WebServer, headlines: &[&str]) -> String {
    let rounds = (1..=headlines.len()).map(|count| rss(&headlines[..count]).into_bytes());
    web.serve("/rounds.xml", Route::Rounds(rounds.collect()))
}

/// A request as a mail program or a browser makes it: its status and the text of the answer.
fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    (status, answer)
}

fn listening(project: Project, port: &Port) -> Project {
    let address = port.address();
    // Behind the proxy that speaks HTTPS, where there is one, stands the listener.
    project.with(&format!("[listen]\naddress = \"{address}\"\npublic-url = \"https://alerts.example.org/\""))
}

/// The path of a link of ours in a mail, by what it is for.
fn link(mail: &Mail, what: &str) -> String {
    let plain = mail.text();
    let at = plain.find(&format!("/{what}/")).unwrap_or_else(|| panic!("no /{what}/ in {plain}"));
    plain[at..].chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '/').collect()
}

#[test]
fn a_mail_program_unsubscribes_by_one_click_and_that_outlives_a_restart() {
    let (web, mail, port) = (WebServer::start(), MailServer::start(), Port::reserve());
    let url = rounds(&web, &[DRILLS, FLIGHTS]);
    let project = listening(Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail), &port);
    let daemon = project.start();
    let first = mail.wait_for(|mails| !mails.is_empty()).remove(0);

    let unsubscribe = first.header("List-Unsubscribe").unwrap();
    assert!(unsubscribe.starts_with("<https://alerts.example.org/unsubscribe/"), "{unsubscribe}");
    assert_eq!(first.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
    let path = link(&first, "unsubscribe");
    // A scanner that follows every link changes nothing.
    let (status, page) = ask(port.address(), "GET", &path, "");
    assert!(status == 200 && page.contains("Unsubscribe?") && page.contains(DESK), "{page}");
    let listed = |project: &Project| project.run(&["subscribers", "--json"]).expect_code(0).json_lines();
    assert_eq!(listed(&project)[0]["standing"], "active");
    for wrong in ["/unsubscribe/", "/unsubscribe/0123456789abcdef0123456789abcdef", "/other"] {
        assert_eq!(ask(port.address(), "POST", wrong, "List-Unsubscribe=One-Click").0, 404, "{wrong}");
    }
    for _twice in 0..2 {
        let (status, page) = ask(port.address(), "POST", &path, "List-Unsubscribe=One-Click");
        assert!(status == 200 && page.contains("no more alerts"), "{page}");
    }
    daemon.terminate();

    let again = project.once();
    assert_eq!(again.number("alerts"), 1, "the log is told: {}", again.ended);
    assert_eq!(mail.accepted_for(DESK).len(), 1, "and the reader is not");
    assert_eq!(listed(&project)[0]["standing"], "unsubscribed");
    project.run(&["subscribers", "resubscribe", DESK]).expect_code(0);
    assert_eq!(listed(&project)[0]["standing"], "active");
}

#[test]
fn who_must_confirm_gets_one_question_and_alerts_only_after_the_answer() {
    let (web, mail, port) = (WebServer::start(), MailServer::start(), Port::reserve());
    let url = rounds(&web, &[DRILLS, FLIGHTS]);
    let mut project = listening(Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail), &port);
    project.change("watches = [\"Iran and Belarus\"]", "watches = [\"Iran and Belarus\"]\nconfirm = true");
    project.once();
    let question = mail.accepted_for(DESK).remove(0);
    let daemon = project.start();
    assert!(!question.tells(DRILLS), "{}", question.data);
    let path = link(&question, "confirm");
    assert!(ask(port.address(), "GET", &path, "").1.contains("Confirm your address"));
    let listed = project.run(&["subscribers"]).expect_code(0);
    assert!(listed.stdout.contains("unconfirmed (asked"), "{listed}");
    let (status, page) = ask(port.address(), "POST", &path, "");
    assert!(status == 200 && page.contains("is confirmed"), "{page}");
    daemon.terminate();

    project.once();
    let mails = mail.accepted_for(DESK);
    assert_eq!(mails.len(), 2, "{mails:#?}");
    assert!(mails[1].tells(FLIGHTS) && !mails[1].tells(DRILLS), "{}", mails[1].text());
}

#[test]
fn without_a_public_address_the_operator_confirms_and_unsubscribes() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = rounds(&web, &[DRILLS, FLIGHTS, EXTENDED, OIL]);
    let mut project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    project.change("watches = [\"Iran and Belarus\"]", "watches = [\"Iran and Belarus\"]\nconfirm = true");
    project.once();
    let question = mail.accepted_for(DESK).remove(0);
    let told = question.text();
    let command = told.split("subscribers confirm ").nth(1);
    let command = command.unwrap_or_else(|| panic!("no command in {told}"));
    let token: String = command.chars().take_while(char::is_ascii_alphanumeric).collect();
    project.run(&["subscribers", "confirm", "0123456789abcdef0123456789abcdef"]).expect_code(64);
    project.run(&["subscribers", "confirm", &token]).expect_code(0);
    project.once();
    let second = mail.accepted_for(DESK).remove(1);
    assert!(second.tells(FLIGHTS));
    assert!(second.header("List-Unsubscribe").is_some_and(|value| value.starts_with("<mailto:")));
    assert_eq!(second.header("List-Unsubscribe-Post"), None, "there is nothing to press");

    project.run(&["subscribers", "unsubscribe", &DESK.to_uppercase(), "--watch", "Cuba"]).expect_code(64);
    project.run(&["subscribers", "unsubscribe", &DESK.to_uppercase()]).expect_code(0);
    project.once();
    // Nor do they hear of anything when the file writes their address in another way.
    let shouted = DESK.to_uppercase();
    project.change(DESK, &shouted);
    assert_eq!(project.once().number("alerts"), 1, "the log is told");
    assert_eq!(mail.mails().len(), 2);
    let listed = project.run(&["subscribers"]).expect_code(0);
    assert!(listed.stdout.starts_with(&format!("{shouted}  unsubscribed")), "{listed}");
}

#[test]
fn an_address_that_is_refused_three_times_is_suspended_and_the_operator_told() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let headlines = [DRILLS, FLIGHTS, EXTENDED, OIL];
    let url = rounds(&web, &headlines);
    let operator = "ops@example.org";
    let mut project = Project::new()
        .source("Meridian", &url)
        .subscriber(DESK)
        .smtp(&mail)
        .with(&format!("[operator]\nemail = \"{operator}\""));
    mail.script(|script| {
        script.recipients.insert(DESK, "550 5.1.1 no such user");
    });
    for _round in &headlines[..2] {
        project.once();
        assert!(mail.accepted_for(operator).is_empty());
    }
    project.once();
    // What tells the operator was put into the outbox by the last try.
    project.once();
    let told = mail.accepted_for(operator);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].tells(DESK) && told[0].tells("550 5.1.1 no such user"), "{}", told[0].data);
    let listed = project.run(&["subscribers"]).expect_code(0);
    assert!(listed.stdout.contains("suspended") && listed.stdout.contains("no such user"), "{listed}");
    let tries = mail.talk().iter().filter(|line| line.contains("550 5.1.1")).count();
    assert_eq!(tries, 3, "the fourth story is not even tried");
    project.leaves("refused", 3);

    mail.script(|script| script.recipients.clear());
    project.run(&["subscribers", "resume", DESK]).expect_code(0);
    let listed = project.run(&["subscribers"]).expect_code(0);
    assert!(listed.stdout.contains("active"), "{listed}");
}

#[test]
fn nothing_is_kept_of_who_is_forgotten() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = news(&web);
    let mut project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    project.once();
    let refused = project.run(&["subscribers", "forget", DESK]).expect_code(64);
    assert!(refused.stderr.contains("still in the configuration"), "{refused}");
    project.change(&format!("[[subscriber]]\nemail = {DESK:?}\nwatches = [\"Iran and Belarus\"]"), "");
    let listed = project.run(&["subscribers"]).expect_code(0);
    assert!(listed.stdout.contains("not in the configuration"), "{listed}");
    project.run(&["subscribers", "forget", &DESK.to_uppercase()]).expect_code(0);
    project.run(&["subscribers", "forget", DESK]).expect_code(64);
    assert!(project.run(&["subscribers"]).expect_code(0).stdout.is_empty());
    assert!(project.deliveries().iter().all(|delivery| delivery["to"] != DESK));
}

#[test]
fn a_watch_is_told_what_its_words_its_sources_and_its_side_ask_for() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = news(&web);
    let reader = |name: &str, keys: &str| {
        format!(
            "[[watch]]\nname = \"{name}\"\ncountries = [\"Iran\"]\n{keys}\n\
             [[subscriber]]\nemail = \"{name}@example.org\"\nwatches = [\"{name}\"]"
        )
    };
    let project = Project::new()
        .source("Meridian", &url)
        .smtp(&mail)
        .with(&reader("oil", "words = [\"oil\"]"))
        .with(&reader("nooil", "without = [\"oil\", \"crude*\"]"))
        .with(&reader(
            "targeted",
            "direction = \"targeted\"\nkinds = [\"sanctions\"]\nactions = [\"impose\"]",
        ))
        .with(&reader("acting", "direction = \"acting\"\nkinds = [\"sanctions\"]\nactions = [\"impose\"]"))
        .with(&reader("denied", "modalities = [\"denied\"]"))
        .with(&reader("meridian", "sources = [\"Meridian\"]\nkinds = [\"alliance\"]"));

    project.once();

    let told = |name: &str, headline: &str| {
        mail.accepted_for(&format!("{name}@example.org")).iter().any(|mail| mail.tells(headline))
    };
    assert!(told("oil", OIL) && !told("oil", ROADMAP));
    assert!(!told("nooil", OIL) && told("nooil", ROADMAP));
    assert!(told("targeted", OIL) && !told("targeted", ROADMAP));
    assert!(!told("acting", OIL) && !told("denied", OIL));
    assert!(told("meridian", ROADMAP));
    let explained = project.run(&["explain", OIL]).expect_code(0);
    for words in ["asks for denied, not for fact", "Iran is not acting", "holds crude* or oil"] {
        assert!(explained.stdout.contains(words), "{words}: {explained}");
    }
}

#[test]
fn a_monitor_hears_that_all_is_well() {
    let (web, port) = (WebServer::start(), Port::reserve());
    let project = listening(Project::new().source("Meridian", &news(&web)), &port);
    let daemon = project.start();
    let (status, answer) = ask(port.address(), "GET", "/healthz", "");
    assert!(status == 200 && answer.ends_with(r#"{"healthy":true,"alarms":[]}"#), "{answer}");
    assert_eq!(ask(port.address(), "POST", "/healthz", "").0, 405);
    daemon.terminate();
    let second = TcpStream::connect(port.address());
    assert!(second.is_err(), "nobody listens any more");
}

#[test]
fn the_list_of_subscribers_says_how_everybody_stands() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let reader = |address: &str, keys: &str| {
        format!("[[subscriber]]\nemail = \"{address}\"\nwatches = [\"Iran and Belarus\"]\n{keys}")
    };
    let project = Project::new()
        .source("Meridian", &news(&web))
        .smtp(&mail)
        .with(&reader("desk@example.org", ""))
        .with(&reader("Asked@Example.org", "confirm = true\ndeliver = { daily = \"07:30\" }"))
        .with(&reader("left@example.org", "deliver = { weekly = \"Mon 07:30\" }"))
        .with(&reader("away@example.org", ""));
    project.once();
    project.run(&["subscribers", "unsubscribe", "left@example.org"]).expect_code(0);
    project.run(&["subscribers", "suspend", "away@example.org"]).expect_code(0);
    project.run(&["subscribers", "ask", "desk@example.org"]).expect_code(64);

    let listed = project.run(&["subscribers"]).expect_code(0);
    let text = listed.stdout.lines().map(without_age).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(text);

    let to = |address: &str| {
        let deliveries = project.run(&["deliveries", "--json", "--to", address]).expect_code(0);
        deliveries.json_lines().len()
    };
    assert_eq!((to("ASKED@example.org"), to("nobody@example.org")), (1, 0));
    project.run(&["subscribers", "ask", "asked@example.org"]).expect_code(0);
    project.once();
    let questions = mail.accepted_for("Asked@Example.org");
    assert_eq!(questions.len(), 2, "{questions:#?}");
    assert_ne!(questions[0].message_id(), questions[1].message_id());
    assert_eq!(link_of_operator(&questions[0]), link_of_operator(&questions[1]), "both answers count");
}

/// A line of a list with what depends on the time of day left out.
fn without_age(line: &str) -> String {
    let age = |line: &str| {
        let end = line.find(" ago")?;
        let last = line[..end].rfind(char::is_numeric)?;
        let start = line[..last].rfind(|letter: char| !letter.is_numeric())? + 1;
        Some(format!("{}…{}", &line[..start], &line[end + " ago".len()..]))
    };
    age(line).unwrap_or_else(|| line.replace("just now", "…"))
}

/// The token by which an operator confirms.
fn link_of_operator(mail: &Mail) -> String {
    let told = mail.text();
    told.split("subscribers confirm ").nth(1).unwrap_or_default().chars().take(32).collect()
}
