//! What a person decides about a conversation: kept at the top, muted, put aside, marked as unread.

use wardline_store::{ConversationBox as StoredBox, ConversationId, conversations};

use super::Engine;
use super::changes::Changes;
use crate::view::{CommandError, ConversationBox, ConversationChange, MUTED_FOR_EVER, ReadThrough};

impl Engine {
    /// Decides something about a conversation.
    pub(super) async fn decide(
        &mut self,
        conversation: ConversationId,
        change: ConversationChange,
    ) -> Result<(), CommandError> {
        let tx = self.store.begin().await?;
        match change {
            ConversationChange::Pin { pinned } => conversations::set_pinned(&tx, conversation, pinned).await?,
            ConversationChange::Mute { until } => {
                conversations::set_muted(&tx, conversation, until.map(end_of_mute)).await?;
            }
            ConversationChange::Move { to } => conversations::set_box(&tx, conversation, stored(to)).await?,
            ConversationChange::MarkUnread => conversations::set_marked_unread(&tx, conversation, true).await?,
        }
        tx.commit().await?;
        let mut changes = Changes::default();
        changes.row(conversation);
        self.committed(changes).await?;
        Ok(())
    }

    /// Marks conversations as read, each up to a message. One that is gone meanwhile stops nothing.
    pub(super) async fn mark_all_read(&mut self, through: Vec<ReadThrough>) -> Result<(), CommandError> {
        for ReadThrough { conversation, message } in through {
            match self.mark_read(conversation.into(), message.into()).await {
                Ok(()) | Err(CommandError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Microseconds of the time at which a conversation is no longer muted.
fn end_of_mute(millis: i64) -> i64 {
    if millis >= MUTED_FOR_EVER {
        i64::MAX
    } else {
        millis.saturating_mul(1_000)
    }
}

fn stored(shown_in: ConversationBox) -> StoredBox {
    match shown_in {
        ConversationBox::Inbox => StoredBox::Inbox,
        ConversationBox::Archive => StoredBox::Archive,
    }
}
