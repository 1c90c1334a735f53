//! robots.txt: a page that its server keeps programs from is a failure that says so, and a person may look.

use crate::support::project::Project;
use crate::support::web::{Route, WebServer};

const PAGE: &str =
    "<html><body><div class=\"row\"><a href=\"/1\">Treaty signed in Minsk</a></div></body></html>";

fn server(robots: &str) -> WebServer {
    let web = WebServer::start();
    web.serve("/news", Route::File { kind: "text/html", body: PAGE.into() });
    web.serve("/robots.txt", Route::File { kind: "text/plain", body: robots.into() });
    web
}

fn project(web: &WebServer) -> Project {
    let url = web.url("/news");
    Project::new()
        .with(&format!("[[source]]\nname = \"Ministry\"\npage = \"{url}\"\nitem = \".row\"\ntitle = \"a\""))
}

#[test]
fn a_page_is_not_asked_for_where_robots_txt_forbids_it_until_its_owner_agreed() {
    let web = server("User-agent: *\nAllow: /\n\nUser-agent: SanctionWatch\nDisallow: /news\n");
    let project = project(&web);

    let failed = project.once_ending(69);

    let reason =
        "its robots.txt does not allow /news to programs; where its owner agrees, set `robots = false`";
    assert_eq!(failed.failures()["Ministry"], reason);
    assert_eq!(web.requests("/news").len(), 0);

    let agreed = project.with_last("robots = false").once();
    assert_eq!(agreed.numbers(["entries", "sources.failed"]), [1, 0]);
    assert_eq!(web.requests("/robots.txt").len(), 1);
}

#[test]
fn a_server_whose_robots_txt_fails_is_left_alone_for_now() {
    let web = server("");
    web.serve("/robots.txt", Route::status(500));

    let failed = project(&web).once_ending(69);

    let reason = &failed.failures()["Ministry"];
    assert!(
        reason.contains("the robots.txt of 127.0.0.1 cannot be read") && reason.contains("500"),
        "{reason}"
    );
    assert_eq!(web.requests("/news").len(), 0);
}

#[test]
fn a_person_may_look_and_is_told_what_a_poll_would_meet() {
    let web = server("User-agent: *\nDisallow: /\n");
    let project = project(&web);

    let tried = project.run(&["sources", "--try", "Ministry"]).expect_code(0);
    assert!(tried.stdout.contains("Treaty signed in Minsk"), "{tried}");
    assert!(tried.stderr.contains("a poll would fail: its robots.txt does not allow /news"), "{tried}");
    let url = web.url("/news");
    let explained = project.run(&["explain", "--url", &url, "--source", "Ministry"]);
    assert!(!explained.stderr.contains("robots"), "{explained}");
    assert_eq!(web.requests("/news").len(), 2);
}
