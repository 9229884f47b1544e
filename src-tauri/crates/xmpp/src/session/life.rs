//! Signs of life of a connection.
//!
//! A sign of life is a complete element. Bytes alone are none: an element that is never closed would keep a dead
//! session looking alive; a large element on a slow line has [`Timing::element`] from its first byte to its last. The
//! server must answer a probe, whatever else it sends. While the session reads nothing because too much waits here,
//! nothing can come late.

use tokio::time::Instant;

use super::config::Timing;
use crate::xml::Input;

/// Whether a probe is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// None.
    Quiet,
    /// An element must come by `until`, later than `since`.
    Asked { since: Instant, until: Instant },
}

/// The next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pulse {
    /// Nothing.
    Fine,
    /// Probe the server.
    Ask,
    /// The connection is dead.
    Dead,
}

/// Times of what came and what is due.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    pub(super) last_bytes: Instant,
    pub(super) last_complete: Instant,
    /// When an element that is not complete began.
    pub(super) began: Option<Instant>,
    /// Since when an answer of the server is due.
    pub(super) asked: Option<Instant>,
    /// Since when bytes wait and none could be written.
    pub(super) stuck: Option<Instant>,
}

impl Signs {
    pub(super) fn of(input: &Input, asked: Option<Instant>, stuck: Option<Instant>) -> Self {
        Self {
            last_bytes: input.last_bytes(),
            last_complete: input.last_complete(),
            began: input.began(),
            asked,
            stuck,
        }
    }

    /// While the session reads nothing: nothing can come late but an answer that is due whatever waits here.
    pub(super) fn unread(owed: Option<Instant>, stuck: Option<Instant>) -> Self {
        let now = Instant::now();
        Self {
            last_bytes: now,
            last_complete: now,
            began: None,
            asked: owed,
            stuck,
        }
    }
}

impl Life {
    /// A probe was sent.
    pub(super) fn ask(now: Instant, patience: std::time::Duration) -> Self {
        Self::Asked {
            since: now,
            until: now + patience,
        }
    }

    /// Ends a probe once an element has come.
    pub(super) fn note(&mut self, signs: &Signs) {
        if let Self::Asked { since, .. } = *self
            && signs.last_complete > since
        {
            *self = Self::Quiet;
        }
    }

    /// When to check again.
    pub(super) fn deadline(self, signs: &Signs, timing: &Timing) -> Instant {
        let of_life = match self {
            Self::Quiet => signs.last_complete + timing.idle,
            Self::Asked { until, .. } => until,
        };
        let of_answer = signs.asked.map(|asked| asked + timing.request);
        let of_writing = signs.stuck.map(|stuck| stuck + timing.idle + timing.probe);
        [of_answer, of_writing]
            .into_iter()
            .flatten()
            .fold(of_life, Instant::min)
    }

    /// The next step at `now`.
    pub(super) fn pulse(&mut self, now: Instant, signs: &Signs, timing: &Timing) -> Pulse {
        self.note(signs);
        let is_over = |since: Option<Instant>, patience| since.is_some_and(|since| since + patience <= now);
        if is_over(signs.asked, timing.request) || is_over(signs.stuck, timing.idle + timing.probe) {
            return Pulse::Dead;
        }
        match *self {
            Self::Quiet if signs.last_complete + timing.idle <= now => Pulse::Ask,
            Self::Asked { since, until } if until <= now => {
                let arrives = signs
                    .began
                    .filter(|_| signs.last_bytes > since)
                    .map(|began| began + timing.element);
                match arrives.filter(|until| *until > now) {
                    Some(until) => {
                        *self = Self::Asked { since, until };
                        Pulse::Fine
                    }
                    None => Pulse::Dead,
                }
            }
            Self::Quiet | Self::Asked { .. } => Pulse::Fine,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn second() -> Duration {
        Duration::from_secs(1)
    }

    fn signs(at: Instant) -> Signs {
        Signs {
            last_bytes: at,
            last_complete: at,
            began: None,
            asked: None,
            stuck: None,
        }
    }

    #[test]
    fn silence_leads_to_a_question_and_no_answer_to_the_end() {
        let (start, timing) = (Instant::now(), Timing::default());
        let signs = signs(start);
        let mut life = Life::Quiet;
        assert_eq!(life.pulse(start, &signs, &timing), Pulse::Fine);
        let idle = life.deadline(&signs, &timing);
        assert_eq!(life.pulse(idle, &signs, &timing), Pulse::Ask);
        life = Life::ask(idle, timing.probe);
        let dead = life.deadline(&signs, &timing);
        assert_eq!(life.pulse(dead - second(), &signs, &timing), Pulse::Fine);
        assert_eq!(life.pulse(dead, &signs, &timing), Pulse::Dead);
        assert!(dead - start < Duration::from_secs(30));
    }

    #[test]
    fn bytes_of_an_element_that_is_never_closed_are_no_life_for_long() {
        let (start, timing) = (Instant::now(), Timing::default());
        let mut life = Life::Quiet;
        let mut signs = signs(start);
        signs.began = Some(start + second());
        let (mut now, mut asked) = (start, 0);
        // A byte each second, for ever.
        let end = loop {
            now += second();
            signs.last_bytes = now;
            match life.pulse(now, &signs, &timing) {
                Pulse::Fine => {}
                Pulse::Ask => {
                    asked += 1;
                    life = Life::ask(now, timing.probe);
                }
                Pulse::Dead => break now,
            }
        };
        assert_eq!(asked, 1);
        assert!(end - start <= timing.element + 2 * second(), "{:?}", end - start);
    }

    #[test]
    fn a_large_element_that_is_still_arriving_is_waited_for() {
        let (start, timing) = (Instant::now(), Timing::default());
        let mut life = Life::ask(start, timing.probe);
        let mut signs = signs(start);
        signs.began = Some(start + 5 * second());
        signs.last_bytes = start + 10 * second();
        assert_eq!(life.pulse(start + timing.probe, &signs, &timing), Pulse::Fine);
        signs.last_complete = start + 20 * second();
        signs.began = None;
        assert_eq!(life.pulse(start + 20 * second(), &signs, &timing), Pulse::Fine);
        assert_eq!(life, Life::Quiet);
    }

    #[test]
    fn a_question_is_answered_in_time_whatever_else_comes() {
        let (start, timing) = (Instant::now(), Timing::default());
        let mut life = Life::Quiet;
        let mut signs = signs(start);
        signs.asked = Some(start);
        signs.last_complete = start + timing.request;
        assert_eq!(
            life.pulse(start + timing.request - second(), &signs, &timing),
            Pulse::Fine
        );
        assert_eq!(life.pulse(start + timing.request, &signs, &timing), Pulse::Dead);
    }

    #[test]
    fn a_server_that_reads_nothing_is_left() {
        let (start, timing) = (Instant::now(), Timing::default());
        let mut life = Life::Quiet;
        let mut signs = signs(start);
        signs.stuck = Some(start);
        signs.last_complete = start + 25 * second();
        assert_eq!(life.pulse(start + 25 * second(), &signs, &timing), Pulse::Fine);
        let late = life.deadline(&signs, &timing);
        assert_eq!(life.pulse(late, &signs, &timing), Pulse::Dead);
    }
}
