//! This computer's clock, which comes in from outside: it may be wrong, jump, or be a test's.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells what this computer believes the time to be. Nothing that is shown is dated or ordered by it; see
/// `engine/clock.rs`.
#[derive(Clone)]
pub struct WallClock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl WallClock {
    /// A clock that shows what `read` gives.
    pub fn new(read: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// What it shows now, Unix microseconds.
    pub(crate) fn micros(&self) -> i64 {
        let since = (self.0)().duration_since(UNIX_EPOCH).ok();
        since
            .and_then(|since| i64::try_from(since.as_micros()).ok())
            .unwrap_or(0)
    }
}

impl Default for WallClock {
    /// The operating system's.
    fn default() -> Self {
        Self::new(SystemTime::now)
    }
}

impl std::fmt::Debug for WallClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WallClock")
    }
}
