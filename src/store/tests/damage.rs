//! What a file must not be, and that it is left as it was.

use super::*;
use rstest::rstest;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use std::fs;
use std::path::Path;

async fn refused(path: &Path) -> StoreError {
    Store::open(path).await.map(|_| ()).expect_err("refused")
}

#[rstest]
#[case::text(b"not a database at all, but a letter".as_slice())]
#[case::short(b"x".as_slice())]
#[case::header_alone(b"SQLite format 3\0and then nothing that makes sense".as_slice())]
#[tokio::test]
async fn a_file_that_is_no_database_is_left_as_it_is(#[case] bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("news.db");
    fs::write(&path, bytes).expect("written");
    let error = refused(&path).await;
    assert!(matches!(error, StoreError::NotADatabase { .. }), "{error}");
    assert!(!error.is_temporary());
    assert_eq!(fs::read(&path).expect("read"), bytes);
}

#[tokio::test]
async fn a_database_of_another_program_is_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("other.db");
    SqlitePool::connect_with(SqliteConnectOptions::new().filename(&path).create_if_missing(true))
        .await
        .expect("made")
        .execute_all("CREATE TABLE recipes (name TEXT)")
        .await;
    let before = fs::read(&path).expect("read");
    let error = refused(&path).await;
    assert!(error.to_string().contains("another program"), "{error}");
    assert_eq!(fs::read(&path).expect("read"), before);
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_both_versions() {
    let Fixture { store, folder, .. } = Fixture::new().await;
    let path = folder.path().join("state/news.db");
    let mut transaction = store.begin().await.expect("a transaction");
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (99, 'later', TRUE, x'00', 0)",
    )
    .execute(transaction.connection())
    .await
    .expect("inserted");
    transaction.commit().await.expect("committed");
    store.close().await;
    let error = refused(&path).await;
    assert!(matches!(error, StoreError::TooNew { found: 99, known: 6, .. }), "{error}");
}

#[tokio::test]
async fn an_older_schema_is_brought_up_to_date_by_the_daemon_and_by_nobody_else() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("news.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.expect("made");
    let first = sqlx::migrate::Migration::new(
        1,
        "initial".into(),
        sqlx::migrate::MigrationType::Simple,
        sqlx::SqlSafeStr::into_sql_str(include_str!("../migrations/0001_initial.sql")),
        false,
    );
    sqlx::migrate::Migrator::with_migrations(vec![first]).run(&pool).await.expect("migrated");
    sqlx::query(
        "INSERT INTO item (source, revision, content, title, summary, first_seen, last_seen, assessment, score) \
         VALUES ('News', 1, 'x', 'Norway and Kenya sign treaty', '', 0, 0, '{}', 0)",
    )
    .execute(&pool)
    .await
    .expect("an item");
    pool.close().await;
    let error = Store::open_beside(&path).await.expect_err("refused");
    assert!(matches!(error, StoreError::TooOld { found: 1, known: 6, .. }), "{error}");
    let (store, _lock) = Store::open(&path).await.expect("brought up to date");
    let found: i64 = sqlx::query_scalar("SELECT rowid FROM item_words WHERE item_words MATCH 'kenya'")
        .fetch_one(&store.readers)
        .await
        .expect("what was there is found by its words");
    assert_eq!(found, 1);
    store.close().await;
    Store::open_beside(&path).await.expect("looking is allowed now").close().await;
}

#[tokio::test]
async fn a_second_daemon_is_refused_until_the_first_has_ended() {
    let fixture = Fixture::new().await;
    let path = fixture.folder.path().join("state/news.db");
    let error = refused(&path).await;
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    assert!(error.is_temporary());
    Store::open_beside(&path).await.expect("looking is allowed").close().await;
    let fixture = fixture.reopen().await;
    fixture.store.close().await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("written");
    let error = refused(&file.join("state/news.db")).await;
    assert!(matches!(error, StoreError::Folder { .. }), "{error}");
    assert!(error.to_string().contains("file/state"), "{error}");
}

#[tokio::test]
async fn looking_does_not_make_a_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("news.db");
    assert!(Store::open_beside(&path).await.is_err());
    assert!(!path.exists());
}

/// Runs statements on a pool; only for making foreign files.
trait ExecuteAll {
    async fn execute_all(self, sql: &'static str);
}

impl ExecuteAll for SqlitePool {
    async fn execute_all(self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self).await.expect("executed");
        self.close().await;
    }
}
