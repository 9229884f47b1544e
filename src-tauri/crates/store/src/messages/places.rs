//! Where messages stand in their thread, and which of them the archive has not told of yet.

use std::collections::{HashMap, HashSet};

use sea_orm::{FromQueryResult, Value};

use super::{Message, PENDING_BASE};
use crate::store::sealed::Connected;
use crate::{ConversationId, Direction, MessageId, Reads, SegmentId, StampSource, StoreError, WriteTx, sql};

/// In microseconds.
const SECOND_US: i64 = 1_000_000;

/// Where a message belongs, once that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// Order in the thread.
    pub position: i64,
    /// Shown time.
    pub stamp_us: i64,
    /// Where the shown time comes from.
    pub stamp_source: StampSource,
    /// Stamp of the archive.
    pub archived_us: Option<i64>,
    /// The segment that it is proven to lie in.
    pub segment_id: Option<SegmentId>,
}

/// Puts a message where it belongs: a local echo that the server has, or a live message that an archive page proves.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Constraint`] if the segment does not exist.
pub async fn place(tx: &WriteTx, id: MessageId, placement: Placement) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE message SET position = ?, stamp_us = ?, stamp_source = ?,
        archived_us = coalesce(?, archived_us), segment_id = ? WHERE id = ?";
    let Placement {
        position,
        stamp_us,
        stamp_source,
        archived_us,
        segment_id,
    } = placement;
    keep_archived(tx, id, stamp_us).await?;
    let values = vec![
        position.into(),
        stamp_us.into(),
        stamp_source.into(),
        archived_us.into(),
        segment_id.into(),
        id.into(),
    ];
    sql::change(tx.db(), UPDATE, values).await
}

/// Moves the stamp of archiving along with a message that was archived with its conversation and gets a later stamp: it must not
/// unarchive the conversation as a new message would.
async fn keep_archived(tx: &WriteTx, id: MessageId, stamp_us: i64) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE conversation SET archived_through_us = ?1
        WHERE id = (SELECT conversation_id FROM message WHERE id = ?2) AND archived_through_us < ?1
          AND archived_through_us >= (SELECT stamp_us FROM message WHERE id = ?2)";
    sql::execute(tx.db(), UPDATE, vec![stamp_us.into(), id.into()]).await?;
    Ok(())
}

/// Messages that came live, stand after one position and not after another, and whose place in the archive is not known yet, oldest first.
///
/// # Errors
/// See [`newest`](super::newest).
pub async fn unplaced_between(
    tx: &impl Reads,
    conversation: ConversationId,
    after: i64,
    up_to: i64,
) -> Result<Vec<Message>, StoreError> {
    const QUERY: &str = "SELECT * FROM message WHERE conversation_id = ? AND archived_us IS NULL AND position > ?
        AND position <= ? AND stamp_source = ? ORDER BY position, id";
    let values = vec![
        conversation.into(),
        after.into(),
        up_to.into(),
        StampSource::Clock.into(),
    ];
    sql::all(tx.db(), QUERY, values).await
}

/// Which of several messages of one stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outermost {
    /// The oldest.
    First,
    /// The newest.
    Last,
}

/// The position of the first or last message that the archive stamped exactly so, Unix microseconds, other than these.
///
/// # Errors
/// See [`newest`](super::newest).
pub async fn stamped(
    tx: &impl Reads,
    conversation: ConversationId,
    stamp_us: i64,
    but: &[MessageId],
    end: Outermost,
) -> Result<Option<i64>, StoreError> {
    let order = match end {
        Outermost::First => "ASC",
        Outermost::Last => "DESC",
    };
    // Later messages of one stamp follow it closely; what did not fit between two others stands a little before it.
    let query = format!(
        "SELECT position FROM message WHERE conversation_id = ? AND position > ?
         AND position < ? AND archived_us = ? AND id NOT IN ({}) ORDER BY position {order} LIMIT 1",
        sql::marks(but.len())
    );
    let mut values: Vec<Value> = vec![
        conversation.into(),
        stamp_us.saturating_sub(SECOND_US).into(),
        stamp_us.saturating_add(SECOND_US).into(),
        stamp_us.into(),
    ];
    values.extend(but.iter().map(|id| Value::from(*id)));
    sql::value(tx.db(), &query, values).await
}

/// The position of the last message that a server has kept for this computer and dated exactly so, Unix microseconds, that stands
/// before a position, and whose place in the archive is not known.
///
/// # Errors
/// See [`newest`](super::newest).
pub async fn last_delivered(
    tx: &impl Reads,
    conversation: ConversationId,
    stamp_us: i64,
    before: i64,
) -> Result<Option<i64>, StoreError> {
    // Later messages of one stamp follow it closely.
    const QUERY: &str = "SELECT position FROM message WHERE conversation_id = ?1 AND position >= ?2
        AND position < ?3 AND stamp_us = ?2 AND stamp_source = ?4 AND archived_us IS NULL ORDER BY position DESC LIMIT 1";
    let values = vec![
        conversation.into(),
        stamp_us.into(),
        before.into(),
        StampSource::Delay.into(),
    ];
    sql::value(tx.db(), QUERY, values).await
}

/// The position of the last message that is dated exactly so, Unix microseconds, whoever dates it; by a whole second also that of the
/// last one from others that came live in it and of which the archive has not told.
///
/// # Errors
/// See [`newest`](super::newest).
pub async fn last_dated(
    tx: &impl Reads,
    conversation: ConversationId,
    stamp_us: i64,
) -> Result<Option<i64>, StoreError> {
    // Later messages of one stamp follow it closely.
    const QUERY: &str = "SELECT position FROM message WHERE conversation_id = ?1 AND position >= ?2
        AND position < ?3 AND (stamp_us = ?2
            OR (?2 % ?4 = 0 AND stamp_source = ?5 AND direction = ?6 AND archived_us IS NULL))
        ORDER BY position DESC LIMIT 1";
    let values = vec![
        conversation.into(),
        stamp_us.into(),
        stamp_us.saturating_add(SECOND_US).into(),
        SECOND_US.into(),
        StampSource::Clock.into(),
        Direction::Incoming.into(),
    ];
    sql::value(tx.db(), QUERY, values).await
}

/// The position of the last message of each of these segments that the archive stamped no later than `up_to`, Unix microseconds.
/// Segments without one are left out.
///
/// # Errors
/// See [`newest`](super::newest).
pub async fn last_archived(
    tx: &impl Reads,
    segments: &[(ConversationId, SegmentId)],
    up_to: i64,
) -> Result<HashMap<SegmentId, i64>, StoreError> {
    let mut found = HashMap::new();
    for batch in sql::batches(segments) {
        // From the newest end of the thread's index: the first that fits is near.
        let query = format!(
            "WITH wanted (conversation, segment) AS (VALUES {})
             SELECT segment, (SELECT position FROM message WHERE conversation_id = wanted.conversation
                 AND segment_id = wanted.segment AND archived_us <= ?
                 ORDER BY position DESC, id DESC LIMIT 1) AS position FROM wanted",
            vec!["(?, ?)"; batch.len()].join(", ")
        );
        let mut values: Vec<Value> = Vec::with_capacity(batch.len() * 2 + 1);
        for (conversation, segment) in batch {
            values.extend([(*conversation).into(), (*segment).into()]);
        }
        values.push(up_to.into());
        let ends: Vec<End> = sql::all(tx.db(), &query, values).await?;
        found.extend(ends.into_iter().filter_map(|end| Some((end.segment, end.position?))));
    }
    Ok(found)
}

#[derive(Debug, FromQueryResult)]
struct End {
    segment: SegmentId,
    position: Option<i64>,
}

/// Which of these conversations hold messages whose place in the archive is not known yet: live ones, and local echoes.
///
/// # Errors
/// See [`newest`](super::newest).
pub async fn with_unplaced(
    tx: &impl Reads,
    conversations: &[ConversationId],
) -> Result<HashSet<ConversationId>, StoreError> {
    let mut found = HashSet::new();
    for chunk in sql::batches(conversations) {
        let query = format!(
            "SELECT DISTINCT conversation_id FROM message WHERE archived_us IS NULL AND conversation_id IN ({})",
            sql::marks(chunk.len())
        );
        let values = chunk.iter().map(|id| (*id).into()).collect();
        found.extend(sql::values::<ConversationId>(tx.db(), &query, values).await?);
    }
    Ok(found)
}

/// Whether a message that came live stands after a position, whose place in the archive is not known yet.
///
/// # Errors
/// See [`newest`](super::newest).
pub async fn is_unplaced_after(tx: &impl Reads, conversation: ConversationId, after: i64) -> Result<bool, StoreError> {
    const QUERY: &str = "SELECT id FROM message WHERE conversation_id = ? AND archived_us IS NULL AND position > ?
        AND position < ? LIMIT 1";
    let values = vec![conversation.into(), after.into(), PENDING_BASE.into()];
    Ok(sql::value::<MessageId>(tx.db(), QUERY, values).await?.is_some())
}

/// Gives a message that came live another place among the others, and the time of that place: its own was an estimate.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn shift(tx: &WriteTx, id: MessageId, position: i64) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE message SET position = ?1, stamp_us = ?1 WHERE id = ?2";
    keep_archived(tx, id, position).await?;
    sql::change(tx.db(), UPDATE, vec![position.into(), id.into()]).await
}

/// Notes in which segment these messages are proven to lie.
///
/// # Errors
/// [`StoreError::Constraint`] if the segment does not exist.
pub async fn set_segment(tx: &WriteTx, ids: &[MessageId], segment: SegmentId) -> Result<(), StoreError> {
    for ids in sql::batches(ids) {
        let update = format!(
            "UPDATE message SET segment_id = ? WHERE id IN ({})",
            sql::marks(ids.len())
        );
        let values = std::iter::once(segment.into())
            .chain(ids.iter().map(|id| (*id).into()))
            .collect();
        sql::execute(tx.db(), &update, values).await?;
    }
    Ok(())
}
