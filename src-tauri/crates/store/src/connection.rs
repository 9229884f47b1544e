//! A connection in the middle of a transaction, and what follows when the file fails it.
//!
//! SQLite undoes a whole transaction by itself when the disk is full or cannot be read
//! (<https://www.sqlite.org/lang_transaction.html>, section 3), and sqlx does not notice: it goes on counting the transaction as open, and
//! what is written after that is neither durable nor visible to others. So a transaction in which a statement failed runs no
//! other statement and is not committed, and its connection is never used again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, ExecResult, QueryResult, Statement};

use crate::StoreError;
use crate::transaction_hook::{Point, TransactionHook, TransactionKind};

/// What is known of the file: how it failed last, and which connections must not be used any more.
#[derive(Debug, Default)]
pub(crate) struct Health {
    failure: Mutex<Option<StoreError>>,
    writer_is_spoilt: AtomicBool,
    readers_are_spoilt: AtomicBool,
    is_closed: AtomicBool,
}

impl Health {
    /// Notes an error if it is one of the file, and not of what was asked of it.
    pub(crate) fn note(&self, kind: TransactionKind, error: StoreError) {
        if !error.is_failure() {
            return;
        }
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(error);
        self.spoilt(kind).store(true, Ordering::SeqCst);
    }

    /// The first failure since this was asked the last time.
    pub(crate) fn take_failure(&self) -> Option<StoreError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether the connections of that kind must be opened anew; whoever asks does so.
    pub(crate) fn take_spoilt(&self, kind: TransactionKind) -> bool {
        self.spoilt(kind).swap(false, Ordering::SeqCst)
    }

    /// The file was closed on purpose.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }

    /// The connections of that kind must not be used any more.
    pub(crate) fn spoil(&self, kind: TransactionKind) {
        self.spoilt(kind).store(true, Ordering::SeqCst);
    }

    fn spoilt(&self, kind: TransactionKind) -> &AtomicBool {
        match kind {
            TransactionKind::Read => &self.readers_are_spoilt,
            TransactionKind::Write => &self.writer_is_spoilt,
        }
    }
}

/// A transaction's connection.
pub struct Connection {
    inner: DatabaseTransaction,
    kind: TransactionKind,
    hook: Option<Arc<dyn TransactionHook>>,
    health: Arc<Health>,
    /// What a statement of the transaction failed with.
    failed: OnceLock<StoreError>,
}

impl Connection {
    pub(crate) fn new(
        inner: DatabaseTransaction,
        kind: TransactionKind,
        hook: Option<Arc<dyn TransactionHook>>,
        health: Arc<Health>,
    ) -> Self {
        Self {
            inner,
            kind,
            hook,
            health,
            failed: OnceLock::new(),
        }
    }

    pub(crate) async fn execute(&self, statement: Statement) -> Result<ExecResult, StoreError> {
        self.run(self.inner.execute_raw(statement)).await
    }

    pub(crate) async fn all(&self, statement: Statement) -> Result<Vec<QueryResult>, StoreError> {
        self.run(self.inner.query_all_raw(statement)).await
    }

    pub(crate) async fn first(&self, statement: Statement) -> Result<Option<QueryResult>, StoreError> {
        self.run(self.inner.query_one_raw(statement)).await
    }

    /// What was read, which may turn out to be nothing that this app has written.
    pub(crate) fn decoded<T>(&self, read: Result<T, DbErr>) -> Result<T, StoreError> {
        read.map_err(|error| self.note(error.into()))
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        let committed = match self.begin_at(Point::Commit).await {
            Ok(()) => self.inner.commit().await.map_err(StoreError::from),
            Err(error) => Err(error),
        };
        // Whatever it is: of a transaction that was not committed nothing is known any more.
        committed.inspect_err(|error| {
            self.health.note(self.kind, *error);
            self.health.spoil(self.kind);
        })
    }

    pub(crate) async fn roll_back(self) -> Result<(), StoreError> {
        if let Some(error) = self.failed.get() {
            return Err(*error);
        }
        let undone = self.inner.rollback().await.map_err(StoreError::from);
        undone.inspect_err(|error| {
            self.health.note(self.kind, *error);
            self.health.spoil(self.kind);
        })
    }

    async fn run<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, StoreError> {
        self.begin_at(Point::Statement).await?;
        // Whoever waits may stop waiting, and then nobody learns how it went.
        let unfinished = Unfinished(self);
        let done = work.await;
        std::mem::forget(unfinished);
        done.map_err(|error| self.note(error.into()))
    }

    /// Whether the transaction still stands, and the disk works at this point of it.
    async fn begin_at(&self, point: Point) -> Result<(), StoreError> {
        if let Some(error) = self.failed.get() {
            return Err(*error);
        }
        match self.hook.as_ref().and_then(|hook| hook.failure(self.kind, point)) {
            None => Ok(()),
            Some(error) => {
                // As SQLite does by itself.
                let _is_undone = self.inner.execute_unprepared("ROLLBACK").await;
                Err(self.note(error))
            }
        }
    }

    fn note(&self, error: StoreError) -> StoreError {
        if error.is_failure() {
            let _is_first = self.failed.set(error);
            self.health.note(self.kind, error);
        }
        error
    }
}

/// A statement of which nobody has learnt how it ended.
struct Unfinished<'a>(&'a Connection);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        self.0.health.spoil(self.0.kind);
    }
}
