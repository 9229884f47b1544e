//! Identifiers of rows, unique within one database.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sea_orm::DeriveValueType,
        )]
        pub struct $name(pub i64);
    )*};
}

ids! {
    /// An archive: where a server keeps messages.
    ArchiveId;
    /// A file that belongs to a message.
    AttachmentId;
    /// A conversation with one person or one team.
    ConversationId;
    /// A known hole between two segments.
    GapId;
    /// A message. Always below 2^53. Roughly ordered by time, which makes "newest matches first" cheap in a search, but
    /// it is not the order of a thread: that is `(position, id)`.
    MessageId;
    /// A message on its way out. Grows with each one that is queued and is never used twice.
    OutboxId;
    /// Something that refers to a message which is not here yet.
    PendingId;
    /// An ordered run of archived messages with nothing missing inside it.
    SegmentId;
}
