//! Opaque identifiers, unique within one profile.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[ts(export)]
        pub struct $name(pub i64);
    };
}

id!(
    /// A conversation: one person, or one team.
    ConversationId
);
id!(
    /// A message in the local store. Says nothing about order.
    MessageId
);
id!(
    /// A known hole in the local copy of a conversation's archive.
    GapId
);

/// Counts the changes of one snapshot. A diff applies to the snapshot whose revision is one less than its own; any other
/// revision means that something was missed, and the receiver asks for a new snapshot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Revision(pub u64);

impl Revision {
    /// The revision after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

// The ids of the interface are the store's.
impl From<wardline_store::ConversationId> for ConversationId {
    fn from(id: wardline_store::ConversationId) -> Self {
        Self(id.0)
    }
}

impl From<ConversationId> for wardline_store::ConversationId {
    fn from(id: ConversationId) -> Self {
        Self(id.0)
    }
}

impl From<wardline_store::MessageId> for MessageId {
    fn from(id: wardline_store::MessageId) -> Self {
        Self(id.0)
    }
}

impl From<MessageId> for wardline_store::MessageId {
    fn from(id: MessageId) -> Self {
        Self(id.0)
    }
}

impl From<wardline_store::GapId> for GapId {
    fn from(id: wardline_store::GapId) -> Self {
        Self(id.0)
    }
}
