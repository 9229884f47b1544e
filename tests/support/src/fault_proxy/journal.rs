//! What a fault proxy did, so that a failure can be read and a seed replayed.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::plan::Fault;

/// Something that happened on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// The client connected, and so did the proxy to the server.
    Connected,
    /// The client connected while connections are refused.
    Refused,
    /// The client connected, but the server does not listen.
    ServerDown,
    /// A fault of the plan.
    Fault(Fault),
    /// Client or server ended the connection.
    Ended,
    /// The plan was called off: from now on the line is good.
    Calm,
}

/// A line of the journal.
#[derive(Debug, Clone, Copy)]
pub struct Note {
    /// Since the proxy was started.
    pub at: Duration,
    /// The connection that was the newest, counted from 1.
    pub connection: u64,
    /// Bytes that had gone to the server and to the client over all connections.
    pub passed: (u64, u64),
    /// What.
    pub what: Happening,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (up, down) = self.passed;
        write!(
            f,
            "{:>7} ms  connection {:>2}  {up:>7} up {down:>8} down  ",
            self.at.as_millis(),
            self.connection
        )?;
        match &self.what {
            Happening::Fault(fault) => write!(f, "{fault:?}"),
            other => write!(f, "{other:?}"),
        }
    }
}

#[derive(Debug)]
pub(super) struct Journal {
    began: Instant,
    notes: Mutex<Vec<Note>>,
}

impl Journal {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            notes: Mutex::new(Vec::new()),
        }
    }

    pub(super) fn write(&self, connection: u64, passed: (u64, u64), what: Happening) {
        let at = self.began.elapsed();
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push(Note {
            at,
            connection,
            passed,
            what,
        });
    }

    pub(super) fn read(&self) -> Vec<Note> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
