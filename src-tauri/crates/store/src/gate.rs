//! What stands before everything that a store asks of its file, for simulations of it.

use std::future::Future;
use std::pin::Pin;

use crate::StoreError;

/// Kept for as long as a transaction lasts.
pub type Pass = Box<dyn Send + Sync>;

/// Stands before every transaction of a [guarded](crate::Store::guarded) store.
///
/// A database works on threads of its own, of which a simulated clock knows nothing: a gate can hold that clock for as long as
/// a transaction lasts. It can let nobody through any more, which is what the end of the process between two transactions
/// looks like from the file. And it can be the disk that fails.
pub trait Gate: Send + Sync + 'static {
    /// Waits until a transaction may begin.
    fn enter(&self, kind: TransactionKind) -> Pin<Box<dyn Future<Output = Pass> + Send + '_>>;

    /// What the disk fails with at this point, if it fails.
    fn failure(&self, kind: TransactionKind, point: Point) -> Option<StoreError> {
        let _works = (kind, point);
        None
    }
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionKind {
    /// It only reads.
    Read,
    /// It may write.
    Write,
}

/// A point of a transaction at which the file is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// It begins.
    Begin,
    /// It runs a statement.
    Statement,
    /// It is made permanent.
    Commit,
}
