//! Opening the file: encryption, settings of the connections, schema.

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::sqlx::{self, ConnectOptions, Connection};
use sea_orm::{DatabaseConnection, SqlxSqliteConnector};

use crate::{DatabaseKey, StoreError, aside, migrate};

/// How a database was found when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// There was none; it is new and empty.
    Created,
    /// It was there.
    Existing,
    /// It was there with an older schema and was brought up to date.
    Migrated {
        /// The version it had.
        from: i64,
    },
}

const READERS: u32 = 4;
/// For another process that writes; within this one nobody ever waits for a lock of the file.
const BUSY: Duration = Duration::from_secs(5);

pub(crate) async fn open(
    path: &Path,
    key: &DatabaseKey,
) -> Result<(DatabaseConnection, DatabaseConnection, Origin), StoreError> {
    ensure_encrypting().await?;
    aside::move_leftovers(path).await?;
    create_private(path).await?;

    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(writing(path, key))
        .await?;
    let origin = match migrate::migrate(&writer).await {
        Ok(origin) => origin,
        Err(error) => {
            writer.close().await;
            return Err(error);
        }
    };
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_lazy_with(reading(path, key));
    Ok((
        SqlxSqliteConnector::from_sqlx_sqlite_pool(writer),
        SqlxSqliteConnector::from_sqlx_sqlite_pool(readers),
        origin,
    ))
}

/// Asks the library before any file is touched: without SQLCipher, `PRAGMA key` is silently ignored.
async fn ensure_encrypting() -> Result<(), StoreError> {
    start_cipher();
    let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().in_memory(true)).await?;
    let version: Option<String> = sqlx::query_scalar("PRAGMA cipher_version")
        .fetch_optional(&mut connection)
        .await?;
    connection.close().await?;
    match version {
        Some(version) if !version.is_empty() => Ok(()),
        _ => Err(StoreError::NotEncrypting),
    }
}

/// OpenSSL would take itself apart when the process ends, under the hands of threads that are just closing a database. Started
/// like this, before SQLCipher starts it, it stays whole to the end.
#[cfg(not(target_os = "macos"))]
fn start_cipher() {
    openssl_sys::init();
}

#[cfg(target_os = "macos")]
fn start_cipher() {}

/// SQLite gives its log and index files the permissions of the database, so it is enough to create that one well.
async fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    match options.open(path).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn common(path: &Path, key: &DatabaseKey) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        // sqlx sends this one first, as SQLCipher needs. The copy that it keeps lives as long as the pool.
        .pragma("key", key.pragma_value().to_string())
        .foreign_keys(true)
        .busy_timeout(BUSY)
        // Sorting and temporary tables would otherwise go to files of their own.
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", "-8000")
        // Statements and their values must not reach a log.
        .disable_statement_logging()
}

fn writing(path: &Path, key: &DatabaseKey) -> SqliteConnectOptions {
    common(path, key)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        // Statements for many rows come in nine sizes each; see `sql::batches`.
        .statement_cache_capacity(256)
        // What a page touches lies all over the index of ids. Each database page that is not at hand is decrypted and verified again,
        // which costs more than all the rest.
        .pragma("cache_size", "-24000")
        .pragma("secure_delete", "ON")
        .pragma("wal_autocheckpoint", "4000")
        .pragma("journal_size_limit", "16777216")
}

fn reading(path: &Path, key: &DatabaseKey) -> SqliteConnectOptions {
    // Rows come over in few large batches: the chat list of a whole hospital is 10,000 of them.
    common(path, key)
        .read_only(true)
        .pragma("query_only", "ON")
        .row_buffer_size(1000)
}
