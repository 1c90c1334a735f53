//! `label`: what the analyst says of stories and items, for `backtest` to measure by.

mod file;
mod session;
mod terminal;

use super::exit::{Failure, USAGE};
use super::{look, output, runtime, settings};
use crate::alerting;
use crate::backtest::{self, Added, Did};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::{Actor, ItemId, Kind, Label, Labelled, StoryId, Truth, UnknownTerm, Verdict};
use crate::store::{ItemSummary, Store, Transaction};
use anyhow::anyhow;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// How many days are looked back where nothing is said.
const DAYS: u32 = 14;

// That options do not go with an action is said below: clap's own word for it would refuse --config and --log, too.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// On a terminal: show what was not told, the nearest first, then what only names a country.
    #[arg(long)]
    dropped: bool,
    /// On a terminal: how many days to look back; 14 where not given.
    #[arg(long, value_name = "NUMBER")]
    days: Option<u32>,
    /// Take labels from JSON Lines: {"id", "title", "label", "summary"?, "lang"?, "published"?, "source"?}; `-` is
    /// standard input. One takes the place of the stored one of the same id. All are taken or, where one is wrong, none.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["export", "list", "dropped"])]
    file: Option<PathBuf>,
    /// Print all labels as JSON Lines, with their texts.
    #[arg(long, conflicts_with_all = ["list", "dropped"])]
    export: bool,
    /// List all labels.
    #[arg(long, conflicts_with = "dropped")]
    list: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// A story was rightly told; with --item, an item rightly told or not told.
    ///
    /// A story, or an item that was told, is of the kinds for which it was. An item that was rightly not told is of no
    /// kind where it was dropped for what it says (no-cue, no-actor, below-threshold, no-vocabulary); where it was
    /// dropped because nobody asks for it or for its age (no-watch, baseline, too-old, muted), its kinds are left open.
    Right(Which),
    /// A story was told and should not have been: it is of no kind. With --item, an item that was not told was missed.
    Wrong(Which),
    /// An item was not told and should have been.
    Missed {
        /// Its number, as `stories --dropped` lists it.
        item: i64,
        /// Of which kind it is, sanctions or alliance; where not given, that which it came nearest to.
        #[arg(long, value_parser = kind_to_label)]
        kind: Option<Kind>,
        /// Who takes part: names or codes, with commas between them.
        #[arg(long, value_name = "COUNTRIES", value_delimiter = ',')]
        countries: Vec<String>,
    },
    /// Take a label back.
    Forget {
        /// Its name, as --list shows it.
        name: String,
    },
}

/// A story or an item.
#[derive(Debug, clap::Args)]
struct Which {
    /// The story's number, as `stories` lists it.
    number: i64,
    /// It is an item's number, as `stories --dropped` and `stories show` list it.
    #[arg(long)]
    item: bool,
}

fn kind_to_label(text: &str) -> Result<Kind, String> {
    let kind: Kind = text.parse().map_err(|error: UnknownTerm| error.to_string())?;
    if !Label::KINDS.contains(&kind) {
        return Err(format!("labels know of sanctions and alliance only, and nothing of {kind}"));
    }
    Ok(kind)
}

/// Refuses options beside an action.
fn check(options: &Arguments) -> Result<(), Failure> {
    let given = [
        ("--dropped", options.dropped),
        ("--days", options.days.is_some()),
        ("--file", options.file.is_some()),
        ("--export", options.export),
        ("--list", options.list),
    ];
    match given.iter().find(|(_, is_given)| *is_given && options.action.is_some()) {
        Some((name, _)) => {
            Err(Failure::new(USAGE, anyhow!("{name} goes without `right`, `wrong`, `missed` and `forget`")))
        }
        None => Ok(()),
    }
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    check(options)?;
    let config = settings::load(global)?;
    let now = Clock::System.now();
    if options.export || options.list {
        let mut out = output::stdout();
        let labels = look(&config, async |store| store.labels().await)?;
        if options.export {
            file::export(&mut out, &labels)?;
        } else {
            for label in &labels {
                said(&mut out, label)?;
            }
        }
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    // A file that is refused leaves everything as it was: no state is made for it.
    let labels = options.file.as_deref().map(|path| file::read(path, &config, now)).transpose()?;
    runtime()?.block_on(async {
        if labels.is_some() && !config.state.exists() {
            // Labels may be there before the daemon ever ran.
            let (store, _lock) = Store::open(&config.state).await?;
            store.close().await;
        }
        let store = Store::open_beside(&config.state).await?;
        let done = match labels {
            Some(labels) => file::import(&store, labels, now).await,
            None => run(&store, &config, options, now).await,
        };
        store.close().await;
        done
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn run(store: &Store, config: &Config, options: &Arguments, now: Timestamp) -> Result<(), Failure> {
    let mut out = output::stdout();
    match &options.action {
        Some(Action::Right(which)) => say_one(&mut out, store, config, which, Verdict::Right, now).await?,
        Some(Action::Wrong(which)) => say_one(&mut out, store, config, which, Verdict::Wrong, now).await?,
        Some(Action::Missed { item, kind, countries }) => {
            let added = Added { kind: *kind, countries: actors(config, countries)? };
            let item = known(store, ItemId(*item)).await?;
            let mut transaction = store.begin().await?;
            let label = say(&mut transaction, config, &item, (Verdict::Missed, &added), now).await?;
            transaction.commit().await?;
            said(&mut out, &label)?;
            say_what_lacks(&label);
        }
        Some(Action::Forget { name }) => {
            let mut transaction = store.begin().await?;
            let was = transaction.remove_label(name).await?;
            transaction.commit().await?;
            if !was {
                return Err(Failure::new(
                    USAGE,
                    anyhow!("there is no label {name}; `label --list` lists them"),
                ));
            }
            writeln!(out, "the label {} is taken back", output::plain(name))?;
        }
        None if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() => {
            let back = SignedDuration::from_hours(24 * i64::from(options.days.unwrap_or(DAYS)));
            let since = now.checked_sub(back).unwrap_or(Timestamp::MIN);
            session::hold(&mut out, store, config, (options.dropped, since), now).await?;
        }
        None => {
            return Err(Failure::new(
                USAGE,
                anyhow!(
                    "no terminal to ask on; say `label right STORY`, `wrong STORY` or `missed ITEM`, or use --file, \
                     --export or --list"
                ),
            ));
        }
    }
    out.flush()?;
    Ok(())
}

/// Countries and blocs as a person writes them.
fn actors(config: &Config, names: &[String]) -> Result<BTreeSet<Actor>, Failure> {
    let actor = |name: &String| {
        config.vocabulary.resolve(name).ok_or_else(|| {
            let meant = config.vocabulary.suggest(name).map(|(meant, _)| format!("; did you mean {meant}?"));
            Failure::new(USAGE, anyhow!("`{name}` is no country or bloc{}", meant.unwrap_or_default()))
        })
    };
    names.iter().map(actor).collect()
}

/// A stored item.
async fn known(store: &Store, item: ItemId) -> Result<ItemSummary, Failure> {
    let found = store.item(item).await?;
    found.ok_or_else(|| {
        Failure::new(
            USAGE,
            anyhow!("there is no item {item}; `stories --dropped` and `stories show` list them"),
        )
    })
}

async fn say_one(
    out: &mut impl Write,
    store: &Store,
    config: &Config,
    which: &Which,
    verdict: Verdict,
    now: Timestamp,
) -> Result<(), Failure> {
    let mut transaction = store.begin().await?;
    let number = which.number;
    let id = if which.item { Some(ItemId(number)) } else { transaction.lead_of(StoryId(number)).await? };
    let id =
        id.ok_or_else(|| Failure::new(USAGE, anyhow!("there is no story {number}; `stories` lists them")))?;
    let item = known(store, id).await?;
    let label = say(&mut transaction, config, &item, (verdict, &Added::default()), now).await?;
    transaction.commit().await?;
    said(out, &label)?;
    say_what_lacks(&label);
    Ok(())
}

/// Keeps what is said of an item. Of one that was not told "wrong" is "missed".
async fn say(
    transaction: &mut Transaction,
    config: &Config,
    item: &ItemSummary,
    (verdict, added): (Verdict, &Added),
    now: Timestamp,
) -> Result<Labelled, Failure> {
    let relations = &item.assessment.relations;
    let was_told = transaction.told_in(item.id).await?;
    let mut told = alerting::told(&config.watches, config.thresholds, relations);
    if told.is_empty() && was_told.is_some() {
        // It was told by an earlier configuration, which is what the word is about.
        told.extend(backtest::nearest_relation(relations).cloned());
    }
    let verdict = match (verdict, was_told) {
        (Verdict::Missed, Some(story)) => {
            return Err(Failure::new(
                USAGE,
                anyhow!(
                    "item {} was told in story {story}: say `label right {story}` or `label wrong {story}`",
                    item.id
                ),
            ));
        }
        (verdict, _) => verdict,
    };
    let did = match (was_told, item.reason) {
        (Some(_), _) => Did::Told(&told),
        // What today's configuration would tell is not what the word is about.
        (None, Some(reason)) if reason.is_of_the_text() => Did::NotTold(&[]),
        (None, _) => Did::NotTold(&told),
    };
    let text = transaction.to_label(item.id).await?;
    let text = text.ok_or_else(|| Failure::new(USAGE, anyhow!("item {} is no longer there", item.id)))?;
    let label = Labelled { label: backtest::label(verdict, relations, did, added), ..text };
    transaction.keep_label(&label, now).await?;
    Ok(label)
}

/// Tells of a miss for which nobody knows a kind.
fn say_what_lacks(label: &Labelled) {
    if let (Some(Verdict::Missed), Some(item), false) =
        (label.label.verdict, label.item, label.label.is_relevant())
    {
        output::complain(&format!(
            "the program found no kind in it, so that is left open: by kind and by watch it counts only with `label \
             missed {item} --kind sanctions`, or `alliance`"
        ));
    }
}

/// A label as a person reads it.
fn said(out: &mut impl Write, label: &Labelled) -> Result<(), Failure> {
    let kind = |kind: Kind| match label.label.of(kind) {
        Truth::No => format!("no {kind}"),
        Truth::Borderline => format!("{kind} left open"),
        Truth::Yes => kind.to_string(),
    };
    let verdict = label.label.verdict.map_or_else(|| "labelled".to_owned(), |verdict| verdict.to_string());
    let countries: Vec<&str> = label.label.countries.iter().map(String::as_str).collect();
    let countries = if countries.is_empty() { String::new() } else { format!(", {}", countries.join(" ")) };
    writeln!(
        out,
        "{verdict:8}  {}  {}\n          {}, {}{countries}",
        output::plain(&label.name),
        output::plain(&label.title),
        kind(Kind::Sanctions),
        kind(Kind::Alliance)
    )?;
    Ok(())
}
