//! Receipts: delivery to, and display by, the recipients of a message.

use crate::store::sealed::Connected;
use crate::{Address, MessageId, ReceiptState, StoreError, WriteTx, sql};

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
