//! Backups: a consistent copy of a database that may be in use, and a copy put back in its place.
//!
//! A copy is whole or not there: it is made under another name, reaches the disk, and only then gets its own.
//! What is put back is what was checked. What stood there before is kept under another name.

use super::look::look;
use super::open::{DAMAGED, Health, beside, check_header, migrate, refuse_unfit, spoilt, to_look};
use super::replace::{
    OWNER_ONLY, SIDES, Unfinished, finish, folder_of, put_in_place, ready, replace, sync_folder,
};
use super::{StateLock, Store, StoreError};
use jiff::Timestamp;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool, SqlitePoolOptions};
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};

/// What is in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// Its size.
    pub bytes: u64,
    /// Items that were read.
    pub items: i64,
    /// Stories that they tell.
    pub stories: i64,
    /// Messages, whatever became of them.
    pub deliveries: i64,
    /// The version of its schema.
    pub schema: i64,
}

/// What was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What is in the state now.
    pub contents: Contents,
    /// Where the state that stood there before is kept; `None` where there was none.
    pub kept: Option<PathBuf>,
}

/// Why a copy was not made or not put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file is there that was not to be overwritten.
    #[error("{0} is there already; --force overwrites it")]
    Exists(PathBuf),
    /// The state was named as its own copy.
    #[error("{0} belongs to the state itself; name another file")]
    Itself(PathBuf),
    /// There is nothing to put back.
    #[error("cannot read {path}")]
    Missing {
        /// The file that was named.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The copy cannot be used. The state was not touched.
    #[error("{path} cannot be restored: {reason}. The present state is as it was")]
    Unfit {
        /// The file that was named.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file cannot be made, read or moved.
    #[error("cannot use {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The state cannot be read, or is in use.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Copies the database at `state` to `copy`, whether or not a daemon writes to it meanwhile. A file that is
    /// there already is overwritten only with `force`.
    pub async fn back_up(state: &Path, copy: &Path, force: bool) -> Result<Contents, BackupError> {
        refuse_own(state, copy)?;
        let unwanted = || copy.symlink_metadata().is_ok() && !force;
        if unwanted() {
            return Err(BackupError::Exists(copy.to_owned()));
        }
        let unfinished = Unfinished::beside(copy);
        unfinished.make().map_err(trouble(&unfinished.0))?;
        let contents =
            look(state, Health::Checked, async |options| copied(&options, &unfinished.0).await).await?;
        if unwanted() {
            return Err(BackupError::Exists(copy.to_owned()));
        }
        put_in_place(&unfinished.0, copy).map_err(trouble(copy))?;
        Ok(contents)
    }

    /// Puts a copy in the place of the database at `state`, once it has proven to be usable: whole, ours, not of
    /// a newer version, and brought up to date. No daemon may run there.
    pub async fn restore(copy: &Path, state: &Path, now: Timestamp) -> Result<Restored, BackupError> {
        File::open(copy).map_err(|source| BackupError::Missing { path: copy.to_owned(), source })?;
        refuse_own(state, copy)?;
        let folder = folder_of(state);
        fs::create_dir_all(folder).map_err(trouble(folder))?;
        let _lock = StateLock::take(state)?;
        finish(state).map_err(trouble(state))?;
        let unfinished = Unfinished::beside(state);
        let checked = &unfinished.0;
        take_over(copy, checked).map_err(trouble(checked))?;
        let contents = made_ready(checked).await.map_err(|error| unfit(copy, error))?;
        look_like_before(state, checked).map_err(trouble(checked))?;
        let kept = keep_aside(state, now)?;
        replace(state, checked).map_err(trouble(state))?;
        Ok(Restored { contents, kept })
    }
}

/// Writes the copy, which reaches the disk, and says what is in it.
async fn copied(state: &SqliteConnectOptions, unfinished: &Path) -> Result<Contents, BackupError> {
    // Nothing is left of a copy that was made while the state changed under it.
    OpenOptions::new().write(true).truncate(true).open(unfinished).map_err(trouble(unfinished))?;
    let name = unfinished.to_str().ok_or_else(|| BackupError::File {
        path: unfinished.to_owned(),
        source: io::Error::new(io::ErrorKind::InvalidFilename, "its name is not UTF-8"),
    })?;
    let mut connection = SqliteConnection::connect_with(state).await.map_err(StoreError::from)?;
    sqlx::query("VACUUM INTO $1").bind(name).execute(&mut connection).await.map_err(StoreError::from)?;
    connection.close().await.map_err(StoreError::from)?;
    File::open(unfinished).and_then(|file| file.sync_all()).map_err(trouble(unfinished))?;
    Ok(contents(unfinished).await?)
}

/// Checks a copy from its first byte to its last and brings it up to date.
async fn made_ready(path: &Path) -> Result<Contents, StoreError> {
    let damaged =
        |detail: &str| StoreError::NotADatabase { path: path.to_owned(), detail: detail.to_owned() };
    check_header(path)?;
    refuse_unfit(path, Health::Checked).await?;
    let store = Store::connect(path).await?;
    let ready = async {
        migrate(&store.writer, path).await?;
        let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&store.writer).await?;
        let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_optional(&store.writer).await?;
        let lacking = lacking(&store.writer).await?;
        match (found.as_str(), dangling, lacking) {
            ("ok", None, None) => Ok(()),
            ("ok", Some(_), None) => Err(damaged("rows of it refer to others that are missing")),
            ("ok", _, Some(name)) => Err(damaged(&format!("it is not whole: {name} is missing"))),
            (found, ..) => Err(damaged(&format!("{DAMAGED}: {}", found.replace('\n', " ")))),
        }
    }
    .await;
    store.close().await;
    ready?;
    contents(path).await
}

/// A table, an index or a trigger of the schema that a database lacks, whatever it says of its version.
async fn lacking(found: &SqlitePool) -> Result<Option<String>, StoreError> {
    let fresh = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    migrate(&fresh, Path::new(":memory:")).await?;
    let mut names = Vec::with_capacity(2);
    for pool in [found, &fresh] {
        let of_one: Vec<String> =
            sqlx::query_scalar("SELECT name FROM sqlite_schema ORDER BY name").fetch_all(pool).await?;
        names.push(of_one.into_iter().collect::<BTreeSet<_>>());
    }
    Ok(names[1].difference(&names[0]).next().cloned())
}

async fn contents(path: &Path) -> Result<Contents, StoreError> {
    let mut connection = SqliteConnection::connect_with(&to_look(path)).await?;
    let (items, stories, deliveries, schema) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM story), (SELECT count(*) FROM delivery), \
         (SELECT coalesce(max(version), 0) FROM _sqlx_migrations)",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    let size = fs::metadata(path).map_err(|source| StoreError::Folder { path: path.to_owned(), source })?;
    Ok(Contents { bytes: size.len(), items, stories, deliveries, schema })
}

/// Whether it is the file that is wrong, or what was done with it.
fn unfit(copy: &Path, error: StoreError) -> BackupError {
    let reason = match error {
        StoreError::NotADatabase { detail, .. } | StoreError::CannotOpen { detail, .. } => detail,
        StoreError::TooNew { found, known, .. } => {
            format!("it was written by a newer sanctionwatch (schema {found}, this one knows {known})")
        }
        StoreError::Sql(error) => match spoilt(&error) {
            Some(detail) => detail,
            None => return StoreError::Sql(error).into(),
        },
        other => return other.into(),
    };
    BackupError::Unfit { path: copy.to_owned(), reason }
}

/// Copies a copy, with what was not folded into it yet: it may have been made by hand.
fn take_over(copy: &Path, checked: &Path) -> io::Result<()> {
    for ending in ["", "-wal", "-journal"] {
        let from = beside(copy, ending);
        if ending.is_empty() || from.exists() {
            let mut made = OpenOptions::new();
            made.write(true).create(true).truncate(true).mode(OWNER_ONLY);
            io::copy(&mut File::open(from)?, &mut made.open(beside(checked, ending))?)?;
        }
    }
    Ok(())
}

/// Gives a file to whom the state belongs: the daemon must be able to write it whoever puts it there.
fn look_like_before(state: &Path, checked: &Path) -> io::Result<()> {
    let before = fs::metadata(state);
    let owner = fs::metadata(folder_of(state))?;
    let owner = before.as_ref().unwrap_or(&owner);
    for path in [checked, &StateLock::file(state)] {
        let own = fs::metadata(path)?;
        if (own.uid(), own.gid()) != (owner.uid(), owner.gid()) {
            chown(path, Some(owner.uid()), Some(owner.gid()))?;
        }
    }
    before.map_or(Ok(()), |before| fs::set_permissions(checked, before.permissions()))
}

/// Gives the files of the state a second name, so that they are whole under it whatever happens next.
fn keep_aside(state: &Path, now: Timestamp) -> Result<Option<PathBuf>, BackupError> {
    if !state.exists() {
        return Ok(None);
    }
    let kept = free_name(state, now)?;
    for (from, to) in parts(state).zip(parts(&kept)) {
        if !from.exists() {
            continue;
        }
        // Not every file system has second names.
        fs::hard_link(&from, &to)
            .or_else(|_| fs::copy(&from, &to).and_then(|_| File::open(&to)?.sync_all()))
            .map_err(trouble(&to))?;
    }
    sync_folder(state).map_err(trouble(state))?;
    Ok(Some(kept))
}

/// A name by the time, and by a number where two fall into one second, that none of a state's files has.
fn free_name(state: &Path, now: Timestamp) -> Result<PathBuf, BackupError> {
    const MOST: u32 = 1_000;
    let time = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let named = |number: u32| match number {
        1 => beside(state, &format!(".{time}")),
        number => beside(state, &format!(".{time}-{number}")),
    };
    let is_free = |name: &PathBuf| parts(name).all(|part| !part.exists());
    (1..=MOST).map(named).find(is_free).ok_or_else(|| BackupError::Exists(named(1)))
}

/// The files that belong to a database, itself first.
fn parts(path: &Path) -> impl Iterator<Item = PathBuf> {
    [""].iter().chain(&SIDES).map(|ending| beside(path, ending))
}

/// Refuses a copy that is, or would become, a file of the state, under whatever name.
fn refuse_own(state: &Path, copy: &Path) -> Result<(), BackupError> {
    let identity = |path: &Path| fs::metadata(path).ok().map(|data| (data.dev(), data.ino()));
    let place = |path: &Path| {
        let folder = folder_of(path);
        fs::canonicalize(folder)
            .unwrap_or_else(|_| folder.to_owned())
            .join(path.file_name().unwrap_or_default())
    };
    let named = identity(copy);
    for path in parts(state).chain([StateLock::file(state), ready(state)]) {
        if place(&path) == place(copy) || (named.is_some() && identity(&path) == named) {
            return Err(BackupError::Itself(copy.to_owned()));
        }
    }
    Ok(())
}

fn trouble(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| BackupError::File { path, source }
}
