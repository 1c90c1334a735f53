//! `run`: the daemon.

use super::exit::Failure;
use super::{Arguments, runtime, settings};
use crate::daemon::{self, Clock, House};
use std::process::ExitCode;
use tokio_util::sync::CancellationToken;

pub(super) fn command(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let config = settings::load_to_send(arguments)?;
    runtime()?.block_on(async {
        let stop = CancellationToken::new();
        daemon::stop_on_signal(stop.clone())?;
        let house = House::open(config, Clock::System).await?;
        let ended = daemon::run(&house, &stop).await;
        house.close().await;
        ended?;
        Ok(ExitCode::SUCCESS)
    })
}
