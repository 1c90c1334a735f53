//! `once`: every source polled once, everything due delivered, a summary.

use super::exit::{Failure, UNAVAILABLE};
use super::{output, runtime, settings};
use crate::daemon::{self, Clock, House, Progress, Summary};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Print the summary as one JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let mut config = settings::logged(settings::load_to_send(global)?);
    // One run is one burst, and nobody is there afterwards to send what it would hold back.
    for subscriber in &mut config.subscribers {
        subscriber.gather = Duration::ZERO;
    }
    let summary = runtime()?.block_on(async {
        let house = House::open(config, Clock::System).await?;
        let bar = progress_bar(house.config.sources.len());
        let summary = daemon::once(&house, |progress| show(bar.as_ref(), progress)).await;
        if let Some(bar) = &bar {
            bar.finish_and_clear();
        }
        house.close().await;
        Ok::<_, Failure>(summary?)
    })?;
    let mut out = output::stdout();
    if options.json {
        output::json_line(&mut out, &summary)?;
    } else {
        print(&mut out, &summary)?;
    }
    out.flush()?;
    Ok(if summary.reached_any() { ExitCode::SUCCESS } else { ExitCode::from(UNAVAILABLE) })
}

/// A line that tells how far it is, where somebody watches.
fn progress_bar(sources: usize) -> Option<ProgressBar> {
    if !std::io::stderr().is_terminal() {
        return None;
    }
    let bar = ProgressBar::new(sources as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} sources, {msg}") {
        bar.set_style(style);
    }
    Some(bar)
}

fn show(bar: Option<&ProgressBar>, progress: Progress) {
    if let Some(bar) = bar {
        bar.set_position(progress.done as u64);
        bar.set_message(format!("{} new items, {} to tell", progress.new, progress.alerts));
    }
}

/// The summary as a person reads it.
pub(super) fn print(out: &mut impl Write, summary: &Summary) -> std::io::Result<()> {
    let Summary { sources, items, stories, deliveries, .. } = summary;
    writeln!(
        out,
        "Sources     {} reached ({} with news, {} unchanged), {} failed",
        sources.changed + sources.unchanged,
        sources.changed,
        sources.unchanged,
        sources.failed
    )?;
    for failure in &summary.failures {
        writeln!(out, "            ✗ {}: {}", failure.source, failure.reason)?;
    }
    writeln!(out, "Items       {} new, {} changed, {} known", items.new, items.updated, items.known)?;
    if summary.articles.read + summary.articles.failed > 0 {
        writeln!(out, "Articles    {} read, {} not", summary.articles.read, summary.articles.failed)?;
    }
    writeln!(out, "Stories     {} new, {} with further reports or edits", stories.new, stories.updated)?;
    writeln!(out, "Alerts      {}", summary.alerts)?;
    writeln!(
        out,
        "Deliveries  {} sent, {} waiting, {} refused",
        deliveries.sent, deliveries.pending, deliveries.refused
    )?;
    if !summary.dropped.is_empty() {
        writeln!(out, "Not told    {} of the new items", summary.dropped.values().sum::<usize>())?;
        for (reason, number) in &summary.dropped {
            writeln!(out, "            {number:6}  {}", output::in_words(*reason))?;
        }
    }
    Ok(())
}
