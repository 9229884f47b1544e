//! What a server counts that keeps an inbox: not messages alone, but everything about them, too.

use crate::{Address, ConversationId, Reads, StoreError, sql};

/// When the `n`th newest thing was said that others said in a conversation up to a time, corrections, reactions and retractions
/// included, Unix microseconds. `None`: there are not so many here.
///
/// # Errors
/// What reading failed with.
pub async fn nth_from_end(
    tx: &impl Reads,
    conversation: ConversationId,
    own: &Address,
    up_to: i64,
    n: u32,
) -> Result<Option<i64>, StoreError> {
    const QUERY: &str = "SELECT at FROM (
            SELECT position AS at FROM message
                WHERE conversation_id = ?1 AND displayable = 1 AND direction = 1 AND position <= ?2
            UNION ALL
            SELECT m.retracted_us FROM message AS m
                WHERE m.conversation_id = ?1 AND m.displayable = 1 AND m.direction = 1 AND m.retracted_us <= ?2
                  AND m.retracted_us > m.stamp_us
            UNION ALL
            SELECT r.stamp_us FROM revision AS r JOIN message AS m ON m.id = r.message_id
                WHERE m.conversation_id = ?1 AND r.sender_address <> ?3 AND r.stamp_us <= ?2)
        ORDER BY at DESC LIMIT 1 OFFSET ?4";
    let values = vec![
        conversation.into(),
        up_to.into(),
        own.clone().into(),
        n.saturating_sub(1).into(),
    ];
    sql::value(tx.db(), QUERY, values).await
}
