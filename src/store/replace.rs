//! Replacing a state: the files of a database give way to another one, all of them or none, whenever the process is
//! killed.
//!
//! A database is several files, and no system call replaces them at once: without its write-ahead log the old one
//! lacks what was written last, and with the log of another one the new one is ruined. So what replaces it is made
//! beside it, whole and on the disk, and then gets the name of what is *ready*: from that moment on it is the state.
//! The rest may be done, and done again, by whoever holds the lock next.

use super::StoreError;
use super::open::beside;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// What SQLite keeps beside a database, by what stands behind its name.
pub(super) const SIDES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Who may read and write what a state is made of: it holds what people care about, and their addresses.
pub(super) const OWNER_ONLY: u32 = 0o600;

/// What the name of a file in the making ends with, behind the number of the process that makes it.
const UNFINISHED: &str = ".unfinished";

/// A file in the making, which goes with everything beside it unless it got its own name.
#[derive(Debug)]
pub(super) struct Unfinished(pub(super) PathBuf);

impl Unfinished {
    pub(super) fn beside(path: &Path) -> Self {
        Self(beside(path, &format!(".{}{UNFINISHED}", std::process::id())))
    }

    /// Makes it, empty, and for its owner alone whatever the process gives others by its umask. What SQLite keeps
    /// beside a database is as open as that.
    pub(super) fn make(&self) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(&self.0)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // What cannot be removed now is in nobody's way.
        drop(remove_with_sides(&self.0));
    }
}

/// Where that stands which replaces the database at `path`. Not a name that a person may give a file of theirs.
pub(super) fn ready(path: &Path) -> PathBuf {
    beside(path, "-replacement")
}

/// Refuses a state that is about to be replaced: what stands there is neither the old nor the new one. Whoever
/// holds the lock brings it to its end.
pub(super) fn refuse_half_replaced(path: &Path) -> Result<(), StoreError> {
    if ready(path).exists() { Err(StoreError::HalfRestored { path: path.to_owned() }) } else { Ok(()) }
}

/// Puts a whole file in the place of the database at `path`, whose lock is held.
pub(super) fn replace(path: &Path, by: &Path) -> io::Result<()> {
    put_in_place(by, &ready(path))?;
    finish(path).map(|_| ())
}

/// Brings to its end what was killed while it replaced the database at `path`, whose lock is held, and clears away
/// what it had not made ready. Whether there was something to be brought to its end.
pub(super) fn finish(path: &Path) -> io::Result<bool> {
    clear_away(path);
    let ready = ready(path);
    if !ready.exists() {
        return Ok(false);
    }
    // Before the new one comes: what belongs to the old one must not be taken for its own.
    for side in SIDES {
        remove_if_there(&beside(path, side))?;
    }
    sync_folder(path)?;
    put_in_place(&ready, path)?;
    Ok(true)
}

/// Clears away what was in the making; what cannot be removed is in nobody's way.
pub(super) fn clear_away(path: &Path) {
    let Some((entries, name)) = fs::read_dir(folder_of(path)).ok().zip(path.file_name()) else { return };
    for entry in entries.flatten().filter(|entry| is_unfinished(&entry.file_name(), name)) {
        drop(remove_if_there(&entry.path()));
    }
}

/// Whether a name is that of a file in the making for the database of the name `of`, or of one beside it: whoever was
/// killed when it had got its own name has left those. Only one process at a time makes such: who holds the lock.
fn is_unfinished(name: &OsStr, of: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    let process = SIDES
        .iter()
        .find_map(|side| name.strip_suffix(side.as_bytes()))
        .unwrap_or(name)
        .strip_prefix(of.as_encoded_bytes())
        .and_then(|rest| rest.strip_prefix(b"."))
        .and_then(|rest| rest.strip_suffix(UNFINISHED.as_bytes()));
    process.is_some_and(|process| !process.is_empty() && process.iter().all(u8::is_ascii_digit))
}

/// Gives a file that is on the disk its own name, and the name, too, is on the disk when this returns.
pub(super) fn put_in_place(finished: &Path, path: &Path) -> io::Result<()> {
    File::open(finished)?.sync_all()?;
    fs::rename(finished, path)?;
    sync_folder(path)
}

pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

fn remove_with_sides(path: &Path) -> io::Result<()> {
    SIDES.iter().try_for_each(|side| remove_if_there(&beside(path, side)))?;
    remove_if_there(path)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::collections::BTreeMap;

    /// The files of a folder by name, with what they hold.
    fn files(folder: &Path) -> BTreeMap<String, String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        entries
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read_to_string(entry.path()).unwrap())
            })
            .collect()
    }

    /// What stands there after each step of a restore that is killed, and what is to come of it.
    #[rstest]
    #[case::before_it_is_ready(&["news.db=old", "news.db-wal=old", "news.db.71.unfinished=new", "news.db.71.unfinished-wal=n"], false)]
    #[case::just_ready(&["news.db=old", "news.db-replacement=new", "news.db.71.unfinished-wal=n"], true)]
    #[case::ready(&["news.db=old", "news.db-wal=old", "news.db-journal=old", "news.db-replacement=new"], true)]
    #[case::half_removed(&["news.db=old", "news.db-shm=old", "news.db-replacement=new"], true)]
    #[case::removed(&["news.db=old", "news.db-replacement=new"], true)]
    #[case::where_there_was_none(&["news.db-replacement=new"], true)]
    #[case::done(&["news.db=new"], true)]
    fn whatever_was_killed_the_state_is_the_old_or_the_new_one_whole(
        #[case] left: &[&str],
        #[case] new: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("news.db");
        let others =
            ["news.db.2026", "news.db.unfinished", "news.db.copy.71.unfinished", "other.71.unfinished"];
        for file in left.iter().copied().chain(others) {
            let (name, text) = file.split_once('=').unwrap_or((file, "another's"));
            fs::write(folder.path().join(name), text).unwrap();
        }
        let half = refuse_half_replaced(&path).is_err();
        assert_eq!(half, left.iter().any(|file| file.contains("replacement")));

        assert_eq!(finish(&path).unwrap(), half);
        assert!(refuse_half_replaced(&path).is_ok() && !finish(&path).unwrap(), "once is enough");

        let mut files = files(folder.path());
        for other in others {
            assert!(files.remove(other).is_some(), "{other} was nobody's to clear away");
        }
        let expected: &[(&str, &str)] =
            if new { &[("news.db", "new")] } else { &[("news.db", "old"), ("news.db-wal", "old")] };
        let expected = expected.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        assert_eq!(files, expected.collect());
    }
}
