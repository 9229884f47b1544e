//! The chat list: everything that its rows need, in one statement.

use sea_orm::{FromQueryResult, Value};

use crate::{
    Address, ConversationBox, ConversationId, ConversationKind, DeliveryState, Direction, Membership, MessageId,
    MessageKind, Reads, StoreError, Text, Unreadable, sql,
};

/// One row of the chat list.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ChatListRow {
    /// The conversation.
    pub id: ConversationId,
    /// Person or team.
    pub kind: ConversationKind,
    /// Bare address.
    pub address: Address,
    /// Where it is shown.
    pub shown_in: ConversationBox,
    /// Title of a team; name of a person by roster, else profile.
    pub name: Option<Text>,
    /// Role of a person.
    pub role: Option<Text>,
    /// Ward of a person.
    pub ward: Option<Text>,
    /// Hash of the picture that is announced.
    pub avatar_hash: Option<String>,
    /// Whether that picture is here.
    pub avatar_here: bool,
    /// Blocked by the user.
    pub blocked: bool,
    /// The person is in the roster, has been accepted, or belongs to a team that the signed-in person is in.
    pub is_known: bool,
    /// Members of a team, where known.
    pub members: Option<i64>,
    /// Own name in a team.
    pub nick: Option<Text>,
    /// Membership of the user in a team.
    pub membership: Membership,
    /// Name of the inviter: by roster, else profile.
    pub invited_by: Option<Text>,
    /// Unread messages that mention the user or everyone.
    pub mentions: i64,
    /// Notify of mentions alone.
    pub mentions_only: bool,
    /// Kept at the top.
    pub pinned: bool,
    /// Marked as unread by hand.
    pub marked_unread: bool,
    /// No notifications before this time.
    pub muted_until_us: Option<i64>,
    /// Unread messages.
    pub unread: i64,
    /// Stamp by which the list is sorted.
    pub sort_us: i64,
    /// Unfinished text.
    pub draft: Option<Text>,
    /// Newest message. The fields below are of this message.
    pub last_message_id: Option<MessageId>,
    /// The beginning of its text, at most [`PREVIEW_CHARS`] characters.
    pub last_text: Option<Text>,
    /// What it is.
    pub last_kind: Option<MessageKind>,
    /// Why it has no text that can be shown.
    pub last_unreadable: Option<Unreadable>,
    /// From or to.
    pub last_direction: Option<Direction>,
    /// Who sent it.
    pub last_sender: Option<Address>,
    /// Name of its sender: by roster, else profile, else in the team.
    pub last_sender_name: Option<Text>,
    /// Its shown time.
    pub last_stamp_us: Option<i64>,
    /// Own message: how far it got.
    pub last_delivery: Option<DeliveryState>,
    /// When it was taken back.
    pub last_retracted_us: Option<i64>,
}

/// How much of a message's text a row carries.
pub const PREVIEW_CHARS: u32 = 400;

/// One place for the columns, two for the condition.
macro_rules! query {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.kind, c.address, c.shown_in,
            coalesce(nullif(trim(c.title), ''), nullif(trim(k.roster_name), ''), nullif(trim(k.full_name), '')) AS name,
            k.role, k.ward, coalesce(c.avatar_hash, k.avatar_hash) AS avatar_hash, a.hash IS NOT NULL AS avatar_here,
            coalesce(k.blocked, 0) AS blocked,
            c.kind = ?1 AND (k.subscription IS NOT NULL OR coalesce(k.accepted, 0) = 1 OR EXISTS (
                SELECT 1 FROM member AS tm JOIN conversation AS t ON t.id = tm.conversation_id
                WHERE tm.address = c.address AND t.membership = ?2)) AS is_known,
            c.members, c.nick, c.membership, c.mentions, c.mentions_only,
            coalesce(nullif(trim(i.roster_name), ''), nullif(trim(i.full_name), ''), c.invited_by) AS invited_by, c.pinned, c.marked_unread, c.muted_until_us, c.unread, c.sort_us, d.body AS draft,
            m.id AS last_message_id, substr(m.body, 1, 400) AS last_text, m.kind AS last_kind, m.unreadable AS last_unreadable,
            m.direction AS last_direction, m.sender_address AS last_sender,
            coalesce(nullif(trim(s.roster_name), ''), nullif(trim(s.full_name), ''), m.sender_nick) AS last_sender_name,
            m.stamp_us AS last_stamp_us, m.delivery AS last_delivery, m.retracted_us AS last_retracted_us
            FROM conversation AS c
            LEFT JOIN contact AS k ON k.address = c.address
            LEFT JOIN avatar AS a ON a.hash = coalesce(c.avatar_hash, k.avatar_hash)
            LEFT JOIN draft AS d ON d.conversation_id = c.id
            LEFT JOIN message AS m ON m.id = c.last_message_id
            LEFT JOIN contact AS s ON s.address = m.sender_address
            LEFT JOIN contact AS i ON i.address = c.invited_by ",
            $rest
        )
    };
}

pub(crate) const ROWS: &str =
    query!("WHERE c.shown_in IN (?3, ?4) ORDER BY c.shown_in, c.pinned DESC, c.sort_us DESC, c.address");
const ROW: &str = query!("WHERE c.id = ?3");
const OF_MANY: &str = query!("WHERE c.id IN ");

/// The values of every query: a person is known by a team of which the user is a member.
fn known_values() -> Vec<Value> {
    vec![ConversationKind::Person.into(), Membership::Member.into()]
}

/// The rows that are shown, first to last: the inbox, then the archive; pinned ones, then by the newest message, then
/// by address.
///
/// # Errors
/// What reading failed with.
pub async fn rows(tx: &impl Reads) -> Result<Vec<ChatListRow>, StoreError> {
    let mut values = known_values();
    values.extend([ConversationBox::Inbox.into(), ConversationBox::Archive.into()]);
    sql::all(tx.db(), ROWS, values).await
}

/// The row of one conversation, in whatever box.
///
/// # Errors
/// What reading failed with.
pub async fn row(tx: &impl Reads, id: ConversationId) -> Result<Option<ChatListRow>, StoreError> {
    let mut values = known_values();
    values.push(id.into());
    sql::first(tx.db(), ROW, values).await
}

/// The rows of these conversations, in whatever box, by id.
///
/// # Errors
/// What reading failed with.
pub async fn rows_of(tx: &impl Reads, ids: &[ConversationId]) -> Result<Vec<ChatListRow>, StoreError> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in sql::batches(ids) {
        let query = format!("{OF_MANY} ({}) ORDER BY c.id", sql::numbered_marks(3, chunk.len()));
        let mut values = known_values();
        values.extend(chunk.iter().map(|id| Value::from(*id)));
        rows.extend(sql::all::<ChatListRow>(tx.db(), &query, values).await?);
    }
    Ok(rows)
}
