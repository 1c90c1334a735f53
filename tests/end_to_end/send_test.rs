//! `send-test`: what the server said, and where to look.

use crate::support::mail::{Act, Fault, MailServer, Script, Stage};
use crate::support::project::{DESK, LOGIN, Project};
use crate::support::web::WebServer;
use rstest::rstest;

fn project(mail: &MailServer, keys: &str) -> Project {
    let web = WebServer::start();
    Project::new().source("Meridian", &web.url("/news.xml")).subscriber(DESK).smtp_with(mail, keys)
}

#[test]
fn a_sample_alert_and_a_sample_digest_come_as_real_ones_would() {
    let mail = MailServer::start();
    let project = project(&mail, "security = \"none\"")
        .with("[listen]\naddress = \"127.0.0.1:1\"\npublic-url = \"https://alerts.example.org/\"");

    let ended = project.run(&["send-test", DESK]).expect_code(0);

    assert!(ended.stdout.contains("A sample alert: sent by localhost:"), "{ended}");
    assert!(ended.stdout.contains("A sample digest: sent by localhost:"), "{ended}");
    let mails = mail.accepted_for(DESK);
    assert_eq!(mails.len(), 2, "{mails:#?}");
    for mail in &mails {
        assert_eq!(mail.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
        assert!(mail.text().contains("https://alerts.example.org/unsubscribe/"), "{}", mail.text());
    }
    assert!(!project.state().exists(), "nothing is kept of it");
}

fn fault(stage: Stage, act: Act) -> Script {
    Script { faults: vec![Fault::always(stage, act)], ..Script::default() }
}

/// What the server does, what it said of it, and what an operator should look at.
#[rstest]
#[case::no_encryption(
    Script::default(),
    "security = \"starttls\"",
    "STARTTLS",
    "`security = \"tls\"` (port 465)"
)]
#[case::a_wrong_password(
    Script { login: Some("535 5.7.8 authentication failed"), ..Script::default() },
    LOGIN,
    "535 5.7.8 authentication failed",
    "`password-credential`"
)]
#[case::not_in_this_name(
    fault(Stage::Sender, Act::Say("553 5.7.1 not owned by user")),
    "security = \"none\"",
    "553 5.7.1 not owned by user",
    "look at `from`"
)]
#[case::relay_denied(
    fault(Stage::Recipient, Act::Say("454 4.7.1 relay access denied")),
    "security = \"none\"",
    "454 4.7.1 relay access denied",
    "it wants a login"
)]
#[case::no_such_address(
    fault(Stage::Recipient, Act::Say("550 5.1.1 no such user")),
    "security = \"none\"",
    "550 5.1.1 no such user",
    "is it written right?"
)]
#[case::the_message_refused(
    fault(Stage::Dot, Act::Say("554 5.7.1 spam")),
    "security = \"none\"",
    "554 5.7.1 spam",
    "the message itself is refused"
)]
#[case::cut_off_after_the_dot(
    fault(Stage::Dot, Act::Cut),
    "security = \"none\"",
    "A sample alert: ",
    "it may have arrived"
)]
fn an_operator_is_led_to_the_mistake(
    #[case] script: Script,
    #[case] keys: &str,
    #[case] said: &str,
    #[case] advice: &str,
) {
    let mail = MailServer::start();
    mail.script(|now| *now = script);
    let project = project(&mail, keys);
    project.set_password("secret");

    let ended = project.run(&["send-test", DESK]).expect_code(69);

    assert!(ended.stdout.contains(said), "{ended}");
    assert!(ended.stderr.contains(advice), "{ended}");
    assert!(!ended.stdout.contains("secret") && !ended.stderr.contains("secret"), "{ended}");
}

#[test]
fn a_server_that_is_not_there_is_told_with_its_address() {
    let mut mail = MailServer::start();
    mail.down();
    let project = project(&mail, "security = \"none\"");

    let ended = project.run(&["send-test", DESK]).expect_code(69);

    assert!(ended.stderr.contains("no server answers there"), "{ended}");
}

#[test]
fn without_a_way_to_send_it_is_an_error_of_the_configuration() {
    let project = Project::new().source("Meridian", "https://meridian.example/rss");

    let ended = project.run(&["send-test", DESK]).expect_code(78);

    assert!(ended.stderr.contains("add `[smtp]` or `[mail]`"), "{ended}");
}
