//! The read pointer: everything up to it has been seen. It only moves forward, and only by what the user did (sync.md R11).

use wardline_store::{
    ConversationId, ConversationKind, DeliveryState, Direction, MessageId, StoreError, WriteTx, conversations, messages,
};

use super::Engine;
use super::decisions::{self, Matter};
use super::ingest::Target;
use super::transaction::{Effect, Tx};
use crate::view::CommandError;

/// How the first messages of a conversation came to this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// Just now.
    Live,
    /// From the archive.
    Archived,
}

/// The first messages of a conversation on this computer have come, from position `first` on. Where nothing told how far
/// they were read (an own message, a marker of another own device), a pointer is set here once.
///
/// One-to-one they count as unread: better said twice than missed. So does what comes live. The history of a team that nobody
/// spoke in for us counts as read: a new computer must not begin with hundreds of unread messages that were read long ago on the
/// old one.
pub(super) async fn begin(tx: &WriteTx, target: Target, first: i64, came: Came) -> Result<(), StoreError> {
    let Some(conversation) = conversations::get(tx, target.conversation).await? else {
        return Ok(());
    };
    if conversation.read_position.is_some() {
        return Ok(());
    }
    let position = match (target.kind, came) {
        (ConversationKind::Team, Came::Archived) => {
            messages::last_position(tx, target.conversation).await?.unwrap_or(first)
        }
        (ConversationKind::Person, _) | (_, Came::Live) => first.saturating_sub(1),
    };
    conversations::advance_read(tx, target.conversation, position, None).await?;
    Ok(())
}

/// A conversation is known to be empty: whatever comes is new.
pub(super) async fn begin_empty(tx: &WriteTx, conversation: ConversationId) -> Result<(), StoreError> {
    conversations::advance_read(tx, conversation, 0, None).await?;
    Ok(())
}

/// Whether anything in a page of the archive tells how far a conversation was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoken {
    /// A message of our own is in it.
    ByUs,
    ByOthers,
}

/// The archive has told of messages from position `first` on, before what came live first. Where nothing has been read yet the
/// pointer stands before them, as if they had come first; see [`begin`]. Own ones among them move it on.
pub(super) async fn begin_earlier(
    tx: &WriteTx,
    target: Target,
    stood: Standing,
    first: i64,
    spoken: Spoken,
) -> Result<(), StoreError> {
    let is_unread = target.kind == ConversationKind::Person || spoken == Spoken::ByUs;
    if is_unread && matches!(stood.on, On::Place(None)) && first <= stood.position {
        conversations::replace_read(tx, target.conversation, first.saturating_sub(1), None).await?;
    }
    Ok(())
}

/// Where the pointer stands before messages get other places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    position: i64,
    on: On,
}

/// What the pointer stands on.
#[derive(Debug, Clone, Copy)]
enum On {
    /// This message, at that place: somebody said that they have seen it.
    Message(MessageId, i64),
    /// A place; this is the newest message of others up to there.
    Place(Option<(MessageId, i64)>),
}

/// A message that got another place in the thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moved {
    pub(super) message: MessageId,
    pub(super) direction: Direction,
    pub(super) from: i64,
    pub(super) to: i64,
}

/// Where the pointer stands; `None` where it has not been set. Messages that are `new` have not got their place yet and do not
/// count.
pub(super) async fn standing(
    tx: &WriteTx,
    conversation: ConversationId,
    new: &[MessageId],
) -> Result<Option<Standing>, StoreError> {
    let Some(with) = conversations::get(tx, conversation).await? else {
        return Ok(None);
    };
    let Some(position) = with.read_position else {
        return Ok(None);
    };
    if let Some(id) = with.read_message_id
        && let Some(message) = messages::get(tx, id).await?
    {
        let on = On::Message(id, message.position);
        return Ok(Some(Standing { position, on }));
    }
    let newest = messages::last_incoming(tx, conversation, position, new).await?;
    let on = On::Place(newest.map(|place| (place.id, place.position)));
    Ok(Some(Standing { position, on }))
}

/// Messages get other places in the thread, as live ones do when the archive proves where they stand. The pointer goes with them:
/// what was read stays read, and what was not stays unread; one's own messages are neither. All that move at once are looked at together: by the places of
/// some before and of others after, nothing can be told. Where it stands on a message that somebody has seen, it is that message
/// alone that counts: what stood before it may have done so by mistake.
pub(super) async fn follow(
    tx: &WriteTx,
    conversation: ConversationId,
    stood: Standing,
    moved: &[Moved],
) -> Result<(), StoreError> {
    let now = |(message, position): (MessageId, i64)| {
        let moved = moved.iter().find(|moved| moved.message == message);
        (moved.map_or(position, |moved| moved.to), message)
    };
    let newest = match stood.on {
        On::Message(..) if moved.is_empty() => return Ok(()),
        On::Message(message, position) => Some(now((message, position))),
        On::Place(newest) => {
            let of_others = || moved.iter().filter(|moved| moved.direction == Direction::Incoming);
            let Some(first) = of_others().map(|moved| moved.to).min() else {
                return Ok(());
            };
            let read = of_others().filter(|moved| moved.from <= stood.position);
            let newest = read.map(|moved| (moved.to, moved.message)).chain(newest.map(now)).max();
            if newest.is_none() {
                // Nothing has been read: it stays before everything.
                let position = stood.position.min(first.saturating_sub(1));
                return conversations::replace_read(tx, conversation, position, None).await;
            }
            newest
        }
    };
    match newest {
        Some((position, message)) => conversations::replace_read(tx, conversation, position, Some(message)).await,
        None => Ok(()),
    }
}

/// Counts anew what the chat list says about a conversation after its thread changed.
pub(super) async fn refresh(tx: &Tx, conversation: ConversationId) -> Result<(), StoreError> {
    conversations::refresh(tx, &[conversation]).await?;
    tx.row(conversation);
    Ok(())
}

/// A conversation is no longer marked as unread, which other devices are to hear of. Whether it was.
pub(super) async fn unmark(tx: &Tx, conversation: ConversationId) -> Result<bool, StoreError> {
    let marked = conversations::get(tx, conversation)
        .await?
        .is_some_and(|with| with.marked_unread);
    if marked {
        conversations::set_marked_unread(tx, conversation, false).await?;
        decisions::set_pending(tx, conversation, Matter::Mark).await?;
        tx.after(Effect::SyncSettings);
    }
    Ok(marked)
}

impl Engine {
    /// The user has seen everything up to that message.
    pub(super) async fn mark_read(
        &mut self,
        conversation: ConversationId,
        message: MessageId,
    ) -> Result<(), CommandError> {
        let tx = self.begin().await?;
        let seen = messages::get(&tx, message)
            .await?
            .filter(|seen| seen.conversation_id == conversation);
        let mut seen = seen.ok_or(CommandError::NotFound)?;
        // Where one that failed stands, this computer has decided: what the archive puts before it later has not been seen.
        if seen.delivery == Some(DeliveryState::Failed)
            && let Some(before) = messages::last_settled(&tx, conversation, seen.position).await?
        {
            seen = before;
        }
        let message = seen.id;
        // A local echo stands at the end whatever comes before it: it says nothing about what has been seen.
        let further = seen.position < messages::PENDING_BASE
            && conversations::advance_read(&tx, conversation, seen.position, Some(message)).await?;
        let unmarked = unmark(&tx, conversation).await?;
        // What the server counts that is no message has been seen with them.
        if !further && !unmarked && !self.server_inbox.counts(conversation) {
            return Ok(());
        }
        conversations::recount_unread(&tx, conversation).await?;
        self.note_displayed(&tx, conversation, seen.position).await?;
        tx.row(conversation);
        self.commit(tx).await?;
        self.publish_displayed().await?;
        Ok(self.send_read_marker(conversation, message).await?)
    }
}
