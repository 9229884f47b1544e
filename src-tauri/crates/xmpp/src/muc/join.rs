//! Joining and leaving rooms, and asking a room whether it still has us inside (XEP-0410).

use tokio::sync::oneshot;
use xmpp_parsers::jid::BareJid;

use super::joined::{JoinError, Joined};
use crate::ns;
use crate::session::{Command, RequestError, RequestKind, Session, StanzaCondition};
use crate::xml::element;

/// Whether we are in a room, by its own answer (XEP-0410).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Inside.
    Inside,
    /// No longer: its messages do not come, and ours bounce.
    Outside,
    /// The answer does not say.
    Unknown,
}

impl Session {
    /// Our nickname in a room that was joined.
    #[must_use]
    pub fn own_nick(&self, room: &BareJid) -> Option<String> {
        self.nick_in(room)
    }

    /// Asks a room whether we are still in it: servers forget occupants, for example while a connection is broken.
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

    /// Joins a room without its history, and waits until the room confirms. Join again after every
    /// [`Continuity::New`](crate::session::Continuity::New). Joining a room again succeeds.
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

    /// Leaves a room. Does nothing offline, where the server removes us by itself.
    pub async fn muc_leave(&self, room: BareJid) {
        // Without a session there is nothing to leave.
        let _ = self.command(Command::Leave { room }).await;
    }
}
