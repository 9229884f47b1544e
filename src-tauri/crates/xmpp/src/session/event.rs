//! Events that a session emits.

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
    /// Features of the server.
    pub features: ServerFeatures,
    /// The server's clock. A new session asks for it before it lets messages in; a resumed session does not.
    pub time: Option<ServerTime>,
}

/// An event, in the order in which it happened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SessionEvent {
    /// Open: discovery is done and carbons are on. Initial presence goes out right after this.
    Opened(Box<Opened>),
    /// A message, live or a carbon of another device of the account.
    Message(Box<ReceivedMessage>),
    /// Presence of a person or of a room's occupant.
    Presence(Box<PresenceUpdate>),
    /// A roster item changed on the server.
    Roster(RosterPush),
    /// The block list changed on the server.
    Blocking(BlockingPush),
    /// Properties of a conversation changed in the server's inbox (MongooseIM).
    Inbox(Box<InboxChanged>),
    /// Another device of the account published how far it has read (XEP-0490).
    Displayed(Vec<ReadUpTo>),
    /// Another device of the account changed a bookmark (XEP-0402).
    Bookmarks(Vec<BookmarkNews>),
    /// Another device of the account changed settings of conversations.
    Decisions(Vec<Decision>),
    /// The connection ended, or an attempt failed. The server may or may not resume the session.
    Closed {
        /// Why; `None` after [`Session::close`](super::Session::close).
        error: Option<SessionError>,
    },
}

crate::redact::redacted_debug!(Opened);
