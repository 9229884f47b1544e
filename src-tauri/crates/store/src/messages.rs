//! Messages, and the order of a thread.
//!
//! A thread is ordered by `(position, id)`. The SDK chooses positions: normally the stamp in microseconds, made strictly
//! growing in the order of the archive. Local echoes live in a region of their own at the end, from [`PENDING_BASE`] on,
//! until the server has them; [`place`] then moves them to where they belong.
//!
//! Only *displayable* messages are part of the thread. The others are kept so that they are recognised when they are seen
//! again.

use std::collections::{HashMap, HashSet};

use sea_orm::{EntityTrait, FromQueryResult, Value};

use crate::entity::message;
pub use crate::entity::message::Model as Message;
use crate::pages::{self, Outcome};
use crate::store::sealed::Connected;
use crate::{
    Address, AliasKind, ArchiveId, ConversationId, DeliveryState, Direction, Failure, MessageId, MessageKind, Reads,
    SegmentId, StampSource, StoreError, Text, WriteTx, sql,
};

/// Where the region of local echoes begins: after every stamp, before every number that a database cannot hold.
pub const PENDING_BASE: i64 = 4_000_000_000_000_000_000;

/// A place in a thread: paging goes on from the place of the first or last message held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, FromQueryResult)]
pub struct Place {
    /// The message's position.
    pub position: i64,
    /// Its id, which decides between equal positions.
    pub id: MessageId,
}

impl Message {
    /// Its place in the thread.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            position: self.position,
            id: self.id,
        }
    }
}

/// A message to be stored, with the ids that it was seen under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Where.
    pub conversation_id: ConversationId,
    /// The segment that it is proven to lie in.
    pub segment_id: Option<SegmentId>,
    /// Order in the thread.
    pub position: i64,
    /// Drawn in the thread.
    pub displayable: bool,
    /// From or to.
    pub direction: Direction,
    /// What it is.
    pub kind: MessageKind,
    /// Who sent it: a bare address, or in a team whatever names the member.
    pub sender_address: Address,
    /// Name of the sender in a team.
    pub sender_nick: Option<Text>,
    /// The text.
    pub body: Text,
    /// Shown time.
    pub stamp_us: i64,
    /// Where the shown time comes from.
    pub stamp_source: StampSource,
    /// Time of sending, as its sender or an earlier server says.
    pub sent_us: Option<i64>,
    /// Stamp of the archive.
    pub archived_us: Option<i64>,
    /// Own message: how far it got.
    pub delivery: Option<DeliveryState>,
    /// When it was taken back: an archive may hold nothing but that.
    pub retracted_us: Option<i64>,
    /// The ids that it was seen under.
    pub aliases: Vec<NewAlias>,
}

/// An id under which a message was seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NewAlias {
    /// What kind of id.
    pub kind: AliasKind,
    /// The id.
    pub value: String,
    /// Who made the id; empty for ids that the archive gives.
    pub sender_address: Address,
}

impl NewAlias {
    /// The archive's own id.
    #[must_use]
    pub fn stanza_id(value: impl Into<String>) -> Self {
        Self {
            kind: AliasKind::StanzaId,
            value: value.into(),
            sender_address: Address::default(),
        }
    }

    /// An id that its sender made.
    #[must_use]
    pub fn by_sender(kind: AliasKind, value: impl Into<String>, sender_address: impl Into<Address>) -> Self {
        Self {
            kind,
            value: value.into(),
            sender_address: sender_address.into(),
        }
    }
}

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

// `displayable = 1` is written out, not bound: only then may SQLite use the index of the thread.
const NEWEST: &str = "SELECT * FROM message WHERE conversation_id = ? AND displayable = 1
    ORDER BY position DESC, id DESC LIMIT ?";
const BEFORE: &str = "SELECT * FROM message WHERE conversation_id = ? AND displayable = 1 AND (position, id) < (?, ?)
    ORDER BY position DESC, id DESC LIMIT ?";
const AFTER: &str = "SELECT * FROM message WHERE conversation_id = ? AND displayable = 1 AND (position, id) > (?, ?)
    ORDER BY position, id LIMIT ?";

const COUNT_UNREAD: &str = "SELECT count(*) FROM message
    WHERE conversation_id = ? AND displayable = 1 AND position > ? AND direction = 1";
const FIRST_UNREAD: &str = "SELECT id FROM message
    WHERE conversation_id = ? AND displayable = 1 AND position > ? AND direction = 1
    ORDER BY position, id LIMIT 1";

#[cfg(test)]
pub(crate) const THREAD_QUERIES: [&str; 5] = [NEWEST, BEFORE, AFTER, COUNT_UNREAD, FIRST_UNREAD];

/// The newest `limit` messages of a thread, oldest first.
///
/// # Errors
/// What reading failed with; so for every function of this module that says no more.
pub async fn newest(tx: &impl Reads, conversation: ConversationId, limit: u32) -> Result<Vec<Message>, StoreError> {
    let mut messages = sql::all(tx.db(), NEWEST, vec![conversation.into(), limit.into()]).await?;
    messages.reverse();
    Ok(messages)
}

/// The `limit` messages right before a place, oldest first.
///
/// # Errors
/// See [`newest`].
pub async fn before(
    tx: &impl Reads,
    conversation: ConversationId,
    place: Place,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let values = vec![
        conversation.into(),
        place.position.into(),
        place.id.into(),
        limit.into(),
    ];
    let mut messages = sql::all(tx.db(), BEFORE, values).await?;
    messages.reverse();
    Ok(messages)
}

/// The `limit` messages right after a place, oldest first.
///
/// # Errors
/// See [`newest`].
pub async fn after(
    tx: &impl Reads,
    conversation: ConversationId,
    place: Place,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let values = vec![
        conversation.into(),
        place.position.into(),
        place.id.into(),
        limit.into(),
    ];
    sql::all(tx.db(), AFTER, values).await
}

/// One message, displayable or not.
///
/// # Errors
/// See [`newest`].
pub async fn get(tx: &impl Reads, id: MessageId) -> Result<Option<Message>, StoreError> {
    Ok(message::Entity::find_by_id(id).one(tx.db()).await?)
}

/// These messages, in the order of the thread. Those that are not there are left out.
///
/// # Errors
/// See [`newest`].
pub async fn get_many(tx: &impl Reads, ids: &[MessageId]) -> Result<Vec<Message>, StoreError> {
    let mut messages: Vec<Message> = Vec::with_capacity(ids.len());
    for chunk in sql::batches(ids) {
        let query = format!("SELECT * FROM message WHERE id IN ({})", sql::marks(chunk.len()));
        messages.extend(sql::all::<Message>(tx.db(), &query, chunk.iter().map(|id| (*id).into()).collect()).await?);
    }
    messages.sort_by_key(Message::place);
    Ok(messages)
}

/// The newest displayable message: what the chat list shows.
///
/// # Errors
/// See [`newest`].
pub async fn newest_displayable(tx: &impl Reads, conversation: ConversationId) -> Result<Option<Message>, StoreError> {
    sql::first(tx.db(), NEWEST, vec![conversation.into(), 1u32.into()]).await
}

/// The highest position of any message, displayable or not, that is not a local echo.
///
/// # Errors
/// See [`newest`].
pub async fn last_position(tx: &impl Reads, conversation: ConversationId) -> Result<Option<i64>, StoreError> {
    // Two halves, one per index.
    const QUERY: &str = "SELECT max(position) FROM (
        SELECT max(position) AS position FROM message WHERE conversation_id = ?1 AND displayable = 1 AND position < ?2
        UNION ALL
        SELECT max(position) FROM message WHERE conversation_id = ?1 AND displayable = 0 AND position < ?2)";
    Ok(
        sql::value::<Option<i64>>(tx.db(), QUERY, vec![conversation.into(), PENDING_BASE.into()])
            .await?
            .flatten(),
    )
}

/// The newest displayable message that is not a local echo.
///
/// # Errors
/// See [`newest`].
pub async fn last_settled(tx: &impl Reads, conversation: ConversationId) -> Result<Option<Message>, StoreError> {
    const QUERY: &str = "SELECT * FROM message WHERE conversation_id = ? AND displayable = 1 AND position < ?
        ORDER BY position DESC, id DESC LIMIT 1";
    sql::first(tx.db(), QUERY, vec![conversation.into(), PENDING_BASE.into()]).await
}

/// Where the newest displayable message from somebody else stands, up to a position, leaving out some.
///
/// # Errors
/// See [`newest`].
pub async fn last_incoming(
    tx: &impl Reads,
    conversation: ConversationId,
    up_to: i64,
    but_not: &[MessageId],
) -> Result<Option<Place>, StoreError> {
    const QUERY: &str =
        "SELECT id, position FROM message WHERE conversation_id = ? AND displayable = 1 AND position <= ?
        AND direction = 1 ORDER BY position DESC, id DESC LIMIT ?";
    let most = i64::try_from(but_not.len()).unwrap_or(i64::MAX).saturating_add(1);
    let newest: Vec<Place> = sql::all(tx.db(), QUERY, vec![conversation.into(), up_to.into(), most.into()]).await?;
    Ok(newest.into_iter().find(|place| !but_not.contains(&place.id)))
}

/// How many displayable messages from others lie after a position.
///
/// # Errors
/// See [`newest`].
pub async fn count_unread(tx: &impl Reads, conversation: ConversationId, after: i64) -> Result<u32, StoreError> {
    let count: i64 = sql::value(tx.db(), COUNT_UNREAD, vec![conversation.into(), after.into()])
        .await?
        .unwrap_or_default();
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The first displayable message from somebody else after a position.
///
/// # Errors
/// See [`newest`].
pub async fn first_unread(
    tx: &impl Reads,
    conversation: ConversationId,
    after: i64,
) -> Result<Option<MessageId>, StoreError> {
    sql::value(tx.db(), FIRST_UNREAD, vec![conversation.into(), after.into()]).await
}

/// Stores one message, unless it is known already under one of its ids; see [`pages::insert`].
///
/// # Errors
/// [`StoreError::Constraint`] if the conversation, segment or archive does not exist.
pub async fn insert(tx: &WriteTx, archive: ArchiveId, message: NewMessage) -> Result<Outcome, StoreError> {
    let outcomes = pages::insert(tx, archive, vec![message]).await?;
    outcomes.into_iter().next().ok_or(StoreError::Internal { code: 0 })
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

/// Messages that came live, stand after one position and not after another, and whose place in the archive is not known yet, oldest first.
///
/// # Errors
/// See [`newest`].
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

/// The position of the last message that the archive stamped exactly so, Unix microseconds, other than these.
///
/// # Errors
/// See [`newest`].
pub async fn last_stamped(
    tx: &impl Reads,
    conversation: ConversationId,
    stamp_us: i64,
    but: &[MessageId],
) -> Result<Option<i64>, StoreError> {
    // Later messages of one stamp follow it closely.
    let query = format!(
        "SELECT position FROM message WHERE conversation_id = ? AND displayable = 1 AND position >= ?
         AND position < ? AND archived_us = ? AND id NOT IN ({}) ORDER BY position DESC LIMIT 1",
        sql::marks(but.len())
    );
    let mut values: Vec<Value> = vec![
        conversation.into(),
        stamp_us.into(),
        stamp_us.saturating_add(1_000_000).into(),
        stamp_us.into(),
    ];
    values.extend(but.iter().map(|id| Value::from(*id)));
    sql::value(tx.db(), &query, values).await
}

/// The position of the last message of each of these segments that the archive stamped no later than `up_to`, Unix microseconds.
/// Segments without one are left out.
///
/// # Errors
/// See [`newest`].
pub async fn last_archived(
    tx: &impl Reads,
    segments: &[(ConversationId, SegmentId)],
    up_to: i64,
) -> Result<HashMap<SegmentId, i64>, StoreError> {
    /// From the newest end of one of the two indexes of a thread: the first one that fits is near.
    macro_rules! last {
        ($displayable:literal) => {
            concat!(
                "coalesce((SELECT position FROM message WHERE conversation_id = wanted.conversation AND displayable = ",
                $displayable,
                " AND segment_id = wanted.segment AND archived_us <= ? ORDER BY position DESC, id DESC LIMIT 1), ?)"
            )
        };
    }
    let mut found = HashMap::new();
    for batch in sql::batches(segments) {
        let query = format!(
            "WITH wanted (conversation, segment) AS (VALUES {})
             SELECT segment, max({}, {}) AS position FROM wanted",
            vec!["(?, ?)"; batch.len()].join(", "),
            last!(1),
            last!(0)
        );
        let mut values: Vec<Value> = Vec::with_capacity(batch.len() * 2 + 4);
        for (conversation, segment) in batch {
            values.extend([(*conversation).into(), (*segment).into()]);
        }
        values.extend([up_to.into(), i64::MIN.into(), up_to.into(), i64::MIN.into()]);
        let ends: Vec<End> = sql::all(tx.db(), &query, values).await?;
        found.extend(ends.into_iter().map(|end| (end.segment, end.position)));
    }
    found.retain(|_, position| *position > i64::MIN);
    Ok(found)
}

#[derive(Debug, FromQueryResult)]
struct End {
    segment: SegmentId,
    position: i64,
}

/// Which of these conversations hold messages whose place in the archive is not known yet: live ones, and local echoes.
///
/// # Errors
/// See [`newest`].
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
/// See [`newest`].
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
/// See [`newest`].
pub async fn set_trouble(tx: &WriteTx, id: MessageId, trouble: Option<Failure>) -> Result<bool, StoreError> {
    const UPDATE: &str = "UPDATE message SET failure = ?1 WHERE id = ?2 AND delivery = 1 AND failure IS NOT ?1";
    Ok(sql::execute(tx.db(), UPDATE, vec![trouble.into(), id.into()]).await? > 0)
}

/// Dates anew, by this much, what waits to be sent: the clock that it was dated by was wrong. Which, and where.
///
/// # Errors
/// See [`newest`].
pub async fn redate_waiting(tx: &WriteTx, by_us: i64) -> Result<Vec<(ConversationId, MessageId)>, StoreError> {
    const UPDATE: &str = "UPDATE message SET stamp_us = stamp_us + ?
        WHERE id IN (SELECT message_id FROM outbox) AND delivery = 1 AND stamp_source = 3
        RETURNING id, conversation_id";
    let dated: Vec<Dated> = sql::all(tx.db(), UPDATE, vec![by_us.into()]).await?;
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

/// Puts another text in the place of one that nobody else has seen.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn rewrite(tx: &WriteTx, id: MessageId, body: &Text) -> Result<(), StoreError> {
    let values = vec![body.clone().into(), id.into()];
    sql::change(tx.db(), "UPDATE message SET body = ? WHERE id = ?", values).await
}

/// The newest own messages, at most `limit`, after one position and up to another.
///
/// # Errors
/// See [`newest`].
pub async fn own_between(
    tx: &impl Reads,
    conversation: ConversationId,
    after: i64,
    up_to: i64,
    limit: u32,
) -> Result<Vec<MessageId>, StoreError> {
    const QUERY: &str = "SELECT id FROM message WHERE conversation_id = ? AND displayable = 1 AND direction = 2
        AND position > ? AND position <= ? ORDER BY position DESC, id DESC LIMIT ?";
    let values = vec![conversation.into(), after.into(), up_to.into(), limit.into()];
    sql::values(tx.db(), QUERY, values).await
}

/// Moves an own message up to `state`; whether that was up. A message that failed is moved too: it got there after all.
///
/// # Errors
/// See [`newest`].
pub async fn advance_delivery(tx: &WriteTx, id: MessageId, state: DeliveryState) -> Result<bool, StoreError> {
    const UPDATE: &str = "UPDATE message SET delivery = ?1, failure = NULL
        WHERE id = ?2 AND direction = 2 AND (delivery IS NULL OR delivery < ?1 OR delivery = 5)";
    Ok(sql::execute(tx.db(), UPDATE, vec![state.into(), id.into()]).await? > 0)
}

/// Moves every own message up to and including `position` that the server has up to `state`; the ones that moved. This is
/// what a displayed marker says: the message that it names and all before it.
///
/// # Errors
/// See [`newest`].
pub async fn advance_delivery_up_to(
    tx: &WriteTx,
    conversation: ConversationId,
    position: i64,
    state: DeliveryState,
) -> Result<Vec<MessageId>, StoreError> {
    const UPDATE: &str = "UPDATE message SET delivery = ?1
        WHERE conversation_id = ?2 AND displayable = 1 AND position <= ?3 AND direction = 2
          AND delivery >= 2 AND delivery < ?1
        RETURNING id";
    sql::values(
        tx.db(),
        UPDATE,
        vec![state.into(), conversation.into(), position.into()],
    )
    .await
}

/// Gives a message new text. The text as first sent is kept. Does nothing to a message that was taken back; whether it
/// changed. Whether another correction is newer is for [`crate::revisions`] to say.
///
/// # Errors
/// See [`newest`].
pub async fn correct(tx: &WriteTx, id: MessageId, body: &Text, at_us: i64) -> Result<bool, StoreError> {
    const UPDATE: &str = "UPDATE message SET original_body = coalesce(original_body, body), body = ?1, edited_us = ?2
        WHERE id = ?3 AND retracted_us IS NULL";
    Ok(sql::execute(tx.db(), UPDATE, vec![body.clone().into(), at_us.into(), id.into()]).await? > 0)
}

/// Takes a message back: its text is gone from the database. Whether it was there to be taken back.
///
/// # Errors
/// See [`newest`].
pub async fn retract(tx: &WriteTx, id: MessageId, at_us: i64) -> Result<bool, StoreError> {
    const UPDATE: &str = "UPDATE message SET body = '', original_body = NULL, retracted_us = ?
        WHERE id = ? AND retracted_us IS NULL";
    let changed = sql::execute(tx.db(), UPDATE, vec![at_us.into(), id.into()]).await? > 0;
    if changed {
        sql::execute(tx.db(), "DELETE FROM attachment WHERE message_id = ?", vec![id.into()]).await?;
    }
    Ok(changed)
}

/// Removes a message with its ids, receipts, reactions and attachments, and its place in the outbox.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn remove(tx: &WriteTx, id: MessageId) -> Result<(), StoreError> {
    sql::change(tx.db(), "DELETE FROM message WHERE id = ?", vec![id.into()]).await
}
