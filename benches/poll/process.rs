//! What a process takes, as Linux tells in `/proc`: processor time in hundredths of a second, memory in pages.

use anyhow::Context;

/// Hundredths of a second, on every Linux that Rust runs on.
const TICKS_A_SECOND: f64 = 100.0;

/// Processor time of a running process.
pub(super) fn processor(process: u32) -> anyhow::Result<f64> {
    let [own, _] = times(&format!("/proc/{process}/stat"))?;
    Ok(own)
}

/// Megabytes of a running process: resident now, and the most it ever was.
pub(super) fn resident(process: u32) -> anyhow::Result<(u64, u64)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let field = |name: &str| -> anyhow::Result<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no such field")?;
        let kilobytes: u64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
        Ok(kilobytes.div_ceil(1024))
    };
    Ok((field("VmRSS")?, field("VmHWM")?))
}

/// A process's own time and that of its children.
pub(super) fn times(file: &str) -> anyhow::Result<[f64; 2]> {
    let text = std::fs::read_to_string(file)?;
    // The second field is the program's name, in which anything may stand.
    let fields: Vec<&str> =
        text.rsplit_once(')').context("no name in it")?.1.split_whitespace().skip(11).take(4).collect();
    let ticks: Vec<f64> = fields.iter().map(|field| field.parse()).collect::<Result<_, _>>()?;
    let [user, system, of_children, system_of_children] = ticks[..] else { anyhow::bail!("{file} is cut") };
    Ok([user + system, of_children + system_of_children].map(|ticks| ticks / TICKS_A_SECOND))
}
