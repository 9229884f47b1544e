//! The outcome of joining a room.

use thiserror::Error;

use super::description::RoomDescription;
use crate::session::StanzaCondition;

/// A room was joined.
#[derive(Clone, PartialEq, Eq)]
pub struct Joined {
    /// Our nickname in it; the room may have changed the requested one.
    pub nick: String,
    /// Status codes of the own presence.
    pub codes: Vec<u16>,
    /// The name and description of the room, if it had sent them when it let us in.
    pub description: Option<RoomDescription>,
}

/// Why joining failed.
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
    /// Another occupant has this nickname; on some servers, another device of the account.
    #[error("name taken")]
    NickTaken,
    /// Members only, and we are not a member.
    #[error("members only")]
    MembersOnly,
    /// Banned.
    #[error("banned")]
    Banned,
    /// A password is needed.
    #[error("password needed")]
    PasswordNeeded,
    /// The room is full or the service is down: servers send the same error for both.
    #[error("unavailable")]
    Unavailable,
    /// Not allowed for another reason.
    #[error("not allowed")]
    NotAllowed,
    /// No such room (any more), and no right to create it.
    #[error("no such room")]
    NoSuchRoom,
    /// No room can give this nickname.
    #[error("name malformed")]
    NickMalformed,
    /// Refused for another reason.
    #[error("refused: {0}")]
    Refused(StanzaCondition),
}

crate::redact::redacted_debug!(Joined);
