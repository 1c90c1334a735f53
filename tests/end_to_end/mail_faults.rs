//! Mail that cannot go out: it waits and goes out later, once; what is refused is listed; what is in
//! doubt goes again under the same Message-ID.

use crate::support::feeds::{OIL, ROADMAP, fixture};
use crate::support::mail::{Act, Fault, Mail, MailServer, Moments, Script, Stage};
use crate::support::project::{DESK, LOGIN, Once, Project};
use crate::support::web::{Route, WebServer};
use rstest::rstest;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Three people, each owed one mail.
const PEOPLE: [&str; 3] = [DESK, "second@example.org", "third@example.org"];

fn for_three(url: &str, mail: &MailServer, keys: &str) -> Project {
    let project = Project::new().source("Meridian", url).smtp_with(mail, keys);
    PEOPLE.iter().fold(project, |project, person| project.subscriber(person))
}

/// The Message-IDs of the mails in the outbox, by address.
fn outbox(project: &Project) -> BTreeMap<String, String> {
    let text = |delivery: &Value, key: &str| delivery[key].as_str().unwrap_or_default().to_owned();
    let deliveries = project.deliveries();
    let mails = deliveries.iter().filter(|delivery| delivery["channel"] == "smtp");
    mails.map(|delivery| (text(delivery, "to"), format!("<{}>", text(delivery, "message_id")))).collect()
}

/// Everybody's mail was accepted once, under the id that it had in the outbox.
#[track_caller]
fn assert_each_has_it_once(mail: &MailServer, outbox: &BTreeMap<String, String>) {
    for person in PEOPLE {
        let accepted = mail.accepted_for(person);
        assert_eq!(accepted.len(), 1, "{person}: {:#?}", mail.talk());
        assert!(accepted[0].tells(ROADMAP), "{}", accepted[0].data);
        assert_eq!(Some(&accepted[0].message_id()), outbox.get(person));
    }
    assert_eq!(outbox.len(), PEOPLE.len(), "{outbox:#?}");
}

/// `[smtp]` as [`Project::smtp`] writes it.
fn server_table(mail: &MailServer) -> String {
    format!(
        "[smtp]\nhost = \"localhost\"\nport = {}\ntimeout = \"3s\"\n\
         from = \"Sanctions watch <alerts@example.org>\"\nsecurity = \"none\"",
        mail.port()
    )
}

fn news() -> (WebServer, String) {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    (web, url)
}

fn ids<'a>(mails: impl IntoIterator<Item = &'a Mail>) -> BTreeSet<String> {
    mails.into_iter().map(Mail::message_id).collect()
}

fn count(once: &Once, path: &str) -> usize {
    usize::try_from(once.number(path)).unwrap()
}

#[test]
fn with_the_server_down_alerts_wait_and_go_out_later_once() {
    let ((_web, url), mut mail) = (news(), MailServer::start());
    mail.down();
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);

    let first = project.once();
    let waiting = count(&first, "deliveries.pending");
    assert!(waiting > 0, "{}", first.ended);
    let listed = project.deliveries();
    assert_eq!(listed.iter().filter(|delivery| delivery["state"] == "pending").count(), waiting);

    mail.up();
    let second = project.once();

    assert_eq!(second.number("alerts"), 0, "{}", second.ended);
    assert_eq!(second.number("deliveries.pending"), 0, "{}", second.ended);
    let mails = mail.accepted_for(DESK);
    assert_eq!(mails.iter().filter(|mail| mail.tells(ROADMAP)).count(), 1);
    assert_eq!(mails.iter().filter(|mail| mail.tells(OIL)).count(), 1);
    for id in ids(&mails) {
        let bare = id.trim_matches(['<', '>']);
        let known = listed.iter().any(|delivery| delivery.to_string().contains(bare));
        assert!(known, "{id} is not the id that waited: {listed:#?}");
    }
    let sent = mail.mails().len();
    project.once();
    assert_eq!(mail.mails().len(), sent, "nothing goes out a second time");
}

#[test]
fn what_waits_for_someone_who_was_removed_is_not_sent() {
    let ((_web, url), mut mail) = (news(), MailServer::start());
    mail.down();
    let mut project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    let waiting = count(&project.once(), "deliveries.pending");
    assert!(waiting > 0);

    mail.up();
    project.change(&format!("email = \"{DESK}\""), "email = \"successor@example.org\"");
    project.leaves("given-up", waiting);
    let second = project.once();

    assert_eq!(second.number("deliveries.pending"), 0, "{}", second.ended);
    assert_eq!(mail.mails().len(), 0, "neither the one who left nor, looking back, the one who came");
}

#[test]
fn what_waits_for_a_mail_server_goes_into_the_folder_that_replaces_it() {
    let ((_web, url), mut mail) = (news(), MailServer::start());
    mail.down();
    let mut project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    assert!(count(&project.once(), "deliveries.pending") > 0);

    mail.up();
    let waiting = outbox(&project);
    let server = server_table(&mail);
    let folder = "[mail]\nfolder = \"mail\"";
    project.change(&server, folder);
    let second = project.once();
    assert_eq!(second.number("deliveries.pending"), 0, "{}", second.ended);
    for id in waiting.values() {
        let file = project.path("mail").join(format!("{}.eml", id.trim_matches(['<', '>'])));
        assert!(file.exists(), "what waited for the server is in the folder: {}", file.display());
    }

    project.change(folder, &server);
    project.once();
    assert_eq!(mail.mails().len(), 0, "and nowhere else");
}

#[test]
fn what_could_not_be_written_into_a_folder_goes_to_the_mail_server_that_replaces_it() {
    let ((_web, url), mail) = (news(), MailServer::start());
    let folder = "[mail]\nfolder = \"mail\"";
    let mut project = Project::new().source("Meridian", &url).subscriber(DESK).with(folder);
    std::fs::write(project.path("mail"), "in the way").unwrap();
    assert!(count(&project.once(), "deliveries.pending") > 0);

    project.change(folder, &server_table(&mail));
    let second = project.once();
    assert_eq!(second.number("deliveries.pending"), 0, "{}", second.ended);
    let accepted = mail.accepted_for(DESK);
    assert_eq!(accepted.iter().filter(|mail| mail.tells(ROADMAP)).count(), 1);
    assert_eq!(Some(&accepted[0].message_id()), outbox(&project).get(DESK));
}

#[rstest]
#[case::greylisted(|script: &mut Script| { script.recipients.insert(DESK, "450 4.2.0 greylisted"); })]
#[case::login(|script: &mut Script| script.login = Some("535 5.7.8 wrong password"))]
#[case::full(|script: &mut Script| script.refused_words = Some(("Subject", "452 4.3.1 no room")))]
fn a_passing_fault_keeps_the_mail_and_its_id(#[case] fault: fn(&mut Script)) {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.script(|script| script.login = Some("235 2.7.0 welcome"));
    mail.script(fault);
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp_with(&mail, LOGIN);

    let first = project.once();
    let waiting = count(&first, "deliveries.pending");
    assert!(waiting > 0, "{}\n{:#?}", first.ended, mail.talk());
    assert_eq!(first.number("deliveries.refused"), 0, "{}", first.ended);
    assert_eq!(mail.accepted_for(DESK).len(), 0);

    mail.script(|script| {
        *script = Script { login: Some("235 2.7.0 welcome"), ..Script::default() };
    });
    let second = project.once();

    assert_eq!(second.number("deliveries.pending"), 0, "{}\n{:#?}", second.ended, mail.talk());
    let accepted = mail.accepted_for(DESK);
    assert_eq!(accepted.iter().filter(|mail| mail.tells(ROADMAP)).count(), 1);
    assert_eq!(ids(&accepted).len(), accepted.len());
}

#[test]
fn a_refused_recipient_is_listed_and_the_others_are_served() {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.script(|script| {
        script.recipients.insert("gone@example.org", "550 5.1.1 no such user");
    });
    let mut project =
        Project::new().source("Meridian", &url).subscriber("gone@example.org").subscriber(DESK).smtp(&mail);

    let first = project.once();

    let refused = count(&first, "deliveries.refused");
    assert!(refused > 0, "{}", first.ended);
    project.leaves("refused", refused);
    assert!(mail.accepted_for(DESK).iter().any(|mail| mail.tells(ROADMAP)));
    let listed = project.deliveries();
    let told: Vec<_> = listed.iter().filter(|delivery| delivery["state"] == "refused").collect();
    assert_eq!(told.len(), refused);
    assert!(told.iter().all(|delivery| delivery.to_string().contains("550")), "with a reason: {told:#?}");
    let talk = mail.talk().len();
    project.once();
    let again = mail.talk().split_off(talk);
    assert!(!again.iter().any(|line| line.contains("gone@example.org")), "not tried again: {again:#?}");
}

#[test]
fn a_refused_message_is_listed_and_the_others_go_out() {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.script(|script| script.refused_words = Some((DESK, "554 5.7.1 looks like spam")));
    let mut project =
        Project::new().source("Meridian", &url).subscriber(DESK).subscriber("second@example.org").smtp(&mail);

    let first = project.once();

    let refused = count(&first, "deliveries.refused");
    assert!(refused > 0, "{}\n{:#?}", first.ended, mail.talk());
    project.leaves("refused", refused);
    assert_eq!(mail.accepted_for(DESK).len(), 0);
    assert!(mail.accepted_for("second@example.org").iter().any(|mail| mail.tells(ROADMAP)));
}

#[test]
fn cut_after_the_final_dot_the_copy_carries_the_same_id() {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.fault(Fault::always(Stage::Dot, Act::Cut));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);

    let first = project.once();
    let in_doubt = mail.mails();
    assert!(!in_doubt.is_empty(), "{}", first.ended);
    assert_eq!(first.number("deliveries.refused"), 0, "{}", first.ended);
    let states: BTreeMap<String, usize> =
        project.deliveries().iter().fold(BTreeMap::new(), |mut states, one| {
            *states.entry(one["state"].to_string()).or_default() += 1;
            states
        });
    assert!(states.contains_key("\"in-doubt\""), "known as in doubt: {states:?}");

    assert!(
        first.ended.stderr.contains("tried again later; a copy of it may have arrived already"),
        "{}",
        first.ended
    );

    mail.mend();
    let second = project.once();
    assert!(
        second.ended.stderr.contains("a message was accepted; a copy of it may have arrived already"),
        "{}",
        second.ended
    );

    let accepted = mail.accepted_for(DESK);
    assert!(ids(&in_doubt).is_subset(&ids(&accepted)), "{in_doubt:#?}\n{accepted:#?}");
    assert_eq!(ids(&accepted).len(), accepted.len(), "one accepted copy of each");
    let copy = accepted.iter().find(|mail| mail.message_id() == in_doubt[0].message_id());
    assert_eq!(copy.map(|mail| &mail.data), Some(&in_doubt[0].data), "byte for byte, Date included");
}

/// The first round serves one of three and leaves two waiting, the second one those.
#[track_caller]
fn assert_one_has_it_and_two_later(url: &str, mail: &MailServer) {
    let project = for_three(url, mail, "security = \"none\"");

    let first = project.once();
    assert_eq!(first.numbers(["deliveries.pending", "deliveries.refused"]), [2, 0], "{}", first.ended);
    assert_eq!(mail.mails().len(), 1, "{:#?}", mail.talk());
    let waiting = outbox(&project);

    let second = project.once();
    assert_eq!(second.numbers(["deliveries.pending", "deliveries.refused"]), [0, 0], "{}", second.ended);
    assert_each_has_it_once(mail, &waiting);
}

#[rstest]
#[case::sender(Stage::Sender, "452 4.3.1 insufficient system storage")]
#[case::recipient(Stage::Recipient, "451 4.3.0 try later")]
#[case::message(Stage::Dot, "451 4.7.1 try later")]
fn what_is_put_off_waits_and_the_others_are_served(#[case] stage: Stage, #[case] reply: &'static str) {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.fault(Fault::new(stage, 0..2, Act::Say(reply)));
    assert_one_has_it_and_two_later(&url, &mail);
}

#[rstest]
#[case::closing_at_recipient(Stage::Recipient, Act::Bye("421 4.3.2 shutting down"))]
#[case::closing_after_dot(Stage::Dot, Act::Bye("421 4.3.2 shutting down"))]
#[case::cut(Stage::Recipient, Act::Cut)]
#[case::silent(Stage::Data, Act::Silence)]
fn a_server_that_stops_in_the_middle_gets_the_rest_later(#[case] stage: Stage, #[case] act: Act) {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.fault(Fault::new(stage, 1..2, act));
    assert_one_has_it_and_two_later(&url, &mail);
    assert_eq!(mail.mails().len(), PEOPLE.len());
}

#[test]
fn a_server_that_hangs_up_between_two_mails_is_called_again() {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.fault(Fault::always(Stage::Reset, Act::Bye("421 4.4.2 idle for too long")));
    let project = for_three(&url, &mail, "security = \"none\"");

    let first = project.once();

    assert_eq!(first.number("deliveries.pending"), 0, "{}\n{:#?}", first.ended, mail.talk());
    assert_each_has_it_once(&mail, &outbox(&project));
}

#[test]
fn cut_in_the_middle_of_its_text_a_mail_goes_again() {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.fault(Fault::new(Stage::Text, 0..1, Act::Cut));
    let project = for_three(&url, &mail, "security = \"none\"");

    let first = project.once();
    // Whether the dot had gone into the line already is not in our hands: only a channel that is known
    // to have failed holds up the others.
    let waiting = count(&first, "deliveries.pending");
    assert!(waiting >= 1, "{}", first.ended);
    assert_eq!(waiting + mail.mails().len(), PEOPLE.len(), "{:#?}", mail.talk());
    let known = outbox(&project);

    let second = project.once();
    assert_eq!(second.numbers(["deliveries.pending", "deliveries.refused"]), [0, 0], "{}", second.ended);
    assert_each_has_it_once(&mail, &known);
}

#[rstest]
#[case::silent(Act::Silence)]
#[case::long_line(Act::LongLine)]
fn without_a_proper_answer_after_the_dot_a_mail_is_in_doubt_and_holds_up_nobody(#[case] act: Act) {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.fault(Fault::new(Stage::Dot, 0..1, act));
    let project = for_three(&url, &mail, "security = \"none\"");

    let first = project.once();
    assert_eq!(first.numbers(["deliveries.pending", "deliveries.refused"]), [1, 0], "{}", first.ended);
    let in_doubt = project.deliveries().iter().filter(|delivery| delivery["state"] == "in-doubt").count();
    assert_eq!(in_doubt, 1);
    let kept = mail.mails();
    assert_eq!(kept.len(), PEOPLE.len(), "the others were served: {:#?}", mail.talk());
    let known = outbox(&project);

    project.once();
    assert_each_has_it_once(&mail, &known);
    let copies = mail.mails_after(kept.len());
    assert_eq!(copies.len(), 1, "one copy, of the one in doubt: {:#?}", mail.talk());
    let original = kept.iter().find(|mail| !mail.acknowledged);
    assert_eq!(original.map(|mail| &mail.data), Some(&copies[0].data), "byte for byte");
}

#[rstest]
#[case::busy(Stage::Greeting, Act::Bye("421 4.3.2 try later"))]
#[case::endless_greeting(Stage::Greeting, Act::Flood("220-hello\r\n"))]
#[case::nul_bytes(Stage::Greeting, Act::Flood("\0\0\0\0\0\0\0\0"))]
#[case::long_greeting(Stage::Greeting, Act::LongLine)]
#[case::long_reply_to_sender(Stage::Sender, Act::LongLine)]
fn a_server_that_cannot_be_talked_to_is_left_at_once(#[case] stage: Stage, #[case] act: Act) {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.fault(Fault::always(stage, act));
    let mut project = for_three(&url, &mail, "security = \"none\"");
    project.change("timeout = \"3s\"", "timeout = \"60s\"");

    let first = project.once();
    assert_eq!(first.numbers(["deliveries.pending", "deliveries.refused"]), [3, 0], "{}", first.ended);
    let listed = project.deliveries();
    let answers: Vec<&str> = listed.iter().filter_map(|delivery| delivery["answer"].as_str()).collect();
    assert!(answers.iter().any(|answer| answer.contains("the channel failed")), "{listed:#?}");
    assert!(!answers.iter().any(|answer| answer.contains("no answer within")), "not by waiting: {listed:#?}");
    let waiting = outbox(&project);

    mail.mend();
    let second = project.once();
    assert_eq!(second.number("deliveries.pending"), 0, "{}", second.ended);
    assert_each_has_it_once(&mail, &waiting);
}

#[test]
fn a_slow_server_is_waited_for() {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.script(|script| script.before_replies = Some(Moments::new(1, Duration::from_millis(150))));
    let project = for_three(&url, &mail, "security = \"none\"");

    let first = project.once();

    assert_eq!(first.number("deliveries.pending"), 0, "{}\n{:#?}", first.ended, mail.talk());
    assert_each_has_it_once(&mail, &outbox(&project));
}

#[test]
fn where_encryption_fails_for_a_while_nothing_is_said_in_clear_text() {
    let (_web, url) = news();
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    let mail = MailServer::start_with_tls(&authority);
    mail.script(|script| script.login = Some("235 2.7.0 welcome"));
    mail.fault(Fault::always(Stage::StartTls, Act::Say("454 4.7.0 TLS not available")));
    let keys = format!("{}\nca-file = {authority:?}", LOGIN.replace("none", "starttls"));
    let project = for_three(&url, &mail, &keys);

    let first = project.once();
    assert_eq!(first.number("deliveries.pending"), 3, "{}", first.ended);
    let said = mail.talk();
    assert!(!said.iter().any(|line| line.starts_with("C AUTH") || line.starts_with("C MAIL")), "{said:#?}");
    let waiting = outbox(&project);

    mail.mend();
    let second = project.once();
    assert_eq!(second.number("deliveries.pending"), 0, "{}", second.ended);
    assert_each_has_it_once(&mail, &waiting);
    assert!(mail.mails().iter().all(|mail| mail.encrypted));
}

#[rstest]
#[case::not_wanted(Stage::Data, "554 5.7.1 not wanted")]
#[case::mailbox_full(Stage::Dot, "552 5.2.2 mailbox full")]
fn one_message_that_is_refused_is_not_tried_again_and_stops_nobody(
    #[case] stage: Stage,
    #[case] reply: &'static str,
) {
    let ((_web, url), mail) = (news(), MailServer::start());
    mail.fault(Fault::new(stage, 1..2, Act::Say(reply)));
    let mut project = for_three(&url, &mail, "security = \"none\"");
    project.leaves("refused", 1);

    let first = project.once();
    assert_eq!(first.numbers(["deliveries.pending", "deliveries.refused"]), [0, 1], "{}", first.ended);
    assert_eq!(mail.mails().len(), PEOPLE.len() - 1, "{:#?}", mail.talk());

    let second = project.once();
    assert_eq!(second.numbers(["deliveries.pending", "deliveries.sent"]), [0, 0], "{}", second.ended);
    assert_eq!(mail.mails().len(), PEOPLE.len() - 1, "{:#?}", mail.talk());
    let refused = project.deliveries().into_iter().find(|delivery| delivery["state"] == "refused");
    assert!(refused.is_some_and(|delivery| delivery["answer"].to_string().contains(&reply[..9])));
}
