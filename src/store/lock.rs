//! The lock: one daemon for each state.

use super::StoreError;
use super::replace::OWNER_ONLY;
use jiff::Timestamp;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::num::NonZeroU32;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often, and how long after each other, a lock that is held is tried for once more.
const LOOKS: u32 = 10;
const LOOK: Duration = Duration::from_millis(20);

/// Holds the state for this process until it is dropped.
///
/// A lock of the operating system on a file beside the database, so that it ends with the process
/// however that ends.
#[derive(Debug)]
pub struct StateLock {
    file: File,
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
            .mode(OWNER_ONLY)
            .open(&lock)
            .map_err(|source| StoreError::Folder { path: lock.clone(), source })?;
        let mut taken = file.try_lock();
        // Whoever looks who holds it holds it for a moment, too.
        for _look in 0..LOOKS {
            if !matches!(taken, Err(TryLockError::WouldBlock)) {
                break;
            }
            std::thread::sleep(LOOK);
            taken = file.try_lock();
        }
        match taken {
            Ok(()) => {
                // Nobody is to signal whoever held it before.
                file.set_len(0).map_err(|source| StoreError::Folder { path: lock, source })?;
                Ok(Self { file })
            }
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(StoreError::Folder { path: lock, source }),
        }
    }

    /// Writes down which process this is, for who wants to signal it: only a daemon that listens to signals may say
    /// so, any other process would be ended by them.
    pub fn say_who(&self) -> io::Result<()> {
        writeln!(&self.file, "{}", std::process::id())
    }

    /// Since when the state of the database at `path` is held, by whoever holds it; `None` where nobody ever did.
    #[must_use]
    pub fn since(path: &Path) -> Option<Timestamp> {
        let written = std::fs::metadata(Self::file(path)).and_then(|data| data.modified()).ok()?;
        Timestamp::try_from(written).ok()
    }

    /// The daemon that holds the state of the database at `path`; `None` where nobody does, or somebody else.
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
