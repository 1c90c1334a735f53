//! `run`: the daemon.

use super::exit::Failure;
use super::{Arguments, runtime, settings};
use crate::daemon::{self, Clock, House, Reloading};
use anyhow::anyhow;
use std::process::ExitCode;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long threads that read a page or a feed are waited for at the end; what they find is not wanted then.
const THREADS: Duration = Duration::from_millis(500);

/// How long the database is waited for at the end; what it has not written by then it takes back at the next start.
const CLOSING: Duration = Duration::from_millis(1500);

pub(super) fn command(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let path = settings::path(arguments)?;
    let load = move || settings::load_file_to_send(&path).map(settings::logged);
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        let stop = CancellationToken::new();
        daemon::stop_on_signal(stop.clone())?;
        let reading = load.clone();
        let reloading =
            Reloading::on_signal(move || reading().map_err(|errors| anyhow!(errors.in_a_line())))?;
        let house = tokio::select! {
            // A state that is large, or locked, takes its time.
            () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
            house = House::open(load()?, Clock::System) => house?,
        };
        let ended = daemon::run(&house, &stop, Some(reloading)).await;
        // A statement that runs on is not waited for longer than the whole end may take.
        drop(tokio::time::timeout(CLOSING, house.close()).await);
        ended?;
        Ok(ExitCode::SUCCESS)
    });
    runtime.shutdown_timeout(THREADS);
    ended
}
