//! Verdicts: what came of reading the configuration again, in a file beside the state, for whoever asked for
//! it and waits.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io;
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

impl Verdict {
    /// The last one of a state; `None` where there was none yet, or what stands there is none.
    #[must_use]
    pub fn last(state: &Path) -> Option<Self> {
        let text = std::fs::read(path(state)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Writes the next one, whole or not at all.
    pub(super) fn write(state: &Path, at: Timestamp, refused: Option<String>) -> io::Result<()> {
        let number = Self::last(state).map_or(1, |last| last.number.saturating_add(1));
        let text = serde_json::to_vec(&Self { number, at, refused })?;
        let whole = path(state).with_added_extension("new");
        std::fs::write(&whole, text)?;
        std::fs::rename(whole, path(state))
    }
}

fn path(state: &Path) -> PathBuf {
    state.with_added_extension("reload")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verdict_has_the_next_number_and_what_is_none_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("news.db");
        assert_eq!(Verdict::last(&state), None);
        Verdict::write(&state, Timestamp::UNIX_EPOCH, None).unwrap();
        Verdict::write(&state, Timestamp::UNIX_EPOCH, Some("line 3".to_owned())).unwrap();
        let last = Verdict::last(&state).unwrap();
        assert_eq!((last.number, last.refused.as_deref()), (2, Some("line 3")));
        std::fs::write(path(&state), "{").unwrap();
        assert_eq!(Verdict::last(&state), None);
        Verdict::write(&state, Timestamp::UNIX_EPOCH, None).unwrap();
        assert_eq!(Verdict::last(&state).unwrap().number, 1);
    }
}
