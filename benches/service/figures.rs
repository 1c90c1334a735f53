//! Start, reload, stop, rest and delay of the real program.

use super::sink::{self, Taken};
use super::{farm, process};
use anyhow::{Context, bail};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sanctionwatch");
const SOURCES: usize = 500;
/// How often each is measured.
const RUNS: usize = 5;
/// How long the daemon is watched while nothing happens.
const RESTING: Duration = Duration::from_mins(1);
/// Stories whose way to the mailbox is timed, and how often their source is polled.
const STORIES: usize = 20;
const INTERVAL: Duration = Duration::from_secs(3);
/// Longest time for anything that is waited for.
const PATIENCE: Duration = Duration::from_mins(5);

/// Measures everything and prints a line for each.
pub(super) fn print() -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    let folder = tempfile::tempdir()?;
    let mut feeds = Command::new(std::env::current_exe()?)
        .args(["farm", &SOURCES.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut port = String::new();
    BufReader::new(feeds.stdout.take().context("no output")?).read_line(&mut port)?;
    let addresses = farm::addresses(SOURCES, port.trim().parse()?);
    let file = configuration(folder.path(), &addresses)?;

    let warm = Command::new(PROGRAM)
        .args(["once", "--config"])
        .arg(&file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    anyhow::ensure!(warm.success(), "the first round has failed: {warm}");
    let mut starts = Vec::new();
    for _run in 0..RUNS {
        let (daemon, took) = Daemon::start(&file, folder.path())?;
        starts.push(took);
        daemon.stop()?;
    }
    writeln!(
        out,
        "start to READY, {SOURCES} sources, warm state      {:>8.0} ms   goal 300",
        median(starts)
    )?;

    let (daemon, _) = Daemon::start(&file, folder.path())?;
    std::thread::sleep(Duration::from_secs(20));
    let before = process::processor(daemon.process.id())?;
    std::thread::sleep(RESTING);
    let busy = process::processor(daemon.process.id())? - before;
    writeln!(
        out,
        "processor while nothing is due                  {:>8.2} %    goal 0.2",
        100.0 * busy / RESTING.as_secs_f64()
    )?;
    let (resident, most) = process::resident(daemon.process.id())?;
    writeln!(out, "resident, {SOURCES} sources (at most {most})            {resident:>8} MB   goal 60")?;
    let mut reloads = Vec::new();
    for _run in 0..RUNS {
        let begun = Instant::now();
        let done = Command::new(PROGRAM)
            .args(["reload", "--wait", "--config"])
            .arg(&file)
            .stdout(Stdio::null())
            .status()?;
        anyhow::ensure!(done.success(), "a reload has failed: {done}");
        reloads.push(begun.elapsed());
    }
    writeln!(out, "reload, with its check of the files             {:>8.0} ms   goal 200", median(reloads))?;
    let took = daemon.stop()?;
    writeln!(
        out,
        "stop                                            {:>8.0} ms   goal 10000",
        took.as_secs_f64() * 1e3
    )?;
    feeds.kill().ok();
    feeds.wait().ok();

    let mut delays = delays(folder.path())?;
    delays.sort();
    let late = delays.get(delays.len() * 95 / 100).copied().unwrap_or_default();
    writeln!(
        out,
        "from the feed to the server's 250, 95 in 100    {:>8.0} ms   goal interval + 2000",
        late.as_secs_f64() * 1e3
    )?;
    writeln!(
        out,
        "  of which the interval                         {:>8.0} ms",
        INTERVAL.as_secs_f64() * 1e3
    )?;
    Ok(())
}

fn configuration(folder: &Path, addresses: &[String]) -> anyhow::Result<PathBuf> {
    let mut text = "state = \"news.db\"\n[fetch]\nallow-addresses = [\"127.0.0.0/8\"]\ninterval = \"15m\"\n\
         [[watch]]\nname = \"Iran\"\ncountries = [\"Iran\"]\n"
        .to_owned();
    for (number, address) in addresses.iter().enumerate() {
        write!(text, "[[source]]\nname = \"Wire {number}\"\nurl = \"{address}\"\n")?;
    }
    let file = folder.join("sanctionwatch.toml");
    std::fs::write(&file, text)?;
    Ok(file)
}

/// How long after each story appears in its feed the mail server has said 250 to it.
fn delays(folder: &Path) -> anyhow::Result<Vec<Duration>> {
    let folder = &folder.join("delay");
    std::fs::create_dir(folder)?;
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let feed = serve(Arc::clone(&told))?;
    let (mail, taken) = sink::listen()?;
    let text = format!(
        "state = \"news.db\"\n[fetch]\nallow-addresses = [\"127.0.0.0/8\"]\ninterval = \"{0}s\"\n\
         longest-interval = \"{0}s\"\n[[watch]]\nname = \"Iran\"\ncountries = [\"Iran\"]\n\
         [[source]]\nname = \"Wire\"\nurl = \"{feed}\"\nlang = \"en\"\n\
         [smtp]\nhost = \"127.0.0.1\"\nport = {1}\nsecurity = \"none\"\nfrom = \"alerts@example.org\"\n\
         [[subscriber]]\nemail = \"desk@example.org\"\nwatches = [\"Iran\"]\ngather = \"0s\"\n\
         most-per-hour = 10000\n",
        INTERVAL.as_secs(),
        mail.port()
    );
    let file = folder.join("sanctionwatch.toml");
    std::fs::write(&file, text)?;
    let (daemon, _) = Daemon::start(&file, folder)?;
    std::thread::sleep(INTERVAL);
    let mut delays = Vec::new();
    for number in 0..STORIES {
        // Stories of their own: no two of them are of the same pair.
        let state =
            ["Cuba", "Syria", "Kenya", "Japan", "Brazil", "Poland", "Norway", "Serbia", "Egypt", "Mexico"]
                [number % 10];
        let title = match number / 10 {
            0 => format!("Iran and {state} sign agreement on timber {number}"),
            _ => format!("{state} imposes sanctions on Iran over grain {number}"),
        };
        // Not always at the same moment of an interval.
        std::thread::sleep(Duration::from_millis(u64::try_from(number)? * 137 % 1000));
        let appeared = Instant::now();
        told.lock().unwrap_or_else(PoisonError::into_inner).push(title.clone());
        delays.push(arrived(&taken, &title)?.saturating_duration_since(appeared));
    }
    daemon.stop()?;
    Ok(delays)
}

fn arrived(taken: &Taken, title: &str) -> anyhow::Result<Instant> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, at)) = taken.iter().find(|(message, _)| message.replace("=\n", "").contains(title)) {
            return Ok(*at);
        }
        drop(taken);
        std::thread::sleep(Duration::from_millis(5));
    }
    bail!("no mail of {title:?}")
}

/// A feed of whatever is told, and its address.
fn serve(told: Arc<Mutex<Vec<String>>>) -> anyhow::Result<String> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    let address = format!("http://{}/feed", listener.local_addr()?);
    std::thread::spawn(move || {
        for mut connection in listener.incoming().map_while(Result::ok) {
            let mut asked = BufReader::new(&connection).lines();
            while asked.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let told = told.lock().unwrap_or_else(PoisonError::into_inner);
            let mut items = String::new();
            for title in told.iter() {
                let _written = write!(items, "<item><title>{title}</title><guid>{title}</guid></item>");
            }
            drop(told);
            let body = format!("<rss version=\"2.0\"><channel><title>Wire</title>{items}</channel></rss>");
            // Whoever has gone meanwhile is asked for nothing.
            let _gone = write!(
                connection,
                "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    Ok(address)
}

fn median(mut spans: Vec<Duration>) -> f64 {
    spans.sort();
    spans.get(spans.len() / 2).copied().unwrap_or_default().as_secs_f64() * 1e3
}

/// A running daemon.
struct Daemon {
    process: Child,
}

impl Daemon {
    /// Starts it, and how long it took to be ready.
    fn start(file: &Path, folder: &Path) -> anyhow::Result<(Self, Duration)> {
        let socket = folder.join("notify");
        std::fs::remove_file(&socket).ok();
        let notices = UnixDatagram::bind(&socket)?;
        notices.set_read_timeout(Some(PATIENCE))?;
        let begun = Instant::now();
        let process = Command::new(PROGRAM)
            // As the unit has it.
            .env("MALLOC_ARENA_MAX", "1")
            .args(["run", "--config"])
            .arg(file)
            .env("NOTIFY_SOCKET", &socket)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let daemon = Self { process };
        let mut notice = [0; 4096];
        loop {
            let length = notices.recv(&mut notice).context("it does not get ready")?;
            if String::from_utf8_lossy(&notice[..length]).lines().any(|line| line == "READY=1") {
                return Ok((daemon, begun.elapsed()));
            }
        }
    }

    /// Asks it to end, and how long it took.
    fn stop(mut self) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        let process = i32::try_from(self.process.id()).ok().and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(process.context("no process")?, rustix::process::Signal::TERM)?;
        self.process.wait()?;
        Ok(begun.elapsed())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
