//! The observable state of a session.

use tokio::time::Instant;

use super::SessionError;

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// Not connected and not trying: closed, or not started yet.
    Offline,
    /// Looking up the server, connecting, or in the TLS handshake.
    Connecting,
    /// Signing in, binding, asking what the server offers.
    Authenticating,
    /// Asking the server to go on with the interrupted session.
    Resuming,
    /// Ready: messages and requests are taken.
    Online,
    /// The last try failed or the connection was lost; the next try comes by itself.
    Backoff {
        /// When.
        until: Instant,
        /// Why.
        error: SessionError,
    },
    /// Gave up: trying again would be wrong. Only a new session helps.
    Failed {
        /// Why.
        reason: SessionError,
    },
}
