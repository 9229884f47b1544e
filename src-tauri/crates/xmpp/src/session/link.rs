//! How the present connection was made, for diagnostics.

use super::config::Security;

/// The present connection. Names neither host nor account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// How the server was found.
    pub found: Found,
    /// TLS of the connection; `None` over a transport that does not report it.
    pub secured: Option<Secured>,
    /// The SASL mechanism.
    pub mechanism: String,
    /// Whether signing in was bound to this TLS connection.
    pub binding: ChannelBinding,
}

/// How the server was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    /// From the address: DNS records of its domain, or the domain itself.
    ByAddress,
    /// The host was named.
    ByHand,
}

/// TLS of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Secured {
    /// How TLS began.
    pub security: Security,
    /// Its version.
    pub version: TlsVersion,
}

/// Version of TLS. Older ones are never spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TlsVersion {
    /// RFC 5246.
    Tls12,
    /// RFC 8446.
    Tls13,
}

/// Whether signing in was bound to the TLS connection (RFC 5802 section 6), so that no party in between can relay it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelBinding {
    /// It was (`tls-exporter`, RFC 9266).
    Bound,
    /// The server or the TLS version does not offer it.
    Unbound,
}
