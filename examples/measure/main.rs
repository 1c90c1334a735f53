//! Measures the assessment against labelled items, beside the goals: precision and recall, speed, start.
//!
//! `cargo run --release --example measure -- LABELLED.jsonl…`
//!
//! A line of a labelled file holds `id`, `lang`, `title`, `summary`, `published` and `label`;
//! `src/backtest/score.rs` says how it is counted. An `id` that comes again replaces the earlier one.

#![allow(clippy::print_stdout, reason = "a developer's program talks on the terminal")]

mod table;

use anyhow::{Context as _, anyhow};
use clap::Parser;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sanctionwatch::assess::{Assessor, Input, Marked};
use sanctionwatch::backtest::score::{Counts, reported, stated};
use sanctionwatch::config::{self, Environment, embedded_vocabulary};
use sanctionwatch::domain::{Actor, Assessment, Field, Kind, Label, Language, Thresholds, Truth, Vocabulary};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use table::{Shown, table};

/// A language of fewer items has no row of its own.
const OWN_ROW: usize = 30;
/// For so long the items are assessed again and again to measure the speed.
const SPEED_TIME: Duration = Duration::from_millis(600);
/// A name of fewer letters stands in too many words to be looked for without its borders.
const LONG_NAME: usize = 5;

#[derive(Debug, Parser)]
#[command(about = "Measures the assessment against labelled items")]
struct Arguments {
    /// Labelled items, one JSON object a line.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Judge with this configuration's vocabulary, thresholds and sources, not the embedded ones.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Read the words from a checkout of the project instead of those that are compiled in.
    #[arg(long, value_name = "FOLDER", conflicts_with = "config")]
    words: Option<PathBuf>,
    /// Show the 95 % interval of each share (Wilson).
    #[arg(long)]
    intervals: bool,
    /// Show each share as a fraction.
    #[arg(long)]
    counts: bool,
    /// List this many items of each sort of error.
    #[arg(long, default_value_t = 0)]
    misses: usize,
    /// Count the items whose label fits nothing in their text, and show a second table without them.
    #[arg(long)]
    unfit: bool,
}

#[derive(Debug, Deserialize)]
struct Item {
    id: String,
    lang: String,
    title: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    published: String,
    #[serde(default)]
    source: String,
    label: Label,
}

/// What items are judged with.
struct Judge {
    assessor: Assessor,
    vocabulary: Arc<Vocabulary>,
    speaks_for: HashMap<String, Actor>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let begun = Instant::now();
    let judge = Judge::new(&arguments)?;
    let start = begun.elapsed();
    let items = read(&arguments.files)?;
    let assessed: Vec<(&Item, Assessment)> =
        items.iter().map(|item| (item, judge.assessor.assess(&judge.input(item)).0)).collect();
    let shown = Shown { intervals: arguments.intervals, counts: arguments.counts };
    println!("{}", table(&groups(&assessed), shown));
    println!("`!`: misses its goal. An item that is borderline for a kind counts neither way.\n");
    if arguments.unfit {
        let (unfit, fit): (Vec<_>, Vec<_>) =
            assessed.iter().cloned().partition(|(item, _)| judge.is_unfit(item));
        println!(
            "{} items whose label names only countries that the text nowhere names by a known name: labels \
             that slipped, or names that the vocabulary lacks. WITHOUT THEM, which is no result to quote:\n",
            unfit.len()
        );
        println!("{}", table(&groups(&fit), shown));
        list(&judge, "unfit", unfit.iter().map(|(item, _)| *item), arguments.misses);
    }
    misses(&judge, &assessed, arguments.misses);
    println!("not reported: {}", reasons(&assessed));
    println!("speed: {} items a second on one core (goal 50000)", judge.speed(&items));
    println!("all vocabulary built in {} ms (goal 100)", start.as_millis());
    Ok(())
}

impl Judge {
    fn new(arguments: &Arguments) -> anyhow::Result<Self> {
        let Some(path) = &arguments.config else {
            let vocabulary = match &arguments.words {
                Some(root) => config::vocabulary_in_checkout(root)?,
                None => embedded_vocabulary(),
            };
            let assessor = Assessor::new(&vocabulary, Thresholds::default());
            return Ok(Self { assessor, vocabulary: Arc::new(vocabulary), speaks_for: HashMap::new() });
        };
        let config =
            config::load(path, &Environment::of_process(Timestamp::UNIX_EPOCH).without_secrets())?.config;
        let assessor = Assessor::new(&config.vocabulary, config.thresholds);
        let speaks_for = config
            .sources
            .iter()
            .filter_map(|source| source.speaks_for.map(|actor| (source.name.as_str().to_owned(), actor)));
        Ok(Self { assessor, speaks_for: speaks_for.collect(), vocabulary: config.vocabulary })
    }

    fn input<'a>(&self, item: &'a Item) -> Input<'a> {
        Input {
            title: &item.title,
            summary: &item.summary,
            body: &item.body,
            language: item.lang.parse::<Language>().ok(),
            published: moment(&item.published),
            speaks_for: self.speaks_for.get(&item.source).copied(),
        }
    }

    /// The names and words that were found in an item, and the best relation that they made.
    fn seen(&self, item: &Item) -> String {
        let explanation = self.assessor.explain(&self.input(item));
        let text = &explanation.text;
        let marks = explanation.marks.iter().map(|mark| {
            let field = match mark.place.field {
                Field::Title => &text.title,
                Field::Summary => &text.summary,
                Field::Body => &text.body,
            };
            let written = field.get(mark.place.start..mark.place.end).unwrap_or_default();
            match &mark.what {
                Marked::Actor { actor, .. } => format!("[{written} {}]", actor.code()),
                Marked::Unsupported { actor } => format!("({written} {}?)", actor.code()),
                Marked::Mask => format!("/{written}/"),
                Marked::Cue { rule, .. } => format!("{written}={rule}"),
            }
        });
        let best = explanation.assessment.relations.iter().max_by_key(|relation| relation.score);
        let best = best.map(|one| {
            let sides = |side: &BTreeSet<Actor>| side.iter().map(|a| a.code()).collect::<Vec<_>>().join("+");
            let (from, to, between) = (sides(&one.from), sides(&one.to), sides(&one.between));
            format!("; best: {} {} {from}>{to} {between} = {}", one.kind, one.action, one.score)
        });
        marks.collect::<Vec<_>>().join(" ") + &best.unwrap_or_default()
    }

    /// Whether the label names countries of which the text names none: not as the assessor reads it,
    /// and not by a longer name of any language standing anywhere in it.
    fn is_unfit(&self, item: &Item) -> bool {
        let labelled: BTreeSet<Actor> = item
            .label
            .countries
            .union(&item.label.countries_maybe)
            .filter_map(|code| code.parse().ok())
            .collect();
        if item.label.countries.is_empty() || labelled.is_empty() {
            return false;
        }
        let marks = self.assessor.explain(&self.input(item)).marks;
        let read = marks.iter().any(|mark| match &mark.what {
            Marked::Actor { actor, .. } | Marked::Unsupported { actor } => labelled.contains(actor),
            Marked::Mask | Marked::Cue { .. } => false,
        });
        !read && {
            let text = format!("{}\n{}\n{}", item.title, item.summary, item.body).to_lowercase();
            let actors = self.vocabulary.languages.values().flat_map(|words| &words.actors);
            let surfaces = actors.filter(|(actor, _)| labelled.contains(actor)).flat_map(|(_, words)| {
                words.surfaces.iter().map(|surface| surface.text.trim_end_matches('*').to_lowercase())
            });
            !surfaces.into_iter().any(|name| name.len() >= LONG_NAME && text.contains(&name))
        }
    }

    /// Items a second on this one thread, judging alone: nothing is read or printed.
    fn speed(&self, items: &[Item]) -> u128 {
        let inputs: Vec<Input<'_>> = items.iter().map(|item| self.input(item)).collect();
        let (begun, mut judged) = (Instant::now(), 0_u128);
        while begun.elapsed() < SPEED_TIME && !inputs.is_empty() {
            for input in &inputs {
                black_box(self.assessor.assess(black_box(input)));
                judged += 1;
            }
        }
        judged * 1_000_000 / begun.elapsed().as_micros().max(1)
    }
}

/// A time with its zone, or a date.
fn moment(text: &str) -> Option<Timestamp> {
    let midnight = |date: Date| TimeZone::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()));
    text.parse().ok().or_else(|| midnight(text.parse().ok()?).ok())
}

fn read(files: &[PathBuf]) -> anyhow::Result<Vec<Item>> {
    let mut items: Vec<Item> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for path in files {
        let name = path.display();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let item: Item =
                serde_json::from_str(line).map_err(|error| anyhow!("{name}, line {number}: {error}"))?;
            if let Some(old) = places.get(&item.id).and_then(|place| items.get_mut(*place)) {
                *old = item;
                continue;
            }
            places.insert(item.id.clone(), items.len());
            items.push(item);
        }
    }
    Ok(items)
}

/// The counts of all items, of English, of all other languages, of each with enough items and of the
/// rest together.
fn groups(assessed: &[(&Item, Assessment)]) -> Vec<(String, Counts)> {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for (item, _) in assessed.iter().filter(|(item, _)| item.lang != "en") {
        *sizes.entry(&item.lang).or_default() += 1;
    }
    let own = |lang: &str| sizes.get(lang).is_some_and(|size| *size >= OWN_ROW);
    let counted = |name: &str, belongs: &dyn Fn(&str) -> bool| {
        let mut counts = Counts::default();
        for (item, assessment) in assessed.iter().filter(|(item, _)| belongs(&item.lang)) {
            counts.add(&item.label, assessment);
        }
        (name.to_owned(), counts)
    };
    let mut groups = vec![
        counted("all", &|_| true),
        counted("en", &|lang| lang == "en"),
        counted("other", &|lang| lang != "en"),
    ];
    let mut large: Vec<&str> = sizes.keys().copied().filter(|lang| own(lang)).collect();
    large.sort_by_key(|lang| std::cmp::Reverse(sizes.get(lang)));
    groups.extend(large.into_iter().map(|wanted| counted(wanted, &|lang| lang == wanted)));
    groups.push(counted("the rest", &|lang| lang != "en" && !own(lang)));
    groups.retain(|(_, counts)| counts.items > 0);
    groups
}

/// Lists items by what is wrong about them.
fn misses(judge: &Judge, assessed: &[(&Item, Assessment)], most: usize) {
    for kind in [Kind::Sanctions, Kind::Alliance] {
        for (what, truth, said) in [("false", Truth::No, true), ("missed", Truth::Yes, false)] {
            let wrong = assessed.iter().filter(|(item, assessment)| {
                item.label.of(kind) == truth && reported(assessment, kind) == said
            });
            list(judge, &format!("{what} {kind}"), wrong.map(|(item, _)| *item), most);
        }
    }
    let lacking = assessed.iter().filter_map(|(item, assessment)| {
        let got = stated(assessment);
        let lacks: Vec<String> =
            item.label.asked().difference(&got).map(|(kind, a, b)| format!("{kind} {a} {b}")).collect();
        let got: Vec<String> = got.iter().map(|(kind, a, b)| format!("{kind} {a} {b}")).collect();
        (!lacks.is_empty()).then(|| (item, lacks.join(", "), got.join(", ")))
    });
    for (item, lacks, got) in lacking.take(most) {
        println!("missed pairs: {lacks}; stated: {got}; {} [{}] {}", item.id, item.lang, item.title);
    }
}

fn list<'a>(judge: &Judge, what: &str, items: impl Iterator<Item = &'a Item>, most: usize) {
    for item in items.take(most) {
        println!("{what}: {} [{}] {} || {}", item.id, item.lang, item.title, item.summary);
        println!("    {}", judge.seen(item));
    }
}

/// Why items were not reported, counted; for those not assessed, in which languages.
fn reasons(assessed: &[(&Item, Assessment)]) -> String {
    let mut counted: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for (item, assessment) in assessed {
        let Some(reason) = assessment.unreported else { continue };
        let (count, languages) = counted.entry(reason.as_str()).or_default();
        *count += 1;
        languages.insert(&item.lang);
    }
    let told = counted.iter().map(|(reason, (count, languages))| {
        let languages: Vec<&str> = languages.iter().copied().collect();
        let languages =
            if *reason == "no-vocabulary" { format!(" ({})", languages.join(", ")) } else { String::new() };
        format!("{reason} {count}{languages}")
    });
    told.collect::<Vec<_>>().join(", ")
}
