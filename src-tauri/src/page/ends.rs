//! What follows when the page ends.

use std::time::{Duration, Instant};

/// A page that ends twice within this time ends of something that loading it does not mend.
const SOON: Duration = Duration::from_secs(60);

/// How often the page has ended of late.
#[derive(Debug, Default)]
pub(super) struct Ends {
    last: Option<Instant>,
    is_asking: bool,
}

/// What to do about an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Load the page anew.
    Load,
    /// Ask the person at the screen.
    Ask,
    /// Somebody is being asked already.
    Nothing,
}

impl Ends {
    /// The page has ended.
    pub(super) fn ended(&mut self, now: Instant) -> Next {
        if self.is_asking {
            return Next::Nothing;
        }
        let is_again = self.last.is_some_and(|last| now.duration_since(last) < SOON);
        self.last = Some(now);
        self.is_asking = is_again;
        if is_again { Next::Ask } else { Next::Load }
    }

    /// Somebody wants it to be tried again.
    pub(super) fn begin_again(&mut self) {
        *self = Self::default();
    }

    /// Whether somebody is being asked.
    pub(super) fn is_asking(&self) -> bool {
        self.is_asking
    }
}
