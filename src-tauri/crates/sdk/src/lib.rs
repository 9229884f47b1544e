//! Wardline's SDK: accounts, conversations, inbox, timeline, archive sync and outbox, without any user interface.
//!
//! An app makes a [`Client`] for a [`profile`] and shows what it says: [snapshots and diffs](view). It needs to know nothing
//! of XMPP or of the database.

mod archive;
mod client;
mod diagnostics;
mod engine;
mod events;
mod inbox;
mod known_server;
#[cfg(test)]
mod model;
pub mod people;
mod picture;
pub mod profile;
mod setting_keys;
pub mod text;
mod timeline;
pub mod view;
mod wall_clock;

pub use client::{AvatarImage, Client};
#[cfg(feature = "fuzzing")]
pub use engine::Fed;
pub use events::EventReceiver;
pub use wall_clock::WallClock;
pub use wardline_xmpp::session::Timing;
