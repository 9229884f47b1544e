//! How the present connection came about: for whoever has to find out why something does not work.

use super::config::Security;

/// What carries the session now. Names neither host nor account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// How the server was found.
    pub found: Found,
    /// What protects the bytes; `None` over a transport that does not say.
    pub secured: Option<Secured>,
    /// How the account was proven (SASL mechanism).
    pub mechanism: String,
    /// Whether that proof holds for this very TLS connection only.
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

/// What protects the bytes of a connection.
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

/// Whether signing in was tied to the TLS connection (RFC 5802 section 6), so that nobody in between can pass it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelBinding {
    /// It was (`tls-exporter`, RFC 9266).
    Bound,
    /// The server or the TLS version does not offer it.
    Unbound,
}
