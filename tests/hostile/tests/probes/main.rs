//! The table of probes: each test is one lie, told by a server or by a peer through it, and its name says what holds all the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the whole crate is a test, its helpers too"
)]

mod archive;
mod floods;
mod identity;
mod invitations;
mod rooms;
mod sasl;
mod stream;
mod tls;
mod xml;
