//! The MongooseIM inbox (`erlang-solutions.com:xmpp:inbox:0`): the server's list of conversations.
//!
//! As recorded from a server: a query that names no box gets all of them; the numbers of a page count that page alone;
//! a conversation leaves the archive box without an event when a message comes; the server's last message may have no
//! text. So the last message is decoded like any other, and the layer above judges it.

mod conversation;
mod read;
mod requests;
mod wire;

pub use conversation::{
    InboxBox, InboxChange, InboxChanged, InboxCursor, InboxEntry, InboxFilter, InboxOrder, InboxPage, InboxProperties,
    InboxQuery, Reading,
};
pub(crate) use read::read_changed;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod tests;
