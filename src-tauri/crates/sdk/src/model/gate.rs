//! What stands between the engine and its store in a run: it holds the simulated clock while the database works, and it is where
//! the process dies.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use tokio::sync::Notify;
use wardline_store::StoreError;
use wardline_store::transaction_hook::{HookGuard, Point, TransactionHook, TransactionKind};

use super::schedule::{Fails, Killed};

/// While one lives, the simulated clock stands still unless it is told to go on.
pub(super) struct Hold(#[allow(dead_code, reason = "its end is what counts")] mpsc::Sender<()>);

impl Hold {
    /// Tokio's clock does not jump while a blocking task is under way: this is one that waits for its end.
    pub(super) fn clock() -> Self {
        let (end, ended) = mpsc::channel::<()>();
        drop(tokio::task::spawn_blocking(move || ended.recv()));
        Self(end)
    }
}

/// The end of a process that has been decided on.
#[derive(Debug, Clone, Copy)]
struct Doom {
    when: Killed,
    /// Write transactions that are still allowed.
    left: u8,
}

/// The gate of one process.
#[derive(Default)]
pub(super) struct ProcessGate {
    doom: Mutex<Option<Doom>>,
    dead: AtomicBool,
    died: Notify,
    trouble: Mutex<Option<Trouble>>,
}

/// A disk that is going to fail.
#[derive(Debug, Clone, Copy)]
struct Trouble {
    fails: Fails,
    /// Points that still work.
    left: u8,
    /// Points that fail after them.
    times: u8,
}

impl ProcessGate {
    /// Lets the process die after so many more write transactions.
    pub(super) fn doom(&self, when: Killed, left: u8) {
        *self.doom.lock().unwrap_or_else(PoisonError::into_inner) = Some(Doom { when, left });
    }

    /// It lives on.
    pub(super) fn spare(&self) {
        *self.doom.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Lets the disk fail a few times, after so many more points at which it is used.
    pub(super) fn fail(&self, fails: Fails, left: u8, times: u8) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(Trouble { fails, left, times });
    }

    /// The disk works from now on.
    pub(super) fn mend(&self) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn failure(&self, kind: TransactionKind) -> Option<StoreError> {
        let mut held = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let trouble = held.as_mut()?;
        let error = match trouble.fails {
            // What is there can be read.
            Fails::Full | Fails::Busy if kind == TransactionKind::Read => return None,
            Fails::Full => StoreError::Full,
            Fails::Busy => StoreError::Busy,
            Fails::Unreadable => StoreError::Io { code: 266 },
        };
        if let Some(left) = trouble.left.checked_sub(1) {
            trouble.left = left;
            return None;
        }
        match trouble.times.checked_sub(1) {
            Some(times) => trouble.times = times,
            None => {
                *held = None;
                return None;
            }
        }
        Some(error)
    }

    pub(super) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// Waits for the end of the process.
    pub(super) async fn death(&self) {
        let died = self.died.notified();
        tokio::pin!(died);
        died.as_mut().enable();
        if !self.is_dead() {
            died.await;
        }
    }

    fn die(&self) {
        self.dead.store(true, Ordering::SeqCst);
        self.died.notify_waiters();
    }

    /// A write transaction begins or has ended.
    fn count(&self, now: Killed) {
        let mut doom = self.doom.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(doom) = doom.as_mut().filter(|doom| doom.when == now) {
            match doom.left.checked_sub(1) {
                Some(left) => doom.left = left,
                None => self.die(),
            }
        }
    }
}

/// A gate as the store knows it.
pub(super) struct StoreHook(pub(super) Arc<ProcessGate>);

/// The end of a write transaction.
struct WriteEnds(Arc<ProcessGate>);

impl Drop for WriteEnds {
    fn drop(&mut self) {
        self.0.count(Killed::After);
    }
}

impl TransactionHook for StoreHook {
    fn before_begin(&self, kind: TransactionKind) -> Pin<Box<dyn Future<Output = HookGuard> + Send + '_>> {
        Box::pin(async move {
            if kind == TransactionKind::Write {
                self.0.count(Killed::Before);
            }
            if self.0.is_dead() {
                std::future::pending::<()>().await;
            }
            let ends = (kind == TransactionKind::Write).then(|| WriteEnds(Arc::clone(&self.0)));
            let guard: HookGuard = Box::new((ends, Mutex::new(Hold::clock())));
            guard
        })
    }

    fn failure(&self, kind: TransactionKind, _: Point) -> Option<StoreError> {
        self.0.failure(kind)
    }
}
