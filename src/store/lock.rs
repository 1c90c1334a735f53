//! The lock: one daemon for each state.

use super::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// Holds the state for this process until it is dropped.
///
/// A lock of the operating system on a file beside the database, so that it ends with the process
/// however that ends.
#[derive(Debug)]
pub struct StateLock {
    _file: File,
}

impl StateLock {
    /// Takes the lock of the database at `path`, whose folder must exist.
    pub fn take(path: &Path) -> Result<Self, StoreError> {
        let lock = path.with_added_extension("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock)
            .map_err(|source| StoreError::Folder { path: lock.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(StoreError::Folder { path: lock, source }),
        }
    }
}
