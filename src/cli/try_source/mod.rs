//! `sources --try`: what an address, or a configured source, would give.
//!
//! Owns: what can be asked for. `attempt` makes a source of it, which is fetched once under the guard of
//! every poll; `finding` says what came, and `report` shows it. Nothing is stored.

mod attempt;
mod finding;
mod report;

use super::exit::{DATA, Failure, UNAVAILABLE};
use super::{output, runtime, settings};
use crate::daemon::Clock;
use crate::domain::{FetchSettings, SourceForm, Validators};
use crate::fetch::{Fetched, Fetcher};
use anyhow::anyhow;
use attempt::Attempt;
use finding::Finding;
use std::io::Write;
use std::process::ExitCode;

/// What is tried, and with which rules.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Fetch this address, or this configured source, once, and show what it gives. For a page without
    /// rules: the feeds that it announces, ready to be pasted.
    #[arg(long = "try", value_name = "ADDRESS|NAME", conflicts_with = "failing")]
    pub(super) what: Option<String>,
    /// With --try: read it as a page, with this CSS selector for its items.
    #[arg(long, value_name = "SELECTOR", requires = "what", conflicts_with = "items")]
    item: Option<String>,
    /// With --try: read it as a JSON listing, with this path to its items; "" is the document itself.
    #[arg(long, value_name = "PATH", requires = "what")]
    items: Option<String>,
    /// With --item or --items: where the headline stands in an item.
    #[arg(long, value_name = "RULE", requires = "what")]
    title: Option<String>,
    /// The link; for a page, the title's own where not given.
    #[arg(long, value_name = "RULE", requires = "what")]
    link: Option<String>,
    /// The date.
    #[arg(long, value_name = "RULE", requires = "what")]
    date: Option<String>,
    /// The summary.
    #[arg(long, value_name = "RULE", requires = "what")]
    summary: Option<String>,
    /// With --try: show at most so many entries.
    #[arg(long, value_name = "NUMBER", requires = "what", default_value_t = 10)]
    most: usize,
}

/// Tries what was named. Exits with 0 where it gives entries, feeds or nothing yet, with 65 where it
/// cannot be read, and with 69 where it cannot be reached.
pub(super) fn command(
    global: &super::Arguments,
    options: &Options,
    what: &str,
    json: bool,
) -> Result<ExitCode, Failure> {
    let config = settings::load_or_built_in(global)?;
    let mut attempt = Attempt::of(what, options, config.as_ref())?;
    let polls_ask_robots = std::mem::replace(&mut attempt.source.asks_robots, false);
    let fetch = config.as_ref().map_or_else(FetchSettings::default, |config| config.fetch.clone());
    let fetcher = Fetcher::new(&fetch).map_err(|error| Failure::internal(error.into()))?;
    let runtime = runtime()?;
    let now = Clock::System.now();
    let nothing_known = Validators::default();
    let mut code = UNAVAILABLE;
    let mut reasons = Vec::new();
    let mut out = output::stdout();
    for place in &attempt.source.addresses {
        let address = &place.url;
        let asked = fetcher.get(&attempt.source, &place.form, address, &nothing_known, now);
        let body = match runtime.block_on(asked) {
            Ok(Fetched::Body(body)) => body,
            Ok(Fetched::Unchanged(_)) => {
                reasons.push((address, "the server says that nothing is new".to_owned()));
                continue;
            }
            Err(error) => {
                reasons.push((address, error.to_string()));
                continue;
            }
        };
        let finding = Finding::of(&attempt, place, &body, now);
        if finding.is_usable() {
            // A person asks for one page; a poll of it is a robot's.
            if matches!(*place.form, SourceForm::Page(_))
                && polls_ask_robots
                && let Err(error) = runtime.block_on(fetcher.may_poll(&attempt.source, address, now))
            {
                output::complain(&format!("{address}: a poll would fail: {error}"));
            }
            for (address, reason) in &reasons {
                output::complain(&format!("{address}: {reason}"));
            }
            if json {
                output::json_line(&mut out, &report::as_json(&finding, options.most))?;
            } else {
                report::print(&mut out, &finding, options.most, now)?;
            }
            out.flush()?;
            return Ok(ExitCode::SUCCESS);
        }
        code = DATA;
        if !json {
            report::print_head(&mut out, &finding, now)?;
            out.flush()?;
        }
        reasons.push((address, finding.failure()));
    }
    if json {
        for (address, reason) in &reasons {
            output::json_line(&mut out, &report::failure_json(address, reason))?;
        }
        out.flush()?;
    }
    let reasons: Vec<String> =
        reasons.iter().map(|(address, reason)| format!("{address}: {reason}")).collect();
    Err(Failure::new(code, anyhow!("{}", reasons.join("\n"))))
}
