//! Forgets what nobody will ask for again, once a day: pictures that nobody has any more, and what was said about messages that have not
//! come for a month.

use std::time::Duration;

use tokio::time::Instant;
use wardline_store::{StoreError, avatars, pending};

use super::Engine;

/// How often.
const EVERY: Duration = Duration::from_secs(86_400);
/// How long the message that something was said about is waited for, in microseconds: 30 days.
const AWAITED_US: i64 = 2_592_000_000_000;

/// When the store is cleaned.
#[derive(Debug)]
pub(super) struct Cleaning {
    due: Instant,
}

impl Default for Cleaning {
    fn default() -> Self {
        // Not while the app starts.
        Self {
            due: Instant::now() + Duration::from_secs(600),
        }
    }
}

impl Cleaning {
    pub(super) fn next_deadline(&self) -> Instant {
        self.due
    }
}

impl Engine {
    /// Cleans the store if it is time.
    pub(super) async fn clean(&mut self, now: Instant) -> Result<(), StoreError> {
        if self.cleaning.due > now {
            return Ok(());
        }
        self.cleaning.due = now + EVERY;
        let tx = self.store.begin().await?;
        let references = pending::forget_before(&tx, self.clock.now().saturating_sub(AWAITED_US)).await?;
        let pictures = avatars::remove_unused(&tx).await?;
        tx.commit().await?;
        tracing::info!(references, pictures, "cleaned");
        Ok(())
    }
}
