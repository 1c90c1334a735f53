//! The lock: one daemon for each state.

use super::StoreError;
use jiff::Timestamp;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

/// Holds the state for this process until it is dropped.
///
/// A lock of the operating system on a file beside the database, so that it ends with the process
/// however that ends.
#[derive(Debug)]
pub struct StateLock {
    _file: File,
}

impl StateLock {
    /// Where the lock of the database at `path` is.
    pub(super) fn file(path: &Path) -> PathBuf {
        path.with_added_extension("lock")
    }

    /// Takes the lock of the database at `path`, whose folder must exist.
    pub fn take(path: &Path) -> Result<Self, StoreError> {
        let lock = Self::file(path);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock)
            .map_err(|source| StoreError::Folder { path: lock.clone(), source })?;
        match file.try_lock() {
            Ok(()) => {
                say_who(&file).map_err(|source| StoreError::Folder { path: lock, source })?;
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(StoreError::Folder { path: lock, source }),
        }
    }

    /// Since when the state of the database at `path` is held, by whoever holds it; `None` where nobody ever did.
    #[must_use]
    pub fn since(path: &Path) -> Option<Timestamp> {
        let written = std::fs::metadata(Self::file(path)).and_then(|data| data.modified()).ok()?;
        Timestamp::try_from(written).ok()
    }

    /// The process that holds the state of the database at `path`; `None` where none does, or it does not say
    /// who it is.
    pub fn holder(path: &Path) -> Result<Option<NonZeroU32>, StoreError> {
        let lock = Self::file(path);
        let holder = |lock: &Path| {
            let file = match File::open(lock) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            };
            match file.try_lock_shared() {
                Ok(()) => Ok(None),
                Err(TryLockError::WouldBlock) => Ok(io::read_to_string(file)?.trim().parse().ok()),
                Err(TryLockError::Error(error)) => Err(error),
            }
        };
        holder(&lock).map_err(|source| StoreError::Folder { path: lock.clone(), source })
    }
}

/// Writes the number of this process, for who wants to signal it.
fn say_who(mut file: &File) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}
