//! Segments: runs of an archive that are stored without a hole.
//!
//! The SDK proves adjacency; the store only keeps it. Archive ids are opaque and never compared.

use sea_orm::FromQueryResult;

use std::collections::HashMap;

use crate::store::sealed::Connected;
use crate::{ArchiveId, ConversationId, Reads, SegmentId, SegmentKind, StoreError, WriteTx, sql};

/// An ordered run of archived messages with nothing missing inside it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Segment {
    /// Its id.
    pub id: SegmentId,
    /// Whose.
    pub conversation_id: ConversationId,
    /// Fetched or live.
    pub kind: SegmentKind,
    /// Archive id of the oldest message inside; `None` while empty or not known.
    pub first_archive_id: Option<String>,
    /// Archive id of the newest message inside; `None` while empty or not known.
    pub last_archive_id: Option<String>,
    /// Position of the oldest message inside.
    pub first_position: i64,
    /// Position of the newest message inside.
    pub last_position: i64,
    /// Nothing is older, by the server's word.
    pub reaches_start: bool,
}

/// A segment to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSegment {
    /// Whose.
    pub conversation_id: ConversationId,
    /// Fetched or live.
    pub kind: SegmentKind,
    /// Archive id of the oldest message inside; `None` while empty or not known.
    pub first_archive_id: Option<String>,
    /// Archive id of the newest message inside; `None` while empty or not known.
    pub last_archive_id: Option<String>,
    /// Position of the oldest message inside, or where it begins.
    pub first_position: i64,
    /// Position of the newest message inside, or where it ends.
    pub last_position: i64,
    /// Nothing is older, by the server's word.
    pub reaches_start: bool,
}

/// An edge of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Archive id of the message at the edge, where it is known.
    pub archive_id: Option<String>,
    /// Its position.
    pub position: i64,
}

impl Segment {
    /// Whether the archive has told of one of its edges; otherwise it is made of live messages alone.
    #[must_use]
    pub fn is_in_archive(&self) -> bool {
        self.reaches_start || self.first_archive_id.is_some() || self.last_archive_id.is_some()
    }
}

/// The segments of a conversation, oldest first.
///
/// # Errors
/// What reading failed with.
pub async fn list(tx: &impl Reads, conversation: ConversationId) -> Result<Vec<Segment>, StoreError> {
    const QUERY: &str = "SELECT * FROM segment WHERE conversation_id = ? ORDER BY last_position, id";
    sql::all(tx.db(), QUERY, vec![conversation.into()]).await
}

/// The segments of these conversations, oldest first, in few statements.
///
/// # Errors
/// What reading failed with.
pub async fn list_many(
    tx: &impl Reads,
    conversations: &[ConversationId],
) -> Result<HashMap<ConversationId, Vec<Segment>>, StoreError> {
    let mut found: HashMap<ConversationId, Vec<Segment>> = HashMap::new();
    for chunk in sql::batches(conversations) {
        let query = format!(
            "SELECT * FROM segment WHERE conversation_id IN ({}) ORDER BY conversation_id, last_position, id",
            sql::marks(chunk.len())
        );
        let values = chunk.iter().map(|id| (*id).into()).collect();
        for segment in sql::all::<Segment>(tx.db(), &query, values).await? {
            found.entry(segment.conversation_id).or_default().push(segment);
        }
    }
    Ok(found)
}

/// Conversations of an archive with more than one segment.
///
/// # Errors
/// What reading failed with.
pub async fn in_pieces(tx: &impl Reads, archive: ArchiveId) -> Result<Vec<ConversationId>, StoreError> {
    const QUERY: &str = "SELECT s.conversation_id FROM segment AS s JOIN conversation AS c ON c.id = s.conversation_id
        WHERE c.archive_id = ? GROUP BY s.conversation_id HAVING count(*) > 1";
    sql::values(tx.db(), QUERY, vec![archive.into()]).await
}

/// One segment.
///
/// # Errors
/// What reading failed with.
pub async fn get(tx: &impl Reads, id: SegmentId) -> Result<Option<Segment>, StoreError> {
    sql::first(tx.db(), "SELECT * FROM segment WHERE id = ?", vec![id.into()]).await
}

/// Makes a segment.
///
/// # Errors
/// [`StoreError::Constraint`] if the conversation does not exist.
pub async fn insert(tx: &WriteTx, new: NewSegment) -> Result<SegmentId, StoreError> {
    const INSERT: &str =
        "INSERT INTO segment (conversation_id, kind, first_archive_id, last_archive_id, first_position,
        last_position, reaches_start) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id";
    let values = vec![
        new.conversation_id.into(),
        new.kind.into(),
        new.first_archive_id.into(),
        new.last_archive_id.into(),
        new.first_position.into(),
        new.last_position.into(),
        new.reaches_start.into(),
    ];
    sql::value(tx.db(), INSERT, values).await?.ok_or(StoreError::NotFound)
}

/// Moves the newer edge of a segment.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn extend_newer(tx: &WriteTx, id: SegmentId, edge: Edge) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE segment SET last_archive_id = ?, last_position = ? WHERE id = ?";
    sql::change(
        tx.db(),
        UPDATE,
        vec![edge.archive_id.into(), edge.position.into(), id.into()],
    )
    .await
}

/// Moves the older edge of a segment.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn extend_older(tx: &WriteTx, id: SegmentId, edge: Edge) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE segment SET first_archive_id = ?, first_position = ? WHERE id = ?";
    sql::change(
        tx.db(),
        UPDATE,
        vec![edge.archive_id.into(), edge.position.into(), id.into()],
    )
    .await
}

/// Detaches all segments of an archive from its cursor, which is lost: nobody knows what follows them.
///
/// # Errors
/// What writing failed with.
pub async fn detach_all(tx: &WriteTx, archive: ArchiveId) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE segment SET kind = ? WHERE kind = ?
        AND conversation_id IN (SELECT id FROM conversation WHERE archive_id = ?)";
    let values = vec![
        SegmentKind::Detached.into(),
        SegmentKind::Archived.into(),
        archive.into(),
    ];
    sql::execute(tx.db(), UPDATE, values).await?;
    Ok(())
}

/// A segment was read up to its newer end again: what follows it is what follows the cursor.
///
/// # Errors
/// What writing failed with.
pub async fn attach(tx: &WriteTx, id: SegmentId) -> Result<(), StoreError> {
    sql::execute(
        tx.db(),
        "UPDATE segment SET kind = ? WHERE id = ? AND kind = ?",
        vec![SegmentKind::Archived.into(), id.into(), SegmentKind::Detached.into()],
    )
    .await?;
    Ok(())
}

/// Conversations whose newest segment is detached, those with unread messages first, then the most recent ones.
///
/// # Errors
/// What reading failed with.
pub async fn detached(tx: &impl Reads, limit: u32) -> Result<Vec<ConversationId>, StoreError> {
    const QUERY: &str = "SELECT c.id FROM conversation AS c WHERE EXISTS (SELECT 1 FROM segment AS s
            WHERE s.conversation_id = c.id AND s.kind = ? AND s.last_position =
                (SELECT max(last_position) FROM segment WHERE conversation_id = c.id))
        ORDER BY c.unread > 0 DESC, c.sort_us DESC, c.id LIMIT ?";
    sql::values(tx.db(), QUERY, vec![SegmentKind::Detached.into(), limit.into()]).await
}

/// Puts the edges of a segment around what it holds, whose places have changed. What is only known of its edges by the archive
/// stays.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn fit(tx: &WriteTx, id: SegmentId) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE segment SET
        first_position = CASE WHEN first_archive_id IS NULL THEN
            coalesce((SELECT min(position) FROM message WHERE segment_id = ?1), first_position) ELSE first_position END,
        last_position = max(last_position, coalesce((SELECT max(position) FROM message WHERE segment_id = ?1), last_position))
        WHERE id = ?1";
    sql::change(tx.db(), UPDATE, vec![id.into()]).await
}

/// Notes that nothing is older than a segment.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_reaches_start(tx: &WriteTx, id: SegmentId) -> Result<(), StoreError> {
    sql::change(
        tx.db(),
        "UPDATE segment SET reaches_start = 1 WHERE id = ?",
        vec![id.into()],
    )
    .await
}

/// Ends the life of all live segments: the session is over. What they hold stays. How many there were.
///
/// # Errors
/// What writing failed with.
pub async fn seal_live(tx: &WriteTx) -> Result<u64, StoreError> {
    sql::execute(
        tx.db(),
        "UPDATE segment SET kind = ? WHERE kind = ?",
        vec![SegmentKind::Archived.into(), SegmentKind::Live.into()],
    )
    .await
}

/// Makes one segment of two that are proven to touch or overlap. The gap between them goes away; gaps at the outer edges
/// stay. The older one's id stays and is the answer; it is live if the newer one was.
///
/// # Errors
/// [`StoreError::NotFound`] if one is not there; [`StoreError::Constraint`] if they are of two conversations or are one.
pub async fn join(tx: &WriteTx, older: SegmentId, newer: SegmentId) -> Result<SegmentId, StoreError> {
    let kept = get(tx, older).await?.ok_or(StoreError::NotFound)?;
    let merged = get(tx, newer).await?.ok_or(StoreError::NotFound)?;
    if older == newer || kept.conversation_id != merged.conversation_id {
        return Err(StoreError::Constraint { code: 0 });
    }
    const DROP_GAP: &str = "DELETE FROM gap WHERE (older_segment = ?1 AND newer_segment = ?2)
        OR (older_segment = ?2 AND newer_segment = ?1)";
    sql::execute(tx.db(), DROP_GAP, vec![older.into(), newer.into()]).await?;
    for column in ["older_segment", "newer_segment"] {
        let update = format!("UPDATE gap SET {column} = ? WHERE {column} = ?");
        sql::execute(tx.db(), &update, vec![older.into(), newer.into()]).await?;
    }
    let relabel = "UPDATE message SET segment_id = ? WHERE segment_id = ?";
    sql::execute(tx.db(), relabel, vec![older.into(), newer.into()]).await?;
    sql::execute(tx.db(), "DELETE FROM segment WHERE id = ?", vec![newer.into()]).await?;

    let first = if merged.first_position < kept.first_position {
        &merged
    } else {
        &kept
    };
    let last = if kept.last_position > merged.last_position {
        &kept
    } else {
        &merged
    };
    const UPDATE: &str = "UPDATE segment SET kind = ?, first_archive_id = ?, first_position = ?, last_archive_id = ?,
        last_position = ?, reaches_start = ? WHERE id = ?";
    let values = vec![
        merged.kind.into(),
        first.first_archive_id.clone().into(),
        first.first_position.into(),
        last.last_archive_id.clone().into(),
        last.last_position.into(),
        (kept.reaches_start || merged.reaches_start).into(),
        older.into(),
    ];
    sql::change(tx.db(), UPDATE, values).await?;
    Ok(older)
}
