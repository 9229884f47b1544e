//! Real servers, the sample hospital and simulated colleagues, for tests, benches and the demo.
//!
//! Nothing in here imitates a server: [`servers`] starts the Prosody and ejabberd of the distribution as ordinary
//! processes on loopback, so that what a test sees is what a hospital's server does.

pub mod certificates;
pub mod client;
pub mod colleagues;
pub mod dns;
pub mod fault_proxy;
pub mod hospital;
mod ports;
pub mod process;
pub mod servers;
