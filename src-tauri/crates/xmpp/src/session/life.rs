//! Signs of life of a connection.
//!
//! A sign of life is something complete that came: an element, an answer. Bytes alone are none, since an element that is never
//! closed would keep a session looking alive that hears nothing any more; a large element on a slow line has
//! [`Timing::element`] from its first byte to its last. What is asked of the server must be answered, whatever else comes. While
//! nothing is read because too much waits here, nothing can come late.

use tokio::time::Instant;

use super::config::Timing;
use crate::xml::Input;

/// What is known of the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// Nothing has been asked.
    Quiet,
    /// Something must come by `until`, later than `since`.
    Asked { since: Instant, until: Instant },
}

/// What is to be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pulse {
    /// Nothing.
    Fine,
    /// The server is to be asked for a sign of life.
    Ask,
    /// The connection is dead.
    Dead,
}

/// What has come and what is owed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    pub(super) last_bytes: Instant,
    pub(super) last_complete: Instant,
    /// When what is not complete yet has begun.
    pub(super) began: Option<Instant>,
    /// Since when the server owes an answer.
    pub(super) asked: Option<Instant>,
    /// Since when something waits to be written and nothing of it has been.
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

    /// While nothing is read: nothing can come late, but for what is `owed` whatever waits here.
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
    /// The server has been asked.
    pub(super) fn ask(now: Instant, patience: std::time::Duration) -> Self {
        Self::Asked {
            since: now,
            until: now + patience,
        }
    }

    /// Takes note of what has come.
    pub(super) fn note(&mut self, signs: &Signs) {
        if let Self::Asked { since, .. } = *self
            && signs.last_complete > since
        {
            *self = Self::Quiet;
        }
    }

    /// When to look again.
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

    /// What is to be done at `now`.
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
