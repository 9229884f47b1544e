//! The outbox: what is on its way out, in order.

use sea_orm::FromQueryResult;

use crate::messages::{self, NewAlias, NewMessage, PENDING_BASE};
use crate::store::sealed::Connected;
use crate::{
    AliasKind, ArchiveId, ConversationId, MessageId, OutboxId, OutboxState, Reads, StoreError, Text, WriteTx, sql,
};

/// A message on its way out.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Outgoing {
    /// Its id, which is its place in the queue.
    pub id: OutboxId,
    /// Where to.
    pub conversation_id: ConversationId,
    /// The local echo.
    pub message_id: MessageId,
    /// Id by which the message is recognised on the server; the same with every attempt.
    pub origin_id: String,
    /// Content to send, in the SDK's form.
    pub payload: Text,
    /// Its state.
    pub state: OutboxState,
    /// How often it was handed to a session.
    pub attempts: i64,
    /// Not to be tried before, microseconds by the local clock.
    pub next_attempt_us: i64,
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutgoing {
    /// The local echo. Its position is chosen here: at the end, after what was queued before.
    pub echo: NewMessage,
    /// The archive that it will be found in.
    pub archive_id: ArchiveId,
    /// Id by which the message is recognised on the server; the same with every attempt. It becomes an alias of the echo.
    pub origin_id: String,
    /// Content to send, in the SDK's form.
    pub payload: Text,
    /// Not to be tried before, microseconds by the local clock.
    pub next_attempt_us: i64,
}

/// A message that has been queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queued {
    /// Its place in the queue.
    pub id: OutboxId,
    /// The local echo.
    pub message: MessageId,
}

/// Queues a message and stores its local echo, both or neither.
///
/// # Errors
/// [`StoreError::Constraint`] if the conversation does not exist or the origin id is in use.
pub async fn push(tx: &WriteTx, new: NewOutgoing) -> Result<Queued, StoreError> {
    const INSERT: &str = "INSERT INTO outbox (conversation_id, message_id, origin_id, payload, state, next_attempt_us)
        VALUES (?, ?, ?, ?, ?, ?) RETURNING id";
    let NewOutgoing {
        mut echo,
        archive_id,
        origin_id,
        payload,
        next_attempt_us,
    } = new;
    let conversation = echo.conversation_id;
    echo.position = PENDING_BASE;
    let sender = echo.sender_address.clone();
    echo.aliases
        .push(NewAlias::by_sender(AliasKind::OriginId, origin_id.clone(), sender));
    let message = match messages::insert(tx, archive_id, echo).await? {
        crate::pages::Outcome::Inserted(message) => message,
        crate::pages::Outcome::Known(_) => return Err(StoreError::Constraint { code: 0 }),
    };
    let values = vec![
        conversation.into(),
        message.into(),
        origin_id.into(),
        payload.into(),
        OutboxState::Waiting.into(),
        next_attempt_us.into(),
    ];
    let id: OutboxId = sql::value(tx.db(), INSERT, values).await?.ok_or(StoreError::NotFound)?;
    let position = PENDING_BASE.saturating_add(id.0);
    sql::change(
        tx.db(),
        "UPDATE message SET position = ? WHERE id = ?",
        vec![position.into(), message.into()],
    )
    .await?;
    Ok(Queued { id, message })
}

/// No message is made to wait longer than this between two attempts.
pub const LONGEST_PAUSE_US: i64 = 3_600_000_000;

/// The next message to be sent in each conversation, first queued first. A conversation has none while its oldest
/// unfinished message is unconfirmed or not due: order within a conversation is kept. Messages in flight and failed ones hold up
/// none.
///
/// A time to wait for that is longer than any pause was set by a clock that has been put back since: it is over.
///
/// # Errors
/// What reading failed with.
pub async fn due(tx: &impl Reads, now_us: i64) -> Result<Vec<Outgoing>, StoreError> {
    // The oldest that waits or is unconfirmed decides.
    const QUERY: &str = "SELECT o.* FROM outbox AS o
        WHERE o.id IN (SELECT min(id) FROM outbox WHERE state IN (?1, ?2) GROUP BY conversation_id)
          AND o.state = ?1 AND o.next_attempt_us NOT BETWEEN ?3 + 1 AND ?4 ORDER BY o.id";
    let latest = now_us.saturating_add(LONGEST_PAUSE_US);
    let values = vec![
        OutboxState::Waiting.into(),
        OutboxState::Unconfirmed.into(),
        now_us.into(),
        latest.into(),
    ];
    sql::all(tx.db(), QUERY, values).await
}

/// When the next waiting message that is not due yet will be, microseconds by the local clock.
///
/// # Errors
/// What reading failed with.
pub async fn next_attempt(tx: &impl Reads, now_us: i64) -> Result<Option<i64>, StoreError> {
    const QUERY: &str = "SELECT min(next_attempt_us) FROM outbox WHERE state = ? AND next_attempt_us > ?";
    Ok(
        sql::value::<Option<i64>>(tx.db(), QUERY, vec![OutboxState::Waiting.into(), now_us.into()])
            .await?
            .flatten(),
    )
}

/// All messages in a state, first queued first.
///
/// # Errors
/// What reading failed with.
pub async fn in_state(tx: &impl Reads, state: OutboxState) -> Result<Vec<Outgoing>, StoreError> {
    sql::all(
        tx.db(),
        "SELECT * FROM outbox WHERE state = ? ORDER BY id",
        vec![state.into()],
    )
    .await
}

/// One message of the outbox.
///
/// # Errors
/// What reading failed with.
pub async fn get(tx: &impl Reads, id: OutboxId) -> Result<Option<Outgoing>, StoreError> {
    sql::first(tx.db(), "SELECT * FROM outbox WHERE id = ?", vec![id.into()]).await
}

/// The one whose local echo this is.
///
/// # Errors
/// What reading failed with.
pub async fn by_message(tx: &impl Reads, message: MessageId) -> Result<Option<Outgoing>, StoreError> {
    sql::first(
        tx.db(),
        "SELECT * FROM outbox WHERE message_id = ?",
        vec![message.into()],
    )
    .await
}

/// All messages of a conversation on their way out, first queued first.
///
/// # Errors
/// What reading failed with.
pub async fn of_conversation(tx: &impl Reads, conversation: ConversationId) -> Result<Vec<Outgoing>, StoreError> {
    const QUERY: &str = "SELECT * FROM outbox WHERE conversation_id = ? ORDER BY id";
    sql::all(tx.db(), QUERY, vec![conversation.into()]).await
}

/// Gives a message that has not been sent another content.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn rewrite(tx: &WriteTx, id: OutboxId, payload: &Text) -> Result<(), StoreError> {
    let values = vec![payload.clone().into(), id.into()];
    sql::change(tx.db(), "UPDATE outbox SET payload = ? WHERE id = ?", values).await
}

/// A message that was sent and bounced, to be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Where it was sent.
    pub conversation: ConversationId,
    /// The message.
    pub message: MessageId,
    /// The same id as with every attempt.
    pub origin_id: String,
    /// Content to send, in the SDK's form.
    pub payload: Text,
    /// Not to be tried before, microseconds by the local clock.
    pub next_attempt_us: i64,
}

/// Queues a message again that came back, before what was written after it in its conversation and still waits. What moved: their
/// echoes have another place now.
///
/// # Errors
/// What writing failed with.
pub async fn put_back(tx: &WriteTx, returned: Returned) -> Result<Vec<MessageId>, StoreError> {
    let held = of_conversation(tx, returned.conversation).await?;
    let (own, others): (Vec<Outgoing>, Vec<Outgoing>) =
        held.into_iter().partition(|held| held.message_id == returned.message);
    let mut queue = vec![Outgoing {
        id: OutboxId(0),
        conversation_id: returned.conversation,
        message_id: returned.message,
        origin_id: returned.origin_id,
        payload: returned.payload,
        state: OutboxState::Waiting,
        attempts: own.first().map_or(1, |own| own.attempts),
        next_attempt_us: returned.next_attempt_us,
    }];
    // A message in flight or unconfirmed keeps its id: a request may be waiting for its acknowledgement.
    let settled = |held: &Outgoing| matches!(held.state, OutboxState::Waiting | OutboxState::Failed);
    queue.extend(others.into_iter().filter(settled));
    for own in own {
        remove(tx, own.id).await?;
    }
    queue_in_order(tx, queue).await
}

/// Queues these messages anew in the order in which they were written. What moved.
async fn queue_in_order(tx: &WriteTx, mut queue: Vec<Outgoing>) -> Result<Vec<MessageId>, StoreError> {
    const INSERT: &str = "INSERT INTO outbox (conversation_id, message_id, origin_id, payload, state, attempts,
        next_attempt_us) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id";
    const PLACE: &str = "UPDATE message SET position = ?, segment_id = NULL WHERE id = ?";
    // Ids of messages grow with the time of their writing.
    queue.sort_by_key(|outgoing| outgoing.message_id);
    let mut moved = Vec::new();
    for outgoing in queue {
        if outgoing.id != OutboxId(0) {
            remove(tx, outgoing.id).await?;
        }
        let values = vec![
            outgoing.conversation_id.into(),
            outgoing.message_id.into(),
            outgoing.origin_id.into(),
            outgoing.payload.into(),
            outgoing.state.into(),
            outgoing.attempts.into(),
            outgoing.next_attempt_us.into(),
        ];
        let id: OutboxId = sql::value(tx.db(), INSERT, values).await?.ok_or(StoreError::NotFound)?;
        let position = PENDING_BASE.saturating_add(id.0);
        sql::change(tx.db(), PLACE, vec![position.into(), outgoing.message_id.into()]).await?;
        moved.push(outgoing.message_id);
    }
    Ok(moved)
}

/// Sets the state of a message. Going in flight counts as an attempt.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_state(tx: &WriteTx, id: OutboxId, state: OutboxState) -> Result<(), StoreError> {
    let attempt = i64::from(state == OutboxState::InFlight);
    let update = "UPDATE outbox SET state = ?, attempts = attempts + ? WHERE id = ?";
    sql::change(tx.db(), update, vec![state.into(), attempt.into(), id.into()]).await
}

/// Marks messages in flight as unconfirmed: the session has ended without an acknowledgement. The engine calls it at start too, as the
/// process may have been killed. A message that bounced while later ones were in flight moves before them again. Returns the messages
/// that moved, with their conversations.
///
/// # Errors
/// What writing failed with.
pub async fn session_ended(tx: &WriteTx) -> Result<Vec<(ConversationId, MessageId)>, StoreError> {
    const OUT_OF_ORDER: &str = "SELECT DISTINCT later.conversation_id FROM outbox AS later JOIN outbox AS earlier
        ON earlier.conversation_id = later.conversation_id AND earlier.id < later.id
        AND earlier.message_id > later.message_id";
    const UNCONFIRMED: &str = "UPDATE outbox SET state = ? WHERE state = ?";
    let states = vec![OutboxState::Unconfirmed.into(), OutboxState::InFlight.into()];
    sql::execute(tx.db(), UNCONFIRMED, states).await?;
    let conversations: Vec<ConversationId> = sql::values(tx.db(), OUT_OF_ORDER, vec![]).await?;
    let mut moved = Vec::new();
    for conversation in conversations {
        let queue = of_conversation(tx, conversation).await?;
        let messages = queue_in_order(tx, queue).await?;
        moved.extend(messages.into_iter().map(|message| (conversation, message)));
    }
    Ok(moved)
}

/// Removes a message from the outbox: the server has it, or the user gave it up. Its echo stays.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn remove(tx: &WriteTx, id: OutboxId) -> Result<(), StoreError> {
    sql::change(tx.db(), "DELETE FROM outbox WHERE id = ?", vec![id.into()]).await
}
