//! The read pointer: everything up to it has been seen. It only moves forward, and only by what the user did (sync.md R11).

use wardline_store::messages::Message;
use wardline_store::{
    ConversationBox, ConversationId, ConversationKind, Direction, MessageId, StoreError, WriteTx, conversations,
    messages,
};
use wardline_xmpp::ids::MessageId as WireId;
use wardline_xmpp::jid::Jid;
use wardline_xmpp::message::{MarkerKind, MessageKind as Sort, marker};

use super::Engine;
use super::changes::Changes;
use super::ingest::Target;
use crate::view::CommandError;

/// The first messages of a conversation on this computer have come, from position `first` on. Where nothing told how far
/// they were read (an own message, a marker of another own device), a pointer is set here once.
///
/// One-to-one they count as unread: better said twice than missed. In a team that nobody spoke in for us, they count as
/// read: a new computer must not begin with hundreds of unread messages that were read long ago on the old one.
pub(super) async fn begin(tx: &WriteTx, target: Target, first: i64) -> Result<(), StoreError> {
    let Some(conversation) = conversations::get(tx, target.conversation).await? else {
        return Ok(());
    };
    if conversation.read_position.is_some() {
        return Ok(());
    }
    let position = match target.kind {
        ConversationKind::Person => first.saturating_sub(1),
        ConversationKind::Team => messages::last_position(tx, target.conversation).await?.unwrap_or(first),
    };
    conversations::advance_read(tx, target.conversation, position, None).await?;
    Ok(())
}

/// A message gets another place in the thread, as a live one does when the archive proves where it stands. The pointer goes
/// with it: what was read stays read, and what was not stays unread. An own message is never unread: when it moves, others
/// neither become read nor unread by it, unless the pointer stands on it.
pub(super) async fn follow(
    tx: &WriteTx,
    conversation: ConversationId,
    message: &Message,
    to: i64,
) -> Result<(), StoreError> {
    let from = message.position;
    let Some(with) = conversations::get(tx, conversation).await? else {
        return Ok(());
    };
    let Some(read) = with.read_position else { return Ok(()) };
    let stands_on_it = with.read_message_id == Some(message.id) || read == from;
    let from_others = message.direction == Direction::Incoming;
    if stands_on_it || (from_others && from <= read && read < to) {
        conversations::replace_read(tx, conversation, to, Some(message.id)).await
    } else if from_others && to <= read && read < from {
        conversations::replace_read(tx, conversation, to.saturating_sub(1), None).await
    } else {
        Ok(())
    }
}

/// Counts anew what the chat list says about a conversation after its thread changed.
pub(super) async fn refresh(
    tx: &WriteTx,
    conversation: ConversationId,
    changes: &mut Changes,
) -> Result<(), StoreError> {
    conversations::refresh_last(tx, conversation).await?;
    let with = conversations::get(tx, conversation).await?;
    if with.is_some_and(|with| with.shown_in == ConversationBox::Hidden && with.last_message_id.is_some()) {
        conversations::set_box(tx, conversation, ConversationBox::Inbox).await?;
    }
    conversations::recount_unread(tx, conversation).await?;
    changes.row(conversation);
    Ok(())
}

impl Engine {
    /// The user has seen everything up to that message.
    pub(super) async fn mark_read(
        &mut self,
        conversation: ConversationId,
        message: MessageId,
    ) -> Result<(), CommandError> {
        let tx = self.store.begin().await?;
        let seen = messages::get(&tx, message)
            .await?
            .filter(|seen| seen.conversation_id == conversation);
        let seen = seen.ok_or(CommandError::NotFound)?;
        let with = conversations::get(&tx, conversation)
            .await?
            .ok_or(CommandError::NotFound)?;
        // A local echo stands at the end whatever comes before it: it says nothing about what has been seen.
        if seen.position >= messages::PENDING_BASE
            || !conversations::advance_read(&tx, conversation, seen.position, Some(message)).await?
        {
            return Ok(());
        }
        let mut changes = Changes::default();
        conversations::recount_unread(&tx, conversation).await?;
        changes.row(conversation);
        let ids = wardline_store::aliases::of_message(&tx, message).await?;
        tx.commit().await?;
        self.committed(changes).await?;
        let Ok(to) = with.address.parse::<Jid>() else {
            return Ok(());
        };
        let id = ids
            .iter()
            .find(|alias| alias.kind == wardline_store::AliasKind::MessageId);
        if let Some(id) = id.and_then(|alias| WireId::new(alias.value.as_str()))
            && self.online()
        {
            let kind = match with.kind {
                ConversationKind::Person => Sort::Chat,
                ConversationKind::Team => Sort::GroupChat,
            };
            // One's own other devices learn it from this marker too. If it gets lost, the next one says the same.
            let _lost_with_the_session = self.session.send(marker(to, kind, MarkerKind::Displayed, id)).await;
        }
        Ok(())
    }
}
