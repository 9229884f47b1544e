//! From an address to an encrypted connection.
//!
//! Nothing of the stream's content is ever sent without TLS, and TLS is never done without checking the certificate
//! against the *address's domain*, whatever host DNS or the user named.

mod connect;
mod locate;
mod srv;
mod tls;
mod transport;

pub use transport::{Connection, Io, Transport};

pub(crate) use transport::NetworkTransport;
