//! Joining team chats (XEP-0045) and remembering them (XEP-0402, XEP-0048).

use thiserror::Error;
use xmpp_parsers::jid::BareJid;

use crate::session::{RequestError, Session, StanzaCondition};

/// A remembered room.
#[derive(Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// The room.
    pub room: BareJid,
    /// Its name, as remembered.
    pub name: Option<String>,
    /// Own name in it.
    pub nick: Option<String>,
    /// Whether to join it by itself.
    pub autojoin: Autojoin,
}

/// Whether a room is to be joined by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Autojoin {
    /// Join at sign-in.
    Yes,
    /// Only when asked.
    No,
}

/// A room has been entered.
#[derive(Clone, PartialEq, Eq)]
pub struct Joined {
    /// Own name in it; the room may have changed the one asked for.
    pub nick: String,
    /// Status codes of the own presence.
    pub codes: Vec<u16>,
}

/// Why a room was not entered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JoinError {
    /// There is no connection.
    #[error("offline")]
    Offline,
    /// The session ended meanwhile.
    #[error("session lost")]
    SessionLost,
    /// The room did not answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// Somebody else has this name in the room; on some servers one's own other device.
    #[error("name taken")]
    NickTaken,
    /// Not a member, or banned.
    #[error("not allowed")]
    NotAllowed,
    /// No such room, and no right to make it.
    #[error("no such room")]
    NoSuchRoom,
    /// The name is not one that a room can give.
    #[error("name malformed")]
    NickMalformed,
    /// Refused for another reason.
    #[error("refused: {0}")]
    Refused(StanzaCondition),
}

crate::redact::redacted_debug!(Bookmark, Joined);

impl Session {
    /// Enters a room without asking for its history, and waits until the room says so. To be done again after every
    /// [`Continuity::New`](crate::session::Continuity::New). Entering a room that one is in already succeeds.
    ///
    /// # Errors
    /// See [`JoinError`].
    pub async fn muc_join(&self, room: BareJid, nick: &str) -> Result<Joined, JoinError> {
        let _ = (room, nick);
        Err(JoinError::Offline)
    }

    /// Leaves a room. Does nothing offline, where leaving happens by itself.
    pub async fn muc_leave(&self, room: BareJid) {
        drop(room);
    }

    /// The remembered rooms: of personal eventing (XEP-0402) and of the older private storage (XEP-0048 in XEP-0049),
    /// each room once.
    ///
    /// # Errors
    /// See [`RequestError`]; a server that has neither gives an empty list.
    pub async fn bookmarks(&self) -> Result<Vec<Bookmark>, RequestError> {
        Err(RequestError::Offline)
    }

    /// Name and whereabouts of a room as the room itself gives them (XEP-0030). `None`: it gives no name.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn room_name(&self, room: BareJid) -> Result<Option<String>, RequestError> {
        drop(room);
        Err(RequestError::Offline)
    }

    /// Addresses of the rooms that a service lists openly (XEP-0045 section 6.3).
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn rooms(&self, service: BareJid) -> Result<Vec<BareJid>, RequestError> {
        drop(service);
        Err(RequestError::Offline)
    }
}
