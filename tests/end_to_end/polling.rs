//! Polls: what is fresh is told once, what is old, edited, repeated or nobody's business is not.

use crate::support::feeds::{FOOTBALL, OIL, OLD, ROADMAP, fixture, one_item, rss, weekday_after_tomorrow};
use crate::support::mail::{Mail, MailServer};
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};

/// How many of the mails tell of a headline.
fn telling(mails: &[Mail], headline: &str) -> usize {
    mails.iter().filter(|mail| mail.tells(headline)).count()
}

#[test]
fn a_first_poll_tells_what_is_fresh_and_matches_a_watch() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);

    let first = project.once();

    let sources = ["sources.polled", "sources.changed", "sources.unchanged", "sources.failed"];
    assert_eq!(first.numbers(sources), [1, 1, 0, 0]);
    assert_eq!(first.numbers(["entries", "items.new", "items.updated", "items.known"]), [5, 5, 0, 0]);
    assert!(first.number("alerts") >= 2, "{}", first.ended);
    let mails = mail.accepted_for(DESK);
    assert_eq!(telling(&mails, ROADMAP), 1, "{mails:#?}");
    assert_eq!(telling(&mails, OIL), 1, "{mails:#?}");
    assert_eq!(telling(&mails, OLD), 0, "{mails:#?}");
    assert_eq!(telling(&mails, FOOTBALL), 0, "{mails:#?}");
    assert_eq!(first.dropped("baseline"), 1, "{}", first.ended);
}

#[test]
fn without_a_subscriber_alerts_go_to_the_log() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url);

    let first = project.once();

    let lines = |headline: &str| first.ended.stderr.lines().filter(|line| line.contains(headline)).count();
    assert_eq!(lines(ROADMAP), 1, "{}", first.ended);
    assert_eq!(lines(OLD), 0, "{}", first.ended);
}

#[test]
fn a_second_poll_asks_for_news_only_and_tells_nothing() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    project.once();
    let told = mail.mails().len();

    let second = project.once();

    let requests = web.requests("/news.xml");
    assert_eq!(requests.len(), 2);
    assert!(!requests[0].is_conditional());
    assert!(requests[1].header("if-none-match").is_some(), "{:?}", requests[1]);
    assert!(requests[1].header("if-modified-since").is_some(), "{:?}", requests[1]);
    assert_eq!(requests[1].status, 304);
    assert_eq!(second.numbers(["sources.polled", "sources.unchanged", "sources.failed"]), [1, 1, 0]);
    assert_eq!(second.numbers(["entries", "items.new", "alerts"]), [0, 0, 0]);
    assert_eq!(mail.mails().len(), told);
}

#[test]
fn a_server_without_validators_is_read_again_and_nothing_is_told_twice() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let body = fixture("news.xml");
    let plain = |body: &str| Route::Plain { status: 200, headers: vec![], body: body.as_bytes().to_vec() };
    let url = web.serve("/news.xml", plain(&body));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    project.once();
    let told = mail.mails().len();

    let same = project.once();
    web.serve("/news.xml", plain(&format!("{body}<!-- a minute later -->")));
    let second = project.once();

    assert_eq!(same.numbers(["sources.unchanged", "entries"]), [1, 0], "the same bytes are not read again");
    assert_eq!(second.numbers(["entries", "items.new", "items.known", "alerts"]), [5, 0, 5, 0]);
    assert_eq!(mail.mails().len(), told);
}

#[test]
fn an_edited_headline_is_no_second_alert() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let rounds = [fixture("news.xml"), fixture("news-edited.xml")].map(String::into_bytes);
    let url = web.serve("/news.xml", Route::Rounds(rounds.to_vec()));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    project.once();
    let told = mail.mails().len();

    let second = project.once();

    assert_eq!(second.numbers(["items.new", "items.updated", "items.known"]), [0, 1, 4]);
    assert_eq!(second.number("alerts"), 0, "{}", second.ended);
    assert_eq!(mail.mails().len(), told);
}

#[test]
fn an_item_that_left_and_came_back_is_not_new() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let (full, less) = (rss(&[ROADMAP, OIL]), rss(&[OIL]));
    let rounds = vec![full.clone().into_bytes(), less.into_bytes(), full.into_bytes()];
    let url = web.serve("/news.xml", Route::Rounds(rounds));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    project.once();
    let told = mail.mails().len();
    project.once();

    let third = project.once();

    assert_eq!(third.numbers(["items.new", "alerts"]), [0, 0], "{}", third.ended);
    assert_eq!(mail.mails().len(), told);
}

#[test]
fn what_appears_later_is_told_when_it_appears() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let rounds = vec![rss(&[FOOTBALL]).into_bytes(), rss(&[OIL, FOOTBALL]).into_bytes()];
    let url = web.serve("/news.xml", Route::Rounds(rounds));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    project.once();
    assert_eq!(mail.mails().len(), 0);

    let second = project.once();

    assert_eq!(second.numbers(["items.new", "items.known"]), [1, 1]);
    assert_eq!(telling(&mail.accepted_for(DESK), OIL), 1);
}

#[test]
fn the_same_story_in_two_sources_is_one_alert() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let news = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let wire = web.serve("/wire.xml", Route::feed(fixture("wire.xml")));
    let project =
        Project::new().source("Meridian", &news).source("The Wire", &wire).subscriber(DESK).smtp(&mail);

    let first = project.once();

    assert_eq!(first.numbers(["sources.changed", "entries"]), [2, 7]);
    assert_eq!(telling(&mail.accepted_for(DESK), OIL), 1, "{:#?}", mail.mails());
    let stories = project.stories();
    let of_oil = stories.iter().filter(|story| story["title"] == OIL).count();
    assert_eq!(of_oil, 1, "{stories:#?}");
}

#[test]
fn the_same_story_in_a_source_polled_later_is_one_alert() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let news = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let wire = web.serve("/wire.xml", Route::feed(fixture("wire.xml")));
    let project = Project::new().source("Meridian", &news).subscriber(DESK).smtp(&mail);
    project.once();
    let told = mail.mails().len();

    let project = project.source("The Wire", &wire);
    let second = project.once();

    assert_eq!(second.number("sources.polled"), 2);
    assert_eq!(second.dropped("duplicate"), 1, "{}", second.ended);
    assert_eq!(mail.mails().len(), told);
}

#[test]
fn every_item_is_an_alert_or_has_a_reason() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url);

    let first = project.once();

    let reasons = [
        "no-vocabulary",
        "no-cue",
        "no-actor",
        "below-threshold",
        "baseline",
        "too-old",
        "no-watch",
        "duplicate",
    ];
    let dropped: u64 = reasons.iter().map(|reason| first.dropped(reason)).sum();
    assert_eq!(dropped + first.number("alerts"), 5, "{}", first.ended);
}

#[test]
fn the_server_learns_who_asks_and_no_proxy_of_the_environment_does() {
    let (web, proxy) = (WebServer::start(), WebServer::start());
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url);

    let mut command = project.command(&["once", "--json"]);
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env(name, proxy.url(""));
    }
    crate::support::program::run(command, None).expect_code(0);

    let request = web.requests("/news.xml").pop().expect("the source was asked");
    assert_eq!(request.method, "GET");
    let agent = request.header("user-agent").unwrap_or_default();
    assert!(agent.starts_with("sanctionwatch/"), "{agent}");
    assert!(agent.contains("ops@example.org"), "{agent}");
    assert_eq!(proxy.all_requests().len(), 0, "the environment's proxy was asked");
}

#[test]
fn a_headline_repeated_on_another_day_is_another_event() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let rounds = [one_item(OIL, "first", 20), one_item(OIL, "second", 1)].map(String::into_bytes);
    let url = web.serve("/news.xml", Route::Rounds(rounds.to_vec()));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);

    assert_eq!(project.once().number("alerts"), 1);
    let second = project.once();

    assert_eq!(second.numbers(["items.new", "alerts"]), [1, 1], "{}", second.ended);
    assert_eq!(telling(&mail.accepted_for(DESK), OIL), 2);
}

#[test]
fn a_fresh_copy_of_a_story_that_nobody_was_told_is_told() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let old = web.serve("/old.xml", Route::feed(one_item(OIL, "old", 40)));
    let empty = "<rss version=\"2.0\"><channel><title>News</title></channel></rss>".to_owned();
    let rounds = [empty, one_item(OIL, "fresh", 1)].map(String::into_bytes);
    let fresh = web.serve("/fresh.xml", Route::Rounds(rounds.to_vec()));
    let project = Project::new().source("Late", &old).source("Swift", &fresh).subscriber(DESK).smtp(&mail);

    let first = project.once();
    assert_eq!((first.number("alerts"), first.dropped("baseline")), (0, 1), "{}", first.ended);
    let second = project.once();

    assert_eq!(second.number("alerts"), 1, "{}", second.ended);
    assert_eq!(telling(&mail.accepted_for(DESK), OIL), 1);
}

#[test]
fn an_edit_that_says_the_contrary_is_told_again_under_another_id() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let lifted = "US lifts sanctions on Iran over oil exports";
    let rounds = [one_item(OIL, "same", 2), one_item(lifted, "same", 2)].map(String::into_bytes);
    let url = web.serve("/news.xml", Route::Rounds(rounds.to_vec()));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);

    assert_eq!(project.once().number("alerts"), 1);
    let second = project.once();

    assert_eq!(second.numbers(["items.updated", "stories.new", "alerts"]), [1, 0, 1], "{}", second.ended);
    let mails = mail.accepted_for(DESK);
    assert_eq!((telling(&mails, OIL), telling(&mails, lifted)), (1, 1));
    assert_ne!(mails[0].message_id(), mails[1].message_id());
    assert_eq!(project.once().number("alerts"), 0, "and that once");
}

#[test]
fn a_digest_that_waits_can_be_seen() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(one_item(OIL, "first", 1)));
    // Tomorrow at the earliest, wherever the clock stands: the digest's day is another weekday.
    let digest = "[mail]\nfolder = \"mail\"\n[[subscriber]]\nemail = \"daily@example.org\"\n\
                  watches = [\"Iran and Belarus\"]\ndeliver = { weekly = \"DAY 12:00\" }";
    let day = weekday_after_tomorrow();
    let project = Project::new().source("Meridian", &url).with(&digest.replace("DAY", day));

    assert_eq!(project.once().number("alerts"), 1);

    let listed = project.run(&["deliveries"]).expect_code(0).stdout;
    assert!(listed.contains("waiting   1 for daily@example.org"), "{listed}");
    assert!(!project.path("mail").exists(), "nothing is sent before its time");
}

#[test]
fn a_move_for_good_is_believed_after_three_polls_and_taken_back_where_it_fails() {
    let web = WebServer::start();
    let to = web.serve("/new.xml", Route::feed(rss(&[OIL])));
    let moved = |status| Route::Plain { status, headers: vec![("Location", to.clone())], body: vec![] };
    let old = web.serve("/old.xml", moved(301));
    let project = Project::new().source("Meridian", &old);
    let asked = |path: &str| web.requests(path).len();
    for polls in 1..=3 {
        project.once();
        assert_eq!((asked("/old.xml"), asked("/new.xml")), (polls, polls));
    }
    project.once();
    assert_eq!((asked("/old.xml"), asked("/new.xml")), (3, 4), "it is asked where it is");
    let listed = project.run(&["sources"]).expect_code(0);
    assert!(listed.stdout.contains(&format!("has moved to {to}")), "{listed}");

    // What moved to a place that is no more is looked for where it was.
    web.serve("/new.xml", Route::status(404));
    web.serve("/old.xml", Route::feed(rss(&[OIL, FOOTBALL])));
    let back = project.once();
    assert_eq!(back.numbers(["sources.failed", "items.new"]), [0, 1], "{}", back.ended);
    project.once();
    assert_eq!((asked("/old.xml"), asked("/new.xml")), (5, 5), "and stays there");
}

#[test]
fn a_detour_for_the_moment_is_followed_every_time() {
    let web = WebServer::start();
    let to = web.serve("/new.xml", Route::feed(rss(&[OIL])));
    let old = web.serve("/old.xml", Route::redirect(&to));
    let project = Project::new().source("Meridian", &old);
    for _poll in 0..4 {
        project.once();
    }
    assert_eq!(web.requests("/old.xml").len(), 4);
}

#[test]
fn what_is_gone_for_good_is_asked_once_a_day() {
    let web = WebServer::start();
    let url = web.serve("/gone.xml", Route::status(410));
    let project = Project::new().source("Meridian", &url);
    project.once_ending(69);
    let state = project.run(&["sources", "--json"]).expect_code(0).json_lines().remove(0);
    let moment = |key: &str| state[key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let wait = moment("next_poll").duration_since(moment("last_attempt"));
    assert!(wait.as_hours() >= 24, "{state}");
    assert!(state["last_error"].as_str().unwrap().contains("gone for good"), "{state}");
}

#[test]
fn a_feed_and_its_server_say_how_often_they_want_to_be_asked() {
    let web = WebServer::start();
    let feed = rss(&[OIL]).replace("<channel>", "<channel><ttl>90</ttl>");
    let patient = web.serve("/patient.xml", Route::feed(feed));
    let current = web.serve(
        "/current.xml",
        Route::Plain {
            status: 200,
            headers: vec![("Cache-Control", "max-age=7200".to_owned())],
            body: rss(&[FOOTBALL]).into_bytes(),
        },
    );
    let project = Project::new().source("Patient", &patient).source("Current", &current);
    project.once();
    let waits = |project: &Project| -> Vec<i64> {
        let states = project.run(&["sources", "--json"]).expect_code(0).json_lines();
        let wait = |state: &serde_json::Value| {
            let moment = |key: &str| state[key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
            moment("next_poll").duration_since(moment("last_attempt")).as_mins()
        };
        states.iter().map(wait).collect()
    };
    let least = |waits: &[i64]| waits[0] >= 90 && waits[0] < 100 && waits[1] >= 120 && waits[1] < 133;
    assert!(least(&waits(&project)), "{:?}", waits(&project));
    // "Nothing new" does not tell it again.
    project.once();
    assert!(least(&waits(&project)), "{:?}", waits(&project));
}
