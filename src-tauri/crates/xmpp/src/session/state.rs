//! The observable state of a session, and how its connections continue each other.

use tokio::time::Instant;

use super::error::SessionError;

/// The state of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// Not connected and not trying: closed, or not started yet.
    Offline,
    /// Looking up the server, connecting, or in the TLS handshake.
    Connecting,
    /// Signing in, binding, service discovery.
    Authenticating,
    /// Asking the server to resume the interrupted session.
    Resuming,
    /// Ready: the session sends messages and requests.
    Online,
    /// The last attempt failed or the connection was lost; the session tries again by itself.
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

/// Whether the server resumed the session that was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Continuity {
    /// A new session: fetch what happened meanwhile, and join rooms again.
    New,
    /// The same session: nothing was missed and nothing was lost.
    Resumed,
}

/// Counts the sessions of one [`Session`](crate::session::Session): a resumed one keeps its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SessionNumber(pub u64);
