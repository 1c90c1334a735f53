//! `[templates]`: mails as an operator likes them, tried before anything is sent.

use crate::support::feeds::rss;
use crate::support::mail::MailServer;
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};

const DRILLS: &str = "China and Iran begin joint naval drills in Gulf of Oman";

/// What a text of one's own may look like.
const TEXT: &str = "Seen for {{ recipient }}\n\
    {% for group in groups %}{% for story in group.stories %}* {{ story.title }}\n{% endfor %}{% endfor %}\n\
    No more: {% if unsubscribe.page %}{{ unsubscribe.page }}{% endif %} {{ unsubscribe.mail }}\n";

fn project(mail: &MailServer, web: &WebServer, text: &str) -> Project {
    let url = web.serve("/news.xml", Route::feed(rss(&[DRILLS]).into_bytes()));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(mail);
    std::fs::write(project.path("own.txt"), text).unwrap();
    project.with("[templates]\ntext = \"own.txt\"")
}

#[test]
fn mails_look_as_the_operator_wants_them_to() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let project = project(&mail, &web, TEXT);
    project.run(&["check"]).expect_code(0);
    project.once();
    let told = mail.accepted_for(DESK).remove(0).text();
    assert!(told.contains("Seen for desk@example.org") && told.contains(DRILLS), "{told}");
}

#[test]
fn a_template_that_cannot_be_used_is_an_error_with_its_line_before_anything_is_sent() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    for (text, problem) in [
        ("{{ recipient }}\n{{ headlines }}\n", "line 2: there is no variable `headlines`"),
        ("{{ recipient }}\n{% for story in %}\n", "line 2"),
        ("Nothing to see.\n", "unsubscribe"),
    ] {
        let project = project(&mail, &web, text);
        for command in ["check", "once", "run"] {
            let ended = project.run(&[command]).expect_code(78);
            assert!(ended.stderr.contains(problem) && ended.stderr.contains("own.txt"), "{command}: {ended}");
        }
    }
    assert!(mail.mails().is_empty() && web.all_requests().is_empty());
}

#[test]
fn a_template_that_fails_at_what_no_sample_held_costs_no_mail() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let fails = "{% if \"naval\" in groups[0].stories[0].title %}{{ groups[0].nowhere.at }}{% endif %}";
    let project = project(&mail, &web, &format!("{TEXT}{fails}\n"));
    project.run(&["check"]).expect_code(0);
    let once = project.once();
    assert!(once.ended.stderr.contains("a template of [templates] failed"), "{}", once.ended);
    let told = mail.accepted_for(DESK).remove(0).text();
    assert!(told.contains(DRILLS) && !told.contains("Seen for"), "{told}");
}
