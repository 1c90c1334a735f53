//! The volume that a configuration means: how many alerts each watch would have brought of late, as `check` tells it.
//! Nothing is stored and nothing is sent.

use super::backtest::{stored_since, volume_as_json, volume_line};
use super::exit::Failure;
use super::{output, settings};
use crate::backtest::{self, Volume};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::WatchName;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Over so long: four of each day of the week are in it. `backtest` looks further back.
const LATELY: SignedDuration = SignedDuration::from_hours(28 * 24);

/// At most so many of the newest items: they are replayed in about two seconds, and nobody waits longer for a check.
const MOST_ITEMS: u32 = 20_000;

/// What would have been told of late.
pub(super) struct Expected {
    watches: Vec<(WatchName, Volume)>,
    items: usize,
    first: Date,
    last: Date,
}

impl Expected {
    /// Replays what was stored of late; `None` where nothing was, or where there is no database yet.
    pub(super) fn of(config: &Config) -> Result<Option<Self>, Failure> {
        if !config.state.exists() || config.watches.is_empty() {
            return Ok(None);
        }
        let since = Clock::System.now().checked_sub(LATELY).unwrap_or(Timestamp::MIN);
        let mut items = stored_since(config, since, MOST_ITEMS)?;
        items.retain(|item| item.seen >= since);
        if items.is_empty() {
            return Ok(None);
        }
        let setup = settings::setup(config);
        let replay = backtest::replay(&setup, &items, &backtest::judge(&setup, &items));
        let Some((first, last)) = replay.span else { return Ok(None) };
        let date = |moment| TimeZone::UTC.to_datetime(moment).date();
        Ok(Some(Self {
            watches: backtest::watches(&setup, &replay),
            items: items.len(),
            first: date(first),
            last: date(last),
        }))
    }

    /// A row for each watch.
    pub(super) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let Self { watches, items, first, last } = self;
        let items = output::count(*items, "item", "items");
        writeln!(
            out,
            "\nWhat it would have told of the {items} of {first} to {last} (`backtest` says more):"
        )?;
        let names: Vec<String> = watches.iter().map(|(name, _)| output::plain(name.as_str())).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
        writeln!(out, "  {:width$}  {:>5}  {:>5}  busiest day", "", "all", "a day")?;
        for (name, (_, volume)) in names.iter().zip(watches) {
            writeln!(out, "{}", volume_line(name, width, volume))?;
        }
        Ok(())
    }

    pub(super) fn as_json(&self) -> Value {
        let watches: Vec<Value> =
            self.watches.iter().map(|(name, volume)| volume_as_json(name.as_str(), volume)).collect();
        json!({"from": self.first.to_string(), "to": self.last.to_string(), "items": self.items, "watches": watches})
    }
}
