//! `explain`: a person can always ask why. What it shows is pinned for a few texts; the texts from the
//! web that it shows are hostile.

use crate::support::feeds::{FOOTBALL, fixture};
use crate::support::program::{self, Ended};
use crate::support::project::Project;
use crate::support::web::{Route, WebServer};
use rstest::rstest;
use serde_json::Value;

/// Watches that differ from "Iran and Belarus sign …" each in its own way.
const OTHER_WATCHES: &str = r#"
[[watch]]
name = "Strict"
countries = ["Iran"]
threshold = 50.0

[[watch]]
name = "Measures only"
countries = ["Belarus"]
kinds = ["sanctions"]
actions = ["impose", "tighten"]

[[watch]]
name = "Iran with Cuba"
countries = ["Iran"]
with = ["Cuba"]
"#;

const ARTICLE: &str = r#"<!DOCTYPE html><html lang="en"><head><title>Ignored | Meridian</title>
<meta property="og:title" content="Belarus frees prisoners as US lifts sanctions">
<meta property="og:description" content="Minsk released fourteen people on Saturday.">
<meta property="article:published_time" content="2026-11-20T08:00:00Z"></head><body>
<nav><p>EU sanctions Russia: all stories</p></nav>
<article><p>The United States lifted sanctions on Belarus.</p><p>Rain is expected tomorrow.</p></article>
<footer><p>Iran and Cuba sign pact</p></footer></body></html>"#;

fn page(body: &str) -> Route {
    let headers = vec![("Content-Type", "text/html; charset=utf-8".to_owned())];
    Route::Plain { status: 200, headers, body: body.as_bytes().to_vec() }
}

/// A project that judges by its frames alone: the second opinion is trained anew with each set of
/// labelled news, and what is pinned here is not its weights.
fn of_frames_alone() -> Project {
    let project = Project::new().with("[vocabulary]\nfiles = [\"points.toml\"]");
    std::fs::write(project.path("points.toml"), "[points]\nopinion-max = 0.0\n").unwrap();
    project
}

fn from_stdin(project: &Project, arguments: &[&str], text: &str) -> Ended {
    let command = project.command(&[&["explain", "--file", "-"], arguments].concat());
    program::run(command, Some(text.as_bytes().to_vec()))
}

#[test]
fn a_headline_that_is_told_and_the_watches_that_ask_for_it() {
    let project = of_frames_alone().with(OTHER_WATCHES);
    let ended = project.run(&["explain", "Iran and Belarus sign cooperation roadmap"]).expect_code(0);
    insta::assert_snapshot!(ended.stdout);
}

#[test]
fn a_headline_that_is_not_told_and_what_came_near() {
    let project = of_frames_alone();
    let title = "Football federation threatens sanctions after flare throwing in Georgia";
    let ended = project.run(&["explain", title]).expect_code(0);
    insta::assert_snapshot!(ended.stdout);
}

#[test]
fn a_language_without_vocabulary_is_told() {
    let ended = Project::new().run(&["explain", "--lang", "fi", "EU asettaa pakotteita"]).expect_code(0);
    assert!(ended.stdout.contains("   1  EU asettaa pakotteita\n"), "{ended}");
    assert!(ended.stdout.contains("no-vocabulary") && !ended.stdout.contains("Nearly"), "{ended}");
}

#[test]
fn a_text_of_bakers_is_not_told() {
    let ended = Project::new().run(&["explain", "Bakers of the old town share their bread recipes"]);
    let told = ended.expect_code(0).stdout;
    assert!(told.contains("no-cue") && told.contains("none can match"), "{told}");
}

#[test]
fn a_file_holds_headline_summary_and_article() {
    let project = of_frames_alone();
    let text = "Belarus frees prisoners as US lifts sanctions\nMinsk released fourteen people.\n\n\
                The United States lifted sanctions on Belarus.\n\nRain is expected tomorrow.\n";
    std::fs::write(project.path("story.txt"), text).unwrap();
    let file = project.path("story.txt");

    let ended = project.run(&["explain", "--file", file.to_str().unwrap()]).expect_code(0);

    assert_eq!(ended.stdout, from_stdin(&project, &[], text).expect_code(0).stdout);
    insta::assert_snapshot!(ended.stdout);
}

#[test]
fn a_saved_page_is_read_like_a_fetched_one() {
    let web = WebServer::start();
    let url = web.serve("/story", page(ARTICLE));
    let project = Project::new();
    let file = project.path("story.html");
    std::fs::write(&file, ARTICLE).unwrap();
    let file = file.to_str().unwrap();

    let text = "The United States lifted sanctions on Belarus.\nRain is expected tomorrow.\n";
    for from in [["--file", file], ["--url", &url]] {
        let read = project.run(&[&["explain", "--text-only"], &from[..]].concat()).expect_code(0);
        assert_eq!(read.stdout, text, "{from:?}");
    }
    let told = project.run(&["explain", "--file", file, "--json"]).expect_code(0).json();
    assert_eq!(told["text"]["title"], "Belarus frees prisoners as US lifts sanctions");
}

#[test]
fn a_wall_is_told_and_not_explained() {
    let web = WebServer::start();
    let wall = "<html><title>Before you continue</title><p>Cookies and sanctions on Iran.</p></html>";
    let url = web.serve("/story", page(wall));
    let ended = Project::new().run(&["explain", "--url", &url]).expect_code(65);
    assert!(ended.stderr.contains("a page that asks for consent, not an article"), "{ended}");
}

#[test]
fn a_page_is_fetched_and_its_article_explained() {
    let web = WebServer::start();
    let url = web.serve("/story", page(ARTICLE));
    let moved = web.serve("/moved", Route::redirect("/story"));
    let project = Project::new();

    let told = project.run(&["explain", "--url", &url, "--json"]).expect_code(0).json();

    assert_eq!(told["text"]["title"], "Belarus frees prisoners as US lifts sanctions");
    assert_eq!(told["text"]["summary"], "Minsk released fourteen people on Saturday.");
    let body = told["text"]["body"].as_str().unwrap();
    assert!(body.starts_with("The United States lifted") && body.ends_with("tomorrow."), "{body}");
    assert_eq!((&told["lang"], &told["sanctions"]["reported"]), (&"en".into(), &true.into()));
    assert_eq!(told, project.run(&["explain", "--url", &moved, "--json"]).expect_code(0).json());
    let asked = web.requests("/story");
    assert!(asked[0].header("accept").is_some_and(|accept| accept.starts_with("text/html")), "{asked:?}");
    assert!(!project.state().exists(), "explaining a page touches no state");
}

#[rstest]
#[case::missing(Route::status(404), 69, "not found")]
#[case::silent(Route::Hang, 69, "3 s")]
#[case::endless(Route::Endless, 69, "bytes")]
#[case::bomb(Route::GzipBomb, 69, "bytes")]
#[case::cut_short(Route::CutShort, 69, "")]
#[case::feed(Route::feed(fixture("news.xml")), 65, "not a web page")]
#[case::inwards(Route::redirect("http://169.254.169.254/latest/meta-data"), 69, "no public address")]
#[case::file(Route::redirect("file:///etc/passwd"), 69, "")]
fn a_page_that_is_none_is_told(#[case] route: Route, #[case] code: i32, #[case] words: &str) {
    let web = WebServer::start();
    let url = web.serve("/page", route);
    let ended = Project::new().run(&["explain", "--url", &url]).expect_code(code);
    assert!(ended.stderr.contains(words) && ended.stdout.is_empty(), "{ended}");
}

#[test]
fn a_page_at_a_private_address_is_not_asked_for() {
    let web = WebServer::start();
    let url = web.serve("/story", page(ARTICLE));
    let mut project = Project::new();
    project.change("allow-addresses = [\"127.0.0.0/8\"]\n", "");

    let ended = project.run(&["explain", "--url", &url]).expect_code(69);

    assert!(ended.stderr.contains("no public address"), "{ended}");
    assert!(web.all_requests().is_empty());
}

#[test]
fn a_stored_item_is_explained_by_its_number() {
    let web = WebServer::start();
    let url = web.serve("/news.xml", Route::feed(fixture("news.xml")));
    let project = Project::new().source("Meridian", &url);
    project.once();
    let dropped = project.run(&["stories", "--dropped", "--json"]).expect_code(0).json_lines();
    let item = dropped.iter().find(|item| item["title"] == FOOTBALL).unwrap();
    let id = item["id"].to_string();

    let ended = project.run(&["explain", &id]).expect_code(0);
    let told = project.run(&["explain", &id, "--json"]).expect_code(0).json();

    for words in ["Item", "Meridian", "no-cue", "[Georgia GE]", "(Jordan?)", "Watches"] {
        assert!(ended.stdout.contains(words), "{words}: {ended}");
    }
    assert!(!ended.stdout.contains("judged anew"), "the vocabulary is the same: {ended}");
    assert_eq!((&told["id"], &told["stored"]["reason"]), (&item["id"], &item["reason"]));
    assert_eq!(told["text"]["title"], FOOTBALL);

    let stricter = project.with("[thresholds]\nsanctions = 90.0\nalliance = 90.0");
    let story = stricter.stories()[0]["id"].to_string();
    let items = stricter.run(&["explain", "--story", &story, "--json"]).expect_code(0).json_lines();
    let anew = stricter.run(&["explain", &items[0]["id"].to_string()]).expect_code(0).stdout;
    assert!(
        anew.contains("judged anew") && anew.contains("lacks") && anew.contains("told in story"),
        "{anew}"
    );
}

#[test]
fn nothing_hostile_reaches_the_output() {
    let hostile = "Iran \u{1b}]0;owned\u{7}signs\u{9b}31m \u{202e}pact&#27;[2J with Belarus&amp;#x1b;[5m\n\
                   A \u{1b}[31msummary\u{1b}[0m of US &#155;sanctions\n\nA \u{8}body\u{7f} with sanctions on \u{2066}Iran\r.\n";
    let web = WebServer::start();
    let url =
        web.serve("/story", page(&format!("<title>{hostile}</title><h1>{hostile}</h1><p>{hostile}</p>")));
    let project = Project::new();

    for ended in [from_stdin(&project, &[], hostile), project.run(&["explain", "--url", &url])] {
        let told = ended.expect_code(0).stdout;
        assert!(told.contains("[Iran IR]"), "{told}");
        let shows = |c: char| !c.is_control() || c == '\n';
        assert!(
            told.chars().all(|c| shows(c) && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')),
            "{told:?}"
        );
    }
}

#[test]
fn programs_get_the_same_facts() {
    let project = Project::new().with(OTHER_WATCHES);
    let title = "Iran and Belarus sign cooperation roadmap as football federation threatens Georgia";

    let told = project.run(&["explain", "--json", title]).expect_code(0).json();

    let words = |mark: &Value| {
        let at = |key: &str| usize::try_from(mark[key].as_u64().unwrap()).unwrap();
        title[at("start")..at("end")].to_owned()
    };
    let list = |key: &str| told[key].as_array().unwrap().clone();
    let marks: Vec<(String, Value)> = list("marks").iter().map(|m| (words(m), m["what"].clone())).collect();
    assert!(marks.contains(&("Iran".to_owned(), "actor".into())), "{marks:?}");
    assert!(marks.contains(&("sign".to_owned(), "cue".into())), "{marks:?}");
    let clauses: Vec<String> = list("clauses").iter().map(words).collect();
    assert_eq!(clauses[0], "Iran and Belarus sign cooperation roadmap");
    let watches: Vec<(Value, Value)> =
        list("watches").iter().map(|w| (w["name"].clone(), w["matches"].clone())).collect();
    assert_eq!(watches[0], ("Iran and Belarus".into(), true.into()));
    assert_eq!(watches[2], ("Strict".into(), false.into()));
    assert!(told["watches"][2]["mismatches"][0].as_array().unwrap().contains(&"score".into()), "{told}");
    for relation in list("relations") {
        let sum: f64 =
            relation["evidence"].as_array().unwrap().iter().filter_map(|e| e["weight"].as_f64()).sum();
        assert!((sum - relation["score"].as_f64().unwrap()).abs() < 1e-9, "{relation}");
    }
}

#[rstest]
#[case::nothing(&[], 64)]
#[case::two(&["Headline", "--url", "https://meridian.example/"], 64)]
#[case::no_address(&["--url", "meridian"], 64)]
#[case::no_file(&["--file", "nowhere.txt"], 66)]
#[case::no_source(&["Headline", "--source", "Nobody"], 64)]
fn what_cannot_be_explained_is_told(#[case] arguments: &[&str], #[case] code: i32) {
    let ended = Project::new().run(&[&["explain"], arguments].concat()).expect_code(code);
    assert!(!ended.stderr.is_empty() && ended.stdout.is_empty(), "{ended}");
}

#[test]
fn a_file_that_is_no_text_is_told() {
    let project = Project::new();
    let command = project.command(&["explain", "--file", "-"]);
    let ended = program::run(command, Some(vec![0xff, 0xfe, 0x00])).expect_code(65);
    assert!(ended.stderr.contains("UTF-8"), "{ended}");
}
