//! Mail that cannot go out: it waits and goes out later, once; what is refused is listed; what is in
//! doubt goes again under the same Message-ID.

use crate::support::feeds::{OIL, ROADMAP, fixture};
use crate::support::mail::{Mail, MailServer, Script};
use crate::support::project::{DESK, LOGIN, Once, Project};
use crate::support::web::{Route, WebServer};
use rstest::rstest;
use std::collections::{BTreeMap, BTreeSet};

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
fn a_mail_server_that_is_taken_out_for_a_while_loses_nothing() {
    let ((_web, url), mut mail) = (news(), MailServer::start());
    mail.down();
    let mut project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    assert!(count(&project.once(), "deliveries.pending") > 0);

    mail.up();
    let server = format!(
        "[smtp]\nhost = \"localhost\"\nport = {}\ntimeout = \"3s\"\n\
         from = \"Sanctions watch <alerts@example.org>\"\nsecurity = \"none\"",
        mail.port()
    );
    let folder = "[mail]\nfolder = \"mail\"";
    project.change(&server, folder);
    assert!(count(&project.once(), "deliveries.pending") > 0, "it waits for the server to come back");

    project.change(folder, &server);
    let third = project.once();
    assert_eq!(third.number("deliveries.pending"), 0, "{}", third.ended);
    assert_eq!(mail.accepted_for(DESK).iter().filter(|mail| mail.tells(ROADMAP)).count(), 1);
}

#[rstest]
#[case::greeting(|script: &mut Script| script.greeting = Some("421 4.3.2 try later"))]
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
    mail.script(|script| script.cut_after_dot = true);
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

    mail.script(|script| script.cut_after_dot = false);
    project.once();

    let accepted = mail.accepted_for(DESK);
    assert!(ids(&in_doubt).is_subset(&ids(&accepted)), "{in_doubt:#?}\n{accepted:#?}");
    assert_eq!(ids(&accepted).len(), accepted.len(), "one accepted copy of each");
    let copy = accepted.iter().find(|mail| mail.message_id() == in_doubt[0].message_id());
    assert_eq!(copy.map(|mail| &mail.data), Some(&in_doubt[0].data), "byte for byte, Date included");
}
