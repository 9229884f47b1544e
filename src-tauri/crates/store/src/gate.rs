//! What stands before every transaction of a store, for simulations of it.

use std::future::Future;
use std::pin::Pin;

/// Kept for as long as a transaction lasts.
pub type Pass = Box<dyn Send + Sync>;

/// Stands before every transaction of a [guarded](crate::Store::guarded) store.
///
/// A database works on threads of its own, of which a simulated clock knows nothing: a gate can hold that clock for as long as
/// a transaction lasts. And it can let nobody through any more, which is what the end of the process between two transactions
/// looks like from the file.
pub trait Gate: Send + Sync + 'static {
    /// Waits until a transaction may begin.
    fn enter(&self, kind: TransactionKind) -> Pin<Box<dyn Future<Output = Pass> + Send + '_>>;
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionKind {
    /// It only reads.
    Read,
    /// It may write.
    Write,
}
