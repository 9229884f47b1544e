//! The outbox: what is on its way out, in order.

pub use crate::entity::outbox::Model as Outgoing;
use crate::messages::{self, NewAlias, NewMessage, PENDING_BASE};
use crate::store::sealed::Connected;
use crate::{
    AliasKind, ArchiveId, ConversationId, MessageId, OutboxId, OutboxState, Reads, StoreError, Text, WriteTx, sql,
};

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutgoing {
    /// The local echo. Its position is chosen here: at the end, after what was queued before.
    pub echo: NewMessage,
    /// The archive that it will be found in.
    pub archive_id: ArchiveId,
    /// Id by which the message is recognised on the server; the same with every attempt. It becomes an alias of the echo.
    pub origin_id: String,
    /// What to send, in the SDK's form.
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
        VALUES (?, ?, ?, ?, 1, ?) RETURNING id";
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
/// unfinished message is unproven or not due: order within a conversation is kept. What is in flight does not hold up what
/// follows; what failed does neither.
///
/// A time to wait for that is longer than any pause was set by a clock that has been put back since: it is over.
///
/// # Errors
/// What reading failed with.
pub async fn due(tx: &impl Reads, now_us: i64) -> Result<Vec<Outgoing>, StoreError> {
    // States: 1 waiting, 3 unproven. The oldest of these decides.
    const QUERY: &str = "SELECT o.* FROM outbox AS o
        WHERE o.id IN (SELECT min(id) FROM outbox WHERE state IN (1, 3) GROUP BY conversation_id)
          AND o.state = 1 AND o.next_attempt_us NOT BETWEEN ? + 1 AND ? ORDER BY o.id";
    let latest = now_us.saturating_add(LONGEST_PAUSE_US);
    sql::all(tx.db(), QUERY, vec![now_us.into(), latest.into()]).await
}

/// The next message to be sent in one conversation; see [`due`].
///
/// # Errors
/// What reading failed with.
pub async fn next(tx: &impl Reads, conversation: ConversationId, now_us: i64) -> Result<Option<Outgoing>, StoreError> {
    const QUERY: &str = "SELECT * FROM outbox WHERE conversation_id = ? AND state IN (1, 3) ORDER BY id LIMIT 1";
    let oldest: Option<Outgoing> = sql::first(tx.db(), QUERY, vec![conversation.into()]).await?;
    Ok(oldest.filter(|outgoing| outgoing.state == OutboxState::Waiting && outgoing.next_attempt_us <= now_us))
}

/// When the next waiting message that is not due yet will be, microseconds by the local clock.
///
/// # Errors
/// What reading failed with.
pub async fn next_attempt(tx: &impl Reads, now_us: i64) -> Result<Option<i64>, StoreError> {
    const QUERY: &str = "SELECT min(next_attempt_us) FROM outbox WHERE state = 1 AND next_attempt_us > ?";
    Ok(sql::value::<Option<i64>>(tx.db(), QUERY, vec![now_us.into()])
        .await?
        .flatten())
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

/// The one with this origin id.
///
/// # Errors
/// What reading failed with.
pub async fn by_origin_id(tx: &impl Reads, origin_id: &str) -> Result<Option<Outgoing>, StoreError> {
    sql::first(
        tx.db(),
        "SELECT * FROM outbox WHERE origin_id = ?",
        vec![origin_id.into()],
    )
    .await
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

/// A message that was sent, and came back, to be sent once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Where it was sent.
    pub conversation: ConversationId,
    /// The message.
    pub message: MessageId,
    /// The same id as with every attempt.
    pub origin_id: String,
    /// What to send, in the SDK's form.
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
    // Of what is in flight or unproven somebody may be waiting to hear under the id that it has.
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

/// Puts a message back to wait until a time, microseconds by the local clock.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn postpone(tx: &WriteTx, id: OutboxId, until_us: i64) -> Result<(), StoreError> {
    let update = "UPDATE outbox SET state = 1, next_attempt_us = ? WHERE id = ?";
    sql::change(tx.db(), update, vec![until_us.into(), id.into()]).await
}

/// The session has ended without proof: what was in flight is unproven now. To be called at start too, since the process
/// may have been killed. What came back while others were in flight is put before them again, where it was written before them;
/// which messages moved by that, of which conversation.
///
/// # Errors
/// What writing failed with.
pub async fn session_ended(tx: &WriteTx) -> Result<Vec<(ConversationId, MessageId)>, StoreError> {
    const OUT_OF_ORDER: &str = "SELECT DISTINCT later.conversation_id FROM outbox AS later JOIN outbox AS earlier
        ON earlier.conversation_id = later.conversation_id AND earlier.id < later.id
        AND earlier.message_id > later.message_id";
    sql::execute(tx.db(), "UPDATE outbox SET state = 3 WHERE state = 2", vec![]).await?;
    let conversations: Vec<ConversationId> = sql::values(tx.db(), OUT_OF_ORDER, vec![]).await?;
    let mut moved = Vec::new();
    for conversation in conversations {
        let queue = of_conversation(tx, conversation).await?;
        let messages = queue_in_order(tx, queue).await?;
        moved.extend(messages.into_iter().map(|message| (conversation, message)));
    }
    Ok(moved)
}

/// Takes a message out of the outbox: it is proven, or given up. Its echo stays.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn remove(tx: &WriteTx, id: OutboxId) -> Result<(), StoreError> {
    sql::change(tx.db(), "DELETE FROM outbox WHERE id = ?", vec![id.into()]).await
}
