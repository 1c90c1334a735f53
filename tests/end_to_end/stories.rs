//! Stories: one event is told once whoever tells it, what comes of it follows, and who has heard enough
//! hears no more.

use crate::support::feeds::{one_item, rss};
use crate::support::mail::{Mail, MailServer};
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};

const THREAT: &str = "US threatens sanctions on Iran over tanker seizures in Gulf";
const REWORDED: &str = "Washington warns of sanctions on Iran for seizing tankers in the Gulf";
const DONE: &str = "US imposes sanctions on Iran over tanker seizures in Gulf";
const UNDONE: &str = "US lifts sanctions on Iran over tanker seizures in Gulf";

/// A source that tells one headline after the other, one a poll.
fn rounds(web: &WebServer, path: &'static str, headlines: &[&str]) -> String {
    let rounds = (1..=headlines.len()).map(|count| {
        let mut told: Vec<&str> = headlines.iter().take(count).copied().collect();
        told.reverse();
        rss(&told).into_bytes()
    });
    web.serve(path, Route::Rounds(rounds.collect()))
}

#[test]
fn one_event_in_two_wordings_is_one_mail_even_after_a_restart() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let one = web.serve("/one.xml", Route::feed(rss(&[THREAT])));
    let quiet = "Otters return to city river after forty years";
    let two = rounds(&web, "/two.xml", &[quiet, REWORDED]);
    let project =
        Project::new().source("Meridian", &one).source("Courier", &two).subscriber(DESK).smtp(&mail);

    project.once();
    let second = project.once();

    assert_eq!(second.numbers(["items.new", "stories.new", "stories.updated", "alerts"]), [1, 0, 1, 0]);
    assert_eq!(second.dropped("duplicate"), 1, "{}", second.ended);
    assert_eq!(mail.accepted_for(DESK).len(), 1);
    let stories = project.stories();
    assert_eq!(stories.len(), 1, "{stories:#?}");
    assert_eq!(stories[0]["also"][0]["source"], "Courier");
    let shown = project.run(&["stories", "show", "1", "--json"]).expect_code(0).json_lines();
    let placed = |at: usize| shown[0]["items"][at]["placed"].clone();
    assert_eq!((placed(0), placed(1)), ("new".into(), "same event".into()), "{shown:#?}");
    let for_people = project.run(&["stories", "show", "1"]).expect_code(0);
    for words in [THREAT, REWORDED, "same event, like item", "duplicate"] {
        assert!(for_people.stdout.contains(words), "{words}: {for_people}");
    }
}

#[test]
fn what_comes_of_a_story_follows_it_in_the_same_thread() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = rounds(&web, "/news.xml", &[THREAT, DONE, UNDONE]);
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);

    project.once();
    let second = project.once();
    let third = project.once();

    assert_eq!(second.numbers(["stories.new", "alerts"]), [1, 1], "{}", second.ended);
    assert_eq!(third.numbers(["stories.new", "alerts"]), [1, 1], "{}", third.ended);
    let mails = mail.accepted_for(DESK);
    assert_eq!(mails.len(), 3, "{mails:#?}");
    assert_eq!(mails[0].header("In-Reply-To"), None);
    for (earlier, later, change) in [(0, 1, "carried out"), (1, 2, "undone")] {
        let line: Vec<String> = mails[..=earlier].iter().map(Mail::message_id).collect();
        let (earlier, later) = (&mails[earlier], &mails[later]);
        assert_eq!(later.header("In-Reply-To"), Some(earlier.message_id()), "{}", later.data);
        assert_eq!(later.header("References"), Some(line.join(" ")), "{}", later.data);
        assert!(later.header("Subject").is_some_and(|subject| subject.starts_with("Follow-up: ")));
        assert!(later.tells(change), "{}", later.data);
    }
    assert!(mails[1].tells(THREAT), "{}", mails[1].data);
    let shown = project.run(&["stories", "show", "2"]).expect_code(0);
    for words in ["follows 1, carried out", "followed by 3, undone"] {
        assert!(shown.stdout.contains(words), "{words}: {shown}");
    }
}

#[test]
fn a_muted_story_and_what_follows_it_are_silent() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = rounds(&web, "/news.xml", &[THREAT, DONE]);
    let other = "night@example.org";
    let project = Project::new().source("Meridian", &url).subscriber(DESK).subscriber(other).smtp(&mail);
    project.once();
    assert_eq!((mail.accepted_for(DESK).len(), mail.accepted_for(other).len()), (1, 1));

    project.run(&["stories", "mute", "1", "--for", DESK]).expect_code(0);
    project.once();

    assert_eq!((mail.accepted_for(DESK).len(), mail.accepted_for(other).len()), (1, 2));
    project.run(&["stories", "unmute", "1", "--for", DESK]).expect_code(0);
    project.run(&["stories", "unmute", "1", "--for", DESK]).expect_code(64);
    project.run(&["stories", "mute", "99"]).expect_code(64);
}

#[test]
fn what_everybody_muted_is_counted_as_such() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = rounds(&web, "/news.xml", &[THREAT, DONE]);
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    project.once();

    project.run(&["stories", "mute", "1"]).expect_code(0);
    let second = project.once();

    assert_eq!((second.number("alerts"), second.dropped("muted")), (0, 1), "{}", second.ended);
    assert_eq!(mail.accepted_for(DESK).len(), 1);
    let dropped = project.run(&["stories", "--dropped", "--reason", "muted"]).expect_code(0);
    assert!(dropped.stdout.contains(DONE), "{dropped}");
}

#[test]
fn stories_are_found_by_their_words_and_edits_are_kept() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let edited = "US threatens sanctions on Iran over tanker seizures in Gulf, adds deadline";
    let feeds = [THREAT, edited].map(|headline| one_item(headline, "tanker", 1).into_bytes());
    let url = web.serve("/news.xml", Route::Rounds(feeds.to_vec()));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    project.once();
    project.once();

    let found = |words: &[&str]| {
        let command = [&["stories", "search", "--json"], words].concat();
        project.run(&command).expect_code(0).json_lines().len()
    };
    assert_eq!(found(&["tanker", "iran"]), 1);
    assert_eq!(found(&["seiz*"]), 1);
    assert_eq!(found(&["tanker", "otter"]), 0);
    assert_eq!(found(&["\"AND", "NEAR("]), 0, "signs of the query language are words");
    let shown = project.run(&["stories", "show", "1"]).expect_code(0);
    assert!(shown.stdout.contains(&format!("it read: {THREAT}")), "{shown}");
    assert_eq!(mail.accepted_for(DESK).len(), 1, "an edit that changes nothing is silent");
}

#[test]
fn an_edit_that_says_the_contrary_is_told_whichever_item_it_is() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let one = web.serve("/one.xml", Route::feed(rss(&[DONE])));
    let copy = "US imposes sanctions on Iran over seizures of tankers in Gulf";
    let feeds = [copy, UNDONE].map(|headline| one_item(headline, "tanker", 1).into_bytes());
    let two = web.serve("/two.xml", Route::Rounds(feeds.to_vec()));
    let project = Project::new().source("Courier", &two).subscriber(DESK).smtp(&mail);
    project.once();
    assert_eq!(mail.accepted_for(DESK).len(), 1);

    let project = project.source("Meridian", &one);
    let second = project.once();

    assert_eq!(second.numbers(["items.new", "items.updated"]), [1, 1], "{}", second.ended);
    let mails = mail.accepted_for(DESK);
    assert!(mails.len() >= 2, "{}", second.ended);
    assert!(mails.iter().any(|mail| mail.tells(UNDONE)), "{mails:#?}");
}

#[test]
fn a_guid_that_every_entry_has_hides_none_of_them() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let other = "Iran and Belarus sign cooperation roadmap on trade";
    let feeds = [(DONE, 3), (other, 2)].map(|(headline, hours)| {
        one_item(headline, &format!("story-{hours}"), hours)
            .replace(&format!("\"false\">story-{hours}<"), "\"false\">latest<")
            .into_bytes()
    });
    let url = web.serve("/news.xml", Route::Rounds(feeds.to_vec()));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);

    project.once();
    let second = project.once();

    assert_eq!(second.numbers(["items.new", "items.updated", "alerts"]), [1, 0, 1], "{}", second.ended);
    let mails = mail.accepted_for(DESK);
    assert_eq!(mails.len(), 2);
    assert!(mails[1].tells(other) && !mails[1].tells("Update"), "{}", mails[1].data);
}

#[test]
fn mutes_are_for_subscribers_that_there_are() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let url = rounds(&web, "/news.xml", &[THREAT, DONE]);
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);
    project.once();

    project.run(&["stories", "mute", "1", "--for", "nobody@example.org"]).expect_code(64);
    project.run(&["stories", "search", " "]).expect_code(64);
    project.run(&["stories", "mute", "1", "--for", &DESK.to_uppercase()]).expect_code(0);
    project.once();

    assert_eq!(mail.accepted_for(DESK).len(), 1);
}

#[test]
fn group_puts_json_lines_into_stories() {
    let project = Project::new();
    let lines = [
        r#"{"id": "a", "title": "EU adopts 12th package of sanctions against Russia", "published": "2026-08-10T08:00:00Z"}"#,
        r#"{"id": 7, "title": "EU's 12th package of sanctions against Russia adopted", "published": "2026-08-10T09:00:00Z"}"#,
        "no item",
        r#"{"id": "c", "title": "EU adopts 13th package of sanctions against Russia", "published": "2026-08-11T08:00:00Z"}"#,
    ]
    .join("\n");
    let file = project.path("items.jsonl");
    std::fs::write(&file, lines).unwrap();

    let ended = project.run(&["group", file.to_str().unwrap()]).expect_code(65);

    let told = ended.json_lines();
    assert_eq!(told[0], serde_json::json!({"id": "a", "story": "a", "why": "new"}));
    assert_eq!((&told[1]["story"], &told[1]["why"]), (&"a".into(), &"duplicate".into()), "{ended}");
    assert_eq!(told[2]["line"], 3);
    let next = &told[3];
    assert_eq!((&next["story"], &next["why"]), (&"c".into(), &"development".into()), "{ended}");
    assert_eq!((&next["follows"], &next["veto"]), (&"a".into(), &"ordinal".into()));
    assert_eq!(next["change"], "number 13 after number 12");
}
