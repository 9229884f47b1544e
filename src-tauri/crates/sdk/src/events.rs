//! The bounded bus from the engine to whoever draws. A receiver that falls behind loses events and is told to reload.
//!
//! A reload fetches lists and threads. What has no snapshot of its own (the connection, the server's time, who is signed in, how much is
//! unread) is sent once more after it: its last change may have been among the events that were lost, and nothing would say it again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

use crate::view::Event;

/// Events that a receiver may be behind before it must reload.
const CAPACITY: usize = 1024;

/// The last event of each kind that stays true until the next one.
#[derive(Debug, Default)]
struct Latest {
    connection: Option<Event>,
    account: Option<Event>,
    clock: Option<Event>,
    unread: Option<Event>,
}

impl Latest {
    fn note(&mut self, event: &Event) {
        let slot = match event {
            Event::Connection { .. } => &mut self.connection,
            Event::Account { .. } => &mut self.account,
            Event::Clock { .. } => &mut self.clock,
            Event::Unread { .. } => &mut self.unread,
            // Nothing of the former account holds for the next one.
            Event::SignedOut => {
                *self = Self::default();
                return;
            }
            _ => return,
        };
        *slot = Some(event.clone());
    }

    fn events(&self) -> impl Iterator<Item = Event> + use<> {
        let Self {
            connection,
            account,
            clock,
            unread,
        } = self;
        let all = [connection, account, clock, unread].map(Clone::clone);
        all.into_iter().flatten()
    }
}

fn locked(latest: &Mutex<Latest>) -> MutexGuard<'_, Latest> {
    latest.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The sending side; held by the engine.
#[derive(Debug, Clone)]
pub(crate) struct EventSender {
    bus: broadcast::Sender<Event>,
    latest: Arc<Mutex<Latest>>,
}

impl EventSender {
    pub(crate) fn new() -> Self {
        Self {
            bus: broadcast::channel(CAPACITY).0,
            latest: Arc::default(),
        }
    }

    /// Sends to every receiver; without one the event is of no use to anybody.
    pub(crate) fn send(&self, event: Event) {
        locked(&self.latest).note(&event);
        let _no_receiver = self.bus.send(event);
    }

    pub(crate) fn subscribe(&self) -> EventReceiver {
        EventReceiver {
            bus: self.bus.subscribe(),
            latest: Arc::clone(&self.latest),
            repeated: VecDeque::new(),
        }
    }
}

/// The receiving side.
#[derive(Debug)]
pub struct EventReceiver {
    bus: broadcast::Receiver<Event>,
    latest: Arc<Mutex<Latest>>,
    /// What is sent once more after a reload.
    repeated: VecDeque<Event>,
}

impl EventReceiver {
    /// The next event; [`Event::Reload`] where some were missed; `None` when the client is gone. Cancel safe.
    pub async fn recv(&mut self) -> Option<Event> {
        if let Some(event) = self.repeated.pop_front() {
            return Some(event);
        }
        match self.bus.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(_)) => {
                self.repeated = locked(&self.latest).events().collect();
                Some(Event::Reload)
            }
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::ConnectionView;

    #[tokio::test]
    async fn a_receiver_that_lags_is_told_to_reload_and_then_goes_on() {
        let sender = EventSender::new();
        let mut receiver = sender.subscribe();
        for _ in 0..=CAPACITY {
            sender.send(Event::SignedOut);
        }
        assert_eq!(receiver.recv().await, Some(Event::Reload));
        assert_eq!(receiver.recv().await, Some(Event::SignedOut));
    }

    #[tokio::test]
    async fn a_receiver_that_lags_learns_what_no_snapshot_would_tell_it() {
        let sender = EventSender::new();
        let mut receiver = sender.subscribe();
        let online = Event::Connection {
            state: ConnectionView::Online,
        };
        let unread = Event::Unread { total: 3 };
        sender.send(Event::Unread { total: 2 });
        sender.send(unread.clone());
        sender.send(online.clone());
        // Both are among what is lost, and neither changes again for hours.
        for _ in 0..=CAPACITY {
            sender.send(Event::Reload);
        }
        let mut told = Vec::new();
        for _ in 0..3 {
            told.extend(receiver.recv().await);
        }
        assert_eq!(told, [Event::Reload, online, unread]);
    }

    #[tokio::test]
    async fn nothing_of_an_account_that_has_signed_out_is_sent_once_more() {
        let sender = EventSender::new();
        let mut receiver = sender.subscribe();
        sender.send(Event::Unread { total: 2 });
        for _ in 0..=CAPACITY {
            sender.send(Event::SignedOut);
        }
        assert_eq!(receiver.recv().await, Some(Event::Reload));
        assert_eq!(receiver.recv().await, Some(Event::SignedOut));
    }

    #[tokio::test]
    async fn a_receiver_ends_with_its_client() {
        let sender = EventSender::new();
        let mut receiver = sender.subscribe();
        drop(sender);
        assert_eq!(receiver.recv().await, None);
    }
}
