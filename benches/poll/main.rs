//! What a poll costs, beside the floor: a program that fetches the same feeds, reads them with feed-rs and does
//! nothing else. `cargo bench --bench poll` measures all of it in some five minutes and prints a table; the
//! farm of feeds is self-written and runs on loopback. On Linux.

mod cost;
mod farm;
mod floor;
mod process;
mod words;

use anyhow::{Context, bail};
use cost::{Cost, cost, least};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sanctionwatch");
/// Entries of each feed.
const ENTRIES: usize = 30;
/// Requests at a time, for both.
const CONCURRENT: usize = 64;
/// How often the program is run; the cheapest run counts.
const RUNS: usize = 3;
/// How often the floor is run, whose single runs are too short for the clock.
const FLOOR_RUNS: u32 = 8;
/// Over so long a running daemon is looked at, and in which interval it polls then.
const WATCHED: Duration = Duration::from_secs(40);
const INTERVAL: &str = "20s";

fn main() -> anyhow::Result<()> {
    // Whoever asks over HTTP needs one, though nothing here is encrypted.
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["farm", feeds, latency] => {
            farm::serve(feeds.parse()?, ENTRIES, Duration::from_millis(latency.parse()?))
        }
        ["floor", addresses, validators] => {
            floor::run(Path::new(addresses), CONCURRENT, Path::new(validators))
        }
        // What cargo hands to a benchmark; with anything else it is being tested, and there is nothing to test.
        ["--bench"] => compare(),
        _ => Ok(()),
    }
}

fn compare() -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{:44} {:>9} {:>9} {:>7}  goal", "", "program", "floor", "ratio")?;
    let mut row = |what: &str, program: f64, floor: f64, goal: &str| {
        writeln!(out, "{what:44} {program:7.3} s {floor:7.3} s {:6.1}×  {goal}", program / floor)
    };

    let farm = Farm::start(200, Duration::ZERO)?;
    let (program, floor, start) = farm.cold()?;
    row("200 sources, first poll: processor", program.processor, floor.processor, "10×")?;
    row("  of which the start", start.processor, floor.processor, "")?;
    let (program, floor) = farm.nothing_new()?;
    row("200 sources, nothing new: processor", program, floor.processor, "3×")?;
    drop(farm);

    let farm = Farm::start(1_000, Duration::from_millis(200))?;
    let (program, floor, _) = farm.cold()?;
    let [program, floor] = [program, floor].map(|cost| cost.elapsed.as_secs_f64());
    row("1,000 sources that take 0.2 s: time", program, floor, "1.5×")?;
    drop(farm);

    let farm = Farm::start(2_000, Duration::ZERO)?;
    let mut daemon = farm.daemon("30s")?;
    daemon.polls(2 * farm.addresses.len())?;
    daemon.rests()?;
    let (now, most) = process::resident(daemon.process.id())?;
    writeln!(out, "2,000 sources, after two polls: resident    {now} MB, at most {most} MB; goal 100 MB")?;
    Ok(())
}

/// A farm of feeds in a process of its own, and a folder for whoever polls it.
struct Farm {
    process: Child,
    counter: String,
    addresses: Vec<String>,
    folder: tempfile::TempDir,
}

impl Farm {
    fn start(feeds: usize, latency: Duration) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["farm".to_owned(), feeds.to_string(), latency.as_millis().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut port = String::new();
        BufReader::new(process.stdout.take().context("no output")?).read_line(&mut port)?;
        let port: u16 = port.trim().parse().context("the farm did not start")?;
        let farm = Self {
            process,
            counter: format!("http://{}:{port}/asked", farm::host(0)),
            addresses: farm::addresses(feeds, port),
            folder: tempfile::tempdir()?,
        };
        std::fs::write(farm.path("addresses"), farm.addresses.join("\n"))?;
        Ok(farm)
    }

    /// The program's cost of a first poll, the floor's, and the program's where it polls nothing.
    fn cold(&self) -> anyhow::Result<(Cost, Cost, Cost)> {
        let floor = self.floor(|farm| {
            std::fs::remove_file(farm.path("validators")).ok();
        })?;
        let (mut program, mut start) = (Vec::new(), Vec::new());
        for _run in 0..RUNS {
            let nothing = self.configuration("nothing", &[], INTERVAL)?;
            start.push(cost(program_with(&nothing).arg("once"))?);
            let all = self.configuration("all", &self.addresses, INTERVAL)?;
            program.push(cost(program_with(&all).arg("once"))?);
        }
        Ok((least(&program), floor, least(&start)))
    }

    /// What one poll of all sources takes of a running daemon's processor time, and the floor's cost.
    fn nothing_new(&self) -> anyhow::Result<(f64, Cost)> {
        let floor = self.floor(|_| ())?;
        let mut daemon = self.daemon(INTERVAL)?;
        daemon.polls(self.addresses.len())?;
        daemon.rests()?;
        let mut rounds = Vec::new();
        for _run in 0..RUNS {
            let before = (process::processor(daemon.process.id())?, daemon.asked()?);
            std::thread::sleep(WATCHED);
            let after = (process::processor(daemon.process.id())?, daemon.asked()?);
            let polls = f64::from(u32::try_from(after.1 - before.1)?);
            let all = f64::from(u32::try_from(self.addresses.len())?);
            rounds.push((after.0 - before.0) / polls * all);
        }
        Ok((rounds.into_iter().fold(f64::MAX, f64::min), floor))
    }

    /// The floor's mean cost in processor time, and the time of its fastest run.
    fn floor(&self, before: impl Fn(&Self)) -> anyhow::Result<Cost> {
        let (mut processor, mut elapsed) = (0.0, Duration::MAX);
        for _run in 0..FLOOR_RUNS {
            before(self);
            let mut command = Command::new(std::env::current_exe()?);
            let run = cost(command.arg("floor").args([self.path("addresses"), self.path("validators")]))?;
            processor += run.processor / f64::from(FLOOR_RUNS);
            elapsed = elapsed.min(run.elapsed);
        }
        Ok(Cost { processor, elapsed })
    }

    /// A new state and a configuration that polls these addresses.
    fn configuration(&self, name: &str, addresses: &[String], interval: &str) -> anyhow::Result<PathBuf> {
        std::fs::remove_dir_all(self.path(name)).ok();
        std::fs::create_dir(self.path(name))?;
        let mut text = format!(
            "state = \"news.db\"\n[fetch]\nallow-addresses = [\"127.0.0.0/8\"]\nmost-requests = {CONCURRENT}\n\
             interval = \"{interval}\"\nlongest-interval = \"{interval}\"\n"
        );
        for country in ["Iran", "Belarus", "Russia", "China", "North Korea", "Syria", "Venezuela", "Cuba"] {
            write!(text, "[[watch]]\nname = \"{country}\"\ncountries = [\"{country}\"]\n")?;
        }
        for (number, address) in addresses.iter().enumerate() {
            write!(text, "[[source]]\nname = \"Wire {number}\"\nurl = \"{address}\"\n")?;
        }
        let file = self.path(name).join("sanctionwatch.toml");
        std::fs::write(&file, text)?;
        Ok(file)
    }

    fn daemon(&self, interval: &str) -> anyhow::Result<Daemon<'_>> {
        let file = self.configuration("daemon", &self.addresses, interval)?;
        let first = self.asked()?;
        let process = program_with(&file)
            .arg("run")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Daemon { farm: self, process, first })
    }

    /// How often its feeds were asked for.
    fn asked(&self) -> anyhow::Result<usize> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let counter = self.counter.clone();
        let text = runtime.block_on(async { reqwest::get(counter).await?.text().await })?;
        Ok(text.parse()?)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Farm {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// A running daemon.
struct Daemon<'a> {
    farm: &'a Farm,
    process: Child,
    /// How often the farm's feeds had been asked for before.
    first: usize,
}

impl Daemon<'_> {
    fn asked(&self) -> anyhow::Result<usize> {
        Ok(self.farm.asked()? - self.first)
    }

    /// Waits until it has asked so often.
    fn polls(&mut self, often: usize) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_mins(5);
        while self.asked()? < often {
            if let Some(ended) = self.process.try_wait()? {
                bail!("the daemon has ended: {ended}");
            }
            if Instant::now() > until {
                bail!("the daemon has polled {} times in five minutes", self.asked()?);
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    /// Waits until it does next to nothing.
    fn rests(&self) -> anyhow::Result<()> {
        let mut before = process::processor(self.process.id())?;
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let now = process::processor(self.process.id())?;
            if now - before < 0.05 {
                return Ok(());
            }
            before = now;
        }
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// Whether it ends by itself does not matter any more.
fn end(process: &mut Child) {
    process.kill().ok();
    process.wait().ok();
}

fn program_with(file: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    // As the unit has it.
    command.env("MALLOC_ARENA_MAX", "1").args(["--log", "error", "--config"]).arg(file);
    command
}
