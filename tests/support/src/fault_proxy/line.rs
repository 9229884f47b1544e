//! The state of the line that all its connections share: what happens to bytes now, and where they are to stop.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::journal::{Happening, Journal};
use super::plan::{Cut, Direction, Fault, Noticed, Swallowed};

/// How bytes travel now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Plain,
    Late(Duration),
    Split(usize),
    Gathered(Duration),
}

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Open,
    HalfOpen(Swallowed),
    Cut(Cut, Noticed),
}

/// A border at which bytes stop until a fault has happened.
#[derive(Debug, Clone, Copy)]
struct Border {
    direction: Direction,
    left: u64,
}

#[derive(Debug)]
struct State {
    connections: u64,
    passed: (u64, u64),
    shape: Option<(Fault, Instant)>,
    refusing_until: Option<Instant>,
    border: Option<Border>,
    /// Fate of the newest connection.
    fate: watch::Sender<Fate>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) journal: Journal,
    state: Mutex<State>,
    /// Bytes have come to the border.
    at_border: Notify,
    /// The border is gone.
    border_gone: Notify,
}

impl Line {
    pub(super) fn new() -> Self {
        Self {
            journal: Journal::new(),
            state: Mutex::new(State {
                connections: 0,
                passed: (0, 0),
                shape: None,
                refusing_until: None,
                border: None,
                fate: watch::Sender::new(Fate::Open),
            }),
            at_border: Notify::new(),
            border_gone: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note(&self, what: Happening) {
        let (connections, passed) = {
            let state = self.state();
            (state.connections, state.passed)
        };
        self.journal.write(connections, passed, what);
    }

    /// A new connection: its number and fate. `None`: it is refused.
    pub(super) fn connect(&self) -> Option<(u64, watch::Receiver<Fate>)> {
        let mut state = self.state();
        if state.refusing_until.is_some_and(|until| Instant::now() < until) {
            return None;
        }
        state.connections += 1;
        // An older connection keeps the sender's last word: it is nobody's business any more.
        state.fate = watch::Sender::new(Fate::Open);
        Some((state.connections, state.fate.subscribe()))
    }

    /// How bytes of that direction travel now.
    pub(super) fn shape(&self, direction: Direction) -> Shape {
        let state = self.state();
        match state.shape {
            Some((fault, until)) if Instant::now() < until => match fault {
                Fault::Delay {
                    direction: late, pause, ..
                } if late == direction => Shape::Late(pause),
                Fault::Split { most, .. } => Shape::Split(most),
                Fault::Gather { pause, .. } => Shape::Gathered(pause),
                _ => Shape::Plain,
            },
            _ => Shape::Plain,
        }
    }

    /// Lets up to `wanted` bytes of a connection pass; waits at a border. How many may pass now. None ever do of a connection that
    /// was cut: its fate is decided in the same moment in which the border goes.
    pub(super) async fn admit(&self, direction: Direction, wanted: usize, fate: &watch::Receiver<Fate>) -> usize {
        loop {
            let gone = self.border_gone.notified();
            tokio::pin!(gone);
            gone.as_mut().enable();
            {
                let mut state = self.state();
                let admitted = match &mut state.border {
                    _ if matches!(*fate.borrow(), Fate::Cut(..)) => 0,
                    Some(border) if border.direction == direction => {
                        let admitted = usize::try_from(border.left).unwrap_or(wanted).min(wanted);
                        border.left = border.left.saturating_sub(admitted as u64);
                        admitted
                    }
                    _ => wanted,
                };
                if admitted > 0 {
                    match direction {
                        Direction::ToServer => state.passed.0 += admitted as u64,
                        Direction::ToClient => state.passed.1 += admitted as u64,
                    }
                    return admitted;
                }
            }
            gone.await;
        }
    }

    /// Admitted bytes have been handed on. Only now may what waits for the last of them happen.
    pub(super) fn handed_on(&self) {
        if self.state().border.is_some_and(|border| border.left == 0) {
            self.at_border.notify_waiters();
        }
    }

    /// Waits until that many bytes more have passed; they stop there until [`Line::strike`].
    pub(super) async fn until_passed(&self, direction: Direction, count: u64) {
        let reached = self.at_border.notified();
        tokio::pin!(reached);
        reached.as_mut().enable();
        self.state().border = Some(Border { direction, left: count });
        reached.await;
    }

    /// Lets a fault happen to the line and its newest connection.
    pub(super) fn strike(&self, fault: Fault) {
        self.note(Happening::Fault(fault));
        {
            let mut state = self.state();
            state.border = None;
            let now = Instant::now();
            match fault {
                Fault::Cut(cut, noticed) => drop(state.fate.send_replace(Fate::Cut(cut, noticed))),
                Fault::Stall(swallowed) => {
                    // A connection that was cut stays cut.
                    state.fate.send_if_modified(|fate| {
                        let open = !matches!(fate, Fate::Cut(..));
                        if open {
                            *fate = Fate::HalfOpen(swallowed);
                        }
                        open
                    });
                }
                Fault::Refuse { lasting } => {
                    state.refusing_until = Some(now + lasting);
                    state.fate.send_replace(Fate::Cut(Cut::Reset, Noticed::ByBoth));
                }
                Fault::Delay { lasting, .. } | Fault::Split { lasting, .. } | Fault::Gather { lasting, .. } => {
                    state.shape = Some((fault, now + lasting));
                }
            }
        }
        self.border_gone.notify_waiters();
    }

    /// Nothing more goes wrong. A connection that is half open stays so: its bytes are gone.
    pub(super) fn calm(&self) {
        self.note(Happening::Calm);
        {
            let mut state = self.state();
            state.border = None;
            state.shape = None;
            state.refusing_until = None;
        }
        self.border_gone.notify_waiters();
    }

    /// Nobody gets through any more: the present connection is reset, new ones are refused.
    pub(super) fn close_for_good(&self) {
        let mut state = self.state();
        state.refusing_until = Some(Instant::now() + Duration::from_secs(86_400));
        state.fate.send_replace(Fate::Cut(Cut::Reset, Noticed::ByBoth));
    }
}
