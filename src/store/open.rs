//! Opening a database: checked before it is touched, migrated, then used.

use super::error::{CORRUPT, NO_DATABASE, in_words, primary};
use super::look::{holds_something, missing};
use super::replace::{Unfinished, clear_away, put_in_place};
use super::{StateLock, StoreError, Transaction, replace};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Every step of the schema, in order; a step that was released never changes again.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "initial", include_str!("migrations/0001_initial.sql")),
    (2, "stories", include_str!("migrations/0002_stories.sql")),
    (3, "delivery", include_str!("migrations/0003_delivery.sql")),
    (4, "people", include_str!("migrations/0004_people.sql")),
    (5, "health", include_str!("migrations/0005_health.sql")),
    (6, "pace", include_str!("migrations/0006_pace.sql")),
    (9, "ailing", include_str!("migrations/0009_ailing.sql")),
    (10, "about", include_str!("migrations/0010_about.sql")),
    (11, "articles", include_str!("migrations/0011_articles.sql")),
    (12, "repairs", include_str!("migrations/0012_repairs.sql")),
    (13, "keys", include_str!("migrations/0013_keys.sql")),
    (14, "labels", include_str!("migrations/0014_labels.sql")),
    (15, "rests", include_str!("migrations/0015_rests.sql")),
    (16, "trial", include_str!("migrations/0016_trial.sql")),
];

/// What a file is that SQLite finds faults in.
pub(super) const DAMAGED: &str = "it is damaged or cut off";

/// What a file is that does not begin as SQLite's files do.
const ALIEN: &str = "it is no SQLite database";

/// How long a connection waits for another process that writes (a backup, an operator's command).
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a writer waits for the writers before it: a first round of many sources is a long queue.
const WAIT_FOR_TURN: Duration = Duration::from_mins(10);

/// How a transaction begins that may write: it waits for its turn here, not at its first statement.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// Connections that read while one writes.
const READERS: u32 = 4;

/// How much of the database each of them keeps in memory, in SQLite's way of writing KiB; usual are 2,000. The system
/// keeps it as well, and rounds of polls take no longer.
const READERS_CACHE: &str = "-400";

/// An open database.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) readers: SqlitePool,
    pub(super) writer: SqlitePool,
}

impl Store {
    /// Opens the database at `path` for a daemon: makes it where there is none, takes the lock,
    /// brings the schema up to date. Whoever gets the lock back must keep it as long as the store.
    pub async fn open(path: &Path) -> Result<(Self, StateLock), StoreError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder)
                .map_err(|source| StoreError::Folder { path: folder.to_owned(), source })?;
        }
        let lock = StateLock::take(path)?;
        let finished =
            replace::finish(path).map_err(|source| StoreError::Folder { path: path.to_owned(), source })?;
        if finished {
            tracing::warn!("a backup was being put back when that was cut off; it is the state now");
        }
        if let Some(place) = vacant(path)? {
            make(&place).await?;
        }
        check_header(path)?;
        refuse_unfit(path, Health::Checked).await?;
        let store = Self::connect(path).await?;
        migrate(&store.writer, path).await?;
        Ok((store, lock))
    }

    /// Opens an existing database beside a daemon that may be running, to change something; never makes or migrates
    /// one. Who only looks uses [`Store::look`].
    pub async fn open_beside(path: &Path) -> Result<Self, StoreError> {
        replace::refuse_half_replaced(path)?;
        std::fs::metadata(path).map_err(|error| missing(path, &error))?;
        check_header(path)?;
        refuse_unfit(path, Health::Assumed).await?;
        Self::connect(path).await
    }

    pub(super) async fn connect(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        let pool = |most: u32| {
            SqlitePoolOptions::new()
                .max_connections(most)
                .idle_timeout(None)
                .max_lifetime(None)
                // A connection in this process is there as long as the pool; to ask it is a way for nothing.
                .test_before_acquire(false)
                .acquire_timeout(WAIT_FOR_TURN)
        };
        let writer =
            pool(1).connect_with(options.clone()).await.map_err(|error| cannot_open(path, &error))?;
        let readers = pool(READERS).connect_lazy_with(options.pragma("cache_size", READERS_CACHE));
        Ok(Self { readers, writer })
    }

    /// Begins a transaction that may write. There is one writer: a second call waits for the first.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let begun = match self.writer.begin_with(BEGIN).await {
            // Where the disk is full, SQLite itself takes back what could not be committed. The driver
            // does not learn of it and counts a transaction that is no more, on this connection for ever.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                self.writer.begin_with(BEGIN).await?
            }
            begun => begun?,
        };
        Ok(Transaction::new(begun))
    }

    /// Closes every connection, so that the write-ahead log is folded into the database.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Where a new database is to be made: what `path` names, or leads to, where there is none. A log without its database
/// is refused: told to begin afresh, the daemon would send again what it has sent.
fn vacant(path: &Path) -> Result<Option<PathBuf>, StoreError> {
    match std::fs::metadata(path) {
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(source) => return Err(StoreError::Folder { path: path.to_owned(), source }),
    }
    let mut place = path.to_owned();
    while let Ok(next) = std::fs::read_link(&place) {
        place = replace::folder_of(&place).join(next);
    }
    match ["-wal", "-journal"].map(|side| beside(&place, side)).into_iter().find(|side| holds_something(side))
    {
        Some(path) => {
            Err(StoreError::NotADatabase { path, detail: "it belongs to one that is gone".to_owned() })
        }
        None => Ok(Some(place)),
    }
}

/// Makes the database at `path`, whose lock is held, where there is none. It gets its name when it is whole and on the
/// disk: so none that is there was ever empty, whenever this was killed.
async fn make(path: &Path) -> Result<(), StoreError> {
    let trouble = |source| StoreError::Folder { path: path.to_owned(), source };
    // Where a link led here, what was killed at it lies here, too.
    clear_away(path);
    let unfinished = Unfinished::beside(path);
    unfinished.make().map_err(trouble)?;
    // Nothing of it is needed before that, so that there is nothing to take back.
    let options = SqliteConnectOptions::new()
        .filename(&unfinished.0)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off)
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .map_err(|error| cannot_open(path, &error))?;
    let made = migrate(&pool, path).await;
    pool.close().await;
    made?;
    put_in_place(&unfinished.0, path).map_err(trouble)
}

/// Refuses a file that does not start as SQLite's files do, before anything could write to it.
pub(super) fn check_header(path: &Path) -> Result<(), StoreError> {
    use std::io::Read;
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(StoreError::Folder { path: path.to_owned(), source }),
    };
    let mut header = Vec::with_capacity(16);
    file.by_ref()
        .take(16)
        .read_to_end(&mut header)
        .map_err(|source| StoreError::Folder { path: path.to_owned(), source })?;
    let detail = match header.as_slice() {
        b"SQLite format 3\0" => return Ok(()),
        [] => "it is empty, as no state ever is",
        _ => ALIEN,
    };
    Err(StoreError::NotADatabase { path: path.to_owned(), detail: detail.to_owned() })
}

/// Whether the whole file is read through before it is used, and brought up to date. A daemon does so
/// once, at its start; a command that only looks would make its user wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    Checked,
    Assumed,
}

/// A connection that does not write, unless a rollback journal must be played back first: that of a process which
/// was killed when it had just made the file. Without that SQLite lets nobody read it.
fn reading(path: &Path) -> SqliteConnectOptions {
    let interrupted = beside(path, "-journal").exists();
    to_look(path).read_only(!interrupted)
}

/// A connection that cannot write.
pub(super) fn to_look(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
}

/// Refuses a damaged file, another program's, and a schema that this binary does not know.
pub(super) async fn refuse_unfit(path: &Path, health: Health) -> Result<(), StoreError> {
    refuse_unfit_in(path, &reading(path), health).await
}

/// The same, of a file that is there, by a connection made so.
pub(super) async fn refuse_unfit_in(
    path: &Path,
    options: &SqliteConnectOptions,
    health: Health,
) -> Result<(), StoreError> {
    let mut connection =
        SqliteConnection::connect_with(options).await.map_err(|error| cannot_open(path, &error))?;
    let ours: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('_sqlx_migrations', 'story')",
    )
    .fetch_one(&mut connection)
    .await
    .map_err(|error| cannot_open(path, &error))?;
    let any: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&mut connection)
        .await
        .map_err(|error| cannot_open(path, &error))?;
    if ours == 0 && any > 0 {
        let detail = "it belongs to another program".to_owned();
        return Err(StoreError::NotADatabase { path: path.to_owned(), detail });
    }
    if health == Health::Checked {
        let found: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut connection)
            .await
            .map_err(|error| cannot_open(path, &error))?;
        if found != "ok" {
            let detail = format!("{DAMAGED}: {}", found.replace('\n', " "));
            return Err(StoreError::NotADatabase { path: path.to_owned(), detail });
        }
    }
    let found: i64 = match ours {
        0 => 0,
        _ => sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
            .fetch_one(&mut connection)
            .await
            .map_err(|error| cannot_open(path, &error))?,
    };
    let known = MIGRATIONS.iter().map(|step| step.0).max().unwrap_or_default();
    if found > known {
        return Err(StoreError::TooNew { path: path.to_owned(), found, known });
    }
    if found < known && health == Health::Assumed {
        return Err(StoreError::TooOld { path: path.to_owned(), found, known });
    }
    connection.close().await.map_err(|error| cannot_open(path, &error))
}

pub(super) async fn migrate(writer: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let steps = MIGRATIONS
        .iter()
        .map(|(version, name, sql)| {
            let sql = sqlx::SqlSafeStr::into_sql_str(*sql);
            Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
        })
        .collect();
    Migrator::with_migrations(steps).run(writer).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::Execute(error)
        | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => cannot_open(path, &error),
        other => StoreError::NotADatabase { path: path.to_owned(), detail: other.to_string() },
    })
}

/// The name of a file that SQLite keeps beside a database.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Tells a file that is damaged from one that cannot be reached.
pub(super) fn cannot_open(path: &Path, error: &sqlx::Error) -> StoreError {
    let path: PathBuf = path.to_owned();
    match spoilt(error) {
        Some(detail) => StoreError::NotADatabase { path, detail },
        None => StoreError::CannotOpen { path, detail: in_words(error) },
    }
}

/// What is wrong with a file where that is what SQLite says.
pub(super) fn spoilt(error: &sqlx::Error) -> Option<String> {
    match primary(error)? {
        CORRUPT => Some(format!("{DAMAGED} ({})", in_words(error))),
        NO_DATABASE => Some(ALIEN.to_owned()),
        _ => None,
    }
}
