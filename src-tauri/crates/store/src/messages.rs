//! Messages, and the order of a thread.
//!
//! A thread is ordered by `(position, id)`. The SDK chooses positions: normally the stamp in microseconds, made strictly
//! growing in the order of the archive. Local echoes live in a region of their own at the end, from [`PENDING_BASE`] on,
//! until the server has them; [`place`] then moves them to where they belong.

mod delivery;
mod places;

use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

pub use self::delivery::*;
pub use self::places::*;
use crate::pages::{self, Outcome};
use crate::store::sealed::Connected;
use crate::{
    Address, AliasKind, ArchiveId, ConversationId, DeliveryState, Direction, Failure, Mention, MessageId, MessageKind,
    Reads, SegmentId, StampSource, StoreError, Text, Unreadable, WriteTx, sql,
};

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Where.
    pub conversation_id: ConversationId,
    /// The segment that it is proven to lie in.
    pub segment_id: Option<SegmentId>,
    /// Order in the thread, ties by id.
    pub position: i64,
    /// From or to.
    pub direction: Direction,
    /// What it is.
    pub kind: MessageKind,
    /// Who sent it: a bare address, or in a team whatever names the member.
    pub sender_address: Address,
    /// Name of the sender in a team.
    pub sender_nick: Option<Text>,
    /// Text as shown now; empty once taken back.
    pub body: Text,
    /// Text as first sent, where it was corrected since.
    pub original_body: Option<Text>,
    /// Shown time.
    pub stamp_us: i64,
    /// Where the shown time comes from.
    pub stamp_source: StampSource,
    /// When a server says that it received it first, where it says that it has sent it again.
    pub sent_us: Option<i64>,
    /// Stamp of the archive.
    pub archived_us: Option<i64>,
    /// Own message: how far it got.
    pub delivery: Option<DeliveryState>,
    /// Own message that failed: why.
    pub failure: Option<Failure>,
    /// When it was corrected last.
    pub edited_us: Option<i64>,
    /// When it was taken back.
    pub retracted_us: Option<i64>,
    /// Whom it mentions before others.
    pub mention: Option<Mention>,
    /// Where the mentions stand in the text, in the SDK's form.
    pub mentions: Option<Text>,
    /// Event of a team, in the SDK's form.
    pub room_event: Option<Text>,
    /// A copy of it has come at the moment at which it was sent.
    pub received_live: bool,
    /// Why it has no text that can be shown; `None`: it has one.
    pub unreadable: Option<Unreadable>,
}

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
    /// When it is said to have been received first, where it came later than that or once more. Kept of what an archive lists.
    pub sent_us: Option<i64>,
    /// Stamp of the archive.
    pub archived_us: Option<i64>,
    /// Own message: how far it got.
    pub delivery: Option<DeliveryState>,
    /// When it was taken back: an archive may hold nothing but that.
    pub retracted_us: Option<i64>,
    /// Whom it mentions.
    pub mentions: Mentions,
    /// Event of a team, in the SDK's form.
    pub room_event: Option<Text>,
    /// Why it has no text that can be shown; `None`: it has one.
    pub unreadable: Option<Unreadable>,
    /// How this copy of it came.
    pub arrival: Arrival,
    /// The ids that it was seen under.
    pub aliases: Vec<NewAlias>,
}

/// How a copy of a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// At the moment at which it was sent, or written here: each message comes so once at most.
    Live,
    /// Handed on later, as from an offline queue: it may be a copy of any.
    Later,
    /// Out of an archive, which lists each message once.
    Archive,
}

/// Whom a text mentions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mentions {
    /// Whom before others; `None`: nobody.
    pub whom: Option<Mention>,
    /// Where in the text, in the SDK's form.
    pub places: Option<Text>,
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

const NEWEST: &str = "SELECT * FROM message WHERE conversation_id = ?
    ORDER BY position DESC, id DESC LIMIT ?";
const BEFORE: &str = "SELECT * FROM message WHERE conversation_id = ? AND (position, id) < (?, ?)
    ORDER BY position DESC, id DESC LIMIT ?";
const AFTER: &str = "SELECT * FROM message WHERE conversation_id = ? AND (position, id) > (?, ?)
    ORDER BY position, id LIMIT ?";

const COUNT_UNREAD: &str = "SELECT count(*) FROM message
    WHERE conversation_id = ? AND position > ? AND direction = ?";
const FIRST_UNREAD: &str = "SELECT id FROM message
    WHERE conversation_id = ? AND position > ? AND direction = ?
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

/// One message.
///
/// # Errors
/// See [`newest`].
pub async fn get(tx: &impl Reads, id: MessageId) -> Result<Option<Message>, StoreError> {
    sql::first(tx.db(), "SELECT * FROM message WHERE id = ?", vec![id.into()]).await
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

/// The highest position of any message that is not a local echo.
///
/// # Errors
/// See [`newest`].
pub async fn last_position(tx: &impl Reads, conversation: ConversationId) -> Result<Option<i64>, StoreError> {
    const QUERY: &str = "SELECT max(position) FROM message WHERE conversation_id = ? AND position < ?";
    Ok(
        sql::value::<Option<i64>>(tx.db(), QUERY, vec![conversation.into(), PENDING_BASE.into()])
            .await?
            .flatten(),
    )
}

/// The place of the newest message up to a position.
///
/// # Errors
/// See [`newest`].
pub async fn last_position_up_to(
    tx: &impl Reads,
    conversation: ConversationId,
    up_to: i64,
) -> Result<Option<i64>, StoreError> {
    const QUERY: &str = "SELECT position FROM message WHERE conversation_id = ? AND position <= ?
        ORDER BY position DESC LIMIT 1";
    sql::value(tx.db(), QUERY, vec![conversation.into(), up_to.into()]).await
}

/// The place of the newest message that its archive dates no later than this, Unix microseconds.
///
/// # Errors
/// See [`newest`].
pub async fn last_archived_up_to(
    tx: &impl Reads,
    conversation: ConversationId,
    stamp_us: i64,
) -> Result<Option<i64>, StoreError> {
    const QUERY: &str = "SELECT position FROM message WHERE conversation_id = ? AND archived_us <= ?
        ORDER BY position DESC LIMIT 1";
    sql::value(tx.db(), QUERY, vec![conversation.into(), stamp_us.into()]).await
}

/// The newest message before a position that the server has: neither a local echo nor one that failed, whose place this
/// computer's clock has chosen.
///
/// # Errors
/// See [`newest`].
pub async fn last_settled(
    tx: &impl Reads,
    conversation: ConversationId,
    before: i64,
) -> Result<Option<Message>, StoreError> {
    const QUERY: &str = "SELECT * FROM message WHERE conversation_id = ? AND position < ?
        AND coalesce(delivery, 0) <> ? ORDER BY position DESC, id DESC LIMIT 1";
    let values = vec![conversation.into(), before.into(), DeliveryState::Failed.into()];
    sql::first(tx.db(), QUERY, values).await
}

/// Where the newest message from somebody else stands, up to a position, leaving out some.
///
/// # Errors
/// See [`newest`].
pub async fn last_incoming(
    tx: &impl Reads,
    conversation: ConversationId,
    up_to: i64,
    but_not: &[MessageId],
) -> Result<Option<Place>, StoreError> {
    const QUERY: &str = "SELECT id, position FROM message WHERE conversation_id = ? AND position <= ?
        AND direction = ? ORDER BY position DESC, id DESC LIMIT ?";
    let most = i64::try_from(but_not.len()).unwrap_or(i64::MAX).saturating_add(1);
    let newest: Vec<Place> = sql::all(
        tx.db(),
        QUERY,
        vec![
            conversation.into(),
            up_to.into(),
            Direction::Incoming.into(),
            most.into(),
        ],
    )
    .await?;
    Ok(newest.into_iter().find(|place| !but_not.contains(&place.id)))
}

/// How many messages from others lie after a position.
///
/// # Errors
/// See [`newest`].
pub(crate) async fn count_unread(tx: &impl Reads, conversation: ConversationId, after: i64) -> Result<u32, StoreError> {
    let count: i64 = sql::value(
        tx.db(),
        COUNT_UNREAD,
        vec![conversation.into(), after.into(), Direction::Incoming.into()],
    )
    .await?
    .unwrap_or_default();
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The first messages of others after a position that mention one or everyone, oldest first.
///
/// # Errors
/// See [`newest`].
pub async fn mentions_after(
    tx: &impl Reads,
    conversation: ConversationId,
    after: i64,
    limit: u32,
) -> Result<Vec<MessageId>, StoreError> {
    // mention >= 2: everyone, the user; as a literal, the condition of the index message_mention.
    const QUERY: &str = "SELECT id FROM message WHERE conversation_id = ? AND mention >= 2 AND position > ?
        AND direction = ? ORDER BY position, id LIMIT ?";
    let values = vec![
        conversation.into(),
        after.into(),
        Direction::Incoming.into(),
        limit.into(),
    ];
    sql::values(tx.db(), QUERY, values).await
}

/// Whom the messages of others after a position mention before others.
///
/// # Errors
/// See [`newest`].
pub async fn strongest_mention(
    tx: &impl Reads,
    conversation: ConversationId,
    after: i64,
) -> Result<Option<Mention>, StoreError> {
    // mention >= 2: everyone, the user; as a literal, the condition of the index message_mention.
    const QUERY: &str = "SELECT mention FROM message WHERE conversation_id = ? AND mention >= 2 AND position > ?
        AND direction = ? ORDER BY mention DESC LIMIT 1";
    sql::value(
        tx.db(),
        QUERY,
        vec![conversation.into(), after.into(), Direction::Incoming.into()],
    )
    .await
}

/// The first message from somebody else after a position.
///
/// # Errors
/// See [`newest`].
pub async fn first_unread(
    tx: &impl Reads,
    conversation: ConversationId,
    after: i64,
) -> Result<Option<MessageId>, StoreError> {
    sql::value(
        tx.db(),
        FIRST_UNREAD,
        vec![conversation.into(), after.into(), Direction::Incoming.into()],
    )
    .await
}

/// Stores one message, unless it is known already under one of its ids; see [`pages::insert`].
///
/// # Errors
/// [`StoreError::Constraint`] if the conversation, segment or archive does not exist.
pub async fn insert(tx: &WriteTx, archive: ArchiveId, message: NewMessage) -> Result<Outcome, StoreError> {
    let outcomes = pages::insert(tx, archive, vec![message]).await?;
    outcomes.into_iter().next().ok_or(StoreError::Internal { code: 0 })
}

/// Puts another text in the place of one that nobody else has seen.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn rewrite(tx: &WriteTx, id: MessageId, body: &Text, mentions: Mentions) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE message SET body = ?, mention = ?, mentions = ? WHERE id = ?";
    let Mentions { whom, places } = mentions;
    let values = vec![body.clone().into(), whom.into(), places.into(), id.into()];
    sql::change(tx.db(), UPDATE, values).await
}

/// Gives a message new text and with it other mentions. The text as first sent is kept. Does nothing to a message that was taken
/// back; whether it changed. Whether another correction is newer is for [`crate::revisions`] to say.
///
/// # Errors
/// See [`newest`].
pub async fn correct(
    tx: &WriteTx,
    id: MessageId,
    body: &Text,
    mentions: Mentions,
    at_us: i64,
) -> Result<bool, StoreError> {
    const UPDATE: &str = "UPDATE message SET original_body = coalesce(original_body, body), body = ?1, edited_us = ?2,
        mention = ?3, mentions = ?4 WHERE id = ?5 AND retracted_us IS NULL";
    let Mentions { whom, places } = mentions;
    let values = vec![body.clone().into(), at_us.into(), whom.into(), places.into(), id.into()];
    Ok(sql::execute(tx.db(), UPDATE, values).await? > 0)
}

/// Takes a message back: its text is gone from the database. Whether it was there to be taken back.
///
/// # Errors
/// See [`newest`].
pub async fn retract(tx: &WriteTx, id: MessageId, at_us: i64) -> Result<bool, StoreError> {
    const UPDATE: &str = "UPDATE message SET body = '', original_body = NULL, mention = NULL, mentions = NULL,
        retracted_us = ? WHERE id = ? AND retracted_us IS NULL";
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
