//! Entries that a server with an inbox counts as unread: messages, events about messages, and the addition of the user to a team.

use crate::{Address, ConversationId, Direction, Mention, Reads, StoreError, sql};

/// Where a server stood that counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpTo {
    /// The place in the thread of the last message that is counted.
    pub message: i64,
    /// Unix microseconds up to which all else is counted.
    pub else_us: i64,
}

/// When the `n`th newest thing was said that others said in a conversation up to somewhere, corrections, reactions and retractions
/// included, Unix microseconds. `None`: there are not so many here.
///
/// # Errors
/// What reading failed with.
pub async fn nth_from_end(
    tx: &impl Reads,
    conversation: ConversationId,
    own: &Address,
    up_to: UpTo,
    n: u32,
) -> Result<Option<i64>, StoreError> {
    const QUERY: &str = "SELECT at FROM (
            SELECT position AS at FROM message
                WHERE conversation_id = ?1 AND (direction = ?6 OR direction = ?7 AND mention = ?8)
                  AND position <= ?2
            UNION ALL
            SELECT m.retracted_us FROM message AS m
                WHERE m.conversation_id = ?1 AND m.direction = ?6 AND m.retracted_us <= ?3
                  AND m.retracted_us > m.stamp_us
            UNION ALL
            SELECT r.stamp_us FROM revision AS r JOIN message AS m ON m.id = r.message_id
                WHERE m.conversation_id = ?1 AND r.sender_address <> ?4 AND r.stamp_us <= ?3)
        ORDER BY at DESC LIMIT 1 OFFSET ?5";
    let values = vec![
        conversation.into(),
        up_to.message.into(),
        up_to.else_us.into(),
        own.clone().into(),
        n.saturating_sub(1).into(),
        Direction::Incoming.into(),
        Direction::Neither.into(),
        Mention::Me.into(),
    ];
    sql::value(tx.db(), QUERY, values).await
}
