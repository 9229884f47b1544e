//! Messages: what arrives, decoded with every check of who may say what, and what is sent.
//!
//! A message reaches the layers above in one shape, [`ReceivedMessage`], whether it came live, as a carbon of another
//! device, or out of an archive. Whatever could be forged is decided here, once, so that nobody above has to remember
//! to: ids and times that a contact may have written himself are not passed on.

mod context;
mod decode;
mod outgoing;
mod payload;
mod received;
#[cfg(test)]
mod recorded;
mod sole;
mod stanza;
mod text;

pub(crate) use context::{Context, OtherOccupant, OwnOccupant, RealAddresses, RoomTraits, StanzaIds};
pub(crate) use decode::{archived, listed, live};
pub use outgoing::{Keeping, OutgoingMessage, announcement, chat_state, marker, receipt, refused};
pub use received::{
    Ascription, ChatState, Direction, Marker, MarkerKind, Mention, MessageKind, Reactions, ReceivedMessage, Retraction,
    RoomNews, Route, Stamp, StampSource, Unreadable,
};
pub(crate) use sole::Sole;
pub use stanza::{MAX_STANZA_BYTES, Stanza, size_of};
