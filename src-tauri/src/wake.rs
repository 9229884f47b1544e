//! Notices that the computer slept, and connects at once.
//!
//! The wall clock goes on during sleep while timers stand still. A clock that is set forward looks the same; then a
//! connection is tried for nothing.

use std::time::{Duration, SystemTime};

use wardline_sdk::Client;

const TICK: Duration = Duration::from_secs(5);
/// A busy computer is late by seconds; sleep is longer.
const SLEPT: Duration = Duration::from_secs(15);

/// Watches for as long as the app runs.
pub(crate) async fn watch(client: Client) {
    let mut last = SystemTime::now();
    loop {
        tokio::time::sleep(TICK).await;
        let now = SystemTime::now();
        if slept(last, now) {
            tracing::info!("woke up");
            client.reconnect();
        }
        last = now;
    }
}

/// Whether more passed between two ticks than the tick. A clock that was set back is no sleep.
pub(crate) fn slept(last: SystemTime, now: SystemTime) -> bool {
    now.duration_since(last).is_ok_and(|passed| passed > TICK + SLEPT)
}
