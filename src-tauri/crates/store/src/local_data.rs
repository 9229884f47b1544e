//! Local data of each conversation: for diagnostics, and for the comparison with the server.
//!
//! Nothing here reads every message. [`heads`] costs conversations, segments and gaps; messages are counted for the few
//! conversations that are asked for.

use sea_orm::FromQueryResult;

use crate::messages::PENDING_BASE;
use crate::{
    Address, ArchiveId, ConversationBox, ConversationId, ConversationKind, GapState, MessageId, OutboxState, Reads,
    StoreError, Text, sql,
};

/// Local data of a conversation, without the number of its messages.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Head {
    /// The conversation.
    pub conversation: ConversationId,
    /// Person or team.
    pub kind: ConversationKind,
    /// The archive of its messages.
    pub archive: ArchiveId,
    /// Bare address.
    pub address: Address,
    /// Title of a team; name of a person by roster, else profile.
    pub name: Option<Text>,
    /// Role of a person.
    pub role: Option<Text>,
    /// Ward of a person.
    pub ward: Option<Text>,
    /// Hash of the picture, if it is here.
    pub picture: Option<String>,
    /// Stamp by which the chat list is sorted.
    pub sort_us: i64,
    /// Runs of messages with nothing missing inside.
    pub segments: i64,
    /// Gaps that can be filled.
    pub open_gaps: i64,
    /// Gaps that the server no longer keeps anything of.
    pub expired_gaps: i64,
    /// The server has said that nothing is older than the stored messages.
    pub reaches_start: bool,
    /// Messages on their way out.
    pub waiting: i64,
    /// Messages that were refused and wait for the user.
    pub failed: i64,
}

/// Amount of messages stored of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Amount {
    /// The conversation.
    pub conversation: ConversationId,
    /// Messages that the server has, as far as is known.
    pub messages: i64,
    /// Shown time of the oldest.
    pub oldest_us: Option<i64>,
    /// Shown time of the newest.
    pub newest_us: Option<i64>,
}

pub(crate) const HEADS: &str = "SELECT c.id AS conversation, c.kind, c.archive_id AS archive, c.address,
    coalesce(nullif(trim(c.title), ''), nullif(trim(k.roster_name), ''), nullif(trim(k.full_name), '')) AS name,
    k.role, k.ward, a.hash AS picture, c.sort_us,
    coalesce(s.segments, 0) AS segments, coalesce(g.open, 0) AS open_gaps, coalesce(g.expired, 0) AS expired_gaps,
    coalesce(s.reaches_start, 0) AS reaches_start, coalesce(o.waiting, 0) AS waiting, coalesce(o.failed, 0) AS failed
    FROM conversation AS c
    LEFT JOIN contact AS k ON k.address = c.address
    LEFT JOIN avatar AS a ON a.hash = coalesce(c.avatar_hash, k.avatar_hash)
    LEFT JOIN (SELECT conversation_id, count(*) AS segments, max(reaches_start) AS reaches_start
        FROM segment GROUP BY conversation_id) AS s ON s.conversation_id = c.id
    LEFT JOIN (SELECT conversation_id, sum(state = ?1) AS open, sum(state = ?2) AS expired
        FROM gap GROUP BY conversation_id) AS g ON g.conversation_id = c.id
    LEFT JOIN (SELECT conversation_id, sum(state <> ?3) AS waiting, sum(state = ?3) AS failed
        FROM outbox GROUP BY conversation_id) AS o ON o.conversation_id = c.id
    WHERE c.shown_in <> ?4 OR c.last_message_id IS NOT NULL
    ORDER BY c.sort_us DESC, c.id";

/// Every conversation that is shown or holds a message, most recent first.
///
/// # Errors
/// What reading failed with; so for every function of this module.
pub async fn heads(tx: &impl Reads) -> Result<Vec<Head>, StoreError> {
    let values = vec![
        GapState::Open.into(),
        GapState::Expired.into(),
        OutboxState::Failed.into(),
        ConversationBox::Hidden.into(),
    ];
    sql::all(tx.db(), HEADS, values).await
}

const AMOUNTS: &str = "SELECT wanted.id AS conversation,
    (SELECT count(*) FROM message WHERE conversation_id = wanted.id AND position < ?1) AS messages,
    (SELECT stamp_us FROM message WHERE conversation_id = wanted.id AND position < ?1
        ORDER BY position, id LIMIT 1) AS oldest_us,
    (SELECT stamp_us FROM message WHERE conversation_id = wanted.id AND position < ?1
        ORDER BY position DESC, id DESC LIMIT 1) AS newest_us
    FROM wanted";

/// Counts the stored messages of these conversations, in their order. Reads one index entry per message.
///
/// # Errors
/// See [`heads`].
pub async fn amounts(tx: &impl Reads, conversations: &[ConversationId]) -> Result<Vec<Amount>, StoreError> {
    let mut amounts = Vec::with_capacity(conversations.len());
    for chunk in conversations.chunks(500) {
        // Numbered: the bound of all positions is named more than once.
        let wanted: Vec<String> = (0..chunk.len()).map(|at| format!("(?{})", at + 2)).collect();
        let query = format!("WITH wanted (id) AS (VALUES {}) {AMOUNTS}", wanted.join(", "));
        let values = std::iter::once(PENDING_BASE.into())
            .chain(chunk.iter().map(|id| (*id).into()))
            .collect();
        amounts.extend(sql::all::<Amount>(tx.db(), &query, values).await?);
    }
    Ok(amounts)
}

/// Messages of a conversation with a place in a segment, from one position up to and without another, and their positions.
///
/// # Errors
/// See [`heads`].
pub async fn settled_between(
    tx: &impl Reads,
    conversation: ConversationId,
    from: i64,
    up_to: i64,
) -> Result<Vec<Settled>, StoreError> {
    const QUERY: &str = "SELECT id, position FROM message
        WHERE conversation_id = ? AND position >= ? AND position < ? AND segment_id IS NOT NULL";
    sql::all(tx.db(), QUERY, vec![conversation.into(), from.into(), up_to.into()]).await
}

/// A message with a place in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Settled {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub position: i64,
}

/// How many messages of a conversation have a place in a segment before a position.
///
/// # Errors
/// See [`heads`].
pub async fn count_settled_before(
    tx: &impl Reads,
    conversation: ConversationId,
    position: i64,
) -> Result<u64, StoreError> {
    const QUERY: &str = "SELECT count(*) FROM message
        WHERE conversation_id = ? AND position < ? AND segment_id IS NOT NULL";
    let count: i64 = sql::value(tx.db(), QUERY, vec![conversation.into(), position.into()])
        .await?
        .unwrap_or_default();
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Size of the database in bytes, without its write-ahead log.
///
/// # Errors
/// See [`heads`].
pub async fn size(tx: &impl Reads) -> Result<u64, StoreError> {
    const QUERY: &str = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    let size: i64 = sql::value(tx.db(), QUERY, vec![]).await?.unwrap_or_default();
    Ok(u64::try_from(size).unwrap_or_default())
}
