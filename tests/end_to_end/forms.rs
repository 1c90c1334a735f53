//! Sources that are told in several forms: the first that can be read is taken, and which it was is shown.

use crate::support::feeds::{OIL, rss};
use crate::support::project::Project;
use crate::support::web::{Route, WebServer};

const PAGE: &str = "<html><body><div class=\"row\"><a href=\"/1\">Treaty signed in Minsk</a></div>\
                    <div class=\"row\"><a href=\"/2\">Visa rules</a></div></body></html>";

/// A source with a feed, a listing, a page and a search.
fn project(web: &WebServer) -> Project {
    let [feed, list, page, search] =
        ["/feed.xml", "/list.json", "/news", "/search.xml"].map(|path| web.url(path));
    Project::new().with(&format!(
        "[[source]]\nname = \"Ministry\"\nsearch = \"{search}\"\nurl = \"{feed}\"\n\
         json = {{ url = \"{list}\", items = \"releases\", title = \"title\" }}\n\
         page = \"{page}\"\nitem = \".row\"\ntitle = \"a\""
    ))
}

fn paths(web: &WebServer) -> Vec<String> {
    web.all_requests().into_iter().map(|request| request.path).filter(|path| path != "/robots.txt").collect()
}

#[test]
fn the_first_form_that_can_be_read_is_taken_and_shown() {
    let web = WebServer::start();
    web.serve("/feed.xml", Route::html());
    web.serve("/list.json", Route::status(500));
    web.serve("/news", Route::File { kind: "text/html", body: PAGE.into() });
    web.serve("/search.xml", Route::feed(rss(&[OIL])));
    let project = project(&web);

    let first = project.once();

    assert_eq!(first.numbers(["entries", "sources.failed"]), [2, 0], "{}", first.ended);
    assert_eq!(paths(&web), ["/feed.xml", "/list.json", "/news"]);
    let shown = project.run(&["sources", "--addresses"]).expect_code(0);
    assert!(shown.stdout.contains("read at address 3 of 4 (`page`)"), "{shown}");
    assert!(shown.stdout.contains(&format!("search {}", web.url("/search.xml"))), "{shown}");
    let told = project.run(&["sources", "--json"]).expect_code(0).json();
    assert_eq!(told["read_at"].as_str(), Some(web.url("/news").as_str()), "{told}");

    web.serve("/feed.xml", Route::feed(rss(&[OIL])));
    assert_eq!(project.once().numbers(["entries", "sources.failed"]), [1, 0]);
    let shown = project.run(&["sources"]).expect_code(0);
    assert!(!shown.stdout.contains("read at address"), "{shown}");
}

#[test]
fn the_search_is_the_last_and_where_all_fail_each_says_why() {
    let web = WebServer::start();
    web.serve("/search.xml", Route::feed(rss(&[OIL])));
    let project = project(&web);

    assert_eq!(project.once().numbers(["entries", "sources.failed"]), [1, 0]);
    assert_eq!(paths(&web), ["/feed.xml", "/list.json", "/news", "/search.xml"]);

    web.serve("/search.xml", Route::status(410));
    let reason = project.once_ending(69).failures()["Ministry"].clone();
    for path in [
        "/feed.xml: the server answers 404",
        "/list.json: ",
        "/news: ",
        "/search.xml: the server answers 410",
    ] {
        assert!(reason.contains(path), "{path}: {reason}");
    }
}

#[test]
fn each_form_is_tried_by_hand_and_the_feed_goes_into_lists() {
    let web = WebServer::start();
    web.serve(
        "/list.json",
        Route::File { kind: "application/json", body: r#"{"releases": [{"title": "Treaty"}]}"#.into() },
    );
    let project = project(&web);

    let tried = project.run(&["sources", "--try", "Ministry", "--json"]).expect_code(0).json();
    assert_eq!(
        (tried["address"].as_str(), tried["entries"].as_u64()),
        (Some(web.url("/list.json").as_str()), Some(1))
    );
    let listed = project.run(&["export-opml"]).expect_code(0);
    assert!(listed.stdout.contains(&web.url("/feed.xml")) && !listed.stdout.contains("/news"), "{listed}");
}

/// What stands on it is there since long, and nothing of it says when it came.
#[test]
fn a_page_that_is_read_for_the_first_time_in_place_of_its_feed_tells_nothing_of_old() {
    let web = WebServer::start();
    web.serve("/feed.xml", Route::feed(rss(&[])));
    let old = "<html><body><div class=\"row\"><a href=\"/1\">US imposes sanctions on Iran over drones</a></div></body></html>";
    web.serve("/news", Route::File { kind: "text/html", body: old.into() });
    let project = project(&web);
    assert_eq!(project.once().number("alerts"), 0);

    web.serve("/feed.xml", Route::status(500));
    let first = project.once();
    assert_eq!(first.numbers(["entries", "items.new", "alerts"]), [1, 1, 0], "{}", first.ended);
    assert_eq!(first.dropped("baseline"), 1, "{}", first.ended);

    let new = old
        .replace("<body>", "<body><div class=\"row\"><a href=\"/2\">Iran and Belarus sign roadmap</a></div>");
    web.serve("/news", Route::File { kind: "text/html", body: new.into() });
    assert_eq!(project.once().number("alerts"), 1, "what comes from now on is news");
}

#[test]
fn a_page_is_read_anew_by_other_rules_though_it_has_not_changed() {
    let web = WebServer::start();
    let url = web.serve("/news", Route::File { kind: "text/html", body: PAGE.into() });
    let mut project = Project::new().with(&format!(
        "[[source]]\nname = \"Ministry\"\npage = \"{url}\"\nitem = \".row + .row\"\ntitle = \"a\""
    ));
    assert_eq!(project.once().number("items.new"), 1);
    assert_eq!(project.once().numbers(["sources.unchanged", "entries"]), [1, 0]);

    project.change("item = \".row + .row\"", "item = \".row\"");
    assert_eq!(project.once().numbers(["items.new", "items.known"]), [1, 1]);
}

/// A feed and a page that tell of the same items in other words.
fn twice_told(web: &WebServer) -> Project {
    let page = "<html><body><div class=\"row\"><a href=\"https://news.example/oil\">US imposes sanctions on Iran over oil</a></div></body></html>";
    web.serve("/news", Route::File { kind: "text/html", body: page.into() });
    let [feed, page] = ["/feed.xml", "/news"].map(|path| web.url(path));
    Project::new().with(&format!(
        "[[source]]\nname = \"Ministry\"\nurl = \"{feed}\"\npage = \"{page}\"\nitem = \".row\"\ntitle = \"a\""
    ))
}

/// The feed's one item; the page tells it without the summary.
fn feed_of(summary: &str) -> Route {
    let item = format!(
        "<item><title>US imposes sanctions on Iran over oil</title><link>https://news.example/oil</link>\
         <description>{summary}</description><pubDate>Mon, 03 Aug 2026 09:00:00 GMT</pubDate></item>"
    );
    Route::feed(format!("<rss version=\"2.0\"><channel><title>News</title>{item}</channel></rss>"))
}

#[test]
fn what_a_page_tells_in_other_words_than_the_feed_is_no_edit() {
    let web = WebServer::start();
    web.serve("/feed.xml", feed_of("Treasury lifts sanctions on a Belarusian bank as well."));
    let project = twice_told(&web);
    assert_eq!(project.once().numbers(["items.new", "items.updated"]), [1, 0]);

    web.serve("/feed.xml", Route::status(500));
    assert_eq!(
        project.once().numbers(["items.known", "items.updated"]),
        [1, 0],
        "the page, for the first time"
    );
    let page = "<html><body><p>New.</p><div class=\"row\"><a href=\"https://news.example/oil\">US imposes sanctions on Iran over oil</a></div></body></html>";
    web.serve("/news", Route::File { kind: "text/html", body: page.into() });
    assert_eq!(project.once().numbers(["items.known", "items.updated"]), [1, 0], "the page again");

    // The body is not the one of before, or nothing would be read.
    web.serve("/feed.xml", feed_of("Treasury lifts sanctions on a Belarusian bank as well. "));
    assert_eq!(project.once().numbers(["items.known", "items.updated"]), [1, 0], "the feed again");
    web.serve("/feed.xml", feed_of("Treasury names twelve tankers."));
    assert_eq!(project.once().numbers(["items.known", "items.updated"]), [0, 1], "what is edited is an edit");
}

#[test]
fn an_address_that_asks_to_be_left_alone_is_while_another_one_is_read() {
    let web = WebServer::start();
    let retry_after = vec![("Retry-After", "3600".into())];
    let feed =
        web.serve("/feed.xml", Route::Plain { status: 503, headers: retry_after, body: b"later".to_vec() });
    let project = twice_told(&web);
    project.once();
    project.once();
    assert_eq!(paths(&web), ["/feed.xml", "/news", "/news"]);
    let told = project.run(&["sources", "--json"]).expect_code(0).json();
    assert_eq!(
        (told["failures"].as_u64(), told["resting"][&feed]["reason"].as_str()),
        (Some(0), Some("asked"))
    );
    let shown = project.run(&["sources"]).expect_code(0);
    assert!(shown.stdout.contains("`url` asks to be left alone; it is asked again from"), "{shown}");
}
