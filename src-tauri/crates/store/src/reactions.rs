//! Reactions to messages.

use sea_orm::FromQueryResult;

use crate::store::sealed::Connected;
use crate::{Address, MessageId, Reads, StoreError, Text, WriteTx, sql};

/// A reaction to a message.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Reaction {
    /// To which.
    pub message_id: MessageId,
    /// Whose.
    pub sender_address: Address,
    /// The emoji.
    pub emoji: Text,
    /// When.
    pub stamp_us: i64,
}

/// Stores somebody's reactions to a message in place of their earlier ones. Whether others are newer is for
/// [`crate::revisions`] to say.
///
/// # Errors
/// [`StoreError::Constraint`] if the message does not exist.
pub async fn replace(
    tx: &WriteTx,
    message: MessageId,
    sender: &Address,
    emoji: &[Text],
    stamp_us: i64,
) -> Result<(), StoreError> {
    const CLEAR: &str = "DELETE FROM reaction WHERE message_id = ? AND sender_address = ?";
    const INSERT: &str = "INSERT INTO reaction (message_id, sender_address, emoji, stamp_us) VALUES (?, ?, ?, ?)
        ON CONFLICT DO NOTHING";
    let whose = || vec![message.into(), sender.clone().into()];
    sql::execute(tx.db(), CLEAR, whose()).await?;
    for one in emoji {
        let values = vec![
            message.into(),
            sender.clone().into(),
            one.clone().into(),
            stamp_us.into(),
        ];
        sql::execute(tx.db(), INSERT, values).await?;
    }
    Ok(())
}

/// The reactions to these messages, by message, then time.
///
/// # Errors
/// What reading failed with.
pub async fn of_messages(tx: &impl Reads, messages: &[MessageId]) -> Result<Vec<Reaction>, StoreError> {
    let mut reactions = Vec::new();
    for chunk in messages.chunks(500) {
        let query = format!(
            "SELECT * FROM reaction WHERE message_id IN ({}) ORDER BY message_id, stamp_us, sender_address, emoji",
            sql::marks(chunk.len())
        );
        reactions.extend(sql::all(tx.db(), &query, chunk.iter().map(|id| (*id).into()).collect()).await?);
    }
    Ok(reactions)
}
