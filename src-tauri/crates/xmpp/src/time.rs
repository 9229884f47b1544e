//! The server's clock (XEP-0202).

use std::time::Duration;

use crate::ids::Timestamp;
use crate::session::{RequestError, Session};

/// What the server's clock showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerTime {
    /// The server's time when it answered.
    pub at: Timestamp,
    /// From asking to having the answer: `at` lies somewhere in between.
    pub round_trip: Duration,
}

impl Session {
    /// The server's clock.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn server_time(&self) -> Result<ServerTime, RequestError> {
        Err(RequestError::Offline)
    }
}
