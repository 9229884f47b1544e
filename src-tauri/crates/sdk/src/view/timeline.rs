//! A conversation's thread: items, a snapshot of the loaded window, and ordered diffs.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Avatar, ConversationRow, GapId, MessageId, Revision, TextToken};

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

/// Why an own message failed.
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
    /// Own message that failed: why.
    pub failure: Option<SendFailure>,
    /// Changed after it was sent (XEP-0308).
    pub edited: bool,
    /// Taken back (XEP-0424); `text` is empty.
    pub retracted: bool,
}

/// State of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum GapState {
    /// Known, waiting to be filled.
    Open,
    /// Being filled.
    Loading,
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
    /// Messages that the server has and this computer does not have yet.
    Gap {
        /// The gap.
        id: GapId,
        /// Its state.
        state: GapState,
    },
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

/// The loaded window of a thread, oldest first; it always reaches to the newest message.
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
    /// Items, oldest first.
    pub items: Vec<TimelineItem>,
    /// The first unread message when the conversation was opened: the unread line goes above it.
    pub first_unread: Option<MessageId>,
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
