//! How far own messages got.

use sea_orm::FromQueryResult;

use crate::store::sealed::Connected;
use crate::{
    ConversationId, DeliveryState, Direction, Failure, MessageId, Reads, StampSource, StoreError, WriteTx, sql,
};

/// Sets how far an own message got, in any direction. `failure` is kept with [`DeliveryState::Failed`] only.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_delivery(
    tx: &WriteTx,
    id: MessageId,
    state: DeliveryState,
    failure: Option<Failure>,
) -> Result<(), StoreError> {
    let failure = failure.filter(|_| state == DeliveryState::Failed);
    let values = vec![state.into(), failure.into(), id.into()];
    sql::change(
        tx.db(),
        "UPDATE message SET delivery = ?, failure = ? WHERE id = ?",
        values,
    )
    .await
}

/// Notes why an own message still waits, or that nothing keeps it any more; whether that is news.
///
/// # Errors
/// See [`newest`](super::newest).
pub async fn set_failure(tx: &WriteTx, id: MessageId, failure: Option<Failure>) -> Result<bool, StoreError> {
    const UPDATE: &str = "UPDATE message SET failure = ?1 WHERE id = ?2 AND delivery = ?3 AND failure IS NOT ?1";
    Ok(sql::execute(
        tx.db(),
        UPDATE,
        vec![failure.into(), id.into(), DeliveryState::Waiting.into()],
    )
    .await?
        > 0)
}

/// Dates anew, by this much, what waits to be sent: the clock that it was dated by was wrong. Which, and where.
///
/// # Errors
/// See [`newest`](super::newest).
pub async fn redate_waiting(tx: &WriteTx, by_us: i64) -> Result<Vec<(ConversationId, MessageId)>, StoreError> {
    const UPDATE: &str = "UPDATE message SET stamp_us = stamp_us + ?
        WHERE id IN (SELECT message_id FROM outbox) AND delivery = ? AND stamp_source = ?
        RETURNING id, conversation_id";
    let values = vec![by_us.into(), DeliveryState::Waiting.into(), StampSource::Clock.into()];
    let dated: Vec<Dated> = sql::all(tx.db(), UPDATE, values).await?;
    Ok(dated
        .into_iter()
        .map(|dated| (dated.conversation_id, dated.id))
        .collect())
}

#[derive(Debug, FromQueryResult)]
struct Dated {
    id: MessageId,
    conversation_id: ConversationId,
}

/// The newest own messages, at most `limit`, after one position and up to another.
///
/// # Errors
/// See [`newest`](super::newest).
pub async fn own_between(
    tx: &impl Reads,
    conversation: ConversationId,
    after: i64,
    up_to: i64,
    limit: u32,
) -> Result<Vec<MessageId>, StoreError> {
    const QUERY: &str = "SELECT id FROM message WHERE conversation_id = ? AND direction = ?
        AND position > ? AND position <= ? ORDER BY position DESC, id DESC LIMIT ?";
    let values = vec![
        conversation.into(),
        Direction::Outgoing.into(),
        after.into(),
        up_to.into(),
        limit.into(),
    ];
    sql::values(tx.db(), QUERY, values).await
}

/// Moves an own message up to `state`; whether that was up. A message that failed is moved too: it got there after all.
///
/// # Errors
/// See [`newest`](super::newest).
pub async fn advance_delivery(tx: &WriteTx, id: MessageId, state: DeliveryState) -> Result<bool, StoreError> {
    const UPDATE: &str = "UPDATE message SET delivery = ?1, failure = NULL
        WHERE id = ?2 AND direction = ?3 AND (delivery IS NULL OR delivery < ?1 OR delivery = ?4)";
    let values = vec![
        state.into(),
        id.into(),
        Direction::Outgoing.into(),
        DeliveryState::Failed.into(),
    ];
    Ok(sql::execute(tx.db(), UPDATE, values).await? > 0)
}

/// Moves every own message up to and including `position` that the server has up to `state`; the ones that moved. This is
/// what a displayed marker says: the message that it names and all before it.
///
/// # Errors
/// See [`newest`](super::newest).
pub async fn advance_delivery_up_to(
    tx: &WriteTx,
    conversation: ConversationId,
    position: i64,
    state: DeliveryState,
) -> Result<Vec<MessageId>, StoreError> {
    const UPDATE: &str = "UPDATE message SET delivery = ?1
        WHERE conversation_id = ?2 AND position <= ?3 AND direction = ?4
          AND delivery >= ?5 AND delivery < ?1
        RETURNING id";
    sql::values(
        tx.db(),
        UPDATE,
        vec![
            state.into(),
            conversation.into(),
            position.into(),
            Direction::Outgoing.into(),
            DeliveryState::Sent.into(),
        ],
    )
    .await
}
