//! Input: items of the past, from the database, from JSON Lines, or from a folder of saved feeds.

use crate::backtest::Item;
use crate::cli::exit::{DATA, Failure, NO_INPUT};
use crate::cli::{items, look, output};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::{DropReason, Entry, Label, Labelled, SourceForm, SourceName};
use crate::store::PastItem;
use crate::{alerting, identify, parallel, parse};
use anyhow::anyhow;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// Against what the links of a saved feed are read that name no server.
const NOWHERE: &str = "https://saved.invalid/";

/// What stands in the database: the items, and what was said of them.
pub(super) fn stored(config: &Config) -> Result<(Vec<Item>, Vec<Labelled>), Failure> {
    let (past, labels) =
        look(config, async |store| Ok((store.past_items(Timestamp::MIN).await?, store.labels().await?)))?;
    Ok((of_all(config, &past), labels))
}

/// The items in the database that were first seen since then, the newest where there are more than `most`.
pub(in crate::cli) fn stored_since(
    config: &Config,
    since: Timestamp,
    most: u32,
) -> Result<Vec<Item>, Failure> {
    let past = look(config, async |store| {
        let newest = store.newest_since(most).await?;
        store.past_items(newest.map_or(since, |newest| newest.max(since))).await
    })?;
    Ok(of_all(config, &past))
}

fn of_all(config: &Config, past: &[PastItem]) -> Vec<Item> {
    in_time(parallel::map(past, |item| of_past(item, config.fetch.late_window)))
}

/// What was said of stored items, where there is a database. Items from elsewhere can be replayed though it cannot
/// be read.
pub(super) fn stored_labels(config: &Config) -> Vec<Labelled> {
    if !config.state.exists() {
        return Vec::new();
    }
    look(config, async |store| store.labels().await).unwrap_or_else(|failure| {
        let reason = failure.in_words();
        output::complain(&format!("the stored labels are left out: {reason}"));
        Vec::new()
    })
}

/// A stored item. It stands where it was published: what a first poll brought was told by nobody, and would have
/// been, had the daemon run then. Only what was old beyond `late` when it came, or old for all we know, stays so.
fn of_past(past: &PastItem, late: Duration) -> Item {
    let PastItem { id, source, entry, first_seen, reason, article } = past;
    let undated = entry.published.is_none() && *reason == Some(DropReason::Baseline);
    let old = match alerting::freshness(entry.published, Some(*first_seen), *first_seen, late, late) {
        alerting::Freshness::Old(reason) => Some(reason),
        alerting::Freshness::News => undated.then_some(DropReason::Baseline),
    };
    let seen = entry.published.unwrap_or(*first_seen);
    let item = Item::new(id.to_string(), source.clone(), entry.clone(), seen);
    Item { old, article: article.clone(), is_distinct: true, ..item }
}

/// Lines as `assess` reads them; those that are none are complained of. With each what a person said of it, where
/// the line has a label.
pub(in crate::cli) fn lines(path: &Path) -> Result<Vec<(Item, Option<Label>)>, Failure> {
    #[derive(Deserialize)]
    struct OnlyLabel {
        label: Option<Label>,
    }
    let mut input = items::open(Some(path))?;
    let (mut number, mut all) = (0, Vec::new());
    loop {
        let batch = items::read_batch(&mut input, &mut number)?;
        if batch.is_empty() {
            break;
        }
        all.extend(batch);
    }
    let read = parallel::map(&all, |(number, line)| {
        let item = items::read(*number, line)?;
        let label = serde_json::from_slice::<OnlyLabel>(line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line));
        Ok::<_, Value>((item, label.map(|only| only.label).map_err(|error| (*number, error))))
    });
    let now = Clock::System.now();
    let (mut found, mut latest) = (Vec::with_capacity(read.len()), Timestamp::UNIX_EPOCH);
    for line in read {
        match line {
            Ok((item, label)) => {
                // What says no time stands where the item before it does.
                latest = item.published.filter(|at| *at <= now).unwrap_or(latest);
                let label = label.unwrap_or_else(|(number, error)| {
                    output::complain(&format!("line {number}: its label cannot be read: {error}"));
                    None
                });
                found.push((item, latest, label));
            }
            Err(wrong) => {
                let number = wrong.get("line").cloned().unwrap_or_default();
                let error = wrong.get("error").and_then(Value::as_str).unwrap_or_default();
                output::complain(&format!("line {number}: {error}"));
            }
        }
    }
    if found.is_empty() {
        return Err(Failure::new(DATA, anyhow!("{}: there is no item in it", path.display())));
    }
    Ok(parallel::map(&found, |(item, seen, label)| (of_line(item, *seen, now), label.clone())))
}

fn of_line(line: &items::Item, seen: Timestamp, now: Timestamp) -> Item {
    let entry = Entry {
        guid: None,
        url: line.url.clone(),
        title: line.title.clone(),
        summary: line.summary.clone(),
        // Nobody has read tomorrow's news.
        published: line.published.filter(|at| *at <= now),
        language: None,
    };
    let id = line.id.as_str().map_or_else(|| line.id.to_string(), str::to_owned);
    let source = line.source.as_deref().and_then(SourceName::new).unwrap_or_else(SourceName::unknown);
    let item = Item::new(id, source, entry, seen);
    Item { language: line.language, body: line.body.clone(), ..item }
}

/// A label with its text, as an item.
pub(super) fn of_label(label: &Labelled, seen: Timestamp) -> Item {
    let entry = Entry {
        guid: None,
        url: None,
        title: label.title.clone(),
        summary: label.summary.clone(),
        published: label.published,
        language: None,
    };
    let source = SourceName::new(&label.source).unwrap_or_else(SourceName::unknown);
    let item = Item::new(label.name.clone(), source, entry, label.published.unwrap_or(seen));
    Item { language: label.language, ..item }
}

/// All feeds in a folder and those below it. A file's name is its source's, without its ending; files in a folder
/// below are polls of one source, which has the folder's name.
pub(super) fn feeds(folder: &Path) -> Result<Vec<Item>, Failure> {
    let mut files = Vec::new();
    collect(folder, None, &mut files)?;
    files.sort();
    let now = Clock::System.now();
    let base: Url = NOWHERE.parse().map_err(|error: url::ParseError| Failure::internal(error.into()))?;
    let read = parallel::map(&files, |(path, source)| feed(path, source, &base, now));
    let mut found = Vec::new();
    for ((path, _), read) in files.iter().zip(read) {
        match read {
            Ok(items) => found.extend(items),
            Err(reason) => output::complain(&format!("{}: {reason}", path.display())),
        }
    }
    if found.is_empty() {
        return Err(Failure::new(
            DATA,
            anyhow!("{}: there is no feed with an entry in it", folder.display()),
        ));
    }
    Ok(in_time(found))
}

fn collect(folder: &Path, source: Option<&str>, files: &mut Vec<(PathBuf, String)>) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| {
        let error = anyhow::Error::new(error).context(format!("cannot read {}", folder.display()));
        Failure::new(NO_INPUT, error)
    };
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let name = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, Some(&name(path.file_name())), files)?;
        } else {
            let source = source.map_or_else(|| name(path.file_stem()), str::to_owned);
            files.push((path, source));
        }
    }
    Ok(())
}

/// The entries of a saved feed. What has no date stands beside the newest that has one, else where the file does.
fn feed(path: &Path, source: &str, base: &Url, now: Timestamp) -> Result<Vec<Item>, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let parsed =
        parse::entries(&SourceForm::Feed, &bytes, None, base, now).map_err(|error| error.to_string())?;
    let source = SourceName::new(source).ok_or("its name is no name of a source")?;
    let newest = parsed.entries.iter().filter_map(|entry| entry.published).max();
    let written = || fs::metadata(path).and_then(|data| data.modified()).ok();
    let otherwise = newest.or_else(|| Timestamp::try_from(written()?).ok()).unwrap_or(Timestamp::UNIX_EPOCH);
    let keys = identify::batch_keys(&source, &parsed.entries);
    // Feeds tell the newest first.
    let entries = parsed.entries.into_iter().zip(keys).enumerate().rev();
    let items = entries.map(|(at, (entry, keys))| {
        let seen = entry.published.unwrap_or(otherwise);
        let entry = Entry { language: entry.language.or(parsed.language), ..entry };
        let id = format!("{}#{}", path.file_name().unwrap_or_default().to_string_lossy(), at + 1);
        let is_undated = newest.is_none();
        Item { is_undated, keys, ..Item::new(id, source.clone(), entry, seen) }
    });
    Ok(items.collect())
}

/// In the order of their time.
pub(super) fn in_time(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by_key(|item| item.seen);
    items
}
