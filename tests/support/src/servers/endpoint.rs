//! Where a server is, and who may sign in there.

use std::path::PathBuf;

use serde::Deserialize;

/// How a client encrypts the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// TLS from the first byte (XEP-0368).
    Direct,
    /// The connection starts in the clear and is upgraded (RFC 6120 section 5).
    StartTls,
}

/// Where to reach a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The XMPP domain: the part after the `@`.
    pub domain: String,
    /// Host name or address to connect to.
    pub host: String,
    /// The port that speaks TLS from the first byte, if there is one.
    pub direct_tls_port: Option<u16>,
    /// The port with STARTTLS, if there is one.
    pub starttls_port: Option<u16>,
    /// The authority to trust (PEM); `None` means that the system's own trust store is enough.
    pub authority: Option<PathBuf>,
    /// The service for team chats by XEP-0045, if there is one.
    pub muc_service: Option<String>,
    /// The service for team chats by MUC Light, if there is one.
    pub muc_light_service: Option<String>,
}

impl Endpoint {
    /// The preferred port and how it is encrypted: direct TLS where there is a port for it.
    #[must_use]
    pub fn preferred(&self) -> Option<(u16, TlsMode)> {
        let direct = self.direct_tls_port.map(|port| (port, TlsMode::Direct));
        direct.or_else(|| self.starttls_port.map(|port| (port, TlsMode::StartTls)))
    }
}

/// An account that can sign in.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// The bare address, `name@domain`.
    pub address: String,
    /// The password.
    pub password: String,
}

impl Account {
    /// The part before the `@`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.address.split('@').next().unwrap_or_default()
    }
}

impl std::fmt::Debug for Account {
    /// Without the password: accounts of a real server may be listed in a description file.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
