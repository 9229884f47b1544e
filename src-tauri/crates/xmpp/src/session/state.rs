//! The observable state of a session, and how its connections continue each other.

use tokio::time::Instant;

use super::error::SessionError;

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

/// Whether the server went on with the session before the break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Continuity {
    /// A new session: what happened meanwhile must be fetched; rooms must be joined again.
    New,
    /// The same session: nothing was missed and nothing was lost.
    Resumed,
}

/// Counts the sessions of one [`Session`](crate::session::Session): a resumed one keeps its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SessionNumber(pub u64);
