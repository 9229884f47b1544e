//! The bounded bus from the engine to whoever draws. A receiver that falls behind loses events and is told to reload.

use tokio::sync::broadcast;

use crate::view::Event;

/// Events that a receiver may be behind before it must reload.
const CAPACITY: usize = 1024;

/// The sending side; held by the engine.
#[derive(Debug, Clone)]
pub(crate) struct EventSender(broadcast::Sender<Event>);

impl EventSender {
    pub(crate) fn new() -> Self {
        Self(broadcast::channel(CAPACITY).0)
    }

    /// Sends to every receiver; without one the event is of no use to anybody.
    pub(crate) fn send(&self, event: Event) {
        let _no_receiver = self.0.send(event);
    }

    pub(crate) fn subscribe(&self) -> EventReceiver {
        EventReceiver(self.0.subscribe())
    }
}

/// The receiving side.
#[derive(Debug)]
pub struct EventReceiver(broadcast::Receiver<Event>);

impl EventReceiver {
    /// The next event; [`Event::Reload`] where some were missed; `None` when the client is gone. Cancel safe.
    pub async fn recv(&mut self) -> Option<Event> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Event::Reload),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    async fn a_receiver_ends_with_its_client() {
        let sender = EventSender::new();
        let mut receiver = sender.subscribe();
        drop(sender);
        assert_eq!(receiver.recv().await, None);
    }
}
