//! A conversation's thread: items, a snapshot of the loaded window, and ordered diffs.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Avatar, ConversationRow, GapId, MessageId, NoticeItem, Revision, TextToken};

/// How far an own message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum Delivery {
    /// Stored here, not proven on the server.
    Waiting,
    /// The server has it.
    Sent,
    /// A device of the recipient has it (XEP-0184).
    Delivered,
    /// The recipient has seen it (XEP-0333).
    Read,
    /// It was not sent and will not be by itself.
    Failed,
}

/// Why an own message failed, or is still waiting after it was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum SendFailure {
    /// The recipient does not exist.
    RecipientUnknown,
    /// Not allowed (blocked, not a member).
    NotAllowed,
    /// The server refuses for another reason.
    Refused,
    /// Larger than the server accepts.
    TooLarge,
    /// A server on the way is busy or out of reach. While the message waits, it is tried again by itself.
    Busy,
    /// The team chat has not let us in. While the message waits, it is tried again by itself.
    NotEntered,
}

/// Who sent a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Author {
    /// The signed-in person, on any device.
    Me,
    /// Somebody else.
    Other {
        /// Stable key of the person within the conversation, for grouping bubbles.
        key: String,
        /// Name.
        name: String,
        /// Picture.
        avatar: Avatar,
    },
}

/// One message as drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct MessageItem {
    /// The message.
    pub id: MessageId,
    /// Who.
    pub author: Author,
    /// The text.
    pub text: Vec<TextToken>,
    /// When, Unix milliseconds.
    pub at: i64,
    /// Own message: how far it got. `None`: from somebody else.
    pub delivery: Option<Delivery>,
    /// Own message that failed: why. Own message that waits: why the last try did not work.
    pub failure: Option<SendFailure>,
    /// Own message that nobody else has seen, as it waits or has failed: its text as it was written, to be changed.
    pub unsent: Option<String>,
    /// Own message in a team: by how many it has been seen.
    pub read_by: Option<ReadBy>,
    /// Why it has no text that can be shown; `text` is empty. `None`: it has one.
    pub unreadable: Option<Unreadable>,
    /// Changed after it was sent (XEP-0308).
    pub edited: bool,
    /// Taken back (XEP-0424); `text` is empty.
    pub retracted: bool,
}

/// Why a message has no text that can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum Unreadable {
    /// It is encrypted for other apps.
    Encrypted,
    /// It is in a form that is not understood here.
    Unsupported,
    /// Its text shows nothing.
    Blank,
}

/// By how many of a team a message has been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct ReadBy {
    /// So many said so.
    pub count: u32,
    /// Of so many others; `None`: how many there are is not known.
    pub of: Option<u32>,
}

/// Somebody who has seen a message, or not yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Reader {
    /// Name.
    pub name: String,
    /// Role, where known.
    pub role: Option<String>,
    /// Picture.
    pub avatar: Avatar,
}

/// Who has seen a message, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Readers {
    /// Those who said so.
    pub read: Vec<Reader>,
    /// The other members; `None`: who they are is not known.
    pub unread: Option<Vec<Reader>>,
}

/// State of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum GapState {
    /// Known; filled by itself while there is a connection.
    Open,
    /// The server no longer keeps what was here.
    Expired,
}

/// One item of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum TimelineItem {
    /// A message.
    Message(Box<MessageItem>),
    /// What a team says of itself.
    Notice(Box<NoticeItem>),
    /// Messages that the server has and this computer does not have yet.
    Gap {
        /// The gap.
        id: GapId,
        /// Its state.
        state: GapState,
    },
}

impl TimelineItem {
    /// Id of a message or notice; `None` for a gap.
    #[must_use]
    pub fn id(&self) -> Option<MessageId> {
        match self {
            Self::Message(message) => Some(message.id),
            Self::Notice(notice) => Some(notice.id),
            Self::Gap { .. } => None,
        }
    }
}

/// What lies before the first loaded item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum TimelineStart {
    /// More may be loaded.
    More,
    /// Being loaded.
    Loading,
    /// The true beginning of the conversation.
    Beginning,
    /// More may exist on the server, but there is no connection.
    Offline,
}

/// What lies after the last loaded item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum TimelineEnd {
    /// More may be loaded.
    More,
    /// Being loaded.
    Loading,
    /// Nothing: new messages are appended.
    Newest,
}

/// Where what was unread begins, as it was when the conversation was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct UnreadLine {
    /// The line goes above this message.
    pub before: MessageId,
    /// How many messages were unread.
    pub count: u32,
    /// Those of them that mention the signed-in person or everyone, oldest first; of very many the first ones.
    pub mentions: Vec<MessageId>,
}

/// The loaded window of a thread, oldest first: everything that is here between its first and its last message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct TimelineSnapshot {
    /// Which conversation, with its head.
    pub conversation: ConversationRow,
    /// Revision that the next diff builds on.
    pub revision: Revision,
    /// What lies before the first item.
    pub start: TimelineStart,
    /// What lies after the last item.
    pub end: TimelineEnd,
    /// Items, oldest first.
    pub items: Vec<TimelineItem>,
    /// Where the unread messages begin.
    pub unread: Option<UnreadLine>,
    /// The message that the window was made for: the first unread one, or the target of a jump. `None`: the newest.
    pub focus: Option<MessageId>,
}

/// Where to go in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum JumpTarget {
    /// To the newest message.
    Newest,
    /// To a message that is here.
    Message {
        /// Which.
        id: MessageId,
    },
    /// To the first message from a time on. It is asked of the server if it is not here.
    Date {
        /// Unix milliseconds.
        at: i64,
    },
}

/// One change of a thread. Indexes count in the state that the diffs before it left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum TimelineDiff {
    /// New items before `index`.
    Insert {
        /// Position of the first new item.
        index: u32,
        /// The items, oldest first.
        items: Vec<TimelineItem>,
    },
    /// The item at `index` has new content.
    Update {
        /// Position.
        index: u32,
        /// The item.
        item: TimelineItem,
    },
    /// `count` items from `index` go away.
    Remove {
        /// Position of the first.
        index: u32,
        /// How many.
        count: u32,
    },
    /// What lies before the first item has changed.
    Start {
        /// The new state.
        start: TimelineStart,
    },
    /// What lies after the last item has changed.
    End {
        /// The new state.
        end: TimelineEnd,
    },
}

/// Text that somebody has begun to write, or stopped writing (XEP-0085).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum Composing {
    /// Typing.
    Active,
    /// Stopped.
    Paused,
}
