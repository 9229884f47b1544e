//! Drafts: unfinished text, one per conversation.

use crate::store::sealed::Connected;
use crate::{ConversationId, StoreError, Text, WriteTx, sql};

/// Stores the draft of a conversation; an empty one is removed. Whether that changed anything.
///
/// # Errors
/// [`StoreError::Constraint`] if the conversation does not exist.
pub async fn set(tx: &WriteTx, conversation: ConversationId, body: &Text, now_us: i64) -> Result<bool, StoreError> {
    const PUT: &str = "INSERT INTO draft (conversation_id, body, updated_us) VALUES (?, ?, ?)
        ON CONFLICT (conversation_id) DO UPDATE SET body = excluded.body, updated_us = excluded.updated_us
        WHERE body IS NOT excluded.body";
    if body.is_empty() {
        return clear(tx, conversation).await;
    }
    Ok(sql::execute(
        tx.db(),
        PUT,
        vec![conversation.into(), body.clone().into(), now_us.into()],
    )
    .await?
        > 0)
}

/// Removes the draft of a conversation; whether there was one.
///
/// # Errors
/// What writing failed with.
pub async fn clear(tx: &WriteTx, conversation: ConversationId) -> Result<bool, StoreError> {
    Ok(sql::execute(
        tx.db(),
        "DELETE FROM draft WHERE conversation_id = ?",
        vec![conversation.into()],
    )
    .await?
        > 0)
}
