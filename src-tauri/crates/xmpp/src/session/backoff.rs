//! The pause between attempts: exponential, capped, with full [jitter](Jitter).

use std::time::Duration;

use rand::Rng;

use super::config::{Jitter, Timing};
use super::error::{SessionError, StreamCondition};

/// Counts failed attempts in a row.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// A session has lasted for a while.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The pause after `error`. The first attempt after a good session comes at once, unless the server itself went
    /// down, when all clients would come back at the same moment.
    pub(super) fn next(&mut self, error: SessionError, timing: &Timing, random: &mut impl Rng) -> Duration {
        let crowd = matches!(
            error,
            SessionError::Stream(
                StreamCondition::SystemShutdown | StreamCondition::Reset | StreamCondition::ResourceConstraint
            )
        );
        if crowd && self.failures == 0 {
            self.failures = 1;
        }
        let failures = self.failures;
        self.failures = failures.saturating_add(1);
        let Some(doublings) = failures.checked_sub(1) else {
            return Duration::ZERO;
        };
        let most = timing
            .backoff_base
            .saturating_mul(1_u32 << doublings.min(16))
            .min(timing.backoff_cap);
        match timing.jitter {
            Jitter::Full => most.mul_f64(random.random::<f64>()),
            Jitter::None => most,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::session::error::Loss;

    const LOST: SessionError = SessionError::Lost(Loss::Closed);

    #[test]
    fn the_first_try_is_immediate_and_later_ones_grow_to_the_cap() {
        let (timing, mut random) = (Timing::default(), StdRng::seed_from_u64(1));
        for _ in 0..200 {
            let mut backoff = Backoff::default();
            assert_eq!(backoff.next(LOST, &timing, &mut random), Duration::ZERO);
            for bound in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
                assert!(backoff.next(LOST, &timing, &mut random) <= Duration::from_secs(bound));
            }
        }
    }

    #[test]
    fn waits_are_spread_over_the_whole_range() {
        let (timing, mut random) = (Timing::default(), StdRng::seed_from_u64(2));
        let mut backoff = Backoff { failures: 40 };
        let waits: Vec<_> = (0..200)
            .map(|_| backoff.next(LOST, &timing, &mut random).as_secs())
            .collect();
        assert!(waits.iter().any(|wait| *wait < 10) && waits.iter().any(|wait| *wait > 50));
    }

    #[test]
    fn a_server_that_goes_down_is_not_stormed_at_once() {
        let (timing, mut random) = (Timing::default(), StdRng::seed_from_u64(3));
        let error = SessionError::Stream(StreamCondition::SystemShutdown);
        assert!(Backoff::default().next(error, &timing, &mut random) > Duration::ZERO);
    }
}
