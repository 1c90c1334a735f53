//! Bad sources: each fails with a reason of its own, and the others go on.

use crate::support::feeds::{FOOTBALL, OIL, ROADMAP, fixture, rss};
use crate::support::mail::MailServer;
use crate::support::port::Port;
use crate::support::project::{DESK, Project};
use crate::support::web::{Route, WebServer};
use rstest::rstest;
use serde_json::json;

#[rstest]
#[case::hang(Route::Hang, &["time", "3 s", "3s"])]
#[case::drip(Route::Drip, &["time", "3 s", "3s"])]
#[case::endless(Route::Endless, &["large", "big", "bytes", "MiB", "time", "3s"])]
#[case::gzip_bomb(Route::GzipBomb, &["large", "big", "bytes", "MiB"])]
#[case::cut_short(Route::CutShort, &["end of file before message length"])]
#[case::html(Route::html(), &["HTML", "html", "feed"])]
#[case::empty(Route::feed(""), &["empty"])]
#[case::not_found(Route::status(404), &["404"])]
#[case::error(Route::status(500), &["500"])]
#[case::private_redirect(Route::redirect("http://10.1.2.3/feed.xml"), &["10.1.2.3"])]
#[case::metadata_redirect(Route::redirect("http://169.254.169.254/latest"), &["169.254.169.254"])]
#[case::mapped_redirect(Route::redirect("http://[::ffff:10.1.2.3]/feed.xml"), &["10.1.2.3", "a01:203"])]
#[case::file_redirect(Route::redirect("file:///etc/passwd"), &["file", "scheme"])]
fn a_bad_source_fails_with_a_reason_and_the_others_go_on(#[case] bad: Route, #[case] words: &[&str]) {
    let (web, mail) = (WebServer::start(), MailServer::start());
    let bad = web.serve("/bad.xml", bad);
    let good = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Bad", &bad).source("Meridian", &good).subscriber(DESK).smtp(&mail);

    let first = project.once();

    let counts = ["sources.polled", "sources.changed", "sources.failed"];
    assert_eq!(first.numbers(counts), [2, 1, 1], "{}", first.ended);
    let failures = first.failures();
    let reason = failures.get("Bad").unwrap_or_else(|| panic!("{failures:?}"));
    assert!(words.iter().any(|word| reason.contains(word)), "{reason}");
    assert!(mail.accepted_for(DESK).iter().any(|mail| mail.tells(ROADMAP)));
}

#[test]
fn a_busy_server_fails_with_its_status_and_is_not_asked_again_at_once() {
    let web = WebServer::start();
    let busy =
        Route::Plain { status: 503, headers: vec![("Retry-After", "3600".into())], body: b"later".to_vec() };
    let busy = web.serve("/busy.xml", busy);
    let good = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Busy", &busy).source("Meridian", &good);

    let first = project.once();

    assert!(first.failures()["Busy"].contains("503"), "{:?}", first.failures());
    let second = project.once();
    assert!(second.failures()["Busy"].contains("asked not to be polled"), "{:?}", second.failures());
    assert_eq!(web.requests("/busy.xml").len(), 1);
    assert_eq!(web.requests("/news.xml").len(), 2, "the other source is asked as ever");
}

#[test]
fn a_feed_made_to_mislead_is_told_as_what_it_says() {
    let (web, mail) = (WebServer::start(), MailServer::start());
    // Turned round, cut by a line end and a header, far too long: it is one line, and the mail is sound.
    let title = format!("{OIL}\u{202e}&#13;&#10;Bcc: thief@example.org&#0;{}", "x".repeat(1024 * 1024));
    let url = web.serve("/news.xml", Route::feed(rss(&[&title])));
    let project = Project::new().source("Meridian", &url).subscriber(DESK).smtp(&mail);

    let first = project.once();

    assert_eq!(first.numbers(["sources.failed", "items.new", "alerts"]), [0, 1, 1], "{}", first.ended);
    assert_eq!(mail.mails().len(), 1);
    let mails = mail.accepted_for(DESK);
    assert!(mails[0].tells(OIL), "{mails:#?}");
}

#[test]
fn guids_that_change_at_every_poll_bring_nothing_new() {
    let web = WebServer::start();
    let round = |number: usize| {
        let feed = rss(&[OIL, FOOTBALL]).replace("<guid isPermaLink=\"false\">", &format!("<guid>{number}-"));
        feed.into_bytes()
    };
    let url = web.serve("/news.xml", Route::Rounds((0..8).map(round).collect()));
    let project = Project::new().source("Meridian", &url);

    assert_eq!(project.once().numbers(["items.new", "alerts"]), [2, 1]);
    for _poll in 1..4 {
        let next = project.once();
        assert_eq!(next.numbers(["entries", "items.new", "alerts"]), [2, 0, 0], "{}", next.ended);
    }
}

#[test]
fn a_redirect_loop_is_left_after_a_few_turns() {
    let web = WebServer::start();
    let turning = web.serve("/loop.xml", Route::redirect("/loop.xml"));
    let good = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Loop", &turning).source("Meridian", &good);

    let first = project.once();

    let reason = &first.failures()["Loop"];
    assert!(reason.contains("redirect"), "{reason}");
    let turns = web.requests("/loop.xml").len();
    assert!((2..=21).contains(&turns), "{turns} requests");
}

#[test]
fn a_source_that_is_down_fails_with_a_reason() {
    let web = WebServer::start();
    let port = Port::reserve();
    let down = format!("http://{}/feed.xml", port.address());
    let good = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Down", &down).source("Meridian", &good);

    let first = project.once();

    let reason = &first.failures()["Down"];
    assert!(reason.contains("refused") || reason.contains("connect"), "{reason}");
    assert_eq!(first.number("sources.failed"), 1);
}

#[test]
fn a_redirect_that_is_allowed_is_followed() {
    let web = WebServer::start();
    web.serve("/new.xml", Route::feed(fixture("news.xml")));
    let moved = web.serve("/old.xml", Route::redirect("/new.xml"));
    let project = Project::new().source("Meridian", &moved);

    let first = project.once();

    assert_eq!(first.numbers(["sources.changed", "entries"]), [1, 5]);
}

#[test]
fn a_loopback_source_is_refused_where_no_range_is_allowed() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let mut project = Project::new().source("Meridian", &url);
    project.change("allow-addresses = [\"127.0.0.0/8\"]", "allow-addresses = []");

    let first = project.once_ending(69);

    assert!(first.failures()["Meridian"].contains("127.0.0.1"), "{:?}", first.failures());
    assert_eq!(web.all_requests().len(), 0);
}

#[test]
fn where_no_source_is_reached_the_exit_code_says_so() {
    let web = WebServer::start();
    let port = Port::reserve();
    let broken = web.serve("/broken.xml", Route::status(500));
    let down = format!("http://{}/feed.xml", port.address());
    let project = Project::new().source("Broken", &broken).source("Down", &down);

    let first = project.once_ending(69);

    assert_eq!(first.numbers(["sources.polled", "sources.failed", "items.new"]), [2, 2, 0]);
    assert_eq!(first.failures().len(), 2);
}

#[test]
fn a_failed_poll_keeps_what_the_source_had_and_forgets_no_validator() {
    let web = WebServer::start();
    let news = Route::feed(fixture("news.xml"));
    let url = web.serve("/news.xml", news.clone());
    let other = web.serve("/wire.xml", Route::feed(fixture("wire.xml")));
    let project = Project::new().source("Meridian", &url).source("The Wire", &other);
    project.once();
    web.serve("/news.xml", Route::html());
    assert_eq!(project.once().number("sources.failed"), 1);
    web.serve("/news.xml", news);

    let third = project.once();

    assert_eq!(third.numbers(["sources.failed", "items.new", "alerts"]), [0, 0, 0], "{}", third.ended);
}

#[test]
fn what_had_to_be_mended_is_shown_until_the_feed_is_sound() {
    let web = WebServer::start();
    let sound = rss(&[OIL]);
    let broken = sound.replace("over oil", "over oil & gas").replace("<?xml", "Notice: cache is off\n<?xml");
    let url = web.serve("/news.xml", Route::feed(broken));
    let project = Project::new().source("Meridian", &url);
    let repairs =
        || project.run(&["sources", "--json"]).expect_code(0).json_lines().remove(0)["repairs"].clone();
    assert_eq!(project.once().numbers(["sources.failed", "items.new"]), [0, 1]);

    let listed = project.run(&["sources"]).expect_code(0);

    assert!(
        listed.stdout.contains("mended or done without: junk before the feed; bare ampersands"),
        "{listed}"
    );
    assert_eq!(repairs(), json!(["junk-before-root", "bare-ampersand"]));
    project.once();
    assert_eq!(repairs().as_array().map(Vec::len), Some(2), "the same body still needs them");
    web.serve("/news.xml", Route::feed(sound));
    project.once();
    assert_eq!(repairs(), json!([]));
}

#[test]
fn without_the_certificates_of_any_authority_it_says_what_to_install() {
    let project = Project::new();
    std::fs::write(project.path("nothing.pem"), "").unwrap();
    std::fs::create_dir(project.path("nowhere")).unwrap();
    let mut command = project.command(&["once"]);
    command.env("SSL_CERT_FILE", project.path("nothing.pem")).env("SSL_CERT_DIR", project.path("nowhere"));

    let ended = crate::support::program::run(command, None).expect_code(78);

    assert!(ended.stderr.contains("ca-certificates"), "{ended}");
}
