//! A hook before every use of the database file, for simulations of it.

use std::future::Future;
use std::pin::Pin;

use crate::StoreError;

/// Held by a transaction until it ends.
pub type HookGuard = Box<dyn Send + Sync>;

/// Runs before every transaction of a store [with a hook](crate::Store::with_hook).
///
/// A database works on threads of its own, which a simulated clock does not know: a hook can hold that clock while a transaction
/// lasts. A hook that never returns looks to the file like the end of the process between two transactions, and a hook can play a
/// failing disk.
pub trait TransactionHook: Send + Sync + 'static {
    /// Waits until a transaction may begin.
    fn before_begin(&self, kind: TransactionKind) -> Pin<Box<dyn Future<Output = HookGuard> + Send + '_>>;

    /// Returns the simulated failure of the disk at this point, if any.
    fn failure(&self, kind: TransactionKind, point: Point) -> Option<StoreError> {
        let _works = (kind, point);
        None
    }
}

/// The kind of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionKind {
    /// It only reads.
    Read,
    /// It may write.
    Write,
}

/// A point of a transaction at which the store uses the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The transaction begins.
    Begin,
    /// It runs a statement.
    Statement,
    /// It commits.
    Commit,
}
