//! `sources`: the sources and how they fare; what a new one would give.

use super::exit::Failure;
use super::{look, may_be_there, output, settings, try_source};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::{
    Address, Ailment, KnownAddress, Moved, Rest, RestReason, Source, SourceForm, SourceName,
};
use crate::store::SourceState;
use crate::text::one_line;
use jiff::{SignedDuration, Timestamp};
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
    /// Show their addresses, too.
    #[arg(long)]
    addresses: bool,
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
    let known = known(&config)?;
    let now = Clock::System.now();
    let mut out = output::stdout();
    if !options.json {
        print_head(&mut out)?;
    }
    for source in &config.sources {
        let of_source = OfSource {
            state: known.states.get(&source.name),
            known: known.addresses.get(&source.name),
            copies: known.copies.get(&source.name).copied(),
        };
        if options.failing && of_source.state.is_none_or(|state| state.failures == 0) {
            continue;
        }
        if options.json {
            output::json_line(&mut out, &as_json(source, of_source))?;
        } else {
            print(&mut out, source, of_source, options.addresses, now)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// What is known of a source's addresses, by address.
type Addresses = BTreeMap<String, KnownAddress>;

/// What the database knows of the sources.
#[derive(Default)]
struct Known {
    states: BTreeMap<SourceName, SourceState>,
    addresses: BTreeMap<SourceName, Addresses>,
    copies: BTreeMap<SourceName, (u32, u32)>,
}

/// What the database knows of one source.
#[derive(Clone, Copy)]
struct OfSource<'a> {
    state: Option<&'a SourceState>,
    known: Option<&'a Addresses>,
    /// Items that told what another had told, and all that made stories.
    copies: Option<(u32, u32)>,
}

/// Over so long the share of copies is counted.
const A_MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What the database knows of the sources; nothing where there is no database yet.
fn known(config: &Config) -> Result<Known, Failure> {
    if !may_be_there(&config.state) {
        return Ok(Known::default());
    }
    look(config, async |store| {
        let mut known = Known { states: store.source_states().await?, ..Known::default() };
        for source in &config.sources {
            known.addresses.insert(source.name.clone(), store.addresses(&source.name).await?);
        }
        let since = Clock::System.now().checked_sub(A_MONTH).unwrap_or(Timestamp::MIN);
        known.copies = store.copies(since).await?;
        Ok(known)
    })
}

fn print_head(out: &mut impl Write) -> std::io::Result<()> {
    let [source, lang, read] = ["SOURCE", "LANG", "READ"];
    writeln!(out, "   {source:40} {lang:4}  {read:11} NEWEST      EVERY    ENTRIES  COPIES")
}

/// A row of the table, and below it what wants a look.
fn print(
    out: &mut impl Write,
    source: &Source,
    OfSource { state, known, copies }: OfSource<'_>,
    addresses: bool,
    now: Timestamp,
) -> std::io::Result<()> {
    let none = || "–".to_owned();
    let mark = match state {
        None => "·",
        Some(state) if state.failures > 0 => "✗",
        Some(state) if state.ailing.is_some() => "!",
        Some(_) => "✓",
    };
    let name = match source.speaks_for {
        Some(actor) => format!("{} (for {})", source.name, actor.name()),
        None => source.name.to_string(),
    };
    let language = source.language.map_or_else(none, |language| language.to_string());
    let read = state.map_or_else(none, |state| output::ago(now, state.last_success));
    let newest = state.and_then(|state| state.newest).map_or_else(none, |at| output::ago(now, Some(at)));
    let every = state.and_then(|state| state.pace.interval).unwrap_or(source.interval.least);
    let every = output::span(i64::try_from(every.as_secs()).unwrap_or(i64::MAX));
    let entries = state.and_then(|state| state.entries).map_or_else(none, |entries| entries.to_string());
    let share = |(copies, of): (u32, u32)| format!("{} %", u64::from(copies) * 100 / u64::from(of.max(1)));
    let copies = copies.map_or_else(none, share);
    writeln!(
        out,
        " {mark} {:40} {language:4}  {read:11} {newest:11} {every:8} {entries:>7}  {copies:>6}",
        one_line(&name, 40)
    )?;
    if let Some(state) = state.filter(|state| state.failures > 0) {
        let times = times(state.failures);
        let error = state.last_error.as_deref().unwrap_or("no reason is known");
        let first = output::ago(now, state.failing_since);
        let due = state.next_poll <= now;
        let again = if due { "soon".to_owned() } else { output::ago(now, Some(state.next_poll)) };
        writeln!(out, "     failed {times}, first {first}, asked again {again}: {error}")?;
    }
    if state.is_some_and(|state| state.failures == 0 && state.ailing == Some(Ailment::Stale)) {
        writeln!(out, "     nothing new for long: has it moved?")?;
    }
    let read_at = state.and_then(|state| read_at(source, state));
    if let Some((place, address)) = read_at.filter(|(place, _)| *place > 0) {
        let of = source.addresses.len();
        writeln!(out, "     read at address {} of {of} (`{}`)", place + 1, address.form.key())?;
    }
    let repairs = state.map(|state| state.repairs.as_slice()).unwrap_or_default();
    if !repairs.is_empty() {
        let words: Vec<&str> = repairs.iter().map(|repair| repair.in_words()).collect();
        writeln!(out, "     mended or done without: {}", words.join("; "))?;
    }
    for Address { url: address, form } in &source.addresses {
        if addresses {
            writeln!(out, "     {:6} {address}", form.key())?;
        }
        let known = known.and_then(|known| known.get(address.as_str()));
        if let Some(to) = known.and_then(moved_to) {
            writeln!(out, "     {address} has moved to {to}: put that into the configuration")?;
        }
        if let Some(Rest { until, reason, failures }) = known.and_then(|known| known.rest) {
            let why = match reason {
                RestReason::Failing => format!("could not be read {}", times(failures)),
                RestReason::Asked => "asks to be left alone".to_owned(),
                RestReason::Gone => "is gone for good".to_owned(),
            };
            let until = until.strftime("%Y-%m-%d %H:%M UTC");
            writeln!(out, "     `{}` {why}; it is asked again from {until}", form.key())?;
        }
    }
    Ok(())
}

/// "once", "3 times".
fn times(number: u32) -> String {
    if number == 1 { "once".to_owned() } else { format!("{number} times") }
}

/// Where an address is now, where that is believed.
fn moved_to(known: &KnownAddress) -> Option<&Url> {
    known.moved.as_ref().filter(|moved| Moved::is_believed(moved)).map(|moved| &moved.to)
}

/// The address that answered last, and the how-manieth it is.
fn read_at<'a>(source: &'a Source, state: &SourceState) -> Option<(usize, &'a Address)> {
    let read_at = state.pace.read_at.as_ref()?;
    source.addresses.iter().enumerate().find(|(_, address)| address.url == *read_at)
}

fn form(form: &SourceForm) -> &'static str {
    match form {
        SourceForm::Feed => "feed",
        SourceForm::Page(_) => "page",
        SourceForm::Json(_) => "json",
        SourceForm::Search => "search",
    }
}

fn as_json(source: &Source, OfSource { state, known, copies }: OfSource<'_>) -> Value {
    json!({
        "source": source.name,
        "form": source.addresses.first().map(|address| form(&address.form)),
        "addresses": source.addresses.iter().map(|address| address.url.as_str()).collect::<Vec<_>>(),
        "read_at": state.and_then(|state| read_at(source, state)).map(|(_, address)| address.url.as_str()),
        "lang": source.language,
        "speaks_for": source.speaks_for,
        "last_attempt": state.and_then(|state| state.last_attempt),
        "last_success": state.and_then(|state| state.last_success),
        "failures": state.map_or(0, |state| state.failures),
        "failing_since": state.and_then(|state| state.failing_since),
        "last_error": state.and_then(|state| state.last_error.as_deref()),
        "next_poll": state.map(|state| state.next_poll),
        "entries": state.and_then(|state| state.entries),
        "repairs": state.map(|state| state.repairs.as_slice()).unwrap_or_default(),
        "interval_seconds": state.and_then(|state| state.pace.interval).unwrap_or(source.interval.least).as_secs(),
        "newest": state.and_then(|state| state.newest),
        "ailing": state.and_then(|state| state.ailing),
        "stories": copies.map_or(0, |(_, of)| of),
        "copies": copies.map_or(0, |(copies, _)| copies),
        "moved": of_each(known, |known| moved_to(known).map(|to| json!(to))),
        "resting": of_each(known, |known| {
            let Rest { until, reason, failures } = known.rest?;
            Some(json!({"until": until, "reason": reason, "failures": failures}))
        }),
        "asked": state.map(|state| &state.pace.asked).filter(|asked| !asked.is_empty()),
    })
}

/// What there is to tell of each address.
fn of_each(known: Option<&Addresses>, what: impl Fn(&KnownAddress) -> Option<Value>) -> Value {
    let told =
        known.into_iter().flatten().filter_map(|(address, known)| Some((address.clone(), what(known)?)));
    Value::Object(told.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check_text;
    use crate::domain::{Pace, Repair};
    use std::time::Duration;

    const SOURCES: &str = "\
        [[source]]\nname = \"Ministry\"\nurl = \"https://ministry.example/rss\"\nlang = \"en\"\nspeaks-for = \"Iran\"\n\
        [[source]]\nname = \"Wire\"\nurl = [\"https://wire.example/rss\", \"https://wire.example/atom\"]\n\
        [[source]]\nname = \"Gazette\"\nurl = \"https://gazette.example/rss\"\n\
        [[source]]\nname = \"New one\"\nurl = \"https://new.example/rss\"\n";

    #[test]
    fn a_row_for_each_source_and_below_it_what_wants_a_look() {
        let config = check_text(SOURCES).unwrap_or_else(|errors| panic!("{errors}")).config;
        let now: Timestamp = "2026-08-12T09:00:00Z".parse().unwrap();
        let ago = |minutes| Some(now - SignedDuration::from_mins(minutes));
        let read = SourceState {
            last_attempt: ago(3),
            last_success: ago(3),
            entries: Some(30),
            newest: ago(45),
            pace: Pace { interval: Some(Duration::from_mins(20)), ..Pace::default() },
            ..SourceState::at(now)
        };
        let mended =
            SourceState { repairs: vec![Repair::JunkBeforeRoot, Repair::BareAmpersand], ..read.clone() };
        let fails = SourceState {
            failures: 2,
            failing_since: ago(200),
            last_error: Some("the server answers 500 (server error)".to_owned()),
            repairs: vec![Repair::NoDates],
            ..read.clone()
        };
        let moved = Some(Moved { to: "https://wire.example/new".parse().unwrap(), times: Moved::BELIEVED });
        let until = "2026-08-12T12:00:00Z".parse().unwrap();
        let rest = Some(Rest { failures: 3, until, reason: RestReason::Failing });
        let known: Addresses = [
            ("https://wire.example/rss".to_owned(), KnownAddress { rest, ..KnownAddress::default() }),
            ("https://wire.example/atom".to_owned(), KnownAddress { moved, ..KnownAddress::default() }),
        ]
        .into();
        let mut out = Vec::new();
        print_head(&mut out).unwrap();
        let states = [(Some(&read), None), (Some(&mended), Some(&known)), (Some(&fails), None), (None, None)];
        for (source, (state, known)) in config.sources.iter().zip(states) {
            let of_source = OfSource { state, known, copies: state.map(|_| (1, 4)) };
            print(&mut out, source, of_source, false, now).unwrap();
        }
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
        let of_source = OfSource { state: Some(&mended), known: Some(&known), copies: None };
        let told = as_json(&config.sources[1], of_source);
        assert_eq!(told["repairs"], json!(["junk-before-root", "bare-ampersand"]));
        assert_eq!(told["moved"], json!({"https://wire.example/atom": "https://wire.example/new"}));
        assert_eq!(told["resting"]["https://wire.example/rss"]["reason"], "failing");
    }
}
