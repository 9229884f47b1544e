//! What a session tells without being asked.

use xmpp_parsers::jid::FullJid;

use super::error::SessionError;
use super::state::{Continuity, SessionNumber};
use crate::blocking::BlockingPush;
use crate::decisions::Decision;
use crate::displayed::ReadUpTo;
use crate::features::ServerFeatures;
use crate::inbox::InboxChanged;
use crate::message::ReceivedMessage;
use crate::muc::BookmarkNews;
use crate::presence::PresenceUpdate;
use crate::roster::RosterPush;
use crate::time::ServerTime;

/// A session is open.
#[derive(Clone)]
pub struct Opened {
    /// Which session it is.
    pub number: SessionNumber,
    /// The address that the server gave this connection.
    pub address: FullJid,
    /// New or resumed.
    pub continuity: Continuity,
    /// What the server offers.
    pub features: ServerFeatures,
    /// What the server's clock shows, if it was asked: with a new session it is, so that no message comes before it is known.
    pub time: Option<ServerTime>,
}

/// What a session tells without being asked, in the order in which it happened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SessionEvent {
    /// Open: discovery is done and carbons are on. Initial presence goes out right after this.
    Opened(Box<Opened>),
    /// A message, live or copied from another device of one's own.
    Message(Box<ReceivedMessage>),
    /// Somebody's presence, or a room's.
    Presence(Box<PresenceUpdate>),
    /// A roster item changed on the server.
    Roster(RosterPush),
    /// The list of people from whom nothing is taken changed on the server.
    Blocking(BlockingPush),
    /// Properties of a conversation changed in the server's inbox (MongooseIM).
    Inbox(Box<InboxChanged>),
    /// Another device of one's own says how far it has read (XEP-0490).
    Displayed(Vec<ReadUpTo>),
    /// Another device of one's own remembers a room, or does so no longer (XEP-0402).
    Bookmarks(Vec<BookmarkNews>),
    /// Another device of one's own has decided something about conversations.
    Decisions(Vec<Decision>),
    /// The connection ended, or an attempt failed. Whether the session will be resumed is not known yet.
    Closed {
        /// Why; `None` after [`Session::close`](super::Session::close).
        error: Option<SessionError>,
    },
}

crate::redact::redacted_debug!(Opened);
