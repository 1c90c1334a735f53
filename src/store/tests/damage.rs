//! What a file must not be, and that it is left as it was.

use super::*;
use crate::store::open::{Health, refuse_unfit};
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
#[case::empty(b"".as_slice())]
#[case::header_alone(b"SQLite format 3\0and then nothing that makes sense".as_slice())]
#[tokio::test]
async fn a_file_that_is_no_database_is_left_as_it_is(#[case] bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("news.db");
    fs::write(&path, bytes).expect("written");
    let error = refused(&path).await;
    assert!(matches!(error, StoreError::NotADatabase { .. }), "{error}");
    assert!(!error.is_temporary());
    for error in [
        Store::open_beside(&path).await.map(|_| ()).expect_err("refused"),
        Store::look(&path, async |_| Ok::<_, StoreError>(())).await.expect_err("refused"),
    ] {
        assert!(matches!(error, StoreError::NotADatabase { .. }), "{error}");
    }
    assert_eq!(fs::read(&path).expect("read"), bytes);
}

/// Whoever was told to begin afresh would send again what was sent.
#[rstest]
#[case::its_log("news.db-wal")]
#[case::its_journal("news.db-journal")]
#[tokio::test]
async fn what_speaks_of_a_database_that_is_gone_is_refused(#[case] left: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, left) = (folder.path().join("news.db"), folder.path().join(left));
    fs::write(&left, "what was written last").expect("written");
    let error = refused(&path).await.to_string();
    assert!(error.contains(&left.display().to_string()) && error.contains("gone"), "{error}");
    assert!(!path.exists() && left.exists());
    fs::remove_file(left).expect("moved away");
    Store::open(&path).await.expect("begun afresh").0.close().await;
}

/// Killed while it made its first state, there or where a link leads to.
#[rstest]
#[case::there(None)]
#[case::elsewhere(Some("news.db"))]
#[tokio::test]
async fn a_state_that_a_kill_left_in_the_making_is_made_anew(#[case] linked: Option<&str>) {
    let (folder, links) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let path = linked.map_or_else(|| folder.path().join("news.db"), |name| links.path().join(name));
    if linked.is_some() {
        std::os::unix::fs::symlink(folder.path().join("news.db"), &path).expect("linked");
    }
    for name in ["news.db.71.unfinished", "news.db.72.unfinished"] {
        fs::write(folder.path().join(name), "").expect("written");
    }
    let (store, _lock) = Store::open(&path).await.expect("made");
    store.close().await;
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).expect("read").map(|entry| entry.expect("read").file_name()).collect();
    left.sort();
    // The lock is known by the name of the state, and lies beside that.
    assert_eq!(left, if linked.is_some() { vec!["news.db"] } else { vec!["news.db", "news.db.lock"] });
    assert_eq!(path.is_symlink(), linked.is_some(), "a link stays one");
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
    assert!(matches!(error, StoreError::TooNew { found: 99, known: 16, .. }), "{error}");
}

/// A database of an older version, which knows the first steps of the schema alone.
async fn older(path: &Path, steps: &[&'static str]) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.expect("made");
    let names = ["initial", "stories", "delivery"];
    let steps = steps.iter().zip(names).zip(1..).map(|((sql, name), version)| {
        let sql = sqlx::SqlSafeStr::into_sql_str(*sql);
        let kind = sqlx::migrate::MigrationType::Simple;
        sqlx::migrate::Migration::new(version, name.into(), kind, sql, false)
    });
    sqlx::migrate::Migrator::with_migrations(steps.collect()).run(&pool).await.expect("migrated");
    pool
}

#[tokio::test]
async fn an_older_schema_is_brought_up_to_date_by_the_daemon_and_by_nobody_else() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("news.db");
    let pool = older(&path, &[include_str!("../migrations/0001_initial.sql")]).await;
    sqlx::query(
        "INSERT INTO item (source, revision, content, title, summary, first_seen, last_seen, assessment, score) \
         VALUES ('News', 1, 'x', 'Norway and Kenya sign treaty', '', 0, 0, '{}', 0)",
    )
    .execute(&pool)
    .await
    .expect("an item");
    sqlx::query(
        "INSERT INTO item_key (hash, kind, item) VALUES \
         ('00112233445566778899aabbccddeeff', 'guid', 1), ('0123456789abcdef0123456789abcdef', 'url', 1)",
    )
    .execute(&pool)
    .await
    .expect("its keys");
    pool.close().await;
    let error = Store::open_beside(&path).await.expect_err("refused");
    assert!(matches!(error, StoreError::TooOld { found: 1, known: 16, .. }), "{error}");
    let error = Store::look(&path, async |_| Ok::<_, StoreError>(())).await.expect_err("refused");
    assert!(matches!(error, StoreError::TooOld { found: 1, known: 16, .. }), "{error}");
    let (store, _lock) = Store::open(&path).await.expect("brought up to date");
    let found: i64 = sqlx::query_scalar("SELECT rowid FROM item_words WHERE item_words MATCH 'kenya'")
        .fetch_one(&store.readers)
        .await
        .expect("what was there is found by its words");
    assert_eq!(found, 1);
    let mut transaction = store.begin().await.expect("a transaction");
    let keys = transaction.item_keys(ItemId(1)).await.expect("asked");
    let keys: Vec<_> = keys.iter().map(|key| (key.kind.as_str(), key.hash.to_string())).collect();
    let known = [
        ("guid", "00112233445566778899aabbccddeeff".to_owned()),
        ("url", "0123456789abcdef0123456789abcdef".to_owned()),
    ];
    assert_eq!(keys, known, "and it is known by what it was known by");
    drop(transaction);
    store.close().await;
    Store::look(&path, async |_| Ok::<_, StoreError>(())).await.expect("looking is allowed now");
}

/// As a crash in the middle of it: the statements before the one that fails have been done.
#[tokio::test]
async fn a_step_of_the_schema_that_fails_leaves_nothing_of_itself() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("news.db");
    let pool = older(&path, &[include_str!("../migrations/0001_initial.sql")]).await;
    sqlx::query("CREATE TABLE item_edit (in_the_way TEXT)").execute(&pool).await.expect("made");
    pool.close().await;
    Store::open(&path).await.map(|_| ()).expect_err("the second step makes that table");

    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(&path)).await.expect("opened");
    let steps: i64 =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&pool).await.expect("read");
    let half: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'story_mute'")
        .fetch_one(&pool)
        .await
        .expect("read");
    assert_eq!((steps, half), (1, 0));
    sqlx::query("DROP TABLE item_edit").execute(&pool).await.expect("dropped");
    pool.close().await;
    let (store, _lock) = Store::open(&path).await.expect("brought up to date");
    store.close().await;
}

#[tokio::test]
async fn who_left_under_one_spelling_of_the_address_has_left_under_all_since_ever() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("news.db");
    let steps = [
        include_str!("../migrations/0001_initial.sql"),
        include_str!("../migrations/0002_stories.sql"),
        include_str!("../migrations/0003_delivery.sql"),
    ];
    let pool = older(&path, &steps).await;
    for sql in [
        "INSERT INTO subscription (address, token, added, unsubscribed) \
         VALUES ('desk@example.org', '00000000000000000000000000000001', 1, 5)",
        "INSERT INTO subscription (address, token, added, confirmed) \
         VALUES ('Desk@Example.org', '00000000000000000000000000000002', 9, 3)",
        "INSERT INTO subscription (address, token, added) \
         VALUES ('Other@example.org', '00000000000000000000000000000003', 1)",
        "INSERT INTO watch_left (address, watch, since) VALUES ('desk@example.org', 'Iran', 1), \
         ('Desk@Example.org', 'Iran', 2), ('Desk@Example.org', 'Cuba', 2), ('Other@example.org', 'Cuba', 2)",
        "INSERT INTO item (source, revision, content, title, summary, first_seen, last_seen, assessment, score) \
         VALUES ('News', 1, 'x', 'x', '', 0, 0, '{}', 0)",
        "INSERT INTO story (revision, lead, relations, first_seen, last_seen) VALUES (1, 1, '[]', 0, 0)",
        "INSERT INTO delivery (channel, address, message_id, subject, bytes, state, created, due) VALUES \
         ('smtp', 'Desk@Example.org', 'a', '', x'', 'sent', 0, 0), ('webhook', 'Desk', 'b', '', x'', 'sent', 0, 0)",
        "INSERT INTO alert (story, subscriber, revision, watches, created, due, delivery) VALUES \
         (1, 'Desk@Example.org', 1, '[]', 0, 0, 1), (1, 'desk@example.org', 1, '[]', 0, 0, NULL), \
         (1, 'Other@example.org', 1, '[]', 0, 0, NULL), (1, 'webhook:Desk', 1, '[]', 0, 0, 2)",
        "INSERT INTO story_mute (story, subscriber, since) \
         VALUES (1, 'Desk@Example.org', 0), (1, 'desk@example.org', 0)",
        "INSERT INTO delivery (purpose, channel, address, message_id, subject, bytes, state, created, due) \
         SELECT 'operator', 'smtp', 'ops@example.org', who, 'sanctionwatch: a subscriber is suspended', CAST( \
         'X: y' || char(13, 10, 13, 10) || who || ' was refused 3 ti=' || char(13, 10) || 'mes' AS BLOB), 'sent', 0, 0 \
         FROM (SELECT 'Desk@exam=' || char(13, 10) || 'ple.org' AS who UNION SELECT 'newsdesk@example.org')",
    ] {
        sqlx::query(sql).execute(&pool).await.expect("written");
    }
    pool.close().await;

    let (store, _lock) = Store::open(&path).await.expect("brought up to date");
    let people = store.subscriptions().await.expect("listed");
    let known: Vec<_> = people.iter().map(|one| (one.address.as_str(), one.left.len())).collect();
    assert_eq!(known, [("desk@example.org", 2), ("other@example.org", 1)]);
    assert_eq!(people[0].standing(true), Standing::Unsubscribed);
    assert!(people[0].confirmed.is_some() && people[0].token.as_str().ends_with('2'), "{people:?}");
    let waiting = store.waiting_alerts().await.expect("waiting");
    let waiting: Vec<_> = waiting.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(waiting, ["other@example.org"], "what was told is not told again");
    let mut transaction = store.begin().await.expect("a transaction");
    let gone = transaction.forget(&people[0].address).await.expect("forgotten");
    assert_eq!(gone, Forgotten { subscription: true, alerts: 1, deliveries: 1 });
    transaction.commit().await.expect("committed");
    let left = store.list_deliveries(None, None, 9).await.expect("listed");
    let left: Vec<_> = left.iter().map(|one| one.message_id.as_str()).collect();
    assert_eq!(left, ["newsdesk@example.org", "b"], "and the notice about somebody else is kept");
}

#[tokio::test]
async fn a_second_daemon_is_refused_until_the_first_has_ended() {
    let fixture = Fixture::new().await;
    let path = fixture.folder.path().join("state/news.db");
    let error = refused(&path).await;
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    assert!(error.is_temporary());
    Store::look(&path, async |_| Ok::<_, StoreError>(())).await.expect("looking is allowed");
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
    assert!(Store::look(&path, async |_| Ok::<_, StoreError>(())).await.is_err());
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

/// A daemon was killed when it had just made its file and not yet brought it to write-ahead logging: a rollback
/// journal lies beside it, and only who may write can read it.
#[tokio::test]
async fn what_a_kill_left_half_made_is_taken_back_and_used() {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
    use sqlx::{ConnectOptions, Connection};
    let folder = tempfile::tempdir().expect("a folder");
    let (made, left) = (folder.path().join("made.db"), folder.path().join("left.db"));
    let options = SqliteConnectOptions::new()
        .filename(&made)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Delete)
        .pragma("cache_size", "1");
    let mut connection = options.connect().await.expect("a database");
    // More than the cache holds, so that pages are written before the commit, which never comes.
    sqlx::query("CREATE TABLE _sqlx_migrations (version BIGINT, text TEXT)")
        .execute(&mut connection)
        .await
        .expect("made");
    sqlx::query("BEGIN").execute(&mut connection).await.expect("begun");
    sqlx::query(
        "WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 500) \
         INSERT INTO _sqlx_migrations SELECT 1, hex(randomblob(2000)) FROM many",
    )
    .execute(&mut connection)
    .await
    .expect("written");
    fs::copy(&made, &left).expect("copied");
    fs::copy(folder.path().join("made.db-journal"), folder.path().join("left.db-journal"))
        .expect("a journal lies beside it");
    connection.close().await.expect("closed");

    let options = SqliteConnectOptions::new().filename(&left).read_only(true);
    let mut reader = options.connect().await.expect("opened");
    let refused = sqlx::query("SELECT count(*) FROM _sqlx_migrations").execute(&mut reader).await;
    assert!(refused.is_err(), "this test is about a file that cannot be read without writing");
    drop(reader);
    let connection = refuse_unfit(&left, Health::Checked).await;
    assert!(connection.is_ok(), "{connection:?}");
    assert!(!folder.path().join("left.db-journal").exists(), "SQLite has taken back what was not committed");
}

#[tokio::test]
async fn only_who_says_so_is_signalled() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("news.db");
    assert_eq!(StateLock::holder(&path).expect("looked"), None, "nobody");
    let lock = StateLock::take(&path).expect("taken");
    assert_eq!(StateLock::holder(&path).expect("looked"), None, "somebody who would be ended by a signal");
    lock.say_who().expect("said");
    assert_eq!(StateLock::holder(&path).expect("looked").map(u32::from), Some(std::process::id()));
    assert!(matches!(StateLock::take(&path), Err(StoreError::InUse { .. })));
    drop(lock);
    let _next = StateLock::take(&path).expect("taken by the next");
    assert_eq!(StateLock::holder(&path).expect("looked"), None, "the one before is not named any more");
}
