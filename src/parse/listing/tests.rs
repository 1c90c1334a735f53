//! Self-written listings, right and wrong.

use super::*;
use crate::domain::SourceForm;
use crate::parse::entries;
use rstest::rstest;
use url::Url;

const RELEASES: &str = r#"{
  "status": "ok",
  "data": {"count": 3, "releases": [
    {"head": {"title": "Minsk &amp; Tehran sign <b>roadmap</b>"}, "links": ["/news/one", "/pdf/one"],
     "when": "2026-11-23T10:00:00+02:00", "text": "<p>Eight agreements.</p>"},
    {"head": {"title": "Licence issued"}, "links": ["https://other.example/two"], "when": 1795420800},
    {"head": {"title": "Notice"}, "links": [], "when": "1795420800000", "text": null},
    {"head": {"title": "  "}, "links": []},
    {"head": null}
  ]}}"#;

fn rules(items: &str, title: &str) -> ListingRules {
    let path = |text: &str| text.parse().unwrap();
    ListingRules { items: path(items), title: path(title), link: None, date: None, summary: None }
}

fn listing(text: &str, rules: ListingRules) -> Result<Parsed, ParseError> {
    let base = Url::parse("https://body.example/api/releases.json?year=2026").unwrap();
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    entries(&SourceForm::Json(Box::new(rules)), text.as_bytes(), None, &base, now)
}

#[test]
fn a_listing_becomes_entries() {
    let mut rules = rules("data.releases", "head.title");
    rules.link = "links.0".parse().ok();
    rules.date = "when".parse().ok();
    rules.summary = "text".parse().ok();
    let parsed = listing(RELEASES, rules).unwrap();
    let found: Vec<_> = parsed
        .entries
        .iter()
        .map(|entry| {
            let url = entry.url.as_ref().map(Url::as_str);
            (entry.title.as_str(), url, entry.published.map(|time| time.to_string()), entry.summary.as_str())
        })
        .collect();
    let date = |text: &str| Some(text.to_owned());
    assert_eq!(
        found,
        [
            (
                "Minsk & Tehran sign roadmap",
                Some("https://body.example/news/one"),
                date("2026-11-23T08:00:00Z"),
                "Eight agreements."
            ),
            ("Licence issued", Some("https://other.example/two"), date("2026-11-23T08:00:00Z"), ""),
            ("Notice", None, date("2026-11-23T08:00:00Z"), ""),
        ]
    );
    assert_eq!(parsed.repairs, []);
}

#[test]
fn the_root_may_be_the_list_and_an_item_its_own_title() {
    let parsed = listing("\u{feff} [\"One\", 2, null, {\"a\": 1}]", rules("", "")).unwrap();
    let titles: Vec<_> = parsed.entries.iter().map(|entry| entry.title.as_str()).collect();
    assert_eq!(titles, ["One", "2"]);
    assert_eq!(listing("[]", rules("", "title")).unwrap().entries, []);
}

#[rstest]
#[case::no_such_key(
    "data.items",
    "t",
    "`items` (data.items) finds no list: there is no `items`, and `data` holds `count`, `releases` (a list of 5)"
)]
#[case::no_such_root(
    "releases",
    "t",
    "`items` (releases) finds no list: there is no `releases`, and it holds `status`, `data` (an object)"
)]
#[case::root_is_no_list(
    "",
    "t",
    "`items` (the root) finds no list: it leads to `status`, `data` (an object)"
)]
#[case::a_text("status", "t", "`items` (status) finds no list: it leads to a text of 2 bytes")]
#[case::behind_the_end(
    "data.releases.9",
    "t",
    "`items` (data.releases.9) finds no list: there is no `9`, and `data.releases` holds a list of 5"
)]
#[case::no_title(
    "data.releases",
    "headline",
    "`title` (headline) finds nothing in any of 5 items: in the first, there is no `headline`, and it holds `head` (an object), `links` (a list of 2), `when`, `text`"
)]
#[case::title_is_a_list(
    "data.releases",
    "links",
    "`title` (links) finds nothing in any of 5 items: in the first, a list of 2"
)]
fn a_path_that_finds_nothing_says_what_is_there(
    #[case] items: &str,
    #[case] title: &str,
    #[case] told: &str,
) {
    let error = listing(RELEASES, rules(items, title)).unwrap_err();
    assert_eq!(error.to_string(), format!("{told} (JSON of {} bytes)", RELEASES.len()));
}

#[test]
fn a_rule_that_can_be_done_without_is_told() {
    let mut rules = rules("data.releases", "head.title");
    rules.link = "url".parse().ok();
    rules.date = "head.title".parse().ok();
    rules.summary = "abstract".parse().ok();
    let parsed = listing(RELEASES, rules).unwrap();
    assert_eq!(parsed.entries.len(), 3);
    assert_eq!(parsed.repairs, [Repair::NoLinks, Repair::NoDates, Repair::NoSummaries]);
}

#[rstest]
#[case::nothing(" \n", "the body is empty")]
#[case::a_page(
    "<!DOCTYPE html><title>Just a moment…</title>",
    "HTML or XML, not JSON (title: \"Just a moment…\")"
)]
#[case::words("Access denied", "not JSON; it begins with \"Access denied\"")]
#[case::cut("[{\"t\": 1}, {\"t", "broken JSON: EOF while parsing a string at line 1 column 14")]
fn what_is_no_json_is_named(#[case] text: &str, #[case] told: &str) {
    assert_eq!(listing(text, rules("", "t")).unwrap_err().to_string(), told);
}

#[test]
fn hostile_listings_end() {
    let refused = |text: String| listing(&text, rules("", "t")).unwrap_err();
    let deep = "[".repeat(100_000);
    assert_eq!(refused(deep), ParseError::JsonTooLarge { what: "levels", limit: MAX_DEPTH });
    let wide = format!("[{}1]", "1,".repeat(MAX_VALUES));
    assert_eq!(refused(wide), ParseError::JsonTooLarge { what: "values", limit: MAX_VALUES });
    let large = format!("[\"{}\"]", "x".repeat(MAX_BYTES));
    assert_eq!(refused(large), ParseError::JsonTooLarge { what: "bytes", limit: MAX_BYTES });
    let keys: Vec<String> = (0..500).map(|n| format!("\"{n}\\u001b[31m{}\": 1", "k".repeat(5_000))).collect();
    let told = refused(format!("{{{}}}", keys.join(","))).to_string();
    assert!(told.len() < 1_000 && !told.contains('\u{1b}') && told.contains(" and 488 more"), "{told}");
    let many = format!("[{}{{\"t\": \"x\"}}]", "{\"t\": \"x\"},".repeat(MAX_ENTRIES));
    let parsed = listing(&many, rules("", "t")).unwrap();
    assert_eq!((parsed.entries.len(), parsed.repairs), (MAX_ENTRIES, vec![Repair::TooManyEntries]));
    let odd = r#"[{"t": "x", "d": 1e400, "l": "javascript:alert(1)"}, {"t": "y", "d": -5, "l": "\u0000"}]"#;
    let mut rules = rules("", "t");
    (rules.link, rules.date) = ("l".parse().ok(), "d".parse().ok());
    let parsed = listing(odd, rules).unwrap();
    assert!(parsed.entries.iter().all(|entry| entry.url.is_none() && entry.published.is_none()));
}
