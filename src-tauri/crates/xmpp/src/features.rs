//! What the server, the account and their services offer (XEP-0030).

use std::collections::BTreeSet;

use xmpp_parsers::jid::{BareJid, Jid};

/// A capability that something in Wardline depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Feature {
    /// Message archive (XEP-0313, `urn:xmpp:mam:2`) of the account.
    Archive,
    /// Message carbons (XEP-0280); enabled when it stands here.
    Carbons,
    /// Client state indication (XEP-0352).
    ClientState,
    /// Ping (XEP-0199).
    Ping,
    /// Blocking (XEP-0191).
    Blocking,
    /// Trustworthy stanza ids (XEP-0359) are announced for the account. MongooseIM before 6.6 sends them unannounced.
    StanzaIds,
    /// MongooseIM inbox (`erlang-solutions.com:xmpp:inbox:0`).
    Inbox,
    /// Personal eventing (XEP-0163).
    PersonalEventing,
    /// Publications may carry conditions (XEP-0060 section 7.1.5), without which nothing is known to stay private.
    PublishOptions,
    /// Bookmarks in personal eventing are kept in step with the old ones (XEP-0402 section 6).
    BookmarksCompat,
    /// Stream management with resumption (XEP-0198).
    Resumption,
    /// Private XML storage (XEP-0049).
    PrivateStorage,
    /// MongooseIM's smart markers (`esl:xmpp:smart-markers:0`).
    SmartMarkers,
}

/// A service found by asking the server for its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatService {
    /// Its address.
    pub jid: BareJid,
    /// Which kind of team chats live there.
    pub kind: ChatServiceKind,
}

/// Kind of a team chat service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChatServiceKind {
    /// Multi-user chat (XEP-0045).
    Muc,
    /// MongooseIM's MUC Light.
    MucLight,
}

/// Whether everybody who was asked what there is has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Discovery {
    /// What is not there is absent.
    #[default]
    Complete,
    /// The server or the account has not answered in time: what is not there may be there all the same.
    Partial,
}

/// What the session found on its server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerFeatures {
    features: BTreeSet<Feature>,
    /// Whether [`has`](Self::has) can be taken at its word where it says no.
    pub discovery: Discovery,
    /// Team chat services, in the server's order.
    pub chat_services: Vec<ChatService>,
    /// Where people can be searched for (XEP-0055).
    pub directory: Option<Jid>,
}

impl ServerFeatures {
    /// Whether `feature` is there.
    #[must_use]
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Everything that is there, in one word: two of these are the same where the same is there.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("{:?}", self.features)
    }

    /// Adds `feature`.
    pub fn insert(&mut self, feature: Feature) {
        self.features.insert(feature);
    }
}
