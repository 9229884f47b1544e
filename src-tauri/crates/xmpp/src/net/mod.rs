//! From an address to an encrypted connection.
//!
//! Nothing of the stream's content is ever sent without TLS, and TLS is never done without checking the certificate
//! against the *address's domain*, whatever host DNS or the user named.

mod connect;
mod dns;
mod locate;
mod network;
mod race;
mod srv;
mod tls;
mod transport;

pub use dns::NameServers;
pub use network::NetworkTransport;
pub use transport::{Connection, Io, Transport};
