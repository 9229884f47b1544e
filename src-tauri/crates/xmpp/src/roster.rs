//! The roster (RFC 6121 section 2).
//!
//! Items are read by hand: `xmpp_parsers::roster` refuses all of a roster for one malformed item.

use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;

use crate::ns;
use crate::session::{RequestError, RequestKind, Session};

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

/// A contact.
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

impl Session {
    /// The roster. `known`: the stored version, so that the server need not send an unchanged roster again.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn roster(&self, known: Option<&str>) -> Result<Roster, RequestError> {
        let query = xmpp_parsers::roster::Roster {
            ver: known.map(str::to_owned),
            items: Vec::new(),
        };
        match self.request(None, RequestKind::Get, query.into()).await? {
            None if known.is_some() => Ok(Roster::Unchanged),
            Some(query) if query.is("query", ns::ROSTER) => Ok(Roster::Full {
                version: query.attr("ver").map(str::to_owned),
                items: query.children().filter_map(read_item).collect(),
            }),
            _ => Err(RequestError::Malformed),
        }
    }
}

/// Reads a push. `None`: malformed.
pub(crate) fn read_push(query: &Element) -> Option<RosterPush> {
    let version = query.attr("ver").map(str::to_owned);
    let element = query.children().next()?;
    if element.attr("subscription") == Some("remove") {
        return Some(RosterPush::Removed {
            version,
            jid: BareJid::new(element.attr("jid")?).ok()?,
        });
    }
    Some(RosterPush::Changed {
        version,
        item: read_item(element)?,
    })
}

fn read_item(item: &Element) -> Option<RosterItem> {
    if !item.is("item", ns::ROSTER) {
        return None;
    }
    Some(RosterItem {
        jid: BareJid::new(item.attr("jid")?).ok()?,
        name: item.attr("name").filter(|name| !name.is_empty()).map(str::to_owned),
        subscription: match item.attr("subscription") {
            Some("to") => Subscription::To,
            Some("from") => Subscription::From,
            Some("both") => Subscription::Both,
            _ => Subscription::None,
        },
        groups: item
            .children()
            .filter(|child| child.is("group", ns::ROSTER))
            .map(Element::text)
            .collect(),
    })
}

crate::redact::redacted_debug!(RosterItem, Roster, RosterPush);
