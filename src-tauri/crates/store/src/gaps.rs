//! Gaps: known holes between stored segments of an archive.

use sea_orm::FromQueryResult;

use crate::store::sealed::Connected;
use crate::{ArchiveId, ConversationId, ConversationKind, GapId, GapState, Reads, SegmentId, StoreError, WriteTx, sql};

/// A gap with the positions of its edges: where it shows in the thread.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct PlacedGap {
    /// Its id.
    pub id: GapId,
    /// Its state.
    pub state: GapState,
    /// The segment that ends before it.
    pub older_segment: SegmentId,
    /// The segment that begins after it.
    pub newer_segment: SegmentId,
    /// Position of the last message before it.
    pub after_position: i64,
    /// Position of the first message after it.
    pub before_position: i64,
}

/// The gaps of a conversation, oldest first.
///
/// # Errors
/// What reading failed with.
pub async fn list(tx: &impl Reads, conversation: ConversationId) -> Result<Vec<PlacedGap>, StoreError> {
    const QUERY: &str = "SELECT g.id, g.state, g.older_segment, g.newer_segment, o.last_position AS after_position,
        n.first_position AS before_position
        FROM gap AS g JOIN segment AS o ON o.id = g.older_segment JOIN segment AS n ON n.id = g.newer_segment
        WHERE g.conversation_id = ? ORDER BY o.last_position, g.id";
    sql::all(tx.db(), QUERY, vec![conversation.into()]).await
}

/// A conversation with gaps that can be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct WithGaps {
    /// The conversation.
    pub conversation: ConversationId,
    /// Whose archive holds it.
    pub archive: ArchiveId,
    /// Person or team.
    pub kind: ConversationKind,
}

/// The conversations with gaps that can be filled: those with unread messages first, then by the newest message.
///
/// # Errors
/// What reading failed with.
pub async fn conversations(tx: &impl Reads) -> Result<Vec<WithGaps>, StoreError> {
    const QUERY: &str = "SELECT c.id AS conversation, c.archive_id AS archive, c.kind FROM conversation AS c
        WHERE EXISTS (SELECT 1 FROM gap AS g WHERE g.conversation_id = c.id AND g.state = ?)
        ORDER BY c.unread > 0 DESC, c.sort_us DESC, c.id";
    sql::all(tx.db(), QUERY, vec![GapState::Open.into()]).await
}

/// Notes a gap between two neighbouring segments.
///
/// # Errors
/// [`StoreError::Constraint`] if a segment does not exist, or has a gap on that side already.
pub async fn insert(
    tx: &WriteTx,
    conversation: ConversationId,
    older: SegmentId,
    newer: SegmentId,
) -> Result<GapId, StoreError> {
    const INSERT: &str =
        "INSERT INTO gap (conversation_id, older_segment, newer_segment, state) VALUES (?, ?, ?, ?) RETURNING id";
    let values = vec![conversation.into(), older.into(), newer.into(), GapState::Open.into()];
    sql::value(tx.db(), INSERT, values).await?.ok_or(StoreError::NotFound)
}

/// Sets the state of a gap.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_state(tx: &WriteTx, id: GapId, state: GapState) -> Result<(), StoreError> {
    sql::change(
        tx.db(),
        "UPDATE gap SET state = ? WHERE id = ?",
        vec![state.into(), id.into()],
    )
    .await
}

/// Removes a gap without joining its segments.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn remove(tx: &WriteTx, id: GapId) -> Result<(), StoreError> {
    sql::change(tx.db(), "DELETE FROM gap WHERE id = ?", vec![id.into()]).await
}
