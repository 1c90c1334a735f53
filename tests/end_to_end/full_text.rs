//! Full text: what a headline leaves open is decided by its article, and by the feed where there is none.

use crate::bad_state::sql;
use crate::support::feeds::{OIL, ROADMAP, linked_rss, slug};
use crate::support::mail::MailServer;
use crate::support::project::{DESK, Once, Project};
use crate::support::web::{Route, WebServer};
use rstest::rstest;
use serde_json::Value;

/// Names two states and says nothing of what they do.
const OPEN: &str = "A long night in Minsk and Tehran";
/// What its article says.
const SIGNED: &str =
    "Iran and Belarus signed a cooperation roadmap on Thursday, the two presidents said in Tehran.";

/// A page with an article of this text.
fn page(text: &str) -> Route {
    let body = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>News</title></head><body><nav><a href=\"/\">Home</a></nav>\
         <article><h1>A headline</h1><p>{text}</p><p>The talks went on until the morning.</p></article></body></html>"
    );
    Route::Plain { status: 200, headers: vec![("Content-Type", "text/html".into())], body: body.into() }
}

/// What stands before a page where programs are not wanted.
fn wall() -> Route {
    Route::Plain {
        status: 200,
        headers: vec![("Content-Type", "text/html".into())],
        body: b"<html><title>Just a moment...</title><p>Enable cookies to go on. Belarus and Iran were sanctioned.</p></html>".to_vec(),
    }
}

/// A feed of items an hour old whose articles are at `/1`, `/2`, … of this server.
fn feed(web: &WebServer, headlines: &[&'static str]) -> String {
    let link = |(index, headline): (usize, &&'static str)| (*headline, web.url(&format!("/{}", index + 1)));
    let items: Vec<_> = headlines.iter().enumerate().map(link).collect();
    web.serve("/news.xml", Route::feed(linked_rss(&items)))
}

/// A project whose only source wants its articles read.
fn reading(url: &str) -> Project {
    let mut project = Project::new().source("Meridian", url);
    project.change(&format!("url = \"{url}\""), &format!("url = \"{url}\"\nfull-text = true"));
    project
}

/// What came of the article of the only story's first item.
fn article(project: &Project) -> Value {
    let stories = project.stories();
    assert_eq!(stories.len(), 1, "{stories:?}");
    let id = stories[0]["id"].to_string();
    let shown = project.run(&["stories", "show", &id, "--json"]).expect_code(0).json();
    shown["items"][0]["article"].clone()
}

fn articles(once: &Once) -> [u64; 2] {
    once.numbers(["articles.read", "articles.failed"])
}

#[test]
fn what_a_headline_leaves_open_is_decided_by_its_article() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = feed(&web, &[OPEN]);
    web.serve("/1", page(SIGNED));

    let without = Project::new().source("Meridian", &url).once();
    assert_eq!((without.number("alerts"), web.requests("/1").len()), (0, 0), "{}", without.ended);

    let project = reading(&url).subscriber(DESK).smtp(&mail);
    let first = project.once();
    assert_eq!((first.number("alerts"), articles(&first)), (1, [1, 0]), "{}", first.ended);
    assert_eq!(first.number("items.new"), 1);
    let mails = mail.accepted_for(DESK);
    assert!(mails.len() == 1 && mails[0].tells(OPEN), "{mails:#?}");
    let text = mails[0].text();
    assert!(text.contains("In the article: \"Iran and Belarus signed a cooperation roadmap"), "{text}");
    assert_eq!(article(&project)["state"], "read");

    let second = project.once();
    assert_eq!((second.number("alerts"), web.requests("/1").len()), (0, 1), "{}", second.ended);
}

#[test]
fn a_watch_asks_for_the_articles_of_every_source() {
    let web = WebServer::start();
    let url = feed(&web, &[OPEN, "Cuba and Peru on the map of the week"]);
    web.serve("/1", page(SIGNED));
    web.serve("/2", page("Nothing happened."));
    let mut project = Project::new().source("Meridian", &url);
    project.change(
        "countries = [\"Iran\", \"Belarus\"]",
        "countries = [\"Iran\", \"Belarus\"]\nfull-text = true",
    );

    let first = project.once();

    assert_eq!((first.number("alerts"), articles(&first)), (1, [1, 0]), "{}", first.ended);
    assert_eq!(web.requests("/2").len(), 0, "the other watch does not ask");
}

#[rstest]
#[case::missing(Route::status(404), "not found")]
#[case::hangs(Route::Hang, "")]
#[case::sent_home(Route::redirect("/"), "start page")]
#[case::wall(wall(), "not an article")]
#[case::no_page(Route::Plain { status: 200, headers: vec![("Content-Type", "application/pdf".into())], body: b"%PDF-1.7".to_vec() }, "not a web page")]
fn what_cannot_be_read_is_told_by_the_feed(#[case] answer: Route, #[case] reason: &str) {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = feed(&web, &[ROADMAP]);
    web.serve("/1", answer);
    web.serve("/", page("The start page of Iran and Belarus."));
    let project = reading(&url).subscriber(DESK).smtp(&mail);

    let first = project.once();

    assert_eq!((first.number("alerts"), articles(&first)), (1, [0, 1]), "{}", first.ended);
    assert!(mail.accepted_for(DESK)[0].tells(ROADMAP));
    let article = article(&project);
    assert_eq!(article["state"], "failed");
    assert!(article["reason"].as_str().is_some_and(|text| text.contains(reason)), "{article}");
}

#[test]
fn an_open_headline_whose_article_cannot_be_read_is_dropped_with_its_reason() {
    let web = WebServer::start();
    let project = reading(&feed(&web, &[OPEN]));

    let first = project.once();

    assert_eq!((first.number("alerts"), articles(&first)), (0, [0, 1]), "{}", first.ended);
    assert_eq!(first.dropped("no-cue"), 1, "{}", first.ended);
}

#[test]
fn no_more_articles_are_read_than_configured() {
    let web = WebServer::start();
    let url = feed(&web, &[ROADMAP, OIL]);
    for path in ["/1", "/2"] {
        web.serve(path, page(SIGNED));
    }
    let mut project = reading(&url);
    project.change("timeout = \"3s\"", "timeout = \"3s\"\nmost-articles = 1");

    let first = project.once();

    assert_eq!((first.number("alerts"), articles(&first)), (2, [1, 0]), "{}", first.ended);
}

#[test]
fn who_waits_for_an_article_when_the_power_fails_is_told_after_the_next_start() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = feed(&web, &[OPEN]);
    web.serve("/1", Route::Hang);
    let mut project = reading(&url).subscriber(DESK).smtp(&mail);
    project.change("timeout = \"3s\"", "timeout = \"50s\"");

    let daemon = project.start();
    web.wait_for_requests("/1", 1);
    daemon.kill();
    assert_eq!(project.deliveries().len(), 0);
    web.serve("/1", page(SIGNED));
    let daemon = project.start();
    mail.wait_for(|mails| mails.iter().any(|mail| mail.tells(OPEN)));
    daemon.wait_for_stories(&[OPEN]);
    daemon.terminate().expect_code(0);

    assert_eq!(mail.accepted_for(DESK).len(), 1);
    assert_eq!(project.once().number("alerts"), 0);
}

#[test]
fn who_waits_for_an_article_of_a_source_that_was_removed_is_told_by_the_feed() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = feed(&web, &[ROADMAP]);
    web.serve("/1", Route::Hang);
    let mut project = reading(&url).subscriber(DESK).smtp(&mail);
    project.change("timeout = \"3s\"", "timeout = \"50s\"");
    let daemon = project.start();
    web.wait_for_requests("/1", 1);
    daemon.kill();

    project.change("name = \"Meridian\"", "name = \"Courier\"");
    project.change(&url, &web.serve("/other.xml", Route::feed("<rss version=\"2.0\"><channel/></rss>")));
    let daemon = project.start();
    mail.wait_for(|mails| mails.iter().any(|mail| mail.tells(ROADMAP)));
    daemon.wait_for_stories(&[ROADMAP]);
    daemon.terminate().expect_code(0);

    assert_eq!(web.requests("/1").len(), 1, "it is asked for nothing more");
    assert_eq!(article(&project)["reason"], "its source is configured no more");
}

#[test]
fn an_edit_of_the_headline_takes_nothing_back_that_the_article_told() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = feed(&web, &[OPEN]);
    web.serve("/1", page(SIGNED));
    let project = reading(&url).hasty_subscriber(DESK).smtp(&mail);
    assert_eq!(project.once().number("alerts"), 1);

    let told = linked_rss(&[("A long, long night in Minsk and Tehran", web.url("/1"))]);
    // The same item: the key follows from the headline.
    let same = told.replace(&slug("A long, long night in Minsk and Tehran"), &slug(OPEN));
    web.serve("/news.xml", Route::feed(same));
    let second = project.once();

    assert_eq!(second.numbers(["items.updated", "items.new", "alerts"]), [1, 0, 0], "{}", second.ended);
    assert_eq!(mail.accepted_for(DESK).len(), 1, "{:#?}", mail.mails());
    let story = &project.stories()[0];
    assert_eq!(story["relations"][0]["action"], "sign", "it says what it said: {story}");
    assert_eq!(web.requests("/1").len(), 1);
}

#[test]
fn an_item_that_is_edited_while_its_article_is_waited_for_is_decided_by_what_it_says_now() {
    let web = WebServer::start();
    let url = feed(&web, &[OPEN]);
    web.serve("/1", Route::Hang);
    let mut project = reading(&url);
    project.change("timeout = \"3s\"", "timeout = \"50s\"");
    let daemon = project.start();
    web.wait_for_requests("/1", 1);
    daemon.kill();

    // Nobody asks for articles any more, so that the poll comes first.
    project.change("\nfull-text = true", "");
    let edited = linked_rss(&[(ROADMAP, web.url("/1"))]).replace(&slug(ROADMAP), &slug(OPEN));
    web.serve("/news.xml", Route::feed(edited));
    web.serve("/1", Route::status(404));
    let once = project.once();
    assert_eq!(once.number("alerts"), 1, "{}", once.ended);
    assert_eq!(project.once().number("alerts"), 0);
}

/// The number of the only item of the only story.
fn only_item(project: &Project) -> String {
    let id = project.stories()[0]["id"].to_string();
    let shown = project.run(&["stories", "show", &id, "--json"]).expect_code(0).json();
    shown["items"][0]["id"].to_string()
}

#[test]
fn an_item_is_explained_with_the_article_that_decided() {
    let web = WebServer::start();
    let url = feed(&web, &[OPEN]);
    web.serve("/1", page(SIGNED));
    let project = reading(&url);
    assert_eq!(project.once().number("alerts"), 1);
    let item = only_item(&project);

    let shown = project.run(&["explain", &item]).expect_code(0).stdout;

    for part in [
        "told in story 1\n",
        "Its article was read: it is judged with it below\n",
        "In the article: “Iran and Belarus signed a cooperation roadmap on Thursday",
        "\nArticle\n",
        "\nReported\nAlliance · signed: Belarus ↔ Iran",
        "(body ",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("It is judged anew"), "the daemon and the command say the same: {shown}");
    let line = project.run(&["explain", &item, "--json"]).expect_code(0).json();
    let stored = &line["stored"];
    assert_eq!((&stored["article"]["state"], &stored["judged_by_article"]), (&"read".into(), &true.into()));
    assert_eq!(line["relations"], stored["relations"]);
    assert!(
        stored["passage"].as_str().is_some_and(|passage| passage.starts_with("Iran and Belarus")),
        "{line}"
    );

    sql(&project.state(), "UPDATE article SET text = '', passage = NULL;");
    let later = project.run(&["explain", &item]).expect_code(0).stdout;
    assert!(
        later.contains("Its article was read, and is kept no more: it is judged without it below"),
        "{later}"
    );
    assert!(later.contains("It is judged anew") && later.contains("Belarus ↔ Iran"), "{later}");
}

#[test]
fn where_the_headline_decides_explain_leaves_the_article_aside() {
    let web = WebServer::start();
    let url = feed(&web, &[ROADMAP]);
    web.serve("/1", page("The weather was fine on Thursday, and the two presidents went home early."));
    let project = reading(&url);
    assert_eq!(project.once().number("alerts"), 1);

    let shown = project.run(&["explain", &only_item(&project)]).expect_code(0).stdout;

    assert!(shown.contains("Its article was read, and tells no more than headline and summary"), "{shown}");
    assert!(shown.contains("\nReported\nAlliance"), "{shown}");
}

#[test]
fn why_an_article_was_not_read_stands_with_what_was_dropped() {
    let web = WebServer::start();
    let project = reading(&feed(&web, &[OPEN]));
    web.serve("/1", wall());
    assert_eq!(project.once().number("alerts"), 0);
    let reason = "a page that keeps programs out, not an article";

    let dropped = project.run(&["stories", "--dropped"]).expect_code(0).stdout;
    assert!(dropped.contains(&format!("its article could not be read: {reason}")), "{dropped}");
    let item = &project.run(&["stories", "--dropped", "--json"]).expect_code(0).json_lines()[0];
    assert_eq!(item["article"]["state"], "failed");
    assert!(item["article"]["reason"].as_str().is_some_and(|text| text.contains(reason)), "{item}");
    let shown = project.run(&["explain", &item["id"].to_string()]).expect_code(0).stdout;
    assert!(shown.contains(&format!("Its article could not be read: {reason}")), "{shown}");
}
