//! Where connections come from. Comes in from outside, so that a session can be run over anything that carries bytes.

use std::future::Future;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::session::{Secured, SessionConfig, SessionError};

/// Bytes in both directions.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A connection on which a stream may begin: encrypted, and with the right server.
pub struct Connection {
    /// The bytes.
    pub io: Box<dyn Io>,
    /// `tls-exporter` channel binding data (RFC 9266), where TLS gives any.
    pub exporter: Option<Vec<u8>>,
    /// TLS of the connection, for diagnostics; `None` without TLS.
    pub secured: Option<Secured>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

/// Opens connections to the account's server.
pub trait Transport: Send + Sync + 'static {
    /// One connection, encrypted and verified. Must give up by itself in time; dropping the future must end the
    /// attempt.
    fn connect<'a>(
        &'a self,
        config: &'a SessionConfig,
    ) -> Pin<Box<dyn Future<Output = Result<Connection, SessionError>> + Send + 'a>>;
}
