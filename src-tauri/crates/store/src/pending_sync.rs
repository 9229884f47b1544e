//! Changes made on this computer that the server has not confirmed yet.
//!
//! A row is written in the transaction of the change and removed when the server has confirmed it, so that a change made without a
//! connection, or before a crash, reaches the server in a later session. There is one row of a kind per conversation: a newer change
//! replaces an older one that is still waiting.

use sea_orm::{FromQueryResult, Value};

use crate::store::sealed::Connected;
use crate::{ConversationId, PendingSyncKind, Reads, StoreError, Text, WriteTx, sql};

/// A change that waits for the server's confirmation.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct PendingSync {
    /// The conversation that it changes.
    pub conversation_id: ConversationId,
    /// What it changes.
    pub kind: PendingSyncKind,
    /// The change in the SDK's form.
    pub value: Text,
}

/// Stores a pending change in place of an older one of its kind.
///
/// # Errors
/// [`StoreError::Constraint`] if the conversation does not exist.
pub async fn put(tx: &WriteTx, pending: PendingSync) -> Result<(), StoreError> {
    const PUT: &str = "INSERT INTO pending_sync (conversation_id, kind, value) VALUES (?, ?, ?)
        ON CONFLICT (conversation_id, kind) DO UPDATE SET value = excluded.value";
    let PendingSync {
        conversation_id,
        kind,
        value,
    } = pending;
    sql::execute(tx.db(), PUT, vec![conversation_id.into(), kind.into(), value.into()]).await?;
    Ok(())
}

/// Returns whether a change of a conversation is pending.
///
/// # Errors
/// What reading failed with.
pub async fn exists(tx: &impl Reads, conversation: ConversationId, kind: PendingSyncKind) -> Result<bool, StoreError> {
    const QUERY: &str = "SELECT EXISTS (SELECT 1 FROM pending_sync WHERE conversation_id = ? AND kind = ?)";
    Ok(sql::value(tx.db(), QUERY, vec![conversation.into(), kind.into()]).await? == Some(true))
}

/// Lists the pending changes of these kinds, by conversation, then kind.
///
/// # Errors
/// What reading failed with.
pub async fn list(tx: &impl Reads, kinds: &[PendingSyncKind]) -> Result<Vec<PendingSync>, StoreError> {
    let query = format!(
        "SELECT * FROM pending_sync WHERE kind IN ({}) ORDER BY conversation_id, kind",
        sql::marks(kinds.len())
    );
    sql::all(tx.db(), &query, kinds.iter().map(|kind| Value::from(*kind)).collect()).await
}

/// Removes a pending change, whatever its value.
///
/// # Errors
/// What writing failed with.
pub async fn remove(tx: &WriteTx, conversation: ConversationId, kind: PendingSyncKind) -> Result<(), StoreError> {
    const DELETE: &str = "DELETE FROM pending_sync WHERE conversation_id = ? AND kind = ?";
    sql::execute(tx.db(), DELETE, vec![conversation.into(), kind.into()]).await?;
    Ok(())
}

/// Removes a change that the server has confirmed. A newer change of its kind stays pending: the server does not have it yet.
///
/// # Errors
/// What writing failed with.
pub async fn remove_unchanged(tx: &WriteTx, confirmed: &PendingSync) -> Result<(), StoreError> {
    const DELETE: &str = "DELETE FROM pending_sync WHERE conversation_id = ? AND kind = ? AND value = ?";
    let values = vec![
        confirmed.conversation_id.into(),
        confirmed.kind.into(),
        confirmed.value.clone().into(),
    ];
    sql::execute(tx.db(), DELETE, values).await?;
    Ok(())
}
