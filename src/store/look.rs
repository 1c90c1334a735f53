//! Looking: a database is read without a trace, by whoever may read it, whether or not a daemon writes it.
//!
//! SQLite reads a database in write-ahead logging beside two other files, and makes them where they are not there.
//! Who only looks makes nothing: where all that was written stands in the database itself, it is read as a file that
//! nobody writes, and read again where somebody did. Where some of it stands in the log, a daemon runs or was killed:
//! then both files are there.

use super::open::{Health, beside, cannot_open, check_header, refuse_unfit_in, to_look};
use super::replace::refuse_half_replaced;
use super::{Store, StoreError};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;
use std::{fs, io};

/// How often, and how long after each other, a database is looked at that is never read as it was: a daemon that
/// starts or ends does that once or twice.
const LOOKS: u32 = 10;
const LOOK: Duration = Duration::from_millis(20);

impl Store {
    /// Reads from an existing database: nothing is made, changed or left behind, and to read it is all that one must
    /// be allowed. `read` is called again where the database changed under it: what it finds is told afterwards.
    pub async fn look<T, E: From<StoreError>>(
        path: &Path,
        read: impl AsyncFn(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        look(path, Health::Assumed, async |options| {
            let store = Self::to_read(path, options).await?;
            let found = read(&store).await;
            store.close().await;
            found
        })
        .await
    }

    async fn to_read(path: &Path, options: SqliteConnectOptions) -> Result<Self, StoreError> {
        let pool = || SqlitePoolOptions::new().max_connections(1);
        let readers =
            pool().connect_with(options.clone()).await.map_err(|error| cannot_open(path, &error))?;
        Ok(Self { readers, writer: pool().connect_lazy_with(options) })
    }
}

/// Reads from an existing database in whatever way leaves no trace; that it can be used is made sure of.
pub(super) async fn look<T, E: From<StoreError>>(
    path: &Path,
    health: Health,
    read: impl AsyncFn(SqliteConnectOptions) -> Result<T, E>,
) -> Result<T, E> {
    for _look in 1..LOOKS {
        let before = Standing::of(path)?;
        let options = to_look(path).immutable(before.is_whole);
        let (found, is_usable) = match refuse_unfit_in(path, &options, health).await {
            Ok(()) => (read(options).await, true),
            Err(error) => {
                let is_certain = !matches!(error, StoreError::CannotOpen { .. });
                (Err(error.into()), is_certain)
            }
        };
        let after = Standing::of(path)?;
        let is_unchanged = after == before;
        let is_settled = match (&found, before.is_whole) {
            (_, true) => is_unchanged,
            // Where the log is gone, the daemon may have ended, or another database be put in its place.
            (Ok(_), false) => !after.is_whole && after.file() == before.file(),
            // Who may not write sees nothing of a log that no daemon has read in yet.
            (Err(_), false) => is_unchanged && is_usable,
        };
        if is_settled {
            return found;
        }
        tokio::time::sleep(LOOK).await;
    }
    let options = to_look(path);
    refuse_unfit_in(path, &options, health).await?;
    read(options).await
}

/// The files of a database at one moment.
#[derive(Debug, PartialEq, Eq)]
struct Standing {
    /// Which file it is, how large it is, and when it was written last, in seconds and nanoseconds.
    database: (u64, u64, u64, i64, i64),
    /// Whether all that was written stands in it, and nothing in the log alone.
    is_whole: bool,
}

impl Standing {
    fn of(path: &Path) -> Result<Self, StoreError> {
        refuse_half_replaced(path)?;
        check_header(path)?;
        // Where it is a link, SQLite keeps its other files beside what that leads to.
        let file = &fs::canonicalize(path).map_err(|error| missing(path, &error))?;
        let data = fs::metadata(file).map_err(|error| missing(path, &error))?;
        // A rollback journal: a process was killed, or is at work, when it had just made the file.
        if holds_something(&beside(file, "-journal")) {
            let detail = "it is half made; `sanctionwatch run` or `once` mends it".to_owned();
            return Err(StoreError::CannotOpen { path: path.to_owned(), detail });
        }
        let database = (data.dev(), data.ino(), data.len(), data.mtime(), data.mtime_nsec());
        Ok(Self { database, is_whole: !holds_something(&beside(file, "-wal")) })
    }

    /// Which file it is.
    fn file(&self) -> (u64, u64) {
        let (device, inode, ..) = self.database;
        (device, inode)
    }
}

pub(super) fn missing(path: &Path, error: &io::Error) -> StoreError {
    let detail = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file; `sanctionwatch run` or `once` makes it".to_owned(),
        _ => error.to_string(),
    };
    StoreError::CannotOpen { path: path.to_owned(), detail }
}

pub(super) fn holds_something(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|data| data.len() > 0)
}
