//! A server that lies, and peers that do, against the real SDK over real TLS.
//!
//! [`Ward`] is alice's computer beside a [`Peer`], the server's end of her connection. The peer answers like an honest server as
//! long as a probe does not say otherwise ([`Peer::serve`]); before that, a probe can drive each step of signing in by hand. The
//! probes are in `tests/probes`, one file for each area; the name of a probe says what must hold.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "this crate is for tests alone"
)]

mod honest;
mod peer;
mod reader;
mod room;
mod scram;
mod ward;

pub use honest::{Answer, Archived, Honest, Hook, archive_end, archived, page};
pub use peer::{Peer, Serving};
pub use room::Room;
pub use scram::{Exchange, Scram};
pub use ward::{ALICE, BOB, DOMAIN, PASSWORD, Scene, Ward};
