//! Chaos on real servers: the SDK as processes that are killed, over lines that are cut, stall, are late and come in pieces,
//! against a Prosody and an ejabberd that go down and come back.
//!
//! One number decides everything that a [schedule] does. When it is over, [run] waits until every device shows what the
//! server's archives hold: every message that was taken exactly once, in the archive's order, with the right number unread.
//! [check] holds the rules of that comparison.

pub mod archive;
pub mod check;
pub mod desk;
pub mod device;
pub mod run;
pub mod schedule;
pub mod stage;
pub mod talk;
pub mod tally;

pub use run::{Played, play};
pub use stage::Ground;
pub use tally::Tally;
