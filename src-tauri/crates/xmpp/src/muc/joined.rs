//! What comes of joining a room.

use thiserror::Error;

use super::description::RoomDescription;
use crate::session::StanzaCondition;

/// A room has been entered.
#[derive(Clone, PartialEq, Eq)]
pub struct Joined {
    /// Own name in it; the room may have changed the one asked for.
    pub nick: String,
    /// Status codes of the own presence.
    pub codes: Vec<u16>,
    /// What the room is called and what it is for, where it had said so when it let us in.
    pub description: Option<RoomDescription>,
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
    /// Members only, and one is none.
    #[error("members only")]
    MembersOnly,
    /// Banned.
    #[error("banned")]
    Banned,
    /// A password is needed.
    #[error("password needed")]
    PasswordNeeded,
    /// As many are inside as may be, or the service is down: servers say the same of both.
    #[error("unavailable")]
    Unavailable,
    /// Not allowed for another reason.
    #[error("not allowed")]
    NotAllowed,
    /// No such room (any more), and no right to make it.
    #[error("no such room")]
    NoSuchRoom,
    /// The name is not one that a room can give.
    #[error("name malformed")]
    NickMalformed,
    /// Refused for another reason.
    #[error("refused: {0}")]
    Refused(StanzaCondition),
}

crate::redact::redacted_debug!(Joined);
