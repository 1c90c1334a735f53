//! Real feeds over many polls, as they came over the wire: what really changes between two polls.
//!
//! They stay outside the repository; where they are absent, this test says that it was skipped.

use super::*;
use crate::parse;
use crate::text::normal_title;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Wide watches, a message for each alert, and none held back: whatever could be told twice would be.
const EVERYTHING: &str = "[[watch]]\nname = \"World\"\nthreshold = 1.0\n\
    countries = [\"Iran\", \"China\", \"United States\", \"Russia\", \"North Korea\", \"Philippines\", \"India\"]\n\
    [[subscriber]]\nemail = \"all@example.org\"\nwatches = [\"World\"]\ngather = \"0s\"\n\
    most-per-hour = 10000\n";

/// The polls of a feed in order, each with its time, which its name begins with.
fn polls(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let (date, time) = (&name[..10], &name[11..17]);
            let time = format!("{date}T{}:{}:{}Z", &time[..2], &time[2..4], &time[4..6]);
            (time, std::fs::read(file).unwrap())
        })
        .collect()
}

/// By what a person would say that two entries of one feed are the same item.
fn item(entry: &Entry) -> String {
    let link = entry.url.as_ref().map(crate::identify::canonical_url);
    entry.guid.clone().or(link).unwrap_or_else(|| entry.title.clone())
}

#[derive(Debug, Default)]
struct Figures {
    polls: usize,
    entries: usize,
    new: usize,
    edited: usize,
    returned: usize,
    told_new: usize,
    told_updated: usize,
    mails: usize,
}

/// Replays a feed's polls, and checks each against what its entries say.
async fn replay(folder: &Path) -> Figures {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let polls = polls(folder);
    let mut days = Days::begin(EVERYTHING, &polls[0].0).await;
    let source = days.house.config.sources[0].clone();
    let mut figures = Figures::default();
    // The headline under which an item stood last, and the poll it stood in.
    let mut known: HashMap<String, (String, usize)> = HashMap::new();
    let mut subjects: BTreeMap<String, usize> = BTreeMap::new();
    for (number, (time, bytes)) in polls.iter().enumerate() {
        days.at(time);
        let now = days.house.clock.now();
        let parsed = parse::entries(&source.addresses[0].form, bytes, None, &source.addresses[0].url, now)
            .unwrap_or_else(|error| {
                panic!("{name} {time}: {error}");
            });
        let (mut new, mut edited, mut returned) = (0, 0, 0);
        let mut here = HashSet::new();
        for entry in parsed.entries.iter().filter(|entry| here.insert(item(entry))) {
            match known.insert(item(entry), (entry.title.clone(), number)) {
                None => new += 1,
                Some((title, last)) => {
                    // Another letter case is no edit.
                    edited += usize::from(normal_title(&title) != normal_title(&entry.title));
                    returned += usize::from(last + 1 < number);
                }
            }
        }
        let entries = assess_all(&days.house, &source, parsed, now);
        let outcome = Outcome::Changed {
            answered: answered(&source),
            asked: Asked::default(),
            repairs: Vec::new(),
            entries,
            slot: None,
        };
        let polled = Polled { source: source.clone(), now, failed: Vec::new(), outcome };
        let committed = commit(&days.house, &polled, 0).await.unwrap();
        assert!(committed.new <= new, "{name} {time}: {} new items, {new} in the feed", committed.new);
        assert!(committed.updated >= edited, "{name} {time}: {} of {edited} edits", committed.updated);
        let again = commit(&days.house, &polled, 0).await.unwrap();
        assert_eq!((again.new, again.updated, again.alerts), (0, 0, 0), "{name} {time}: the same once more");
        for subject in days.mails().await {
            *subjects.entry(subject).or_default() += 1;
        }
        figures.polls += 1;
        figures.entries += committed.entries;
        figures.new += new;
        figures.edited += edited;
        figures.returned += returned;
        figures.told_new += committed.new;
        figures.told_updated += committed.updated;
    }
    let twice: Vec<_> = subjects.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "{name}: told twice: {twice:?}");
    figures.mails = subjects.len();
    figures
}

#[tokio::test]
async fn consecutive_polls_of_real_feeds_tell_nothing_twice() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/feeds/series");
    let Ok(series) = std::fs::read_dir(folder) else {
        eprintln!("skipped: no series of polls beside the project");
        return;
    };
    for feed in series {
        let feed = feed.unwrap().path();
        let figures = replay(&feed).await;
        println!("{} {figures:?}", feed.display());
        assert!(figures.polls > 1 && figures.entries > 0, "{figures:?}");
    }
}
