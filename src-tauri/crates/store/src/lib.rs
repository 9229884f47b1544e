//! The encrypted local store: one SQLCipher file per profile, the only source of what is shown.
//!
//! The store knows no XMPP. Addresses, archive ids and payloads are opaque text to it; what they mean is the business of
//! the SDK above. It promises four things:
//!
//! - **Nothing readable on disk.** The file, its write-ahead log and its temporary data are encrypted or held in memory;
//!   [`Store::open`] refuses to run on a build of SQLite that cannot encrypt. Errors and `Debug` output carry no content.
//! - **One writer.** [`Store::begin`] hands out one [`WriteTx`] at a time; dropping it rolls back. Readers never wait for
//!   it: each [`ReadTx`] sees one consistent snapshot.
//! - **All or nothing.** What is committed survives the end of the process at any instruction; what is not, is gone. After a
//!   failure of the disk nothing is written over the connection that saw it, and [`Store::take_failure`] tells of it.
//! - **Nothing is deleted.** A file that cannot be read is [quarantined](Store::quarantine).
//!
//! Queries are free functions in one module per entity. Those that write take a `&WriteTx`; those that read take anything
//! that [`Reads`].
//!
//! All times are Unix microseconds. Positions order a thread; see [`messages`].

pub mod accounts;
pub mod aliases;
pub mod archives;
pub mod attachments;
pub mod avatars;
pub mod chat_list;
mod connection;
pub mod contacts;
pub mod conversations;
pub mod counted;
pub mod drafts;
mod error;
pub mod gaps;
mod ids;
mod key;
mod kinds;
pub mod local_data;
pub mod members;
pub mod messages;
mod migrate;
mod open;
pub mod outbox;
pub mod pages;
pub mod pending;
pub mod pending_sync;
mod quarantine;
pub mod reactions;
pub mod readers;
pub mod receipts;
pub mod revisions;
pub mod search;
mod secret;
pub mod segments;
pub mod settings;
mod sql;
mod store;
#[cfg(test)]
mod tests;
mod text;
pub mod transaction_hook;

pub use error::StoreError;
pub use ids::{ArchiveId, AttachmentId, ConversationId, GapId, MessageId, OutboxId, PendingId, SegmentId};
pub use key::DatabaseKey;
pub use kinds::{
    AliasKind, ArchiveKind, AttachmentState, ConversationBox, ConversationKind, DeliveryState, Direction, Failure,
    GapState, Membership, Mention, MessageKind, OutboxState, PendingKind, PendingSyncKind, ReceiptState, SegmentKind,
    StampSource, Subscription, TeamRole, TeamService, TitleSource, Unreadable,
};
pub use open::Origin;
pub use secret::Secret;
pub use store::{Opened, ReadTx, Reads, Store, WriteTx};
pub use text::{Address, Text};
