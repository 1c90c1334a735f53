//! What commands cost from their start to their end.

use super::process::times;
use anyhow::ensure;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a process took from its start to its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// On all cores, for itself and in the kernel.
    pub(super) processor: f64,
    pub(super) elapsed: Duration,
}

/// Runs a command to its end.
pub(super) fn cost(command: &mut Command) -> anyhow::Result<Cost> {
    let before = of_children()?;
    let begun = Instant::now();
    let ended = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    ensure!(ended.success(), "{command:?}: {ended}");
    Ok(Cost { elapsed: begun.elapsed(), processor: of_children()? - before })
}

/// The cheapest of several runs in processor time, and the fastest: what others do on the machine only adds.
pub(super) fn least(costs: &[Cost]) -> Cost {
    let least = |one: Cost, other: &Cost| Cost {
        processor: one.processor.min(other.processor),
        elapsed: one.elapsed.min(other.elapsed),
    };
    costs.iter().fold(Cost { processor: f64::MAX, elapsed: Duration::MAX }, least)
}

/// Processor time of all children that have ended.
fn of_children() -> anyhow::Result<f64> {
    let [_, children] = times("/proc/self/stat")?;
    Ok(children)
}
