//! `reload`: the running daemon reads its configuration again.
//!
//! The files are checked here first, so that what is wrong in them is told with its places. Whether the daemon
//! takes them, it says itself: it also has the passwords, and binds the addresses.

use super::exit::{CONFIG, Failure, TEMPORARY, UNAVAILABLE};
use super::{Arguments as Global, output, paint, settings};
use crate::config::Loaded;
use crate::daemon::{Call, Verdict};
use crate::store::StateLock;
use anyhow::{Context, anyhow};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How often it is looked whether the daemon has decided.
const LOOK_EVERY: Duration = Duration::from_millis(20);

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Wait for the daemon's verdict, and fail where it keeps the old configuration.
    #[arg(long)]
    wait: bool,
    /// How long to wait for it.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, requires = "wait")]
    seconds: u64,
}

pub(super) fn command(global: &Global, options: &Arguments) -> Result<ExitCode, Failure> {
    let Loaded { config, warnings, .. } = settings::load_with_warnings(global)?;
    if warnings.iter().next().is_some() {
        output::complain(&warnings.render(paint::is_wanted(&std::io::stderr())));
    }
    let call = Call::make(&config.state);
    let Some(daemon) = StateLock::holder(&config.state)? else {
        let state = config.state.display();
        return Err(Failure::new(
            UNAVAILABLE,
            anyhow!(
                "no daemon runs on {state}: there is nothing to reload; one that works with another `state` takes \
                 a change of that only when it is started anew"
            ),
        ));
    };
    let process = i32::try_from(daemon.get()).ok().and_then(Pid::from_raw);
    let process = process.context("the state's lock names no process")?;
    kill_process(process, Signal::HUP)
        .with_context(|| format!("the daemon (process {daemon}) cannot be signalled"))?;
    let mut out = output::stdout();
    if !options.wait {
        writeln!(out, "The daemon was asked to read its configuration again; its log says what came of it.")?;
        return Ok(out.flush().map(|()| ExitCode::SUCCESS)?);
    }
    let verdict = wait(&config.state, call, process, Duration::from_secs(options.seconds))?;
    match verdict.refused {
        None => {
            writeln!(out, "The daemon works with the new configuration.")?;
            Ok(out.flush().map(|()| ExitCode::SUCCESS)?)
        }
        Some(reason) => Err(Failure::new(
            CONFIG,
            anyhow!("the daemon keeps the old configuration: {}", reason.trim_end()),
        )),
    }
}

/// The verdict of a daemon on the files as they were when it was called. What passes is measured, not read off the clock.
fn wait(state: &Path, call: Call, daemon: Pid, most: Duration) -> Result<Verdict, Failure> {
    let begun = Instant::now();
    loop {
        // Before it is looked for the verdict: who has ended may have given it.
        let has_ended = test_kill_process(daemon) == Err(Errno::SRCH);
        if let Some(verdict) = call.answer(state) {
            return Ok(verdict);
        }
        if has_ended {
            return Err(Failure::new(
                TEMPORARY,
                anyhow!("the daemon has ended before it decided; its log says why"),
            ));
        }
        if begun.elapsed() >= most {
            let seconds = most.as_secs();
            return Err(Failure::new(TEMPORARY, anyhow!("the daemon has not decided within {seconds} s")));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}
