//! Real feeds as they came over the wire, 2004 to 2026. They stay outside the repository; where they
//! are absent, these tests say that they were skipped.

use crate::support::project::Project;
use crate::support::shared_folder::shared;
use crate::support::web::{Route, WebServer};
use sanctionwatch::domain::SourceForm;
use sanctionwatch::parse;
use std::collections::BTreeMap;
use url::Url;

/// The captures that give fewer entries than their index counts items, with the reason.
const FEWER: &[(&str, &str)] = &[(
    "KDE+syndication__autotests__rdf__javaworld.xml",
    "the eleventh `<item>` stands in a comment: there are ten",
)];

/// A captured feed, and whether it holds entries by the words of its markup.
struct Capture {
    name: String,
    bytes: Vec<u8>,
    holds_entries: bool,
}

/// Whether the raw bytes hold the start of an entry. Bytes of two-byte encodings are read without
/// their zeros, so that UTF-16 is seen as well.
fn holds_entries(bytes: &[u8]) -> bool {
    let plain: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    let text = String::from_utf8_lossy(&plain);
    let is_start = |rest: &str| rest.starts_with([' ', '>', '/', '\n', '\r', '\t']);
    let opens = |tag: &str| text.match_indices(tag).any(|(at, _)| is_start(&text[at + tag.len()..]));
    let json_items =
        text.trim_start().starts_with('{') && text.contains("\"items\"") && text.contains("\"id\"");
    ["<item", "<entry", ":item", ":entry"].into_iter().any(opens) || json_items
}

fn captures() -> Option<Vec<Capture>> {
    let folder = shared("feeds/captures")?;
    let mut captures: Vec<Capture> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let bytes = std::fs::read(entry.path()).unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            Capture { name, holds_entries: holds_entries(&bytes), bytes }
        })
        .collect();
    captures.sort_by(|left, right| left.name.cmp(&right.name));
    Some(captures)
}

#[test]
fn real_feeds_are_read_and_the_second_poll_is_silent() {
    let Some(captures) = captures() else { return };
    let web = WebServer::start();
    let mut project = Project::new();
    for (number, capture) in captures.iter().enumerate() {
        let route = Route::File { kind: "application/xml", body: capture.bytes.clone() };
        let url = web.serve(&format!("/{number}"), route);
        project = project.source(&format!("{number:03} {}", capture.name), &url);
    }
    project.change("timeout = \"3s\"", "timeout = \"60s\"");

    let first = project.once();

    let failures = first.failures();
    let with_entries = captures.iter().filter(|capture| capture.holds_entries).count();
    let failed: BTreeMap<&str, &str> = captures
        .iter()
        .enumerate()
        .filter(|(_, capture)| capture.holds_entries)
        .filter_map(|(number, capture)| {
            let reason = failures.get(&format!("{number:03} {}", capture.name))?;
            Some((capture.name.as_str(), reason.as_str()))
        })
        .collect();
    let read = with_entries - failed.len();
    println!(
        "{} files, {with_entries} with entries, {read} of them read ({} ‰), {} entries",
        captures.len(),
        read * 1000 / with_entries,
        first.number("entries"),
    );
    println!("not read: {failed:#?}");
    assert!(failed.is_empty(), "{read} of {with_entries}");
    assert!(failures.is_empty(), "one without entries is read as well: {failures:#?}");
    assert_eq!(first.number("sources.polled"), captures.len() as u64);
    assert!(first.number("entries") > 5_000, "{}", first.number("entries"));

    let second = project.once();

    for (number, capture) in captures.iter().enumerate() {
        let requests = web.requests(&format!("/{number}"));
        let name = format!("{number:03} {}", capture.name);
        assert_eq!(requests.len(), 2, "{name}");
        assert!(requests[1].is_conditional() || failures.contains_key(&name), "{name}: {:?}", requests[1]);
    }
    assert_eq!(second.numbers(["entries", "items.new", "items.updated", "alerts"]), [0, 0, 0, 0]);
    assert_eq!(second.number("stories.new"), 0);
}

/// How many items the index of the captures counts in each.
fn counted_items() -> Option<BTreeMap<String, usize>> {
    let index = std::fs::read_to_string(shared("feeds/captures.tsv")?).unwrap();
    let mut lines = index.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let column = |name| header.iter().position(|column| *column == name).unwrap();
    let (file, items) = (column("file"), column("items"));
    Some(lines.map(|line| (line[file].to_owned(), line[items].parse().unwrap_or(0))).collect())
}

#[test]
fn no_real_feed_gives_fewer_entries_than_it_has_or_than_another_reader_finds() {
    let (Some(captures), Some(items)) = (captures(), counted_items()) else { return };
    let base = Url::parse("https://feeds.example/feed").unwrap();
    let now = "2027-01-01T00:00:00Z".parse().unwrap();
    let (mut ours, mut counted, mut plain, mut refused) = (0, 0, 0, 0);
    let mut fewer = Vec::new();
    for capture in &captures {
        let read = parse::entries(&SourceForm::Feed, &capture.bytes, None, &base, now);
        let read = read.map_or(0, |parsed| parsed.entries.len());
        let in_index = items.get(&capture.name).copied().unwrap_or(0).min(parse::MAX_ENTRIES);
        let alone = feed_rs::parser::parse(capture.bytes.as_slice());
        refused += usize::from(alone.is_err());
        let alone = alone.map_or(0, |feed| feed.entries.len()).min(parse::MAX_ENTRIES);
        (ours, counted, plain) = (ours + read, counted + in_index, plain + alone);
        let excused = FEWER.iter().any(|(name, _)| *name == capture.name);
        if read < in_index.max(alone) && !excused {
            fewer.push(format!(
                "{}: {read} entries, {in_index} in the index, {alone} by feed-rs",
                capture.name
            ));
        }
    }
    println!(
        "{} files: {ours} entries; their index counts {counted}; feed-rs alone reads {plain} and refuses {refused} files",
        captures.len()
    );
    assert!(fewer.is_empty(), "{fewer:#?}");
}

#[test]
fn what_holds_entries_is_seen_in_every_form() {
    for text in
        ["<rss><item>", "<rdf:RDF><rss:item rdf:about='x'>", "<feed><entry\n>", "{\"items\": [{\"id\": 1}]}"]
    {
        assert!(holds_entries(text.as_bytes()), "{text}");
    }
    for text in ["<rss><channel></channel></rss>", "<items/>", "<entries>", "{\"items\": []}"] {
        assert!(!holds_entries(text.as_bytes()), "{text}");
    }
    let wide: Vec<u8> = "<item>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(holds_entries(&wide));
}
