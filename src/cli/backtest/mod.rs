//! `backtest`: what a configuration would have told of items of the past, what another one would, and how right that
//! is. Nothing is stored, nothing is sent, and the daemon's lock is not asked for.

mod as_json;
mod differences;
mod figures;
mod input;
mod report;

pub(super) use input::lines;

use super::exit::{DATA, Failure};
use super::paint::Paint;
use super::{items, output, settings};
use crate::backtest::{self, Item, Judged, Measured, Replay, Setup, Side};
use crate::config::Config;
use crate::domain::{Label, Labelled};
use crate::parallel;
use anyhow::anyhow;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Replay JSON Lines as `assess` reads them, not what is stored; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "feeds")]
    items: Option<PathBuf>,
    /// Replay the feeds that are saved in this folder. A file is a source of that name; the files of a folder in it
    /// are polls of one.
    #[arg(long, value_name = "FOLDER")]
    feeds: Option<PathBuf>,
    /// Compare with what this configuration would tell: what appears, disappears and changes, and why.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Measure against these labelled items (JSON Lines with a `label`), not against the stored labels. Without other
    /// items they are what is replayed.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Only the last so many days of the items.
    #[arg(long, value_name = "NUMBER", conflicts_with = "since")]
    days: Option<u32>,
    /// Only what was published, or first seen, since then: a date or a time.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Timestamp>,
    /// At most so many stories, near misses, mistakes of each sort.
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    most: usize,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn moment(text: &str) -> Result<Timestamp, String> {
    items::moment(text).ok_or_else(|| "a date such as 2026-08-12, or a time (ISO 8601)".to_owned())
}

/// What came of the items by one configuration.
struct Run<'c> {
    setup: Setup<'c>,
    judged: Vec<Judged>,
    replay: Replay,
}

/// Labelled items and what came of measuring them.
struct Labels {
    items: Vec<Item>,
    judged: Vec<Judged>,
    labels: Vec<Label>,
    measured: Measured,
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let path = settings::path(global)?;
    let paths: Vec<&PathBuf> = std::iter::once(&path).chain(&options.against).collect();
    // Of each the words are read, which takes longer than ten thousand items do.
    let mut configs = Vec::new();
    for config in parallel::map(&paths, |path| settings::load_file(path)) {
        configs.push(config?);
    }
    let Some(config) = configs.first() else { return Ok(ExitCode::SUCCESS) };
    let (items, labelled) = read(options, config)?;
    let each: Vec<&Config> = configs.iter().collect();
    let runs = parallel::map(&each, |config| run(*config, &items));
    let Some(first) = runs.first() else { return Ok(ExitCode::SUCCESS) };
    let labels = (!labelled.is_empty()).then(|| measured(&first.setup, labelled));
    let mut out = output::stdout();
    let shown = Shown { items: &items, most: options.most, paint: Paint::of_stdout() };
    let differences = runs.get(1).map(|other| backtest::compare(&items, side(first), side(other)));
    if options.json {
        let mut object = as_json::run(shown, first);
        if let (Some(other), Some(differences)) = (runs.get(1), &differences) {
            as_json::add_differences(&mut object, shown, (first, other), differences);
        }
        if let Some(labels) = &labels {
            as_json::add_labels(&mut object, labels);
        }
        output::json_line(&mut out, &object)?;
    } else {
        report::print(&mut out, shown, first)?;
        if let (Some(other), Some(differences), Some(path)) = (runs.get(1), &differences, &options.against) {
            differences::print(&mut out, shown, (first, other), (path, differences))?;
        }
        if let Some(labels) = &labels {
            figures::print(&mut out, shown, &first.setup, labels)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// How results are shown.
#[derive(Clone, Copy)]
struct Shown<'a> {
    items: &'a [Item],
    /// At most so many of each sort.
    most: usize,
    paint: Paint,
}

fn side<'a>(run: &'a Run<'a>) -> Side<'a> {
    Side { setup: &run.setup, judged: &run.judged, replay: &run.replay }
}

fn run<'c>(config: &'c Config, items: &[Item]) -> Run<'c> {
    let setup = settings::setup(config);
    let judged = backtest::judge(&setup, items);
    let replay = backtest::replay(&setup, items, &judged);
    Run { setup, judged, replay }
}

/// The items that are replayed, in the order of their time, and the labelled ones that are measured.
fn read(options: &Arguments, config: &Config) -> Result<(Vec<Item>, Vec<(Item, Label)>), Failure> {
    let from_file = options.labels.as_deref().map(lines).transpose()?;
    let from_file: Option<Vec<(Item, Label)>> =
        from_file.map(|lines| lines.into_iter().filter_map(|(item, label)| Some((item, label?))).collect());
    if let (Some(path), Some([])) = (&options.labels, from_file.as_deref()) {
        return Err(Failure::new(DATA, anyhow!("{}: no line of it has a `label`", path.display())));
    }
    let (items, labelled) = if let Some(path) = &options.items {
        let lines = lines(path)?;
        let own = lines.iter().filter_map(|(item, label)| Some((item.clone(), label.clone()?))).collect();
        (input::in_time(lines.into_iter().map(|(item, _)| item).collect()), from_file.unwrap_or(own))
    } else if let Some(folder) = &options.feeds {
        (input::feeds(folder)?, from_file.unwrap_or_default())
    } else if let Some(labelled) = from_file {
        (input::in_time(labelled.iter().map(|(item, _)| item.clone()).collect()), labelled)
    } else {
        let (items, labels) = input::stored(config)?;
        let labelled = with_items(&items, labels);
        (items, labelled)
    };
    let newest = items.last().map(|item| item.seen);
    let back = |days: u32| newest?.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).ok();
    let since = options.since.or_else(|| options.days.and_then(back));
    let items = match since {
        Some(since) => items.into_iter().filter(|item| item.seen >= since).collect(),
        None => items,
    };
    Ok((items, labelled))
}

/// Stored labels as items: the stored one, with its article, where it is still there with its text.
fn with_items(items: &[Item], labels: Vec<Labelled>) -> Vec<(Item, Label)> {
    let by_id: HashMap<&str, &Item> = items.iter().map(|item| (item.id.as_str(), item)).collect();
    let of = |labelled: Labelled| {
        let stored = labelled.item.and_then(|id| by_id.get(id.to_string().as_str()).copied());
        let whole = stored.filter(|item| !item.article.is_empty());
        let article = whole.map(|item| item.article.clone()).unwrap_or_default();
        let item = input::of_label(&labelled, Timestamp::UNIX_EPOCH);
        (Item { article, ..item }, labelled.label)
    };
    labels.into_iter().map(of).collect()
}

fn measured(setup: &Setup<'_>, labelled: Vec<(Item, Label)>) -> Labels {
    let (items, labels): (Vec<Item>, Vec<Label>) = labelled.into_iter().unzip();
    let judged = backtest::judge(setup, &items);
    let measured = backtest::measure(setup, &items, &judged, &labels);
    Labels { items, judged, labels, measured }
}
