//! The chat list: rows, a snapshot, and ordered diffs.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ConversationId, Delivery, Membership, MessageId, Revision, TeamHead};

/// One-to-one or team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum ConversationKind {
    /// With one person.
    Person,
    /// A team chat.
    Team,
}

/// A person or team, as drawn beside a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Avatar {
    /// One or two letters for when there is no picture.
    pub initials: String,
    /// Index of a background colour, 0 to 11, stable per person (XEP-0392).
    pub colour: u8,
    /// Hash of the picture; the app serves it under its avatar address. `None`: no picture.
    pub picture: Option<String>,
}

/// Who somebody is, as far as known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Name, never empty: at worst the local part of the address.
    pub name: String,
    /// Role, such as "Cardiology registrar".
    pub role: Option<String>,
    /// Ward or department.
    pub ward: Option<String>,
    /// Picture.
    pub avatar: Avatar,
    /// The name of somebody better known whom this name could be taken for: "not the Ana you know".
    pub resembles: Option<String>,
}

/// A person from whom nothing is taken, or a team into which nobody may take or ask one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Blocked {
    /// Bare address.
    pub address: String,
    /// Which of the two.
    pub kind: ConversationKind,
    /// Whom it shows; of a team, its name.
    pub person: Person,
}

/// Whether a person can be reached right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum Presence {
    /// Not known (no subscription), or a team.
    Unknown,
    /// Not connected.
    Offline,
    /// Connected.
    Available,
    /// Connected and away.
    Away,
    /// Connected and asks not to be disturbed.
    DoNotDisturb,
}

/// What a person is to the signed-in person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum Relation {
    /// A colleague, a contact, a member of a team of theirs, or somebody to whom they have written.
    Known,
    /// Nobody whom they know. Nothing goes back to them before they are accepted.
    Stranger,
    /// Somebody asks to be a contact.
    Requesting,
    /// A service that announces something. Nobody answers it.
    Service,
}

/// One row of the chat list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct ConversationRow {
    /// The conversation.
    pub id: ConversationId,
    /// Person or team.
    pub kind: ConversationKind,
    /// The name, role, ward and picture; for a team its name and picture.
    pub person: Person,
    /// What a person is to the signed-in person; of a team always known.
    pub relation: Relation,
    /// The address of whoever has no account of the own domain; `None`: a colleague or a team.
    pub address: Option<String>,
    /// What is known of a team; `None`: it is a person.
    pub team: Option<TeamHead>,
    /// Whether the person is there.
    pub presence: Presence,
    /// The last message.
    pub preview: Option<Preview>,
    /// Unfinished text of one's own; shown in place of the preview.
    pub draft: Option<String>,
    /// Names of those typing now.
    pub typing: Vec<String>,
    /// Where it is listed: those put aside come after all others.
    pub shown_in: ConversationBox,
    /// Unread messages.
    pub unread: u32,
    /// Marked as unread by hand.
    pub marked_unread: bool,
    /// Kept at the top.
    pub pinned: bool,
    /// No notifications before this time, Unix milliseconds; [`MUTED_FOR_EVER`] for ever. `None`: not muted.
    pub muted_until: Option<i64>,
    /// Nothing from this person is taken.
    pub blocked: bool,
}

impl ConversationRow {
    /// Whether somebody asks the signed-in person into its team, or to be a contact.
    #[must_use]
    pub fn is_invitation(&self) -> bool {
        let membership = self.team.as_ref().map(|team| &team.membership);
        self.relation == Relation::Requesting || matches!(membership, Some(Membership::Invited { .. }))
    }
}

/// When a conversation ends to be muted that is muted for ever: the last moment that JavaScript's numbers count exactly.
pub const MUTED_FOR_EVER: i64 = (1 << 53) - 1;

/// Where a conversation is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum ConversationBox {
    /// Among the current ones.
    Inbox,
    /// Put aside, until something is said in it.
    Archive,
}

/// What a person decides about a conversation. All their devices follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ConversationChange {
    /// Kept at the top, or no longer.
    Pin {
        /// Which.
        pinned: bool,
    },
    /// No notifications before a time.
    Mute {
        /// Unix milliseconds; [`MUTED_FOR_EVER`] for ever. `None`: no longer muted.
        until: Option<i64>,
    },
    /// Listed elsewhere.
    Move {
        /// Where.
        to: ConversationBox,
    },
    /// Looks unread until it is read again.
    MarkUnread,
    /// A stranger is accepted, or somebody's request to be a contact.
    Accept,
    /// Somebody's request to be a contact is declined.
    Decline,
}

/// How far a conversation has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct ReadThrough {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Everything up to this message was seen.
    pub message: MessageId,
}

/// The last message of a conversation, shortened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// Which message.
    pub message: MessageId,
    /// Short form of the sender's name in a team, such as the given name; `None` in one-to-one chats and for own messages.
    pub sender: Option<String>,
    /// What it is.
    pub kind: PreviewKind,
    /// Plain text, at most 160 characters, line breaks folded; of a photo or a file its name.
    pub text: String,
    /// When, Unix milliseconds.
    pub at: i64,
    /// Own message: how far it got. `None`: from somebody else.
    pub delivery: Option<Delivery>,
}

/// What a message is to somebody who sees its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum PreviewKind {
    /// Text.
    Text,
    /// A photo.
    Photo,
    /// Another file.
    File,
    /// Something that cannot be read here.
    Unreadable,
}

/// The whole chat list in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct InboxSnapshot {
    /// Revision that the next diff builds on.
    pub revision: Revision,
    /// Rows, first to last.
    pub rows: Vec<ConversationRow>,
    /// Unread messages in conversations that are neither muted nor put aside; [`Event::Unread`](super::Event::Unread) tells the
    /// next number.
    pub unread: u32,
}

/// One change of the chat list. Order and membership changes are apart from changes of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum InboxDiff {
    /// A new row at `index`.
    Insert {
        /// Position in the list.
        index: u32,
        /// The row.
        row: Box<ConversationRow>,
    },
    /// The row at `from` moves to `to` (`to` counted after taking it out).
    Move {
        /// Position before.
        from: u32,
        /// Position after.
        to: u32,
    },
    /// The row at `index` goes away.
    Remove {
        /// Position in the list.
        index: u32,
    },
    /// The row at `index` has new content.
    Update {
        /// Position in the list.
        index: u32,
        /// The row.
        row: Box<ConversationRow>,
    },
}
