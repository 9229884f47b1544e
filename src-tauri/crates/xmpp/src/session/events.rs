//! The channel of events, bounded in number and in bytes.
//!
//! An event counts against the bytes from the moment at which it was read until the receiver asks for the next one:
//! then the event has been handled. While too much waits, the session stops reading, and TCP holds the server back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{mpsc, watch};

use super::event::SessionEvent;

/// Events that may wait in the channel before the session stops handing over.
const MOST_EVENTS: usize = 256;
/// Bytes of stanzas, as they came, that may wait or be in work before the session stops reading.
const MOST_BYTES: usize = 4 << 20;
/// Least bytes that an event counts for.
const LEAST_WEIGHT: usize = 256;

/// An event, and the bytes that it counts for.
pub(super) struct Weighed {
    event: SessionEvent,
    weight: usize,
}

/// Bytes of events that wait or are in work.
type Load = Arc<AtomicUsize>;

/// The session's end of the channel.
#[derive(Debug, Clone)]
pub(super) struct EventSender {
    channel: mpsc::Sender<Weighed>,
    load: Load,
}

/// Events of a session, in order. Must be drained: acknowledgements to the server count only events that have been
/// handled. Dropping it ends the session with its next event.
#[derive(Debug)]
pub struct Events {
    channel: mpsc::Receiver<Weighed>,
    load: Load,
    /// Bytes of events that were received and are not handled.
    in_work: usize,
    taken: u64,
    handled: watch::Sender<u64>,
}

/// A channel for events, and the number of events handled.
pub(super) fn channel() -> (EventSender, Events, watch::Receiver<u64>) {
    let (sender, receiver) = mpsc::channel(MOST_EVENTS);
    let load = Load::default();
    let (handled, known) = watch::channel(0);
    let sender = EventSender {
        channel: sender,
        load: Arc::clone(&load),
    };
    let events = Events {
        channel: receiver,
        load,
        in_work: 0,
        taken: 0,
        handled,
    };
    (sender, events, known)
}

impl EventSender {
    /// Counts an event that will be handed over. `bytes`: of its stanza.
    pub(super) fn weigh(&self, event: SessionEvent, bytes: usize) -> Weighed {
        let weight = bytes.max(LEAST_WEIGHT);
        self.load.fetch_add(weight, Ordering::AcqRel);
        Weighed { event, weight }
    }

    /// Whether so much waits that no more may be read.
    pub(super) fn is_full(&self) -> bool {
        self.load.load(Ordering::Acquire) >= MOST_BYTES
    }

    /// Whether so much waits that nothing may be read, even to get acknowledgements.
    pub(super) fn is_overfull(&self) -> bool {
        self.load.load(Ordering::Acquire) >= 4 * MOST_BYTES
    }

    /// Waits until there is room for one more. An error: the receiver is gone.
    pub(super) async fn reserve(&self) -> Result<mpsc::Permit<'_, Weighed>, Closed> {
        self.channel.reserve().await.map_err(|_| Closed)
    }

    /// Room for one more, if there is any now.
    pub(super) fn try_reserve(&self) -> Option<mpsc::Permit<'_, Weighed>> {
        self.channel.try_reserve().ok()
    }

    /// [`reserve`](Self::reserve) that borrows nothing.
    pub(super) async fn reserve_owned(self) -> Result<mpsc::OwnedPermit<Weighed>, Closed> {
        self.channel.reserve_owned().await.map_err(|_| Closed)
    }
}

/// The receiver of events is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closed;

impl Events {
    /// The next event; `None` once the session is over. Asking declares all events before it handled: their effects are
    /// permanent. Cancel safe.
    pub async fn recv(&mut self) -> Option<SessionEvent> {
        self.handled();
        let weighed = self.channel.recv().await?;
        Some(self.take(weighed))
    }

    /// The next event if there is one already. Declares all events before it handled.
    ///
    /// # Errors
    /// Why there is none.
    pub fn try_recv(&mut self) -> Result<SessionEvent, TryRecvError> {
        self.handled();
        let weighed = self.channel.try_recv()?;
        Ok(self.take(weighed))
    }

    /// The next event and those that are there already, for one transaction: `most` at most, and no more bytes than may
    /// wait. Empty once the session is over. Declares all events before it handled. Cancel safe.
    pub async fn recv_batch(&mut self, most: usize) -> Vec<SessionEvent> {
        self.handled();
        let Some(first) = self.channel.recv().await else {
            return Vec::new();
        };
        let mut batch = vec![self.take(first)];
        while batch.len() < most
            && self.in_work < MOST_BYTES
            && let Ok(weighed) = self.channel.try_recv()
        {
            batch.push(self.take(weighed));
        }
        batch
    }

    fn take(&mut self, weighed: Weighed) -> SessionEvent {
        self.in_work = self.in_work.saturating_add(weighed.weight);
        self.taken = self.taken.wrapping_add(1);
        weighed.event
    }

    /// Declares all events received so far handled, as [`recv`](Self::recv) does, without asking for more: call it
    /// before closing the session.
    pub fn handled(&mut self) {
        self.load.fetch_sub(std::mem::take(&mut self.in_work), Ordering::AcqRel);
        let taken = self.taken;
        self.handled
            .send_if_modified(|handled| std::mem::replace(handled, taken) != taken);
    }
}

impl Weighed {
    /// The event alone.
    #[cfg(feature = "fuzzing")]
    pub(super) fn into_event(self) -> SessionEvent {
        self.event
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed() -> SessionEvent {
        SessionEvent::Closed { error: None }
    }

    #[tokio::test]
    async fn what_is_being_worked_on_counts_until_the_next_is_asked_for() {
        let (sender, mut events, mut handled) = channel();
        for _ in 0..3 {
            let permit = sender.try_reserve().unwrap();
            permit.send(sender.weigh(closed(), MOST_BYTES / 2));
        }
        assert!(sender.is_full());
        assert_eq!(events.recv_batch(256).await.len(), 2, "no more than may wait");
        assert!(sender.is_full(), "two are being worked on");
        assert_eq!(*handled.borrow_and_update(), 0);
        assert!(events.try_recv().is_ok());
        handled.changed().await.unwrap();
        assert_eq!(*handled.borrow_and_update(), 2, "the third is being worked on");
        assert!(!sender.is_full());
        drop(sender);
        assert!(events.recv().await.is_none());
        assert_eq!(*handled.borrow_and_update(), 3);
    }

    #[tokio::test]
    async fn a_short_event_counts_for_something() {
        let (sender, mut events, _) = channel();
        let weighed: Vec<_> = (0..MOST_BYTES / LEAST_WEIGHT)
            .map(|_| sender.weigh(closed(), 0))
            .collect();
        assert!(sender.is_full());
        for weighed in weighed {
            sender.reserve().await.unwrap().send(weighed);
            assert!(events.recv().await.is_some());
        }
        drop(sender);
        assert!(events.recv().await.is_none() && events.load.load(Ordering::Acquire) == 0);
    }
}
