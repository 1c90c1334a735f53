//! Webhooks as they are called: what is sent and signed, what each answer leads to, whom a fault holds up.

use crate::support::feeds::{OIL, ROADMAP, fixture, rss};
use crate::support::mail::{Gate, MailServer, Stage};
use crate::support::port::Port;
use crate::support::project::{DESK, Project};
use crate::support::web::{Request, Route, WebServer};
use rstest::rstest;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

const SECRET: &str = "a secret of the desk's bot";

fn news() -> (WebServer, String) {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    (web, url)
}

/// A project that reads `source` and tells a webhook at `url`, which may be on loopback.
fn project(source: &str, url: &str) -> Project {
    told(Project::new().source("Meridian", source), "Desk bot", url, "127.0.0.0/8")
}

fn told(project: Project, name: &str, url: &str, allow: &str) -> Project {
    std::fs::write(project.path("credentials/desk-bot-secret"), format!("{SECRET}\n")).unwrap();
    project.with(&format!(
        "[[webhook]]\nname = {name:?}\nurl = {url:?}\nwatches = [\"Iran and Belarus\"]\n\
         secret-credential = \"desk-bot-secret\"\nallow-addresses = [{allow:?}]"
    ))
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

fn id(request: &Request) -> String {
    request.header("webhook-id").unwrap().to_owned()
}

/// HMAC-SHA256 as RFC 2104 writes it down, for a key of at most 64 bytes.
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let padded = |pad: u8| {
        let mut block = [pad; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

/// Base64 as RFC 4648 writes it down.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let bits = three.iter().chain([&0, &0]).take(3).fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        let sign = |at: usize| char::from(SIGNS[(bits >> (18 - 6 * at)) as usize & 63]);
        (0..4).map(|at| if at <= three.len() { sign(at) } else { '=' }).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

#[track_caller]
fn verify(request: &Request) {
    let time = request.header("webhook-timestamp").unwrap();
    let signed = [id(request).as_bytes(), b".", time.as_bytes(), b".", &request.body].concat();
    let expected = format!("v1,{}", base64(&hmac(SECRET.as_bytes(), &signed)));
    assert_eq!(request.header("webhook-signature"), Some(expected.as_str()));
    assert_eq!(time.len(), 10, "seconds of these days: {time}");
}

#[test]
fn each_story_is_told_once_and_signed() {
    let (web, source) = news();
    let project = project(&source, &web.serve("/in", Route::Statuses(vec![204])));

    let first = project.once();
    project.once();

    let requests = web.requests("/in");
    assert!(requests.iter().all(|request| request.method == "POST"));
    for request in &requests {
        verify(request);
        assert_eq!(request.header("content-type"), Some("application/json"));
    }
    let titles: Vec<String> =
        requests.iter().map(|request| body(request)["title"].as_str().unwrap().to_owned()).collect();
    assert_eq!(titles.iter().filter(|title| *title == ROADMAP).count(), 1, "{}", first.ended);
    assert_eq!(titles.iter().collect::<BTreeSet<_>>().len(), titles.len(), "{titles:?}");
    assert_eq!(requests.iter().map(id).collect::<BTreeSet<_>>().len(), requests.len());

    let roadmap = requests.iter().map(body).find(|body| body["title"] == ROADMAP).unwrap();
    assert_eq!(roadmap["type"], "sanctionwatch.alert");
    assert_eq!(roadmap["watches"], serde_json::json!(["Iran and Belarus"]));
    assert_eq!(roadmap["source"], "Meridian");
    assert_eq!(roadmap["language"], "en");
    assert!(roadmap["score"].as_f64().unwrap() >= 3.0, "{roadmap}");
    let countries = roadmap["countries"].as_array().unwrap();
    assert!(["BY", "IR"].iter().all(|code| countries.contains(&(*code).into())), "{roadmap}");
    let listed = project.stories();
    let story = listed.iter().find(|story| story["id"] == roadmap["story"]).unwrap();
    assert_eq!(story["relations"], roadmap["relations"], "the shape is that of the other commands");
    let delivered = project.deliveries();
    let to_bot: Vec<_> = delivered.iter().filter(|delivery| delivery["channel"] == "webhook").collect();
    assert_eq!(to_bot.len(), requests.len());
    assert!(to_bot.iter().all(|delivery| delivery["to"] == "Desk bot" && delivery["state"] == "sent"));
    let shown = project.run(&["deliveries", "show", &to_bot[0]["id"].to_string()]).expect_code(0);
    assert!(requests.iter().any(|request| request.body == shown.stdout.trim_end().as_bytes()), "{shown}");
    assert!(!first.ended.stderr.contains(SECRET), "{}", first.ended);
    assert!(project.run(&["check"]).expect_code(0).stdout.contains("0 subscribers, 1 webhook,"));
}

#[rstest]
#[case::server_error(500)]
#[case::unavailable(503)]
#[case::too_many(429)]
#[case::request_timeout(408)]
#[case::withdrawn_key(401)]
#[case::forbidden(403)]
#[case::not_there_yet(404)]
fn what_fails_for_now_comes_once_more_under_the_same_id(#[case] status: u16) {
    let web = WebServer::start();
    let source = web.serve("/news.xml", Route::feed(rss(&[OIL])));
    let project = project(&source, &web.serve("/in", Route::Statuses(vec![status, 200])));

    let first = project.once();
    assert_eq!(first.numbers(["deliveries.pending", "deliveries.refused"]), [1, 0], "{}", first.ended);
    let words = project.run(&["deliveries"]).expect_code(0).stdout;
    assert!(words.contains(&format!("{status} ")) && words.contains("webhook Desk bot"), "{words}");
    let second = project.once();

    assert_eq!(second.number("deliveries.pending"), 0, "{}", second.ended);
    let requests = web.requests("/in");
    assert_eq!(requests.iter().map(|request| request.status).collect::<Vec<_>>(), [status, 200]);
    assert_eq!(id(&requests[0]), id(&requests[1]));
    assert_eq!(requests[0].body, requests[1].body);
    requests.iter().for_each(verify);
    assert_eq!(project.once().number("deliveries.sent"), 0, "and no more");
}

#[test]
fn an_answer_that_never_comes_leaves_it_in_doubt_and_the_copy_is_the_same() {
    let web = WebServer::start();
    let source = web.serve("/news.xml", Route::feed(rss(&[OIL])));
    let project = project(&source, &web.serve("/in", Route::Hang));

    assert_eq!(project.once().number("deliveries.pending"), 1);
    assert_eq!(project.run(&["deliveries", "--state", "in-doubt", "--json"]).json_lines().len(), 1);
    web.serve("/in", Route::Statuses(vec![202]));
    project.once();

    let requests = web.requests("/in");
    assert_eq!(requests.len(), 2);
    assert_eq!((id(&requests[0]), &requests[0].body), (id(&requests[1]), &requests[1].body));
}

#[rstest]
#[case::gone(Route::status(410), "410 Gone")]
#[case::not_wanted(Route::status(422), "422 Unprocessable Entity")]
#[case::too_large(Route::status(413), "413 Payload Too Large")]
fn what_is_refused_for_good_is_said_and_not_tried_again(#[case] route: Route, #[case] words: &str) {
    let web = WebServer::start();
    let source = web.serve("/news.xml", Route::feed(rss(&[OIL])));
    let mut project = project(&source, &web.serve("/in", route));

    let first = project.once();
    project.leaves("refused", 1);
    project.once();

    assert_eq!(first.numbers(["deliveries.pending", "deliveries.refused"]), [0, 1], "{}", first.ended);
    for expected in [words, "the webhook Desk bot", "refused for good"] {
        assert!(first.ended.stderr.contains(expected), "{expected}: {}", first.ended);
    }
    assert_eq!(web.requests("/in").len(), 1);
}

#[test]
fn a_redirect_to_a_private_address_is_refused_and_its_target_never_asked() {
    let (web, inside) = (WebServer::start(), WebServer::start());
    let source = web.serve("/news.xml", Route::feed(rss(&[OIL])));
    let target = inside.serve("/admin", Route::status(200));
    let mut project = project(&source, &web.serve("/in", Route::redirect(format!("{target}?token=x"))));

    let first = project.once();
    project.leaves("refused", 1);

    assert_eq!(first.number("deliveries.refused"), 1, "{}", first.ended);
    assert!(first.ended.stderr.contains("leads to http://127.0.0.1;"), "its host is named: {}", first.ended);
    for key in ["token=x", "/admin"] {
        assert!(!first.ended.stderr.contains(key), "{key}: {}", first.ended);
    }
    assert_eq!(inside.all_requests().len(), 0);
}

#[test]
fn a_webhook_that_is_down_holds_up_neither_mail_nor_another_webhook() {
    let (web, mail, nobody) = (WebServer::start(), MailServer::start(), Port::reserve());
    let source = web.serve("/news.xml", Route::feed(rss(&[OIL, ROADMAP])));
    let down = format!("http://{}/in", nobody.address());
    let project = project(&source, &down).subscriber(DESK).smtp(&mail);
    let mut project = told(project, "Other bot", &web.serve("/other", Route::status(200)), "127.0.0.0/8");

    let first = project.once();

    assert_eq!(first.number("deliveries.pending"), 2, "{}", first.ended);
    assert_eq!(web.requests("/other").len(), 2);
    for story in [OIL, ROADMAP] {
        assert!(mail.accepted_for(DESK).iter().any(|mail| mail.tells(story)), "{story}: {}", first.ended);
    }
    assert_eq!(first.ended.stderr.matches("nothing can be delivered").count(), 1, "{}", first.ended);
    let back = web.serve("/in", Route::status(200));
    project.change(&down, &back);
    let second = project.once();
    assert_eq!(second.number("deliveries.pending"), 0, "the same name, another address: {}", second.ended);
    assert_eq!(web.requests("/in").len(), 2);
}

#[test]
fn the_daemon_delivers_mail_while_a_webhook_hangs() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let source = web.serve("/news.xml", Route::feed(rss(&[OIL, ROADMAP])));
    let url = web.serve("/in", Route::Hang);
    let mut project = project(&source, &url).subscriber(DESK).smtp(&mail);

    let daemon = project.start();
    web.wait_for_requests("/in", 1);
    mail.wait_for(|mails| [OIL, ROADMAP].iter().all(|story| mails.iter().any(|mail| mail.tells(story))));
    daemon.wait_for_stories(&[OIL, ROADMAP]);
    daemon.terminate().expect_code(0);

    assert_eq!(web.requests("/in").len(), 1, "after one that hangs the webhook rests");
    project.leaves("in-doubt", 1);
    project.leaves("pending", 1);
}

#[test]
fn an_address_that_is_not_allowed_is_never_called() {
    let web = WebServer::start();
    let source = web.serve("/news.xml", Route::feed(rss(&[OIL])));
    // The name is public as far as the configuration can tell. That sources may be on loopback does not count.
    let url = web.url("/in").replace("http://127.0.0.1", "https://localhost");
    let mut project = told(Project::new().source("Meridian", &source), "Desk bot", &url, "10.0.0.0/8");

    let first = project.once();
    project.leaves("pending", 1);

    assert!(first.ended.stderr.contains("no public address"), "{}", first.ended);
    assert_eq!(web.requests("/in").len(), 0);
}

#[test]
fn what_waits_for_a_webhook_that_was_removed_is_given_up() {
    let (web, nobody) = (WebServer::start(), Port::reserve());
    let source = web.serve("/news.xml", Route::feed(rss(&[OIL])));
    let mut project = project(&source, &format!("http://{}/in", nobody.address()));
    assert_eq!(project.once().number("deliveries.pending"), 1);

    project.change("name = \"Desk bot\"", "name = \"New bot\"");
    project.leaves("given-up", 1);
    let second = project.once();

    assert_eq!(second.number("deliveries.pending"), 0, "{}", second.ended);
    let given_up = project.run(&["deliveries", "--state", "given-up"]).expect_code(0).stdout;
    assert!(given_up.contains("no longer a subscriber"), "{given_up}");
}

#[rstest]
#[case::scheme("gopher://hooks.example.org/in", "not over `gopher`")]
#[case::plain("http://hooks.example.org/in", "over http, whoever stands on the way")]
#[case::no_address("hooks.example.org/in", "no scheme")]
fn a_webhook_that_cannot_be_called_is_a_configuration_error(#[case] url: &str, #[case] words: &str) {
    let project = project("https://meridian.example/rss", url);
    let ended = project.run(&["once"]).expect_code(78);
    assert!(ended.stderr.contains(words) && ended.stderr.contains("sanctionwatch.toml:"), "{ended}");
    assert!(!project.state().exists(), "nothing is begun");
}

#[test]
fn without_a_secret_that_is_long_enough_nothing_begins() {
    let (_web, source) = news();
    let project = project(&source, "https://hooks.example.org/in");
    std::fs::remove_file(project.path("credentials/desk-bot-secret")).unwrap();

    let ended = project.run(&["once"]).expect_code(78);
    assert!(ended.stderr.contains("no secret is found"), "{ended}");
    std::fs::write(project.path("credentials/desk-bot-secret"), "hunter2").unwrap();
    let ended = project.run(&["once"]).expect_code(78);
    assert!(ended.stderr.contains("shorter than 16 bytes") && !ended.stderr.contains("hunter2"), "{ended}");
}

#[test]
fn a_mail_server_that_thinks_long_over_a_message_keeps_no_webhook_waiting() {
    let ((web, source), mail, gate) = (news(), MailServer::start(), Gate::at(Stage::Dot));
    mail.script(|script| script.gate = Some(gate.clone()));
    let mut project = project(&source, &web.serve("/in", Route::Statuses(vec![204])));
    project = project.subscriber(DESK).smtp(&mail);
    // Longer than the test waits for anything.
    project.change("timeout = \"3s\"\nfrom", "timeout = \"5m\"\nfrom");

    let daemon = project.start();
    gate.wait_until_reached();
    // One for each story.
    web.wait_for_requests("/in", 2);
    assert_eq!(mail.mails().len(), 0);
    gate.open();
    mail.wait_for(|mails| mails.iter().any(|mail| mail.tells(ROADMAP)));
    daemon.wait_for_stories(&[OIL, ROADMAP]);
    daemon.terminate().expect_code(0);
}
