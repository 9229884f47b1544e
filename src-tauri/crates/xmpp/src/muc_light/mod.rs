//! MUC Light (`urn:xmpp:muclight:0`): MongooseIM's team chats, whose members stay members without entering.
//!
//! As recorded from a server: whoever makes a room under an address of the service's choice learns that address only from
//! the message about his own affiliation, so rooms are made here under a random address of our own; every change is told
//! to all members in a message of the room's own, with the version before it where the reader could hold one; a question
//! asked with the version that is current has an empty answer.

mod change;
mod requests;
mod room;
mod wire;

pub use change::Change;
pub(crate) use change::read_change;
pub use room::{
    Affiliation, Configuration, Fetched, Info, Invitations, Inviter, Occupant, Room, RoomCursor, RoomPage, Version,
};

#[cfg(test)]
mod contract;
#[cfg(test)]
mod tests;
