//! Opening the file: encryption, settings of the connections, schema.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::sqlx::{self, ConnectOptions, Connection, SqlitePool};
use sea_orm::{DatabaseConnection, SqlxSqliteConnector};

use crate::{DatabaseKey, StoreError, migrate, quarantine};

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

/// A database file, and how its connections are opened.
#[derive(Clone)]
pub(crate) struct DatabaseFile {
    pub(crate) path: PathBuf,
    writing: SqliteConnectOptions,
    reading: SqliteConnectOptions,
    identity: Option<Identity>,
}

impl DatabaseFile {
    fn new(path: &Path, key: &DatabaseKey) -> Self {
        Self {
            path: path.to_owned(),
            writing: writing(path, key),
            reading: reading(path, key),
            identity: None,
        }
    }

    /// Whether the file is still where it was: an open one can be written to after it was removed, and all of that is lost.
    pub(crate) fn ensure_there(&self) -> Result<(), StoreError> {
        match Identity::of(&self.path) {
            Ok(identity) if Some(identity) == self.identity => Ok(()),
            Ok(_) => Err(StoreError::Gone),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(StoreError::Gone),
            Err(error) => Err(error.into()),
        }
    }

    /// The connection that writes, opened now.
    pub(crate) async fn writer(&self) -> Result<SqlitePool, StoreError> {
        let only = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false);
        Ok(only.connect_with(self.writing.clone()).await?)
    }

    /// The connections that read, each opened when it is needed.
    pub(crate) fn readers(&self) -> DatabaseConnection {
        let few = SqlitePoolOptions::new()
            .max_connections(READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false);
        SqlxSqliteConnector::from_sqlx_sqlite_pool(few.connect_lazy_with(self.reading.clone()))
    }
}

/// Which file it is, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Identity {
    #[cfg(unix)]
    fn of(path: &Path) -> std::io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        let file = std::fs::metadata(path)?;
        Ok(Self {
            device: file.dev(),
            inode: file.ino(),
        })
    }

    /// Elsewhere an open file cannot be removed.
    #[cfg(not(unix))]
    fn of(path: &Path) -> std::io::Result<Self> {
        std::fs::metadata(path).map(|_| Self {})
    }
}

/// Opens the database at `path`, or makes it; with its writing connection.
pub(crate) async fn open(
    path: &Path,
    key: &DatabaseKey,
) -> Result<(DatabaseFile, DatabaseConnection, Origin), StoreError> {
    ensure_encrypting().await?;
    open_anew(&DatabaseFile::new(path, key)).await
}

/// Connections that read a file as it is.
pub(crate) fn readers_of(path: &Path, key: &DatabaseKey) -> DatabaseConnection {
    DatabaseFile::new(path, key).readers()
}

/// Opens a database under its key, or makes it where there is none.
pub(crate) async fn open_anew(file: &DatabaseFile) -> Result<(DatabaseFile, DatabaseConnection, Origin), StoreError> {
    quarantine::move_leftovers(&file.path).await?;
    create_private(&file.path).await?;
    let mut file = file.clone();
    let (writer, origin) = migrated(&file).await?;
    file.identity = Some(Identity::of(&file.path)?);
    Ok((file, writer, origin))
}

/// The writing connection of a database that is of the newest version.
pub(crate) async fn migrated(file: &DatabaseFile) -> Result<(DatabaseConnection, Origin), StoreError> {
    let writer = file.writer().await?;
    match migrate::migrate(&writer).await {
        Ok(origin) => Ok((SqlxSqliteConnector::from_sqlx_sqlite_pool(writer), origin)),
        Err(error) => {
            writer.close().await;
            Err(error)
        }
    }
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
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
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
