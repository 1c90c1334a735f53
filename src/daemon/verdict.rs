//! Verdicts: what came of reading the configuration again, in a file beside the state, for whoever asked for
//! it and waits.
//!
//! Several may ask at once, and one reading answers all who asked before it began. So its beginning is written
//! down, too: whoever finds one begun cannot know whether it has seen his files, and waits for the next.
//!
//! A full disk takes no new file: then the old one is written over. Each has the same size from the beginning, so that
//! this needs no room on file systems that write in place (ext4, XFS, tmpfs); on others (Btrfs, ZFS) it may be refused.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The size of the file; the rest are spaces, which mean nothing behind JSON.
const ROOM: usize = 4096;

/// How often a file is read that is written over in that moment, and does not read back.
const LOOKS: u32 = 5;

/// What came of a reload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Which reload of this state it was, from 1.
    pub number: u64,
    /// When it was decided.
    pub at: Timestamp,
    /// Why the old configuration stays; `None` where the new one holds.
    pub refused: Option<String>,
}

/// A wish for a reload of the files as they are when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The first reload that answers it.
    number: u64,
}

impl Call {
    /// To be made before the daemon is signalled, and after the files were changed.
    #[must_use]
    pub fn make(state: &Path) -> Self {
        let mut known = Reloads::read(state);
        for _ in 1..LOOKS {
            if known.is_some() || !path(state).exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
            known = Reloads::read(state);
        }
        Self { number: known.unwrap_or_default().begun.saturating_add(1) }
    }

    /// The verdict on files that are at least as new as the call; `None` where there is none yet.
    #[must_use]
    pub fn answer(self, state: &Path) -> Option<Verdict> {
        Reloads::of(state).verdict.filter(|verdict| verdict.number >= self.number)
    }
}

/// A reload that has begun, which is before it reads the first file.
#[derive(Debug)]
pub(super) struct Reload {
    state: PathBuf,
    number: u64,
}

impl Reload {
    /// Sees to it that there is a file, so that a verdict can be written on a full disk, too.
    pub(super) fn prepare(state: &Path) -> io::Result<()> {
        Reloads::of(state).write(state)
    }

    /// Writes down that the next one begins.
    pub(super) fn begin(state: &Path) -> io::Result<Self> {
        let before = Reloads::of(state);
        let number = before.begun.saturating_add(1);
        Reloads { begun: number, ..before }.write(state)?;
        Ok(Self { state: state.to_owned(), number })
    }

    /// Writes down what came of it.
    pub(super) fn decide(self, at: Timestamp, refused: Option<String>) -> io::Result<()> {
        let Self { state, number } = self;
        Reloads { begun: number, verdict: Some(Verdict { number, at, refused }) }.write(&state)
    }
}

/// What the file holds.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Reloads {
    /// The number of the last one that has begun; 0 where none has.
    begun: u64,
    /// The last verdict.
    verdict: Option<Verdict>,
}

impl Reloads {
    /// Those of a state; none where there is no file, or what stands there is no such file.
    fn of(state: &Path) -> Self {
        Self::read(state).unwrap_or_default()
    }

    fn read(state: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path(state)).ok()?).ok()
    }

    /// Writes the file, whole or not at all; where there is no room, over the old one.
    fn write(self, state: &Path) -> io::Result<()> {
        self.write_by(state, put_in_place)
    }

    /// The same, where `put` puts a text in the place of a file at once.
    fn write_by(mut self, state: &Path, put: impl Fn(&Path, &[u8]) -> io::Result<()>) -> io::Result<()> {
        let (file, mut text) = (path(state), serde_json::to_vec(&self)?);
        while text.len() > ROOM {
            let reason = self.verdict.as_mut().and_then(|verdict| verdict.refused.as_mut());
            let Some(reason) = reason.filter(|reason| !reason.is_empty()) else { break };
            reason.truncate(reason.floor_char_boundary(reason.len() * 3 / 4));
            text = serde_json::to_vec(&self)?;
        }
        text.resize(text.len().max(ROOM), b' ');
        match put(&file, &text) {
            Err(error) if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
                let file = OpenOptions::new().write(true).open(&file)?;
                file.write_all_at(&text, 0)?;
                file.set_len(text.len() as u64)
            }
            written => written,
        }
    }
}

/// Puts a new file in the place of an old one.
fn put_in_place(file: &Path, text: &[u8]) -> io::Result<()> {
    let new = file.with_added_extension("new");
    // It may tell whose address is wrong.
    let mut private = OpenOptions::new();
    private.write(true).create(true).truncate(true).mode(0o600);
    let written =
        private.open(&new).and_then(|mut made| made.write_all(text)).and_then(|()| fs::rename(&new, file));
    if written.is_err() {
        // What there is of it takes room from others; it may not be there at all.
        let _gone = fs::remove_file(&new);
    }
    written
}

fn path(state: &Path) -> PathBuf {
    state.with_added_extension("reload")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reload(state: &Path, refused: Option<&str>) {
        let reload = Reload::begin(state).unwrap();
        reload.decide(Timestamp::UNIX_EPOCH, refused.map(str::to_owned)).unwrap();
    }

    #[test]
    fn a_call_is_answered_by_a_reload_that_began_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("news.db");
        let first = Call::make(&state);
        assert_eq!(first.answer(&state), None);
        let begun = Reload::begin(&state).unwrap();
        // It may have read the files already that this call is about.
        let second = Call::make(&state);
        assert_eq!(first.answer(&state), None);
        begun.decide(Timestamp::UNIX_EPOCH, Some("line 3".to_owned())).unwrap();
        assert_eq!(first.answer(&state).unwrap().refused.as_deref(), Some("line 3"));
        assert_eq!(second.answer(&state), None);
        let third = Call::make(&state);
        reload(&state, None);
        for call in [first, second, third] {
            assert_eq!(call.answer(&state).map(|verdict| (verdict.number, verdict.refused)), Some((2, None)));
        }
    }

    #[test]
    fn where_there_is_no_room_the_file_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("news.db");
        Reload::prepare(&state).unwrap();
        let full = |_: &Path, _: &[u8]| Err(ErrorKind::StorageFull.into());
        for reason in ["one", &"ä\n\"".repeat(4000), "two"] {
            let call = Call::make(&state);
            let number = Reloads::of(&state).begun + 1;
            let verdict = Verdict { number, at: Timestamp::UNIX_EPOCH, refused: Some(reason.to_owned()) };
            Reloads { begun: number, verdict: Some(verdict) }.write_by(&state, full).unwrap();
            let answer = call.answer(&state).unwrap();
            let told = answer.refused.unwrap();
            assert!(answer.number == number && reason.starts_with(&told), "{told}");
            assert!(told.len() >= reason.len().min(1000), "{told}");
            assert_eq!(fs::metadata(path(&state)).unwrap().len(), ROOM as u64);
        }
        let none = folder.path().join("none.db");
        let written = Reloads::default().write_by(&none, full);
        assert!(written.is_err(), "there is no file to write over");
    }

    #[test]
    fn a_reload_that_a_crash_cut_off_answers_nobody_and_what_is_no_verdict_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("news.db");
        let cut_off = Call::make(&state);
        drop(Reload::begin(&state).unwrap());
        let later = Call::make(&state);
        assert_eq!(cut_off.answer(&state), None);
        reload(&state, None);
        assert_eq!(later.answer(&state).unwrap().number, 2);
        fs::write(path(&state), "{").unwrap();
        let anew = Call::make(&state);
        assert_eq!(anew.answer(&state), None);
        reload(&state, None);
        assert_eq!(anew.answer(&state).unwrap().number, 1);
    }
}
