//! The built program: how it is started, and what came of it.

use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than any command of the tests takes; a program that hangs is stopped and fails the test.
const LIMIT: Duration = Duration::from_mins(3);

/// The built program with an environment of nothing but what it needs.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sanctionwatch"));
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Has a command run as somebody who is not root, whom neither modes nor limits hold back; who is not root stays who he
/// is. Whether it was changed.
pub(crate) fn as_user(id: u32, command: &mut Command) -> bool {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if is_root {
        command.uid(id).gid(id);
    }
    is_root
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Fails the test, showing everything, unless the exit code is `code`. Panics of the program
    /// fail it in any case.
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert!(!self.stderr.contains("panicked at"), "{self}");
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON ({error}): {self}"))
    }

    /// Standard output as JSON Lines.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<serde_json::Value> {
        let value = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.stdout.lines().map(value).collect()
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tail = |text: &str| text.chars().rev().take(8_000).collect::<Vec<_>>();
        let text = |text: &str| tail(text).into_iter().rev().collect::<String>();
        write!(
            formatter,
            "exit code {:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.code,
            text(&self.stdout),
            text(&self.stderr)
        )
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Runs a command to its end with `input` on its standard input.
pub(crate) fn run(mut command: Command, input: Option<Vec<u8>>) -> Ended {
    if input.is_some() {
        command.stdin(Stdio::piped());
    }
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    // Fed from a thread: a filter writes while it reads, and would wait for us as we for it.
    let feeder = input.zip(child.stdin.take()).map(|(input, mut pipe)| {
        // A program that stops reading early is judged by what it says, not by the broken pipe.
        thread::spawn(move || drop(pipe.write_all(&input)))
    });
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let status = wait(&mut child, LIMIT);
    let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
    if let Some(feeder) = feeder {
        feeder.join().unwrap();
    }
    let status = status.unwrap_or_else(|| {
        panic!("still running after {LIMIT:?}: {command:?}\n{}", String::from_utf8_lossy(&stderr))
    });
    Output { status, stdout, stderr }.into()
}

fn collect<R: std::io::Read + Send + 'static>(pipe: Option<R>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).unwrap();
        }
        bytes
    })
}

/// Waits for a child; one that outlives `limit` is killed, and `None` says so.
pub(crate) fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    }
}
