//! Report: what would have been told, for a person.

use super::{Run, Shown};
use crate::backtest::{self, Item, Near, Story, Volume};
use crate::cli::explain::reason;
use crate::cli::output;
use crate::cli::paint::Tone;
use crate::deliver::words::relation_line;
use crate::domain::{Relation, Score, SubscriberKey, WatchName};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::io::{self, Write};

pub(super) fn print(out: &mut impl Write, shown: Shown<'_>, run: &Run<'_>) -> io::Result<()> {
    let Shown { items, most, paint } = shown;
    let replay = &run.replay;
    let sources: BTreeSet<&str> = items.iter().map(|item| item.source.as_str()).collect();
    let Some((first, last)) = replay.span else {
        return writeln!(out, "There is no item to replay.");
    };
    let date = |moment| TimeZone::UTC.to_datetime(moment).date();
    let ranked = replay.ranked();
    let told = ranked.len();
    writeln!(
        out,
        "{} of {}, {} to {} ({}): {}, of which {told} would have been told.",
        output::count(items.len(), "item", "items"),
        output::count(sources.len(), "source", "sources"),
        date(first),
        date(last),
        days(replay.days()),
        output::count(replay.stories.len(), "story", "stories"),
    )?;

    writeln!(out, "\n{}", paint.tone(Tone::Heading, "Alerts"))?;
    let watches = backtest::watches(&run.setup, replay);
    let readers = backtest::subscribers(&run.setup, replay);
    let names: Vec<String> = watches
        .iter()
        .map(|(name, _)| output::plain(name.as_str()))
        .chain(readers.iter().map(|(key, _)| reader(key)))
        .collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    writeln!(out, "  {:width$}  {:>5}  {:>5}  busiest day", "", "all", "a day")?;
    let volumes = watches.iter().map(|(_, volume)| volume).chain(readers.iter().map(|(_, volume)| volume));
    for (at, (name, volume)) in names.iter().zip(volumes).enumerate() {
        if at == watches.len() {
            writeln!(out)?;
        }
        writeln!(out, "{}", volume_line(name, width, volume))?;
    }

    heading(out, shown, "The strongest that came through", ranked.is_empty() || most == 0)?;
    for story in ranked.iter().take(most) {
        print_story(out, items, story)?;
    }
    let weakest: Vec<&&Story> = ranked.iter().skip(most).rev().take(most).collect();
    heading(out, shown, "The weakest that came through", weakest.is_empty())?;
    for story in weakest {
        print_story(out, items, story)?;
    }
    let near = backtest::near(&run.setup, items, (&run.judged, replay), most);
    heading(out, shown, "The strongest that did not", near.is_empty())?;
    for near in &near {
        print_near(out, items, run, near)?;
    }
    let dropped = replay.dropped();
    heading(out, shown, "Not told", dropped.is_empty())?;
    let mut dropped: Vec<_> = dropped.into_iter().collect();
    dropped.sort_by_key(|(reason, number)| (std::cmp::Reverse(*number), *reason));
    for (reason, number) in dropped {
        writeln!(out, "{number:6}  {} ({reason})", output::in_words(reason))?;
    }
    Ok(())
}

fn heading(out: &mut impl Write, shown: Shown<'_>, words: &str, nothing: bool) -> io::Result<()> {
    if nothing {
        return Ok(());
    }
    writeln!(out, "\n{}", shown.paint.tone(Tone::Heading, words))
}

/// A row of a table: all alerts, those of a day, and the busiest day.
pub(in crate::cli) fn volume_line(name: &str, width: usize, volume: &Volume) -> String {
    let busiest = volume.busiest.map(|(day, alerts)| format!("  {alerts} on {day}")).unwrap_or_default();
    // Some are not none.
    let a_day = match volume.a_day {
        few if few > 0.0 && few < 0.05 => "< 0.1".to_owned(),
        a_day => format!("{a_day:.1}"),
    };
    format!("  {name:width$}  {:>5}  {a_day:>5}{busiest}", volume.alerts)
}

fn print_story(out: &mut impl Write, items: &[Item], story: &Story) -> io::Result<()> {
    writeln!(out, "{}", item_line(items, story.lead, &story.score().to_string()))?;
    for relation in &story.says {
        writeln!(out, "          {}", relation_line(relation))?;
    }
    writeln!(out, "          for {}", watch_names(story.watches()))
}

fn print_near(out: &mut impl Write, items: &[Item], run: &Run<'_>, near: &Near<'_>) -> io::Result<()> {
    let relations = &run.judged[near.item].assessment.relations;
    let Some(relation) = relations.get(near.relation) else { return Ok(()) };
    writeln!(out, "{}", item_line(items, near.item, &relation.score.to_string()))?;
    writeln!(out, "          {}", relation_line(relation))?;
    let reasons: Vec<String> = near
        .mismatches
        .iter()
        .map(|mismatch| reason(*mismatch, near.watch, relation, run.setup.thresholds))
        .collect();
    writeln!(out, "          {}: {}", output::plain(near.watch.name.as_str()), reasons.join("; "))
}

/// A score, a headline and where it is from.
pub(super) fn item_line(items: &[Item], at: usize, score: &str) -> String {
    let item = &items[at];
    let date = TimeZone::UTC.to_datetime(item.seen).date();
    let source = output::plain(item.source.as_str());
    let from = if source.is_empty() { String::new() } else { format!("{source}, ") };
    let title = output::plain(&item.entry.title);
    format!("  {score:>6}  {title} ({from}{date}, {})", output::plain(&item.id))
}

/// The names of watches, one after the other.
pub(super) fn watch_names<'n>(names: impl IntoIterator<Item = &'n WatchName>) -> String {
    names.into_iter().map(|name| output::plain(name.as_str())).collect::<Vec<_>>().join(", ")
}

/// Who is told, as a person calls them.
pub(super) fn reader(key: &SubscriberKey) -> String {
    match key {
        SubscriberKey::Journal => "the journal".to_owned(),
        SubscriberKey::Mail(address) => address.as_str().to_owned(),
        SubscriberKey::Webhook(name) => format!("webhook {}", output::plain(name.as_str())),
    }
}

/// What the relations of a story say, in one line.
pub(super) fn says(relations: &[Relation]) -> String {
    relations.iter().map(relation_line).collect::<Vec<_>>().join("; ")
}

/// The strongest score of a story that may be told.
pub(super) fn score(story: Option<&Story>) -> Option<Score> {
    story.map(Story::score)
}

fn days(days: f64) -> String {
    let text = format!("{days:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text).to_owned();
    if text == "1" { "1 day".to_owned() } else { format!("{text} days") }
}
