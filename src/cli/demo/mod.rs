//! `demo`: the real daemon on sample feeds, without network or configuration.

mod server;

use super::exit::Failure;
use super::{explain, once, output, runtime};
use crate::config::{self, Environment};
use crate::daemon::{self, Clock, House};
use crate::domain::DropReason;
use crate::store::StoryFilter;
use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the daemon may take for the samples; far more than it needs on any machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often the demo looks whether the daemon is done.
const LOOK_EVERY: Duration = Duration::from_millis(50);

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Where state, configuration and mails are put; a new folder for temporary files where not
    /// given.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(super) fn command(options: &Arguments) -> Result<ExitCode, Failure> {
    let folder = match &options.folder {
        Some(folder) => {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            folder.clone()
        }
        None => fresh_folder()?,
    };
    let mut out = output::stdout();
    runtime()?.block_on(show(&folder, &mut out))?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// A folder that nobody else has made or may read.
fn fresh_folder() -> anyhow::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("sanctionwatch-demo-{:08x}", fastrand::u32(..)));
    fs::DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

async fn show(folder: &Path, out: &mut impl Write) -> Result<(), Failure> {
    let clock = Clock::System;
    let address = server::serve(clock.now()).await.context("cannot serve the samples")?;
    let file = folder.join("sanctionwatch.toml");
    fs::write(&file, include_str!("demo.toml").replace("SERVER", &address))
        .with_context(|| format!("cannot write {}", file.display()))?;
    let config = config::load(&file, &Environment::of_variables([]))?.config;
    writeln!(out, "Sample feeds are served at {address}; nothing leaves this machine.")?;
    writeln!(out, "The configuration is {}.\n", file.display())?;
    out.flush()?;

    let house = House::open(config, clock.clone()).await?;
    run_until_done(&house).await?;

    heading(out, "What was told")?;
    let since = clock.now().checked_sub(SignedDuration::from_hours(24 * 365)).unwrap_or(Timestamp::MIN);
    let filter = StoryFilter { since, most: 100 };
    for story in house.store.list_stories(filter).await?.into_iter().rev() {
        writeln!(out, "{}", story.title)?;
        let others = story.also.iter().map(|told| told.source.as_str());
        let sources: Vec<&str> = std::iter::once(story.source.as_str()).chain(others).collect();
        writeln!(out, "told by {}", sources.join(", "))?;
        for relation in &story.relations {
            explain::print_relation(out, relation)?;
        }
        writeln!(out)?;
    }

    heading(out, "The mails")?;
    let mut mails: Vec<PathBuf> = fs::read_dir(folder.join("mail"))
        .context("no mail was written")?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    mails.sort();
    for delivery in house.store.list_deliveries(None, None, 100).await?.into_iter().rev() {
        let name = format!("{}.eml", delivery.message_id.as_str());
        if let Some(path) = mails.iter().find(|path| path.ends_with(&name)) {
            writeln!(out, "{}\n  {}", output::plain(&delivery.subject), path.display())?;
        }
    }

    writeln!(out)?;
    heading(out, "What was not told, and why")?;
    for item in house.store.list_dropped((None, None), filter).await? {
        let reason = item.reason.map_or("", DropReason::as_str);
        writeln!(out, "{reason:16} {} ({})", output::plain(&item.title), item.source)?;
    }

    writeln!(out)?;
    heading(out, "Polled again: nothing is said twice")?;
    let summary = daemon::once(&house, |_| ()).await?;
    house.close().await;
    once::print(out, &summary)?;
    writeln!(out, "\nEverything is in {}. Try next:", folder.display())?;
    writeln!(out, "  sanctionwatch --config {} stories", file.display())?;
    writeln!(out, "  sanctionwatch explain \"EU lifts sanctions on Syrian banks\"")?;
    Ok(())
}

fn heading(out: &mut impl Write, text: &str) -> std::io::Result<()> {
    writeln!(out, "── {text} {}", "─".repeat(70_usize.saturating_sub(text.chars().count())))
}

/// Runs the daemon until every source was asked once and the outbox is empty.
async fn run_until_done(house: &Arc<House>) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let (inside, until) = (Arc::clone(house), stop.clone());
    let running = tokio::spawn(async move { daemon::run(&inside, &until, None).await });
    let done = tokio::time::timeout(PATIENCE, async {
        while !all_done(house).await? {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok::<_, crate::store::StoreError>(())
    })
    .await;
    stop.cancel();
    running.await.context("the daemon failed")??;
    done.context("the daemon did not come to an end with the samples")??;
    Ok(())
}

async fn all_done(house: &House) -> Result<bool, crate::store::StoreError> {
    let states = house.store.source_states().await?;
    let asked = house.config.sources.iter().all(|source| states.contains_key(&source.name));
    Ok(asked && house.store.next_due().await?.is_empty() && house.store.next_attempts().await?.is_empty())
}
