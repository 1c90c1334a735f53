//! What can go wrong with the database.

use std::path::PathBuf;

/// A store error, with the path where it matters.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or folder of the state cannot be made or read; the cause is the system's.
    #[error("cannot make or use {path} for the state")]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process holds the state.
    #[error("{path} is in use by another sanctionwatch; stop it first, or give this one another `state`")]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// A backup is being put in its place, or was when that was cut off.
    #[error(
        "{path} is being replaced by a backup. Where no `backup --restore` runs any more, it was cut off: \
         the next start of `run` or `once` brings it to its end, and so does another `backup --restore`"
    )]
    HalfRestored {
        /// The database.
        path: PathBuf,
    },
    /// The file is not a database, or a damaged one.
    #[error(
        "{path} is not a database that sanctionwatch can use ({detail}). It was left as it is. \
         Move it away to start afresh, or put a copy in its place (`sanctionwatch backup --restore`)"
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The schema has migrations that this binary does not know.
    #[error(
        "{path} was written by a newer sanctionwatch (schema {found}, this one knows {known}); install that version again"
    )]
    TooNew {
        /// The database.
        path: PathBuf,
        /// The schema's version.
        found: i64,
        /// The newest version this binary knows.
        known: i64,
    },
    /// The schema lacks migrations of this binary, and who asks must not make them.
    #[error(
        "{path} was written by an older sanctionwatch (schema {found}, this one reads {known}); `run` or `once` of this version brings it up to date"
    )]
    TooOld {
        /// The database.
        path: PathBuf,
        /// The schema's version.
        found: i64,
        /// The version this binary reads.
        known: i64,
    },
    /// The file cannot be opened, read or written.
    #[error("cannot open {path}: {detail}")]
    CannotOpen {
        /// The database.
        path: PathBuf,
        /// What the database said.
        detail: String,
    },
    /// A stored value does not read back.
    #[error("the database holds a {what} that cannot be read: {detail}")]
    BadValue {
        /// Which column.
        what: &'static str,
        /// Why.
        detail: String,
    },
    /// A statement failed.
    #[error("the database refused: {}", in_words(.0))]
    Sql(sqlx::Error),
}

// Not by `#[from]`: each cause of such an error says again what those before it have said.
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl StoreError {
    /// Whether the same may work later: the disk was full, the file busy, or no thread to be had for a connection.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            StoreError::InUse { .. }
            | StoreError::HalfRestored { .. }
            | StoreError::Sql(sqlx::Error::PoolTimedOut) => true,
            StoreError::Sql(sqlx::Error::Io(error)) => error.kind() == std::io::ErrorKind::WouldBlock,
            StoreError::Sql(error) => matches!(primary(error), Some(BUSY | LOCKED | DISK_ERROR | DISK_FULL)),
            _ => false,
        }
    }
}

/// What SQLite says went wrong, without its details.
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const DISK_ERROR: u32 = 10;
pub(super) const CORRUPT: u32 = 11;
const DISK_FULL: u32 = 13;
pub(super) const NO_DATABASE: u32 = 26;

/// Which of these it is; `None` where it is not SQLite that says so.
pub(super) fn primary(error: &sqlx::Error) -> Option<u32> {
    let sqlx::Error::Database(error) = error else { return None };
    Some(error.code()?.parse::<u32>().ok()? & 0xff)
}

/// What the database says, once, and what it may mean.
pub(super) fn in_words(error: &sqlx::Error) -> String {
    let sqlx::Error::Database(said) = error else { return error.to_string() };
    let code = said.code().map(|code| format!(" (code {code})")).unwrap_or_default();
    let meaning = match primary(error) {
        // The disk of a write-ahead log that cannot be made longer is full, too.
        Some(DISK_ERROR) => ": the disk may be full, or fail",
        _ => "",
    };
    format!("{}{code}{meaning}", said.message())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_the_database_says_is_said_once() {
        let pool = sqlx::SqlitePool::connect("sqlite::memory:").await.unwrap();
        let error = sqlx::query("SELECT").execute(&pool).await.unwrap_err();
        let error = anyhow::Error::from(StoreError::from(error)).context("asked");
        assert_eq!(format!("{error:#}"), "asked: the database refused: incomplete input (code 1)");
    }
}
