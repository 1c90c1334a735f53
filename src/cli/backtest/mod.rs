//! `backtest`: what a configuration would have told of items of the past, what another one would, and how right that
//! is. Nothing is stored, nothing is sent, and the daemon's lock is not asked for.

mod as_json;
mod differences;
mod figures;
mod input;
mod report;

pub(super) use as_json::volume as volume_as_json;
pub(super) use input::{lines, stored_since};
pub(super) use report::volume_line;

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
use std::path::{Path, PathBuf};
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
    /// The name of its file, or its path where both have one name.
    name: String,
    setup: Setup<'c>,
    judged: Vec<Judged>,
    replay: Replay,
}

/// Labelled items and what came of measuring them.
struct Labels {
    items: Vec<Item>,
    judged: Vec<Judged>,
    measured: Measured,
}

/// What is replayed, in the order of its time, and what is measured.
struct Input {
    items: Vec<Item>,
    labelled: Vec<(Item, Label)>,
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
    let Input { items, labelled } = read(options, config)?;
    let each: Vec<(String, &Config)> = names(&paths).into_iter().zip(&configs).collect();
    let runs = run_all(&each, &items);
    let Some(first) = runs.first() else { return Ok(ExitCode::SUCCESS) };
    let labels: Vec<Labels> = if labelled.is_empty() {
        Vec::new()
    } else {
        runs.iter().map(|run| measured(run, &items, labelled.clone())).collect()
    };
    let mut out = output::stdout();
    let shown = Shown { items: &items, most: options.most, paint: Paint::of_stdout() };
    let differences = runs.get(1).map(|other| backtest::compare(&items, side(first), side(other)));
    if options.json {
        let mut object = as_json::run(shown, first);
        if let (Some(other), Some(differences)) = (runs.get(1), &differences) {
            as_json::add_differences(&mut object, shown, (first, other), differences);
        }
        as_json::add_labels(&mut object, &labels);
        output::json_line(&mut out, &object)?;
    } else {
        report::print(&mut out, shown, first)?;
        if let (Some(other), Some(differences)) = (runs.get(1), &differences) {
            differences::print(&mut out, shown, (first, other), differences)?;
        }
        for (run, labels) in runs.iter().zip(&labels) {
            figures::print(&mut out, shown, (run, runs.len() > 1), labels)?;
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

/// How the files are told from each other.
fn names(paths: &[&PathBuf]) -> Vec<String> {
    let short = |path: &&PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut names: Vec<String> = paths.iter().map(short).collect();
    if names.first() == names.get(1) {
        names = paths.iter().map(|path| path.display().to_string()).collect();
    }
    names
}

/// Every configuration over the same items, side by side. What two of them judge alike is judged once: mostly it is a
/// watch that was changed, or one word.
fn run_all<'c>(each: &[(String, &'c Config)], items: &[Item]) -> Vec<Run<'c>> {
    let [(name, config), (other_name, other)] = each else {
        return parallel::map(each, |(name, config)| run(name.clone(), config, items));
    };
    let setup = settings::setup(config);
    let (beside, contrast) = setup.beside(
        (&config.vocabulary, &other.vocabulary),
        (other.thresholds, other.stories),
        (&other.watches, &other.subscribers),
        &other.sources,
    );
    let (judged, judged_beside) = backtest::judge_both(&setup, (&beside, &contrast), items);
    let sides = [(&setup, &judged), (&beside, &judged_beside)];
    let mut replays = parallel::map(&sides, |(setup, judged)| backtest::replay(setup, items, judged));
    let second = replays.pop().unwrap_or_default();
    let first = replays.pop().unwrap_or_default();
    vec![
        Run { name: name.clone(), setup, judged, replay: first },
        Run { name: other_name.clone(), setup: beside, judged: judged_beside, replay: second },
    ]
}

fn run<'c>(name: String, config: &'c Config, items: &[Item]) -> Run<'c> {
    let setup = settings::setup(config);
    let judged = backtest::judge(&setup, items);
    let replay = backtest::replay(&setup, items, &judged);
    Run { name, setup, judged, replay }
}

/// Reads what is asked for. What is measured are the labelled items of `--labels`, else those of the items that have a label, else those that are stored.
fn read(options: &Arguments, config: &Config) -> Result<Input, Failure> {
    let from_file = options.labels.as_deref().map(labelled_lines).transpose()?;
    let (items, labelled) = if let Some(path) = &options.items {
        let lines = lines(path)?;
        let own: Vec<_> =
            lines.iter().filter_map(|(item, label)| Some((item.clone(), label.clone()?))).collect();
        (input::in_time(lines.into_iter().map(|(item, _)| item).collect()), own)
    } else if let Some(folder) = &options.feeds {
        (input::feeds(folder)?, Vec::new())
    } else if let Some(labelled) = &from_file {
        (input::in_time(labelled.iter().map(|(item, _)| item.clone()).collect()), Vec::new())
    } else {
        let (items, labels) = input::stored(config)?;
        let labelled = with_articles(&items, labels);
        return Ok(Input { items: since(options, items), labelled });
    };
    let labelled = match from_file {
        Some(labelled) => labelled,
        None if labelled.is_empty() => with_articles(&[], input::stored_labels(config)),
        None => labelled,
    };
    Ok(Input { items: since(options, items), labelled })
}

/// The lines of a file that have a label, of which there is one.
fn labelled_lines(path: &Path) -> Result<Vec<(Item, Label)>, Failure> {
    let labelled: Vec<_> =
        lines(path)?.into_iter().filter_map(|(item, label)| Some((item, label?))).collect();
    if labelled.is_empty() {
        return Err(Failure::new(DATA, anyhow!("{}: no line of it has a `label`", path.display())));
    }
    Ok(labelled)
}

/// The items of the time that is asked for.
fn since(options: &Arguments, items: Vec<Item>) -> Vec<Item> {
    let dated = items.iter().filter(|item| !item.is_undated);
    let newest = dated.map(|item| item.seen).max();
    let back = |days: u32| newest?.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).ok();
    match options.since.or_else(|| options.days.and_then(back)) {
        Some(since) => items.into_iter().filter(|item| item.seen >= since).collect(),
        None => items,
    }
}

/// Stored labels as items, each with its article where that is still there.
fn with_articles(items: &[Item], labels: Vec<Labelled>) -> Vec<(Item, Label)> {
    let by_id: HashMap<&str, &Item> = items.iter().map(|item| (item.id.as_str(), item)).collect();
    let of = |labelled: Labelled| {
        let stored = labelled.item.and_then(|id| by_id.get(id.to_string().as_str()).copied());
        let article = stored.map(|item| item.article.clone()).unwrap_or_default();
        let item = input::of_label(&labelled, Timestamp::UNIX_EPOCH);
        (Item { article, ..item }, labelled.label)
    };
    labels.into_iter().map(of).collect()
}

/// Labelled items by a configuration; those that it has replayed are not judged again.
fn measured(run: &Run<'_>, replayed: &[Item], labelled: Vec<(Item, Label)>) -> Labels {
    let (items, labels): (Vec<Item>, Vec<Label>) = labelled.into_iter().unzip();
    let judged = backtest::judge_others(&run.setup, &items, (replayed, &run.judged));
    let measured = backtest::measure(&run.setup, &items, &judged, &labels);
    Labels { items, judged, measured }
}
