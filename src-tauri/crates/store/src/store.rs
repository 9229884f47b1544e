//! The open store and its transactions.

use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::connection::{Connection, Health};
use crate::open::{self, DatabaseFile, Origin};
use crate::transaction_hook::{HookGuard, Point, TransactionHook, TransactionKind};
use crate::{DatabaseKey, StoreError, quarantine, sql};

/// A store that has just been opened, and how it was found.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The store.
    pub store: Store,
    /// How it was found.
    pub origin: Origin,
}

/// An open encrypted database. Cheap to clone; all clones are the same database.
#[derive(Clone)]
pub struct Store {
    file: Arc<DatabaseFile>,
    /// Who may write. A queue of its own, so that waiting for one's turn has no deadline and is first come, first served.
    writer: Arc<Mutex<Writer>>,
    readers: Arc<RwLock<DatabaseConnection>>,
    health: Arc<Health>,
    hook: Option<Arc<dyn TransactionHook>>,
}

/// The connection that writes.
enum Writer {
    Open(DatabaseConnection),
    /// The last one was spoilt, and another could not be opened yet.
    Lost,
    Closed,
}

impl Writer {
    fn open(&self) -> Result<&DatabaseConnection, StoreError> {
        match self {
            Self::Open(connection) => Ok(connection),
            Self::Lost => Err(StoreError::Io { code: 0 }),
            Self::Closed => Err(StoreError::Closed),
        }
    }
}

impl Store {
    /// Opens the database at `path`, creating it where there is none (readable by its owner only), and brings its schema
    /// up to date. The folder must exist.
    ///
    /// # Errors
    /// - [`StoreError::NotADatabase`]: another key, or the beginning of the file is damaged;
    /// - [`StoreError::Damaged`]: damaged elsewhere;
    /// - [`StoreError::Newer`]: written by a newer version of the app;
    /// - [`StoreError::NotEncrypting`]: SQLite was built without SQLCipher;
    /// - [`StoreError::Io`], [`StoreError::Full`], [`StoreError::Busy`]: the file cannot be used now.
    ///
    /// Whatever the error, a file that exists is left as it is; see [`quarantine`](Self::quarantine).
    pub async fn open(path: &Path, key: &DatabaseKey) -> Result<Opened, StoreError> {
        let (file, writer, origin) = open::open(path, key).await?;
        let store = Self {
            readers: Arc::new(RwLock::new(file.readers())),
            file: Arc::new(file),
            writer: Arc::new(Mutex::new(Writer::Open(writer))),
            health: Arc::default(),
            hook: None,
        };
        Ok(Opened { store, origin })
    }

    /// The same store with a hook before each of its transactions.
    #[must_use]
    pub fn with_hook(self, hook: Arc<dyn TransactionHook>) -> Self {
        Self {
            hook: Some(hook),
            ..self
        }
    }

    async fn before_begin(&self, kind: TransactionKind) -> Option<HookGuard> {
        match &self.hook {
            Some(hook) => Some(hook.before_begin(kind).await),
            None => None,
        }
    }

    /// Renames a database that cannot be opened, with its write-ahead log, so that a new one can be made in its place. Returns the new
    /// path of the old one. The database must not be open.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the files cannot be renamed.
    pub async fn quarantine(path: &Path) -> Result<PathBuf, StoreError> {
        quarantine::move_database(path).await
    }

    /// Quarantines this database, whatever it holds, and makes a new one in its place under the same key. Like
    /// [`close`](Self::close) for all clones of this one.
    ///
    /// # Errors
    /// As for [`open`](Self::open) and [`quarantine`](Self::quarantine).
    pub async fn replace(&self) -> Result<Opened, StoreError> {
        // What closing it fails with is lost with it.
        let _is_damaged = self.close().await;
        quarantine::move_database(&self.file.path).await?;
        self.open_anew().await
    }

    /// Opens what is now where this database was when it [was opened](StoreError::Gone), or makes a new one there under the
    /// same key. Like [`close`](Self::close) for all clones of this one.
    ///
    /// # Errors
    /// As for [`replace`](Self::replace).
    pub async fn reopen(&self) -> Result<Opened, StoreError> {
        let _is_gone = self.close().await;
        match self.open_anew().await {
            Err(error) if error.is_loss() => self.replace().await,
            opened => opened,
        }
    }

    async fn open_anew(&self) -> Result<Opened, StoreError> {
        let (file, writer, origin) = open::open_anew(&self.file).await?;
        let store = Self {
            readers: Arc::new(RwLock::new(file.readers())),
            file: Arc::new(file),
            writer: Arc::new(Mutex::new(Writer::Open(writer))),
            health: Arc::default(),
            hook: self.hook.clone(),
        };
        Ok(Opened { store, origin })
    }

    /// What the file failed with first since this was asked the last time. Nothing of a transaction that saw a failure is
    /// permanent; whoever has changed anything else in the belief that it would be must begin again from what is stored.
    #[must_use]
    pub fn take_failure(&self) -> Option<StoreError> {
        self.health.take_failure()
    }

    /// Begins the one write transaction, after those that asked earlier have ended. Dropping it rolls back.
    ///
    /// # Errors
    /// [`StoreError::Closed`]; [`StoreError::Busy`] if another process writes; [`StoreError::Gone`]; and what opening the
    /// file anew fails with, after it had failed before.
    pub async fn begin(&self) -> Result<WriteTx, StoreError> {
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        let guard = self.before_begin(TransactionKind::Write).await;
        let begun = self.begin_on(&mut writer).await;
        match begun.inspect_err(|error| self.health.note(TransactionKind::Write, *error)) {
            Ok(connection) => Ok(WriteTx {
                connection,
                _turn: writer,
                _guard: guard,
            }),
            Err(error) => Err(error),
        }
    }

    async fn begin_on(&self, writer: &mut Writer) -> Result<Connection, StoreError> {
        self.fail_at(TransactionKind::Write)?;
        let is_spoilt = self.health.take_spoilt(TransactionKind::Write);
        if !matches!(writer, Writer::Closed) {
            if is_spoilt && let Writer::Open(spoilt) = std::mem::replace(writer, Writer::Lost) {
                let _is_broken = spoilt.close().await;
            }
            self.file.ensure_there()?;
            if matches!(writer, Writer::Lost) {
                *writer = Writer::Open(open::migrated(&self.file).await?.0);
            }
        }
        // Taking the write lock at once: a transaction that first reads and then writes can then never fail half-way.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = writer.open()?.begin_with_options(options).await?;
        Ok(self.connection(inner, TransactionKind::Write))
    }

    /// Begins a read transaction: one consistent snapshot, as of its first query. It neither waits for the writer nor
    /// holds it up. Keep it short: while one is open the write-ahead log cannot shrink, and there are only four.
    ///
    /// # Errors
    /// [`StoreError::Closed`]; [`StoreError::Busy`] if all readers are taken for half a minute.
    pub async fn read(&self) -> Result<ReadTx, StoreError> {
        let guard = self.before_begin(TransactionKind::Read).await;
        let begun = match self.fail_at(TransactionKind::Read) {
            Ok(()) => self.readers().begin().await.map_err(StoreError::from),
            Err(error) => Err(error),
        };
        let inner = begun.inspect_err(|error| self.health.note(TransactionKind::Read, *error))?;
        Ok(ReadTx {
            connection: self.connection(inner, TransactionKind::Read),
            _guard: guard,
        })
    }

    /// The connections that read: others than those that saw a failure.
    fn readers(&self) -> DatabaseConnection {
        if !self.health.is_closed() && self.health.take_spoilt(TransactionKind::Read) {
            let mut readers = self.readers.write().unwrap_or_else(PoisonError::into_inner);
            *readers = self.file.readers();
        }
        self.readers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fail_at(&self, kind: TransactionKind) -> Result<(), StoreError> {
        let hook = self.hook.as_ref();
        match hook.and_then(|hook| hook.failure(kind, Point::Begin)) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn connection(&self, inner: DatabaseTransaction, kind: TransactionKind) -> Connection {
        Connection::new(inner, kind, self.hook.clone(), Arc::clone(&self.health))
    }

    /// Writes as much as an ordinary transaction may come to, and takes it out again: whether the file can be written to.
    /// The room that this takes stays with the file.
    ///
    /// # Errors
    /// What it cannot be written to for.
    pub async fn probe(&self) -> Result<(), StoreError> {
        const NAME: &str = "probe";
        const WRITE: &str = "INSERT OR REPLACE INTO setting (key, value) VALUES (?, hex(zeroblob(?)))";
        const BYTES: i64 = 128 * 1024;
        let tx = self.begin().await?;
        sql::execute(&tx.connection, WRITE, vec![NAME.into(), BYTES.into()]).await?;
        tx.commit().await?;
        let tx = self.begin().await?;
        sql::execute(&tx.connection, "DELETE FROM setting WHERE key = ?", vec![NAME.into()]).await?;
        tx.commit().await
    }

    /// Looks through the whole file for damage. Takes seconds for a large one; readers and writers go on meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], or what reading failed with.
    pub async fn check(&self) -> Result<(), StoreError> {
        let checked = match self.fail_at(TransactionKind::Read) {
            Ok(()) => Self::quick_check(&self.readers()).await,
            Err(error) => Err(error),
        };
        checked.inspect_err(|_| self.health.spoil(TransactionKind::Read))
    }

    /// Looks through a database for damage that cannot be opened as it should be, and changes nothing.
    ///
    /// # Errors
    /// As for [`check`](Self::check).
    pub async fn check_at(path: &Path, key: &DatabaseKey) -> Result<(), StoreError> {
        let readers = open::readers_of(path, key);
        let looked = Self::quick_check(&readers).await;
        readers.close().await?;
        looked
    }

    async fn quick_check(readers: &DatabaseConnection) -> Result<(), StoreError> {
        let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA quick_check(1)");
        let verdict: Option<String> = match readers.query_one_raw(statement).await? {
            Some(row) => Some(row.try_get_by_index(0)?),
            None => None,
        };
        match verdict.as_deref() {
            Some("ok") => Ok(()),
            _ => Err(StoreError::Damaged),
        }
    }

    /// Waits for the current write transaction, moves the write-ahead log into the file and closes it. Transactions
    /// begun later fail with [`StoreError::Closed`]. The files may be removed afterwards.
    ///
    /// # Errors
    /// What writing the file failed with; it is closed nevertheless, and nothing committed is lost.
    pub async fn close(&self) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        let readers = self.readers();
        self.health.close();
        readers.close_by_ref().await?;
        let Writer::Open(open) = std::mem::replace(&mut *writer, Writer::Closed) else {
            return Ok(());
        };
        let emptied = open.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await;
        open.close().await?;
        emptied?;
        Ok(())
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The connections hold the key.
        f.write_str("Store(..)")
    }
}

/// The write transaction. There is one at a time. Dropping it without [`commit`](Self::commit) undoes it.
#[must_use = "dropping a transaction undoes it"]
pub struct WriteTx {
    connection: Connection,
    // After the connection: the turn passes on once the roll-back is on its way.
    _turn: OwnedMutexGuard<Writer>,
    _guard: Option<HookGuard>,
}

impl WriteTx {
    /// Makes everything of this transaction permanent, all at once. It survives the end of the process; after a power
    /// cut the newest transactions may be gone, the others are whole.
    ///
    /// # Errors
    /// [`StoreError::Full`] or [`StoreError::Io`], also if a statement before failed with it: nothing of it is permanent.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.connection.commit().await
    }

    /// Undoes everything of this transaction, and waits until it is undone.
    ///
    /// # Errors
    /// What the database failed with; it is undone nevertheless.
    pub async fn roll_back(self) -> Result<(), StoreError> {
        self.connection.roll_back().await
    }
}

impl fmt::Debug for WriteTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriteTx(..)")
    }
}

/// A read transaction: one consistent snapshot. Ends when dropped.
#[must_use = "a transaction ends when dropped"]
pub struct ReadTx {
    connection: Connection,
    _guard: Option<HookGuard>,
}

impl fmt::Debug for ReadTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadTx(..)")
    }
}

/// A transaction that can be read in: a [`ReadTx`], or a [`WriteTx`], which sees its own changes.
pub trait Reads: sealed::Connected + Send + Sync {}

impl Reads for ReadTx {}
impl Reads for WriteTx {}
/// Whatever wraps a [`WriteTx`].
impl<T: Deref<Target = WriteTx> + Send + Sync> Reads for T {}

pub(crate) mod sealed {
    use std::ops::Deref;

    use crate::connection::Connection;

    /// The connection behind a transaction; for this crate only.
    pub trait Connected {
        /// The connection.
        fn db(&self) -> &Connection;
    }

    impl Connected for super::ReadTx {
        fn db(&self) -> &Connection {
            &self.connection
        }
    }

    impl Connected for super::WriteTx {
        fn db(&self) -> &Connection {
            &self.connection
        }
    }

    impl<T: Deref<Target = super::WriteTx>> Connected for T {
        fn db(&self) -> &Connection {
            &self.connection
        }
    }
}
