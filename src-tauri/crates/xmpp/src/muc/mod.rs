//! Team chats after XEP-0045: entering them, running them ([`manage`]), telling what one has changed about them ([`announcement`]),
//! asking people into them ([`invitation`]), and remembering them ([`bookmarks`]).

mod announcement;
mod bookmarks;
mod invitation;
mod manage;
mod nick;

use thiserror::Error;
use tokio::sync::oneshot;
use xmpp_parsers::jid::BareJid;

use crate::ns;
use crate::session::{Command, RequestError, RequestKind, Session, StanzaCondition};
use crate::xml::element;

pub use announcement::{Announced, MOST_ANNOUNCED};
pub(crate) use bookmarks::take_news;
pub use bookmarks::{Autojoin, Bookmark, BookmarkNews};
pub use invitation::{Invitation, decline, invite};
pub(crate) use invitation::{asked, direct, mediated};
pub(crate) use manage::read_description;
pub use manage::{AddressKind, Affiliated, ListedRoom, RoomDescription};
pub use nick::{are_nicks_alike, nick_beside};

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

/// Whether a room has one inside, by its own word (XEP-0410).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Inside.
    Inside,
    /// Not any more: what is said there does not come, and what one says bounces.
    Outside,
    /// There was no answer that says so.
    Unknown,
}

impl Session {
    /// The name that one has in a room, where it has been entered.
    #[must_use]
    pub fn own_nick(&self, room: &BareJid) -> Option<String> {
        self.nick_in(room)
    }

    /// Asks a room whether it still has one inside: servers forget occupants, for example while a connection is broken.
    pub async fn muc_standing(&self, room: &BareJid) -> Standing {
        let Some(nick) = self.own_nick(room) else {
            return Standing::Outside;
        };
        let Ok(occupant) = room.with_resource_str(&nick) else {
            return Standing::Unknown;
        };
        let ping = element("ping", ns::PING);
        match self.request(Some(occupant.into()), RequestKind::Get, ping).await {
            Ok(_) => Standing::Inside,
            // XEP-0410 section 3.2.
            Err(RequestError::Refused(StanzaCondition::NotAcceptable)) => Standing::Outside,
            Err(RequestError::Refused(
                StanzaCondition::ServiceUnavailable
                | StanzaCondition::FeatureNotImplemented
                | StanzaCondition::ItemNotFound,
            )) => Standing::Inside,
            Err(_) => Standing::Unknown,
        }
    }

    /// Enters a room without asking for its history, and waits until the room says so. To be done again after every
    /// [`Continuity::New`](crate::session::Continuity::New). Entering a room that one is in already succeeds.
    ///
    /// # Errors
    /// See [`JoinError`].
    pub async fn muc_join(&self, room: BareJid, nick: &str) -> Result<Joined, JoinError> {
        let (answer, answered) = oneshot::channel();
        let join = Command::Join {
            room,
            nick: nick.to_owned(),
            answer,
        };
        self.command(join).await.map_err(|_| JoinError::Offline)?;
        answered.await.map_err(|_| JoinError::SessionLost)?
    }

    /// Leaves a room. Does nothing offline, where leaving happens by itself.
    pub async fn muc_leave(&self, room: BareJid) {
        // Without a session there is nothing to leave.
        let _ = self.command(Command::Leave { room }).await;
    }
}

crate::redact::redacted_debug!(Joined);
