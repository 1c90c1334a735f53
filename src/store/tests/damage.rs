//! What a file must not be, and that it is left as it was.

use super::*;
use rstest::rstest;
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
    sqlx::sqlite::SqlitePool::connect_with(
        sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true),
    )
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
    assert!(matches!(error, StoreError::TooNew { found: 99, known: 2, .. }), "{error}");
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

impl ExecuteAll for sqlx::sqlite::SqlitePool {
    async fn execute_all(self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self).await.expect("executed");
        self.close().await;
    }
}
