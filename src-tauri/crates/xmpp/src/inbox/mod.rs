//! The MongooseIM inbox (`erlang-solutions.com:xmpp:inbox:0`): the server's list of conversations.
//!
//! As recorded from a server: every kind of box is answered unless one is named; the numbers of a page speak of that page
//! alone; a conversation leaves the archive box without notice when something is said in it; what the server takes for
//! the last message may have no text. The last message is therefore decoded like any other and judged above.

mod conversation;
mod read;
mod requests;
mod wire;

pub use conversation::{
    InboxBox, InboxChange, InboxChanged, InboxCursor, InboxEntry, InboxFilter, InboxOrder, InboxPage, InboxProperties,
    InboxQuery, Reading,
};
pub(crate) use read::take_changed;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod tests;
