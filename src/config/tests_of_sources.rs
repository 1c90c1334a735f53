//! What a source may say, and what is wrong in one.

use super::check_text;
use super::tests::{WATCH, told};
use crate::domain::{JsonPath, SourceForm};
use rstest::rstest;

#[rstest]
#[case::no_name(
    "[[source]]\nurl = \"https://example.org/\"",
    "1:1 [[source]] has no `name` (add `name = \"Al Jazeera\"`)"
)]
#[case::no_address(
    "[[source]]\nname = \"A\"",
    "1:1 [[source]] has no address (add `url = \"https://…\"` for a feed, `page` with `item` and `title` for an HTML page, or `json` with `items` and `title` for a JSON listing)"
)]
#[case::rules_of_two(
    "[[source]]\nname = \"A\"\njson = \"https://a.example/\"\npage = \"https://b.example/\"\nitem = \"li\"\nitems = \"\"\ntitle = \"a\"",
    "4:8 `title` and the other rules would be read for `json` and for `page` (write one as a table with its rules, such as `page = { url = \"…\", … }`)"
)]
#[case::rule_beside_a_table(
    "[[source]]\nname = \"A\"\ntitle = \"a\"\npage = { url = \"https://a.example/\", item = \"li\", title = \"a\" }",
    "3:9 `title` stands beside `page`, which is a table (move it into the table of `page`)"
)]
#[case::table_without_address(
    "[[source]]\nname = \"A\"\nurl = \"https://a.example/\"\njson = { items = \"\", title = \"t\" }",
    "4:8 json has no `url` (add `url = \"https://example.org/api/releases.json\"`)"
)]
#[case::table_without_a_rule(
    "[[source]]\nname = \"A\"\npage = { url = \"https://a.example/\", title = \"a\" }",
    "3:8 page has no `item` (add `item = \".row\"`)"
)]
#[case::key_of_another_table(
    "[[source]]\nname = \"A\"\npage = { url = \"https://a.example/\", item = \"li\", title = \"a\", items = \"x\" }",
    "3:64 unknown key `items` in page (did you mean `item`?)"
)]
#[case::same_address_in_two_forms(
    "[[source]]\nname = \"A\"\nurl = \"https://a.example/\"\nsearch = \"https://a.example\"",
    "4:10 this address is given twice (the first is at sanctionwatch.toml:3)"
)]
#[case::no_title(
    "[[source]]\nname = \"A\"\npage = \"https://a.example/\"\nitem = \"li\"",
    "1:1 [[source]] has no `title` (add `title = \"a\"`)"
)]
#[case::selector_for_feed(
    "[[source]]\nname = \"A\"\nurl = \"https://a.example/\"\ndate = \"time\"",
    "4:8 `date` is for pages and JSON listings, and this source is a feed (remove it, or write `page` or `json` instead of `url`)"
)]
#[case::items_for_page(
    "[[source]]\nname = \"A\"\npage = \"https://a.example/\"\nitem = \"li\"\nitems = \"x\"\ntitle = \"a\"",
    "5:9 `items` is for JSON listings, and this source is an HTML page (`item` is its counterpart for `page`; or write `json`)"
)]
#[case::item_for_json(
    "[[source]]\nname = \"A\"\njson = \"https://a.example/\"\nitems = \"\"\nitem = \"li\"\ntitle = \"a\"",
    "5:8 `item` is for pages, and this source is a JSON listing (`items` is its counterpart for `json`; or write `page`)"
)]
#[case::no_items(
    "[[source]]\nname = \"A\"\njson = \"https://a.example/\"\ntitle = \"t\"",
    "1:1 [[source]] has no `items` (add `items = \"data.items\"`)"
)]
#[case::bad_path(
    "[[source]]\nname = \"A\"\njson = \"https://a.example/\"\nitems = \"items[0]\"\ntitle = \"t\"",
    "4:9 `items` is not a path into JSON: it has keys and indexes with dots between them, and nothing else (keys and list indexes with dots between them, such as \"data.releases\" or \"links.0.url\")"
)]
#[case::bad_date_path(
    "[[source]]\nname = \"A\"\njson = \"https://a.example/\"\nitems = \"\"\ntitle = \"t\"\ndate = \"a..b\"",
    "6:8 `date` is not a path into JSON: a key or an index is missing beside a dot (keys and list indexes with dots between them, such as \"data.releases\" or \"links.0.url\")"
)]
#[case::json_without_scheme(
    "[[source]]\nname = \"A\"\njson = [\"example.org/a.json\"]\nitems = \"\"\ntitle = \"t\"",
    "3:9 this address has no scheme (it starts with `https://`, such as \"https://example.org/feed.xml\")"
)]
#[case::bad_selector(
    "[[source]]\nname = \"A\"\npage = \"https://a.example/\"\nitem = \"li[\"\ntitle = \"a\"",
    "4:8 `item` is not a CSS selector: it ends too early (such as \".row\", \"h2 > a\" or \"a[href^='/news/']\")"
)]
#[case::no_scheme(
    "[[source]]\nname = \"A\"\nurl = \"example.org/feed\"",
    "3:7 this address has no scheme (it starts with `https://`, such as \"https://example.org/feed.xml\")"
)]
#[case::bad_scheme(
    "[[source]]\nname = \"A\"\nurl = \"ftp://example.org/feed\"",
    "3:7 sources are polled over http and https, not over `ftp` (such as \"https://example.org/feed.xml\")"
)]
#[case::password_in_address(
    "[[source]]\nname = \"A\"\nurl = \"https://me:hunter2@example.org/\"",
    "3:7 an address with a user or password would put it into logs and mails (leave out what stands before the `@`)"
)]
#[case::no_addresses("[[source]]\nname = \"A\"\nurl = []", "3:7 `url` is an empty list")]
#[case::same_address(
    "[[source]]\nname = \"A\"\nurl = [\"https://a.example/\", \"https://A.example\"]",
    "3:30 this address is given twice (the first is at sanctionwatch.toml:3)"
)]
#[case::robots_for_feed(
    "[[source]]\nname = \"A\"\nurl = \"https://a.example/\"\nrobots = false",
    "4:10 `robots` is for pages and articles; feeds and JSON listings are made for programs, and robots.txt is not asked (remove it, or add `full-text`)"
)]
#[case::bad_robots(
    "[[source]]\nname = \"A\"\npage = \"https://a.example/\"\nitem = \"li\"\ntitle = \"a\"\nrobots = \"no\"",
    "6:10 `robots` must be true or false, not a string"
)]
#[case::bad_language(
    "[[source]]\nname = \"A\"\nurl = \"https://a.example/\"\nlang = \"english\"",
    "4:8 `english` is no language code (two letters, such as \"en\" or \"ru\")"
)]
#[case::bad_speaker(
    "[[source]]\nname = \"A\"\nurl = \"https://a.example/\"\nspeaks-for = \"Belarsu\"",
    "4:14 unknown country `Belarsu` (did you mean \"Belarus\"?)"
)]
#[case::same_name(
    "[[source]]\nname = \"S \"\nurl = \"https://a.example/\"\n[[source]]\nname = \"S\"\nurl = \"https://b.example/\"",
    "5:8 this source name is given twice (the first is at sanctionwatch.toml:2)"
)]
fn a_wrong_source_is_told_at_its_place(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(told(&format!("{text}\n{WATCH}")), [expected]);
}

#[test]
fn a_json_listing_is_its_paths() {
    let text = "[[source]]\nname = \"A\"\njson = [\"https://a.example/\", \"https://b.example/\"]\nitems = \"data.0\"\n\
                title = \"\"\nlink = \"url\"\n";
    let source = check_text(text).unwrap_or_else(|errors| panic!("{errors}")).config.sources.remove(0);
    assert_eq!(source.addresses.len(), 2);
    let SourceForm::Json(rules) = &*source.addresses[1].form else { panic!("a listing") };
    assert_eq!(rules.items.steps().collect::<Vec<_>>(), ["data", "0"]);
    assert_eq!(rules.title.steps().count(), 0);
    assert_eq!(
        (rules.link.as_ref().map(JsonPath::to_string), rules.date.as_ref()),
        (Some("url".to_owned()), None)
    );
}

#[test]
fn forms_are_tried_in_their_order_however_they_are_written() {
    let text = "[[source]]\nname = \"A\"\nsearch = \"https://s.example/?q=site:a.example\"\n\
                page = \"https://a.example/news\"\nitem = \".row\"\ntitle = \"a\"\n\
                json = { url = [\"https://a.example/1\", \"https://a.example/2\"], items = \"\", title = \"t\" }\n\
                url = \"https://a.example/feed\"\n";
    let source = check_text(text).unwrap_or_else(|errors| panic!("{errors}")).config.sources.remove(0);
    let tried: Vec<String> = source
        .addresses
        .iter()
        .map(|address| format!("{} {}", address.form.key(), address.url.path()))
        .collect();
    assert_eq!(tried, ["url /feed", "json /1", "json /2", "page /news", "search /"]);
}
