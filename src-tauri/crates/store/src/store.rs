//! The open store and its transactions.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::gate::{Gate, Pass, TransactionKind};
use crate::open::{self, Origin};
use crate::{DatabaseKey, StoreError, aside};

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
    writer: DatabaseConnection,
    readers: DatabaseConnection,
    /// Who may write. A queue of its own, so that waiting for one's turn has no deadline and is first come, first served.
    turn: Arc<Mutex<()>>,
    gate: Option<Arc<dyn Gate>>,
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
    /// Whatever the error, a file that exists is left as it is; see [`move_aside`](Self::move_aside).
    pub async fn open(path: &Path, key: &DatabaseKey) -> Result<Opened, StoreError> {
        let (writer, readers, origin) = open::open(path, key).await?;
        let store = Self {
            writer,
            readers,
            turn: Arc::default(),
            gate: None,
        };
        Ok(Opened { store, origin })
    }

    /// The same store with a gate before each of its transactions.
    #[must_use]
    pub fn guarded(self, gate: Arc<dyn Gate>) -> Self {
        Self {
            gate: Some(gate),
            ..self
        }
    }

    async fn pass(&self, kind: TransactionKind) -> Option<Pass> {
        match &self.gate {
            Some(gate) => Some(gate.enter(kind).await),
            None => None,
        }
    }

    /// Renames a database that cannot be opened, with its write-ahead log, so that a new one can be made in its place.
    /// Where the old one is now is the answer. It must not be open.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the files cannot be renamed.
    pub async fn move_aside(path: &Path) -> Result<PathBuf, StoreError> {
        aside::move_aside(path).await
    }

    /// Begins the one write transaction, after those that asked earlier have ended. Dropping it rolls back.
    ///
    /// # Errors
    /// [`StoreError::Closed`]; [`StoreError::Busy`] if another process writes.
    pub async fn begin(&self) -> Result<WriteTx, StoreError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let pass = self.pass(TransactionKind::Write).await;
        // Taking the write lock at once: a transaction that first reads and then writes can then never fail half-way.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self.writer.begin_with_options(options).await?;
        Ok(WriteTx {
            inner,
            _turn: turn,
            _pass: pass,
        })
    }

    /// Begins a read transaction: one consistent snapshot, as of its first query. It neither waits for the writer nor
    /// holds it up. Keep it short: while one is open the write-ahead log cannot shrink, and there are only four.
    ///
    /// # Errors
    /// [`StoreError::Closed`]; [`StoreError::Busy`] if all readers are taken for half a minute.
    pub async fn read(&self) -> Result<ReadTx, StoreError> {
        let pass = self.pass(TransactionKind::Read).await;
        Ok(ReadTx {
            inner: self.readers.begin().await?,
            _pass: pass,
        })
    }

    /// Looks through the whole file for damage. Takes seconds for a large one; readers and writers go on meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], or what reading failed with.
    pub async fn check(&self) -> Result<(), StoreError> {
        let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA quick_check(1)");
        let verdict: Option<String> = match self.readers.query_one_raw(statement).await? {
            Some(row) => Some(row.try_get_by_index(0)?),
            None => None,
        };
        if verdict.as_deref() == Some("ok") {
            Ok(())
        } else {
            Err(StoreError::Damaged)
        }
    }

    /// Waits for the current write transaction, moves the write-ahead log into the file and closes it. Transactions
    /// begun later fail with [`StoreError::Closed`]. The files may be removed afterwards.
    ///
    /// # Errors
    /// What writing the file failed with; it is closed nevertheless, and nothing committed is lost.
    pub async fn close(&self) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        self.readers.close_by_ref().await?;
        let emptied = self.writer.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await;
        self.writer.close_by_ref().await?;
        match emptied.map_err(StoreError::from) {
            Ok(_) | Err(StoreError::Closed) => Ok(()),
            Err(error) => Err(error),
        }
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
    inner: DatabaseTransaction,
    // After `inner`: the turn passes on once the roll-back is on its way.
    _turn: OwnedMutexGuard<()>,
    _pass: Option<Pass>,
}

impl WriteTx {
    /// Makes everything of this transaction permanent, all at once. It survives the end of the process; after a power
    /// cut the newest transactions may be gone, the others are whole.
    ///
    /// # Errors
    /// [`StoreError::Full`] or [`StoreError::Io`]: nothing of it is permanent.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit().await?)
    }

    /// Undoes everything of this transaction, and waits until it is undone.
    ///
    /// # Errors
    /// What the database failed with; it is undone nevertheless.
    pub async fn roll_back(self) -> Result<(), StoreError> {
        Ok(self.inner.rollback().await?)
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
    inner: DatabaseTransaction,
    _pass: Option<Pass>,
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

pub(crate) mod sealed {
    use sea_orm::DatabaseTransaction;

    /// The connection behind a transaction; for this crate only.
    pub trait Connected {
        /// The connection.
        fn db(&self) -> &DatabaseTransaction;
    }

    impl Connected for super::ReadTx {
        fn db(&self) -> &DatabaseTransaction {
            &self.inner
        }
    }

    impl Connected for super::WriteTx {
        fn db(&self) -> &DatabaseTransaction {
            &self.inner
        }
    }
}
