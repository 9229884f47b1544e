//! Conversations: with whom, where they are shown, and how far they were read.

use std::collections::HashSet;

pub use crate::entity::conversation::Model as Conversation;
use crate::store::sealed::Connected;
use crate::{
    Address, ArchiveId, ConversationBox, ConversationId, ConversationKind, Direction, Membership, MessageId, Reads,
    StoreError, TeamService, Text, TitleSource, UnreadSource, WriteTx, messages, sql,
};

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
    /// Who counts its unread messages.
    pub unread_source: UnreadSource,
    /// Stamp by which the chat list sorts it while it has no message.
    pub sort_us: i64,
}

/// What is known of a team. `None` leaves a field as it is.
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
    /// What it is for; empty: nothing is said.
    pub purpose: Option<Text>,
}

/// Whether a conversation was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ensured {
    /// It is new.
    Created(ConversationId),
    /// It was there, and nothing of it was changed.
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
    const INSERT: &str = "INSERT INTO conversation (kind, address, archive_id, box, unread_source, sort_us)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (address) DO NOTHING RETURNING id";
    let NewConversation {
        kind,
        address,
        archive_id,
        shown_in,
        unread_source,
        sort_us,
    } = new;
    let values = vec![
        kind.into(),
        address.clone().into(),
        archive_id.into(),
        shown_in.into(),
        unread_source.into(),
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
    // The condition is written out, not bound: only then may SQLite use the index.
    const QUERY: &str = "SELECT * FROM conversation WHERE kind = 1 AND membership = 2 ORDER BY id LIMIT ?";
    sql::all(tx.db(), QUERY, vec![limit.into()]).await
}

/// Stores what is known of a team. A conversation with a person is none.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn change_team(tx: &WriteTx, id: ConversationId, change: TeamChange) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE conversation SET
        title = CASE WHEN ?1 IS NOT NULL AND ?2 >= coalesce(title_source, 0) THEN ?1 ELSE title END,
        title_source = max(coalesce(title_source, ?2), coalesce(?2, title_source)),
        nick = coalesce(?3, nick), avatar_hash = coalesce(?4, avatar_hash), members = coalesce(?5, members),
        service = coalesce(?6, service), purpose = coalesce(?7, purpose) WHERE id = ?8 AND kind = 2";
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
    ];
    sql::change(tx.db(), UPDATE, values).await
}

/// Sets how one stands with a team, and who asked one in.
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

/// The teams into which somebody has asked one, without an answer yet, the oldest first; those that are out of sight included.
///
/// # Errors
/// What reading failed with.
pub async fn asked_in_by(tx: &impl Reads, inviter: &Address) -> Result<Vec<Conversation>, StoreError> {
    const QUERY: &str = "SELECT * FROM conversation WHERE membership = ? AND invited_by = ? ORDER BY id";
    sql::all(tx.db(), QUERY, vec![Membership::Invited.into(), inviter.clone().into()]).await
}

/// Sets which version of a team is here; `None`: it is not known how much of it is.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_version(tx: &WriteTx, id: ConversationId, version: Option<&str>) -> Result<(), StoreError> {
    let values = vec![version.into(), id.into()];
    sql::change(tx.db(), "UPDATE conversation SET version = ? WHERE id = ?", values).await
}

/// Sets whether notifications of a team are wanted of mentions alone.
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

/// Sets where a conversation is shown. One that is put aside comes back with the next message.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_box(tx: &WriteTx, id: ConversationId, shown_in: ConversationBox) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE conversation SET box = ?1, aside_us = CASE ?1 WHEN 2 THEN sort_us END WHERE id = ?2";
    sql::change(tx.db(), UPDATE, vec![shown_in.into(), id.into()]).await
}

/// Puts a conversation aside with what had been said up to a stamp, which need not be here: [`refresh`] brings it back for what was said
/// later.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn put_aside(tx: &WriteTx, id: ConversationId, through_us: i64) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE conversation SET box = 2, aside_us = max(?1, coalesce(aside_us, ?1)) WHERE id = ?2";
    sql::change(tx.db(), UPDATE, vec![through_us.into(), id.into()]).await
}

/// Puts a conversation out of sight with what had been said up to a stamp; what is said later brings it back as for [`put_aside`].
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn throw_away(tx: &WriteTx, id: ConversationId, through_us: i64) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE conversation SET box = 3, aside_us = max(?1, coalesce(aside_us, ?1)) WHERE id = ?2";
    sql::change(tx.db(), UPDATE, vec![through_us.into(), id.into()]).await
}

/// Brings a conversation that was put aside or thrown away back to the inbox: something is said in it now. Whether it had been.
///
/// # Errors
/// What writing failed with.
pub async fn bring_back(tx: &WriteTx, id: ConversationId) -> Result<bool, StoreError> {
    const UPDATE: &str =
        "UPDATE conversation SET box = 1 WHERE id = ? AND (box = 2 OR box = 3 AND aside_us IS NOT NULL)";
    Ok(sql::execute(tx.db(), UPDATE, vec![id.into()]).await? > 0)
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

/// Sets the number of unread messages, and who counted them.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_unread(tx: &WriteTx, id: ConversationId, unread: u32, source: UnreadSource) -> Result<(), StoreError> {
    let values = vec![unread.into(), source.into(), id.into()];
    sql::change(
        tx.db(),
        "UPDATE conversation SET unread = ?, unread_source = ? WHERE id = ?",
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

/// Puts the read pointer elsewhere, backwards too: the message that it stands on, or stands before, has got another place
/// in the thread. Nobody has read more or less by it.
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
    const UPDATE: &str = "UPDATE conversation SET mentions = (SELECT count(*) FROM message WHERE conversation_id = ?1
        AND mention >= 2 AND position > ?2 AND direction = 1) WHERE id = ?1";
    let conversation = get(tx, id).await?.ok_or(StoreError::NotFound)?;
    let read = conversation.read_position.unwrap_or(i64::MIN);
    let unread = messages::count_unread(tx, id, read).await?;
    set_unread(tx, id, unread, UnreadSource::Local).await?;
    sql::change(tx.db(), UPDATE, vec![id.into(), read.into()]).await?;
    Ok(unread)
}

/// Makes what the chat list says of conversations follow from their threads, in few statements: the newest displayable message, the
/// stamp by which they are sorted, the unread messages after the read pointer and the mentions among them, and, once there is a message, that they are shown. One
/// that was put aside comes back for what was said since then; two seconds do not count, as a message has its stamp from a clock
/// before it has that of the archive.
///
/// # Errors
/// What writing failed with.
pub async fn refresh(tx: &WriteTx, ids: &[ConversationId]) -> Result<(), StoreError> {
    // `displayable = 1` is written out for the sake of the thread's index.
    macro_rules! newest {
        ($column:literal) => {
            concat!(
                "(SELECT ",
                $column,
                " FROM message WHERE conversation_id = conversation.id AND displayable = 1 AND direction <> 3
                  ORDER BY position DESC, id DESC LIMIT 1)"
            )
        };
    }
    const UPDATE: &str = concat!(
        "UPDATE conversation SET
            last_message_id = ",
        newest!("id"),
        ", sort_us = coalesce(",
        newest!("stamp_us"),
        ", sort_us),
            box = CASE WHEN box = ? AND aside_us IS NULL AND ",
        newest!("id"),
        " IS NOT NULL THEN ?
                WHEN box IN (2, 3) AND ",
        newest!("stamp_us"),
        " > aside_us + 2000000 THEN 1 ELSE box END,
            unread = (SELECT count(*) FROM message WHERE conversation_id = conversation.id AND displayable = 1
                AND position > coalesce(conversation.read_position, ?) AND direction = ?),
            mentions = (SELECT count(*) FROM message WHERE conversation_id = conversation.id AND mention >= 2
                AND position > coalesce(conversation.read_position, ?) AND direction = 1 AND displayable = 1),
            unread_source = ?
         WHERE id IN "
    );
    for batch in sql::batches(ids) {
        let update = format!("{UPDATE} ({})", sql::marks(batch.len()));
        let mut values = vec![
            ConversationBox::Hidden.into(),
            ConversationBox::Inbox.into(),
            i64::MIN.into(),
            Direction::Incoming.into(),
            i64::MIN.into(),
            UnreadSource::Local.into(),
        ];
        values.extend(batch.iter().map(|id| (*id).into()));
        sql::execute(tx.db(), &update, values).await?;
    }
    Ok(())
}

/// Conversations with unread messages that the server's inbox has named.
///
/// # Errors
/// What reading failed with.
pub async fn listed_unread(tx: &impl Reads) -> Result<Vec<ConversationId>, StoreError> {
    const QUERY: &str = "SELECT id FROM conversation WHERE unread > 0 AND listed = 1 ORDER BY id";
    sql::values(tx.db(), QUERY, vec![]).await
}

/// Notes that the server's inbox has named a conversation.
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

/// Removes a conversation with everything in it.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn remove(tx: &WriteTx, id: ConversationId) -> Result<(), StoreError> {
    sql::change(tx.db(), "DELETE FROM conversation WHERE id = ?", vec![id.into()]).await
}
