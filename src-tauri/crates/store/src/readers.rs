//! Who has read how far in a team.

use sea_orm::FromQueryResult;

use crate::store::sealed::Connected;
use crate::{Address, ConversationId, MessageId, Reads, StoreError, WriteTx, sql};

/// Somebody in a team, and up to where they have read.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Reader {
    /// Who: a bare address, or the address in the team where only that is known.
    pub address: Address,
    /// Position of the last message that they have seen.
    pub position: i64,
    /// When they said so.
    pub stamp_us: i64,
}

/// Part of a thread that somebody has newly read: after one position, up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewlyRead {
    /// Everything up to here was read before.
    pub after: i64,
    /// Everything up to here has been read now.
    pub up_to: i64,
}

/// Somebody has seen everything up to a message. `None`: they had before; this never goes back.
///
/// # Errors
/// [`StoreError::Constraint`] if the conversation does not exist.
pub async fn advance(
    tx: &WriteTx,
    conversation: ConversationId,
    address: &Address,
    message: MessageId,
    stamp_us: i64,
) -> Result<Option<NewlyRead>, StoreError> {
    const HELD: &str = "SELECT m.position FROM reader AS r JOIN message AS m ON m.id = r.message_id
        WHERE r.conversation_id = ? AND r.address = ?";
    const POSITION: &str = "SELECT position FROM message WHERE id = ? AND conversation_id = ?";
    const PUT: &str = "INSERT OR REPLACE INTO reader (conversation_id, address, message_id, stamp_us)
        VALUES (?, ?, ?, ?)";
    let who = || vec![conversation.into(), address.clone().into()];
    let Some(up_to) = sql::value::<i64>(tx.db(), POSITION, vec![message.into(), conversation.into()]).await? else {
        return Ok(None);
    };
    let held: Option<i64> = sql::value(tx.db(), HELD, who()).await?;
    if held.is_some_and(|held| held >= up_to) {
        return Ok(None);
    }
    let mut values = who();
    values.extend([message.into(), stamp_us.into()]);
    sql::execute(tx.db(), PUT, values).await?;
    Ok(Some(NewlyRead {
        after: held.unwrap_or(i64::MIN),
        up_to,
    }))
}

/// Everybody who has read anything in a team, by time.
///
/// # Errors
/// What reading failed with.
pub async fn list(tx: &impl Reads, conversation: ConversationId) -> Result<Vec<Reader>, StoreError> {
    const QUERY: &str = "SELECT r.address, m.position, r.stamp_us FROM reader AS r
        JOIN message AS m ON m.id = r.message_id WHERE r.conversation_id = ? ORDER BY r.stamp_us, r.address";
    sql::all(tx.db(), QUERY, vec![conversation.into()]).await
}
