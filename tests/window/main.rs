//! End to end: the real app in its real window, on a real server, with a real second client.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "this crate is for tests alone; the lints know only functions with the test attribute as such"
)]

mod app;
mod burst;
mod chat_list;
mod computer;
mod connection;
mod desktop;
mod isolation;
mod keyring;
mod notifications;
mod page;
mod policy;
mod privacy;
mod reading;
mod restart;
mod secrets;
mod sign_in;
mod sign_out;
mod single_instance;
mod start;
mod talk;
mod teams;
mod text_menu;
mod ward;
