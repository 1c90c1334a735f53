//! A month of the daemon in minutes: what it holds, and how far it is behind. Whatever grows without end grows
//! here.

use super::{process, sink};
use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use sanctionwatch::config::check_text;
use sanctionwatch::daemon::{self, Clock, House};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::PoisonError;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How many times as fast as time: a month takes twelve minutes.
const TIMES: u32 = 3_600;
const DAYS: u32 = 30;
/// How often it is told how things stand.
const TOLD_EVERY_DAYS: u32 = 3;
const SOURCES: usize = 40;
/// So short that much is cleared away within the month.
const RETENTION: &str = "[retention]\ntexts = \"7d\"\nkeys = \"14d\"\n";

/// Runs the month and prints a line for every third day.
pub(super) fn run() -> anyhow::Result<()> {
    // As far back as the month is long: nothing that is read is dated in the future.
    let month = SignedDuration::from_hours(i64::from(DAYS) * 24);
    #[expect(clippy::disallowed_methods, reason = "a program of its own, which nobody hands the time")]
    let from = Timestamp::now() - month;
    let mut feeds = Command::new(std::env::current_exe()?)
        .args(["stream".to_owned(), from.to_string(), TIMES.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let ran = through(&mut feeds, from);
    feeds.kill().ok();
    feeds.wait().ok();
    ran
}

fn through(feeds: &mut Child, from: Timestamp) -> anyhow::Result<()> {
    let mut port = String::new();
    BufReader::new(feeds.stdout.take().context("no output")?).read_line(&mut port)?;
    let (mail, taken) = sink::listen()?;
    let folder = tempfile::tempdir()?;
    let state = folder.path().join("news.db");
    let mut text = format!(
        "{RETENTION}[fetch]\nallow-addresses = [\"127.0.0.0/8\"]\ntimeout = \"600s\"\nmost-requests-per-host = 8\n\
         [smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nfrom = \"alerts@example.org\"\n\
         most-per-minute = 10000\n[[watch]]\nname = \"Iran\"\ncountries = [\"Iran\", \"Belarus\"]\n\
         [[subscriber]]\nemail = \"desk@example.org\"\nwatches = [\"Iran\"]\n",
        mail.port()
    );
    for number in 0..SOURCES {
        let address = format!("http://127.0.0.1:{}/feed/{number}", port.trim());
        write!(text, "[[source]]\nname = \"Wire {number}\"\nurl = \"{address}\"\n")?;
    }
    let mut config = check_text(&text).map_err(|errors| anyhow::anyhow!("{errors}"))?.config;
    config.state.clone_from(&state);
    let clock = Clock::Hurried { from, begun: Instant::now(), times: TIMES };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let house = House::open(config, clock.clone()).await?;
        let stop = CancellationToken::new();
        let running = tokio::spawn({
            let (house, stop) = (house.clone(), stop.clone());
            async move { daemon::run(&house, &stop, None).await }
        });
        let mut out = std::io::stdout();
        writeln!(
            out,
            "{:>4} {:>12} {:>7} {:>12} {:>8} {:>9}",
            "day", "resident MB", "files", "database MB", "mails", "lag"
        )?;
        for day in (0..=DAYS).step_by(TOLD_EVERY_DAYS as usize).skip(1) {
            let until = from + SignedDuration::from_hours(i64::from(day) * 24);
            while clock.now() < until && !running.is_finished() {
                clock.sleep_towards(until).await;
            }
            let (resident, _) = process::resident(std::process::id())?;
            let files = std::fs::read_dir("/proc/self/fd")?.count();
            let mails = taken.lock().unwrap_or_else(PoisonError::into_inner).len();
            let newest = house.store.source_states().await?.values().filter_map(|state| state.newest).min();
            let lag = newest.map_or(SignedDuration::ZERO, |newest| clock.now().duration_since(newest));
            writeln!(
                out,
                "{day:>4} {resident:>12} {files:>7} {:>12.1} {mails:>8} {:>7.1} h",
                megabytes(&state),
                lag.as_secs_f64() / 3600.0
            )?;
            out.flush()?;
        }
        stop.cancel();
        tokio::time::timeout(Duration::from_secs(20), running).await.context("it did not stop")???;
        house.close().await;
        Ok(())
    })
}

/// The database with what lies beside it.
fn megabytes(state: &Path) -> f64 {
    let size = |ending: &str| {
        let mut name = state.as_os_str().to_owned();
        name.push(ending);
        std::fs::metadata(name).map_or(0, |file| file.len())
    };
    let kilobytes: u64 = ["", "-wal", "-shm"].into_iter().map(size).sum::<u64>() / 1000;
    f64::from(u32::try_from(kilobytes).unwrap_or(u32::MAX)) / 1000.0
}
