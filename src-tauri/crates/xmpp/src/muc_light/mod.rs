//! MUC Light (`urn:xmpp:muclight:0`): MongooseIM's team chats, whose members stay members without entering.
//!
//! As recorded from a server: a client that creates a room under an address of the service's choice learns that address
//! only from the message about its affiliation, so we create rooms under a random address of our own; the room sends
//! every change to all members in a message, with the version before it where the reader could store one; a request
//! with the current version gets an empty answer.

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
