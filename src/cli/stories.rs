//! `stories`: what was alerted, or what was not and why; one story with its items; words; mutes.

mod show;

use super::exit::{Failure, USAGE};
use super::{look, output, runtime, settings};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::{DropReason, MailAddress, SourceName, StoryId, SubscriberKey};
use crate::store::{ItemSummary, Store, StoreError, StoryFilter, Transaction};
use anyhow::anyhow;
use jiff::{SignedDuration, Timestamp};
pub(super) use show::print_story;
use show::{dropped_json, print_dropped, print_item, shown_json, story_json};
use std::io::Write;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// List what did not become an alert instead, the highest scores first.
    #[arg(long)]
    dropped: bool,
    /// With --dropped: only what was dropped for this reason.
    #[arg(long, value_name = "REASON", requires = "dropped")]
    reason: Option<String>,
    /// With --dropped: only what this source told.
    #[arg(long, value_name = "NAME", requires = "dropped")]
    source: Option<String>,
    #[command(flatten)]
    list: List,
}

/// So many sources are counted by name.
const MOST_SOURCES: usize = 10;

/// How much is listed, and for whom.
#[derive(Debug, clap::Args)]
struct List {
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

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show a story: what it says, every item and how it came to it, what it follows and what follows it.
    Show {
        /// Its number in the list.
        id: i64,
        /// Print one line of JSON.
        #[arg(long)]
        json: bool,
    },
    /// Search headlines and summaries of all stories, told or not, for words; `word*` is a beginning.
    Search {
        /// All of these must stand in one item.
        #[arg(required = true)]
        words: Vec<String>,
        #[command(flatten)]
        list: List,
    },
    /// End the alerts of a story and of all that follows it; waiting ones are cancelled.
    Mute {
        /// Its number in the list.
        id: i64,
        /// Only for this subscriber's address.
        #[arg(long = "for", value_name = "ADDRESS")]
        whose: Option<MailAddress>,
    },
    /// Take a mute back; what was cancelled stays so.
    Unmute {
        /// Its number in the list.
        id: i64,
        /// The subscriber's address that was given to `mute`.
        #[arg(long = "for", value_name = "ADDRESS")]
        whose: Option<MailAddress>,
    },
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let config = settings::load(global)?;
    let reason = options
        .reason
        .as_deref()
        .map(str::parse::<DropReason>)
        .transpose()
        .map_err(|error| Failure::new(USAGE, error.into()))?;
    let source = options
        .source
        .as_deref()
        .map(|name| {
            SourceName::new(name)
                .ok_or_else(|| Failure::new(USAGE, anyhow!("{name:?} is no name of a source")))
        })
        .transpose()?;
    let now = Clock::System.now();
    let mut out = output::stdout();
    match &options.action {
        None if options.dropped => {
            let filter = options.list.filter(now);
            let dropped =
                look(&config, async |store| Dropped::of(store, (reason, source.as_ref()), filter).await)?;
            dropped.print(&mut out, &options.list, now)?;
        }
        None => {
            let stories = look(&config, async |store| store.list_stories(options.list.filter(now)).await)?;
            options.list.print(&mut out, &stories, now)?;
        }
        Some(Action::Search { words, .. }) if words.iter().all(|word| word.trim().is_empty()) => {
            return Err(Failure::new(USAGE, anyhow!("there is no word to search for")));
        }
        Some(Action::Search { words, list }) => {
            let words = words.join(" ");
            let stories = look(&config, async |store| store.search_stories(&words, list.filter(now)).await)?;
            list.print(&mut out, &stories, now)?;
        }
        Some(Action::Show { id, json }) => show(&mut out, &config, StoryId(*id), *json, now)?,
        Some(Action::Mute { id, whose }) => {
            let key = whose.as_ref().map(|address| key_of(&config, address)).transpose()?;
            let cancelled = change(&config, async |store, transaction| {
                store.story(StoryId(*id)).await?.ok_or_else(|| unknown(*id))?;
                Ok(transaction.mute(StoryId(*id), key.as_ref(), now).await?)
            })?;
            let for_whom = for_whom(whose.as_ref());
            writeln!(
                out,
                "story {id} and what follows it are muted{for_whom}; {cancelled} waiting alerts cancelled"
            )?;
        }
        Some(Action::Unmute { id, whose }) => {
            let key = whose.as_ref().map(|address| key_of(&config, address)).transpose()?;
            let was = change(&config, async |_, transaction| {
                Ok(transaction.unmute(StoryId(*id), key.as_ref()).await?)
            })?;
            let for_whom = for_whom(whose.as_ref());
            if !was {
                return Err(Failure::new(USAGE, anyhow!("story {id} is not muted{for_whom}")));
            }
            writeln!(out, "story {id} is heard again{for_whom}")?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Changes the state, beside a daemon that may be running.
fn change<T>(
    config: &Config,
    act: impl AsyncFnOnce(&Store, &mut Transaction) -> Result<T, Failure>,
) -> Result<T, Failure> {
    runtime()?.block_on(async {
        let store = Store::open_beside(&config.state).await?;
        let mut transaction = store.begin().await?;
        let done = act(&store, &mut transaction).await?;
        transaction.commit().await?;
        store.close().await;
        Ok(done)
    })
}

/// By what a configured subscriber is known.
fn key_of(config: &Config, address: &MailAddress) -> Result<SubscriberKey, Failure> {
    Ok(settings::subscriber(config, address)?.key.clone())
}

fn for_whom(address: Option<&MailAddress>) -> String {
    address.map(|address| format!(" for {}", address.as_str())).unwrap_or_default()
}

fn unknown(id: i64) -> Failure {
    Failure::new(USAGE, anyhow!("there is no story {id}; `stories` lists them"))
}

impl List {
    fn filter(&self, now: Timestamp) -> StoryFilter {
        let back = SignedDuration::from_hours(i64::from(self.hours));
        StoryFilter { since: now.checked_sub(back).unwrap_or(Timestamp::MIN), most: self.most }
    }

    fn print(
        &self,
        out: &mut impl Write,
        stories: &[crate::domain::Story],
        now: Timestamp,
    ) -> Result<(), Failure> {
        for story in stories {
            if self.json {
                output::json_line(out, &story_json(story))?;
            } else {
                print_story(out, story, now)?;
            }
        }
        Ok(())
    }
}

/// What did not become an alert.
struct Dropped {
    items: Vec<ItemSummary>,
    /// How many of all, by reason.
    by_reason: Vec<(DropReason, u64)>,
    /// How many of what is asked for, by source, those with most first.
    by_source: Vec<(SourceName, u64)>,
}

impl Dropped {
    async fn of(
        store: &Store,
        (reason, source): (Option<DropReason>, Option<&SourceName>),
        filter: StoryFilter,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            items: store.list_dropped((reason, source), filter).await?,
            by_reason: store.dropped_counts(filter.since).await?,
            by_source: store.dropped_by_source(reason, filter.since).await?,
        })
    }

    fn print(&self, out: &mut impl Write, list: &List, now: Timestamp) -> Result<(), Failure> {
        for item in &self.items {
            if list.json {
                output::json_line(out, &dropped_json(item))?;
            } else {
                print_dropped(out, item, now)?;
            }
        }
        if list.json {
            return Ok(());
        }
        writeln!(out)?;
        for (reason, number) in &self.by_reason {
            writeln!(out, "{number:6}  {} ({reason})", output::in_words(*reason))?;
        }
        writeln!(out)?;
        for (source, number) in self.by_source.iter().take(MOST_SOURCES) {
            writeln!(out, "{number:6}  of {}", output::plain(source.as_str()))?;
        }
        if let Some(more) = self.by_source.len().checked_sub(MOST_SOURCES).filter(|more| *more > 0) {
            writeln!(out, "        and of {more} sources more; --source NAME lists those of one")?;
        }
        Ok(())
    }
}

/// Shows a story with all that belongs to it.
fn show(
    out: &mut impl Write,
    config: &Config,
    id: StoryId,
    json: bool,
    now: Timestamp,
) -> Result<(), Failure> {
    let (story, items, followers) = look(config, async |store| {
        let mut items = Vec::new();
        for item in store.story_items(id).await? {
            let edits = store.edits(item.id).await?;
            items.push((item, edits));
        }
        Ok((store.story(id).await?, items, store.followers(id).await?))
    })?;
    let story = story.ok_or_else(|| unknown(id.0))?;
    if json {
        output::json_line(out, &shown_json(&story, &items, &followers))?;
        return Ok(());
    }
    print_story(out, &story, now)?;
    for (item, edits) in &items {
        print_item(out, item, edits, now)?;
    }
    for later in &followers {
        let change = later.follows.as_ref().map(|followed| followed.change.to_string()).unwrap_or_default();
        writeln!(out, "\n  followed by {}, {change}: {}", later.id, output::plain(&later.title))?;
    }
    Ok(())
}
