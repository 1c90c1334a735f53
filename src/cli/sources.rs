//! `sources`: the sources and how they fare; what a new one would give.

use super::exit::Failure;
use super::{output, runtime, settings, try_source};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::{KnownAddress, Moved, Source, SourceForm, SourceName};
use crate::store::{SourceState, Store};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;
use url::Url;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only sources that fail.
    #[arg(long)]
    failing: bool,
    /// Print JSON Lines.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    trial: try_source::Options,
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    if let Some(what) = &options.trial.what {
        return try_source::command(global, &options.trial, what, options.json);
    }
    let config = settings::load(global)?;
    let (states, moves) = known(&config)?;
    let now = Clock::System.now();
    let mut out = output::stdout();
    for source in &config.sources {
        let state = states.get(&source.name);
        if options.failing && state.is_none_or(|state| state.failures == 0) {
            continue;
        }
        let moves = moves.get(&source.name);
        if options.json {
            output::json_line(&mut out, &as_json(source, state, moves))?;
        } else {
            print(&mut out, source, state, moves, now)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Where a source's addresses have moved to for good.
type Moves = BTreeMap<String, Url>;

type BySource<T> = BTreeMap<SourceName, T>;

/// What the database knows of the sources; nothing where there is no database yet.
fn known(config: &Config) -> Result<(BySource<SourceState>, BySource<Moves>), Failure> {
    if !config.state.exists() {
        return Ok(<_>::default());
    }
    runtime()?.block_on(async {
        let store = Store::open_beside(&config.state).await?;
        let states = store.source_states().await?;
        let mut moves = BTreeMap::new();
        for source in &config.sources {
            let moved = |(address, known): (String, KnownAddress)| {
                let moved = known.moved.filter(Moved::is_believed)?;
                Some((address, moved.to))
            };
            let of_source: Moves =
                store.addresses(&source.name).await?.into_iter().filter_map(moved).collect();
            moves.insert(source.name.clone(), of_source);
        }
        store.close().await;
        Ok((states, moves))
    })
}

fn print(
    out: &mut impl Write,
    source: &Source,
    state: Option<&SourceState>,
    moves: Option<&Moves>,
    now: jiff::Timestamp,
) -> std::io::Result<()> {
    let standing = match state {
        None => "never polled".to_owned(),
        Some(state) if state.failures > 0 => format!(
            "✗ failed {}, first {}: {}",
            if state.failures == 1 { "once".to_owned() } else { format!("{} times", state.failures) },
            output::ago(now, state.failing_since),
            state.last_error.as_deref().unwrap_or("no reason is known")
        ),
        Some(state) => format!(
            "reached {}, {} entries",
            output::ago(now, state.last_success),
            state.entries.map_or_else(|| "no".to_owned(), |entries| entries.to_string())
        ),
    };
    let language = source.language.map_or_else(|| "--".to_owned(), |language| language.to_string());
    let official =
        source.speaks_for.map_or_else(String::new, |actor| format!(" (speaks for {})", actor.name()));
    writeln!(out, "{language}  {}{official}: {standing}", source.name)?;
    for address in &source.addresses {
        writeln!(out, "      {address}")?;
        if let Some(to) = moves.and_then(|moves| moves.get(address.as_str())) {
            writeln!(out, "        has moved to {to}: put that into the configuration")?;
        }
    }
    Ok(())
}

fn as_json(source: &Source, state: Option<&SourceState>, moves: Option<&Moves>) -> Value {
    json!({
        "source": source.name,
        "form": match source.form {
            SourceForm::Feed => "feed",
            SourceForm::Page(_) => "page",
            SourceForm::Json(_) => "json",
        },
        "addresses": source.addresses.iter().map(Url::as_str).collect::<Vec<_>>(),
        "lang": source.language,
        "speaks_for": source.speaks_for,
        "last_attempt": state.and_then(|state| state.last_attempt),
        "last_success": state.and_then(|state| state.last_success),
        "failures": state.map_or(0, |state| state.failures),
        "failing_since": state.and_then(|state| state.failing_since),
        "last_error": state.and_then(|state| state.last_error.as_deref()),
        "next_poll": state.map(|state| state.next_poll),
        "entries": state.and_then(|state| state.entries),
        "interval_seconds": state.and_then(|state| state.pace.interval).unwrap_or(source.interval.least).as_secs(),
        "moved": moves,
        "asked": state.map(|state| &state.pace.asked).filter(|asked| !asked.is_empty()),
    })
}
