//! What a server may be described as having.

use serde::Deserialize;

/// A feature that tests may rely on only where the description promises it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// Message archive (XEP-0313).
    Mam,
    /// Archives of team chats.
    MucMam,
    /// Carbons (XEP-0280).
    Carbons,
    /// Stream management with resumption (XEP-0198).
    Resumption,
    /// Personal eventing (XEP-0163).
    Pep,
    /// Blocking (XEP-0191).
    Blocking,
    /// Client state indication (XEP-0352).
    Csi,
    /// Ping (XEP-0199).
    Ping,
    /// Server time (XEP-0202).
    Time,
    /// Personal cards (XEP-0054).
    VcardTemp,
    /// Bookmarks (XEP-0402).
    Bookmarks,
    /// `urn:xmpp:sid:0` is announced.
    StanzaIds,
    /// MongooseIM's inbox.
    Inbox,
    /// MUC Light.
    MucLight,
    /// Members of a room may give up being members (XEP-0045 section 7.10, XEP-0077).
    MucRegistration,
    /// The archive of a room that shows who is who says what the sender of a message was to it.
    MucMamAffiliations,
}
