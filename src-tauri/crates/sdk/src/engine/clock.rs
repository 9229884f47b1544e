//! The server's time (mission S3): this computer's clock is only ever used through the difference to the server's.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// An estimate of the server's clock.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ServerClock {
    /// Server's time minus this computer's, in microseconds. 0 until the server was asked.
    ahead: i64,
}

impl ServerClock {
    /// Takes the server's answer to "what time is it" (XEP-0202), which is as old as half the way there and back.
    pub(crate) fn set(&mut self, server_micros: i64, round_trip: Duration) {
        let half = i64::try_from(round_trip.as_micros() / 2).unwrap_or(0);
        self.ahead = server_micros.saturating_add(half).saturating_sub(local_micros());
    }

    /// The server's time now, Unix microseconds.
    pub(crate) fn now(&self) -> i64 {
        local_micros().saturating_add(self.ahead)
    }
}

/// This computer's time, Unix microseconds. Only for what concerns this computer, such as when to retry.
pub(crate) fn local_micros() -> i64 {
    #[cfg(test)]
    if let Some(simulated) = crate::model::simulated_micros() {
        return simulated;
    }
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_micros()).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_computer_three_days_off_shows_the_servers_time() {
        let server = local_micros() + 3 * 86_400 * 1_000_000;
        let mut clock = ServerClock::default();
        clock.set(server, Duration::from_millis(20));
        let shown = clock.now();
        assert!((server..server + 60_000_000).contains(&shown), "{}", shown - server);
    }
}
