//! Servers that want a login or a key: who gets it, and who never does.

use crate::support::feeds::{OIL, rss};
use crate::support::program;
use crate::support::project::{PASSWORD, Project};
use crate::support::web::{Route, WebServer};

const LOGIN: &str = "user = \"desk\"\npassword-credential = \"smtp-password\"\n\
                     headers = { X-Api-Key = { credential = \"agency-key\" }, Accept-Language = \"en\" }";

/// `desk:correct horse`
const BASIC: &str = "Basic ZGVzazpjb3JyZWN0IGhvcnNl";

fn project(url: &str, keys: &str) -> Project {
    let project = Project::new().with(&format!("[[source]]\nname = \"Agency\"\nurl = \"{url}\"\n{keys}"));
    std::fs::write(project.path("agency-key"), "key of the agency\n").unwrap();
    project
}

#[test]
fn a_login_goes_to_its_server_and_not_to_where_it_leads() {
    let (web, other) = (WebServer::start(), WebServer::start());
    let there = other.serve("/there.xml", Route::feed(rss(&[OIL])));
    let url = web.serve("/feed.xml", Route::redirect(&there));
    let project = project(&url, LOGIN);

    let first = project.once();

    assert_eq!(first.number("entries"), 1, "{}", first.ended);
    let asked = &web.requests("/feed.xml")[0];
    let sent = ["authorization", "x-api-key", "accept-language"].map(|name| asked.header(name));
    assert_eq!(sent, [Some(BASIC), Some("key of the agency"), Some("en")]);
    let led = &other.requests("/there.xml")[0];
    let sent = ["authorization", "x-api-key", "accept-language"].map(|name| led.header(name));
    assert_eq!(sent, [None; 3]);
}

#[test]
fn a_refused_login_is_told_without_the_secret() {
    let web = WebServer::start();
    let url = web.serve("/feed.xml", Route::status(401));

    let refused = project(&url, LOGIN).once_ending(69);

    let reason = "the server answers 401 (login required): the password of `password-credential` was refused";
    assert_eq!(refused.failures()["Agency"], reason);
    for secret in [PASSWORD, BASIC, "key of the agency"] {
        assert!(!refused.ended.to_string().contains(secret), "{}", refused.ended);
    }
}

#[test]
fn a_credential_that_is_not_there_is_a_mistake_of_the_configuration() {
    let project = project("https://agency.example/", "token-credential = \"agency-token\"");
    for command in ["once", "check", "run"] {
        let ended = project.run(&[command]).expect_code(78);
        assert!(ended.stderr.contains("no token is found where `token-credential` points"), "{ended}");
    }
    let mut command = project.command(&["check"]);
    command.env("agency-token", "t");
    program::run(command, None).expect_code(0);
}
