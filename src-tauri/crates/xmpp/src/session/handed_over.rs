//! Events that the receiver has and has not handled yet.
//!
//! A stanza counts as handled (XEP-0198 section 4) when all its effects are permanent. The receiver declares that of
//! all events before when it asks for the [next one](super::Events). A receiver that stops asking, as after a failed
//! write, leaves the rest unhandled: the server keeps it, and delivers it again.

use std::collections::VecDeque;

/// Events in work, each with the number of its stanza.
#[derive(Debug, Default)]
pub(super) struct HandedOver {
    stanzas: VecDeque<Option<u32>>,
    /// Events handled so far, as [`Events`](super::Events) counts them.
    handled: u64,
}

impl HandedOver {
    /// An event was handed over.
    pub(super) fn push(&mut self, stanza: Option<u32>) {
        self.stanzas.push_back(stanza);
    }

    /// Takes note of the number of events handled so far.
    pub(super) fn handled(&mut self, handled: u64) {
        let news = usize::try_from(handled.wrapping_sub(self.handled)).unwrap_or(usize::MAX);
        self.stanzas.drain(..news.min(self.stanzas.len()));
        self.handled = handled;
    }

    /// A new session counts its stanzas anew: forget the numbers of the one before.
    pub(super) fn forget_stanzas(&mut self) {
        self.stanzas.iter_mut().for_each(|stanza| *stanza = None);
    }

    /// The oldest stanza with an event in work.
    pub(super) fn oldest(&self) -> Option<u32> {
        self.stanzas.iter().find_map(|stanza| *stanza)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_stanza_is_that_of_the_first_event_that_is_not_handled() {
        let mut handed = HandedOver::default();
        for stanza in [None, Some(1), Some(2), Some(2)] {
            handed.push(stanza);
        }
        assert_eq!(handed.oldest(), Some(1));
        handed.handled(2);
        assert_eq!(handed.oldest(), Some(2));
        handed.handled(3);
        assert_eq!(handed.oldest(), Some(2), "another event of it is not handled");
        handed.handled(4);
        assert!(handed.oldest().is_none());
    }

    #[test]
    fn numbers_of_a_former_session_hold_up_nothing() {
        let mut handed = HandedOver::default();
        handed.push(Some(7));
        handed.forget_stanzas();
        assert!(handed.oldest().is_none());
    }
}
