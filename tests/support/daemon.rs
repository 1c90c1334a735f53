//! `sanctionwatch run`, started, listened to, and told to end.

use super::program::{self, Ended};
use super::{Log, PATIENCE};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A daemon that runs; dropping it kills it.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    stdout: Arc<Log<String>>,
    stderr: Arc<Log<String>>,
    readers: Vec<JoinHandle<()>>,
    notices: Receiver<String>,
    /// As long as it is there, somebody reads the notices.
    _listening: Arc<()>,
}

impl Daemon {
    /// Starts `command` with a notification socket in `folder`, as systemd would give it one.
    pub(crate) fn start(mut command: Command, folder: &Path) -> Self {
        let socket = folder.join("notify");
        if socket.exists() {
            std::fs::remove_file(&socket).unwrap();
        }
        let notices = UnixDatagram::bind(&socket).unwrap();
        // A service manager reads what it is told at once.
        notices.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let (hear, heard) = mpsc::channel();
        let listening = Arc::new(());
        let wanted = Arc::downgrade(&listening);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while wanted.strong_count() > 0 {
                if let Ok(length) = notices.recv(&mut buffer) {
                    drop(hear.send(String::from_utf8_lossy(&buffer[..length]).into_owned()));
                }
            }
        });
        let mut child = command.env("NOTIFY_SOCKET", &socket).spawn().unwrap();
        let (stdout, out) = follow(child.stdout.take());
        let (stderr, err) = follow(child.stderr.take());
        Self { child, stdout, stderr, readers: vec![out, err], notices: heard, _listening: listening }
    }

    /// Waits until the daemon tells systemd something that begins with `notice`, such as `READY=1`; fails the test at once where
    /// it ends instead.
    #[track_caller]
    pub(crate) fn wait_for_notice(&mut self, notice: &str) {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let ended = self.child.try_wait().unwrap();
            if let Ok(text) = self.notices.recv_timeout(Duration::from_millis(100)) {
                if text.lines().any(|line| line.starts_with(notice)) {
                    return;
                }
            } else if let Some(status) = ended {
                panic!("{status} and no {notice}: {:#?}", self.stderr.all());
            }
        }
        panic!("{notice} never came: {:#?}", self.stderr.all());
    }

    /// Its number among the processes.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has logged a line with `words`.
    #[track_caller]
    pub(crate) fn wait_for_line(&self, words: &str) {
        let logged = self.stderr.wait(|lines| lines.iter().any(|line| line.contains(words)));
        if let Err(lines) = logged {
            panic!("no {words:?}: {lines:#?}");
        }
    }

    /// Waits until its log has told each of the stories: that a mail told them says nothing of the other ways
    /// out, and what is not under way when the end comes stays for the next start.
    #[track_caller]
    pub(crate) fn wait_for_stories(&self, headlines: &[&str]) {
        for headline in headlines {
            self.wait_for_line(headline);
        }
    }

    /// Asks it to end, as systemd would, and waits until it has.
    #[track_caller]
    pub(crate) fn terminate(mut self) -> Ended {
        self.signal("TERM");
        let status = program::wait(&mut self.child, PATIENCE);
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        let text = |log: &Log<String>| log.all().join("\n");
        let (stdout, stderr) = (text(&self.stdout), text(&self.stderr));
        let Some(status) = status else { panic!("SIGTERM did not end it:\n{stderr}") };
        Ended { code: status.code(), stdout, stderr }
    }

    /// Ends it at once, as a power cut would, and tells what it had logged. It must still have run.
    #[track_caller]
    pub(crate) fn kill(mut self) -> Vec<String> {
        let ended = self.child.try_wait().unwrap();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        let logged = self.stderr.all();
        assert!(ended.is_none(), "it ended by itself, {ended:?}: {logged:#?}");
        logged
    }

    /// Sends it a signal, such as `HUP`.
    pub(crate) fn signal(&self, name: &str) {
        // The shell's own `kill`: the program of that name is missing on small systems.
        let script = format!("kill -{name} {}", self.child.id());
        let status = Command::new("sh").args(["-c", &script]).status().unwrap();
        assert!(status.success(), "{script}");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Ended already, or of no use to anyone: both are fine.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn follow<R: Read + Send + 'static>(pipe: Option<R>) -> (Arc<Log<String>>, JoinHandle<()>) {
    let log = Arc::new(Log::default());
    let lines = log.clone();
    let reader = std::thread::spawn(move || {
        let Some(pipe) = pipe else { return };
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            lines.push(String::from_utf8_lossy(&line).into_owned());
        }
    });
    (log, reader)
}
