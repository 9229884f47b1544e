//! Conversations of the inbox, its pages, and the queries for them.

use xmpp_parsers::jid::{BareJid, Jid};

use crate::ids::Timestamp;
use crate::message::ReceivedMessage;

/// The box that holds a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum InboxBox {
    /// Current.
    Inbox,
    /// Archived.
    Archive,
    /// In the trash, until the server empties it.
    Bin,
    /// A box that the hospital's server has beside these.
    Other(String),
}

impl InboxBox {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Inbox => "inbox",
            Self::Archive => "archive",
            Self::Bin => "bin",
            Self::Other(name) => name,
        }
    }
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InboxOrder {
    /// The most recent conversation.
    NewestFirst,
    /// The one that has been silent for longest.
    OldestFirst,
}

/// Which conversations count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InboxFilter {
    /// All.
    All,
    /// Those with something unread.
    Unread,
}

/// The place of a conversation in the inbox. Opaque.
#[derive(Clone, PartialEq, Eq)]
pub struct InboxCursor(pub(super) String);

/// A question for a page of the inbox.
#[derive(Clone, PartialEq, Eq)]
pub struct InboxQuery {
    /// One box; `None`: every box but the bin.
    pub in_box: Option<InboxBox>,
    /// Which conversations.
    pub filter: InboxFilter,
    /// Only conversations in which something happened at or after this time.
    pub start: Option<Timestamp>,
    /// Only conversations in which nothing happened after this time.
    pub end: Option<Timestamp>,
    /// Which end comes first.
    pub order: InboxOrder,
    /// Conversations after this cursor in that order; `None`: from the beginning.
    pub after: Option<InboxCursor>,
    /// Most conversations to a page.
    pub max: u16,
}

impl InboxQuery {
    /// Every box but the bin, the most recent conversation first, so many to a page.
    #[must_use]
    pub fn newest(max: u16) -> Self {
        Self {
            in_box: None,
            filter: InboxFilter::All,
            start: None,
            end: None,
            order: InboxOrder::NewestFirst,
            after: None,
            max,
        }
    }
}

/// Properties of a conversation, shared by all devices of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxProperties {
    /// Whether everything in it has been read.
    pub reading: Reading,
    /// Its box.
    pub in_box: InboxBox,
    /// No notifications before this time. `None`: not muted.
    pub muted_until: Option<Timestamp>,
}

/// Whether everything in a conversation has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// It has.
    Read,
    /// It has not, or it has been marked as unread.
    Unread,
}

/// A conversation in the inbox.
#[derive(Clone, PartialEq, Eq)]
pub struct InboxEntry {
    /// The last message by the server's rules; carries the conversation's address, and the time as its stamp. It
    /// may have no text, and its time need not be the archive's to the microsecond.
    pub last: ReceivedMessage,
    /// Messages not read, as the server counts: reactions, corrections and retractions count, too.
    pub unread: u32,
    /// Its properties.
    pub properties: InboxProperties,
}

/// A page of the inbox.
#[derive(Clone)]
pub struct InboxPage {
    /// Conversations in the order that was asked for.
    pub entries: Vec<InboxEntry>,
    /// How many results could not be read. Paging over them loses nothing else.
    pub failures: usize,
    /// Where this page ends; `None`: there was nothing on it.
    pub last: Option<InboxCursor>,
    /// Conversations on this page, those that could not be read included.
    pub count: u32,
    /// Conversations on this page with something unread.
    pub unread_conversations: u32,
    /// Unread messages in the conversations of this page.
    pub unread_messages: u32,
}

/// A property of a conversation, to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InboxChange {
    /// Marked as read or as unread.
    Reading(Reading),
    /// Into another box.
    Move(InboxBox),
    /// Muted for so many seconds from now; 0 ends it.
    Mute {
        /// Seconds.
        seconds: u32,
    },
}

/// The properties of a conversation have changed, by this or by another device of the account.
#[derive(Clone, PartialEq, Eq)]
pub struct InboxChanged {
    /// Which device of the account has changed them, where the server says so.
    pub by: Option<Jid>,
    /// Which conversation.
    pub conversation: BareJid,
    /// The current properties.
    pub properties: InboxProperties,
}

impl InboxBox {
    pub(super) fn named(name: &str) -> Self {
        match name {
            "inbox" => Self::Inbox,
            "archive" => Self::Archive,
            "bin" => Self::Bin,
            other => Self::Other(other.to_owned()),
        }
    }
}

crate::redact::redacted_debug!(InboxCursor, InboxQuery, InboxEntry, InboxPage, InboxChanged);
