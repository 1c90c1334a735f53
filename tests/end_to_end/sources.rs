//! Sources before they are sources: `sources --try`, and lists of feeds from and for other programs.

use crate::support::feeds::{ROADMAP, fixture};
use crate::support::program;
use crate::support::project::Project;
use crate::support::web::{Route, WebServer};

const PAGE: &str = "<html><head><title>Ministry</title>\
    <link rel=\"alternate\" type=\"application/rss+xml\" title=\"Releases\" href=\"/news.xml\"></head><body>\
    <div class=\"row\"><h2><a href=\"/1\">Treaty signed in Minsk</a></h2><time datetime=\"2026-09-01\">1 Sep</time></div>\
    <div class=\"row\"><h2><a href=\"/2\">Visa rules</a></h2></div></body></html>";

const LISTING: &str =
    r#"{"data": {"releases": [{"title": "Treaty signed in Minsk", "url": "/1", "at": "2026-09-01"}]}}"#;

fn page(body: &str) -> Route {
    Route::File { kind: "text/html; charset=utf-8", body: body.into() }
}

#[test]
fn a_feed_is_described_and_can_be_pasted() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new();

    let shown = project.run(&["sources", "--try", &url, "--most", "2"]).expect_code(0);
    for words in ["RSS", "5 entries", ROADMAP, "… and 3 more", "ETag, Last-Modified", "[[source]]", "url = "]
    {
        assert!(shown.stdout.contains(words), "{words}: {shown}");
    }

    let told = project.run(&["sources", "--try", &url, "--json"]).expect_code(0).json();
    assert_eq!((told["is"].as_str(), told["entries"].as_u64()), (Some("RSS"), Some(5)), "{told}");
    let toml = told["toml"].as_str().unwrap();
    let project = Project::new().with(toml);
    project.run(&["check"]).expect_code(0);
    assert_eq!(project.once().numbers(["entries", "sources.failed"]), [5, 0]);
    assert!(!told["validators"]["etag"].is_null(), "{told}");
}

#[test]
fn a_page_gives_the_feeds_it_announces() {
    let web = WebServer::start();
    web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let url = web.serve("/news/", page(PAGE));

    let shown = Project::new().run(&["sources", "--try", &url]).expect_code(0);

    let feed = format!("name = \"Releases\"\nurl = \"{}\"", web.url("/news.xml"));
    assert!(shown.stdout.contains("It announces one feed") && shown.stdout.contains(&feed), "{shown}");
}

#[test]
fn selectors_are_tried_and_the_source_they_make_works() {
    let web = WebServer::start();
    let url = web.serve("/news/", page(PAGE));
    let tried = ["sources", "--try", &url, "--item", ".row", "--title", "h2", "--date", "time", "--json"];

    let told = Project::new().run(&tried).expect_code(0).json();

    assert_eq!(told["entries"], 2, "{told}");
    assert_eq!(told["first"][0]["published"], "2026-09-01T00:00:00Z", "{told}");
    assert_eq!(told["first"][0]["url"].as_str(), Some(web.url("/1").as_str()), "{told}");
    let project = Project::new().with(told["toml"].as_str().unwrap());
    assert_eq!(project.once().numbers(["entries", "sources.failed"]), [2, 0]);

    let gone =
        Project::new().run(&["sources", "--try", &url, "--item", ".gone", "--title", "h2"]).expect_code(65);
    let size = format!("(title: \"Ministry\", {} bytes)", PAGE.len());
    assert!(gone.stderr.contains("`item` matches nothing") && gone.stderr.contains(&size), "{gone}");
}

#[test]
fn a_json_listing_shows_its_keys_until_the_paths_are_right_and_is_polled_then() {
    let web = WebServer::start();
    let url = web.serve("/api", Route::File { kind: "application/json", body: LISTING.into() });
    let project = Project::new();

    let lost = project.run(&["sources", "--try", &url]).expect_code(65);
    assert!(lost.stderr.contains("it leads to `data` (an object)"), "{lost}");

    let rules = ["--items", "data.releases", "--title", "title", "--link", "url", "--date", "at", "--json"];
    let told = project.run(&[&["sources", "--try", &url], &rules[..]].concat()).expect_code(0).json();
    assert_eq!(told["first"][0]["url"].as_str(), Some(web.url("/1").as_str()), "{told}");
    let mut project = Project::new().with(told["toml"].as_str().unwrap());
    assert_eq!(project.once().numbers(["entries", "sources.failed"]), [1, 0]);

    project.change("data.releases", "data.items");
    web.serve("/api", Route::File { kind: "application/json", body: format!("{LISTING} ").into() });
    let failed = project.once_ending(69);
    let reasons: Vec<String> = failed.failures().into_values().collect();
    assert!(
        reasons[0].contains("there is no `items`, and `data` holds `releases` (a list of 1)"),
        "{reasons:?}"
    );
}

#[test]
fn a_configured_source_is_tried_by_its_name() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url);

    let told = project.run(&["sources", "--try", "Meridian", "--json"]).expect_code(0).json();

    assert_eq!((told["entries"].as_u64(), told["toml"].as_str()), (Some(5), None), "{told}");
    assert!(!project.state().exists(), "nothing is stored");
    let wrong = project.run(&["sources", "--try", "Meridiam"]).expect_code(64);
    assert!(wrong.stderr.contains("Meridiam"), "{wrong}");
}

#[test]
fn what_cannot_be_tried_says_whose_it_is_to_mend() {
    let web = WebServer::start();
    let url = web.serve("/gone", Route::status(404));
    let project = Project::new();
    let gone = project.run(&["sources", "--try", &url]).expect_code(69);
    assert!(gone.stderr.contains("404"), "{gone}");
    let plain = web.serve("/page", Route::html());
    let plain = project.run(&["sources", "--try", &plain]).expect_code(65);
    assert!(plain.stderr.contains("it is a page that asks to log in"), "{plain}");
    project.run(&["sources", "--try", "ftp://example.org/"]).expect_code(64);
    project.run(&["sources", "--try", &url, "--title", "h2"]).expect_code(64);
    let wrong = project.run(&["sources", "--try", &url, "--item", "li[", "--title", "a"]).expect_code(64);
    assert!(wrong.stderr.contains("is not a CSS selector"), "{wrong}");

    // Without a configuration that allows them, private addresses are refused as in every poll.
    let folder = tempfile::tempdir().unwrap();
    let mut command = program::command(folder.path());
    command.args(["sources", "--try", &web.serve("/news.xml", Route::feed(fixture("news.xml")))]);
    let refused = program::run(command, None).expect_code(69);
    assert!(refused.stderr.contains("no public address"), "{refused}");
    assert_eq!(web.requests("/news.xml").len(), 0);
}

#[test]
fn a_file_is_no_source() {
    let ended = Project::new().run(&["sources", "--try", "file:///etc/passwd"]).expect_code(64);
    assert!(ended.stderr.contains("only http and https are read, not file"), "{ended}");
}

#[test]
fn what_is_left_out_of_what_was_tried_is_told() {
    let listing = r#"[{"title": "One", "at": "1970-01-01"}, {"title": "Two", "at": "2099-01-01"}, {"at": "2026-09-01"}]"#;
    let web = WebServer::start();
    let url = web.serve("/api", Route::File { kind: "application/json", body: listing.into() });
    let tried = ["sources", "--try", &url, "--items", "", "--title", "title", "--date", "at"];
    let project = Project::new();

    let shown = project.run(&tried).expect_code(0).stdout;

    for line in [
        "  2 entries, none is dated in a way to be believed\n",
        "  left out: 1 item, with no title\n",
        "  not believed: 2 dates, before 1990 or in the future\n",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    let told = project.run(&[&tried[..], &["--json"]].concat()).expect_code(0).json();
    assert_eq!(
        (&told["entries"], &told["left_out"], &told["dates_not_believed"]),
        (&2.into(), &1.into(), &2.into())
    );
}

#[test]
fn an_address_that_has_moved_for_good_is_proposed_as_it_is_now() {
    let web = WebServer::start();
    let now = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let moved = Route::Plain { status: 301, headers: vec![("Location", now.clone())], body: Vec::new() };
    let url = web.serve("/old.xml", moved);

    let told = Project::new().run(&["sources", "--try", &url, "--json"]).expect_code(0).json();

    assert_eq!(told["moved"].as_str(), Some(now.as_str()), "{told}");
    assert!(told["toml"].as_str().is_some_and(|toml| toml.contains(&format!("url = \"{now}\""))), "{told}");
    let shown = Project::new().run(&["sources", "--try", &url]).expect_code(0).stdout;
    assert!(shown.contains(&format!("has moved for good to {now}")), "{shown}");
    let passing = Route::Plain { status: 302, headers: vec![("Location", now)], body: Vec::new() };
    let url = web.serve("/old.xml", passing);
    let told = Project::new().run(&["sources", "--try", &url, "--json"]).expect_code(0).json();
    assert!(told["moved"].is_null() && told["toml"].as_str().is_some_and(|toml| toml.contains("/old.xml")));
}

#[test]
fn a_wall_is_told_as_one() {
    let web = WebServer::start();
    let wall = "<html><title>Just a moment...</title><p>Enable cookies to go on.</p></html>";
    let url = web.serve("/news/", page(wall));
    for rules in [&[][..], &["--item", "li", "--title", "a"][..]] {
        let ended = Project::new().run(&[&["sources", "--try", &url], rules].concat()).expect_code(65);
        assert!(ended.stderr.contains("it is a page that keeps programs out"), "{ended}");
        assert!(!ended.stderr.contains("try selectors"), "{ended}");
    }
}

#[test]
fn who_imports_is_told_what_is_still_to_be_done() {
    let list = "<opml><body><outline text='Near' xmlUrl='http://10.0.0.1/f'/>\
        <outline text='Far' language='de' xmlns:s='urn:x' s:speaksFor='EU' xmlUrl='https://far.example/f'/></body></opml>";
    let project = Project::new();
    let import = |project: &Project, arguments: &[&str]| {
        program::run(project.command(&[&["import-opml", "-"], arguments].concat()), Some(list.into()))
    };

    let first = import(&project, &["--to", "more.toml"]).expect_code(0);
    assert!(first.stderr.contains("Near: 10.0.0.1 is a private address"), "{first}");
    assert!(first.stderr.contains("more.toml is read once it stands in `include` of "), "{first}");
    let file = std::fs::read_to_string(project.path("more.toml")).unwrap();
    assert!(file.contains("lang = \"de\"\nspeaks-for = \"EU\""), "{file}");
    let mut including = Project::new();
    std::fs::write(including.path("more.toml"), "").unwrap();
    including.change("state = ", "include = [\"more.toml\"]\nstate = ");
    let second = import(&including, &["--to", "more.toml"]).expect_code(0);
    assert!(!second.stderr.contains("include"), "{second}");
    let back = including.run(&["export-opml"]).expect_code(0).stdout;
    assert!(back.contains("language=\"de\" sanctionwatch:speaksFor=\"EU\""), "{back}");
    let no_list =
        program::run(project.command(&["import-opml", "-"]), Some(b"words".to_vec())).expect_code(65);
    assert!(no_list.stderr.contains("standard input is no OPML"), "{no_list}");
}

#[test]
fn addresses_that_a_list_has_no_room_for_are_told() {
    let several = "[[source]]\nname = \"Two\"\nurl = [\"https://a.example/f\", \"https://b.example/f\"]";
    let ended = Project::new().with(several).run(&["export-opml"]).expect_code(0);
    assert!(ended.stderr.contains("Two: https://b.example/f stays behind"), "{ended}");
    assert!(!ended.stdout.contains("b.example"), "{ended}");
}

#[test]
fn a_list_is_imported_once_and_comes_back() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", "https://meridian.example/rss");
    let outlines = format!(
        "<opml version=\"2.0\"><body><outline text=\"World\"><outline text=\"Wire\" xmlUrl=\"{url}\"/>\
         <outline text=\"Known\" xmlUrl=\"https://meridian.example/rss\"/></outline></body></opml>"
    );
    std::fs::write(project.path("feeds.opml"), &outlines).unwrap();

    let printed = project.run(&["import-opml", "feeds.opml"]).expect_code(0);
    assert!(printed.stdout.starts_with("# World\n\n[[source]]\nname = \"Wire\"\n"), "{printed}");
    assert!(printed.stderr.contains("Known: its address is there already, as Meridian"), "{printed}");

    for left_out in ["1 source, 1 left out", "0 sources, 2 left out"] {
        let ended = project.run(&["import-opml", "feeds.opml", "--to", "more.toml"]).expect_code(0);
        assert!(ended.stderr.contains(left_out), "{ended}");
    }
    let file = std::fs::read_to_string(project.path("more.toml")).unwrap();
    let project = Project::new().with(&file);
    let list = project.run(&["export-opml"]).expect_code(0);
    assert!(list.stdout.contains(&format!("xmlUrl=\"{url}\"")), "{list}");
    assert_eq!(project.once().numbers(["entries", "sources.failed"]), [5, 0]);
}

#[test]
fn a_bad_list_is_told_and_no_file_is_spoilt() {
    let project = Project::new();
    std::fs::write(project.path("page.opml"), "<html><body>Sign in</body></html>").unwrap();
    std::fs::write(project.path("cut.opml"), "<opml><body><outline xmlUrl=\"https://a.example/\"/><outl")
        .unwrap();
    std::fs::write(project.path("broken.toml"), "[[source\n").unwrap();

    project.run(&["import-opml", "none.opml"]).expect_code(66);
    project.run(&["import-opml", "page.opml"]).expect_code(65);
    let cut = project.run(&["import-opml", "cut.opml"]).expect_code(65);
    assert!(cut.stdout.contains("https://a.example/") && cut.stderr.contains("was not read"), "{cut}");
    project.run(&["import-opml", "cut.opml", "--to", "broken.toml"]).expect_code(78);
    assert_eq!(std::fs::read_to_string(project.path("broken.toml")).unwrap(), "[[source\n");
}
