//! Conversations: with whom, where they are shown, and how far they were read.

use sea_orm::FromQueryResult;

use std::collections::HashSet;

use crate::store::sealed::Connected;
use crate::{
    Address, ArchiveId, ConversationBox, ConversationId, ConversationKind, Direction, Membership, MessageId, Reads,
    StoreError, TeamService, Text, TitleSource, WriteTx, messages, sql,
};

/// A conversation with one person or one team.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Person or team.
    pub kind: ConversationKind,
    /// Bare address of the person or team.
    pub address: Address,
    /// The archive that holds it.
    pub archive_id: ArchiveId,
    /// Title of a team.
    pub title: Option<Text>,
    /// Own name in a team.
    pub nick: Option<Text>,
    /// Hash of a team's picture.
    pub avatar_hash: Option<String>,
    /// Number of members of a team, where known.
    pub members: Option<i64>,
    /// Where it is shown.
    pub shown_in: ConversationBox,
    /// Kept at the top.
    pub pinned: bool,
    /// Marked as unread by hand.
    pub marked_unread: bool,
    /// No notifications before this time; `i64::MAX` for ever. `None`: not muted.
    pub muted_until_us: Option<i64>,
    /// Unread messages.
    pub unread: i64,
    /// Read pointer: everything up to this position has been read. Only moves forward.
    pub read_position: Option<i64>,
    /// The message that the read pointer stands on, where it is here.
    pub read_message_id: Option<MessageId>,
    /// Newest message.
    pub last_message_id: Option<MessageId>,
    /// Stamp by which the chat list is sorted.
    pub sort_us: i64,
    /// The server's inbox has listed it: its absence from the unread ones then means that it was read.
    pub listed: bool,
    /// Archived or trashed with every message up to this stamp.
    pub archived_through_us: Option<i64>,
    /// Which kind of service keeps a team, where known.
    pub service: Option<TeamService>,
    /// Membership of the user in a team; with a person, "invited" means that they ask to be a contact.
    pub membership: Membership,
    /// Bare address of the inviter.
    pub invited_by: Option<Address>,
    /// Purpose of a team.
    pub purpose: Option<Text>,
    /// Version of a team's members and configuration, as far as they are here (MUC Light).
    pub version: Option<String>,
    /// Unread messages that mention the user or everyone.
    pub mentions: i64,
    /// Notify of mentions alone.
    pub mentions_only: bool,
    /// Where the title of a team comes from, where it has one.
    pub title_source: Option<TitleSource>,
}

/// A conversation to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConversation {
    /// Person or team.
    pub kind: ConversationKind,
    /// Bare address of the person or team.
    pub address: Address,
    /// The archive that holds it.
    pub archive_id: ArchiveId,
    /// Where it is shown.
    pub shown_in: ConversationBox,
    /// Stamp by which the chat list sorts it while it has no message.
    pub sort_us: i64,
}

/// New properties of a team. `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TeamChange {
    /// Title, and where it comes from: one from a better source stays.
    pub title: Option<(Text, TitleSource)>,
    /// Own name.
    pub nick: Option<Text>,
    /// Hash of the picture.
    pub avatar_hash: Option<String>,
    /// Number of members.
    pub members: Option<i64>,
    /// Which kind of service keeps it.
    pub service: Option<TeamService>,
    /// Its purpose; empty: none.
    pub purpose: Option<Text>,
}

/// Whether a conversation existed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ensured {
    /// It is new.
    Created(ConversationId),
    /// It existed and was not changed.
    Existing(ConversationId),
}

impl Ensured {
    /// The conversation.
    #[must_use]
    pub fn id(self) -> ConversationId {
        match self {
            Self::Created(id) | Self::Existing(id) => id,
        }
    }
}

/// The conversation with an address, made if it is not there yet.
///
/// # Errors
/// [`StoreError::Constraint`] if the archive does not exist.
pub async fn ensure(tx: &WriteTx, new: NewConversation) -> Result<Ensured, StoreError> {
    const INSERT: &str = "INSERT INTO conversation (kind, address, archive_id, shown_in, sort_us)
        VALUES (?, ?, ?, ?, ?) ON CONFLICT (address) DO NOTHING RETURNING id";
    let NewConversation {
        kind,
        address,
        archive_id,
        shown_in,
        sort_us,
    } = new;
    let values = vec![
        kind.into(),
        address.clone().into(),
        archive_id.into(),
        shown_in.into(),
        sort_us.into(),
    ];
    if let Some(id) = sql::value(tx.db(), INSERT, values).await? {
        return Ok(Ensured::Created(id));
    }
    let existing = by_address(tx, &address).await?.ok_or(StoreError::NotFound)?;
    Ok(Ensured::Existing(existing.id))
}

/// All conversations, by id.
///
/// # Errors
/// What reading failed with.
pub async fn list(tx: &impl Reads) -> Result<Vec<Conversation>, StoreError> {
    sql::all(tx.db(), "SELECT * FROM conversation ORDER BY id", vec![]).await
}

/// One conversation.
///
/// # Errors
/// What reading failed with.
pub async fn get(tx: &impl Reads, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
    sql::first(tx.db(), "SELECT * FROM conversation WHERE id = ?", vec![id.into()]).await
}

/// The conversation with an address.
///
/// # Errors
/// What reading failed with.
pub async fn by_address(tx: &impl Reads, address: &Address) -> Result<Option<Conversation>, StoreError> {
    sql::first(
        tx.db(),
        "SELECT * FROM conversation WHERE address = ?",
        vec![address.clone().into()],
    )
    .await
}

/// The conversations with these addresses, in few statements. Those that are not there are left out.
///
/// # Errors
/// What reading failed with.
pub async fn by_addresses(tx: &impl Reads, addresses: &[Address]) -> Result<Vec<Conversation>, StoreError> {
    let mut found = Vec::with_capacity(addresses.len());
    for chunk in sql::batches(addresses) {
        let query = format!(
            "SELECT * FROM conversation WHERE address IN ({})",
            sql::marks(chunk.len())
        );
        let values = chunk.iter().map(|address| address.clone().into()).collect();
        found.extend(sql::all::<Conversation>(tx.db(), &query, values).await?);
    }
    Ok(found)
}

/// The conversations with people who ask to be a contact and have no answer, at most `limit` of them.
///
/// # Errors
/// What reading failed with.
pub async fn requests(tx: &impl Reads, limit: u32) -> Result<Vec<Conversation>, StoreError> {
    // kind 1: person, membership 2: invited; as literals, the condition of the index conversation_request.
    const QUERY: &str = "SELECT * FROM conversation WHERE kind = 1 AND membership = 2 ORDER BY id LIMIT ?";
    sql::all(tx.db(), QUERY, vec![limit.into()]).await
}

/// Changes the properties of a team; a conversation with a person is not found.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn change_team(tx: &WriteTx, id: ConversationId, change: TeamChange) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE conversation SET
        title = CASE WHEN ?1 IS NOT NULL AND ?2 >= coalesce(title_source, 0) THEN ?1 ELSE title END,
        title_source = max(coalesce(title_source, ?2), coalesce(?2, title_source)),
        nick = coalesce(?3, nick), avatar_hash = coalesce(?4, avatar_hash), members = coalesce(?5, members),
        service = coalesce(?6, service), purpose = coalesce(?7, purpose) WHERE id = ?8 AND kind = ?9";
    let TeamChange {
        title,
        nick,
        avatar_hash,
        members,
        service,
        purpose,
    } = change;
    let (title, title_source) = title.unzip();
    let values = vec![
        title.into(),
        title_source.into(),
        nick.into(),
        avatar_hash.into(),
        members.into(),
        service.into(),
        purpose.into(),
        id.into(),
        ConversationKind::Team.into(),
    ];
    sql::change(tx.db(), UPDATE, values).await
}

/// Sets the membership of the user in a team, and the inviter.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_membership(
    tx: &WriteTx,
    id: ConversationId,
    membership: Membership,
    invited_by: Option<Address>,
) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE conversation SET membership = ?, invited_by = ? WHERE id = ?";
    sql::change(tx.db(), UPDATE, vec![membership.into(), invited_by.into(), id.into()]).await
}

/// The teams with an open invitation from somebody, hidden ones included, the oldest first.
///
/// # Errors
/// What reading failed with.
pub async fn invited_by(tx: &impl Reads, inviter: &Address) -> Result<Vec<Conversation>, StoreError> {
    const QUERY: &str = "SELECT * FROM conversation WHERE membership = ? AND invited_by = ? ORDER BY id";
    sql::all(tx.db(), QUERY, vec![Membership::Invited.into(), inviter.clone().into()]).await
}

/// Sets the stored version of a team; `None`: unknown.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_version(tx: &WriteTx, id: ConversationId, version: Option<&str>) -> Result<(), StoreError> {
    let values = vec![version.into(), id.into()];
    sql::change(tx.db(), "UPDATE conversation SET version = ? WHERE id = ?", values).await
}

/// Sets whether the user is notified of mentions in a team alone.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_mentions_only(tx: &WriteTx, id: ConversationId, only: bool) -> Result<(), StoreError> {
    let values = vec![only.into(), id.into()];
    sql::change(
        tx.db(),
        "UPDATE conversation SET mentions_only = ? WHERE id = ?",
        values,
    )
    .await
}

/// Sets where a conversation is shown. The next message unarchives an archived one.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_box(tx: &WriteTx, id: ConversationId, shown_in: ConversationBox) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE conversation SET shown_in = ?1,
        archived_through_us = CASE ?1 WHEN ?2 THEN sort_us END WHERE id = ?3";
    sql::change(
        tx.db(),
        UPDATE,
        vec![shown_in.into(), ConversationBox::Archive.into(), id.into()],
    )
    .await
}

/// Archives a conversation with every message up to a stamp, stored or not: [`refresh`] unarchives it for a later message.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn archive(tx: &WriteTx, id: ConversationId, through_us: i64) -> Result<(), StoreError> {
    hide_through(tx, id, ConversationBox::Archive, through_us).await
}

/// Trashes a conversation with every message up to a stamp; a later message brings it back as for [`archive`].
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn trash(tx: &WriteTx, id: ConversationId, through_us: i64) -> Result<(), StoreError> {
    hide_through(tx, id, ConversationBox::Hidden, through_us).await
}

async fn hide_through(
    tx: &WriteTx,
    id: ConversationId,
    shown_in: ConversationBox,
    through_us: i64,
) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE conversation SET shown_in = ?1,
        archived_through_us = max(?2, coalesce(archived_through_us, ?2)) WHERE id = ?3";
    sql::change(tx.db(), UPDATE, vec![shown_in.into(), through_us.into(), id.into()]).await
}

/// Moves an archived or trashed conversation back to the inbox: a new message has arrived. Returns whether it moved.
///
/// # Errors
/// What writing failed with.
pub async fn unarchive(tx: &WriteTx, id: ConversationId) -> Result<bool, StoreError> {
    const UPDATE: &str = "UPDATE conversation SET shown_in = ?
        WHERE id = ? AND (shown_in = ? OR shown_in = ? AND archived_through_us IS NOT NULL)";
    let values = vec![
        ConversationBox::Inbox.into(),
        id.into(),
        ConversationBox::Archive.into(),
        ConversationBox::Hidden.into(),
    ];
    Ok(sql::execute(tx.db(), UPDATE, values).await? > 0)
}

/// Sets whether a conversation is kept at the top.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_pinned(tx: &WriteTx, id: ConversationId, pinned: bool) -> Result<(), StoreError> {
    sql::change(
        tx.db(),
        "UPDATE conversation SET pinned = ? WHERE id = ?",
        vec![pinned.into(), id.into()],
    )
    .await
}

/// Silences a conversation until a time, `i64::MAX` for ever, `None` not at all.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_muted(tx: &WriteTx, id: ConversationId, until_us: Option<i64>) -> Result<(), StoreError> {
    let values = vec![until_us.into(), id.into()];
    sql::change(
        tx.db(),
        "UPDATE conversation SET muted_until_us = ? WHERE id = ?",
        values,
    )
    .await
}

/// Marks a conversation as unread by hand, or takes the mark away.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_marked_unread(tx: &WriteTx, id: ConversationId, marked: bool) -> Result<(), StoreError> {
    let values = vec![marked.into(), id.into()];
    sql::change(
        tx.db(),
        "UPDATE conversation SET marked_unread = ? WHERE id = ?",
        values,
    )
    .await
}

/// Moves the read pointer forward; whether it moved. It never moves back.
///
/// # Errors
/// What writing failed with.
pub async fn advance_read(
    tx: &WriteTx,
    id: ConversationId,
    position: i64,
    message: Option<MessageId>,
) -> Result<bool, StoreError> {
    const UPDATE: &str = "UPDATE conversation SET read_position = ?1, read_message_id = ?2
        WHERE id = ?3 AND (read_position IS NULL OR read_position < ?1)";
    Ok(sql::execute(tx.db(), UPDATE, vec![position.into(), message.into(), id.into()]).await? > 0)
}

/// Moves the read pointer in either direction, along with the message at it, which has a new place in the thread: the set of read
/// messages stays the same.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn replace_read(
    tx: &WriteTx,
    id: ConversationId,
    position: i64,
    message: Option<MessageId>,
) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE conversation SET read_position = ?, read_message_id = ? WHERE id = ?";
    sql::change(tx.db(), UPDATE, vec![position.into(), message.into(), id.into()]).await
}

/// Counts the unread messages after the read pointer (all, if there is none), and the mentions among them, and stores the numbers as
/// the local ones. How many are unread.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn recount_unread(tx: &WriteTx, id: ConversationId) -> Result<u32, StoreError> {
    const UPDATE: &str =
        "UPDATE conversation SET unread = ?4, mentions = (SELECT count(*) FROM message WHERE conversation_id = ?1
        AND mention >= 2 AND position > ?2 AND direction = ?3) WHERE id = ?1";
    let conversation = get(tx, id).await?.ok_or(StoreError::NotFound)?;
    let read = conversation.read_position.unwrap_or(i64::MIN);
    let unread = messages::count_unread(tx, id, read).await?;
    let values = vec![id.into(), read.into(), Direction::Incoming.into(), unread.into()];
    sql::change(tx.db(), UPDATE, values).await?;
    Ok(unread)
}

/// Updates the columns of the chat list from the threads, in few statements: the newest message, the
/// stamp by which they are sorted, the unread messages after the read pointer and the mentions among them, and, once there is a
/// message, that they are shown. A message later than the stamp of archiving unarchives its conversation; two seconds of grace, as a
/// message has a stamp of the local clock before it has the archive's.
///
/// # Errors
/// What writing failed with.
pub async fn refresh(tx: &WriteTx, ids: &[ConversationId]) -> Result<(), StoreError> {
    macro_rules! newest {
        ($column:literal) => {
            concat!(
                "(SELECT ",
                $column,
                " FROM message WHERE conversation_id = conversation.id AND direction <> ?1
                  ORDER BY position DESC, id DESC LIMIT 1)"
            )
        };
    }
    // mention >= 2: everyone, the user; as a literal, the condition of the index message_mention.
    const UPDATE: &str = concat!(
        "UPDATE conversation SET
            last_message_id = ",
        newest!("id"),
        ", sort_us = coalesce(",
        newest!("stamp_us"),
        ", sort_us),
            shown_in = CASE WHEN shown_in = ?2 AND archived_through_us IS NULL AND ",
        newest!("id"),
        " IS NOT NULL THEN ?3
                WHEN shown_in IN (?4, ?2) AND ",
        newest!("stamp_us"),
        " > archived_through_us + 2000000 THEN ?3 ELSE shown_in END,
            unread = (SELECT count(*) FROM message WHERE conversation_id = conversation.id
                AND position > coalesce(conversation.read_position, ?5) AND direction = ?6),
            mentions = (SELECT count(*) FROM message WHERE conversation_id = conversation.id AND mention >= 2
                AND position > coalesce(conversation.read_position, ?5) AND direction = ?6)
         WHERE id IN "
    );
    for batch in sql::batches(ids) {
        let update = format!("{UPDATE} ({})", sql::numbered_marks(7, batch.len()));
        let mut values = vec![
            Direction::Neither.into(),
            ConversationBox::Hidden.into(),
            ConversationBox::Inbox.into(),
            ConversationBox::Archive.into(),
            i64::MIN.into(),
            Direction::Incoming.into(),
        ];
        values.extend(batch.iter().map(|id| (*id).into()));
        sql::execute(tx.db(), &update, values).await?;
    }
    Ok(())
}

/// Conversations with unread messages that the server's inbox has listed.
///
/// # Errors
/// What reading failed with.
pub async fn listed_unread(tx: &impl Reads) -> Result<Vec<ConversationId>, StoreError> {
    const QUERY: &str = "SELECT id FROM conversation WHERE unread > 0 AND listed = 1 ORDER BY id";
    sql::values(tx.db(), QUERY, vec![]).await
}

/// Marks a conversation as listed by the server's inbox.
///
/// # Errors
/// What writing failed with.
pub async fn set_listed(tx: &WriteTx, id: ConversationId) -> Result<(), StoreError> {
    sql::execute(
        tx.db(),
        "UPDATE conversation SET listed = 1 WHERE id = ?",
        vec![id.into()],
    )
    .await?;
    Ok(())
}

/// Which of these conversations have no read pointer yet.
///
/// # Errors
/// What reading failed with.
pub async fn without_pointer(tx: &impl Reads, ids: &[ConversationId]) -> Result<HashSet<ConversationId>, StoreError> {
    let mut found = HashSet::new();
    for batch in sql::batches(ids) {
        let query = format!(
            "SELECT id FROM conversation WHERE read_position IS NULL AND id IN ({})",
            sql::marks(batch.len())
        );
        let values = batch.iter().map(|id| (*id).into()).collect();
        found.extend(sql::values::<ConversationId>(tx.db(), &query, values).await?);
    }
    Ok(found)
}

/// Sets the stamp by which the chat list sorts a conversation.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_sort(tx: &WriteTx, id: ConversationId, sort_us: i64) -> Result<(), StoreError> {
    sql::change(
        tx.db(),
        "UPDATE conversation SET sort_us = ? WHERE id = ?",
        vec![sort_us.into(), id.into()],
    )
    .await
}
