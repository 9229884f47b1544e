//! End to end: the real app in its real window, on a real server, with a real second client.

mod app;
mod burst;
mod computer;
mod connection;
mod keyring;
mod policy;
mod privacy;
mod restart;
mod sign_in;
mod sign_out;
mod single_instance;
mod talk;
mod ward;
