//! Verdicts: what came of reading the configuration again, in a file beside the state, for whoever asked for
//! it and waits.
//!
//! Several may ask at once, and one reading answers all who asked before it began. So its beginning is written
//! down, too: whoever finds one begun cannot know whether it has seen his files, and waits for the next.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

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
        Self { number: Reloads::of(state).begun.saturating_add(1) }
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
        let text = std::fs::read(path(state)).ok();
        text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    /// Writes the file, whole or not at all.
    fn write(&self, state: &Path) -> io::Result<()> {
        let whole = path(state).with_added_extension("new");
        let mut file = OpenOptions::new();
        let mut file = file.write(true).create(true).truncate(true).mode(0o600).open(&whole)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        std::fs::rename(whole, path(state))
    }
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
    fn a_reload_that_a_crash_cut_off_answers_nobody_and_what_is_no_verdict_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("news.db");
        let cut_off = Call::make(&state);
        drop(Reload::begin(&state).unwrap());
        let later = Call::make(&state);
        assert_eq!(cut_off.answer(&state), None);
        reload(&state, None);
        assert_eq!(later.answer(&state).unwrap().number, 2);
        std::fs::write(path(&state), "{").unwrap();
        let anew = Call::make(&state);
        assert_eq!(anew.answer(&state), None);
        reload(&state, None);
        assert_eq!(anew.answer(&state).unwrap().number, 1);
    }
}
