//! Documents that were made to harm: each ends soon, with what it says or with a reason.

use super::*;
use std::time::{Duration, Instant};

/// Far more than any of these takes, and far less than the quadratic ways of reading them.
const SOON: Duration = Duration::from_secs(10);

/// The titles of a feed that has one item with this in it, read soon.
fn titles_with(root: &str, item: &str) -> Vec<String> {
    let started = Instant::now();
    let titles = titles(&format!("{root}<channel><item>{item}</item></channel></rss>"));
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    titles
}

const ROOT: &str = "<rss version='2.0'>";

#[test]
fn entities_of_entities_stay_text() {
    let entities: Vec<String> = ('a'..='i')
        .zip('b'..='j')
        .map(|(inner, name)| format!("<!ENTITY {name} \"{}\">", format!("&{inner};").repeat(10)))
        .collect();
    let laughs = format!("<!DOCTYPE r [<!ENTITY a \"ha\">{}", entities.concat());
    assert_eq!(
        titles_with(&format!("{laughs}]>{ROOT}"), "<title>Ten to the ninth &j;</title>"),
        ["Ten to the ninth &j;"]
    );
}

#[test]
fn an_entity_that_names_a_file_stays_text() {
    let file = "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss version='2.0'>";
    assert_eq!(titles_with(file, "<title>a &x;</title>"), ["a &x;"]);
}

#[test]
fn a_hundred_thousand_nested_elements_are_no_burden() {
    assert_eq!(titles_with(ROOT, &format!("<title>x</title>{}", "<a>".repeat(100_000))), ["x"]);
}

#[test]
fn half_a_megabyte_of_nested_lists_is_no_burden() {
    let lists = "&lt;ul>&lt;li>".repeat(512 * 1024 / 14);
    assert_eq!(titles_with(ROOT, &format!("<title>x</title><description>{lists}</description>")), ["x"]);
    let lists = "<ul><li>".repeat(512 * 1024 / 8);
    let item = format!("<title>x</title><description><![CDATA[{lists}end]]></description>");
    assert_eq!(titles_with(ROOT, &item), ["x"]);
}

#[test]
fn a_million_attributes_are_no_burden() {
    let attributes = " a=''".repeat(1_000_000);
    let started = Instant::now();
    let parsed =
        feed(&format!("{ROOT}<channel><item{attributes}><title>x</title></item></channel></rss>")).unwrap();
    assert_eq!((parsed.entries[0].title.as_str(), parsed.repairs), ("x", vec![Repair::LongTag]));
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

#[test]
fn ten_thousand_namespaces_are_no_burden() {
    let spaces: Vec<String> = (0..10_000).map(|number| format!(" xmlns:a{number}='1'")).collect();
    assert_eq!(titles_with(&format!("<rss version='2.0'{}>", spaces.concat()), "<title>x</title>"), ["x"]);
}

#[test]
fn of_a_million_entries_so_many_are_read_and_the_rest_is_told() {
    let started = Instant::now();
    let many = "<item><title>x</title></item>".repeat(1_000_000);
    let parsed = feed(&format!("{ROOT}<channel>{many}</channel></rss>")).unwrap();
    assert_eq!(parsed.entries.len(), MAX_ENTRIES);
    assert_eq!(parsed.repairs, [Repair::TooManyEntries]);
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

#[test]
fn a_title_of_a_megabyte_is_cut() {
    let titles = titles_with(ROOT, &format!("<title>{}</title>", "Minsk ".repeat(1024 * 1024 / 6)));
    assert!(titles[0].chars().count() <= MAX_TITLE_CHARS && titles[0].starts_with("Minsk Minsk"));
}

#[rstest]
#[case::nul("Mi\0nsk &#0; signs", "Minsk \u{fffd} signs")]
#[case::escape("Mi\u{1b}[31mnsk", "Mi[31mnsk")]
#[case::override_of_direction("Minsk \u{202e}sngis\u{202c}", "Minsk sngis")]
#[case::isolate("Minsk \u{2066}signs\u{2069}", "Minsk signs")]
#[case::written_as_reference("Minsk &#x202E;sngis", "Minsk sngis")]
#[case::zero_width("Min\u{200b}sk", "Minsk")]
fn titles_hold_nothing_that_misleads(#[case] title: &str, #[case] clean: &str) {
    assert_eq!(titles_with(ROOT, &format!("<title>{title}</title>")), [clean]);
}

#[rstest]
#[case::a_second_past_the_slack("2026-11-23T13:00:01Z", None)]
#[case::within_the_slack("2026-11-23T13:00:00Z", Some("2026-11-23T13:00:00Z"))]
#[case::nineteen_seventy("Thu, 01 Jan 1970 00:00:00 GMT", None)]
#[case::twenty_ninety_nine("Thu, 01 Jan 2099 00:00:00 GMT", None)]
#[case::year_one("0001-01-01T00:00:00Z", None)]
#[case::no_year("Mon, 23 Nov -1 00:00:00 GMT", None)]
#[case::no_such_zone("Mon, 23 Nov 2026 10:00:00 +9999", Some("2026-11-23T10:00:00Z"))]
fn dates_that_cannot_be_are_no_dates(#[case] date: &str, #[case] expected: Option<&str>) {
    let text =
        format!("{ROOT}<channel><item><title>x</title><pubDate>{date}</pubDate></item></channel></rss>");
    let published = feed(&text).unwrap().entries[0].published.map(|time| time.to_string());
    assert_eq!(published.as_deref(), expected);
}

#[rstest]
#[case::script("javascript:alert(1)")]
#[case::split_script("java\nscript:alert(1)")]
#[case::data("data:text/html,x")]
#[case::file("file:///etc/passwd")]
fn links_lead_to_pages_only(#[case] link: &str) {
    let text = format!("{ROOT}<channel><item><title>x</title><link>{link}</link></item></channel></rss>");
    assert_eq!(feed(&text).unwrap().entries[0].url, None);
}

/// What a listing page with this in its body comes to, soon.
fn page_of(body: &str) -> Result<Parsed, ParseError> {
    let started = Instant::now();
    let page = format!("<!DOCTYPE html><html><head><title>x</title></head><body>{body}</body></html>");
    let found = entries(&rules("li", "a", None), page.as_bytes(), None, &base(), now());
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    found
}

#[test]
fn a_page_that_would_be_a_burden_is_refused_before_its_tree_is_built() {
    assert!(matches!(page_of(&"<ul><li>".repeat(512 * 1024 / 8)), Err(ParseError::PageTooDeep { .. })));
    assert!(matches!(page_of(&"<div>".repeat(100_000)), Err(ParseError::PageTooDeep { .. })));
    let attributes: Vec<String> = (0..200_000).map(|number| format!(" a{number}=''")).collect();
    assert!(matches!(
        page_of(&format!("<p{}>x</p>", attributes.concat())),
        Err(ParseError::TooManyAttributes { .. })
    ));
    assert!(matches!(page_of(&"x".repeat(5 * 1024 * 1024)), Err(ParseError::PageTooLarge { .. })));
}

#[test]
fn a_declaration_in_the_middle_of_a_feed_is_passed_over_and_stays_where_it_is_text() {
    let declared = "<?xml version='1.0' encoding='shift_jis'?>";
    let item = format!("<title>x</title>{declared}<description><![CDATA[See {declared}]]></description>");
    let parsed = feed(&format!("{ROOT}{declared}<channel><item>{item}</item></channel></rss>")).unwrap();
    let entry = &parsed.entries[0];
    assert_eq!((entry.title.as_str(), &parsed.repairs), ("x", &Vec::new()), "the parser did not panic");
    let text = feed(&format!(
        "{ROOT}<channel><item><title><![CDATA[a <?xml encoding='b'?> c]]></title></item></channel></rss>"
    ));
    assert!(text.is_ok_and(|parsed| !parsed.repairs.contains(&Repair::ParserPanic)));
}

#[rstest]
#[case::ampersands("&")]
#[case::references_without_an_end("&a")]
#[case::character_data_without_an_end("<![CDATA[")]
#[case::declarations_without_an_end("<?xml ")]
#[case::comments_without_an_end("<!--")]
fn ten_megabytes_of_what_must_be_mended_are_no_burden(#[case] piece: &str) {
    let many = piece.repeat(10 * 1024 * 1024 / piece.len());
    let started = Instant::now();
    let _either = feed(&format!("{ROOT}<channel><item><title>{many}</title></item></channel></rss>"));
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}
