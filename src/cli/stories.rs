//! `stories`: what was alerted, or what was not and why.

use super::exit::{Failure, USAGE};
use super::{assessed, output, runtime, settings};
use crate::daemon::Clock;
use crate::deliver::words::relation_line;
use crate::domain::{DropReason, Story};
use crate::store::{ItemSummary, Store, StoryFilter};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// List what did not become an alert instead, the highest scores first.
    #[arg(long)]
    dropped: bool,
    /// With --dropped: only what was dropped for this reason.
    #[arg(long, value_name = "REASON", requires = "dropped")]
    reason: Option<String>,
    /// How many hours to look back.
    #[arg(long, value_name = "HOURS", default_value_t = 24 * 7)]
    hours: u32,
    /// At most so many.
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    most: u32,
    /// Print JSON Lines.
    #[arg(long)]
    json: bool,
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let config = settings::load(global)?;
    let reason = options
        .reason
        .as_deref()
        .map(str::parse::<DropReason>)
        .transpose()
        .map_err(|error| Failure::new(USAGE, error.into()))?;
    let now = Clock::System.now();
    let since =
        now.checked_sub(SignedDuration::from_hours(i64::from(options.hours))).unwrap_or(Timestamp::MIN);
    let filter = StoryFilter { since, most: options.most };
    let mut out = output::stdout();
    runtime()?.block_on(async {
        let store = Store::open_beside(&config.state).await?;
        if options.dropped {
            for item in store.list_dropped(reason, filter).await? {
                if options.json {
                    output::json_line(&mut out, &dropped_json(&item))?;
                } else {
                    print_dropped(&mut out, &item, now)?;
                }
            }
            if !options.json {
                writeln!(out)?;
                for (reason, number) in store.dropped_counts(since).await? {
                    writeln!(out, "{number:6}  {} ({reason})", output::in_words(reason))?;
                }
            }
        } else {
            for story in store.list_stories(filter).await? {
                if options.json {
                    output::json_line(&mut out, &story_json(&story))?;
                } else {
                    print_story(&mut out, &story, now)?;
                }
            }
        }
        store.close().await;
        Ok::<_, Failure>(())
    })?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// A story as a person reads it.
pub(super) fn print_story(out: &mut impl Write, story: &Story, now: Timestamp) -> std::io::Result<()> {
    writeln!(out, "{:>5}  {}", story.id, output::plain(&story.title))?;
    for relation in &story.relations {
        writeln!(out, "       {}  ({})", relation_line(relation), relation.score)?;
    }
    let also = match story.also.len() {
        0 => String::new(),
        more => format!(", also reported by {more}"),
    };
    writeln!(out, "       {}{also}, {}", story.source, output::ago(now, Some(story.first_seen)))?;
    if let Some(url) = &story.url {
        writeln!(out, "       {url}")?;
    }
    writeln!(out)
}

fn print_dropped(out: &mut impl Write, item: &ItemSummary, now: Timestamp) -> std::io::Result<()> {
    let reason = item.reason.map_or("", DropReason::as_str);
    writeln!(
        out,
        "{:>7}  {:>5}  {:16} {}  ({}, {})",
        item.id,
        item.score.to_string(),
        reason,
        output::plain(&item.title),
        item.source,
        output::ago(now, Some(item.first_seen))
    )
}

fn story_json(story: &Story) -> Value {
    json!({
        "id": story.id,
        "revision": story.revision,
        "title": story.title,
        "summary": story.summary,
        "url": story.url,
        "source": story.source,
        "also": story.also,
        "published": story.published,
        "first_seen": story.first_seen,
        "countries": story.actors(),
        "relations": story.relations.iter().map(assessed::relation).collect::<Vec<_>>(),
    })
}

fn dropped_json(item: &ItemSummary) -> Value {
    json!({
        "id": item.id,
        "reason": item.reason,
        "score": item.score,
        "title": item.title,
        "summary": item.summary,
        "url": item.url,
        "source": item.source,
        "published": item.published,
        "first_seen": item.first_seen,
        "story": item.story,
        "relations": item.assessment.relations.iter().map(assessed::relation).collect::<Vec<_>>(),
    })
}
