//! Receipts: who has a message, and who has seen it.

pub use crate::entity::receipt::Model as Receipt;
use crate::store::sealed::Connected;
use crate::{Address, MessageId, Reads, ReceiptState, StoreError, WriteTx, sql};

/// Stores how far somebody got with a message; whether that is further than before. It never goes back.
///
/// # Errors
/// [`StoreError::Constraint`] if the message does not exist.
pub async fn record(
    tx: &WriteTx,
    message: MessageId,
    address: &Address,
    state: ReceiptState,
    stamp_us: i64,
) -> Result<bool, StoreError> {
    const PUT: &str = "INSERT INTO receipt (message_id, address, state, stamp_us) VALUES (?, ?, ?, ?)
        ON CONFLICT (message_id, address) DO UPDATE SET state = excluded.state, stamp_us = excluded.stamp_us
        WHERE state < excluded.state";
    let values = vec![message.into(), address.clone().into(), state.into(), stamp_us.into()];
    Ok(sql::execute(tx.db(), PUT, values).await? > 0)
}

/// How far everybody got with a message, by time.
///
/// # Errors
/// What reading failed with.
pub async fn of_message(tx: &impl Reads, message: MessageId) -> Result<Vec<Receipt>, StoreError> {
    const QUERY: &str = "SELECT * FROM receipt WHERE message_id = ? ORDER BY stamp_us, address";
    sql::all(tx.db(), QUERY, vec![message.into()]).await
}
