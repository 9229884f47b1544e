//! Tables as the ORM sees them. The `Model` of each is public under the name of its entity; the rest stays in here.
// The derives write `pub` items (columns, relations, keys), which are meant to be out of reach.
#![allow(unreachable_pub)]

pub(crate) mod account;
pub(crate) mod alias;
pub(crate) mod archive;
pub(crate) mod attachment;
pub(crate) mod avatar;
pub(crate) mod contact;
pub(crate) mod conversation;
pub(crate) mod draft;
pub(crate) mod gap;
pub(crate) mod job;
pub(crate) mod message;
pub(crate) mod outbox;
pub(crate) mod pending_reference;
pub(crate) mod reaction;
pub(crate) mod receipt;
pub(crate) mod segment;
pub(crate) mod setting;
